//! The adapters of this project, for the suite.

pub mod actix;
pub mod axum;
pub mod core;
pub mod rocket;
pub mod tower;
pub mod warp;
