//! What people read.

use std::process::Stdio;

use super::common::{PAGE, Raw, WITH, allowing, command, text, three, words};

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
< (and 2 more headers)

request: PUT {url}
> origin: https://a.test
> sec-fetch-mode: cors
> sec-fetch-site: cross-site
> accept: */*
< 200
< access-control-allow-origin: https://a.test
< access-control-expose-headers: x-a
< server: tiny
< (and 3 more headers)

note[max-age-missing]: preflight: access-control-max-age: the header is missing, so browsers \
cache this response for 5 seconds
  send: access-control-max-age: 7200

allowed: a script on https://a.test can read the response, without credentials: status 200, headers \
content-length, content-type, x-a
"
    );
    assert_eq!((status, shown), (Some(0), expected));
}

/// nginx with `add_header Access-Control-Allow-Origin * always`.
#[test]
fn the_readme_shows_what_is_printed() {
    const README: &str = include_str!("../../../README.md");
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
        let shown = shown.replace(['…', '‘', '’'], "");
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
