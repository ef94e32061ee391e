//! `report`, for some cases and some adapters.

use crate::common::{run, text};

#[test]
fn a_case_runs_alone_against_one_adapter() {
    let only = ["report", "--only", "^REQ-VARY-01 no Origin$", "--adapter"];
    let output = run(&[&only[..], &["core"]].concat());
    assert_eq!(output.status.code(), Some(0));
    let expected = "| adapter | passed | failed | listed | n/a |\n|---|--:|--:|--:|--:|\n\
                    | cors-core | 1 | 0 | 0 | 0 |\n";
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
    assert_eq!(
        rows,
        expected.map(|name| format!("| {name} | 1 | 0 | 0 | 0 |"))
    );
}

#[test]
fn a_report_is_kept_as_a_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("report.toml");
    let file = file.to_str().expect("its path");
    let only = [
        "report",
        "--only",
        "REQ-STAT-03 the framework's 40",
        "--adapter",
        "rocket",
    ];
    let output = run(&[&only[..], &["--out", file]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let kept = std::fs::read_to_string(file).expect("a report");
    let entry = |adapter: &str| {
        format!(
            "\n[[report]]\nadapter = \"{adapter}\"\npassed = 0\n\n[report.differs_as_listed]\n\
             \"REQ-STAT-03 the framework's 405\" = \
             \"Rocket answers a path that has no route for the method with 404\"\n"
        )
    };
    let version = format!("suite = \"{}\"\n", env!("CARGO_PKG_VERSION"));
    let (called, served) = (entry("cors-rocket"), entry("cors-rocket, socket"));
    assert_eq!(kept, version + &called + &served);
    let output = run(&[&only[..], &["--out", "/nowhere/report.toml"]].concat());
    assert_eq!(output.status.code(), Some(2));
    let error = text(&output.stderr);
    assert!(
        error.starts_with("error: /nowhere/report.toml: "),
        "{error}"
    );
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
