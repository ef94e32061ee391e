//! `probe`, run as people run it, against servers on loopback: those of `serve`, and one that
//! answers with whatever bytes a test wants.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

const PAGE: &str = "https://a.test";

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cors"));
    command.arg("probe").args(arguments).stdin(Stdio::null());
    command
}

fn run(arguments: &[&str]) -> Output {
    command(arguments).output().expect("the command runs")
}

/// The exit status, and what is printed; there is no error.
fn text(arguments: &[&str]) -> (Option<i32>, String) {
    let output = run(arguments);
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(error, "", "{arguments:?}");
    let text = String::from_utf8(output.stdout).expect("a text");
    (output.status.code(), text)
}

fn json(arguments: &[&str]) -> (Option<i32>, Value) {
    let (status, text) = text(&[arguments, &["--format", "json"]].concat());
    (status, serde_json::from_str(&text).expect("JSON"))
}

/// The error with which the command ends; nothing is printed.
fn error(arguments: &[&str]) -> String {
    let output = run(arguments);
    let error = String::from_utf8(output.stderr).expect("a text");
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {error}");
    assert_eq!(output.stdout, b"", "{arguments:?}");
    assert!(error.starts_with("error: "), "{error}");
    assert!(!error.contains("panicked"), "{error}");
    error
}

/// A server that answers each request, on a connection of its own, with bytes.
struct Raw {
    url: String,
    /// The heads that came.
    requests: Arc<Mutex<Vec<String>>>,
}

impl Raw {
    fn start(answer: impl Fn(&str) -> Vec<u8> + Send + 'static) -> Self {
        Self::converse(move |mut stream, head| {
            let _ = stream.write_all(&answer(head));
        })
    }

    /// What is done with each connection, after a head came.
    fn converse(each: impl Fn(TcpStream, &str) + Send + 'static) -> Self {
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

    /// A server that talks first.
    fn greet(greeting: &'static [u8]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}/", listener.local_addr().expect("an address"));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.expect("a connection");
                let _ = stream.read(&mut [0; 4096]);
                let _ = stream.write_all(greeting);
            }
        });
        Self {
            url,
            requests: Arc::default(),
        }
    }

    fn heads(&self) -> Vec<String> {
        self.requests.lock().expect("no panic").clone()
    }
}

fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

fn head(stream: &TcpStream) -> String {
    let mut head = Vec::new();
    let mut reader = BufReader::new(stream);
    while !head.ends_with(b"\r\n\r\n") && reader.read_until(b'\n', &mut head).expect("bytes") > 0 {}
    String::from_utf8(head).expect("a text")
}

/// The value of a field of a request's head.
fn field<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let (one, value) = line.split_once(':')?;
        one.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

/// An answer from "200; name: value; name: value", where "acao" is `Access-Control-Allow-Origin`
/// and so on.
fn answer(short: &str) -> Vec<u8> {
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
fn long(name: &str) -> &str {
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
fn rows<const N: usize>(table: &'static str) -> Vec<[&'static str; N]> {
    let lines = table.lines().filter(|line| !line.trim().is_empty()).skip(1);
    let row = |line: &'static str| -> [&'static str; N] {
        let columns: Vec<_> = line.split('#').map(str::trim).collect();
        columns.try_into().expect(line)
    };
    lines.map(row).collect()
}

/// Answers to a preflight, a request, and a request without `Origin`.
fn three(preflight: &str, request: &str, without: &str) -> Raw {
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
fn findings(server: &Raw, arguments: &[&str]) -> (Option<i32>, Vec<String>, Value) {
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
fn said(report: &Value, code: &str) -> String {
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

/// What the answer to the request itself can have wrong, each with a part of what is said.
const ANSWERS: &str = "
arguments     # answer                                      # code            # header # send # said
              # 200                                         # no-allow-origin # acao # list # is CORS on for this path
              # 200; vary: accept, origin                   # no-allow-origin # acao # -    # if it should, add it to the server
              # 200; acma: 1                                # no-allow-origin # acao # -    # if it should, add it to the server
              # 404                                         # no-allow-origin # acao # list # errors need it, too
              # 302; location: /b                           # no-allow-origin # acao # list # at a redirect, too
              # 200; acao: https://b.test                   # other-origin    # acao # list # `https://b.test` is not `https://a.test`: the answer is for a page of another origin
              # 200; acao: https://a.test/                  # other-origin    # acao # page # no path
              # 200; acao: https://A.test                   # other-origin    # acao # page # lower case
              # 200; acao: http://a.test                    # other-origin    # acao # list # the scheme is another
              # 200; acao: a.test                           # other-origin    # acao # page # the scheme is missing
              # 200; acao: https://a.test:443               # other-origin    # acao # page # a default port
              # 200; acao: https://a.test:80                # other-origin    # acao # list # another origin
              # 200; acao: https://*.test                   # other-origin    # acao # list # no patterns
              # 200; acao: https://a.test, https://b.test   # other-origin    # acao # page # no list
              # 200; acao: https://b.test https://a.test    # other-origin    # acao # page # no list
              # 200; acao: 'https://a.test'                 # other-origin    # acao # page # no quotes
              # 200; acao: null                             # other-origin    # acao # list # does not mean nobody
              # 200; acao:                                  # other-origin    # acao # list # it is empty
              # 200; acao: *; acao: https://a.test          # several-lines   # acao # page # `*` and `https://a.test` is not `https://a.test`: there are 2 lines
--credentials # 200; acao: *                                # wildcard-with-credentials # acao # list # without credentials
--credentials # 200; acao: https://a.test                   # no-allow-credentials # acac # list # there is none
--cookie a=1  # 200; acao: https://a.test; acac: True       # no-allow-credentials # acac # page # `True` is not `true`
--credentials # 200; acao: https://a.test; acac: true; acac: true # no-allow-credentials # acac # page # 2 lines
";

#[test]
fn every_error_of_the_answer_is_found() {
    for [arguments, answer, code, header, send, part] in rows(ANSWERS) {
        let server = Raw::start(move |_| self::answer(answer));
        let (status, found, report) = findings(&server, &words(arguments));
        let expected = [format!("error {code} request {}", long(header))];
        assert_eq!((status, &*found), (Some(1), &expected[..]), "{answer}");
        let said = said(&report, code);
        assert!(said.contains(part), "{answer}: {said}");
        let credentials = match arguments {
            "" => "",
            _ => "access-control-allow-credentials: true | ",
        };
        // An origin that is not known to be allowed is not named.
        let origin = match send {
            "page" => PAGE,
            "list" => "<the page's origin, if it is in the server's list>",
            _ => {
                assert!(!said.contains(" | "), "{answer}: {said}");
                continue;
            }
        };
        let send = format!(" | access-control-allow-origin: {origin} | {credentials}vary: Origin");
        assert!(said.ends_with(&send), "{answer}: {said}");
    }
}

/// What the answer to the preflight can have wrong, each with a part of what is said of the last.
const PREFLIGHTS: &str = r#"
arguments    # answer                                        # codes  # said
--method PUT # 204                                           # no-allow-origin method-not-allowed # there is none; it must name `PUT` | access-control-allow-methods: PUT
--method PUT # 301; acao: *; acam: PUT; location: https://x/ # preflight-status # redirects
--method PUT # 401; acao: *; acam: PUT                       # preflight-status # authentication
--method PUT # 403; acao: *; acam: PUT                       # preflight-status # a CSRF check
--method PUT # 404; acao: *; acam: PUT                       # preflight-status # no route takes OPTIONS
--method PUT # 405; acao: *; acam: PUT                       # preflight-status # no route takes OPTIONS
--method PUT # 418; acao: *; acam: PUT                       # preflight-status # the status is 418
--method PUT # 429; acao: *; acam: PUT                       # preflight-status # limits the rate
--method PUT # 500; acao: *; acam: PUT                       # preflight-status # fails | 204
--method PUT # 405; allow: PUT                               # no-allow-origin preflight-status method-not-allowed # `Allow` does not stand in for it
--method PUT # 200; acao: *; acam: put                       # method-not-allowed # `put` is another method than `PUT`: case counts | access-control-allow-methods: PUT
--method PUT # 200; acao: *; acam: GET, POST                 # method-not-allowed # does not name `PUT` | access-control-allow-methods: GET, POST, PUT
--method PUT --credentials # 200; acao: https://a.test; acac: true; acam: * # method-not-allowed # with credentials `*` is a mere name: send the names themselves | access-control-allow-methods: PUT
--method PUT # 200; acao: *; acam: PUT, "X"                  # invalid-list # `\"X\"` is no token
--method PUT # 200; acao: *; acam: PUT; acah: a b            # invalid-list # `a b` is no token
--header X-A --header x-b # 200; acao: *                     # header-not-allowed # there is none; it must name `x-a`, `x-b` | access-control-allow-headers: x-a, x-b
--header X-A --header x-b # 200; acao: *; acah: X-B, x-c     # header-not-allowed # does not name `x-a` | access-control-allow-headers: X-B, x-c, x-a
--header x-a --credentials # 200; acao: https://a.test; acac: true; acah: * # header-not-allowed # send the names themselves | access-control-allow-headers: x-a
--header authorization --credentials # 200; acao: https://a.test; acac: true; acah: * # header-not-allowed # with credentials `*` is a mere name
--header authorization # 200; acao: *; acah: x-a             # header-not-allowed # does not name `authorization`
"#;

#[test]
fn every_error_of_the_preflight_is_found() {
    for [arguments, answer, codes, part] in rows(PREFLIGHTS) {
        let server = Raw::start(move |_| self::answer(answer));
        let (status, found, report) = findings(&server, &words(arguments));
        assert_eq!(status, Some(1), "{answer}");
        let expected: Vec<_> = words(codes)
            .into_iter()
            .map(|code| {
                let header = match code {
                    "no-allow-origin" => long("acao"),
                    "method-not-allowed" => long("acam"),
                    "invalid-list" if !answer.contains("acah") => long("acam"),
                    "header-not-allowed" | "invalid-list" => long("acah"),
                    _ => "-",
                };
                format!("error {code} preflight {header}")
            })
            .collect();
        assert_eq!(found, expected, "{answer}");
        let said = said(&report, words(codes).pop().expect("one"));
        assert!(said.contains(part), "{answer}: {said}");
        let heads = server.heads();
        assert_eq!(heads.len(), 1, "nothing follows a preflight that fails");
        assert!(heads[0].starts_with("OPTIONS / HTTP/1.1\r\n"), "{heads:?}");
    }
}

/// What is wrong though the page is served, each with a part of what is said. In answers to
/// preflights, OK is what lets the request pass.
const ADVICE: &str = "
arguments    # preflight           # answer       # finding                               # said
--method PUT # OK; acma: 600       # 200; acao: * #                                       #
--method PUT # OK; acma: 0         # 200; acao: * #                                       #
--method PUT # OK; acma: 7200      # 200; acao: * #                                       #
--method PUT # OK                  # 200; acao: * # note max-age-missing preflight acma   # 5 seconds
--method PUT # OK; acma: 7201      # 200; acao: * # note max-age-capped preflight acma    # Chromium for 7200
--method PUT # OK; acma: 99999999999999999999 # 200; acao: * # note max-age-invalid preflight acma # too great
--method PUT # OK; acma: -1        # 200; acao: * # note max-age-invalid preflight acma   # write `0`
--method PUT # OK; acma: 60s       # 200; acao: * # warning max-age-invalid preflight acma # `60s` is no number
--method PUT # OK; acma: +60       # 200; acao: * # warning max-age-invalid preflight acma # `+60` is no number
--method PUT # OK; acma: 6; acma: 6 # 200; acao: * # warning max-age-invalid preflight acma # 2 lines
--method PUT # 204; acao: *; acam: *; acma: 5 # 200; acao: * # note wildcard-not-cached preflight acam # Firefox does not remember `*`
--method PUT # 204; acao: *; acam: *, PUT; acah: *; acma: 5 # 200; acao: * # #
--method POST --header x-a # 204; acao: *; acam: *; acah: *, X-A; acma: 5 # 200; acao: * # #
--method PUT --header x-a # OK; acah: *; acma: 5 # 200; acao: * # note wildcard-not-cached preflight acah # list the names
--method PUT # OK; acma: 5; aceh: x-a # 200; acao: * # warning expose-at-preflight preflight aceh # belongs to the answer to the request
--method PUT # OK; acma: 5; aceh: x-a # 200; acao: *; aceh: x-a #                         #
             #                     # 200; acao: *; aceh: x-a, x b # warning invalid-expose-list request aceh # `x b` is no name
--credentials #                    # 200; acao: https://a.test; acac: true; aceh: * # warning wildcard-exposes-nothing request aceh # a mere name
             #                     # 200; acao: *; aceh: *    #                             #
             #                     # 200; acao: *; acac: true # warning wildcard-and-credentials request acao # exclude each other
             #                     # 200; acao: https://a.test; acac: True # warning credentials-not-true request acac # `True` allows no credentials
             #                     # 200; acao: https://a.test; acac: true #                  #
--credentials #                    # 401; acao: https://a.test; acac: true; www-authenticate: Basic # note log-in-prompt request www-authenticate # Firefox may ask
             #                     # 401; acao: *; www-authenticate: Basic #                  #
--header cookie:a # # 200; acao: * # warning forbidden-header - - # --cookie tells
--header Origin:https://b.test # # 200; acao: * # warning forbidden-header - - # --origin tells
--header host:b.test # # 200; acao: * # warning forbidden-header - - # `host`
--header accept:a/b # # 200; acao: * # #
--header user-agent:x # OK; acah: user-agent; acma: 5 # 200; acao: * # note user-agent - - # Chromium drops
--method patch # 204; acao: *; acam: patch; acma: 5 # 200; acao: * # warning method-case - - # servers know `PATCH`
--method post # # 200; acao: * # #
";

#[test]
fn what_is_wrong_though_the_page_is_served_is_told() {
    for [arguments, preflight, request, finding, part] in rows(ADVICE) {
        let preflight = preflight.replace("OK", "204; acao: *; acam: PUT");
        let server = three(&preflight, request, request);
        let (status, found, report) = findings(&server, &words(arguments));
        let words: Vec<_> = words(finding).into_iter().map(long).collect();
        let expected: Vec<_> = words.first().map(|_| words.join(" ")).into_iter().collect();
        assert_eq!(
            (status, &found),
            (Some(0), &expected),
            "{preflight} {request}"
        );
        if let Some(code) = words.get(1) {
            let said = said(&report, code);
            assert!(said.contains(part), "{preflight} {request}: {said}");
        }
    }
}

/// The standard refuses, today's browsers do not: the verdict is theirs.
#[test]
fn a_wildcard_and_authorization() {
    for (request, status) in [("200; acao: *", Some(0)), ("200", Some(1))] {
        let server = three("204; acao: *; acah: *; acma: 5", request, "200; acao: *");
        let (exit, found, report) = findings(&server, &["--header", "authorization: secret"]);
        assert_eq!(exit, status, "{request}");
        let warning = "warning header-not-allowed preflight access-control-allow-headers";
        assert!(found.iter().any(|one| one == warning), "{found:?}");
        let said = said(&report, "header-not-allowed");
        for part in ["says the Fetch standard", "today's browsers let it pass"] {
            assert!(said.contains(part), "{said}");
        }
        assert!(
            said.ends_with(" | access-control-allow-headers: *, authorization"),
            "{said}"
        );
        let heads = server.heads();
        assert_eq!(field(&heads[1], "authorization"), Some("secret"));
    }
    // So it is for attackers.
    let server = Raw::start(|head| match field(head, "origin") == Some("null") {
        true => answer("200; acao: null; acam: PUT; acah: *"),
        false => answer("200"),
    });
    let arguments = ["--method", "PUT", "--header", "authorization: a"];
    let (exit, allowed, _) = attack(&server, &arguments);
    let expected = ["danger null: null origin, anonymous".to_owned()];
    assert_eq!((exit, &*allowed), (Some(1), &expected[..]));
}

#[test]
fn a_page_that_anybody_can_be() {
    const NULL: &str = "200; acao: null; acac: true";
    let server = three("", NULL, NULL);
    let null = |arguments: &[&str]| {
        let (status, report) = json(&[&[&*server.url, "--origin", "null"], arguments].concat());
        (status, said(&report, "null-allowed"))
    };
    let (status, anonymous) = null(&[]);
    assert_eq!(status, Some(0));
    assert!(anonymous.contains("as good as `*`"), "{anonymous}");
    let (status, credentialed) = null(&["--credentials"]);
    assert_eq!(status, Some(0));
    assert!(credentialed.contains("do not allow it"), "{credentialed}");

    // Nobody is told to let it in.
    let server = three("", "200", "200");
    let (_, report) = json(&[&server.url, "--origin", "null", "--credentials"]);
    let refused = said(&report, "no-allow-origin");
    assert!(refused.ends_with("do not mend it: every page can become `null`, and would get in"));
    let (_, report) = json(&[&server.url, "--origin", "null"]);
    let refused = said(&report, "no-allow-origin");
    assert!(
        refused.ends_with(" | access-control-allow-origin: *"),
        "{refused}"
    );
}

/// The answer with `Origin`, the one without, and which of them lacks what.
const CACHES: &str = "
with                            # without                      # lacks
200; acao: https://a.test       # 200                          # request vary: Origin, without-origin vary: Origin
200; acao: https://a.test       # 200; vary: x-origin, accept  # request vary: Origin, without-origin vary: Origin
200; acao: https://a.test       # 200; acao: *                 # request vary: Origin, without-origin vary: Origin
200; acao: https://a.test       # 200; acao: https://b.test    # request vary: Origin, without-origin vary: Origin
200; acao: https://a.test; aceh: x # 200; acao: https://a.test # request vary: Origin, without-origin vary: Origin
200; acao: https://a.test; acac: true # 200; acao: https://a.test # request vary: Origin, without-origin vary: Origin
200; acao: https://a.test       # 200; vary: Origin            # request vary: Origin
200; acao: https://a.test; vary: Accept, ORIGIN # 200          # without-origin vary: Origin
200; acao: https://a.test; vary: Accept, ORIGIN # 403; vary: Origin #
200; acao: https://a.test; vary: Accept, ORIGIN # 200; vary: * #
200; acao: https://a.test; vary: Origin # 200; acao: https://a.test #
200; acao: https://a.test       # 200; acao: https://a.test    #
200; acao: https://a.test; cache-control: private, No-Store # 200 #
200; acao: *                    # 200; acao: *                 #
200; acao: *                    # 200                          # request access-control-allow-origin: *, without-origin access-control-allow-origin: *
";

#[test]
fn what_caches_make_of_the_answers() {
    for [with, without, expected] in rows(CACHES) {
        let server = three("", with, without);
        let (status, found, report) = findings(&server, &[]);
        let findings = report["findings"].as_array().expect("a list").iter();
        let lacks: Vec<_> = findings
            .map(|one| [&one["answer"], &one["send"][0]].map(|text| text.as_str().expect("a text")))
            .map(|[answer, send]| format!("{answer} {send}"))
            .collect();
        assert_eq!(
            (status, &*lacks.join(", ")),
            (Some(0), expected),
            "{with} / {without}"
        );
        let is_of_vary =
            |one: &String| one.starts_with("warning vary-origin ") && one.ends_with(" vary");
        assert!(found.iter().all(is_of_vary), "{found:?}");
    }
}

/// What may change something is not sent twice; what nobody reads needs no second look.
#[test]
fn the_second_look_is_for_get_and_head() {
    const ECHO: &str = "200; access-control-allow-origin: https://a.test";
    let mut counts = Vec::new();
    for (method, answer) in [
        ("GET", ECHO),
        ("HEAD", ECHO),
        ("POST", ECHO),
        ("GET", "200"),
    ] {
        let server = three("", answer, answer);
        findings(&server, &["--method", method]);
        let heads = server.heads();
        assert!(
            heads
                .iter()
                .all(|head| head.starts_with(&format!("{method} / ")))
        );
        if let [_, second] = heads.as_slice() {
            assert_eq!(field(second, "origin"), None);
            assert_eq!(field(second, "sec-fetch-mode"), Some("no-cors"));
        }
        counts.push(heads.len());
    }
    assert_eq!(counts, [2, 2, 1, 1]);
}

/// The lines that come to the server are those of a browser.
#[test]
fn requests_are_sent_as_browsers_send_them() {
    const SHARED: &str =
        "200; acao: https://a.test; acac: true; acah: x-a; acam: PUT; vary: Origin";
    let server = three(SHARED, SHARED, SHARED);
    let url = format!("{}path?query#fragment", server.url);
    let arguments = [
        &url,
        "--origin",
        PAGE,
        "--method",
        "put",
        "--header",
        "X-A: b",
        "--cookie",
        "session=1",
    ];
    let (status, shown) = text(&arguments);
    assert_eq!(status, Some(0), "{shown}");
    let heads = server.heads();
    let [preflight, request] = heads.as_slice() else {
        panic!("{heads:?}");
    };
    assert!(
        preflight.starts_with("OPTIONS /path?query HTTP/1.1\r\n"),
        "{preflight}"
    );
    assert!(
        request.starts_with("PUT /path?query HTTP/1.1\r\n"),
        "{request}"
    );
    let host = server
        .url
        .trim_start_matches("http://")
        .trim_end_matches('/');
    for head in &heads {
        for (name, value) in [
            ("host", Some(host)),
            ("origin", Some(PAGE)),
            ("sec-fetch-mode", Some("cors")),
            ("sec-fetch-site", Some("cross-site")),
            ("accept", Some("*/*")),
        ] {
            assert_eq!(field(head, name), value, "{head}");
        }
        for name in ["host", "origin", "accept", "user-agent"] {
            let lines = head.to_lowercase().matches(&format!("\n{name}:")).count();
            assert_eq!(lines, 1, "{name}: {head}");
        }
    }
    for (name, of_preflight, of_request) in [
        ("access-control-request-method", Some("PUT"), None),
        ("access-control-request-headers", Some("x-a"), None),
        ("x-a", None, Some("b")),
        ("cookie", None, Some("session=1")),
        ("content-length", None, Some("0")),
    ] {
        assert_eq!(
            (field(preflight, name), field(request, name)),
            (of_preflight, of_request),
            "{name}"
        );
    }
    assert!(!shown.contains("fragment"), "{shown}");
    // Reports are passed on: without secrets.
    assert!(
        shown.contains("> cookie: (9 bytes)\n") && !shown.contains("session=1"),
        "{shown}"
    );
}

/// Rows: the page, the server's host, and what the request, with and without `Origin`, says of them.
#[test]
fn pages_of_the_same_site_are_told_apart() {
    for (page, host, site) in [
        ("http://127.0.0.1:1", "127.0.0.1", "same-site"),
        ("https://127.0.0.1:1", "127.0.0.1", "cross-site"),
        ("http://127.0.0.2", "127.0.0.1", "cross-site"),
        ("http://126.0.0.1", "127.0.0.1", "cross-site"),
        ("null", "127.0.0.1", "cross-site"),
        ("http://localhost:1", "localhost", "same-site"),
        ("http://a.localhost", "localhost", "cross-site"),
        ("http://a.localhost", "b.localhost", "cross-site"),
        ("http://a.x.localhost", "b.x.localhost", "same-site"),
        ("http://x.localhost", "b.x.localhost", "same-site"),
        ("https://a.x.localhost", "b.x.localhost", "cross-site"),
    ] {
        let server = three("204; acao: *; acah: x-a", "200; acao: *", "200; acao: *");
        let url = server.url.replace("127.0.0.1", host);
        let (_, shown) = text(&[&url, "--origin", page, "--header", "x-a", "--rate", "100"]);
        let heads = server.heads();
        let sent: Vec<_> = heads
            .iter()
            .map(|head| field(head, "sec-fetch-site"))
            .collect();
        assert_eq!(sent, [Some(site); 3], "{page} {host}");
        let line = format!("> sec-fetch-site: {site}\n");
        assert_eq!(shown.matches(&line).count(), 3, "{shown}");
    }
    // The trusted one is of the server's own origin, attackers are not.
    let server = three("", "200", "200");
    text(&[&server.url, "--attack", "--rate", "100"]);
    let own = server.url.trim_end_matches('/');
    for head in server.heads() {
        let site = field(&head, "sec-fetch-site");
        match field(&head, "origin") {
            Some(origin) if origin == own => assert_eq!(site, Some("same-origin")),
            Some("null" | "https://evil.com") => assert_eq!(site, Some("cross-site")),
            _ => assert!(matches!(site, Some("cross-site" | "same-site")), "{head}"),
        }
    }
}

/// Without `--cookie` a browser has none.
#[test]
fn credentials_alone_send_no_cookie() {
    let server = three("", "200", "200");
    for arguments in [
        &["--credentials"][..],
        &["--cookie", ""],
        &["--cookie", " "],
    ] {
        let (_, _, report) = findings(&server, arguments);
        assert_eq!(report["credentials"], true);
    }
    assert!(
        server
            .heads()
            .iter()
            .all(|head| field(head, "cookie").is_none())
    );
}

/// Pages over http have no `Sec-Fetch-*`, and pages over https cannot ask them at all.
#[test]
fn a_server_over_http_that_is_not_this_machine() {
    let error = error(&["http://0.0.0.0:9999/", "--origin", PAGE, "--timeout", "1"]);
    assert!(error.contains("nothing listens"), "{error}");
    // 0.0.0.0 is this machine, but no browser trusts that.
    let server = three("", "200; acao: *", "200; acao: *");
    let url = server.url.replace("127.0.0.1", "0.0.0.0");
    let (status, report) = json(&[&url, "--origin", PAGE]);
    assert_eq!(
        (status, report["findings"][0]["code"].as_str()),
        (Some(1), Some("mixed-content"))
    );
    let (status, report) = json(&[&url, "--origin", "http://a.test"]);
    assert_eq!(
        (status, report["findings"].as_array().map(Vec::len)),
        (Some(0), Some(0))
    );
    assert!(
        server
            .heads()
            .iter()
            .all(|head| !head.to_lowercase().contains("sec-fetch-"))
    );
}

/// No resolver is asked for them.
#[test]
fn localhost_and_the_names_below_it_are_this_machine() {
    let server = three("", "200; acao: *", "200; acao: *");
    for name in ["localhost", "localhost.", "a.localhost", "b.a.localhost."] {
        let url = server.url.replace("127.0.0.1", name);
        let (status, shown) = text(&[&url, "--origin", PAGE]);
        assert_eq!(status, Some(0), "{name}: {shown}");
    }
    let unused = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = unused.local_addr().expect("an address").port();
    drop(unused);
    let closed = error(&[&format!("http://a.localhost:{port}/"), "--origin", PAGE]);
    assert!(closed.contains("nothing listens at"), "{closed}");
    // Some machines have no IPv6.
    if let Ok(listener) = TcpListener::bind("[::1]:0") {
        let port = listener.local_addr().expect("an address").port();
        let server = thread::spawn(move || listener.accept().map(|_| ()));
        error(&[&format!("http://a.localhost:{port}/"), "--origin", PAGE]);
        assert!(server.join().expect("no panic").is_ok());
    }
}

/// Browsers take it for a network error, whatever its headers.
#[test]
fn a_server_that_switches_protocols() {
    const SWITCH: &str = "101; access-control-allow-origin: *; upgrade: x";
    for arguments in [&[][..], &["--credentials"], &["--method", "POST"]] {
        let server = three("", SWITCH, SWITCH);
        let (status, found, report) = findings(&server, arguments);
        let expected = ["error switching-protocols request -".to_owned()];
        assert_eq!((status, &*found), (Some(1), &expected[..]));
        assert!(said(&report, "switching-protocols").contains("network error"));
        assert_eq!(server.heads().len(), 1);
    }
    let server = allowing(|_| true, WITH);
    assert_eq!(attack(&server, &[]).0, Some(1));
    let server = Raw::start(|head| {
        let origin = field(head, "origin").unwrap_or_default();
        answer(&format!("101; acao: {origin}; acac: true"))
    });
    assert_eq!(attack(&server, &[]).0, Some(0));
}

#[test]
fn the_report_for_people() {
    let server = three(
        "204; Access-Control-Allow-Origin: https://a.test; Access-Control-Allow-Methods: PUT; X-Other: 1",
        "200; Access-Control-Allow-Origin: https://a.test; content-type: text/plain; x-a: 1; \
         aceh: x-a; server: tiny",
        "",
    );
    let (status, shown) = text(&[&server.url, "--origin", PAGE, "--method", "PUT"]);
    let url = &server.url;
    let expected = format!(
        "preflight: OPTIONS {url}
> origin: https://a.test
> sec-fetch-mode: cors
> sec-fetch-site: cross-site
> accept: */*
> access-control-request-method: PUT
< 204
< access-control-allow-origin: https://a.test
< access-control-allow-methods: PUT
< (and 2 more lines)

request: PUT {url}
> origin: https://a.test
> sec-fetch-mode: cors
> sec-fetch-site: cross-site
> accept: */*
< 200
< access-control-allow-origin: https://a.test
< access-control-expose-headers: x-a
< server: tiny
< (and 3 more lines)

note[max-age-missing]: preflight: access-control-max-age: there is none: browsers remember \
this answer for 5 seconds
  send: access-control-max-age: 7200

a script of https://a.test can read the answer, without credentials: status 200, and \
content-length, content-type, x-a
"
    );
    assert_eq!((status, shown), (Some(0), expected));
}

/// nginx with `add_header Access-Control-Allow-Origin * always`.
#[test]
fn the_readme_shows_what_is_printed() {
    const README: &str = include_str!("../README.md");
    let (start, url) = ("$ cors probe ", "http://127.0.0.1:8080/");
    let (_, example) = README.split_once(start).expect("an example");
    let (example, _) = example.split_once("```").expect("it ends");
    let (typed, shown) = example.split_once('\n').expect("it has lines");
    let server = three(
        "405; server: nginx/1.22.1; date: now; content-type: text/html; connection: close; acao: *",
        "200",
        "200",
    );
    let typed = typed.replace(url, &server.url);
    let (status, printed) = text(&words(&typed));
    assert_eq!(status, Some(1));
    assert_eq!(printed.replace(&server.url, url), shown);
}

/// Nothing that a server sends reaches a terminal as it is, and nothing without end.
#[test]
fn what_servers_send_is_escaped_and_cut() {
    let server = Raw::start(|_| {
        let mut answer = b"HTTP/1.1 200 OK\r\naccess-control-allow-origin: \xc2\x9b31m\"".to_vec();
        answer.extend_from_slice(&[b'a'; 3000]);
        answer.extend_from_slice(b"\r\nlocation: \xe2\x80\xae\r\n");
        answer.extend_from_slice(&b"vary: x\r\n".repeat(60));
        answer.extend_from_slice(b"set-cookie: secret=1\r\n\r\n");
        answer
    });
    for format in ["text", "json"] {
        let (_, shown) = text(&[&server.url, "--origin", PAGE, "--format", format]);
        let shown = shown.replace('…', "");
        let is_plain = |one: char| one == '\n' || one == ' ' || one.is_ascii_graphic();
        assert!(shown.chars().all(is_plain), "{shown}");
        assert!(
            shown.contains("x9b31m") && shown.contains("more bytes)"),
            "{shown}"
        );
        assert!(!shown.contains("secret=1"), "{shown}");
        let is_short = |line: &str| line.len() < 500;
        assert!(shown.lines().all(is_short), "{shown}");
        let lines = shown.matches("vary: x").count();
        assert!(lines <= 20, "{lines}");
    }
}

/// Rows: status and location, method, and what is said of it.
#[test]
fn redirects_are_told_and_not_followed() {
    let elsewhere = TcpListener::bind("127.0.0.1:0").expect("a port");
    elsewhere.set_nonblocking(true).expect("a socket");
    let other = elsewhere.local_addr().expect("an address");
    for status in [301, 302, 303, 307, 308] {
        for location in [format!("http://{other}/x"), "/next?a".to_owned()] {
            let answer = format!(
                "{status}; access-control-allow-origin: https://a.test; location: {location}"
            );
            let allowed = "204; access-control-allow-origin: *; acam: PUT";
            let server = Raw::start(move |head| {
                self::answer(if head.starts_with("OPTIONS") {
                    allowed
                } else {
                    &answer
                })
            });
            for (method, next) in [
                ("GET", "GET"),
                ("POST", if status < 304 { "GET" } else { "POST" }),
                ("PUT", if status == 303 { "GET" } else { "PUT" }),
            ] {
                let (exit, found, report) = findings(&server, &["--method", method]);
                assert_eq!(exit, Some(1));
                assert_eq!(found[0], "error redirect request location");
                let said = said(&report, "redirect");
                let (page, is_elsewhere) = match location.starts_with('/') {
                    true => (PAGE, false),
                    false => ("null", true),
                };
                let url = match is_elsewhere {
                    true => location.clone(),
                    false => format!("'{}next?a'", server.url),
                };
                let end = format!("cors probe {url} --origin {page} --method {next}");
                assert!(
                    said.starts_with(&format!("{status} sends the browser on")),
                    "{said}"
                );
                assert!(said.ends_with(&end), "{said}\n{end}");
                assert_eq!(
                    said.contains("leaves the server's origin"),
                    is_elsewhere,
                    "{said}"
                );
                assert_eq!(
                    said.contains("Firefox"),
                    is_elsewhere && method == "PUT",
                    "{said}"
                );
            }
        }
    }
    // Some go nowhere.
    for (location, part) in [
        ("ftp://x.test/", "cannot follow `ftp://x.test/`"),
        ("http://[", "cannot follow `http://[`"),
        ("http://u@x.test/", "a user name in it"),
        ("http://:p@x.test/", "a user name in it"),
        (
            "http://x.test:6000/",
            "browsers refuse port 6000, so they do not follow `http://x.test:6000/`",
        ),
        ("//x_y.test:6000/", "browsers refuse port 6000"),
    ] {
        let server = Raw::start(move |_| {
            self::answer(&format!(
                "302; access-control-allow-origin: *; location: {location}"
            ))
        });
        let (exit, _, report) = findings(&server, &[]);
        let said = said(&report, "redirect");
        assert!(exit == Some(1) && said.contains(part), "{said}");
    }
    // Without a location, or with another status, the script gets it.
    for answer in [
        "302; access-control-allow-origin: *",
        "304; access-control-allow-origin: *; location: /",
    ] {
        let server = three("", answer, answer);
        assert_eq!(findings(&server, &[]).0, Some(0), "{answer}");
    }
    // A preflight is not redirected, either.
    let server = Raw::start(move |_| answer(&format!("307; location: http://{other}/")));
    findings(&server, &["--method", "PUT"]);
    text(&[&server.url, "--attack", "--rate", "100"]);
    let connection = elsewhere.accept().map(|_| ());
    assert_eq!(
        connection.map_err(|error| error.kind()),
        Err(std::io::ErrorKind::WouldBlock)
    );
}

/// The words that a shell makes of the command that is said to ask at the next URL.
fn words_of_a_shell(said: &str) -> Vec<String> {
    let (_, command) = said.split_once(": cors ").expect("a command");
    let output = Command::new("sh")
        .args(["-c", &format!("printf '%s\\n' {command}")])
        .output()
        .expect("a shell");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{command}");
    let words = String::from_utf8(output.stdout).expect("a text");
    words.lines().map(str::to_owned).collect()
}

/// Rows: status, location, arguments, and what the command asks there instead of them, with
/// `_` for a space in a word.
const NEXT: &str = r#"
status # location                   # arguments                       # next
302    # /a'$(exit)'`exit`;exit|&<> # --method GET                    # --method GET
302    # //x.test/?a'b'exit`        # --method GET                    # --method GET
307    # /                          # --method A`b|&$'                # --method A`b|&$'
307    # /                          # --method=-a                     # --method=-a
307    # /                          # --method post --header X-A:a'b$(exit)`"\! --header x-b # --method POST --header X-A:_a'b$(exit)`"\! --header x-b:_1
307    # /                          # --method PUT --header content-type:a/b --credentials # --method PUT --header content-type:_a/b --credentials
302    # /                          # --method PUT --header content-type:a/b # --method PUT --header content-type:_a/b
302    # /                          # --method POST --header Content-Type:a/b --header content-language:de --header x-a:b # --method GET --header x-a:_b
303    # /                          # --method PUT --header content-type:a/b # --method GET
303    # /                          # --method GET --header content-type:a/b # --method GET --header content-type:_a/b
307    # /                          # --method GET --header authorization:secret --header cookie:secret --header host:b --cookie secret=1 # --method GET --credentials
307    # //x.test/                  # --method GET --header authorization:secret # --method GET
"#;

#[test]
fn a_redirect_is_asked_after_with_the_same_question() {
    for [status, location, arguments, next] in rows(NEXT) {
        let answers = [
            "204; acao: https://a.test; acac: true; acam: PUT, A`b|&$', -a; acah: x-a, x-b, \
             content-type, authorization"
                .to_owned(),
            format!("{status}; acao: https://a.test; acac: true; location: placeholder"),
        ];
        let server = Raw::start(move |head| {
            let answer = &answers[usize::from(!head.starts_with("OPTIONS"))];
            let answer = String::from_utf8(self::answer(answer)).expect("a text");
            answer.replace("placeholder", location).into_bytes()
        });
        let (_, _, report) = findings(&server, &words(arguments));
        let said = said(&report, "redirect");
        assert!(!said.contains("secret"), "{said}");
        for (given, tip) in [
            ("--cookie", "--cookie again"),
            ("authorization", "--header authorization"),
        ] {
            let is_given = arguments.contains(given) && !location.starts_with("//");
            assert!(!is_given || said.contains(tip), "{said}");
        }
        let base = url::Url::parse(&server.url).expect("a URL");
        let mut url = base.join(location).expect("a URL");
        url.set_fragment(None);
        let page = match url.origin() == base.origin() {
            true => PAGE,
            false => "null",
        };
        let next = words(next).into_iter().map(|word| word.replace('_', " "));
        let start = ["probe", url.as_str(), "--origin", page].map(str::to_owned);
        let expected: Vec<_> = start.into_iter().chain(next).collect();
        assert_eq!(words_of_a_shell(&said), expected, "{said}");
    }
    // Nothing is without end.
    let location = format!("/{}", "a".repeat(5000));
    let server = Raw::start(move |_| {
        answer(&format!(
            "302; access-control-allow-origin: *; location: {location}"
        ))
    });
    let (_, _, report) = findings(&server, &[]);
    let said = said(&report, "redirect");
    assert!(
        said.len() < 500 && said.contains("too long to be asked"),
        "{said}"
    );
}

#[test]
fn proxies_of_the_environment_are_not_used() {
    let proxy = TcpListener::bind("127.0.0.1:0").expect("a port");
    proxy.set_nonblocking(true).expect("a socket");
    let address = format!("http://{}", proxy.local_addr().expect("an address"));
    let server = three("", "200; acao: *", "200; acao: *");
    let mut command = command(&[&server.url, "--origin", PAGE]);
    for name in ["http_proxy", "https_proxy", "all_proxy"] {
        command
            .env(name, &address)
            .env(name.to_uppercase(), &address);
    }
    command.env_remove("no_proxy").env_remove("NO_PROXY");
    assert!(command.output().expect("the command runs").status.success());
    assert!(proxy.accept().is_err(), "the proxy is asked");
}

/// A body has no end, a head has none, and nothing comes at all: each is over soon.
#[test]
fn servers_that_never_end() {
    let sent = Arc::new(Mutex::new(0_usize));
    let count = Arc::clone(&sent);
    let server = Raw::converse(move |mut stream, _| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\naccess-control-allow-origin: *\r\n\r\n");
        while stream.write_all(&[b'a'; 4096]).is_ok() {
            *count.lock().expect("no panic") += 4096;
        }
    });
    let begin = Instant::now();
    assert_eq!(findings(&server, &[]).0, Some(0));
    assert!(begin.elapsed() < Duration::from_secs(30));
    assert!(
        *sent.lock().expect("no panic") < 32 << 20,
        "the body is read"
    );

    let server = Raw::converse(|mut stream, _| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n");
        while stream.write_all(&b"x-a: a\r\n".repeat(100)).is_ok() {}
    });
    let endless = error(&[&server.url, "--origin", PAGE]);
    let expected = "its answer has more header lines than this probe reads, which are 128\n";
    assert!(endless.ends_with(expected), "{endless}");

    let server = Raw::converse(|mut stream, _| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nx-a: ");
        while stream.write_all(&[b'a'; 1000]).is_ok() {}
    });
    let endless = error(&[&server.url, "--origin", PAGE]);
    let expected = "its answer has a longer head than this probe reads, which is 64 KiB\n";
    assert!(endless.ends_with(expected), "{endless}");

    let silent = Raw::converse(|_, _| thread::sleep(Duration::from_secs(60)));
    let dripping = Raw::converse(|mut stream, _| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nx-a: ");
        while stream.write_all(b"a").is_ok() {
            thread::sleep(Duration::from_millis(100));
        }
    });
    for server in [silent, dripping] {
        let begin = Instant::now();
        let late = error(&[
            &server.url,
            "--origin",
            PAGE,
            "--timeout",
            "1",
            "--method",
            "PUT",
        ]);
        assert!(begin.elapsed() < Duration::from_secs(30));
        let expected = format!(
            "error: preflight: no answer from {} within 1 seconds; --timeout allows more\n",
            server.url
        );
        assert_eq!(late, expected);
    }
}

/// Rows: what is answered, and what is said.
#[test]
fn what_is_not_http_is_an_error() {
    for (answer, part) in [
        (&b"SSH-2.0-OpenSSH_9.6\r\n"[..], "is not HTTP"),
        (b"", "the connection is closed"),
        (b"HTTP/1.1 200 OK\r\nx-a", "the connection is closed"),
        (b"HTTP/1.1 999999 OK\r\n\r\n", "is not HTTP"),
        (
            b"\x15\x03\x03\x00\x02\x02\x46",
            "if it speaks TLS, write https://",
        ),
    ] {
        let server = Raw::start(move |_| answer.to_vec());
        let error = error(&[&server.url, "--origin", PAGE]);
        assert!(
            error.contains(part) && error.contains(&server.url),
            "{error}"
        );
        assert!(!error.contains('\x1b'), "{error}");
    }
    // This is, but cannot be read.
    for value in ["\x1b[31m", "a\0b", "\x7f", "a\rb"] {
        let server =
            Raw::start(move |_| format!("HTTP/1.1 200 OK\r\nx-a: {value}\r\n\r\n").into_bytes());
        let error = error(&[&server.url, "--origin", PAGE]);
        let expected = format!(
            "error: request: {}: its answer has a value with a control character, which this probe \
             does not read\n",
            server.url
        );
        assert_eq!(error, expected, "{value:?}");
    }
    // The old version, and an answer before the answer, are.
    for start in [
        "HTTP/1.0 200 OK\r\n",
        "HTTP/1.1 103 Early\r\nlink: a\r\n\r\nHTTP/1.1 200 OK\r\n",
    ] {
        let server = Raw::start(move |_| {
            format!("{start}access-control-allow-origin: *\r\n\r\n").into_bytes()
        });
        assert_eq!(findings(&server, &[]).0, Some(0), "{start}");
    }
}

#[test]
fn what_cannot_be_asked_is_an_error_that_teaches() {
    let unused = TcpListener::bind("127.0.0.1:0").expect("a port");
    let closed = format!("http://{}/", unused.local_addr().expect("an address"));
    drop(unused);
    let x = "http://x.test/";
    for (arguments, part) in [
        (
            &["localhost:3000", "--origin", PAGE][..],
            "write \"http://localhost:3000\"",
        ),
        (
            &["/path", "--origin", PAGE],
            "\"/path\" is not a URL: write \"http://localhost:3000/path\"",
        ),
        (&["http://", "--origin", PAGE], "is not a URL: empty host"),
        (
            &["ws://x.test/", "--origin", PAGE],
            "the server itself must look at Origin",
        ),
        (&["ftp://x.test/", "--origin", PAGE], "has the scheme ftp"),
        (
            &["http://u:p@x.test/", "--origin", PAGE],
            "--header \"authorization: Basic",
        ),
        (
            &["http://x.test:6000/", "--origin", PAGE],
            "no browser connects to port 6000",
        ),
        (
            &[x, "--origin", "https://a.test/"],
            "write \"https://a.test\"",
        ),
        (
            &[x, "--origin", "https://A.test"],
            "write \"https://a.test\"",
        ),
        (
            &[x, "--origin", "https://a.test:443"],
            "write \"https://a.test\"",
        ),
        (
            &[x, "--origin", "https://a.test/path"],
            "contains a path, query or fragment",
        ),
        (&[x, "--origin", "a.test"], "--origin \"a.test\""),
        (
            &[x, "--origin", "https://*.a.test"],
            "is a pattern; a page has one origin",
        ),
        (&[x, "--origin", "*"], "is a pattern; a page has one origin"),
        (&[x, "--origin", "NULL"], "--origin \"NULL\""),
        (&[x, "--origin", "http://x.test"], "is the server's own"),
        (
            &[x, "--origin", PAGE, "--method", "trace"],
            "no script can send the method `trace`",
        ),
        (
            &[x, "--origin", PAGE, "--method", "A B"],
            "no script can send the method `A B`",
        ),
        (
            &[x, "--origin", PAGE, "--header", "a b: c"],
            "no request can have this header: `a b`",
        ),
        (
            &[x, "--origin", PAGE, "--header", "a: \x01"],
            "the request cannot be sent",
        ),
        (
            &[x, "--origin", PAGE, "--cookie", "a\nb"],
            "--cookie has a line break",
        ),
        (
            &[x, "--origin", PAGE, "--header", "x-a: b\nc"],
            "the value of `x-a` has a line break",
        ),
        (
            &["", "--origin", PAGE],
            "URL is empty: write one like \"http://localhost:3000/\"",
        ),
        (&[x, "--attack", "--origin", "null"], "has no host"),
        (
            &[x, "--attack", "--origin", "https://a.test/"],
            "write \"https://a.test\"",
        ),
        (&[x], "--origin <ORIGIN>"),
        (&[x, "--origin", PAGE, "--rate", "0"], "1..=100"),
        (&[x, "--origin", PAGE, "--rate", "101"], "1..=100"),
        (&[x, "--origin", PAGE, "--timeout", "0"], "1..=300"),
        (
            &["http://nowhere.invalid/", "--origin", PAGE],
            "there is no host \"nowhere.invalid\"",
        ),
        (&[&closed, "--origin", PAGE], "nothing listens at"),
        (&[&closed, "--attack"], "nothing listens at"),
    ] {
        let error = error(arguments);
        assert!(error.contains(part), "{arguments:?}: {error}");
    }
}

/// A server with a certificate that nobody vouches for.
fn tls() -> Raw {
    let certified = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a key");
    let key = rustls::pki_types::PrivatePkcs8KeyDer::from(certified.signing_key.serialize_der());
    let config = rustls::ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![certified.cert.der().clone()], key.into())
        .expect("a certificate");
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let connection = rustls::ServerConnection::new(Arc::clone(&config)).expect("TLS");
            let mut stream = rustls::StreamOwned::new(connection, stream.expect("a connection"));
            let mut head = [0; 4096];
            if stream.read(&mut head).is_ok() {
                let _ = stream.write_all(&answer("200; acao: *"));
            }
            stream.conn.send_close_notify();
            let _ = stream.flush();
        }
    });
    Raw {
        url: format!("https://localhost:{port}/"),
        requests: Arc::default(),
    }
}

#[test]
fn tls_is_checked_unless_it_is_not_to_be() {
    let server = tls();
    let refused = error(&[&server.url, "--origin", PAGE]);
    assert!(
        refused.contains("TLS to") && refused.contains("--insecure trusts any"),
        "{refused}"
    );
    assert_eq!(findings(&server, &["--insecure"]).0, Some(0));

    let plain = server.url.replace("https:", "http:");
    let error_text = error(&[&plain, "--origin", PAGE]);
    assert!(error_text.contains("write https://"), "{error_text}");
    // A handshake has no end that a server of HTTP would wait for.
    let plain = Raw::greet(b"HTTP/1.1 400 x\r\n\r\n");
    let error_text = error(&[&plain.url.replace("http:", "https:"), "--origin", PAGE]);
    assert!(error_text.contains("write http://"), "{error_text}");
}

/// Allows the origins that a test says, with these lines added.
fn allowing(is_allowed: impl Fn(&str) -> bool + Send + 'static, lines: &'static str) -> Raw {
    Raw::start(move |head| {
        let origin = field(head, "origin").unwrap_or_default();
        match is_allowed(origin) {
            true => answer(&format!("200; acao: {origin}{lines}")),
            false => answer("200"),
        }
    })
}

const WITH: &str = "; acac: true";

/// The exit status, and each origin that is allowed as `level origin: class, grant`.
fn attack(server: &Raw, arguments: &[&str]) -> (Option<i32>, Vec<String>, Value) {
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

/// Rows: whom a server lets in, with which lines; the exit status, and what is among the findings.
#[test]
fn attackers_that_get_in_are_found() {
    type Server = (fn(&str) -> bool, &'static str);
    let rows: [(Server, Option<i32>, &[&str]); 14] = [
        ((|origin| origin == PAGE, WITH), Some(0), &[]),
        ((|_| false, WITH), Some(0), &[]),
        (
            (|_| true, WITH),
            Some(1),
            &[
                "danger https://evil.com: any origin, credentials",
                "danger null: null origin, credentials",
            ],
        ),
        (
            (|_| true, ""),
            Some(0),
            &["nothing https://evil.com: any origin, anonymous"],
        ),
        (
            (|origin| origin == "null", WITH),
            Some(1),
            &["danger null: null origin, credentials"],
        ),
        (
            (|origin| origin == "null", ""),
            Some(1),
            &["danger null: null origin, anonymous"],
        ),
        (
            (|origin| origin.starts_with(PAGE), WITH),
            Some(1),
            &[
                "danger https://a.test.evil.com: prefix match, credentials",
                "warning https://a.test:8443: port, credentials",
                "harmless https://a.test/: not an origin, credentials",
            ],
        ),
        (
            (|origin| origin.starts_with(PAGE), ""),
            Some(1),
            &["danger https://a.test.evil.com: prefix match, anonymous"],
        ),
        (
            (|origin| origin.ends_with("a.test"), WITH),
            Some(1),
            &[
                "danger https://evila.test: suffix match, credentials",
                "danger http://a.test: scheme confusion, credentials",
            ],
        ),
        (
            (
                |origin| origin.starts_with("https://") && origin.ends_with(".a.test"),
                WITH,
            ),
            Some(0),
            &["warning https://evil.com.a.test: suffix match, credentials"],
        ),
        (
            (|origin| origin == "http://a.test", WITH),
            Some(1),
            &["danger http://a.test: scheme confusion, credentials"],
        ),
        (
            (|origin| origin == "http://a.test", ""),
            Some(0),
            &["warning http://a.test: scheme confusion, anonymous"],
        ),
        (
            (|origin| origin == "https://axtest", WITH),
            Some(1),
            &["danger https://axtest: unescaped dot, credentials"],
        ),
        (
            (|origin| origin == "https://A.TEST", WITH),
            Some(0),
            &["harmless https://A.TEST: case, credentials"],
        ),
    ];
    for ((is_allowed, lines), status, expected) in rows {
        let server = allowing(is_allowed, lines);
        let (exit, allowed, _) = attack(&server, &[]);
        assert_eq!(exit, status, "{allowed:#?}");
        for one in expected {
            assert!(
                allowed.iter().any(|allowed| allowed == one),
                "no {one} in {allowed:#?}"
            );
        }
        assert_eq!(allowed.is_empty(), expected.is_empty(), "{allowed:#?}");
    }
}

/// What everybody may read is no finding, also where someone may read more.
#[test]
fn what_is_public_is_no_finding() {
    let server = Raw::start(|_| answer("200; acao: *; acac: true"));
    let (exit, allowed, _) = attack(&server, &[]);
    assert_eq!(exit, Some(0));
    assert!(
        allowed
            .iter()
            .all(|one| one.starts_with("nothing ") || one.starts_with("harmless "))
    );
    assert!(allowed.contains(&"nothing https://evil.com: any origin, public".to_owned()));

    let server = Raw::start(|head| {
        let origin = field(head, "origin").unwrap_or_default();
        match origin.starts_with(PAGE) {
            true => answer(&format!("200; acao: {origin}{WITH}")),
            false => answer("200; acao: *"),
        }
    });
    let (exit, allowed, _) = attack(&server, &[]);
    assert_eq!(exit, Some(1));
    assert!(
        allowed.contains(&"danger https://a.test.evil.com: prefix match, credentials".to_owned())
    );
}

/// What is trusted is the server's own origin, unless told.
#[test]
fn the_report_of_an_attack() {
    let reflecting = allowing(|_| true, WITH);
    let (status, shown) = text(&[&reflecting.url, "--attack", "--rate", "100"]);
    assert_eq!(status, Some(1));
    let own = reflecting.url.trim_end_matches('/');
    let count = reflecting.heads().len() - 1;
    let expected = format!(
        "{own}/: GET from {count} origins of attackers
the trusted {own} reads answers with credentials

danger: https://evil.com (any origin) reads answers with credentials: so every page does
danger: null (null origin) reads answers with credentials: every page can become it, in a sandboxed frame
as do {} others, because every origin does
answered: {count} times 200
every page on the web reads what its visitor may read; compare Origin with a list, byte for byte
",
        count - 2
    );
    assert_eq!(shown, expected);

    let loose = allowing(|origin| origin.starts_with(PAGE), WITH);
    let (_, shown) = text(&[&loose.url, "--attack", "--origin", PAGE, "--rate", "100"]);
    let lines: Vec<_> = shown.lines().collect();
    let danger = "danger: https://a.test.evil.com (prefix match) reads answers with credentials: whoever gets that name";
    assert!(lines.contains(&danger), "{shown}");
    let levels: Vec<_> = lines
        .iter()
        .filter_map(|line| line.split_once(": ").map(|(level, _)| level))
        .filter(|level| ["danger", "warning", "harmless"].contains(level))
        .collect();
    assert!(
        levels.is_sorted() && levels.contains(&"warning")
            || levels.windows(2).all(|two| rank(two[0]) <= rank(two[1])),
        "{levels:?}"
    );
    assert!(
        shown.ends_with("attackers get past the list of origins; compare them byte for byte\n"),
        "{shown}"
    );

    let closed = allowing(|_| false, WITH);
    let (_, shown) = text(&[&closed.url, "--attack", "--origin", PAGE, "--rate", "100"]);
    assert!(
        shown.contains("the trusted https://a.test is not allowed"),
        "{shown}"
    );
    assert!(
        shown.ends_with("no attacker's page reads answers\n"),
        "{shown}"
    );

    let public = allowing(|_| true, "");
    let (_, shown) = text(&[&public.url, "--attack", "--origin", PAGE, "--rate", "100"]);
    assert!(
        shown.contains("public: every page reads answers"),
        "{shown}"
    );

    let busy = Raw::start(|_| answer("429"));
    let (_, shown) = text(&[&busy.url, "--attack", "--origin", PAGE, "--rate", "100"]);
    assert!(
        shown.contains("times 429 (too many requests: use a lower --rate)"),
        "{shown}"
    );
}

/// Rows: what attackers are answered; for how many of their origins that tells nothing (of one only,
/// or of all), and the exit status.
#[test]
fn what_is_not_known_is_no_clean_bill() {
    let evil = |head: &str| field(head, "origin") == Some("https://evil.com");
    for (one, others, is_all, status) in [
        ("429", "200", false, Some(2)),
        ("503", "200", false, Some(2)),
        ("", "200", false, Some(2)),
        ("429; acao: *", "200", false, Some(2)),
        ("429; acao: ORIGIN; acac: true", "200", false, Some(1)),
        ("503", "200; acao: ORIGIN; acac: true", false, Some(1)),
        ("503", "429", true, Some(2)),
        // It may be public.
        ("503", "200; acao: ORIGIN", true, Some(2)),
        ("404", "500", false, Some(0)),
    ] {
        let server = Raw::start(move |head| {
            let origin = field(head, "origin").unwrap_or_default();
            match if evil(head) { one } else { others } {
                "" => Vec::new(),
                short => answer(&short.replace("ORIGIN", origin)),
            }
        });
        let (exit, _, report) = attack(&server, &[]);
        assert_eq!(exit, status, "{one} / {others}");
        let count = report["attempts"].as_array().expect("a list").len();
        let is_known = one.contains("true") || one == "404";
        let unknown = match is_all {
            true => count,
            false => usize::from(!is_known),
        };
        assert_eq!(report["unknown"], unknown, "{one} / {others}");
        let (_, shown) = text(&[&server.url, "--attack", "--origin", PAGE, "--rate", "100"]);
        let line =
            format!("not known for {unknown} of {count} origins: no answer, or 429 or 503\n");
        assert_eq!(shown.contains(&line), unknown > 0, "{shown}");
        assert_eq!(
            shown.ends_with(
                "no danger is found, but not all is known: ask again, with a lower --rate\n"
            ),
            status == Some(2),
            "{shown}"
        );
    }
}

fn rank(level: &str) -> usize {
    ["danger", "warning", "harmless"]
        .iter()
        .position(|one| *one == level)
        .expect("a level")
}

/// Requests that could change something are not sent; preflights ask for them.
#[test]
fn an_attack_changes_nothing() {
    for method in ["PUT", "post", "DELETE"] {
        let server = allowing(
            |origin| origin.starts_with(PAGE),
            "; acac: true; acam: PUT, DELETE",
        );
        let (exit, _, _) = attack(&server, &["--method", method]);
        assert_eq!(exit, Some(1), "{method}");
        let heads = server.heads();
        assert!(
            heads.iter().all(|head| head.starts_with("OPTIONS ")),
            "{method}"
        );
        let asked = heads.iter().all(|head| {
            field(head, "access-control-request-method") == Some(&*method.to_uppercase())
        });
        assert!(asked, "{method}");
        // One that the preflight does not let pass is not in.
        let server = allowing(|_| true, WITH);
        let allowed = attack(&server, &["--method", method]).1;
        assert_eq!(allowed.is_empty(), method != "post", "{allowed:?}");
    }
    let server = allowing(|_| false, "");
    attack(
        &server,
        &[
            "--method", "HEAD", "--header", "x-key: 1", "--cookie", "a=1",
        ],
    );
    for head in server.heads() {
        assert!(head.starts_with("HEAD "), "{head}");
        assert_eq!(
            (field(&head, "x-key"), field(&head, "cookie")),
            (Some("1"), Some("a=1"))
        );
    }
}

/// As many requests as `--help` says, no faster than is asked.
#[test]
fn requests_are_bounded_in_number_and_rate() {
    let help = String::from_utf8(run(&["--help"]).stdout).expect("a text");
    assert!(
        help.contains("at most 3 requests") && help.contains("at most 150"),
        "{help}"
    );
    let (_, attack) = help.split_once("--attack\n").expect("it is told");
    let (attack, _) = attack.split_once("--format").expect("more follows");
    assert!(attack.lines().all(|line| line.len() <= 100), "{attack}");
    for (rate, least) in [("100", 10), ("25", 40)] {
        let server = allowing(|_| true, WITH);
        let begin = Instant::now();
        text(&[&server.url, "--attack", "--rate", rate]);
        let elapsed = begin.elapsed();
        let count = server.heads().len();
        assert!((60..=150).contains(&count), "{count}");
        let least = Duration::from_millis(least) * u32::try_from(count - 1).expect("few");
        assert!(
            elapsed >= least,
            "{count} in {elapsed:?} with --rate {rate}"
        );
    }
    // The rate is kept between the few of a probe, too.
    let allowed = "200; acao: *; access-control-allow-headers: x-a";
    let server = three(allowed, allowed, allowed);
    let begin = Instant::now();
    findings(&server, &["--header", "x-a", "--rate", "5"]);
    assert_eq!(server.heads().len(), 3);
    assert!(begin.elapsed() >= Duration::from_millis(400));
}

/// A server that goes away ends the attack; one that says nothing to attackers does not.
#[test]
fn an_attack_on_a_server_that_does_not_answer() {
    let count = AtomicUsize::new(0);
    let server = Raw::start(move |_| match count.fetch_add(1, Ordering::Relaxed) {
        0 => answer("200"),
        _ => Vec::new(),
    });
    let attack = ["--attack", "--origin", PAGE, "--rate", "100"];
    let gone = error(&[&[&*server.url], &attack[..]].concat());
    let expected = "after 3 origins of attackers: what answers at";
    assert!(gone.contains(expected), "{gone}");
    assert_eq!(server.heads().len(), 5);

    // One that refuses attackers is asked for all of them, within the bound.
    let server = Raw::start(|head| match field(head, "origin") == Some(PAGE) {
        true => answer("200"),
        false => Vec::new(),
    });
    let (status, shown) = text(&[&[&*server.url], &attack[..]].concat());
    assert_eq!(status, Some(2));
    assert!(shown.contains("times nothing\n"), "{shown}");
    assert!((80..=150).contains(&server.heads().len()));

    let is_refused = |origin: &str| origin == "null" || origin.contains("evilapp");
    let server = Raw::start(
        move |head| match field(head, "origin").is_some_and(is_refused) {
            true => Vec::new(),
            false => answer("200"),
        },
    );
    let trusted = "https://app.test";
    let arguments = [
        &server.url,
        "--attack",
        "--origin",
        trusted,
        "--rate",
        "100",
    ];
    let (status, shown) = text(&arguments);
    assert_eq!(status, Some(2));
    assert!(shown.contains("answered: 2 times nothing, "), "{shown}");
    let (_, report) = json(&arguments);
    assert_eq!(report["unknown"], 2);
    let silent = &report["attempts"][1];
    assert_eq!(
        (&silent["origin"], &silent["status"]),
        (&"null".into(), &Value::Null)
    );
    let why = silent["error"].as_str().expect("a text");
    assert!(why.contains("the connection is closed"), "{why}");
}

/// Who stops reading makes nothing panic; and without a terminal there is no progress bar.
#[test]
fn output_that_nobody_reads_is_no_panic() {
    let server = allowing(|_| true, WITH);
    for arguments in [&["--origin", PAGE][..], &["--attack", "--rate", "100"]] {
        for format in ["text", "json"] {
            let mut command =
                command(&[&[&*server.url], arguments, &["--format", format]].concat());
            let (reader, writer) = std::io::pipe().expect("a pipe");
            drop(reader);
            let output = command
                .stdout(writer)
                .stderr(Stdio::piped())
                .output()
                .expect("the command runs");
            assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{arguments:?}");
            assert!(
                output.status.code().is_some_and(|status| status < 2),
                "{arguments:?}"
            );
        }
    }
}

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
            shown.ends_with("no attacker's page reads answers\n"),
            "{adapter}: {shown}"
        );

        let public = Served::start(adapter, &format!("probe-{adapter}-public.toml"), PUBLIC);
        let (status, shown) = text(&[&public.url, "--attack", "--rate", "100"]);
        assert_eq!(status, Some(0), "{adapter}: {shown}");
        assert!(
            shown.contains("public: every page reads"),
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
