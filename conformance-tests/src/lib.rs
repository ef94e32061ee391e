#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod frameworks;
mod suite;

// The public interface is:
pub use suite::app::App;
pub use suite::case::{Answer, Case, Configuration, Want};
pub use suite::case_error::{CaseError, CaseErrors};
pub use suite::exchange::{Line, Request, Response};
pub use suite::files::{cases, check_cases, configurations};
pub use suite::policy::{Denied, PolicyFile};
pub use suite::run::{Adapter, Difference, Failure, NotApplicable, Report, run};
pub use suite::select::{SelectError, cases_named};
pub use suite::{broken, live, model_browser, naive, placement, reference, wire};
