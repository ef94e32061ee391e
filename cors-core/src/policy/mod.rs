//! What the server allows.

mod answer;
mod answers;
mod audience;
#[cfg(feature = "serde")]
mod file;
mod names;
mod origins;
mod owned;
mod settings;
mod text;
mod view;
mod warning;

pub(crate) use answers::Answers;
pub(crate) use audience::Audience;
pub use names::{HeaderNames, Methods};
use names::{Kind, all_errors};
pub(crate) use names::{Marks, Reading, Table, has_method, has_name, is_forbidden_method};
pub use owned::OwnedPolicy;
pub use settings::Settings;
pub(crate) use view::View;
pub use warning::{Warning, WarningKind};

use self::text::Seconds;

use crate::error::{PolicyError, PolicyErrorKind, Setting};
use crate::origin::Others;

/// What a server lets pages of other origins do; immutable, and never an illegal combination.
///
/// A policy borrows its texts, is `Copy` and is made by constant functions: written as a `const`
/// or `static`, **a wrong policy does not compile**.
///
/// ```
/// use cors_core::Policy;
///
/// static POLICY: Policy = Policy::credentialed("https://app.example.com https://*.preview.example.com")
///     .methods("PUT, PATCH, DELETE")
///     .request_headers("authorization, content-type")
///     .expose_headers("x-request-id")
///     .max_age(3600);
/// ```
///
/// ```compile_fail
/// use cors_core::Policy;
///
/// // error: CORS-E09: origins: "https://app.example.com/" ends with a slash; an origin has no path: write "https://app.example.com"
/// static POLICY: Policy = Policy::anonymous("https://app.example.com/");
/// ```
///
/// There are four kinds of policy, and none of them can say what browsers refuse:
///
/// | | who may read responses | cookies and other [credentials](https://fetch.spec.whatwg.org/#credentials) |
/// |---|---|---|
/// | [`public`](Self::public) | any origin (`*`) | never |
/// | `public()` and [`and_credentialed`](Self::and_credentialed) | any origin (`*`) | the listed origins |
/// | [`anonymous`](Self::anonymous) | the listed origins | no |
/// | [`credentialed`](Self::credentialed) | the listed origins | yes |
///
/// Setters that take a text panic with every error in it, which in a constant stops the build; the
/// `try_…` variants return the first one. A setter called twice replaces what it set before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent switches, not states"
)]
pub struct Policy<'a> {
    pub(crate) audience: Audience<'a>,
    /// What follows from the rest.
    pub(crate) answers: Answers,
    pub(crate) others: Option<Others<'a>>,
    /// Exact origins, checked.
    pub(crate) own_origins: &'a str,
    pub(crate) null_allowed: bool,
    /// None: the safelisted ones.
    pub(crate) methods: Option<Methods<'a>>,
    pub(crate) method_marks: Marks,
    pub(crate) any_method: bool,
    pub(crate) request_headers: HeaderNames<'a>,
    pub(crate) header_marks: Marks,
    pub(crate) any_request_header: bool,
    pub(crate) expose_headers: HeaderNames<'a>,
    pub(crate) max_age: Option<Seconds>,
    pub(crate) preflight_status: u16,
    pub(crate) timing: bool,
    pub(crate) forward_denied: bool,
    pub(crate) vary_on_preflight: bool,
    pub(crate) debug: bool,
}

impl<'a> Policy<'a> {
    /// The longest time, in seconds, that a browser remembers a preflight (Firefox: 86400;
    /// Chromium stops at 7200, WebKit at 600).
    pub const MAX_AGE_LIMIT: u32 = 86400;

    const fn with(audience: Audience<'a>) -> Self {
        Self {
            audience,
            answers: Answers::NONE,
            others: None,
            own_origins: "",
            null_allowed: false,
            methods: None,
            method_marks: Marks::NONE,
            any_method: false,
            request_headers: HeaderNames::NONE,
            header_marks: Marks::NONE,
            any_request_header: false,
            expose_headers: HeaderNames::NONE,
            max_age: None,
            preflight_status: 204,
            timing: false,
            forward_denied: false,
            vary_on_preflight: false,
            debug: false,
        }
        .answered()
    }

    /// Looks listed origins up in this [index](crate::OriginIndex) of the list instead of reading
    /// the list. Nothing else changes.
    ///
    /// # Panics
    ///
    /// If the index is of another list, or if the policy is public and has none. In a const context
    /// this fails to compile.
    #[must_use]
    #[track_caller]
    pub const fn index(self, slots: &'a [u32]) -> Self {
        match self.try_index(slots) {
            Ok(policy) => policy,
            Err(error) => error.panic(),
        }
    }

    /// [`index`](Self::index) for a list that is not a constant.
    ///
    /// # Errors
    ///
    /// If the index is of another list, or if the policy is public and has none.
    pub const fn try_index(mut self, slots: &'a [u32]) -> Result<Self, PolicyError<'a>> {
        let (Audience::Anonymous(origins)
        | Audience::Credentialed(origins)
        | Audience::PublicAndCredentialed(origins)) = &mut self.audience
        else {
            return Err(PolicyError::new(
                PolicyErrorKind::IndexOfAnother,
                Setting::Origins,
                "",
            ));
        };
        match origins.index(slots) {
            Ok(indexed) => {
                *origins = indexed;
                Ok(self)
            }
            Err(error) => Err(error),
        }
    }

    /// Allows the origin `null` as well, which **every page can take on** (in a sandboxed frame,
    /// for one). Nothing changes for a public policy, which allows it anyway.
    ///
    /// # Panics
    ///
    /// If the policy is credentialed. In a const context this fails to compile.
    #[must_use]
    #[track_caller]
    pub const fn dangerously_allow_null_origin(self) -> Self {
        match self.try_dangerously_allow_null_origin() {
            Ok(policy) => policy,
            Err(error) => error.panic(),
        }
    }

    /// [`dangerously_allow_null_origin`](Self::dangerously_allow_null_origin) for a policy that is
    /// not a constant.
    ///
    /// # Errors
    ///
    /// If the policy is credentialed.
    pub const fn try_dangerously_allow_null_origin(mut self) -> Result<Self, PolicyError<'a>> {
        if self.audience.has_credentials() {
            return Err(PolicyError::new(
                PolicyErrorKind::NullWithCredentials,
                Setting::Origins,
                "",
            ));
        }
        self.null_allowed = true;
        Ok(self)
    }

    /// Allows these methods besides the
    /// [safelisted](https://fetch.spec.whatwg.org/#cors-safelisted-method) GET, HEAD and POST,
    /// which need no permission. The list has the syntax of [`Methods`].
    ///
    /// # Panics
    ///
    /// If the list has an error. In a const context this fails to compile.
    ///
    /// ```compile_fail
    /// # use cors_core::Policy;
    /// const API: Policy = Policy::public().methods("patch");
    /// ```
    #[must_use]
    #[track_caller]
    pub const fn methods(self, methods: &'a str) -> Self {
        match self.try_methods(methods) {
            Ok(policy) => policy,
            Err(_) => all_errors(methods, Kind::Methods).panic(),
        }
    }

    /// [`methods`](Self::methods) for a text that is not a literal.
    ///
    /// # Errors
    ///
    /// The first error of the list.
    pub const fn try_methods(mut self, methods: &'a str) -> Result<Self, PolicyError<'a>> {
        match Methods::parse(methods) {
            Ok(methods) => {
                self.methods = Some(methods);
                self.method_marks = Marks::of(methods.as_str());
                self.any_method = false;
                Ok(self.answered())
            }
            Err(error) => Err(error),
        }
    }

    /// Allows every method of at most 64 bytes that scripts can use. The answer names the one
    /// asked for: `*` would mean nothing with credentials, and Firefox would not cache it.
    #[must_use]
    pub const fn any_method(mut self) -> Self {
        self.any_method = true;
        self.answered()
    }

    /// Allows these request headers. The list has the syntax of [`HeaderNames`].
    ///
    /// List `content-type` if pages send JSON, and `authorization` if they send a token.
    ///
    /// # Panics
    ///
    /// If the list has an error. In a const context this fails to compile.
    ///
    /// ```compile_fail
    /// # use cors_core::Policy;
    /// const API: Policy = Policy::public().request_headers("cookie");
    /// ```
    #[must_use]
    #[track_caller]
    pub const fn request_headers(self, names: &'a str) -> Self {
        match self.try_request_headers(names) {
            Ok(policy) => policy,
            Err(_) => all_errors(names, Kind::RequestHeaders).panic(),
        }
    }

    /// [`request_headers`](Self::request_headers) for a text that is not a literal.
    ///
    /// # Errors
    ///
    /// The first error of the list.
    pub const fn try_request_headers(mut self, names: &'a str) -> Result<Self, PolicyError<'a>> {
        match HeaderNames::parse_request(names) {
            Ok(names) => {
                self.request_headers = names;
                self.header_marks = Marks::of(names.as_str());
                Ok(self)
            }
            Err(error) => Err(error),
        }
    }

    /// Allows every request header but `authorization`, which
    /// [must be named](https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name):
    /// `.any_request_header().request_headers("authorization")`.
    ///
    /// The answer repeats the names asked for, at most 4 KiB of them.
    #[must_use]
    pub const fn any_request_header(mut self) -> Self {
        self.any_request_header = true;
        self.answered()
    }

    /// Lets scripts read these response headers besides the
    /// [safelisted](https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name) ones.
    /// The list has the syntax of [`HeaderNames`].
    ///
    /// # Panics
    ///
    /// If the list has an error. In a const context this fails to compile.
    ///
    /// ```compile_fail
    /// # use cors_core::Policy;
    /// const API: Policy = Policy::public().expose_headers("set-cookie");
    /// ```
    #[must_use]
    #[track_caller]
    pub const fn expose_headers(self, names: &'a str) -> Self {
        match self.try_expose_headers(names) {
            Ok(policy) => policy,
            Err(_) => all_errors(names, Kind::ExposeHeaders).panic(),
        }
    }

    /// [`expose_headers`](Self::expose_headers) for a text that is not a literal.
    ///
    /// # Errors
    ///
    /// The first error of the list.
    pub const fn try_expose_headers(mut self, names: &'a str) -> Result<Self, PolicyError<'a>> {
        match HeaderNames::parse_exposed(names) {
            Ok(names) => {
                self.expose_headers = names;
                Ok(self.answered())
            }
            Err(error) => Err(error),
        }
    }

    /// Lets scripts read every response header but `set-cookie`.
    ///
    /// # Panics
    ///
    /// If the policy is credentialed, where browsers take the `*` for a name. In a const context
    /// this fails to compile.
    ///
    /// ```compile_fail
    /// # use cors_core::Policy;
    /// const API: Policy = Policy::credentialed("https://a.example").expose_all();
    /// ```
    #[must_use]
    #[track_caller]
    pub const fn expose_all(self) -> Self {
        match self.try_expose_all() {
            Ok(policy) => policy,
            Err(error) => error.panic(),
        }
    }

    /// [`expose_all`](Self::expose_all) for a policy that is not a constant.
    ///
    /// # Errors
    ///
    /// If the policy is credentialed.
    pub const fn try_expose_all(mut self) -> Result<Self, PolicyError<'a>> {
        if self.audience.has_credentials() {
            let kind = PolicyErrorKind::ExposeAllWithCredentials;
            return Err(PolicyError::new(kind, Setting::ExposeHeaders, ""));
        }
        self.expose_headers = HeaderNames::ALL;
        Ok(self.answered())
    }

    /// For how many seconds a browser may reuse a preflight's answer; 0 means not at all.
    ///
    /// Left out, browsers reuse it for 5 seconds; 7200 is the most that Chromium accepts. A method
    /// or header that is taken out of a policy stays allowed in a browser until the time is over.
    ///
    /// # Panics
    ///
    /// If it is more than [`MAX_AGE_LIMIT`](Self::MAX_AGE_LIMIT). In a const context this fails to
    /// compile.
    ///
    /// ```compile_fail
    /// # use cors_core::Policy;
    /// const API: Policy = Policy::public().max_age(86401);
    /// ```
    #[must_use]
    #[track_caller]
    pub const fn max_age(self, seconds: u32) -> Self {
        match self.try_max_age(seconds) {
            Ok(policy) => policy,
            Err(error) => error.panic(),
        }
    }

    /// [`max_age`](Self::max_age) for a number that is not a literal.
    ///
    /// # Errors
    ///
    /// If it is more than [`MAX_AGE_LIMIT`](Self::MAX_AGE_LIMIT).
    pub const fn try_max_age(mut self, seconds: u32) -> Result<Self, PolicyError<'a>> {
        if seconds > Self::MAX_AGE_LIMIT {
            return Err(PolicyError::new(
                PolicyErrorKind::MaxAge,
                Setting::MaxAge,
                "",
            ));
        }
        self.max_age = Some(Seconds::new(seconds));
        Ok(self.answered())
    }

    /// Runs the handler also for requests from origins that are not allowed; the browser then
    /// withholds the response from the page.
    ///
    /// Left out, such a request is refused with 403 before it can have an effect, unless it is
    /// same-origin or the browser does not ask to share the response.
    #[must_use]
    pub const fn forward_denied(mut self) -> Self {
        self.forward_denied = true;
        self
    }

    /// Adds `Vary` to the answers to preflights, for caches that are set up to store them.
    ///
    /// No browser and no cache that follows
    /// [RFC 9110, 9.3.7](https://www.rfc-editor.org/rfc/rfc9110.html#section-9.3.7) needs it.
    #[must_use]
    pub const fn vary_on_preflight(mut self) -> Self {
        self.vary_on_preflight = true;
        self.answered()
    }

    /// Answers a preflight that fails with an
    /// [ok status](https://fetch.spec.whatwg.org/#ok-status), so that the browser's own message
    /// names the method or header that is not allowed; left out, only the body of the refusal does.
    /// Nothing more is allowed than without it. Meant for development.
    #[must_use]
    pub const fn debug(mut self) -> Self {
        self.debug = true;
        self
    }
}
