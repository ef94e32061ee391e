//! What the command can do, a module each.

mod asked;
pub(crate) mod browser;
pub(crate) mod demo;
pub(crate) mod explain;
mod file;
mod lab;
pub(crate) mod lint;
pub(crate) mod probe;
pub(crate) mod report;
pub(crate) mod serve;

use std::io::{Write, stdout};
use std::process::ExitCode;

/// How a command ends: with an exit status, or because it could not do its work.
type Done = Result<ExitCode, Box<dyn std::error::Error>>;

/// Prints a text. Whoever has stopped reading (`| head`) has what he wants.
fn print(text: &str) {
    let _ = stdout().lock().write_all(text.as_bytes());
}
