//! The manual, made of what `--help` says.

use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Command;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};

use super::{Done, print};

/// What `--help` says.
pub(crate) const ABOUT: &str = "\
Print a manual page in the format that man reads, or write all pages to a folder.";

pub(crate) const EXAMPLES: &str = "\
Examples:
  # Read the page of a command
  cors man probe | man -l -

  # Install all pages: man cors, man cors-probe
  mkdir -p ~/.local/share/man/man1
  cors man --to ~/.local/share/man/man1";

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The command whose page to print, such as lint or probe; without it, the page of cors itself
    #[arg(value_name = "COMMAND")]
    page: Option<String>,
    /// Write all pages to this folder instead
    #[arg(long, value_name = "FOLDER", conflicts_with = "page")]
    to: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments, mut command: Command) -> Done {
    // Each command then knows its whole name.
    command = command.disable_help_subcommand(true);
    command.build();
    if let Some(folder) = &arguments.to {
        for command in documented(&command) {
            let path = folder.join(Man::new(command.clone()).get_filename());
            fs::write(&path, page(command)?)
                .map_err(|error| format!("{}: {error}", path.display()))?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    let command = match &arguments.page {
        Some(name) => {
            let mut commands = documented(&command).skip(1);
            let found = commands.find(|command| command.get_name() == name);
            found.ok_or_else(|| {
                let names = documented(&command).skip(1).map(Command::get_name);
                let names = names.collect::<Vec<_>>().join(", ");
                format!("there is no command \"{name}\"; the commands are {names}")
            })?
        }
        None => &command,
    };
    print(&String::from_utf8(page(command)?)?);
    Ok(ExitCode::SUCCESS)
}

/// The command and its subcommands, as far as `--help` lists them.
pub(crate) fn documented(command: &Command) -> impl Iterator<Item = &Command> {
    let subcommands = command.get_subcommands();
    [command]
        .into_iter()
        .chain(subcommands.filter(|one| !one.is_hide_set()))
}

/// The page of a command that was built.
fn page(command: &Command) -> io::Result<Vec<u8>> {
    let man = Man::new(command.clone())
        .date(concat!("cors ", env!("CARGO_PKG_VERSION")))
        .source("");
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut page)?;
    }
    let examples = command.get_after_help().map(ToString::to_string);
    if let Some(examples) = examples.as_deref().and_then(|text| text.split_once('\n')) {
        write_examples(examples.1, &mut page)?;
    }
    Ok(page)
}

/// The lines as they are: nobody can copy a command that is broken elsewhere.
fn write_examples(lines: &str, page: &mut dyn Write) -> io::Result<()> {
    let mut roff = Roff::new();
    roff.control("SH", ["EXAMPLES"]).control("nf", []);
    for line in lines.lines() {
        match line.strip_prefix("  ").unwrap_or(line) {
            "" => roff.control("sp", []),
            line => roff.text([roman(line)]),
        };
    }
    roff.control("fi", []);
    roff.to_writer(page)
}

#[cfg(test)]
mod tests {
    use std::process::{Command as Process, Stdio};

    use clap::CommandFactory;

    use super::*;

    fn built() -> Command {
        let mut command = crate::Arguments::command().disable_help_subcommand(true);
        command.build();
        command
    }

    fn text(command: &Command) -> String {
        String::from_utf8(page(command).expect("a page")).expect("a text")
    }

    #[test]
    fn every_command_has_a_page_with_its_options_and_examples() {
        let command = built();
        assert!(text(&command).contains(".TH cors 1 "), "{}", text(&command));
        for command in documented(&command).skip(1) {
            let page = text(command);
            let name = command.get_name();
            assert!(
                page.contains(&format!(".TH cors\\-{name} 1 "))
                    || page.contains(&format!(".TH cors-{name} 1 ")),
                "{page}"
            );
            for part in [
                ".SH NAME",
                ".SH SYNOPSIS",
                ".SH DESCRIPTION",
                ".SH EXAMPLES",
            ] {
                assert_eq!(page.matches(part).count(), 1, "{name}: {part}: {page}");
            }
            for option in command.get_arguments().filter_map(clap::Arg::get_long) {
                let option = option.replace('-', "\\-");
                assert!(page.contains(&option), "{name}: {option}: {page}");
            }
        }
    }

    /// The formatter of `man` has nothing to complain of, where it is installed.
    #[test]
    fn groff_formats_every_page() {
        let command = built();
        for command in documented(&command) {
            let groff = Process::new("groff")
                .args(["-man", "-Tutf8", "-ww", "-P-bcu", "-"])
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn();
            let Ok(mut groff) = groff else {
                return;
            };
            let mut stdin = groff.stdin.take().expect("a pipe");
            stdin
                .write_all(&page(command).expect("a page"))
                .expect("it reads");
            drop(stdin);
            let output = groff.wait_with_output().expect("it ends");
            assert_eq!(String::from_utf8_lossy(&output.stderr), "");
            let shown = String::from_utf8_lossy(&output.stdout);
            assert!(shown.contains("EXAMPLES"), "{shown}");
        }
    }
}
