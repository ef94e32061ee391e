//! A file with several policies, in `lint`, `explain` and a policy's place in a larger file.

use serde_json::Value;

use crate::common::{file, run, text};

const SET: &str = r#"[[policies]]
hosts = ["api.example.com", "*.tenant.example"]
path = "/v1"
origins = ["https://app.example.com"]

[[policies]]
path = "/fonts"
origins = ["*"]
"#;

#[test]
fn lint_is_quiet_about_a_good_set() {
    let path = file("set.toml", SET);
    let output = run(&["lint", &path]);
    let summary = format!("{path}: 0 errors, 0 warnings\n");
    assert_eq!(
        (output.status.code(), text(&output.stdout)),
        (Some(0), summary)
    );
}

#[test]
fn lint_underlines_what_is_wrong_in_each_entry() {
    let path = file(
        "wrong-set.toml",
        "[[policies]]\nhosts = [\"a.example\", \"https://b.example\"]\norigins = [\"https://app.example.com/\"]\n\
         [[policies]]\npath = \"v1\"\norigins = [\"*\"]\n",
    );
    let output = run(&["lint", &path]);
    assert_eq!(output.status.code(), Some(1));
    let shown = text(&output.stdout);
    for part in [
        "error[CORS-E53]: policies[0].hosts: \"https://b.example\" is not a host\n",
        ":2:24\n",
        ": write \"b.example\"\n",
        "error[CORS-E09]: policies[0].origins: \"https://app.example.com/\" ends with a slash\n",
        ":3:36\n",
        "error[CORS-E54]: policies[1].path: \"v1\" does not start with a slash\n",
        ":5:9\n",
        ": 3 errors, 0 warnings\n",
        "see CORS-E53, CORS-E09, CORS-E54 in ERRORS.md",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let output = run(&["lint", "--format", "json", &path]);
    let found: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(found.as_array().map(Vec::len), Some(3));
    assert_eq!(found[0]["setting"], "policies[0].hosts");
    assert_eq!(found[1]["code"], "CORS-E09");
    assert_eq!(
        (&found[2]["line"], &found[2]["text"]),
        (&5.into(), &"v1".into())
    );
}

#[test]
fn lint_warns_of_entries_that_are_never_used() {
    let twice =
        format!("{SET}methods = [\"GET\"]\n[[policies]]\npath = \"/fonts\"\norigins = [\"*\"]\n");
    let path = file("twice.json", &json(&twice));
    let output = run(&["lint", "--format", "json", &path]);
    assert_eq!(output.status.code(), Some(0));
    let found: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let codes: Vec<_> = found
        .as_array()
        .expect("an array")
        .iter()
        .map(|one| &one["code"])
        .collect();
    assert_eq!(codes, ["CORS-W04", "CORS-W12"]);
    assert_eq!(found[1]["setting"], "policies[2].path");
    assert!(
        found[1]["message"]
            .as_str()
            .is_some_and(|text| text.contains("in policies[1] already"))
    );
}

fn json(toml: &str) -> String {
    let table: toml::Table = toml.parse().expect("TOML");
    serde_json::to_string_pretty(&table).expect("JSON")
}

/// What is not a set of policies at all.
#[test]
fn lint_says_where_a_set_cannot_be_read() {
    for (name, content, expected) in [
        (
            "key.toml",
            "[[policies]]\norigns = [\"*\"]\nhost = \"a\"\n",
            "key.toml:2:1: unknown key `origns`; did you mean `origins`?",
        ),
        (
            "beside.toml",
            "debug = true\n[[policies]]\norigins = [\"*\"]\n",
            "beside.toml:1:1: `debug` beside `policies` belongs to none of them; move it into an entry",
        ),
        (
            "type.toml",
            "[[policies]]\norigins = [\"*\"]\npath = 1\n",
            "invalid type: integer `1`, expected a string",
        ),
        (
            "type.json",
            "{\"policies\": [{\"hosts\": \"a.example\"}]}",
            "invalid type: string \"a.example\", expected a sequence",
        ),
    ] {
        let output = run(&["lint", &file(name, content)]);
        assert_eq!(output.status.code(), Some(2), "{name}");
        let error = text(&output.stderr);
        assert!(error.contains(expected), "{name}: {error}");
    }
}

#[test]
fn a_set_can_be_a_table_of_a_larger_file_and_an_entry_a_policy() {
    let inner = SET.replace("[[policies]]", "[[server.cors.policies]]");
    let path = file("larger.toml", &format!("[server]\nport = 1\n{inner}"));
    for table in [
        "server.cors",
        "server.cors.policies.0",
        "server.cors.policies.1",
    ] {
        let output = run(&["lint", "--table", table, &path]);
        assert_eq!(output.status.code(), Some(0), "{table}: {output:?}");
    }
}

fn explain(arguments: &[&str]) -> (Option<i32>, String) {
    let path = file("explained-set.toml", SET);
    let first = [
        "explain",
        "--policy",
        &path,
        "--origin",
        "https://app.example.com",
    ];
    let output = run(&[&first[..], arguments].concat());
    (output.status.code(), text(&output.stdout))
}

#[test]
fn explain_says_which_policy_is_used() {
    let (status, shown) = explain(&["--host", "a.tenant.example:8443", "--path", "/v1/items?x"]);
    assert_eq!(status, Some(0), "{shown}");
    let which = "policies[0] is for this request: api.example.com, *.tenant.example, /v1\n";
    assert!(shown.starts_with(which), "{shown}");
    let (status, shown) = explain(&["--host", "other.example", "--path", "/fonts/a.woff2"]);
    assert_eq!(status, Some(0), "{shown}");
    assert!(
        shown.starts_with("policies[1] is for this request: every host, /fonts\n"),
        "{shown}"
    );
    let (status, shown) = explain(&["--host", "other.example", "--path", "/v1"]);
    assert_eq!(status, Some(1));
    assert!(
        shown.starts_with("no policy is for this host and path: "),
        "{shown}"
    );
    let (status, shown) = explain(&["--host", "other.example", "--path", "//fonts"]);
    assert_eq!(status, Some(1));
    assert!(
        shown.starts_with("servers read this path in two ways"),
        "{shown}"
    );
    assert!(shown.contains("\nblocked: "), "{shown}");
}
