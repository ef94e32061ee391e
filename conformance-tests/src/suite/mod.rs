//! What proves an adapter, and needs no framework.

pub(crate) mod app;
mod block;
pub mod broken;
pub(crate) mod case;
pub(crate) mod case_error;
mod case_text;
pub(crate) mod exchange;
pub(crate) mod files;
pub mod live;
pub mod model_browser;
pub mod naive;
pub(crate) mod policy;
pub mod reference;
pub(crate) mod run;
pub(crate) mod select;
pub mod wire;
