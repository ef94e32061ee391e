//! Help, and arguments that do not parse.

use crate::common::{file, run, text};

#[test]
fn help_tells_what_a_command_is_for() {
    for (name, sentence) in [
        ("serve", "Each request is explained on standard error"),
        ("demo", "Everything is served on"),
        ("browser", "webkit2gtk-driver"),
        ("probe", "Redirects are"),
    ] {
        let help = text(&run(&[name, "--help"]).stdout);
        assert!(help.contains(sentence), "{name}: {help}");
        assert!(!help.contains('`') || name == "probe", "{name}: {help}");
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
