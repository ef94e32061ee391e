//! The kinds of errors, and what is said about them.

use super::message::{Message, Spelling};
use super::{PolicyError, Setting};
use crate::bytes::{has_separator, starts_with};

/// The kinds of [`PolicyError`].
///
/// `ERRORS.md` in the repository has a section for each [code](Self::code): what happened, why browsers
/// are like that, and what to write instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PolicyErrorKind {
    /// No origin is listed, so nobody would be allowed.
    NoOrigin,
    /// `*` in a list of origins, or together with credentials.
    WildcardOrigin,
    /// `null` in a list of origins: any page can send it.
    NullOrigin,
    /// `null` together with credentials: any page could act as the user.
    NullWithCredentials,
    /// An origin without `://`.
    MissingScheme,
    /// A scheme that isn't lower-case, or longer than 64 bytes.
    Scheme,
    /// A `file:` URL: most browsers send `null` for such pages, the others the same text for all of them.
    FileScheme,
    /// A user name or password in an origin.
    Userinfo,
    /// A slash at the end of an origin.
    TrailingSlash,
    /// A path, query or fragment in an origin.
    Path,
    /// Upper-case letters in a host.
    UpperCase,
    /// A host with characters outside ASCII, which should be in Punycode.
    NotAscii,
    /// An empty host, or a character that no host contains.
    Host,
    /// A host that ends in a number, but isn't four decimal numbers.
    Ipv4,
    /// An IPv6 address that isn't in the form of RFC 5952 with hexadecimal digits only.
    Ipv6,
    /// A port that isn't 1 to 65535 without a leading zero.
    Port,
    /// The scheme's default port, which browsers leave out.
    DefaultPort,
    /// A `*` that stands neither for subdomains, nor for part of the first label, nor for the port.
    WildcardPosition,
    /// A `*.` in front of an IP address.
    WildcardIp,
    /// An origin that is longer than any browser sends.
    TooLong,
    /// An `http` origin together with credentials.
    InsecureOrigin,
    /// All subdomains of a public suffix, such as a single label, together with credentials.
    PublicSuffix,
    /// An entry that contains several origins, or a comma or white space.
    SeveralOrigins,
    /// A method or header name with a character that isn't allowed in one.
    NotAToken,
    /// An entry that is listed twice.
    Duplicate,
    /// A `*` alone in a list of methods or header names.
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
    /// A header that only has a meaning in the response to a preflight.
    PreflightHeader,
    /// All response headers together with credentials.
    ExposeAllWithCredentials,
    /// A `max_age` of more than 86400 seconds.
    MaxAge,
    /// Texts that don't fit into the policy's storage.
    Storage,
    /// An index with too few slots for its list.
    IndexLength,
    /// A list that is too long for an index.
    IndexText,
    /// An index that belongs to another list.
    IndexOfAnother,
    /// A list of methods or names that is longer than any header that browsers accept.
    ListTooLong,
    /// Quotes around an entry, or on one side of it.
    Quotes,
    /// White space around an entry, or on one side of it.
    WhiteSpace,
    /// An empty entry.
    EmptyEntry,
    /// A `*` inside a method or header name, where it isn't a wildcard.
    WildcardInName,
    /// `ws` or `wss`: browsers send the page's `http` or `https` origin.
    WebSocket,
    /// A host that starts with a dot; `*.` was meant.
    LeadingDot,
    /// A pattern where only exact origins are allowed.
    NotAnOrigin,
    /// Any host of a scheme together with credentials.
    AnyHost,
    /// `credentialed_origins` in a policy that doesn't allow any origin.
    NotPublic,
    /// A second `and_origins`; both sets can be passed as one.
    SecondSet,
    /// A `preflight_status` that isn't 200 to 299.
    PreflightStatus,
}

impl PolicyErrorKind {
    /// The code, which stays the same in later versions: `ERRORS.md` in the repository explains it.
    ///
    /// ```
    /// assert_eq!(cors_core::PolicyErrorKind::TrailingSlash.code(), "CORS-E09");
    /// ```
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.words().0
    }

    /// Code, what is wrong, what would be right.
    #[rustfmt::skip]
    const fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::NoOrigin => ("CORS-E01", "no origin is listed",
                "list at least one, such as https://app.example.com"),
            Self::WildcardOrigin => ("CORS-E02", "can't be listed with other origins",
                "it already allows any origin: remove either the others or the *"),
            Self::NullOrigin => ("CORS-E03", "is an origin that any page can send",
                "list real origins, or accept the risk with dangerously_allow_null_origin"),
            Self::NullWithCredentials => ("CORS-E04", "the origin null can't have credentials",
                "any page can send null and could act as your user: allow null or credentials, not both"),
            Self::MissingScheme => ("CORS-E05", "contains no \"://\"",
                "an origin starts with a scheme, such as https://"),
            Self::Scheme => ("CORS-E06", "has a scheme that browsers don't send",
                "a scheme is 1 to 64 lower-case letters, digits, \"+\", \"-\" or \".\""),
            Self::FileScheme => ("CORS-E07", "can't be allowed",
                "most browsers send null for pages opened from a file: serve the page from http://localhost"),
            Self::Userinfo => ("CORS-E08", "contains a user name or password",
                "an origin has only a scheme, a host and a port"),
            Self::TrailingSlash => ("CORS-E09", "ends with a slash", "an origin has no path"),
            Self::Path => ("CORS-E10", "contains a path, query or fragment",
                "an origin ends with its host or port"),
            Self::UpperCase => ("CORS-E11", "contains upper-case letters",
                "browsers send hosts in lower case"),
            Self::NotAscii => ("CORS-E12", "contains characters outside ASCII",
                "browsers send such a host in Punycode (xn--…)"),
            Self::Host => ("CORS-E13", "has an invalid host",
                "a host contains only lower-case letters, digits, \".\", \"-\" and \"_\", or is an IP address"),
            Self::Ipv4 => ("CORS-E14", "has a host that ends in a number but isn't an IPv4 address",
                "write four decimal numbers up to 255 without leading zeros, such as 127.0.0.1"),
            Self::Ipv6 => ("CORS-E15", "has an IPv6 address that browsers spell differently",
                "write its shortest form, in lower case and without dots, such as [::1] or [::ffff:7f00:1]"),
            Self::Port => ("CORS-E16", "has an invalid port",
                "a port is 1 to 65535 without leading zeros, or * for any"),
            Self::DefaultPort => ("CORS-E17", "contains its scheme's default port",
                "browsers leave it out"),
            Self::WildcardPosition => ("CORS-E18", "has a * where none is allowed",
                "a * can stand for subdomains (https://*.example.com), \
                 for part of the first label (https://pr-*.example.com) or for the port (http://localhost:*)"),
            Self::WildcardIp => ("CORS-E19", "has a *. before an IP address",
                "IP addresses have no subdomains: list the address itself"),
            Self::TooLong => ("CORS-E20", "is too long for an origin",
                "a host has at most 253 characters"),
            Self::InsecureOrigin => ("CORS-E21", "would get credentials without encryption",
                "use https"),
            Self::PublicSuffix => ("CORS-E22", "gives credentials to subdomains that anyone can register",
                "list your own domain"),
            Self::SeveralOrigins => ("CORS-E23", "contains a comma or white space",
                "list each origin as a separate entry"),
            Self::NotAToken => ("CORS-E24", "contains a character that isn't allowed in a name",
                "use letters, digits and hyphens"),
            Self::Duplicate => ("CORS-E25", "is listed twice", "list it once"),
            Self::WildcardEntry => ("CORS-E26", "can't be listed", "allow any"),
            Self::ForbiddenMethod => ("CORS-E27", "is a method that pages can't use", "remove it"),
            Self::MethodCase => ("CORS-E28", "is not spelled as browsers send it",
                "methods are case-sensitive"),
            Self::ForbiddenRequestHeader => ("CORS-E29", "is a header that pages can't set",
                "remove it: browsers never ask for it"),
            Self::ResponseHeader => ("CORS-E30", "is a response header",
                "list the headers that pages send"),
            Self::ForbiddenResponseHeader => ("CORS-E31", "is a header that pages can never read",
                "remove it"),
            Self::RequestHeader => ("CORS-E32", "is a request header",
                "list the response headers that pages may read"),
            Self::PreflightHeader => ("CORS-E33", "is only sent in responses to preflights",
                "remove it: pages never see them"),
            Self::ExposeAllWithCredentials => ("CORS-E34",
                "exposing all response headers doesn't work with credentials",
                "browsers then take the * for a header name: list the names"),
            Self::MaxAge => ("CORS-E35", "is too long", "use 0 (don't cache) to 86400 seconds"),
            Self::Storage => ("CORS-E40", "the policy doesn't fit into its storage",
                "use a larger one"),
            Self::IndexLength => ("CORS-E36", "the index has too few slots",
                "give it as many as OriginIndex::length returns"),
            Self::IndexText => ("CORS-E37", "the list is too long for an index",
                "keep it below 16 MiB"),
            Self::IndexOfAnother => ("CORS-E39", "the index belongs to another list",
                "build it from exactly this list"),
            Self::ListTooLong => ("CORS-E41", "the list is longer than any header that browsers accept",
                "list at most 4096 names, in less than 64 KiB"),
            Self::Quotes => ("CORS-E42", "starts or ends with a quote", "remove it"),
            Self::WhiteSpace => ("CORS-E43", "starts or ends with white space", "remove it"),
            Self::EmptyEntry => ("CORS-E44", "an entry is empty", "remove it"),
            Self::WildcardInName => ("CORS-E45",
                "contains a *, which isn't a wildcard inside a name", "list the names"),
            Self::WebSocket => ("CORS-E46", "is an origin that browsers never send",
                "for a WebSocket, they send the page's origin"),
            Self::LeadingDot => ("CORS-E47", "has a host that starts with a dot",
                "subdomains are written with a *"),
            Self::NotAnOrigin => ("CORS-E48", "is a pattern",
                "list each origin at which browsers reach this server"),
            Self::AnyHost => ("CORS-E49", "gives credentials to every extension or app of this kind",
                "list the ones you know"),
            Self::NotPublic => ("CORS-E50", "credentialed origins need a policy that allows any origin",
                "use Policy::public().and_credentialed(…), or list all origins in Policy::credentialed(…)"),
            Self::SecondSet => ("CORS-E51", "the policy already has a set of origins",
                "pass both at once: and_origins(&(&A, &B))"),
            Self::PreflightStatus => ("CORS-E52", "isn't a success status",
                "use 200 to 299"),
        }
    }

    /// It lies in one entry, and not in what is set or not set at all.
    pub(super) const fn is_about_a_text(self) -> bool {
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
                | Self::EmptyEntry
                | Self::NotPublic
                | Self::SecondSet
        )
    }
}

impl PolicyError<'_> {
    /// Code, what is wrong, what would be right: in a literal as in a list of the run time, but
    /// where the cure is another.
    #[rustfmt::skip]
    pub(super) const fn words(&self) -> (&'static str, &'static str, &'static str) {
        let (code, what, cure) = self.kind.words();
        let (what, cure) = match (self.kind, self.is_literal, self.has_credentials) {
            (PolicyErrorKind::NoOrigin, false, _) => (what,
                "list at least one, such as https://app.example.com, \
                 or call Settings::allow_no_origins to start without one"),
            (PolicyErrorKind::WildcardOrigin | PolicyErrorKind::NullOrigin, ..)
                if matches!(self.setting, Setting::OwnOrigins) =>
                ("can't be listed", "list each origin at which browsers reach this server"),
            (PolicyErrorKind::WildcardOrigin, ..)
                if matches!(self.setting, Setting::CredentialedOrigins) =>
                ("can't be combined with credentials", "list the origins that need credentials"),
            (PolicyErrorKind::NullOrigin, ..)
                if matches!(self.setting, Setting::CredentialedOrigins) =>
                (what, "list real origins: null can't have credentials"),
            (PolicyErrorKind::WildcardOrigin, true, false) => ("can't be listed",
                "use Policy::public(), which allows any origin without credentials"),
            (PolicyErrorKind::WildcardOrigin, true, true) => ("can't be combined with credentials",
                "list the origins that need credentials, or use Policy::public(), which allows any origin without them"),
            (PolicyErrorKind::WildcardOrigin, false, true) => ("can't be combined with credentials",
                "list the origins that need credentials, or turn credentials off"),
            (PolicyErrorKind::NullOrigin, _, true) => (what,
                "list real origins: null can't have credentials"),
            (PolicyErrorKind::NotPublic, false, _) => (what,
                "set origins to [\"*\"], or list all origins in origins and set credentials to true"),
            (PolicyErrorKind::NotAToken, true, _) if self.has_several() =>
                ("contains white space", "separate names with commas"),
            (PolicyErrorKind::NotAToken, false, _) if self.has_several() =>
                ("contains a comma or white space", "list each name as a separate entry"),
            (PolicyErrorKind::WildcardEntry, ..) => (what, match self.setting {
                Setting::Methods => "call any_method() to allow any method",
                Setting::RequestHeaders => "call any_request_header() to allow any header",
                _ => "call expose_all() to expose all headers",
            }),
            (PolicyErrorKind::WildcardInName, true, _) => (what, match self.setting {
                Setting::Methods => "list the methods, or call any_method() to allow any",
                Setting::RequestHeaders => "list the names, or call any_request_header() to allow any",
                _ => "list the names, or call expose_all() to expose all",
            }),
            (PolicyErrorKind::WildcardInName, false, _) => (what,
                "list the names, or use a * alone for any"),
            _ => (what, cure),
        };
        (code, what, cure)
    }

    /// The setting that accepts the danger which the error is about.
    pub(super) const fn danger(&self) -> Option<&'static str> {
        match self.kind {
            PolicyErrorKind::InsecureOrigin => Some("dangerously_allow_insecure_origins"),
            PolicyErrorKind::PublicSuffix | PolicyErrorKind::AnyHost => {
                Some("dangerously_allow_public_suffixes")
            }
            _ => None,
        }
    }

    /// The offending text as it would be right, if that is one step away; empty if nothing is known.
    pub(crate) const fn correction(&self) -> Message {
        let mut message = Message::new();
        let (prefix, spelling) = match self.kind {
            PolicyErrorKind::MissingScheme if is_local(self.text) => ("http://", Spelling::AsIs),
            PolicyErrorKind::MissingScheme => ("https://", Spelling::AsIs),
            PolicyErrorKind::TrailingSlash | PolicyErrorKind::Path => ("", Spelling::WithoutPath),
            PolicyErrorKind::DefaultPort => ("", Spelling::WithoutPort),
            PolicyErrorKind::Scheme | PolicyErrorKind::UpperCase => ("", Spelling::Lower),
            PolicyErrorKind::MethodCase => ("", Spelling::Upper),
            PolicyErrorKind::Quotes | PolicyErrorKind::WhiteSpace => ("", Spelling::Bare),
            PolicyErrorKind::WebSocket => ("http", Spelling::WithoutWebSocket),
            PolicyErrorKind::LeadingDot => ("", Spelling::AnySubdomain),
            PolicyErrorKind::SeveralOrigins | PolicyErrorKind::NotAToken if self.has_several() => {
                message.push_words(
                    self.text,
                    match self.is_literal {
                        true => ", ",
                        false => "\", \"",
                    },
                );
                return message;
            }
            _ => return message,
        };
        message.push(prefix);
        message.push_text(self.text, spelling);
        message
    }

    /// The text might be more than one entry.
    const fn has_several(&self) -> bool {
        has_separator(self.text.as_bytes())
    }
}

/// A host of the machine itself, where nobody serves `https`.
const fn is_local(text: &str) -> bool {
    let text = text.as_bytes();
    starts_with(text, b"localhost") || starts_with(text, b"127.") || starts_with(text, b"[::1]")
}
