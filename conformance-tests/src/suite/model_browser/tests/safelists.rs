//! What needs no permission.

use super::super::safelists::is_unsafe;
use super::*;

#[test]
fn safelisted_request_headers() {
    let long = |length: usize| "a".repeat(length);
    let plain = |length: usize| format!("{:a<length$}", "text/plain;");
    let range = |length: usize| format!("{:0<length$}-", "bytes=");
    for (name, value, expected) in [
        ("Accept", "text/html, */*;q=0.8", true),
        ("accept", "", true),
        ("accept", "\t\u{e4}", true),
        ("accept", "a(b", false),
        ("accept", &long(128), true),
        ("accept", &long(129), false),
        ("Accept-Language", "de-DE, en;q=0.5, *", true),
        ("accept-language", "en_US", false),
        ("accept-language", "a/b", false),
        ("accept-language", "\t", false),
        ("accept-language", &long(129), false),
        ("Content-Language", "de-DE, en;q=0.5, *", true),
        ("content-language", "en_US", false),
        ("content-language", &long(129), false),
        ("Content-Type", "text/plain", true),
        ("content-type", "TEXT/Plain ;charset=utf-8", true),
        ("content-type", "text/plain;;=, /\u{e4}", true),
        ("content-type", "multipart/form-data; boundary=x", true),
        ("content-type", "application/x-www-form-urlencoded", true),
        ("content-type", "text/plain; charset=\"utf-8\"", false),
        ("content-type", "text/plain, application/json", false),
        ("content-type", "application/json", false),
        ("content-type", "text/plain2", false),
        ("content-type", "text /plain", false),
        ("content-type", "text/ plain", false),
        ("content-type", "text", false),
        ("content-type", "text/", false),
        ("content-type", "/plain", false),
        ("content-type", "", false),
        ("content-type", &plain(128), true),
        ("content-type", &plain(129), false),
        ("Range", "bytes=0-", true),
        ("range", "bytes=5-5", true),
        ("range", "bytes=9-10", true),
        ("range", "bytes=010-9", false),
        ("range", "bytes=9-0010", true),
        ("range", "bytes=10-9", false),
        ("range", "bytes=-5", false),
        ("range", "bytes=-", false),
        ("range", "bytes=5", false),
        ("range", "bytes= 0-", false),
        ("range", "bytes=0-1,3-4", false),
        ("range", "bytes=x-", false),
        ("range", "bytes=0-x", false),
        ("range", "Bytes=0-", false),
        ("range", "items=0-", false),
        ("range", &range(127), true),
        ("range", &range(128), false),
        ("x-other", "", false),
        ("authorization", "a", false),
    ] {
        let line = Line::new(name, value);
        assert_eq!(is_safelisted(&line), expected, "{line}");
    }
}

#[test]
fn unsafe_bytes() {
    let delimiters = [
        0x22, 0x28, 0x29, 0x3a, 0x3c, 0x3e, 0x3f, 0x40, 0x5b, 0x5c, 0x5d, 0x7b, 0x7d, 0x7f,
    ];
    for byte in 0..=0xff {
        let expected = match byte {
            0x09 => false,
            0x00..=0x1f => true,
            _ => delimiters.contains(&byte),
        };
        assert_eq!(is_unsafe(byte), expected, "{byte:#x}");
    }
}

/// Rows: bytes of `Content-Language`, of `Accept` (else `*/*`, which the browser adds).
#[test]
fn more_than_1024_bytes_are_unsafe_together() {
    for (language, accept, expected) in [
        (1021, None, "x-a,x-b"),
        (1022, None, "accept,content-language,x-a,x-b"),
        (924, Some(100), "x-a,x-b"),
        (925, Some(100), "accept,content-language,x-a,x-b"),
        (924, Some(129), "accept,x-a,x-b"),
    ] {
        let mut fetch = fetch("GET", &[("X-B", "1"), ("x-a", "1")], Credentials::Omit);
        let value = [b'a'; 1024];
        let languages = value[..language].chunks(128);
        let lines = languages.map(|value| ("Content-Language", value));
        let lines = lines.chain(accept.map(|length| ("Accept", &value[..length])));
        for (name, value) in lines {
            fetch.headers.push((name.to_owned(), value.to_vec()));
        }
        let names: Vec<_> = fetch.unsafe_names().into_iter().collect();
        assert_eq!(names.join(","), expected, "{language} {accept:?}");
    }
}
