//! Why a page gets nothing.

use std::fmt;

/// Why a page gets nothing; its script does not learn it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The method is no token, or a
    /// [forbidden method](https://fetch.spec.whatwg.org/#forbidden-method); nothing was sent.
    ForbiddenMethod(String),
    /// The name or the value of this header cannot stand in a request; nothing was sent.
    InvalidHeader(String),
    /// The answer to the preflight fails the CORS check.
    Preflight(CheckFailure),
    /// The answer to the preflight does not have an
    /// [ok status](https://fetch.spec.whatwg.org/#ok-status).
    PreflightStatus(u16),
    /// A member of this field of the answer to the preflight is not a token.
    InvalidList(&'static str),
    /// `Access-Control-Allow-Methods` does not cover this method.
    MethodNotAllowed(String),
    /// `Access-Control-Allow-Headers` does not cover this header.
    HeaderNotAllowed(String),
    /// The answer to the request itself fails the CORS check.
    Actual(CheckFailure),
}

/// Why a [CORS check](https://fetch.spec.whatwg.org/#concept-cors-check) fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CheckFailure {
    /// There is no `Access-Control-Allow-Origin`.
    NoAllowOrigin,
    /// `Access-Control-Allow-Origin` is `*`, and the request has credentials.
    WildcardWithCredentials,
    /// `Access-Control-Allow-Origin` is this, and not the page's origin.
    OtherOrigin(String),
    /// `Access-Control-Allow-Credentials` is not `true`, and the request has credentials.
    NoAllowCredentials,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ForbiddenMethod(method) => write!(f, "scripts cannot send the method `{method}`"),
            Self::InvalidHeader(name) => write!(f, "requests cannot have the header `{name}`"),
            Self::Preflight(failure) => write!(f, "the preflight response {failure}"),
            Self::PreflightStatus(status) => {
                write!(
                    f,
                    "the status of the preflight response is {status}, not 200 to 299"
                )
            }
            Self::InvalidList(field) => write!(f, "the preflight response has an invalid {field}"),
            Self::MethodNotAllowed(method) => write!(
                f,
                "the preflight response does not allow the method `{method}`"
            ),
            Self::HeaderNotAllowed(name) => write!(
                f,
                "the preflight response does not allow the header `{name}`"
            ),
            Self::Actual(failure) => write!(f, "the response {failure}"),
        }
    }
}

impl fmt::Display for CheckFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoAllowOrigin => write!(f, "has no Access-Control-Allow-Origin"),
            Self::WildcardWithCredentials => write!(
                f,
                "has `Access-Control-Allow-Origin: *`, which does not work with credentials"
            ),
            Self::OtherOrigin(origin) => write!(
                f,
                "has Access-Control-Allow-Origin for another origin, `{origin}`"
            ),
            Self::NoAllowCredentials => {
                write!(f, "has no `Access-Control-Allow-Credentials: true`")
            }
        }
    }
}
