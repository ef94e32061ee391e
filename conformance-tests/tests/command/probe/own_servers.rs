//! The project's own servers.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use super::common::{PAGE, json, text};

/// `serve`, ended with the test, whatever comes.
struct Served {
    child: Child,
    url: String,
}

impl Served {
    fn start(adapter: &str, name: &str, policy: &str) -> Self {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::write(&path, policy).expect("a file");
        let mut child = Command::new(env!("CARGO_BIN_EXE_cors"))
            .args(["serve", "--adapter", adapter, "--policy"])
            .arg(path)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the command runs");
        let mut line = String::new();
        let output = child.stdout.take().expect("a pipe");
        BufReader::new(output).read_line(&mut line).expect("a line");
        let url = line
            .trim()
            .strip_prefix("listening on ")
            .expect("the address");
        let url = format!("{url}/");
        Self { child, url }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a console says is the same for `probe`, which knows the response, and for `explain`, which
/// knows the policy.
#[test]
fn consoles_are_quoted_as_explain_quotes_them() {
    const POLICY: &str = "origins = [\"https://a.test\"]\nmethods = [\"PUT\"]\n";
    for (name, debug) in [("usual", ""), ("debug", "debug = true\n")] {
        let file = format!("probe-console-{name}.toml");
        let served = Served::start("axum", &file, &[POLICY, debug].concat());
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(&file);
        for arguments in [
            &["--origin", PAGE, "--method", "DELETE"][..],
            &["--origin", PAGE, "--header", "x-a", "--header", "x-b"],
            &["--origin", "https://evil.test"],
            &["--origin", "https://evil.test", "--method", "PUT"],
        ] {
            let consoles = |output: &str| -> Vec<String> {
                let is_console =
                    |line: &&str| line.starts_with("Chromium: ") || line.starts_with("Firefox: ");
                output
                    .lines()
                    .filter(is_console)
                    .map(str::to_owned)
                    .collect()
            };
            let (_, probed) = text(&[&[&*served.url, "--rate", "100"], arguments].concat());
            let explained = Command::new(env!("CARGO_BIN_EXE_cors"))
                .args(["explain", "--policy"])
                .arg(&path)
                .args(arguments)
                .output()
                .expect("the command runs");
            let explained = String::from_utf8(explained.stdout).expect("a text");
            assert_eq!(consoles(&probed).len(), 2, "{probed}");
            assert_eq!(consoles(&probed), consoles(&explained), "{arguments:?}");
        }
    }
}

/// What the policy says, the probe finds in every adapter's answers, and no attacker gets in.
#[test]
fn the_projects_own_servers() {
    const LIST: &str = r#"origins = ["https://a.test", "https://*.b.test"]
credentials = true
methods = ["PUT"]
request_headers = ["content-type"]
max_age = 600
"#;
    const PUBLIC: &str = r#"origins = ["*"]"#;
    for adapter in ["axum", "actix", "rocket", "warp"] {
        let list = Served::start(adapter, &format!("probe-{adapter}-list.toml"), LIST);
        let ask = |origin: &str, arguments: &[&str]| {
            let (status, report) = json(
                &[
                    &[&*list.url, "--origin", origin, "--rate", "100"],
                    arguments,
                ]
                .concat(),
            );
            let findings = report["findings"].as_array().expect("a list").iter();
            let codes: Vec<_> = findings
                .map(|one| one["code"].as_str().expect("a text").to_owned())
                .collect();
            (status, codes.join(" "))
        };
        let put = [
            "--method",
            "PUT",
            "--header",
            "content-type: application/json",
        ];
        for (origin, arguments, expected) in [
            (PAGE, &["--credentials"][..], (Some(0), "")),
            ("https://x.b.test", &["--cookie", "a=1"], (Some(0), "")),
            (PAGE, &put, (Some(0), "")),
            (PAGE, &["--header", "x-a"], (Some(1), "header-not-allowed")),
            ("https://b.test", &[], (Some(1), "no-allow-origin")),
            ("null", &[], (Some(1), "no-allow-origin")),
        ] {
            let (status, codes) = ask(origin, arguments);
            assert_eq!(
                (status, &*codes),
                expected,
                "{adapter} {origin} {arguments:?}"
            );
        }
        let (status, shown) = text(&[&list.url, "--attack", "--origin", PAGE, "--rate", "100"]);
        assert_eq!(status, Some(0), "{adapter}: {shown}");
        assert!(
            shown.ends_with("no hostile page can read responses\n"),
            "{adapter}: {shown}"
        );

        let placement = [
            "--placement",
            "--origin",
            PAGE,
            "--credentials",
            "--rate",
            "100",
        ];
        let (status, shown) = text(&[&[&*list.url], &placement[..]].concat());
        let all = Some(0).filter(|_| shown == "pages can read all 4 responses\n");
        assert_eq!(status, all, "{adapter}: {shown}");

        let public = Served::start(adapter, &format!("probe-{adapter}-public.toml"), PUBLIC);
        let (status, shown) = text(&[&public.url, "--attack", "--rate", "100"]);
        assert_eq!(status, Some(0), "{adapter}: {shown}");
        assert!(
            shown.contains("public: every page can read"),
            "{adapter}: {shown}"
        );
        let (status, report) = json(&[&public.url, "--origin", PAGE]);
        assert_eq!(
            (status, report["findings"].as_array().map(Vec::len)),
            (Some(0), Some(0)),
            "{adapter}"
        );
    }
}

/// What follows from the refusal is not an error of its own.
#[test]
fn a_refused_origin_is_one_error_with_its_cure() {
    const REFUSING: &str = "origins = [\"https://app.example.com\"]\nmethods = [\"PUT\"]\nrequest_headers = [\"x-a\"]\n";
    for adapter in ["axum", "actix", "rocket", "warp"] {
        let served = Served::start(adapter, &format!("refused-{adapter}.toml"), REFUSING);
        for more in [&[][..], &["--method", "PUT", "--header", "x-a"]] {
            let arguments = [
                &[
                    &*served.url,
                    "--origin",
                    "https://evil.example",
                    "--rate",
                    "100",
                ][..],
                more,
            ]
            .concat();
            let (status, report) = json(&arguments);
            assert_eq!(status, Some(1), "{adapter}: {report}");
            let findings = report["findings"].as_array().expect("a list");
            assert_eq!(findings.len(), 1, "{adapter}: {report}");
            assert_eq!(findings[0]["code"], "no-allow-origin", "{adapter}");
            assert_eq!(findings[0]["send"], Value::Array(Vec::new()), "{adapter}");
            let message = findings[0]["message"].as_str().expect("a text");
            assert!(
                message.contains("to the server's list"),
                "{adapter}: {message}"
            );
        }
    }
}
