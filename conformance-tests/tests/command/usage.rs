//! Help, and arguments that do not parse.

use crate::common::{file, run, text};

#[test]
fn help_tells_what_a_command_is_for() {
    let all = text(&run(&["--help"]).stdout);
    let (_, listed) = all.split_once("Commands:\n").expect("a list");
    let listed = listed.lines().take_while(|line| !line.is_empty());
    let names = listed.filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    let names: Vec<_> = names.filter(|name| !["", "help"].contains(name)).collect();
    assert!(names.contains(&"lint") && names.len() > 5, "{all}");
    for name in names {
        let help = text(&run(&[name, "--help"]).stdout);
        assert!(!help.contains('`'), "{name}: {help}");
        assert!(help.lines().all(|line| line.len() <= 100), "{name}: {help}");
    }
    for (name, sentence) in [
        ("serve", "Each request is explained on standard error"),
        ("demo", "Everything is served on"),
        ("browser", "webkit2gtk-driver"),
        ("probe", "Redirects are"),
    ] {
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
