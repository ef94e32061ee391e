//! Checks CORS policies, explains requests, probes servers and tests adapters: `cors --help`.

#![forbid(unsafe_code)]

mod command;

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

#[cfg(not(feature = "full"))]
use crate::command::missing::{OfFrameworks, run};
#[cfg(feature = "full")]
use crate::command::{browser, demo, report, serve};
use crate::command::{completions, explain, lint, man, probe, tell};

/// Check CORS policies, explain blocked requests, and test servers
#[derive(Debug, Parser)]
#[command(name = "cors", version, max_term_width = 100, after_help = EXAMPLES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  # Is this policy valid?
  cors lint policy.toml

  # Why is this page's request blocked?
  cors explain --policy policy.toml --origin https://app.example.com

  # Does a browser let this page read a server's responses?
  cors probe http://localhost:3000/ --origin http://localhost:5173

Each command has examples of its own: cors probe --help";

#[derive(Debug, Subcommand)]
enum Command {
    /// Check a policy file; exit with 1 if it contains an error
    #[command(long_about = lint::ABOUT, after_help = lint::EXAMPLES)]
    Lint(lint::Arguments),
    /// Show how a policy handles a request, step by step; exit with 1 if the browser blocks the
    /// response
    #[command(long_about = explain::ABOUT, after_help = explain::EXAMPLES)]
    Explain(explain::Arguments),
    /// Send a running server what a browser would, and show what it blocks and how to fix that; exit
    /// with 1 if it blocks the response
    #[command(long_about = probe::ABOUT, after_help = probe::EXAMPLES)]
    Probe(probe::Arguments),
    #[command(flatten)]
    OfFrameworks(OfFrameworks),
    /// Print a completion script for your shell
    #[command(long_about = completions::ABOUT, after_help = completions::EXAMPLES)]
    Completions(completions::Arguments),
    /// Print the manual page of a command
    #[command(long_about = man::ABOUT, after_help = man::EXAMPLES)]
    Man(man::Arguments),
}

/// What needs the web frameworks.
#[cfg(feature = "full")]
#[derive(Debug, Subcommand)]
enum OfFrameworks {
    /// Run a demo server behind a policy file
    #[command(long_about = serve::ABOUT, after_help = serve::EXAMPLES)]
    Serve(serve::Arguments),
    /// Serve a page on which you can edit a policy and see what it allows
    #[command(long_about = demo::ABOUT, after_help = demo::EXAMPLES)]
    Demo(demo::Arguments),
    /// Run all test cases against the adapters and print a table; exit with 1 if one fails
    #[command(after_help = report::EXAMPLES)]
    Report(report::Arguments),
    /// Run the test scenarios in real browsers; exit with 1 if a result is unexpected
    #[command(long_about = browser::ABOUT, after_help = browser::EXAMPLES)]
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
        Command::Completions(arguments) => completions::run(&arguments, Arguments::command()),
        Command::Man(arguments) => man::run(&arguments, Arguments::command()),
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The words of each command line of a text; a line that ends with `\` goes on in the next.
    fn command_lines(help: &str) -> Vec<Vec<String>> {
        let joined = help.replace("\\\n", " ");
        let lines = joined.lines().map(str::trim);
        let lines = lines.filter_map(|line| match line.find("cors ") {
            Some(0) => Some(line),
            // `source <(cors completions bash)`
            Some(at) if line.starts_with("source ") => line.get(at..line.len() - 1),
            _ => None,
        });
        lines.map(words).collect()
    }

    /// As a shell splits them; what is redirected is left out.
    fn words(line: &str) -> Vec<String> {
        let line = line.split(['>', '|']).next().unwrap_or_default();
        let quoted = line.split('\'').enumerate();
        let words = quoted.flat_map(|(number, part)| match number % 2 {
            0 => part.split_whitespace().map(str::to_owned).collect(),
            _ => vec![part.to_owned()],
        });
        words.collect()
    }

    #[test]
    fn every_command_has_examples_and_they_are_right() {
        let command = Arguments::command();
        for command in man::documented(&command) {
            let name = command.get_name();
            let help = command.get_after_help().expect(name).to_string();
            assert!(help.starts_with("Examples:\n"), "{help}");
            assert!(help.lines().all(|line| line.len() <= 80), "{help}");
            let lines = command_lines(&help);
            assert!(lines.len() >= 2, "{name}: {lines:?}");
            for line in lines {
                let parsed = Arguments::try_parse_from(&line);
                assert!(parsed.is_ok(), "{line:?}: {}", parsed.expect_err("wrong"));
                assert!(name == "cors" || line[1] == name, "{line:?}");
            }
        }
    }
}
