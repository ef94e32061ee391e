//! The command, run as people run it.

mod browser;
mod common;
mod demo;
mod explain;
mod lint;
mod lint_text;
mod probe;
mod serve;
mod terminal;
mod usage;
