#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

mod bytes;
mod decision;
mod fault;
mod field;
mod origin;
mod policy;

// The public interface is:
pub use decision::{Body, Decision, Denial, Edit, Edits, Place, missing_from_vary};
pub use fault::{Fault, FaultKind, Setting};
pub use field::{RequestField, ResponseField};
pub use origin::{Origin, OriginPattern, Origins};
pub use policy::{Dangers, HeaderNames, Methods, Policy};
