//! Completions for the user's shell.

use std::process::ExitCode;

use clap::Command;
use clap_complete::Shell;

use super::{Done, print};

/// What `--help` says.
pub(crate) const ABOUT: &str = "\
Print a completion script for your shell. Once it is installed, Tab completes commands, options and \
their values.";

pub(crate) const EXAMPLES: &str = "\
Examples:
  # In this shell only
  source <(cors completions bash)

  # For every new shell
  cors completions bash > ~/.local/share/bash-completion/completions/cors
  cors completions fish > ~/.config/fish/completions/cors.fish

  # Zsh: into a folder of $fpath
  cors completions zsh > ~/.zfunc/_cors";

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

pub(crate) fn run(arguments: &Arguments, command: Command) -> Done {
    print(&script(arguments.shell, command)?);
    Ok(ExitCode::SUCCESS)
}

fn script(shell: Shell, mut command: Command) -> Result<String, std::string::FromUtf8Error> {
    let name = command.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, name, &mut script);
    String::from_utf8(script)
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::process::{Command, Stdio};

    use clap::{CommandFactory, ValueEnum};

    use super::*;
    use crate::command::man::documented;

    #[test]
    fn every_shell_completes_every_subcommand_and_option() {
        for shell in Shell::value_variants() {
            let script = script(*shell, crate::Arguments::command()).expect("a text");
            for command in documented(&crate::Arguments::command()).skip(1) {
                assert!(script.contains(command.get_name()), "{shell}: {command}");
                let options = command.get_arguments().filter_map(clap::Arg::get_long);
                for option in options {
                    assert!(script.contains(option), "{shell}: {command} --{option}");
                }
            }
        }
    }

    /// The script is run by the shell that it is for, where that is installed.
    #[test]
    fn bash_understands_the_script() {
        let mut script = script(Shell::Bash, crate::Arguments::command()).expect("a text");
        // As if Tab were pressed here.
        script += "\nCOMP_WORDS=(cors prob) COMP_CWORD=1\n_cors cors prob cors\necho \"${COMPREPLY[@]}\"\n";
        let bash = Command::new("bash")
            .args(["--norc", "-s"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let Ok(mut bash) = bash else {
            return;
        };
        let mut stdin = bash.stdin.take().expect("a pipe");
        stdin.write_all(script.as_bytes()).expect("it reads");
        drop(stdin);
        let output = bash.wait_with_output().expect("it ends");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
        assert_eq!(String::from_utf8_lossy(&output.stdout), "probe\n");
    }
}
