//! `--placement`: responses that no CORS middleware saw.

use serde_json::json;

use super::common::{PAGE, Raw, error, field, json, text};

const PLACEMENT: [&str; 5] = ["--placement", "--origin", PAGE, "--rate", "100"];

/// Only `/items` is inside of the middleware, as its OPTIONS requests are not.
fn inside() -> Raw {
    Raw::start(|head| {
        let answer = match head.lines().next().unwrap_or_default() {
            "GET /items HTTP/1.1" => "200 OK\r\naccess-control-allow-origin: https://a.test",
            "GET /items/ HTTP/1.1" => "308 Permanent Redirect\r\nlocation: /items",
            line if line.starts_with("OPTIONS") => "401 Unauthorized",
            _ => "404 Not Found",
        };
        format!("HTTP/1.1 {answer}\r\ncontent-length: 0\r\n\r\n").into_bytes()
    })
}

#[test]
fn each_response_that_a_page_cannot_read_has_a_cause_and_a_cure() {
    let server = inside();
    let url = format!("{}items", server.url);
    let (status, report) = text(&[&[&*url], &PLACEMENT[..]].concat());
    assert_eq!(status, Some(1), "{report}");
    let words = "pages cannot read 5 of 6 responses:

the preflight, OPTIONS /items: 401 without Access-Control-Allow-Origin
  probably authentication";
    assert!(report.starts_with(words), "{report}");
    for words in [
        "\nOPTIONS /items: 401 without",
        "\nGET /items/: 308 without",
        "\nGET /items/no-such-path: 404 without",
        "\nGET /no-such-path: 404 without",
        "put the CORS middleware outermost",
    ] {
        assert!(report.contains(words), "{words:?} is not in:\n{report}");
    }
    // No secret, and nothing that could change something.
    for head in server.heads() {
        assert!(
            head.starts_with("GET ") || head.starts_with("OPTIONS "),
            "{head}"
        );
        assert_eq!(field(&head, "cookie"), None, "{head}");
        assert_eq!(field(&head, "origin"), Some(PAGE), "{head}");
    }
}

#[test]
fn a_query_stays_behind_the_path() {
    let server = inside();
    let url = format!("{}items?page=2/3", server.url);
    let (status, report) = text(&[&[&*url], &PLACEMENT[..]].concat());
    assert_eq!(status, Some(1), "{report}");
    for words in [
        "\nGET /items?page=2/3: 404 without",
        "\nGET /items/?page=2/3: 404 without",
        "\nGET /items/no-such-path: 404 without",
        "\nGET /no-such-path: 404 without",
    ] {
        assert!(report.contains(words), "{words:?} is not in:\n{report}");
    }
}

#[test]
fn for_programs_and_in_a_frameworks_words() {
    let url = format!("{}items", inside().url);
    let axum = ["--framework", "axum", "--credentials"];
    let (status, report) = json(&[&[&*url], &PLACEMENT[..], &axum].concat());
    assert_eq!(status, Some(1), "{report}");
    assert_eq!(report["requests"], 6);
    // Credentials are not allowed even where the origin is.
    let problem = "GET /items: 200, but ";
    let found = report["unreadable"].as_array().expect("a list");
    assert_eq!(found.len(), 6, "{report}");
    let starts = found[1]["problem"]
        .as_str()
        .map(|text| text.starts_with(problem));
    assert_eq!(starts, Some(true), "{report}");
    assert_eq!(found[3]["status"], json!(308));
    let cure = found[3]["cure"].as_str().expect("a text");
    assert!(cure.contains("`.layer(CorsLayer::new(..))`"), "{cure}");
}

#[test]
fn arguments_that_say_nothing_here_are_refused() {
    for arguments in [
        &["http://localhost:1/", "--placement"][..],
        &[
            "http://localhost:1/",
            "--origin",
            PAGE,
            "--placement",
            "--method",
            "PUT",
        ],
        &[
            "http://localhost:1/",
            "--origin",
            PAGE,
            "--placement",
            "--attack",
        ],
        &[
            "http://localhost:1/",
            "--origin",
            PAGE,
            "--framework",
            "axum",
        ],
    ] {
        error(arguments);
    }
}

#[test]
fn no_answer() {
    let server = Raw::start(|_| b"SSH-2.0-OpenSSH_9.2\r\n".to_vec());
    let (status, report) = json(&[&[&*server.url], &PLACEMENT[..]].concat());
    assert_eq!(status, Some(2), "{report}");
    let error = report["error"].as_str().expect("a text");
    assert!(error.contains("is not HTTP"), "{error}");
}
