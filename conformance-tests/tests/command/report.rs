//! `report`, for some cases and some adapters.

use crate::common::{run, text};

#[test]
fn a_case_runs_alone_against_one_adapter() {
    let only = ["report", "--only", "^REQ-VARY-01 no Origin$", "--adapter"];
    let output = run(&[&only[..], &["core"]].concat());
    assert_eq!(output.status.code(), Some(0));
    let expected =
        "| adapter | passed | failed | n/a |\n|---|--:|--:|--:|\n| cors-core | 1 | 0 | 0 |\n";
    assert_eq!(text(&output.stdout), expected);
    let output = run(&[&only[..], &["rocket", "--adapter", "warp"]].concat());
    let shown = text(&output.stdout);
    let rows: Vec<_> = shown.lines().skip(2).collect();
    let expected = [
        "cors-rocket",
        "cors-rocket, socket",
        "cors-warp",
        "cors-warp, socket",
    ];
    assert_eq!(rows, expected.map(|name| format!("| {name} | 1 | 0 | 0 |")));
}

#[test]
fn what_selects_nothing_is_an_error() {
    for (only, said) in [
        ("REQ-VRY", "no case has a name that matches `REQ-VRY`"),
        ("(", "`(` is not a regular expression: "),
    ] {
        let output = run(&["report", "--only", only]);
        assert_eq!(output.status.code(), Some(2), "{only}");
        let error = text(&output.stderr);
        assert!(error.starts_with(&format!("error: {said}")), "{error}");
        assert_eq!(text(&output.stdout), "");
    }
}
