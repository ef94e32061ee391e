#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

mod bytes;
mod decision;
mod error;
mod field;
mod origin;
mod policy;

// The public interface is:
pub use decision::{Body, Decision, Denial, Edit, Edits, Explanation, Place, missing_from_vary};
pub use error::{PolicyError, PolicyErrorKind, PolicyErrors, Setting};
pub use field::{RequestField, ResponseField};
pub use origin::{Dangers, Origin, OriginIndex, OriginPattern, OriginSet, Origins};
pub use policy::{HeaderNames, Methods, OwnedPolicy, Policy, Settings, Warning, WarningKind};
