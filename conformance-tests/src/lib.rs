#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod frameworks;
#[cfg(feature = "peers")]
pub mod peers;
mod suite;

// The public interface is:
pub use suite::app::App;
pub use suite::case::{Answer, Case, Configuration, Want, all as cases, configurations};
pub use suite::exchange::{Line, Request, Response};
pub use suite::policy::{Denied, PolicyFile};
pub use suite::run::{Adapter, Difference, Failure, NotApplicable, Report, run};
pub use suite::{broken, live, model_browser, naive, placement, reference, wire};
