//! A build without web frameworks knows what it is without.

use crate::common::{run, text};

#[test]
fn what_needs_frameworks_names_the_feature() {
    for arguments in [
        &["serve", "--policy", "cors.toml"][..],
        &["demo"],
        &["report", "--only", "REQ-VARY"],
        &["browser", "--help"],
    ] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let expected = format!("error: `{}` needs the web frameworks", arguments[0]);
        let error = text(&output.stderr);
        assert!(error.starts_with(&expected), "{error}");
        assert!(error.contains("the feature `full`"), "{error}");
    }
}

#[test]
fn the_manual_has_no_page_of_what_it_is_without() {
    let output = run(&["man", "demo"]);
    assert_eq!(output.status.code(), Some(2));
    let error = text(&output.stderr);
    let expected = "error: there is no command \"demo\"; the commands are lint, ";
    assert!(error.starts_with(expected), "{error}");
}
