//! What the command can do, a module each.

pub(crate) mod explain;
mod file;
pub(crate) mod lint;
pub(crate) mod report;
pub(crate) mod serve;

use std::process::ExitCode;

/// How a command ends: with an exit status, or because it could not do its work.
type Done = Result<ExitCode, Box<dyn std::error::Error>>;
