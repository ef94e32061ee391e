//! The adapters of this project, for the suite.

pub mod axum;
pub mod core;
