//! The adapters of this project, for the suite; and one application on each framework.

pub mod actix;
pub mod axum;
pub mod rocket;
pub mod showcase;
pub mod tower;
pub mod warp;
