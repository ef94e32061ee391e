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
    Dangers, Denial, Explanation, HeaderNames, Methods, Origin, OriginIndex, OriginPattern,
    OriginSet, Origins, Policy, PolicyError, PolicyErrorKind, Setting, Warning, WarningKind,
};
pub use filter::{cors, cors_look_up};
pub use policy::{LivePolicy, OwnedPolicy, PolicyErrors, PreparedPolicy, Settings};
pub use source::PolicySource;
