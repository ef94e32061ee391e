//! What proves an adapter, and needs no framework.

pub(crate) mod app;
pub mod broken;
pub(crate) mod case;
pub(crate) mod exchange;
pub mod live;
pub mod model_browser;
pub mod naive;
pub mod placement;
pub(crate) mod policy;
pub mod reference;
pub(crate) mod run;
pub mod wire;
