//! The suite, run against the core and every adapter here; and run against adapters that must not
//! pass.

#[cfg(feature = "frameworks")]
mod actix;
#[cfg(feature = "full")]
mod axum;
mod cases;
mod corpus;
mod decision_table;
#[cfg(feature = "command")]
mod exhaustive;
#[expect(unreachable_pub, reason = "the fuzz targets call them")]
mod fuzzed;
#[cfg(feature = "full")]
mod gateway_api;
#[cfg(feature = "frameworks")]
mod live;
mod many;
#[cfg(feature = "full")]
mod placement;
mod properties;
#[cfg(feature = "frameworks")]
mod rocket;
#[cfg(feature = "frameworks")]
mod warp;
