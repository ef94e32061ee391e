//! Help, and arguments that do not parse.

use std::fs;
use std::path::PathBuf;

use crate::common::{file, run, text};

#[test]
fn help_tells_what_a_command_is_for() {
    let all = text(&run(&["--help"]).stdout);
    let (_, listed) = all.split_once("Commands:\n").expect("a list");
    let listed = listed.lines().take_while(|line| !line.is_empty());
    let names = listed.filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    let names: Vec<_> = names.filter(|name| !["", "help"].contains(name)).collect();
    assert!(names.contains(&"lint") && names.contains(&"man"), "{all}");
    for name in names {
        let help = text(&run(&[name, "--help"]).stdout);
        assert!(!help.contains('`'), "{name}: {help}");
        assert!(help.lines().all(|line| line.len() <= 100), "{name}: {help}");
    }
    let sentences: &[(&str, &str)] = &[
        #[cfg(feature = "full")]
        ("serve", "Each request is explained on standard error"),
        #[cfg(feature = "full")]
        ("demo", "Everything is served on"),
        #[cfg(feature = "full")]
        ("browser", "webkit2gtk-driver"),
        ("probe", "Redirects are"),
    ];
    for &(name, sentence) in sentences {
        let help = text(&run(&[name, "--help"]).stdout);
        assert!(help.contains(sentence), "{name}: {help}");
    }
}

#[test]
fn what_does_not_parse_is_told_briefly() {
    let path = file("deep.toml", &format!("origins = {}\n", "[".repeat(100_000)));
    let output = run(&["lint", &path]);
    assert_eq!(output.status.code(), Some(2));
    let error = text(&output.stderr);
    assert!(
        error.contains("invalid TOML: ") && error.len() < 1000,
        "{}",
        error.len()
    );
}

#[test]
fn completions_are_printed_for_a_shell_that_is_known() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let output = run(&["completions", shell]);
        assert_eq!(output.status.code(), Some(0), "{shell}");
        let script = text(&output.stdout);
        assert!(script.contains("no-fetch-metadata"), "{shell}: {script}");
    }
    let unknown = run(&["completions", "cmd"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(text(&unknown.stderr).contains("[possible values: bash,"));
}

#[test]
fn the_manual_is_printed_or_written() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("man");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    let to = folder.to_str().expect("a text");
    let written = run(&["man", "--to", to]);
    assert_eq!(text(&written.stderr), "");
    for (command, page) in [
        (&["man"][..], "cors.1"),
        (&["man", "lint"], "cors-lint.1"),
        (&["man", "man"], "cors-man.1"),
    ] {
        let printed = text(&run(command).stdout);
        assert!(printed.contains("\n.SH EXAMPLES\n"), "{printed}");
        let written = fs::read_to_string(folder.join(page)).expect(page);
        assert_eq!(printed, written, "{page}");
    }
    let unknown = run(&["man", "nope"]);
    assert_eq!(unknown.status.code(), Some(2));
    let error = text(&unknown.stderr);
    let expected = "error: there is no command \"nope\"; the commands are lint, explain, ";
    assert!(error.starts_with(expected), "{error}");
    let nowhere = folder.join("nowhere");
    let nowhere = nowhere.to_str().expect("a text");
    let error = text(&run(&["man", "--to", nowhere]).stderr);
    assert!(error.contains(nowhere), "{error}");
}
