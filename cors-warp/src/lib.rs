#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod filter;
mod headers;
mod rejection;
mod request;
mod source;

// The public interface is:
pub use cors_core::http::{
    LivePolicies, LivePolicy, OwnedPolicy, PolicyErrors, PolicySet, PolicySetErrors,
    PreparedPolicy, Scoped, Settings,
};
pub use cors_core::{
    Dangers, Denial, Explanation, HeaderNames, Methods, Origin, OriginIndex, OriginPattern,
    OriginSet, Origins, Policy, PolicyError, PolicyErrorKind, PolicySetError, PolicySetErrorKind,
    PolicySetWarning, PolicySource, Setting, Warning, WarningKind,
};
pub use filter::{Handled, cors};
pub use headers::Head;
pub use source::{ByRequest, Fixed, LookUp, Source, by_request, look_up};
