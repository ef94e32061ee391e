//! What the command can do, a module each.

mod asked;
#[cfg(feature = "full")]
pub(crate) mod browser;
pub(crate) mod completions;
#[cfg(feature = "full")]
pub(crate) mod demo;
pub(crate) mod explain;
mod file;
pub(crate) mod lint;
pub(crate) mod man;
#[cfg(not(feature = "full"))]
pub(crate) mod missing;
mod output;
#[cfg(feature = "full")]
mod playground;
pub(crate) mod probe;
mod ready;
#[cfg(feature = "full")]
pub(crate) mod report;
mod schema;
#[cfg(feature = "full")]
pub(crate) mod serve;
#[cfg(feature = "full")]
mod stopped;

use std::process::ExitCode;

pub(crate) use output::{print, print_json, tell};

/// How a command ends: with an exit status, or because it could not do its work.
pub(crate) type Done = Result<ExitCode, Box<dyn std::error::Error>>;
