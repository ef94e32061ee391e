#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod fairing;
mod headers;
mod mount;
mod policy;
mod sentinel;

// The public interface is:
pub use cors_core::{
    Dangers, Denial, Explanation, HeaderNames, Methods, Origin, OriginIndex, OriginPattern,
    OriginSet, Origins, Policy, PolicyError, PolicyErrorKind, Setting, Warning, WarningKind,
};
pub use fairing::Cors;
pub use policy::{LivePolicy, OwnedPolicy, PolicyErrors, PolicySource, Settings};
pub use sentinel::CorsAttached;
