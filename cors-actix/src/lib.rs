#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod headers;
mod look_up;
mod middleware;
mod policy;
mod service;
mod source;

// The public interface is:
pub use cors_core::{
    Dangers, Denial, Explanation, HeaderNames, Methods, Origin, OriginIndex, OriginPattern,
    OriginSet, Origins, Policy, PolicyError, PolicyErrorKind, PolicySetError, PolicySetErrorKind,
    PolicySetWarning, PolicySource, Setting, Warning, WarningKind,
};
pub use headers::{Value, authority};
pub use look_up::LookUpFuture;
pub use middleware::Cors;
pub use policy::{
    LivePolicies, LivePolicy, OwnedPolicy, PolicyErrors, PolicySet, PolicySetErrors,
    PreparedPolicy, Scoped, Settings,
};
pub use service::{CorsMiddleware, ResponseFuture};
pub use source::{ByRequest, Fixed, Immediate, LookUp, by_request, look_up};
