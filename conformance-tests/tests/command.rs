//! The command, run as people run it.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use conformance_tests::{Line, Request, wire};

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_conformance-tests"));
    command.args(arguments).stdin(Stdio::null());
    command
}

fn run(arguments: &[&str]) -> Output {
    command(arguments).output().expect("the command runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("a text")
}

/// A policy file of a test's own.
fn file(name: &str, text: &str) -> String {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, text).expect("a file");
    path.to_str().expect("a text").to_owned()
}

const GOOD: &str = r#"origins = ["https://app.example.com", "https://*.preview.example.com"]
methods = ["put"]
request_headers = ["content-type"]
max_age = 600
"#;

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
        ": 4 errors, 0 warnings\n",
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
    let end = format!("{path}: 20 errors, 0 warnings\n16 of them are shown\n");
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
        .args([env!("CARGO_BIN_EXE_conformance-tests"), "lint"])
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
    for (path, reason) in [
        ("nowhere.toml".to_owned(), "No such file"),
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
fn explain_tells_each_step_of_preflight_and_request() {
    let path = file("explained.toml", GOOD);
    let explain = |arguments: &[&str]| {
        let output = run(&[&["explain", "--policy", &path], arguments].concat());
        (output.status.code(), text(&output.stdout))
    };
    let origin = ["--origin", "https://app.example.com"];
    let (code, shown) = explain(
        &[
            &origin[..],
            &[
                "--method",
                "PUT",
                "--header",
                "content-type: application/json",
            ],
        ]
        .concat(),
    );
    assert_eq!(code, Some(0));
    assert_eq!(
        shown,
        r#"preflight: PUT from "https://app.example.com"
origin: allowed
method: PUT is allowed
headers: allowed
response: 204, without calling the handler

request: PUT from "https://app.example.com"
origin: allowed
response: from the handler, with Access-Control-Allow-Origin

the script can read the response
"#
    );
    let (code, shown) = explain(&["--origin", "http://app.example.com"]);
    assert_eq!(code, Some(1));
    assert!(
        shown.contains(r#"nearest is "https://app.example.com", which has another scheme"#),
        "{shown}"
    );
}

#[test]
fn serve_refuses_what_it_cannot_do() {
    let path = file("refused.toml", GOOD);
    let unknown = run(&["serve", "--policy", &path, "--adapter", "express"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(text(&unknown.stderr).contains("[possible values: axum, actix, rocket, warp]"));

    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    for adapter in ["axum", "actix", "rocket", "warp"] {
        let output = run(&[
            "serve",
            "--policy",
            &path,
            "--adapter",
            adapter,
            "--listen",
            &address,
        ]);
        assert_eq!(output.status.code(), Some(2), "{adapter}");
        let error = text(&output.stderr);
        assert!(
            error.contains(&address) && error.contains("in use"),
            "{adapter}: {error}"
        );
        assert!(!error.contains("panicked"), "{error}");
    }
}

/// A server that is ended with the test, whatever comes.
struct Served {
    child: Child,
    address: SocketAddr,
}

impl Served {
    fn start(adapter: &str, policy: &str) -> Self {
        let mut child = command(&["serve", "--policy", policy, "--adapter", adapter])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the command runs");
        let mut line = String::new();
        let output = child.stdout.take().expect("a pipe");
        BufReader::new(output).read_line(&mut line).expect("a line");
        let address = line
            .trim()
            .strip_prefix("listening on http://")
            .expect("the address");
        let address = address.parse().expect("an address");
        Self { child, address }
    }

    /// Asks it to stop, and gives its exit status and what it logged.
    fn stop(mut self) -> (Option<i32>, String) {
        let pid = self.child.id().to_string();
        Command::new("kill")
            .args(["-TERM", &pid])
            .status()
            .expect("kill runs");
        let limit = Instant::now() + Duration::from_secs(10);
        while self.child.try_wait().expect("a status").is_none() {
            assert!(Instant::now() < limit, "it does not stop");
            std::thread::sleep(Duration::from_millis(20));
        }
        let status = self.child.wait().expect("a status").code();
        let mut log = String::new();
        let stderr = self.child.stderr.take().expect("a pipe");
        std::io::Read::read_to_string(&mut BufReader::new(stderr), &mut log).expect("a text");
        (status, log)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}

#[tokio::test]
async fn every_adapter_serves_the_demo_explains_and_stops() {
    let path = file("served.toml", GOOD);
    for adapter in ["axum", "actix", "rocket", "warp"] {
        let served = Served::start(adapter, &path);
        let mut answers = Vec::new();
        for (method, target, origin) in [
            ("GET", "/", "https://app.example.com"),
            ("POST", "/", "https://app.example.com"),
            ("OPTIONS", "/", "https://app.example.com"),
            ("GET", "/fail", "https://app.example.com"),
            ("GET", "/headers?status=404", "https://app.example.com"),
            ("GET", "/headers?status=9999", "https://app.example.com"),
            ("GET", "/redirect?status=1&to=/", "https://app.example.com"),
            ("GET", "/nowhere", "https://app.example.com"),
            ("DELETE", "/", "https://app.example.com"),
            ("GET", "/", "https://evil.example"),
        ] {
            let lines = [
                ("host", "api.example"),
                ("origin", origin),
                ("content-length", "0"),
            ];
            let request = Request {
                method: method.to_owned(),
                path: target.to_owned(),
                lines: lines
                    .iter()
                    .map(|(name, value)| Line::new(name, value))
                    .collect(),
            };
            let answer = wire::exchange(served.address, &request)
                .await
                .expect("an answer");
            let is_shared = answer
                .values("access-control-allow-origin")
                .next()
                .is_some();
            answers.push((answer.status, is_shared));
        }
        let (status, log) = served.stop();
        assert_eq!(
            answers,
            [
                (200, true),
                (200, true),
                (200, true),
                (500, true),
                (404, true),
                (400, true),
                (400, true),
                (404, true),
                (200, true),
                (403, false)
            ],
            "{adapter}"
        );
        assert_eq!(status, Some(0), "{adapter}: {log}");
        assert!(
            log.contains("request: GET from \"https://evil.example\"\norigin: not allowed"),
            "{adapter}: {log}"
        );
    }
}

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

/// People mend the first ones first; machines get them all.
#[test]
fn lint_shows_the_first_warnings_and_counts_all() {
    let origins: Vec<_> = (0..20)
        .map(|number| format!("http://a{number}.example:6000"))
        .collect();
    let path = file("ports.toml", &format!("origins = {origins:?}\n"));
    let output = run(&["lint", &path]);
    assert_eq!(output.status.code(), Some(0));
    let shown = text(&output.stdout);
    let end = format!("{path}: 0 errors, 20 warnings\n16 of them are shown\n");
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

/// `CONNECT` names a host and no path.
#[tokio::test]
async fn connect_is_answered_and_nothing_panics() {
    let path = file("connect.toml", GOOD);
    for adapter in ["axum", "actix", "rocket", "warp"] {
        let served = Served::start(adapter, &path);
        for origin in [
            "",
            "origin: https://app.example.com\r\n",
            "origin: https://evil.example\r\n",
        ] {
            let request = format!(
                "CONNECT api.example:443 HTTP/1.1\r\nhost: api.example:443\r\n{origin}connection: close\r\n\r\n"
            );
            let answer = wire::send(served.address, request.as_bytes());
            let answer = tokio::time::timeout(Duration::from_secs(10), answer).await;
            let answer = answer.expect("in time").expect("an answer");
            let start = String::from_utf8_lossy(&answer);
            let status = start.split(' ').nth(1).unwrap_or_default();
            assert!(
                ["400", "403", "404", "405"].contains(&status),
                "{adapter} {origin}: {start}"
            );
        }
        // It is still there.
        let request = b"GET / HTTP/1.1\r\nhost: api.example\r\nconnection: close\r\n\r\n";
        let answer = wire::send(served.address, request)
            .await
            .expect("an answer");
        assert!(answer.starts_with(b"HTTP/1.1 200"), "{adapter}");
        let (status, log) = served.stop();
        assert_eq!(status, Some(0), "{adapter}: {log}");
        assert!(!log.contains("panicked"), "{adapter}: {log}");
    }
}

/// To find the origin that is nearest, a list is read to its end: not for each of many requests.
#[tokio::test]
async fn many_refusals_are_explained_in_a_line_each() {
    // What is logged fits into a pipe that nobody reads yet.
    const REQUESTS: usize = 100;
    let many: Vec<_> = (0..10_000)
        .map(|number| format!("https://a{number}.example.com"))
        .collect();
    let many = file("serve-long.toml", &format!("origins = {many:?}\n"));
    let few = file("serve-short.toml", GOOD);
    for (policy, are_many) in [(&many, true), (&few, false)] {
        let served = Served::start("axum", policy);
        let request = b"GET / HTTP/1.1\r\nhost: api.example\r\norigin: https://b1.example.com\r\nconnection: close\r\n\r\n";
        for _ in 0..REQUESTS {
            let answer = wire::send(served.address, request)
                .await
                .expect("an answer");
            assert!(answer.starts_with(b"HTTP/1.1 403"));
        }
        let (_, log) = served.stop();
        let line = "request: GET from \"https://b1.example.com\"";
        assert_eq!(log.matches(line).count(), REQUESTS);
        let whole = log.matches("response: 403").count();
        match are_many {
            // The first ones, and then a fiftieth of the time.
            true => assert!((1..REQUESTS / 2).contains(&whole), "{whole}"),
            false => assert_eq!(whole, REQUESTS),
        }
        let brief = log
            .matches("from \"https://b1.example.com\": origin not allowed\n")
            .count();
        assert_eq!(whole + brief, REQUESTS);
    }
}
