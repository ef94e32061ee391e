#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod adapters;
mod app;
pub mod broken;
pub mod browser;
mod case;
mod exchange;
pub mod live;
pub mod naive;
#[cfg(feature = "peers")]
pub mod peers;
mod policy;
mod run;
pub mod site;
pub mod wire;

// The public interface is:
pub use app::App;
pub use case::{Answer, Case, Configuration, Want, all as cases, configurations};
pub use exchange::{Line, Request, Response};
pub use policy::{Denied, PolicyFile};
pub use run::{Adapter, Difference, Failure, NotApplicable, Report, run};
