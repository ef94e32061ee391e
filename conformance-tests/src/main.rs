//! Answers questions about policies and proves adapters: `cors --help`.

#![forbid(unsafe_code)]

mod command;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[cfg(not(feature = "full"))]
use crate::command::missing::{OfFrameworks, run};
#[cfg(feature = "full")]
use crate::command::{browser, demo, report, serve};
use crate::command::{explain, lint, probe, tell};

/// Answers questions about CORS policies, and proves adapters.
#[derive(Debug, Parser)]
#[command(name = "cors", version, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check a policy file; exit with 1 if it has an error
    Lint(lint::Arguments),
    /// Explain how a policy handles a page's request, step by step; exit with 1 if the page's
    /// script cannot read the response
    #[command(long_about = explain::ABOUT)]
    Explain(explain::Arguments),
    /// Ask a running server as a browser would, and tell what browsers make of its answers; exit
    /// with 1 if the page's script cannot read the answer
    #[command(long_about = probe::ABOUT)]
    Probe(probe::Arguments),
    #[command(flatten)]
    OfFrameworks(OfFrameworks),
}

/// What needs the web frameworks.
#[cfg(feature = "full")]
#[derive(Debug, Subcommand)]
enum OfFrameworks {
    /// Serve a demo application behind a policy file
    #[command(long_about = serve::ABOUT)]
    Serve(serve::Arguments),
    /// Open a page on which a policy can be edited and each framework be watched under it
    #[command(long_about = demo::ABOUT)]
    Demo(demo::Arguments),
    /// Run all cases against the adapters and print a table; exit with 1 if one fails
    Report(report::Arguments),
    /// Run the scenarios of the suite in real browsers; exit with 1 on any surprise
    #[command(long_about = browser::ABOUT)]
    Browser(browser::Arguments),
}

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return usage(&error),
    };
    let done = match arguments.command {
        Command::Lint(arguments) => lint::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Probe(arguments) => probe::run(&arguments),
        Command::OfFrameworks(command) => run(&command),
    };
    done.unwrap_or_else(|error| {
        tell(&format!("error: {error}"));
        ExitCode::from(2)
    })
}

#[cfg(feature = "full")]
fn run(command: &OfFrameworks) -> command::Done {
    match command {
        OfFrameworks::Serve(arguments) => serve::run(arguments),
        OfFrameworks::Demo(arguments) => demo::run(arguments),
        OfFrameworks::Report(arguments) => report::run(arguments),
        OfFrameworks::Browser(arguments) => browser::run(arguments),
    }
}

/// Help; or what is wrong with the arguments, which may be anything.
fn usage(error: &clap::Error) -> ExitCode {
    match error.use_stderr() {
        true => tell(error.to_string().trim_end()),
        false => drop(error.print()),
    }
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}
