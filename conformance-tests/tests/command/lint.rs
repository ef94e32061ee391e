//! `lint`, run as people and programs run it: files that are something else, tables of larger files,
//! answers in JSON, and the schema.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use conformance_tests::configurations;
use cors_core::Settings;
use serde_json::{Value, json};

fn run(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cors"));
    let command = command.args(arguments).stdin(Stdio::null());
    command.output().expect("the command runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("a text")
}

/// A file of a test's own.
fn file(name: &str, bytes: impl AsRef<[u8]>) -> String {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("lint-{name}"));
    fs::write(&path, bytes).expect("a file");
    path.to_str().expect("a text").to_owned()
}

/// The exit status and the findings; nothing is said elsewhere.
fn json(arguments: &[&str]) -> (Option<i32>, Vec<Value>) {
    let output = run(&[&["lint", "--format", "json"], arguments].concat());
    assert_eq!(text(&output.stderr), "", "{arguments:?}");
    let findings = serde_json::from_slice(&output.stdout).expect("JSON");
    (output.status.code(), findings)
}

/// The error with which the command ends.
fn error(arguments: &[&str]) -> String {
    let output = run(arguments);
    let error = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {error}");
    assert_eq!(text(&output.stdout), "", "{arguments:?}");
    assert!(error.starts_with("error: "), "{error}");
    error
}

#[test]
fn json_is_the_answer_whatever_is_wrong() {
    let wide = "origins = [\"https://a.example\"]\nmethods = 1\n";
    let folder = env!("CARGO_TARGET_TMPDIR");
    // Each system has words of its own.
    let unread = |path| fs::read(path).expect_err("it is no file").to_string();
    for (path, code, place, message) in [
        (
            "nowhere.toml".to_owned(),
            "FILE",
            None,
            unread("nowhere.toml").as_str(),
        ),
        (folder.to_owned(), "FILE", None, unread(folder).as_str()),
        (
            file("a.toml", "origins = [\n"),
            "TOML",
            Some((1, 12)),
            "invalid TOML: ",
        ),
        (
            file("b.toml", "a = 1\na = 2\n"),
            "TOML",
            Some((2, 1)),
            "duplicate key",
        ),
        (
            file("c.toml", wide),
            "TOML",
            Some((2, 11)),
            "an array of strings",
        ),
        (
            file("d.json", "{\"origins\": [\n]"),
            "JSON",
            Some((2, 1)),
            "invalid JSON: EOF",
        ),
        (
            file("e.json", "{\n\"methods\": 1}"),
            "JSON",
            Some((2, 12)),
            "an array of strings",
        ),
        (
            file("f.json", "[1, 2]"),
            "JSON",
            Some((1, 1)),
            "a CORS policy",
        ),
        (file("g.json", ""), "JSON", Some((1, 1)), "EOF"),
        (
            file("h.toml", "x = 1\norigin = []\n"),
            "KEY",
            Some((1, 1)),
            "unknown key `x`",
        ),
        (
            file("i.json", "{\n \"credentails\" : true}"),
            "KEY",
            Some((2, 3)),
            "did you mean `credentials`?",
        ),
    ] {
        let (status, findings) = json(&[&path]);
        assert_eq!(status, Some(2), "{path}");
        let finding = &findings[0];
        assert_eq!(finding["code"], code, "{path}: {finding}");
        assert_eq!(finding["severity"], "error", "{path}");
        let said = finding["message"].as_str().expect("a text");
        assert!(said.contains(message), "{path}: {said}");
        let found = [finding["line"].as_u64(), finding["column"].as_u64()];
        let place = [place.map(|(line, _)| line), place.map(|(_, column)| column)];
        assert_eq!(found, place, "{path}: {finding}");
        // People are told the same.
        assert!(error(&["lint", &path]).contains(message), "{path}");
    }
}

#[test]
fn every_unknown_key_is_told_and_the_keys_are_not_cut() {
    let path = file(
        "keys.toml",
        "orgins = []\nmax-age = 1\nport = 80\nname = \"x\"\n",
    );
    let (_, findings) = json(&[&path]);
    let texts: Vec<_> = findings.iter().map(|one| &one["text"]).collect();
    assert_eq!(texts, ["orgins", "max-age", "port", "name"]);
    let said = error(&["lint", &path]);
    for part in [
        ":1:1: unknown key `orgins`; did you mean `origins`?\n",
        ":2:1: unknown key `max-age`; did you mean `max_age`?\n",
        ":3:1: unknown key `port`\n",
        ":4:1: unknown key `name`; the valid keys are `origins`, `credentials`, ",
        "`dangerously_allow_null_origin`",
    ] {
        assert!(said.contains(part), "no {part:?} in {said}");
    }
}

const LARGER: &str = r#"
[server]
port = 80

[server.cors]
origins = ["https://a.example/"]

["other.site".cors]
origins = ["https://b.example"]
methods = ["PUT"]
request_headers = ["content-type"]

[[site]]
name = "first"
cors = { methods = ["PUT"], request_headers = ["content-type"], origins = ["https://c.example"] }
"#;

#[test]
fn the_policy_may_be_a_table_of_a_larger_file() {
    let toml = file("larger.toml", LARGER);
    let value: toml::Table = toml::from_str(LARGER).expect("TOML");
    let pretty = serde_json::to_string_pretty(&value).expect("JSON");
    let path = file("larger.json", pretty);
    for path in [&toml, &path] {
        let (status, findings) = json(&[path, "--table", "server.cors"]);
        assert_eq!((status, findings.len()), (Some(1), 1), "{path}");
        assert_eq!(findings[0]["code"], "CORS-E09");
        let line = fs::read_to_string(path).expect("a text");
        let line = line.lines().position(|line| line.contains("a.example/"));
        assert_eq!(findings[0]["line"], line.expect("a line") + 1, "{path}");
        for table in ["\"other.site\".cors", "'other.site'.cors", "site.0.cors"] {
            assert_eq!(
                json(&[path, "--table", table]),
                (Some(0), vec![]),
                "{table}"
            );
        }
        let wrong = error(&[
            "explain",
            "--policy",
            path,
            "--table",
            "server.cors",
            "--origin",
            "https://a.example",
        ]);
        assert!(wrong.contains("ends with a slash"), "{wrong}");
        assert!(
            wrong.contains(" --table server.cors` shows the lines"),
            "{wrong}"
        );
        let output = run(&[
            "explain",
            "--policy",
            path,
            "--table",
            "site.0.cors",
            "--origin",
            "https://c.example",
        ]);
        assert_eq!(output.status.code(), Some(0), "{output:?}");

        for (table, said) in [
            ("cors", "contains no table `cors`; use --table with `"),
            ("cors", " or `site.0.cors`"),
            (
                "server.port",
                "`server.port` is not a table but has the type ",
            ),
            ("site.1.cors", "contains no table `site.1.cors`"),
            ("", "--table  is not the name of a table"),
            ("a = 1\nb", "is not the name of a table"),
            ("a.b = { c", "is not the name of a table"),
            ("server]", "is not the name of a table"),
        ] {
            let (status, findings) = json(&[path, "--table", table]);
            assert_eq!(
                (status, &findings[0]["code"]),
                (Some(2), &json!("TABLE")),
                "{table}"
            );
            let message = findings[0]["message"].as_str().expect("a text");
            assert!(message.contains(said), "{table}: {message}");
        }
        let without = error(&["lint", path]);
        for table in ["server.cors", "\"other.site\".cors", "site.0.cors"] {
            assert!(without.contains(&format!(" --table {table}")), "{without}");
        }
    }
    // What is wrong in it stands where it is in the file.
    let wrong = "{\"x\": 1,\n \"server\": {\n\"cors\": {\"origins\": [],\n \"methods\": 1}}}";
    let path = file("type-in-table.json", wrong);
    let (_, findings) = json(&[&path, "--table", "server.cors"]);
    assert_eq!(
        (&findings[0]["line"], &findings[0]["column"]),
        (&4.into(), &13.into())
    );
    let path = file("one.toml", "[cors]\norigins = [\"https://a.example\"]\n");
    let said = "`cors` is not a key of a policy; if the policy is a table of this file, use --table cors\n";
    assert!(error(&["lint", &path]).ends_with(said));
    // A table that is no policy is an unknown key like others.
    let path = file("none.toml", "[database]\nurl = \"x\"\n");
    assert!(error(&["lint", &path]).contains("unknown key `database`"));
}

#[test]
fn a_byte_order_mark_is_no_error() {
    for (name, policy) in [
        ("bom.toml", "origins = [\"https://a.example/\"]\n"),
        ("bom.json", "{\"origins\": [\"https://a.example/\"]}"),
    ] {
        let plain = json(&[&file(name, policy)]);
        let marked = json(&[&file(name, format!("\u{feff}{policy}"))]);
        assert_eq!(plain.0, Some(1));
        assert_eq!(plain, marked, "{name}");
    }
}

#[test]
fn what_is_not_utf_8_is_told_how_to_save_it() {
    let units: Vec<u16> = "origins = []\n".encode_utf16().collect();
    let little: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
    let big: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
    for (name, bytes) in [
        ("le.toml", [&b"\xff\xfe"[..], &little].concat()),
        ("be.toml", [&b"\xfe\xff"[..], &big].concat()),
        ("le-bare.json", little),
        ("be-bare.toml", big),
    ] {
        let said = error(&["lint", &file(name, bytes)]);
        assert!(
            said.ends_with(": the file is UTF-16; save it as UTF-8\n"),
            "{said}"
        );
    }
    let said = error(&["lint", &file("latin.toml", b"# a\n# \xe9\n")]);
    assert!(
        said.ends_with(": the file is not UTF-8 (byte 0xe9 in line 2); save it as UTF-8\n"),
        "{said}"
    );
}

#[test]
fn a_file_without_end_is_not_read_to_its_end() {
    let path = file("long.toml", vec![b'\n'; 16 * 1024 * 1024 + 1]);
    let said = error(&["lint", &path]);
    assert!(
        said.ends_with(": the file is larger than 16 MiB, which is too large for a policy\n"),
        "{said}"
    );
    fs::remove_file(path).expect("it is there");
    #[cfg(unix)]
    assert!(error(&["lint", "/dev/zero"]).contains("larger than 16 MiB"));
}

fn schema() -> jsonschema::Validator {
    let output = run(&["lint", "--schema"]);
    assert_eq!(output.status.code(), Some(0));
    let schema = serde_json::from_slice(&output.stdout).expect("JSON");
    jsonschema::draft202012::meta::validate(&schema).expect("a schema of this draft");
    jsonschema::draft202012::new(&schema).expect("a schema")
}

/// What the suite knows to be right passes the schema.
#[test]
fn the_schema_takes_every_good_policy() {
    let schema = schema();
    let check = |name: &str, policy: &Value| {
        let errors: Vec<_> = schema
            .iter_errors(policy)
            .map(|one| one.to_string())
            .collect();
        assert_eq!(errors, [""; 0], "{name}: {policy}");
    };
    let policies = include_str!("../../cases/policies.toml");
    let policies: toml::Table = toml::from_str(policies).expect("TOML");
    assert!(policies.len() > 10);
    for (name, policy) in policies {
        check(&name, &json!(policy));
    }
    let configurations_text = include_str!("../../cases/config.toml");
    let file: toml::Table = toml::from_str(configurations_text).expect("TOML");
    let file = file["config"].as_array().expect("an array");
    assert_eq!(file.len(), configurations().len());
    let good = file
        .iter()
        .filter(|one| one["errors"].as_array().is_some_and(Vec::is_empty));
    assert!(good.clone().count() > 10);
    for one in good {
        check(one["name"].as_str().expect("a text"), &json!(one["policy"]));
    }
    for policy in [
        json!({}),
        json!({"origins": []}),
        json!({"origins": ["https://pr-*.example.com", "moz-extension://*", "http://[::1]:3000", "https://*.a.example:*"]}),
        json!({"origins": ["*"], "credentialed_origins": ["https://a.example"]}),
        json!({"own_origins": ["http://nas.lan", "https://shop.example"]}),
        json!({"preflight_status": 200, "timing": true}),
        json!({"policies": [
            {"hosts": ["api.example.com", "*.tenant.example", "[::1]", "127.0.0.1"], "path": "/v1/x", "origins": ["*"]},
            {"path": "/", "origins": ["https://a.example"], "credentials": true},
            {"hosts": null, "origins": ["https://a.example"]},
        ]}),
        json!({"credentials": true, "expose_headers": null}),
        json!({"origins": ["https://a.example"], "credentialed_origins": []}),
        json!({"origins": ["*"], "credentials": null}),
    ] {
        check("new", &policy);
    }
}

/// What is `null` is not set, for the schema as for the core.
#[test]
fn the_schema_takes_null_for_every_key() {
    let validator = schema();
    let output = run(&["lint", "--schema"]);
    let schema: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let keys = schema["properties"].as_object().expect("keys");
    assert!(keys.len() > 15);
    for key in keys.keys().filter(|key| *key != "policies") {
        let mut policy = json!({"origins": ["https://a.example"], "credentials": true});
        policy[key] = Value::Null;
        assert!(validator.is_valid(&policy), "{policy}");
        let read: Result<Settings<String>, _> = serde_json::from_value(policy.clone());
        assert!(read.is_ok(), "{policy}");
    }
}

#[test]
fn the_schema_refuses_wrong_ones() {
    let schema = schema();
    for wrong in [
        json!([]),
        json!("https://a.example"),
        json!({"origin": ["https://a.example"]}),
        json!({"origins": "https://a.example"}),
        json!({"origins": [1]}),
        json!({"origins": [""]}),
        json!({"origins": ["a.example"]}),
        json!({"origins": ["https://a.example/"]}),
        json!({"origins": ["https://a.example/path"]}),
        json!({"origins": ["https://A.example"]}),
        json!({"origins": ["HTTPS://a.example"]}),
        json!({"origins": ["https://user@a.example"]}),
        json!({"origins": ["https://a.example?x"]}),
        json!({"origins": ["https://a.example, https://b.example"]}),
        json!({"origins": [" https://a.example"]}),
        json!({"origins": ["'https://a.example'"]}),
        json!({"origins": ["**"]}),
        json!({"origins": ["*", "https://a.example"]}),
        json!({"origins": ["*"], "credentials": true}),
        json!({"origins": ["https://a.example"], "credentialed_origins": ["https://b.example"]}),
        json!({"credentialed_origins": ["https://b.example"]}),
        json!({"origins": ["*"], "credentialed_origins": ["*"]}),
        json!({"origins": ["*"], "credentialed_origins": ["https://a.example"], "expose_headers": ["*"]}),
        json!({"credentials": "true"}),
        json!({"credentials": true, "expose_headers": ["*"]}),
        json!({"own_origins": ["https://*.a.example"]}),
        json!({"own_origins": ["*"]}),
        json!({"methods": ["PUT DELETE"]}),
        json!({"methods": ["PUT,DELETE"]}),
        json!({"methods": [""]}),
        json!({"methods": "PUT"}),
        json!({"request_headers": ["x foo"]}),
        json!({"request_headers": ["x-foo:"]}),
        json!({"expose_headers": ["é"]}),
        json!({"max_age": -1}),
        json!({"max_age": 86401}),
        json!({"max_age": 1.5}),
        json!({"max_age": "60"}),
        json!({"preflight_status": 199}),
        json!({"preflight_status": 300}),
        json!({"timing": "https://a.example"}),
        json!({"timing": "*"}),
        json!({"timing": ["https://a.example"]}),
        json!({"origins": ["null"]}),
        json!({"own_origins": ["null"]}),
        json!({"timing": 1}),
        json!({"denied": "Refuse"}),
        json!({"denied": false}),
        json!({"debug": 1}),
        json!({"vary_on_preflight": "yes"}),
    ] {
        assert!(!schema.is_valid(&wrong), "{wrong}");
    }
}

/// Editors show what a key means.
#[test]
fn the_schema_describes_every_key() {
    let output = run(&["lint", "--schema"]);
    let schema: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let keys = schema["properties"].as_object().expect("keys");
    for (key, value) in keys {
        let description = value["description"].as_str().expect("a text");
        assert!(description.len() > 20, "{key}: {description}");
    }
}
