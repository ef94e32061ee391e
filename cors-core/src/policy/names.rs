mod errors;
mod hash;
mod marks;
mod search;

#[cfg(test)]
mod tests;

pub(super) use errors::{all_errors, error_of};
pub(super) use hash::Seen;
pub(crate) use marks::Marks;
pub(crate) use search::{Reading, Table};

use crate::bytes::{
    contains, cut, equal, equal_ignoring_case, find, is_one_of, is_same_name, is_token, trim,
};
use crate::error::{PolicyError, PolicyErrorKind, Setting};

/// A list has at most this many bytes: browsers and proxies refuse a longer header.
pub(super) const LONGEST: usize = 0xffff;

/// A list has at most this many entries.
pub(super) const MOST: usize = 4096;

/// A list of methods, as it is sent in
/// [`Access-Control-Allow-Methods`](https://fetch.spec.whatwg.org/#http-access-control-allow-methods).
///
/// # Syntax
///
/// ```text
/// methods = method *( *( SP / HTAB ) "," *( SP / HTAB ) method )
/// method  = token                    ; RFC 9110, 5.6.2
/// ```
///
/// At most 4096, in less than 64 KiB. Errors are: a method that is listed twice, one that
/// [pages can't use](https://fetch.spec.whatwg.org/#forbidden-method) (`CONNECT`, `TRACE`, `TRACK`), and
/// one in a spelling that is never sent: `put`, which browsers
/// [turn into upper case](https://fetch.spec.whatwg.org/#concept-method-normalize), and `patch`, which
/// they don't.
///
/// ```
/// use cors_core::{PolicyErrorKind, Methods};
///
/// let methods = Methods::parse("PUT, DELETE").unwrap();
/// assert!(methods.contains(b"PUT"));
/// assert!(!methods.contains(b"put"));
/// assert_eq!(Methods::parse("patch").unwrap_err().kind(), PolicyErrorKind::MethodCase);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Methods<'a>(&'a str);

impl<'a> Methods<'a> {
    /// The [CORS-safelisted methods](https://fetch.spec.whatwg.org/#cors-safelisted-method), which
    /// are always allowed.
    pub const SAFELISTED: Self = Self("GET, HEAD, POST");

    /// Parses a list. Does not allocate.
    ///
    /// # Errors
    ///
    /// The first method that has an error.
    pub const fn parse(text: &'a str) -> Result<Self, PolicyError<'a>> {
        match errors::first(text, Kind::Methods) {
            Some(error) => Err(error),
            None => Ok(Self(text)),
        }
    }

    /// A list that has no error.
    pub(super) const fn checked(text: &'a str) -> Self {
        Self(text)
    }

    /// The list as it was written.
    #[must_use]
    pub const fn as_str(&self) -> &'a str {
        self.0
    }

    /// Whether the list contains this method, byte for byte. Costs O(bytes of the list); does not
    /// allocate.
    #[must_use]
    pub fn contains(&self, method: &[u8]) -> bool {
        has_method(self.0.as_bytes(), method)
    }
}

/// [`Methods::contains`] of the list's bytes.
pub(crate) fn has_method(list: &[u8], method: &[u8]) -> bool {
    end_of(method, list, <[u8]>::eq).is_some() && is_whole(method)
}

/// A list of header names, as it is sent in
/// [`Access-Control-Allow-Headers`](https://fetch.spec.whatwg.org/#http-access-control-allow-headers)
/// or [`Access-Control-Expose-Headers`](https://fetch.spec.whatwg.org/#http-access-control-expose-headers).
///
/// # Syntax
///
/// ```text
/// names = name *( *( SP / HTAB ) "," *( SP / HTAB ) name )
/// name  = token                      ; RFC 9110, 5.6.2; upper and lower case are the same
/// ```
///
/// At most 4096, in less than 64 KiB. A name that is listed twice is an error, and so is one that could
/// never have an effect.
///
/// ```
/// use cors_core::{PolicyErrorKind, HeaderNames};
///
/// let names = HeaderNames::parse_request("Authorization, x-request-id").unwrap();
/// assert!(names.contains(b"authorization"));
///
/// let error = HeaderNames::parse_request("cookie").unwrap_err();
/// assert_eq!(error.kind(), PolicyErrorKind::ForbiddenRequestHeader);
/// let error = HeaderNames::parse_exposed("set-cookie").unwrap_err();
/// assert_eq!(error.kind(), PolicyErrorKind::ForbiddenResponseHeader);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeaderNames<'a>(&'a str);

impl<'a> HeaderNames<'a> {
    /// A list that has no error, or none.
    pub(super) const fn checked(text: &'a str) -> Self {
        Self(text)
    }

    pub(super) const NONE: Self = Self("");
    pub(super) const ALL: Self = Self("*");

    /// Parses a list of request headers that pages may send. Does not allocate.
    ///
    /// # Errors
    ///
    /// The first name that has an error. [Forbidden
    /// request-headers](https://fetch.spec.whatwg.org/#forbidden-request-header), which browsers never
    /// ask for, and the CORS headers of responses are errors.
    pub const fn parse_request(text: &'a str) -> Result<Self, PolicyError<'a>> {
        match errors::first(text, Kind::RequestHeaders) {
            Some(error) => Err(error),
            None => Ok(Self(text)),
        }
    }

    /// Parses a list of response headers that pages may read. Does not allocate.
    ///
    /// # Errors
    ///
    /// The first name that has an error. `set-cookie`, which
    /// [pages can never read](https://fetch.spec.whatwg.org/#forbidden-response-header-name), and the
    /// CORS headers of requests and preflights are errors.
    pub const fn parse_exposed(text: &'a str) -> Result<Self, PolicyError<'a>> {
        match errors::first(text, Kind::ExposeHeaders) {
            Some(error) => Err(error),
            None => Ok(Self(text)),
        }
    }

    /// The list as it was written.
    #[must_use]
    pub const fn as_str(&self) -> &'a str {
        self.0
    }

    /// Whether the list contains this name, in upper or lower case. Costs O(bytes of the list); does not
    /// allocate.
    ///
    /// [`Policy::decide`](crate::Policy::decide) looks up many names at the cost of a few such calls.
    #[must_use]
    pub fn contains(&self, name: &[u8]) -> bool {
        has_name(self.0.as_bytes(), name)
    }
}

/// [`HeaderNames::contains`] of the list's bytes.
pub(crate) fn has_name(list: &[u8], name: &[u8]) -> bool {
    end_of(name, list, is_same_name).is_some() && is_whole(name)
}

/// Where the element ends that is this name, which contains no comma and no white space around it.
#[inline]
fn end_of(name: &[u8], list: &[u8], is_same: impl Fn(&[u8], &[u8]) -> bool) -> Option<usize> {
    let mut rest = list;
    loop {
        while let [b',' | b' ' | b'\t', tail @ ..] = rest {
            rest = tail;
        }
        let (element, tail) = rest.split_at_checked(name.len())?;
        if matches!(tail, [] | [b',' | b' ' | b'\t', ..]) && is_same(element, name) {
            return Some(list.len() - tail.len());
        }
        (_, rest) = rest.split_at_checked(find(rest, b',', 0))?;
    }
}

/// It is one entry, if it stands in a list at all: neither nothing nor several, nor one with what
/// stands around it.
fn is_whole(name: &[u8]) -> bool {
    let is_separator = |byte: &u8| matches!(byte, b',' | b' ' | b'\t');
    !name.is_empty() && !name.iter().any(is_separator)
}

/// What the list is for.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Methods,
    RequestHeaders,
    ExposeHeaders,
}

impl Kind {
    pub(super) const fn setting(self) -> Setting {
        match self {
            Self::Methods => Setting::Methods,
            Self::RequestHeaders => Setting::RequestHeaders,
            Self::ExposeHeaders => Setting::ExposeHeaders,
        }
    }

    /// What is wrong with an entry of such a list.
    const fn error_in(self, entry: &[u8]) -> Option<PolicyErrorKind> {
        match self {
            _ if equal(entry, b"*") => Some(PolicyErrorKind::WildcardEntry),
            _ if !is_token(entry) => Some(errors::of_bytes(entry)),
            _ if contains(entry, b'*') => Some(PolicyErrorKind::WildcardInName),
            // A token, but no name that anybody means.
            _ if matches!(entry, [b'\'', ..] | [.., b'\'']) => Some(PolicyErrorKind::Quotes),
            Self::Methods => method_error(entry),
            Self::RequestHeaders => request_header_error(entry),
            Self::ExposeHeaders => expose_header_error(entry),
        }
    }

    /// What is wrong with an entry that follows in a list, of which those before it have been seen.
    ///
    /// A list in which it may stand already is read: that happens to few entries of a list that has
    /// a reasonable length, and no other list is read to its end.
    pub(super) const fn error_in_next(
        self,
        seen: &mut Seen,
        before: &[u8],
        entry: &[u8],
    ) -> Option<PolicyErrorKind> {
        match self.error_in(entry) {
            None if seen.insert(entry) && stands_in(before, entry, self) => {
                Some(PolicyErrorKind::Duplicate)
            }
            error => error,
        }
    }
}

/// The entry is one of these.
const fn stands_in(list: &[u8], entry: &[u8], kind: Kind) -> bool {
    let mut start = 0;
    while start < list.len() {
        let comma = find(list, b',', start);
        let other = trim(cut(list, start, comma));
        let same = match kind {
            Kind::Methods => equal(other, entry),
            Kind::RequestHeaders | Kind::ExposeHeaders => equal_ignoring_case(other, entry),
        };
        if same {
            return true;
        }
        start = comma + 1;
    }
    false
}

/// <https://fetch.spec.whatwg.org/#forbidden-method>
pub(crate) const fn is_forbidden_method(method: &[u8]) -> bool {
    is_one_of(method, &["connect", "trace", "track"])
}

/// The method as browsers send it if a script writes it like this:
/// <https://fetch.spec.whatwg.org/#concept-method-normalize>
pub(super) fn normalize_method(method: &str) -> &str {
    ["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"]
        .into_iter()
        .find(|known| known.eq_ignore_ascii_case(method))
        .unwrap_or(method)
}

const fn method_error(method: &[u8]) -> Option<PolicyErrorKind> {
    if is_forbidden_method(method) {
        return Some(PolicyErrorKind::ForbiddenMethod);
    }
    // https://fetch.spec.whatwg.org/#concept-method-normalize, and PATCH, which is not normalized
    let known = ["delete", "get", "head", "options", "post", "put", "patch"];
    let mut i = 0;
    while is_one_of(method, &known) && i < method.len() {
        if method[i].is_ascii_lowercase() {
            return Some(PolicyErrorKind::MethodCase);
        }
        i += 1;
    }
    None
}

/// <https://fetch.spec.whatwg.org/#forbidden-request-header>
const FORBIDDEN_REQUEST_HEADERS: [&str; 21] = [
    "accept-charset",
    "accept-encoding",
    "access-control-request-headers",
    "access-control-request-method",
    "connection",
    "content-length",
    "cookie",
    "cookie2",
    "date",
    "dnt",
    "expect",
    "host",
    "keep-alive",
    "origin",
    "referer",
    "set-cookie",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
];

const PREFLIGHT_HEADERS: [&str; 3] = [
    "access-control-allow-headers",
    "access-control-allow-methods",
    "access-control-max-age",
];

const fn request_header_error(name: &[u8]) -> Option<PolicyErrorKind> {
    if is_one_of(name, &FORBIDDEN_REQUEST_HEADERS)
        || starts_ignoring_case(name, b"proxy-")
        || starts_ignoring_case(name, b"sec-")
    {
        return Some(PolicyErrorKind::ForbiddenRequestHeader);
    }
    let of_responses = [
        "access-control-allow-credentials",
        "access-control-allow-origin",
        "access-control-expose-headers",
    ];
    match is_one_of(name, &of_responses) || is_one_of(name, &PREFLIGHT_HEADERS) {
        true => Some(PolicyErrorKind::ResponseHeader),
        false => None,
    }
}

const fn expose_header_error(name: &[u8]) -> Option<PolicyErrorKind> {
    let of_requests = [
        "access-control-request-headers",
        "access-control-request-method",
        "origin",
    ];
    if is_one_of(name, &["set-cookie", "set-cookie2"]) {
        return Some(PolicyErrorKind::ForbiddenResponseHeader);
    }
    if is_one_of(name, &of_requests) {
        return Some(PolicyErrorKind::RequestHeader);
    }
    match is_one_of(name, &PREFLIGHT_HEADERS) {
        true => Some(PolicyErrorKind::PreflightHeader),
        false => None,
    }
}

const fn starts_ignoring_case(name: &[u8], prefix: &[u8]) -> bool {
    name.len() >= prefix.len() && equal_ignoring_case(cut(name, 0, prefix.len()), prefix)
}
