use core::fmt;

use crate::bytes::trim;

/// Why a request is denied: the first step of the algorithm that failed, and what it failed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Denial {
    /// The request has more than one `Origin` header; browsers send one.
    SeveralOrigins,
    /// The policy doesn't allow the origin.
    OriginNotAllowed,
    /// The preflight has more than one `Access-Control-Request-Method` header; browsers send one.
    SeveralMethods,
    /// The policy doesn't allow the method.
    MethodNotAllowed,
    /// The policy doesn't allow the request header at this place.
    HeaderNotAllowed(Place),
    /// The header name at this place isn't a
    /// [token](https://www.rfc-editor.org/rfc/rfc9110.html#section-5.6.2).
    HeaderNotAToken(Place),
    /// The `Access-Control-Request-Headers` lines contain more than 16 empty elements.
    TooManyEmptyElements,
    /// The `Access-Control-Request-Headers` lines are longer than any list that this policy could
    /// allow.
    RequestHeadersTooLong,
}

impl Denial {
    /// A word that stays the same in later versions, for metrics and log filters: the variant's name in
    /// snake case.
    ///
    /// ```
    /// use cors_core::Denial;
    ///
    /// assert_eq!(Denial::OriginNotAllowed.reason(), "origin_not_allowed");
    /// ```
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::SeveralOrigins => "several_origins",
            Self::OriginNotAllowed => "origin_not_allowed",
            Self::SeveralMethods => "several_methods",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::HeaderNotAllowed(_) => "header_not_allowed",
            Self::HeaderNotAToken(_) => "header_not_a_token",
            Self::TooManyEmptyElements => "too_many_empty_elements",
            Self::RequestHeadersTooLong => "request_headers_too_long",
        }
    }

    /// The requested header that isn't allowed, if that is the reason. `lines` are all
    /// `Access-Control-Request-Headers` lines of the request, and the name is as the client sent it.
    ///
    /// ```
    /// use cors_core::{Policy, RequestField};
    ///
    /// const POLICY: Policy = Policy::anonymous("https://app.example.com").request_headers("x-a");
    ///
    /// let lines = |field| match field {
    ///     RequestField::Origin => Some(&b"https://app.example.com"[..]).into_iter(),
    ///     RequestField::RequestMethod => Some(&b"GET"[..]).into_iter(),
    ///     RequestField::RequestHeaders => Some(&b"x-a,x-b"[..]).into_iter(),
    ///     _ => None.into_iter(),
    /// };
    /// let denial = POLICY.decide(b"OPTIONS", lines).denial().expect("x-b is not allowed");
    /// assert_eq!(denial.header(lines(RequestField::RequestHeaders)), Some(&b"x-b"[..]));
    /// ```
    pub fn header<'r>(self, mut lines: impl Iterator<Item = &'r [u8]>) -> Option<&'r [u8]> {
        let (Self::HeaderNotAllowed(place) | Self::HeaderNotAToken(place)) = self else {
            return None;
        };
        let line = lines.nth(place.line.into()).unwrap_or_default();
        let name = line.get(place.start.into()..place.end.into());
        Some(trim(name.unwrap_or(line)))
    }
}

/// The place of a header name in the `Access-Control-Request-Headers` lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// The line, counted from 0.
    pub line: u16,
    /// The byte of the line's value where the name starts.
    pub start: u16,
    /// The byte after its end.
    pub end: u16,
}

/// A short text that contains nothing from the request.
impl fmt::Display for Denial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SeveralOrigins => "several Origin headers",
            Self::OriginNotAllowed => "origin not allowed",
            Self::SeveralMethods => "several Access-Control-Request-Method headers",
            Self::MethodNotAllowed => "method not allowed",
            Self::HeaderNotAllowed(_) => "request header not allowed",
            Self::HeaderNotAToken(_) => "request header has an invalid name",
            Self::TooManyEmptyElements => "too many empty entries in the requested headers",
            Self::RequestHeadersTooLong => "list of requested headers too long",
        })
    }
}
