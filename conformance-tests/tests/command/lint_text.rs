//! `lint`, as people read it: what it underlines, counts and reads.

use std::fs;
use std::process::{Command, Stdio};

use crate::common::{GOOD, command, file, run, text};

#[test]
fn lint_is_quiet_about_a_good_file() {
    let path = file("good.toml", GOOD);
    let output = run(&["lint", &path]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(
        text(&output.stdout),
        format!("{path}: 0 errors, 0 warnings\n")
    );
}

#[test]
fn lint_underlines_what_is_wrong_and_says_what_is_right() {
    let path = file(
        "wrong.toml",
        "origins = [\n  \"https://app.example.com/\",\n  \"https://B.example\",\n]\nmethods = [\"patch\"]\nmax_age = 86401\n",
    );
    let output = run(&["lint", &path]);
    assert_eq!(output.status.code(), Some(1));
    let shown = text(&output.stdout);
    let expected = format!(
        r#"error[CORS-E09]: origins: "https://app.example.com/" ends with a slash
 --> {path}:2:27
  |
2 |   "https://app.example.com/",
  |                           ^
  |
  = help: an origin has no path: write "https://app.example.com"
"#
    );
    assert!(shown.contains(&expected), "{shown}");
    for part in [
        ":3:12\n",
        ":5:13\n",
        ":6:11\n",
        r#"write "https://b.example""#,
        r#"write "PATCH""#,
        r#""86401" is too long"#,
        ": 4 errors, 0 warnings\nsee CORS-E09, CORS-E11, CORS-E28, CORS-E35 in ERRORS.md\n",
    ] {
        assert!(shown.contains(part), "no {part:?} in {shown}");
    }
}

/// Of more errors than can be shown, all are counted.
#[test]
fn lint_counts_what_it_does_not_show() {
    let wrong: Vec<_> = (0..20)
        .map(|number| format!("\"https://a{number}.example/\""))
        .collect();
    let path = file("many.toml", &format!("origins = [{}]\n", wrong.join(", ")));
    let shown = text(&run(&["lint", &path]).stdout);
    let end = format!(
        "{path}: 20 errors, 0 warnings\nonly the first 16 are shown\nsee CORS-E09 in ERRORS.md\n"
    );
    assert!(shown.ends_with(&end), "{shown}");
}

/// Who stops reading, as `head` does, makes nothing panic.
#[test]
fn output_that_nobody_reads_is_no_panic() {
    let path = file("unread.toml", GOOD);
    for arguments in [
        &["lint", &path][..],
        &["lint", "--format", "json", &path],
        &[
            "explain",
            "--policy",
            &path,
            "--origin",
            "https://app.example.com",
        ],
    ] {
        let mut command = command(arguments);
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let output = command
            .stdout(writer)
            .stderr(Stdio::piped())
            .output()
            .expect("the command runs");
        assert_eq!(
            (output.status.code(), text(&output.stderr)),
            (Some(0), String::new()),
            "{arguments:?}"
        );
    }
}

#[test]
fn lint_speaks_to_machines() {
    let path = file(
        "wrong.json",
        r#"{"origins": ["https://app.example.com", "https://app.example.com"], "methods": ["GET"]}"#,
    );
    let output = run(&["lint", "--format", "json", &path]);
    assert_eq!(output.status.code(), Some(0), "warnings are no errors");
    let findings: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let codes: Vec<_> = findings
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| one["code"].as_str())
        .collect();
    assert_eq!(codes, [Some("CORS-W01"), Some("CORS-W04")]);
    assert_eq!(findings[1]["severity"], "warning");
    assert_eq!(findings[1]["setting"], "methods");
    assert_eq!(findings[1]["line"], 1);
}

/// The line, the column and the text of every finding.
fn findings(path: &str) -> Vec<(u64, u64, String)> {
    let output = run(&["lint", "--format", "json", path]);
    let found: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let place = |finding: &serde_json::Value| {
        let number = |key: &str| finding[key].as_u64().expect("a number");
        let text = finding["text"].as_str().expect("a text");
        (number("line"), number("column"), text.to_owned())
    };
    let found = found.as_array().expect("an array");
    found.iter().map(place).collect()
}

/// Of entries that are written alike, the wrong one is underlined.
#[test]
fn in_json_every_entry_has_its_own_place() {
    let path = file(
        "twice.json",
        r#"{
  "request_headers": ["methods", "GET", "content-type"],
  "origins": [
    "https://a.example", "https://b.example",
    "https://a.example"
  ],
  "methods": ["PUT", "GET"]
}
"#,
    );
    let origin = "https://a.example".to_owned();
    let expected = [(5, 6, origin), (7, 23, "GET".to_owned())];
    assert_eq!(findings(&path), expected);
    let shown = text(&run(&["lint", &path]).stdout);
    let underlined = "\
5 |     \"https://a.example\"
  |      ^^^^^^^^^^^^^^^^^
";
    assert!(shown.contains(underlined), "{shown}");
}

/// An entry that is written with escapes is underlined with its quotes; columns are characters.
#[test]
fn in_json_escapes_move_no_place() {
    let long = "€".repeat(1500);
    let lines = [
        r#"{ "\u006frigins" : ["https:\/\/a.example\/" ,"ä\"]ö" , "https://a.example/b", ""],"#,
        r#"  "methods":["\"GET\"","\u0070atch"], "expose_headers": ["é", "Origin"],"#,
        &format!(r#""max_age":86401, "request_headers": ["{long}", "Cookie"]}}"#),
    ];
    let path = file("escaped.json", &lines.join("\n"));
    let expected = [
        (1, r#""https:\/"#, "https://a.example/"),
        (1, r#""ä"#, "ä\"]ö"),
        (1, "/b", "https://a.example/b"),
        (1, r#""],"#, ""),
        (2, r#""\""#, r#""GET""#),
        (2, r#""\u"#, "patch"),
        (2, "é", "é"),
        (2, "Origin", "Origin"),
        (3, "86401", "86401"),
        (3, "€", &long),
        (3, "Cookie", "Cookie"),
    ];
    let expected = expected.map(|(line, underlined, text)| {
        let (before, _) = lines[line - 1].split_once(underlined).expect("a part");
        let column = before.chars().count() + 1;
        (line as u64, column as u64, text.to_owned())
    });
    assert_eq!(findings(&path), expected);
}

/// A list of many thousands is read once, not once for each of them: that would take a minute.
#[cfg(unix)]
#[test]
fn lint_costs_what_the_file_is_long() {
    const ENTRIES: usize = 50_000;
    const SECONDS: &str = "10";
    let origins = (0..ENTRIES).map(|number| format!("\"http://a{number:05}.example:6000\""));
    let origins: Vec<_> = origins.collect();
    let path = file(
        "long.json",
        &format!("{{\"origins\": [{}]}}", origins.join(", ")),
    );
    // Of the processor's time, so that it does not matter what else runs.
    let output = Command::new("sh")
        .args(["-c", "ulimit -t \"$0\" && exec \"$@\"", SECONDS])
        .args([env!("CARGO_BIN_EXE_cors"), "lint"])
        .args(["--format", "json", &path])
        .output()
        .expect("the command runs");
    assert_eq!(output.status.code(), Some(0), "{:?}", output.status);
    let shown = text(&output.stdout);
    assert_eq!(shown.matches("\"severity\"").count(), ENTRIES);
    let before = format!("{{\"origins\": [{}, \"", origins[1..].join(", "));
    let column = format!("\"column\": {}\n", before.len() + 1);
    assert_eq!(shown.rfind("\"column\""), shown.rfind(&column));
}

#[test]
fn a_file_that_cannot_be_read_is_an_error() {
    let no_such_file = fs::read("nowhere.toml").expect_err("no file").to_string();
    for (path, reason) in [
        ("nowhere.toml".to_owned(), &*no_such_file),
        (
            file("typo.toml", "origin = []\n"),
            "unknown key `origin`; did you mean `origins`?",
        ),
        (
            file("type.toml", "origins = \"https://a.example\"\n"),
            "an array of strings",
        ),
        (file("syntax.toml", "origins = [\n"), "invalid TOML: "),
        (file("syntax.json", "{"), "invalid JSON: EOF"),
    ] {
        for arguments in [
            &["lint", &path][..],
            &[
                "explain",
                "--policy",
                &path,
                "--origin",
                "https://a.example",
            ],
            #[cfg(feature = "full")]
            &["serve", "--policy", &path],
        ] {
            let output = run(arguments);
            assert_eq!(output.status.code(), Some(2), "{path}");
            let error = text(&output.stderr);
            assert!(
                error.starts_with("error: ") && error.contains(reason),
                "{error}"
            );
            assert!(!error.contains("panicked"), "{error}");
        }
    }
}

#[test]
fn lint_shows_the_first_warnings_and_counts_all() {
    let origins: Vec<_> = (0..20)
        .map(|number| format!("http://a{number}.example:6000"))
        .collect();
    let path = file("ports.toml", &format!("origins = {origins:?}\n"));
    let output = run(&["lint", &path]);
    assert_eq!(output.status.code(), Some(0));
    let shown = text(&output.stdout);
    let end = format!(
        "{path}: 0 errors, 20 warnings\nonly the first 16 are shown; --format json prints \
         all\nsee CORS-W02 in ERRORS.md\n"
    );
    assert!(shown.ends_with(&end), "{shown}");
    assert_eq!(shown.matches("warning[").count(), 16);
    let output = run(&["lint", "--format", "json", &path]);
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let findings = json.as_array().expect("an array");
    assert_eq!(findings.len(), 20);
    assert_eq!(
        (&findings[19]["line"], &findings[19]["column"]),
        (&1.into(), &(13 + 10 * 26 + 9 * 27).into())
    );
}
