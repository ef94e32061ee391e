//! The kinds of errors, and what is said about them.

use super::message::{Message, Spelling};
use super::{PolicyError, Setting};
use crate::bytes::{has_separator, starts_with};

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
    /// `file:` pages: nearly all browsers send `null` for them, and the others the same for every page.
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
    /// A `*` that stands neither for subdomains nor for a part of the first label nor for the port.
    WildcardPosition,
    /// A subdomain of an IP address.
    WildcardIp,
    /// Longer than any origin.
    TooLong,
    /// `http` together with credentials.
    InsecureOrigin,
    /// All subdomains of a single label or another public suffix together with credentials.
    PublicSuffix,
    /// One entry that is several origins, or contains a comma or white space.
    SeveralOrigins,
    /// Not a token.
    NotAToken,
    /// The same entry again.
    Duplicate,
    /// `*` alone in a list of methods or names.
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
    /// A list of methods or names that is longer than any header that browsers accept.
    ListTooLong,
    /// Quotes around an entry, or on one side of it.
    Quotes,
    /// White space around an entry, or on one side of it.
    WhiteSpace,
    /// An entry without a text.
    EmptyEntry,
    /// A `*` that is only a part of a method or name, where it matches nothing but itself.
    WildcardInName,
    /// `ws` or `wss`: browsers send the `http` or `https` origin of the page.
    WebSocket,
    /// A host that begins with a dot, where `*.` is meant.
    LeadingDot,
    /// A pattern where only exact origins make sense.
    NotAnOrigin,
    /// Any host of a scheme, together with credentials.
    AnyHost,
    /// Credentialed origins in a policy that does not allow any origin.
    NotPublic,
    /// A second set of origins, where both are passed as one.
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
    #[rustfmt::skip]
    #[expect(clippy::too_many_lines, reason = "a table")]
    const fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::NoOrigin => ("CORS-E01", "no origin is listed",
                "list at least one, such as https://app.example.com"),
            Self::WildcardOrigin => ("CORS-E02", "can't be listed with other origins",
                "it allows any origin: remove either the others or the *"),
            Self::NullOrigin => ("CORS-E03", "is an origin that any page can take on",
                "list real origins, or accept the risk with dangerously_allow_null_origin"),
            Self::NullWithCredentials => ("CORS-E04", "the origin null can't have credentials",
                "any page could act as your user: allow either null or credentials"),
            Self::MissingScheme => ("CORS-E05", "contains no \"://\"",
                "an origin starts with a scheme, such as https://"),
            Self::Scheme => ("CORS-E06", "has a scheme that browsers don't send",
                "a scheme is at most 64 lower-case letters, digits, \"+\", \"-\" or \".\""),
            Self::FileScheme => ("CORS-E07", "can't be allowed",
                "pages from files share one origin, and most browsers send null for it: \
                 serve the page from http://localhost"),
            Self::Userinfo => ("CORS-E08", "contains a user name",
                "an origin is scheme, host and port"),
            Self::TrailingSlash => ("CORS-E09", "ends with a slash", "an origin has no path"),
            Self::Path => ("CORS-E10", "contains a path, query or fragment",
                "an origin ends with its host or port"),
            Self::UpperCase => ("CORS-E11", "contains upper case",
                "browsers send hosts in lower case"),
            Self::NotAscii => ("CORS-E12", "contains characters outside ASCII",
                "browsers send such a host in Punycode, as xn--…"),
            Self::Host => ("CORS-E13", "has an invalid host",
                "a host is letters, digits, \".\", \"-\" and \"_\", or an IP address"),
            Self::Ipv4 => ("CORS-E14", "ends in a number but is not an IPv4 address",
                "write four decimal numbers up to 255 without leading zeros, such as 127.0.0.1"),
            Self::Ipv6 => ("CORS-E15", "is not an IPv6 address as browsers send it",
                "write the shortest lower-case form in brackets, hexadecimal to the end, \
                 such as [::1] or [::ffff:7f00:1]"),
            Self::Port => ("CORS-E16", "has an invalid port",
                "a port is 1 to 65535 without leading zeros, or * for any"),
            Self::DefaultPort => ("CORS-E17", "contains the default port of its scheme",
                "browsers leave it out"),
            Self::WildcardPosition => ("CORS-E18", "contains a * where it would match too much",
                "a * can stand for subdomains (https://*.example.com), \
                 for a part of the first label (https://pr-*.example.com) or for a port (http://localhost:*)"),
            Self::WildcardIp => ("CORS-E19", "contains a *. before an IP address",
                "an IP address has no subdomains: list the address itself"),
            Self::TooLong => ("CORS-E20", "is longer than any origin",
                "a host has at most 253 bytes"),
            Self::InsecureOrigin => ("CORS-E21", "is not encrypted and would get credentials",
                "use https, or accept the risk"),
            Self::PublicSuffix => ("CORS-E22", "gives credentials to subdomains that anyone can register",
                "list your own domain, or accept the risk"),
            Self::SeveralOrigins => ("CORS-E23", "contains a comma or white space",
                "list each origin as an entry of its own"),
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
            Self::PreflightHeader => ("CORS-E33", "is only sent in answers to preflights",
                "remove it: pages never see those"),
            Self::ExposeAllWithCredentials => ("CORS-E34",
                "exposing all response headers doesn't work with credentials",
                "browsers then read the * as the name of a header: list the names"),
            Self::MaxAge => ("CORS-E35", "is too long", "use 0 (don't cache) to 86400 seconds"),
            Self::Storage => ("CORS-E40", "the policy doesn't fit into its storage",
                "use a larger one"),
            Self::IndexLength => ("CORS-E36", "the index has too few slots",
                "give it as many as OriginIndex::length returns"),
            Self::IndexText => ("CORS-E37", "the list is too long for an index",
                "keep it below 16 MiB"),
            Self::IndexOfAnother => ("CORS-E39", "the index belongs to another list",
                "build it from this very text"),
            Self::ListTooLong => ("CORS-E41", "the list is longer than any header that browsers accept",
                "list at most 4096 names, in less than 64 KiB"),
            Self::Quotes => ("CORS-E42", "starts or ends with a quote", "remove it"),
            Self::WhiteSpace => ("CORS-E43", "starts or ends with white space", "remove it"),
            Self::EmptyEntry => ("CORS-E44", "an entry is empty", "remove it"),
            Self::WildcardInName => ("CORS-E45",
                "contains a *, which matches only itself there", "list the names"),
            Self::WebSocket => ("CORS-E46", "is never sent",
                "a browser that opens a WebSocket sends the origin of the page"),
            Self::LeadingDot => ("CORS-E47", "has a host that starts with a dot",
                "subdomains are written with a *"),
            Self::NotAnOrigin => ("CORS-E48", "is a pattern",
                "list each origin at which browsers reach this server"),
            Self::AnyHost => ("CORS-E49", "gives credentials to every extension or app of this kind",
                "list the ones you know, or accept the risk"),
            Self::NotPublic => ("CORS-E50", "credentialed origins only go with a policy that allows any origin",
                "write Policy::public().and_credentialed(…), in a file origins = [\"*\"], \
                 or list all origins in one policy with credentials"),
            Self::SecondSet => ("CORS-E51", "the policy has a set of origins already",
                "pass both at once: and_origins(&(&A, &B))"),
            Self::PreflightStatus => ("CORS-E52", "doesn't let a preflight pass",
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
                 or let a program start without with Settings::allow_no_origins"),
            (PolicyErrorKind::WildcardOrigin | PolicyErrorKind::NullOrigin, ..)
                if matches!(self.setting, Setting::OwnOrigins) =>
                ("can't be listed", "list each origin at which browsers reach this server"),
            (PolicyErrorKind::WildcardOrigin, ..)
                if matches!(self.setting, Setting::CredentialedOrigins) =>
                ("can't be combined with credentials", "list the origins that need them"),
            (PolicyErrorKind::NullOrigin, ..)
                if matches!(self.setting, Setting::CredentialedOrigins) =>
                (what, "list real origins: null can't have credentials"),
            (PolicyErrorKind::WildcardOrigin, true, false) => ("can't be listed",
                "use Policy::public(), which allows any origin without credentials"),
            (PolicyErrorKind::WildcardOrigin, true, true) => ("can't be combined with credentials",
                "list the origins that need them, or use Policy::public(), which has none"),
            (PolicyErrorKind::WildcardOrigin, false, true) => ("can't be combined with credentials",
                "list the origins that need them, or turn credentials off"),
            (PolicyErrorKind::NullOrigin, _, true) => (what,
                "list real origins: null can't have credentials"),
            (PolicyErrorKind::InsecureOrigin, true, _) => (what, match self.setting {
                Setting::CredentialedOrigins => "use https, or accept the risk: \
                    Policy::dangerously_allow_insecure_origins().public_and_credentialed(…)",
                _ => "use https, or accept the risk: \
                    Policy::dangerously_allow_insecure_origins().credentialed(…)",
            }),
            (PolicyErrorKind::InsecureOrigin, false, _) => (what,
                "use https, or accept the risk: set dangerously_allow_insecure_origins to true"),
            (PolicyErrorKind::PublicSuffix, true, _) => (what, match self.setting {
                Setting::CredentialedOrigins => "list your own domain, or accept the risk: \
                    Policy::dangerously_allow_public_suffixes().public_and_credentialed(…)",
                _ => "list your own domain, or accept the risk: \
                    Policy::dangerously_allow_public_suffixes().credentialed(…)",
            }),
            (PolicyErrorKind::PublicSuffix, false, _) => (what,
                "list your own domain, or accept the risk: \
                 set dangerously_allow_public_suffixes to true"),
            (PolicyErrorKind::AnyHost, true, _) => (what, match self.setting {
                Setting::CredentialedOrigins => "list the ones you know, or accept the risk: \
                    Policy::dangerously_allow_public_suffixes().public_and_credentialed(…)",
                _ => "list the ones you know, or accept the risk: \
                    Policy::dangerously_allow_public_suffixes().credentialed(…)",
            }),
            (PolicyErrorKind::AnyHost, false, _) => (what,
                "list the ones you know, or accept the risk: \
                 set dangerously_allow_public_suffixes to true"),
            (PolicyErrorKind::NotAToken, true, _) if self.has_several() =>
                ("contains white space", "separate names with commas"),
            (PolicyErrorKind::NotAToken, false, _) if self.has_several() =>
                ("contains a comma or white space", "list each name as an entry of its own"),
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
                "list the names, or a * alone for any"),
            _ => (what, cure),
        };
        (code, what, cure)
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
