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

/// One thing that is wrong with a policy: where it stands, what it is and what would be right.
///
/// Its text is the same whether it stops a build (a wrong literal in a `const` or `static`) or
/// comes back from a `try_` constructor; `Debug` shows it, too, so that `unwrap` does.
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
    /// It lies in a text that the program holds, not in [`Settings`](crate::Settings).
    is_literal: bool,
    has_credentials: bool,
}

impl<'a> PolicyError<'a> {
    /// Only who reads the list can tell whether it is [mendable](Self::mendable).
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

    /// What is wrong.
    #[must_use]
    pub const fn kind(&self) -> PolicyErrorKind {
        self.kind
    }

    /// In which part of the policy.
    #[must_use]
    pub const fn setting(&self) -> Setting {
        self.setting
    }

    /// The offending text: one origin, one method, one name.
    #[must_use]
    pub const fn text(&self) -> &'a str {
        self.text
    }

    /// Which entry of the list it is, counted from 0; 0 if there is no list.
    #[must_use]
    pub const fn entry(&self) -> usize {
        self.entry
    }

    /// The byte of the [text](Self::text) at which it goes wrong; 0 if all of it is wrong.
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
        if self.is_mendable {
            message.push(": write \"");
            message.push(self.correction().as_str());
            message.push("\"");
        }
    }
}

/// What is wrong, then what would be right; text of the policy is cut after 100 bytes.
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

/// A part of a policy, named as in a policy file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Setting {
    /// Who may ask.
    Origins,
    /// With which methods.
    Methods,
    /// With which request headers.
    RequestHeaders,
    /// Which response headers scripts may read.
    ExposeHeaders,
    /// Which origins are the server's own.
    OwnOrigins,
    /// Who may ask with credentials where anybody may without.
    CredentialedOrigins,
    /// How long a preflight's answer may be reused.
    MaxAge,
    /// The status of the answer to a preflight that passes.
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
