//! Help, and arguments that do not parse.

use crate::common::{file, run, text};

#[test]
fn help_tells_what_a_command_is_for() {
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
