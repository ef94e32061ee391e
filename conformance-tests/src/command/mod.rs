//! What the command can do, a module each.

mod asked;
pub(crate) mod browser;
pub(crate) mod completions;
pub(crate) mod demo;
pub(crate) mod explain;
mod file;
pub(crate) mod lint;
pub(crate) mod man;
mod output;
mod playground;
pub(crate) mod probe;
pub(crate) mod report;
mod schema;
pub(crate) mod serve;

use std::process::ExitCode;

pub(crate) use output::{print, print_json, tell};

/// How a command ends: with an exit status, or because it could not do its work.
type Done = Result<ExitCode, Box<dyn std::error::Error>>;
