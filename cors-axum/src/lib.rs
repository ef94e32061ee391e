#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod body;
mod layer;
mod look_up;
mod service;
mod source;

// The public interface is:
pub use body::{AnyBody, BodyMode, ResponseBody, SameBody};
pub use cors_core::http::{
    Head, LivePolicies, LivePolicy, OwnedPolicy, PolicyErrors, PolicySet, PolicySetErrors,
    PreparedPolicy, Scoped, Settings,
};
pub use cors_core::{
    Dangers, Denial, Explanation, HeaderNames, Methods, Origin, OriginIndex, OriginPattern,
    OriginSet, Origins, Policy, PolicyError, PolicyErrorKind, PolicySetError, PolicySetErrorKind,
    PolicySetWarning, PolicySource, Setting, Warning, WarningKind,
};
pub use layer::CorsLayer;
pub use look_up::LookUpFuture;
pub use service::{Cors, ResponseFuture};
pub use source::{ByRequest, Fixed, Immediate, LookUp, by_request, look_up};

/// The guides for all adapters show their code with this one.
#[cfg(doctest)]
mod guides {
    #[doc = include_str!("../../docs/configuration.md")]
    struct Configuration;

    #[doc = include_str!("../../docs/cookbook.md")]
    struct Cookbook;

    #[doc = include_str!("../../docs/reverse-proxy.md")]
    struct ReverseProxy;
}
