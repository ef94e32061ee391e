//! What is wrong with a policy, and the cure.

mod all;
mod list;
mod message;
mod place;
mod words;

pub(crate) use all::AllErrors;
pub use list::PolicyErrors;
pub(crate) use list::{Found, FoundErrors};
pub use words::PolicyErrorKind;

use core::fmt;

use self::message::{Message, Spelling};

/// One error in a policy: where it is, what is wrong, and what to write instead.
///
/// The text is the same whether the error stops a build (a literal in a `const` or `static`) or a
/// `try_…` constructor returns it. `Debug` shows it too, and so does `unwrap`. It starts with a
/// [code](PolicyErrorKind::code); `ERRORS.md` in the repository explains each one, with an example.
///
/// ```
/// use cors_core::{PolicyErrorKind, Policy};
///
/// let error = Policy::try_anonymous("https://app.example.com/").unwrap_err();
/// assert_eq!(error.kind(), PolicyErrorKind::TrailingSlash);
/// assert_eq!(error.text(), "https://app.example.com/");
/// assert_eq!(
///     error.to_string(),
///     "CORS-E09: origins: \"https://app.example.com/\" ends with a slash; \
///      an origin has no path: write \"https://app.example.com\"",
/// );
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PolicyError<'a> {
    kind: PolicyErrorKind,
    setting: Setting,
    entry: usize,
    text: &'a str,
    /// The [correction](Self::correction) is right.
    is_mendable: bool,
    /// It is in a literal, not in [`Settings`](crate::Settings).
    is_literal: bool,
    has_credentials: bool,
}

impl<'a> PolicyError<'a> {
    /// Whether it is [mendable](Self::mendable) is only known where the list is read.
    pub(crate) const fn new(kind: PolicyErrorKind, setting: Setting, text: &'a str) -> Self {
        Self {
            kind,
            setting,
            entry: 0,
            text,
            is_mendable: false,
            is_literal: true,
            has_credentials: false,
        }
    }

    pub(crate) const fn of(self, setting: Setting) -> Self {
        Self { setting, ..self }
    }

    pub(crate) const fn in_entry(self, entry: usize) -> Self {
        Self { entry, ..self }
    }

    pub(crate) const fn mendable(self, is_mendable: bool) -> Self {
        Self {
            is_mendable,
            ..self
        }
    }

    pub(crate) const fn is_mendable(&self) -> bool {
        self.is_mendable
    }

    pub(crate) const fn with_credentials(self) -> Self {
        Self {
            has_credentials: true,
            ..self
        }
    }

    const fn of_settings(self, has_credentials: bool) -> Self {
        Self {
            is_literal: false,
            has_credentials,
            ..self
        }
    }

    /// The kind of error.
    #[must_use]
    pub const fn kind(&self) -> PolicyErrorKind {
        self.kind
    }

    /// The part of the policy that contains it.
    #[must_use]
    pub const fn setting(&self) -> Setting {
        self.setting
    }

    /// The offending text: one origin, one method or one header name.
    #[must_use]
    pub const fn text(&self) -> &'a str {
        self.text
    }

    /// The index of the entry in its list, counted from 0; 0 if there is no list.
    #[must_use]
    pub const fn entry(&self) -> usize {
        self.entry
    }

    /// The byte of the [text](Self::text) where the error is; 0 if the whole text is wrong.
    ///
    /// ```
    /// # use cors_core::Policy;
    /// let error = Policy::try_anonymous("https://a.example https://B.example").unwrap_err();
    /// assert_eq!((error.entry(), error.byte()), (1, 8));
    /// ```
    #[must_use]
    pub fn byte(&self) -> usize {
        self.kind.place_in(self.text.as_bytes())
    }

    /// Stops the build, if the policy is a constant, with the text of this error.
    #[track_caller]
    pub(crate) const fn panic(&self) -> ! {
        let mut message: Message = Message::new();
        self.write_to(&mut message);
        panic!("{}", message.as_str())
    }

    const fn write_to<const N: usize>(&self, message: &mut Message<N>) {
        let (code, what, cure) = self.words();
        message.push(code);
        message.push(": ");
        message.push(self.setting.name());
        message.push(": ");
        match (self.kind.is_about_a_text(), self.kind) {
            (false, _) => {}
            // A number in a program is no text.
            (_, PolicyErrorKind::MaxAge) if self.text.is_empty() => message.push("the time "),
            (_, PolicyErrorKind::PreflightStatus) if self.text.is_empty() => {
                message.push("the status ");
            }
            (true, _) => {
                message.push("\"");
                message.push_text(self.text, Spelling::AsIs);
                message.push("\" ");
            }
        }
        message.push(what);
        message.push("; ");
        message.push(cure);
        self.write_danger(message);
        if self.is_mendable {
            message.push(": write \"");
            message.push(self.correction().as_str());
            message.push("\"");
        }
    }

    /// How to accept a danger: in a literal by the way to the constructor, else by a setting.
    const fn write_danger<const N: usize>(&self, message: &mut Message<N>) {
        let Some(danger) = self.danger() else {
            return;
        };
        message.push(", or accept the risk: ");
        match (self.is_literal, self.setting) {
            (false, _) => {
                message.push("set ");
                message.push(danger);
                message.push(" to true");
            }
            (true, setting) => {
                message.push("Policy::");
                message.push(danger);
                message.push(match setting {
                    Setting::CredentialedOrigins => "().public_and_credentialed(…)",
                    _ => "().credentialed(…)",
                });
            }
        }
    }
}

/// What is wrong, then what would be right; the offending text is cut after 100 bytes.
impl fmt::Display for PolicyError<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut message: Message = Message::new();
        self.write_to(&mut message);
        f.write_str(message.as_str())
    }
}

/// The text that [`Display`](fmt::Display) shows.
impl fmt::Debug for PolicyError<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl core::error::Error for PolicyError<'_> {}

/// A part of a policy, with the name it has in a policy file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Setting {
    /// The origins that may read responses.
    Origins,
    /// The methods that pages may use.
    Methods,
    /// The request headers that pages may send.
    RequestHeaders,
    /// The response headers that pages may read.
    ExposeHeaders,
    /// The server's own origins.
    OwnOrigins,
    /// The origins that may send credentials, where any origin may read without.
    CredentialedOrigins,
    /// How long browsers may cache a preflight.
    MaxAge,
    /// The status of the response to a successful preflight.
    PreflightStatus,
}

impl Setting {
    pub(crate) const COUNT: usize = 8;

    pub(crate) const LISTS: usize = 6;

    /// The first of all.
    pub(crate) const ALL_LISTS: [Self; Self::LISTS] = [
        Self::Origins,
        Self::Methods,
        Self::RequestHeaders,
        Self::ExposeHeaders,
        Self::OwnOrigins,
        Self::CredentialedOrigins,
    ];

    /// It lists origins.
    pub(crate) const fn is_of_origins(self) -> bool {
        matches!(
            self,
            Self::Origins | Self::OwnOrigins | Self::CredentialedOrigins
        )
    }

    /// The key in a policy file.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Origins => "origins",
            Self::Methods => "methods",
            Self::RequestHeaders => "request_headers",
            Self::ExposeHeaders => "expose_headers",
            Self::OwnOrigins => "own_origins",
            Self::CredentialedOrigins => "credentialed_origins",
            Self::MaxAge => "max_age",
            Self::PreflightStatus => "preflight_status",
        }
    }
}
