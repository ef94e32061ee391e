//! Commands that this build is without: each is known, and says what it needs.

use std::ffi::OsString;

use clap::Subcommand;

use super::Done;

#[derive(Debug, Subcommand)]
pub(crate) enum OfFrameworks {
    #[command(hide = true, disable_help_flag = true)]
    Serve(Arguments),
    #[command(hide = true, disable_help_flag = true)]
    Demo(Arguments),
    #[command(hide = true, disable_help_flag = true)]
    Report(Arguments),
    #[command(hide = true, disable_help_flag = true)]
    Browser(Arguments),
}

/// Whatever they would be asked.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    _ignored: Vec<OsString>,
}

pub(crate) fn run(command: &OfFrameworks) -> Done {
    let name = match command {
        OfFrameworks::Serve(_) => "serve",
        OfFrameworks::Demo(_) => "demo",
        OfFrameworks::Report(_) => "report",
        OfFrameworks::Browser(_) => "browser",
    };
    Err(format!(
        "`{name}` needs the web frameworks, and this build has none: build it with the feature `full`"
    )
    .into())
}
