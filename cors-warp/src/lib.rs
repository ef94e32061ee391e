#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod filter;
mod policy;
mod rejection;
mod request;
mod response;
mod source;

// The public interface is:
pub use cors_core::{
    Dangers, Denial, Explanation, Fault, FaultKind, HeaderNames, Methods, Origin, OriginIndex,
    OriginPattern, OriginSet, Origins, Policy, Setting, Warning, WarningKind,
};
pub use filter::{cors, cors_look_up};
pub use policy::{Faults, LivePolicy, OwnedPolicy, PreparedPolicy, Settings};
pub use source::PolicySource;
