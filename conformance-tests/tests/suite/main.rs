//! The suite, run against the core and every adapter here; and run against adapters that must not
//! pass.

mod actix;
mod axum;
mod cases;
mod gateway_api;
mod hostile;
mod live;
mod many;
mod placement;
mod properties;
mod rocket;
mod warp;
