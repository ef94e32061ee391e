//! What is wrong with a policy, and the cure.

mod list;
mod message;
mod place;

pub use list::PolicyErrors;
pub(crate) use list::{Found, FoundErrors};

use core::fmt;

pub(crate) use self::message::Message;
use self::message::Spelling;

/// One thing that is wrong with a policy: where it stands, what it is and what would be right.
///
/// Its text is the same whether it stops a build (a wrong literal in a `const` or `static`) or
/// comes back from a `try_` constructor.
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PolicyError<'a> {
    kind: PolicyErrorKind,
    setting: Setting,
    entry: usize,
    text: &'a str,
    /// The [correction](Self::correction) is right.
    is_mendable: bool,
}

impl<'a> PolicyError<'a> {
    /// Of an origin, only who reads origins can tell whether it is [mendable](Self::mendable).
    pub(crate) const fn new(kind: PolicyErrorKind, setting: Setting, text: &'a str) -> Self {
        Self {
            kind,
            setting,
            entry: 0,
            text,
            is_mendable: !setting.is_of_origins(),
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
        let message = self.message();
        panic!("{}", message.as_str())
    }

    const fn message(&self) -> Message {
        let (code, what, cure) = self.kind.words();
        let message = Message::new()
            .push(code)
            .push(": ")
            .push(self.setting.name())
            .push(": ");
        let message = match (self.kind.is_about_a_text(), self.kind) {
            (false, _) => message,
            // A number in a program is no text.
            (_, PolicyErrorKind::MaxAge) if self.text.is_empty() => message.push("the time "),
            (_, PolicyErrorKind::PreflightStatus) if self.text.is_empty() => {
                message.push("what is set ")
            }
            (true, _) => message
                .push("\"")
                .push_text(self.text, Spelling::AsIs)
                .push("\" "),
        };
        let message = message.push(what).push("; ").push(cure);
        let correction = self.correction();
        match self.is_mendable && !correction.as_str().is_empty() {
            true => message
                .push(": write \"")
                .push(correction.as_str())
                .push("\""),
            false => message,
        }
    }

    /// The offending text as it would be right, if that is one step away; empty if nothing is known.
    pub(crate) const fn correction(&self) -> Message {
        match self.kind.correction() {
            Some((prefix, spelling)) => Message::new().push(prefix).push_text(self.text, spelling),
            None => Message::new(),
        }
    }
}

/// What is wrong, then what would be right; text of the policy is cut after 100 bytes.
impl fmt::Display for PolicyError<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message().as_str())
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

/// A kind of [`PolicyError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PolicyErrorKind {
    /// No origin is listed: nobody would ever be allowed.
    NoOrigin,
    /// `*` in a list of origins: any origin is a policy of its own, and never has credentials.
    WildcardOrigin,
    /// `null` in a list of origins: every page can take on this origin.
    NullOrigin,
    /// `null` together with credentials: every page could act as the user.
    NullWithCredentials,
    /// There is no `://`.
    MissingScheme,
    /// The scheme is not a lower-case scheme of at most 64 bytes.
    Scheme,
    /// Browsers send `null` for `file:` pages.
    FileScheme,
    /// A user name or password.
    Userinfo,
    /// A final `/`.
    TrailingSlash,
    /// A path, query or fragment.
    Path,
    /// A host in upper case.
    UpperCase,
    /// A host that is not in Punycode.
    NotAscii,
    /// An empty host, or a byte that no host holds.
    Host,
    /// A number for a last label, but not a canonical dotted quad.
    Ipv4,
    /// Not the form of RFC 5952 with hexadecimal digits only.
    Ipv6,
    /// Not 1 to 65535 without a leading zero.
    Port,
    /// The port that browsers leave out.
    DefaultPort,
    /// A `*` that is neither the first label nor the port.
    WildcardPosition,
    /// A subdomain of an IP address.
    WildcardIp,
    /// Longer than any origin.
    TooLong,
    /// `http` together with credentials.
    InsecureOrigin,
    /// All subdomains of a single label or another public suffix together with credentials.
    PublicSuffix,
    /// A comma between or in origins.
    Comma,
    /// Not a token.
    NotAToken,
    /// The same entry again.
    Duplicate,
    /// `*` in a list of methods or names.
    WildcardEntry,
    /// `CONNECT`, `TRACE` or `TRACK`.
    ForbiddenMethod,
    /// A method that browsers send in upper case, or never in this spelling.
    MethodCase,
    /// A header that scripts cannot set.
    ForbiddenRequestHeader,
    /// A CORS response header in a list of request headers.
    ResponseHeader,
    /// A header that scripts can never read.
    ForbiddenResponseHeader,
    /// A request header in a list of response headers.
    RequestHeader,
    /// A header that only means something in the answer to a preflight.
    PreflightHeader,
    /// All response headers together with credentials.
    ExposeAllWithCredentials,
    /// More than 86400 seconds.
    MaxAge,
    /// Texts longer than what they are to be kept in.
    Storage,
    /// An index with fewer slots than the list needs.
    IndexLength,
    /// A list too long for an index.
    IndexText,
    /// The index of another list.
    IndexOfAnother,
    /// A list of methods or names that is longer than any field that would be accepted.
    ListTooLong,
    /// A pattern where only exact origins make sense.
    NotAnOrigin,
    /// Any host of a scheme, together with credentials.
    AnyHost,
    /// Credentialed origins beside others than all.
    NotPublic,
    /// A second set of origins.
    SecondSet,
    /// A status that is not 200 to 299.
    PreflightStatus,
}

impl PolicyErrorKind {
    /// A code that stays the same from version to version, for look-ups.
    ///
    /// ```
    /// assert_eq!(cors_core::PolicyErrorKind::TrailingSlash.code(), "CORS-E09");
    /// ```
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.words().0
    }

    /// Code, what is wrong, what would be right.
    #[expect(clippy::too_many_lines, reason = "a table")]
    const fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::NoOrigin => (
                "CORS-E01",
                "no origin is listed",
                "name at least one, such as https://app.example.com",
            ),
            Self::WildcardOrigin => (
                "CORS-E02",
                "cannot stand in a list of origins",
                "any origin is a policy of its own, which never allows credentials: \
                 Policy::public(), in a file origins = [\"*\"]",
            ),
            Self::NullOrigin => (
                "CORS-E03",
                "is an origin that every page can take on",
                "list real origins, or allow it with dangerously_allow_null_origin",
            ),
            Self::NullWithCredentials => (
                "CORS-E04",
                "the origin null cannot have credentials",
                "every page could act as the user: use an anonymous policy",
            ),
            Self::MissingScheme => (
                "CORS-E05",
                "holds no \"://\"",
                "an origin begins with its scheme",
            ),
            Self::Scheme => (
                "CORS-E06",
                "has a scheme that browsers do not send",
                "a scheme is at most 64 lower-case letters, digits, '+', '-' or '.'",
            ),
            Self::FileScheme => (
                "CORS-E07",
                "is never sent",
                "browsers send null for pages from files: serve the page over http://localhost",
            ),
            Self::Userinfo => (
                "CORS-E08",
                "holds a user name",
                "an origin is scheme, host and port",
            ),
            Self::TrailingSlash => ("CORS-E09", "ends with a slash", "an origin has no path"),
            Self::Path => (
                "CORS-E10",
                "holds a path, query or fragment",
                "an origin ends with its host or port",
            ),
            Self::UpperCase => (
                "CORS-E11",
                "holds upper case",
                "browsers send hosts in lower case",
            ),
            Self::NotAscii => (
                "CORS-E12",
                "is not ASCII",
                "browsers send such hosts in Punycode, as xn--…",
            ),
            Self::Host => (
                "CORS-E13",
                "has no host that browsers send",
                "a host is letters, digits, '.', '-' and '_', or an IP address",
            ),
            Self::Ipv4 => (
                "CORS-E14",
                "ends in a number but is not an IPv4 address",
                "write four decimal numbers up to 255 without leading zeros, as 127.0.0.1",
            ),
            Self::Ipv6 => (
                "CORS-E15",
                "is not the IPv6 address that browsers send",
                "write the shortest lower-case form in brackets, hexadecimal to the end, \
                 as [::1] or [::ffff:7f00:1]",
            ),
            Self::Port => (
                "CORS-E16",
                "has no port that browsers send",
                "a port is 1 to 65535 without leading zeros, or * for any",
            ),
            Self::DefaultPort => (
                "CORS-E17",
                "names the default port of its scheme",
                "browsers leave it out",
            ),
            Self::WildcardPosition => (
                "CORS-E18",
                "has a * where it would match too much",
                "only a first label or a port can be open, as in https://*.example.com:*",
            ),
            Self::WildcardIp => (
                "CORS-E19",
                "has a *. before an IP address",
                "an IP address has no subdomains: list the address itself",
            ),
            Self::TooLong => (
                "CORS-E20",
                "is longer than any origin",
                "a host has at most 253 bytes",
            ),
            Self::InsecureOrigin => (
                "CORS-E21",
                "is not secure and would receive credentials",
                "use https, or allow it with dangerously_allow_insecure_origins",
            ),
            Self::PublicSuffix => (
                "CORS-E22",
                "lets everybody's subdomains receive credentials",
                "name your own domain, or allow it with dangerously_allow_public_suffixes",
            ),
            Self::Comma => (
                "CORS-E23",
                "holds a comma",
                "separate origins with spaces, in a file as entries of their own",
            ),
            Self::NotAToken => (
                "CORS-E24",
                "is not a token",
                "write letters, digits and hyphens, separated by single commas, in a file as entries of their own",
            ),
            Self::Duplicate => ("CORS-E25", "is listed twice", "name it once"),
            Self::WildcardEntry => (
                "CORS-E26",
                "cannot stand in a list",
                "call any_method(), any_request_header() or expose_all()",
            ),
            Self::ForbiddenMethod => (
                "CORS-E27",
                "is a method that scripts cannot use",
                "remove it",
            ),
            Self::MethodCase => (
                "CORS-E28",
                "is not how the method is sent",
                "methods are case-sensitive",
            ),
            Self::ForbiddenRequestHeader => (
                "CORS-E29",
                "is a header that scripts cannot set",
                "remove it: browsers never ask for it",
            ),
            Self::ResponseHeader => (
                "CORS-E30",
                "is a header of responses",
                "list what requests carry: the server's answer needs no permission",
            ),
            Self::ForbiddenResponseHeader => (
                "CORS-E31",
                "is a header that scripts can never read",
                "remove it",
            ),
            Self::RequestHeader => (
                "CORS-E32",
                "is a header of requests",
                "list what responses carry",
            ),
            Self::PreflightHeader => (
                "CORS-E33",
                "only stands in the answer to a preflight",
                "remove it: no script sees that answer",
            ),
            Self::ExposeAllWithCredentials => (
                "CORS-E34",
                "all response headers cannot be exposed with credentials",
                "browsers take the * for a name: list the names",
            ),
            Self::MaxAge => (
                "CORS-E35",
                "is out of range",
                "use 0 (do not cache) to 86400 seconds",
            ),
            Self::Storage => (
                "CORS-E40",
                "the texts of the policy do not fit into their storage",
                "give it a larger one",
            ),
            Self::IndexLength => (
                "CORS-E36",
                "the index has too few slots",
                "give it as many as OriginIndex::length says",
            ),
            Self::IndexText => (
                "CORS-E37",
                "the list is too long for an index",
                "keep it below 16 MiB",
            ),
            Self::IndexOfAnother => (
                "CORS-E39",
                "the index is of another list",
                "build it of this very text",
            ),
            Self::ListTooLong => (
                "CORS-E41",
                "the list is longer than any header that browsers accept",
                "name at most 4096, in less than 64 KiB",
            ),
            Self::NotAnOrigin => (
                "CORS-E50",
                "is a pattern",
                "name each origin at which browsers reach this server",
            ),
            Self::AnyHost => (
                "CORS-E51",
                "lets every host of this scheme receive credentials",
                "name the host, or allow it with dangerously_allow_public_suffixes",
            ),
            Self::NotPublic => (
                "CORS-E52",
                "only a policy that allows any origin can have these besides",
                "write Policy::public().and_credentialed(..), in a file origins = [\"*\"], \
                 or list all origins in one credentialed policy",
            ),
            Self::SecondSet => (
                "CORS-E53",
                "the policy has a set of origins already",
                "join them: and_origins(&(&A, &B))",
            ),
            Self::PreflightStatus => (
                "CORS-E54",
                "is a status that lets no preflight pass",
                "use 200 to 299",
            ),
        }
    }

    /// It lies in one entry, and not in what is set or not set at all.
    const fn is_about_a_text(self) -> bool {
        !matches!(
            self,
            Self::NoOrigin
                | Self::NullWithCredentials
                | Self::ExposeAllWithCredentials
                | Self::Storage
                | Self::IndexLength
                | Self::IndexText
                | Self::IndexOfAnother
                | Self::ListTooLong
                | Self::NotPublic
                | Self::SecondSet
        )
    }

    /// What to put in front of which part of the offending text to mend it.
    const fn correction(self) -> Option<(&'static str, Spelling)> {
        match self {
            Self::MissingScheme => Some(("https://", Spelling::AsIs)),
            Self::TrailingSlash | Self::Path => Some(("", Spelling::WithoutPath)),
            Self::DefaultPort => Some(("", Spelling::WithoutPort)),
            Self::Scheme | Self::UpperCase => Some(("", Spelling::Lower)),
            Self::MethodCase => Some(("", Spelling::Upper)),
            _ => None,
        }
    }
}
