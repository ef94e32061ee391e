//! The suite, run against the core and every adapter here; and run against adapters that must not
//! pass.

#[cfg(feature = "frameworks")]
mod actix;
#[cfg(feature = "full")]
mod axum;
mod cases;
#[cfg(feature = "frameworks")]
mod hostile;
#[cfg(feature = "frameworks")]
mod live;
mod many;
mod properties;
#[cfg(feature = "frameworks")]
mod rocket;
#[cfg(feature = "frameworks")]
mod warp;
