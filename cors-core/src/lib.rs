#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]
// The README links to what every feature adds; with all of them, each link is checked.
#![cfg_attr(
    not(all(
        feature = "heapless",
        feature = "http",
        feature = "serde",
        feature = "tracing"
    )),
    allow(rustdoc::broken_intra_doc_links)
)]

#[cfg(feature = "std")]
extern crate std;

mod bytes;

// Before `decision`: the documentation of a policy begins with how to make one.
mod policy;

mod decision;
mod error;
mod field;
#[cfg(feature = "heapless")]
pub mod heapless;
mod origin;
#[cfg(feature = "std")]
mod server;

/// The programs on the page of errors are tests.
#[cfg(doctest)]
#[doc = include_str!("../../ERRORS.md")]
mod errors_page {}

// The public interface is:
pub use decision::{
    Body, Decision, Denial, Edit, Edits, Explanation, Place, Refusal, RequestHeaders,
    ResponseHeaders,
};
pub use error::{PolicyError, PolicyErrorKind, PolicyErrors, Setting};
pub use field::{RequestField, ResponseField};
pub use origin::{Dangers, Origin, OriginIndex, OriginPattern, OriginSet, Origins};
pub use policy::{HeaderNames, Methods, OwnedPolicy, Policy, Settings, Warning, WarningKind};

#[cfg(feature = "http")]
pub use server::http;
#[cfg(feature = "std")]
pub use server::{
    Answer, ByRequest, Choice, Finding, Fixed, Forward, LivePolicy, LookUp, PolicySet,
    PolicySetError, PolicySetErrorKind, PolicySetErrors, PolicySetWarning, PolicySource, Prepared,
    PreparedPolicies, PreparedValue, Respond, Scoped, heap,
};
