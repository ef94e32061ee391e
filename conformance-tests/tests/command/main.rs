//! The command, run as people run it.

#[cfg(all(feature = "full", target_os = "linux"))]
mod browser;
mod common;
#[cfg(feature = "full")]
mod demo;
mod explain;
mod lint;
mod lint_text;
#[cfg(not(feature = "full"))]
mod missing;
mod probe;
#[cfg(feature = "full")]
mod report;
// Those that it starts are asked to stop with `kill`.
#[cfg(all(feature = "full", unix))]
mod serve;
mod sets;
mod terminal;
mod usage;
