//! The adapters of this project, for the suite; and one application on each framework.

#[cfg(feature = "actix")]
pub mod actix;
#[cfg(feature = "axum")]
pub mod axum;
#[cfg(feature = "full")]
pub mod envoy;
#[cfg(feature = "rocket")]
pub mod rocket;
#[cfg(feature = "full")]
pub mod showcase;
#[cfg(any(feature = "axum", feature = "warp"))]
pub mod tower;
#[cfg(feature = "warp")]
pub mod warp;

use std::fmt;

/// What this project has an adapter for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "command", derive(clap::ValueEnum))]
pub enum Framework {
    /// cors-axum
    Axum,
    /// cors-actix
    Actix,
    /// cors-rocket
    Rocket,
    /// cors-warp
    Warp,
    /// cors-envoy, in an Envoy
    Envoy,
}

impl Framework {
    /// Those that need nothing else.
    pub const ALL: [Self; 4] = [Self::Axum, Self::Actix, Self::Rocket, Self::Warp];

    /// Its name, in lower case.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Axum => "axum",
            Self::Actix => "actix",
            Self::Rocket => "rocket",
            Self::Warp => "warp",
            Self::Envoy => "envoy",
        }
    }
}

impl fmt::Display for Framework {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
