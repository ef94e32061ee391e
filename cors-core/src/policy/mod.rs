//! What the server allows.

// First, as the documentation of a policy begins with it.
mod audience;

mod answer;
mod answers;
#[cfg(feature = "serde")]
pub(crate) mod file;
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

/// A CORS policy: which origins may read your responses, and with which methods and headers.
///
/// There are three kinds of policy, and one combination of them:
///
/// | | who may read responses | cookies and other [credentials](https://fetch.spec.whatwg.org/#credentials) |
/// |---|---|---|
/// | [`public`](Self::public) | any origin (`*`) | never |
/// | [`anonymous`](Self::anonymous) | the listed origins | no |
/// | [`credentialed`](Self::credentialed) | the listed origins | yes |
/// | `public()` and [`and_credentialed`](Self::and_credentialed) | any origin (`*`) | the listed origins |
///
/// Start with one of them, and add what pages need:
///
/// ```
/// use cors_core::Policy;
///
/// static POLICY: Policy =
///     Policy::credentialed("https://app.example.com https://*.preview.example.com")
///         .methods("PUT, PATCH, DELETE")
///         .request_headers("authorization, content-type")
///         .expose_headers("x-request-id")
///         .max_age(3600);
/// ```
///
/// # Invalid policies
///
/// What browsers reject can't be expressed, such as `*` with credentials. Everything else is checked
/// when the policy is made, and **in a `static` or `const` an invalid policy doesn't compile**:
///
/// ```compile_fail
/// use cors_core::Policy;
///
/// // error: CORS-E09: origins: "https://app.example.com/" ends with a slash;
/// // an origin has no path: write "https://app.example.com"
/// static POLICY: Policy = Policy::anonymous("https://app.example.com/");
/// ```
///
/// Anywhere else, as in `let policy = Policy::anonymous("…")` or a `LazyLock`, it compiles and panics
/// with the same text when the program runs that line.
///
/// For a text that only the running program knows there are two ways. The `try_…` variants return the
/// first error, and the policy borrows the text. [`Settings`] own their texts, and return all errors
/// at once: they are the way from a file, the environment or a database.
///
/// # Setters
///
/// A setter called twice replaces what it set before. A policy is `Copy`, borrows its texts and never
/// changes: `POLICY.debug()` is another policy.
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
    /// The longest time, in seconds, for which any browser caches a preflight (Firefox: 86400;
    /// Chromium: 7200; WebKit: 600).
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

    /// Looks up listed origins in this [index](crate::OriginIndex) instead of reading the whole list.
    ///
    /// Worth it for lists of more than a few dozen origins. Decisions stay the same.
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

    /// Like [`index`](Self::index), but returns the error.
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

    /// Also allows the origin `null`, which **any page can send**, for example from a sandboxed frame.
    ///
    /// It changes nothing in a public policy, which allows `null` anyway.
    ///
    /// # Panics
    ///
    /// If the policy has credentials. In a const context this fails to compile.
    #[must_use]
    #[track_caller]
    pub const fn dangerously_allow_null_origin(self) -> Self {
        match self.try_dangerously_allow_null_origin() {
            Ok(policy) => policy,
            Err(error) => error.panic(),
        }
    }

    /// Like [`dangerously_allow_null_origin`](Self::dangerously_allow_null_origin), but returns the
    /// error.
    ///
    /// # Errors
    ///
    /// If the policy has credentials.
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

    /// Allows these methods, in addition to `GET`, `HEAD` and `POST`, which are
    /// [always allowed](https://fetch.spec.whatwg.org/#cors-safelisted-method).
    ///
    /// The list is separated by commas, as in [`Methods`]: `"PUT, PATCH, DELETE"`.
    ///
    /// # Panics
    ///
    /// If the list has an error. In a const context this fails to compile.
    ///
    /// ```compile_fail
    /// # use cors_core::Policy;
    /// const API: Policy = Policy::public().methods("patch");
    /// ```
    #[doc(alias("allow_method", "allow_methods", "allowed_methods"))]
    #[must_use]
    #[track_caller]
    pub const fn methods(self, methods: &'a str) -> Self {
        match self.try_methods(methods) {
            Ok(policy) => policy,
            Err(_) => all_errors(methods, Kind::Methods).panic(),
        }
    }

    /// Like [`methods`](Self::methods), but returns the first error: for a text that isn't a literal.
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

    /// Allows every method that pages can use, of at most 64 bytes.
    ///
    /// The response to a preflight names the requested method instead of `*`, which has no meaning
    /// with credentials, and which Firefox doesn't cache.
    #[doc(alias("allow_any_method", "wildcard"))]
    #[must_use]
    pub const fn any_method(mut self) -> Self {
        self.any_method = true;
        self.answered()
    }

    /// Allows these request headers.
    ///
    /// List `content-type` if pages send JSON, and `authorization` if they send a token. The list is
    /// separated by commas, as in [`HeaderNames`].
    ///
    /// # Panics
    ///
    /// If the list has an error. In a const context this fails to compile.
    ///
    /// ```compile_fail
    /// # use cors_core::Policy;
    /// const API: Policy = Policy::public().request_headers("cookie");
    /// ```
    #[doc(alias("allow_header", "allow_headers", "allowed_headers"))]
    #[must_use]
    #[track_caller]
    pub const fn request_headers(self, names: &'a str) -> Self {
        match self.try_request_headers(names) {
            Ok(policy) => policy,
            Err(_) => all_errors(names, Kind::RequestHeaders).panic(),
        }
    }

    /// Like [`request_headers`](Self::request_headers), but returns the first error: for a text that
    /// isn't a literal.
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

    /// Allows every request header except `authorization`, which
    /// [must be named](https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name):
    /// `.any_request_header().request_headers("authorization")`.
    ///
    /// The response to a preflight repeats the requested names, up to 4 KiB.
    #[doc(alias("allow_any_header", "mirror_request", "wildcard"))]
    #[must_use]
    pub const fn any_request_header(mut self) -> Self {
        self.any_request_header = true;
        self.answered()
    }

    /// Lets pages read these response headers, in addition to those that they
    /// [can always read](https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name).
    ///
    /// The list is separated by commas, as in [`HeaderNames`].
    ///
    /// # Panics
    ///
    /// If the list has an error. In a const context this fails to compile.
    ///
    /// ```compile_fail
    /// # use cors_core::Policy;
    /// const API: Policy = Policy::public().expose_headers("set-cookie");
    /// ```
    #[doc(alias("expose_header", "exposed_headers"))]
    #[must_use]
    #[track_caller]
    pub const fn expose_headers(self, names: &'a str) -> Self {
        match self.try_expose_headers(names) {
            Ok(policy) => policy,
            Err(_) => all_errors(names, Kind::ExposeHeaders).panic(),
        }
    }

    /// Like [`expose_headers`](Self::expose_headers), but returns the first error: for a text that
    /// isn't a literal.
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

    /// Lets pages read every response header except `set-cookie`.
    ///
    /// # Panics
    ///
    /// If the policy has credentials: browsers then take the `*` for a header name. In a const context
    /// this fails to compile.
    ///
    /// ```compile_fail
    /// # use cors_core::Policy;
    /// const API: Policy = Policy::credentialed("https://a.example").expose_all();
    /// ```
    #[doc(alias("expose_any_header", "wildcard"))]
    #[must_use]
    #[track_caller]
    pub const fn expose_all(self) -> Self {
        match self.try_expose_all() {
            Ok(policy) => policy,
            Err(error) => error.panic(),
        }
    }

    /// Like [`expose_all`](Self::expose_all), but returns the error.
    ///
    /// # Errors
    ///
    /// If the policy has credentials.
    pub const fn try_expose_all(mut self) -> Result<Self, PolicyError<'a>> {
        if self.audience.has_credentials() {
            let kind = PolicyErrorKind::ExposeAllWithCredentials;
            return Err(PolicyError::new(kind, Setting::ExposeHeaders, ""));
        }
        self.expose_headers = HeaderNames::ALL;
        Ok(self.answered())
    }

    /// Lets browsers cache a preflight for this many seconds; 0 means not at all.
    ///
    /// Without it, they cache it for 5 seconds; Chromium uses at most 7200. A method or header that you
    /// remove from a policy stays allowed in a browser until the time is over.
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

    /// Like [`max_age`](Self::max_age), but returns the error: for a number that isn't a literal.
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

    /// Calls the handler even for requests from origins that aren't allowed; the browser then hides
    /// the response from the page.
    ///
    /// Without it, such a request gets a 403 before it can have an effect, unless it is same-origin or
    /// doesn't use CORS.
    #[doc(alias = "block_on_origin_mismatch")]
    #[must_use]
    pub const fn forward_denied(mut self) -> Self {
        self.forward_denied = true;
        self
    }

    /// Adds `Vary` to the responses to preflights, for caches that are set up to store them.
    ///
    /// Browsers don't need it, and neither does a cache that follows
    /// [RFC 9110, 9.3.7](https://www.rfc-editor.org/rfc/rfc9110.html#section-9.3.7).
    #[must_use]
    pub const fn vary_on_preflight(mut self) -> Self {
        self.vary_on_preflight = true;
        self.answered()
    }

    /// Makes the browser's console name the method or header that a preflight fails for. Meant for
    /// development.
    ///
    /// Such a preflight gets an [ok status](https://fetch.spec.whatwg.org/#ok-status) instead of 403,
    /// and still fails: nothing more is allowed. Without it, only the response body of the refusal
    /// names them, which the browser's network panel shows.
    #[must_use]
    pub const fn debug(mut self) -> Self {
        self.debug = true;
        self
    }
}
