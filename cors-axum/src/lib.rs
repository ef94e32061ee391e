#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod body;
mod layer;
mod look_up;
mod policy;
mod response;
mod service;
mod source;

// The public interface is:
pub use body::{AnyBody, BodyMode, ResponseBody, SameBody};
pub use cors_core::{
    Dangers, Denial, Explanation, Fault, FaultKind, HeaderNames, Methods, Origin, OriginIndex,
    OriginPattern, OriginSet, Origins, Policy, Setting, Warning, WarningKind,
};
pub use layer::CorsLayer;
pub use look_up::{LookUp, LookUpFuture};
pub use policy::{Faults, LivePolicy, OwnedPolicy, PreparedPolicy, Settings};
pub use service::{Cors, ResponseFuture};
pub use source::{ByRequest, Fixed, Head, PolicySource};
