//! The command against servers on loopback: one answers with whatever bytes a test wants.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::Value;

pub(crate) const PAGE: &str = "https://a.test";

pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cors"));
    command.arg("probe").args(arguments).stdin(Stdio::null());
    command
}

pub(crate) fn run(arguments: &[&str]) -> Output {
    command(arguments).output().expect("the command runs")
}

/// The exit status, and what is printed; there is no error.
pub(crate) fn text(arguments: &[&str]) -> (Option<i32>, String) {
    let output = run(arguments);
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(error, "", "{arguments:?}");
    let text = String::from_utf8(output.stdout).expect("a text");
    (output.status.code(), text)
}

pub(crate) fn json(arguments: &[&str]) -> (Option<i32>, Value) {
    let (status, text) = text(&[arguments, &["--format", "json"]].concat());
    (status, serde_json::from_str(&text).expect("JSON"))
}

/// The error with which the command ends; nothing is printed.
pub(crate) fn error(arguments: &[&str]) -> String {
    let output = run(arguments);
    let error = String::from_utf8(output.stderr).expect("a text");
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {error}");
    assert_eq!(output.stdout, b"", "{arguments:?}");
    assert!(error.starts_with("error: "), "{error}");
    assert!(!error.contains("panicked"), "{error}");
    error
}

/// A server that answers each request, on a connection of its own, with bytes.
pub(crate) struct Raw {
    pub(crate) url: String,
    /// The heads that came.
    pub(crate) requests: Arc<Mutex<Vec<String>>>,
}

impl Raw {
    pub(crate) fn start(answer: impl Fn(&str) -> Vec<u8> + Send + 'static) -> Self {
        Self::converse(move |mut stream, head| {
            let _ = stream.write_all(&answer(head));
        })
    }

    /// What is done with each connection, after a head came.
    pub(crate) fn converse(each: impl Fn(TcpStream, &str) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let requests = Arc::new(Mutex::new(Vec::new()));
        let record = Arc::clone(&requests);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let stream = stream.expect("a connection");
                let head = head(&stream);
                let mut record = record.lock().expect("no panic");
                record.push(head.clone());
                drop(record);
                each(stream, &head);
            }
        });
        let url = format!("http://{address}/");
        Self { url, requests }
    }

    pub(crate) fn heads(&self) -> Vec<String> {
        self.requests.lock().expect("no panic").clone()
    }
}

pub(crate) fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

pub(crate) fn head(stream: &TcpStream) -> String {
    let mut head = Vec::new();
    let mut reader = BufReader::new(stream);
    while !head.ends_with(b"\r\n\r\n") && reader.read_until(b'\n', &mut head).expect("bytes") > 0 {}
    String::from_utf8(head).expect("a text")
}

/// The value of a field of a request's head.
pub(crate) fn field<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let (one, value) = line.split_once(':')?;
        one.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

/// An answer from "200; name: value; name: value", where "acao" is `Access-Control-Allow-Origin`
/// and so on.
pub(crate) fn answer(short: &str) -> Vec<u8> {
    let (status, lines) = short.split_once("; ").unwrap_or((short, ""));
    let lines = lines.split("; ").filter(|line| !line.is_empty());
    let mut answer = format!("HTTP/1.1 {} x\r\ncontent-length: 0\r\n", status.trim());
    for line in lines {
        let (name, value) = line.split_once(':').expect("a line");
        answer += &[long(name.trim()), ":", value, "\r\n"].concat();
    }
    (answer + "\r\n").into_bytes()
}

/// The name that is short for it.
pub(crate) fn long(name: &str) -> &str {
    match name {
        "acao" => "access-control-allow-origin",
        "acac" => "access-control-allow-credentials",
        "acam" => "access-control-allow-methods",
        "acah" => "access-control-allow-headers",
        "aceh" => "access-control-expose-headers",
        "acma" => "access-control-max-age",
        name => name,
    }
}

/// The columns of a table's rows, without its title.
pub(crate) fn rows<const N: usize>(table: &'static str) -> Vec<[&'static str; N]> {
    let lines = table.lines().filter(|line| !line.trim().is_empty()).skip(1);
    let row = |line: &'static str| -> [&'static str; N] {
        let columns: Vec<_> = line.split('#').map(str::trim).collect();
        columns.try_into().expect(line)
    };
    lines.map(row).collect()
}

/// Answers to a preflight, a request, and a request without `Origin`.
pub(crate) fn three(preflight: &str, request: &str, without: &str) -> Raw {
    let [preflight, request, without] = [preflight, request, without].map(answer);
    Raw::start(move |head| {
        let answer = if field(head, "access-control-request-method").is_some() {
            &preflight
        } else if field(head, "origin").is_some() {
            &request
        } else {
            &without
        };
        answer.clone()
    })
}

/// Asks as `PAGE`. The exit status, and each finding as `severity code part header`.
pub(crate) fn findings(server: &Raw, arguments: &[&str]) -> (Option<i32>, Vec<String>, Value) {
    let rate: &[&str] = match arguments.contains(&"--rate") {
        true => &[],
        false => &["--rate", "100"],
    };
    let basic = [server.url.as_str(), "--origin", PAGE];
    let (status, report) = json(&[&basic, arguments, rate].concat());
    let findings = report["findings"].as_array().expect("a list").iter();
    let findings = findings.map(|one| {
        let parts = ["severity", "code", "answer", "header"];
        let parts = parts.map(|part| one[part].as_str().unwrap_or("-"));
        parts.join(" ")
    });
    let findings = findings.collect();
    assert_eq!(
        report["readable"],
        Value::Bool(status == Some(0)),
        "{report}"
    );
    (status, findings, report)
}

/// What is said, with the lines that the server should send.
pub(crate) fn said(report: &Value, code: &str) -> String {
    let findings = report["findings"].as_array().expect("a list");
    let finding = findings.iter().find(|one| one["code"] == code);
    let finding = finding.unwrap_or_else(|| panic!("no {code} in {report}"));
    let mut said = finding["message"].as_str().expect("a text").to_owned();
    for line in finding["send"].as_array().expect("a list") {
        said += " | ";
        said += line.as_str().expect("a text");
    }
    said
}

/// Allows the origins that a test says, with these lines added.
pub(crate) fn allowing(
    is_allowed: impl Fn(&str) -> bool + Send + 'static,
    lines: &'static str,
) -> Raw {
    Raw::start(move |head| {
        let origin = field(head, "origin").unwrap_or_default();
        match is_allowed(origin) {
            true => answer(&format!("200; acao: {origin}{lines}")),
            false => answer("200"),
        }
    })
}

pub(crate) const WITH: &str = "; acac: true";

/// The exit status, and each origin that is allowed as `level origin: class, grant`.
pub(crate) fn attack(server: &Raw, arguments: &[&str]) -> (Option<i32>, Vec<String>, Value) {
    let basic = [&*server.url, "--attack", "--origin", PAGE, "--rate", "100"];
    let (status, report) = json(&[&basic, arguments].concat());
    assert_eq!(report["found"], Value::Bool(status == Some(1)));
    let attempts = report["attempts"].as_array().expect("a list").iter();
    let allowed = attempts.filter(|one| !one["grant"].is_null()).map(|one| {
        let parts =
            ["level", "origin", "class", "grant"].map(|part| one[part].as_str().expect("a text"));
        let [level, origin, class, grant] = parts;
        format!("{level} {origin}: {class}, {grant}")
    });
    (status, allowed.collect(), report)
}
