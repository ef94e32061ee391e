//! What a server keeps, and what it does with a request.

mod answer;
#[cfg(feature = "tracing")]
mod event;
mod given;
pub mod heap;
#[cfg(feature = "http")]
pub mod http;
mod live;
mod prepared;
mod set;
mod source;

pub use answer::{Answer, Forward, Respond};
pub use given::PolicySource;
pub use live::LivePolicy;
pub use prepared::{Prepared, PreparedValue};
pub use set::{
    Choice, PolicySet, PolicySetError, PolicySetErrorKind, PolicySetErrors, PolicySetWarning,
    PreparedPolicies, Scoped,
};
pub use source::{ByRequest, Finding, Fixed, LookUp};
