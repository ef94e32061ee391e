//! `probe`, where a server refuses and where there is no answer: it names the one thing that is wrong,
//! never tells to let an attacker in, and answers programs in JSON whatever happens.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::process::{Command, Output, Stdio};
use std::thread;

use serde_json::Value;

fn probe(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cors"));
    let command = command.arg("probe").args(arguments).stdin(Stdio::null());
    command.output().expect("the command runs")
}

/// The exit status and the report; nothing is said elsewhere.
fn json(arguments: &[&str]) -> (Option<i32>, Value) {
    let output = probe(&[arguments, &["--format", "json"]].concat());
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{arguments:?}");
    let report = serde_json::from_slice(&output.stdout).expect("JSON");
    (output.status.code(), report)
}

/// A server that gives one answer to everything.
fn server(head: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/", listener.local_addr().expect("an address"));
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            let mut lines = BufReader::new(stream.try_clone().expect("a stream")).lines();
            while lines
                .next()
                .is_some_and(|line| line.is_ok_and(|line| !line.is_empty()))
            {}
            let _ = write!(
                stream,
                "HTTP/1.1 {head}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
            );
        }
    });
    url
}

const EVIL: &str = "https://evil.example";

/// The origin under test may be an attacker's, unless the server shows that it means it.
#[test]
fn nobody_is_told_to_let_an_attacker_in() {
    let answers = [
        "200 OK",
        "204 No Content",
        "200 OK\r\nvary: Origin",
        "403 Forbidden",
        "403 Forbidden\r\nvary: Origin",
        "404 Not Found",
        "200 OK\r\naccess-control-allow-origin: *",
        "200 OK\r\naccess-control-allow-origin: null",
        "200 OK\r\naccess-control-allow-origin: https://app.example.com",
        "200 OK\r\naccess-control-allow-origin: https://*.example.com",
        "200 OK\r\naccess-control-allow-origin: https://evil.example",
        "200 OK\r\naccess-control-allow-origin: https://a.example, https://b.example",
        "200 OK\r\naccess-control-allow-origin: *\r\naccess-control-allow-origin: https://a.example",
    ];
    for answer in answers {
        let url = server(answer);
        for more in [
            &[][..],
            &["--method", "PUT"],
            &["--header", "x-a"],
            &["--method", "PUT", "--credentials"],
            &["--credentials"],
        ] {
            let arguments = [&[&*url, "--origin", EVIL, "--rate", "100"][..], more].concat();
            let (_, report) = json(&arguments);
            for finding in report["findings"].as_array().expect("a list") {
                let send = finding["send"].to_string();
                assert!(!send.contains("evil"), "{answer} {more:?}: {finding}");
            }
            let text = String::from_utf8(probe(&arguments).stdout).expect("a text");
            let advice = text.lines().filter(|line| line.contains("send:"));
            assert_eq!(
                advice.filter(|line| line.contains("evil")).count(),
                0,
                "{text}"
            );
        }
    }
}

/// The page is allowed, and the preflight says what of it is not: that alone is wrong.
#[test]
fn a_refused_preflight_of_an_allowed_page_is_blamed_on_what_failed() {
    for (answer, more, code) in [
        (
            "access-control-allow-methods: PUT",
            &["--method", "DELETE"],
            "method-not-allowed",
        ),
        (
            "access-control-allow-headers: x-a",
            &["--header", "x-b"],
            "header-not-allowed",
        ),
        // Nothing but the status is wrong.
        (
            "access-control-allow-headers: x-b",
            &["--header", "x-b"],
            "preflight-status",
        ),
    ] {
        let head = format!("403 Forbidden\r\naccess-control-allow-origin: {EVIL}\r\n{answer}");
        let url = server(head.leak());
        let (status, report) = json(&[&[&*url, "--origin", EVIL], &more[..]].concat());
        assert_eq!(status, Some(1), "{report}");
        let findings = report["findings"].as_array().expect("a list").iter();
        let codes: Vec<_> = findings.map(|one| &one["code"]).collect();
        assert_eq!(codes, [code], "{report}");
    }
}

#[test]
fn without_an_answer_programs_are_told_so_in_json() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let closed = format!("http://{}/", taken.local_addr().expect("an address"));
    drop(taken);
    let page = ["--origin", "https://app.example.com"];
    for (arguments, said) in [
        (&[&*closed, page[0], page[1]][..], "nothing listens at"),
        (&[&*closed, "--attack"], "nothing listens at"),
        (
            &["localhost:3000", page[0], page[1]],
            "write \"http://localhost:3000\"",
        ),
        (
            &[&*closed, "--origin", "app.example.com"],
            "https://app.example.com",
        ),
        (
            &[&*closed, page[0], page[1], "--method", "TRACE"],
            "browsers do not send the request",
        ),
        (
            &[
                "http://app.example.com/",
                "--origin",
                "http://app.example.com",
            ],
            "is the server's own",
        ),
    ] {
        let (status, report) = json(arguments);
        assert_eq!(status, Some(2), "{report}");
        assert_eq!(report["url"], arguments[0]);
        let error = report["error"].as_str().expect("a text");
        assert!(error.contains(said), "{error}");
        // People are told the same.
        let text = probe(arguments);
        assert_eq!(text.status.code(), Some(2));
        assert_eq!(text.stdout, b"");
        assert_eq!(
            String::from_utf8_lossy(&text.stderr),
            format!("error: {error}\n")
        );
    }
    // Whoever reads a report finds the same keys in it.
    let keys = |report: &Value| -> Vec<String> {
        let mut keys: Vec<_> = report
            .as_object()
            .expect("an object")
            .keys()
            .cloned()
            .collect();
        keys.sort();
        keys
    };
    let url = server("200 OK\r\naccess-control-allow-origin: *");
    for more in [&[][..], &["--attack", "--rate", "100"]] {
        let (_, without) = json(&[&[&*closed, page[0], page[1]], more].concat());
        let (_, with) = json(&[&[&*url, page[0], page[1]], more].concat());
        assert_eq!(keys(&without), keys(&with));
        assert_eq!(with["error"], Value::Null);
    }
}
