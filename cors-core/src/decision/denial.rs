use core::fmt;

/// Why an origin does not get what it asked for: the step of the algorithm that failed, and the
/// item that it failed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Denial {
    /// There is more than one `Origin` line; browsers send one.
    SeveralOrigins,
    /// The origin is not in the policy.
    OriginNotAllowed,
    /// There is more than one `Access-Control-Request-Method` line; browsers send one.
    SeveralMethods,
    /// The method is not in the policy.
    MethodNotAllowed,
    /// The header name at this place is not in the policy.
    HeaderNotAllowed(Place),
    /// The header name at this place is not a token.
    HeaderNotAToken(Place),
    /// The `Access-Control-Request-Headers` lines hold more than 16 empty elements.
    TooManyEmptyElements,
    /// The `Access-Control-Request-Headers` lines are longer than any list that this policy could
    /// allow.
    RequestHeadersTooLong,
}

/// A header name in the `Access-Control-Request-Headers` lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// The line, counted from 0.
    pub line: u16,
    /// The byte of the line's value where the name begins.
    pub start: u16,
    /// The byte behind it.
    pub end: u16,
}

/// A phrase without any byte of the request.
impl fmt::Display for Denial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SeveralOrigins => "several Origin lines",
            Self::OriginNotAllowed => "origin not allowed",
            Self::SeveralMethods => "several Access-Control-Request-Method lines",
            Self::MethodNotAllowed => "method not allowed",
            Self::HeaderNotAllowed(_) => "request header not allowed",
            Self::HeaderNotAToken(_) => "request header is not a token",
            Self::TooManyEmptyElements => "too many empty elements in the requested headers",
            Self::RequestHeadersTooLong => "requested headers too long",
        })
    }
}
