#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod denial;
mod fairing;
mod headers;
mod mount;
mod policy;
mod sentinel;
mod source;

// The public interface is:
pub use cors_core::{
    Dangers, Denial, Explanation, HeaderNames, Methods, Origin, OriginIndex, OriginPattern,
    OriginSet, Origins, Policy, PolicyError, PolicyErrorKind, PolicySetError, PolicySetErrorKind,
    PolicySetWarning, PolicySource, Setting, Warning, WarningKind,
};
pub use denial::denial;
pub use fairing::Cors;
pub use policy::{
    LivePolicies, LivePolicy, OwnedPolicy, PolicyErrors, PolicySet, PolicySetErrors,
    PreparedPolicy, Scoped, Settings, Value,
};
pub use sentinel::CorsAttached;
pub use source::{ByRequest, Fixed, LookUp, by_request, look_up};
