#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod body;
mod layer;
mod response;
mod service;

// The public interface is:
pub use body::{AnyBody, BodyMode, ResponseBody, SameBody};
pub use cors_core::{
    Dangers, Denial, Fault, FaultKind, HeaderNames, Methods, Origin, OriginPattern, Origins,
    Policy, Setting,
};
pub use layer::CorsLayer;
pub use service::{Cors, ResponseFuture};
