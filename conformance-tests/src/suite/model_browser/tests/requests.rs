//! What a browser sends.

use super::*;

#[test]
fn methods_are_normalized() {
    for (method, expected) in [
        ("delete", "DELETE"),
        ("Get", "GET"),
        ("heaD", "HEAD"),
        ("options", "OPTIONS"),
        ("post", "POST"),
        ("pUt", "PUT"),
        ("patch", "patch"),
        ("PATCH", "PATCH"),
        ("eGg", "eGg"),
    ] {
        let fetch = fetch(method, &[], Credentials::Omit);
        assert_eq!(fetch.normalized_method(), expected);
        assert_eq!(fetch.actual().method, expected);
        assert_eq!(fetch.preflight().method, "OPTIONS");
        let sent = fetch.preflight();
        let sent: Vec<_> = sent.values("access-control-request-method").collect();
        assert_eq!(sent, [expected.as_bytes()]);
    }
}

#[test]
fn forbidden_headers_are_dropped() {
    for (name, value, dropped) in [
        ("Accept-Charset", "a", true),
        ("accept-encoding", "a", true),
        ("Access-Control-Request-Headers", "a", true),
        ("access-control-request-method", "a", true),
        ("connection", "a", true),
        ("content-length", "1", true),
        ("cookie", "a", true),
        ("cookie2", "a", true),
        ("date", "a", true),
        ("DNT", "1", true),
        ("expect", "a", true),
        ("host", "a", true),
        ("keep-alive", "a", true),
        ("Origin", "https://b.test", true),
        ("referer", "a", true),
        ("set-cookie", "a", true),
        ("te", "a", true),
        ("trailer", "a", true),
        ("transfer-encoding", "a", true),
        ("upgrade", "a", true),
        ("via", "a", true),
        ("Proxy-X", "a", true),
        ("proxy", "a", false),
        ("Sec-Fetch-Site", "same-origin", true),
        ("sec", "a", false),
        ("x-sec-a", "a", false),
        ("user-agent", "a", false),
        ("access-control-allow-origin", "a", false),
        ("X-HTTP-Method", "Trace", true),
        ("x-http-method-override", "PUT,\t connect ", true),
        ("x-method-override", "a\"b\", track", true),
        ("x-method-override", "PUT", false),
        ("x-method-override", "TRACE PUT", false),
        ("x-method-override", "\"TRACE\"", false),
        ("x-method-override", "\"a,TRACE,b\"", false),
        ("x-method-override", "\"a\\\",TRACE,b\"", false),
        ("x-method-override", "\"a\\\\\",TRACE,b", true),
        ("x-method-override", "a\\,TRACE", true),
        ("x-method-override", "a\\\",TRACE,\"", false),
        ("x-method", "TRACE", false),
    ] {
        let fetch = fetch("GET", &[(name, value)], Credentials::Omit);
        let line = Line::new(name, value);
        assert_eq!(!fetch.actual().lines.contains(&line), dropped, "{line}");
        assert_eq!(!fetch.is_preflighted(), dropped, "{line}");
    }
}

#[test]
fn some_requests_are_never_sent() {
    for (method, name, value, expected) in [
        ("GET", "x-a", " \n", Ok(())),
        (
            "!#$%&'*+-.^_`|~1aZ",
            "!#$%&'*+-.^_`|~1aZ",
            "\u{1}\u{e4}\"",
            Ok(()),
        ),
        (
            "CONNECT",
            "x-a",
            "",
            Err(Refusal::ForbiddenMethod("CONNECT".into())),
        ),
        (
            "trace",
            "x-a",
            "",
            Err(Refusal::ForbiddenMethod("trace".into())),
        ),
        (
            "Track",
            "x-a",
            "",
            Err(Refusal::ForbiddenMethod("Track".into())),
        ),
        ("", "x-a", "", Err(Refusal::ForbiddenMethod(String::new()))),
        (
            "A B",
            "x-a",
            "",
            Err(Refusal::ForbiddenMethod("A B".into())),
        ),
        (
            "\u{e4}",
            "x-a",
            "",
            Err(Refusal::ForbiddenMethod("\u{e4}".into())),
        ),
        ("GET", "", "a", Err(Refusal::InvalidHeader(String::new()))),
        ("GET", "x a", "a", Err(Refusal::InvalidHeader("x a".into()))),
        (
            "GET",
            "x-a",
            "a\nb",
            Err(Refusal::InvalidHeader("x-a".into())),
        ),
        (
            "GET",
            "x-a",
            "a\rb",
            Err(Refusal::InvalidHeader("x-a".into())),
        ),
        (
            "GET",
            "x-a",
            "\0",
            Err(Refusal::InvalidHeader("x-a".into())),
        ),
    ] {
        let fetch = fetch(method, &[("x-b", "b"), (name, value)], Credentials::Omit);
        assert_eq!(fetch.validate(), expected, "{method} {name} {value:?}");
    }
}

#[test]
fn what_is_sent() {
    let headers = [
        ("X-B", " \t2\r\n"),
        ("x-a", "1"),
        ("X-b", "3"),
        ("Range", "bytes=0-"),
    ];
    let mut fetch = fetch("put", &headers, Credentials::Include);
    fetch.path = "/get".into();
    let preflight = fetch.preflight();
    assert_eq!((&*preflight.method, &*preflight.path), ("OPTIONS", "/get"));
    let expected = [
        "accept: */*",
        "access-control-request-headers: x-a,x-b",
        "access-control-request-method: PUT",
        "host: api.test",
        "origin: https://a.test",
        "sec-fetch-mode: cors",
        "sec-fetch-site: cross-site",
    ];
    assert_eq!(asked(&preflight), expected);
    let actual = fetch.actual();
    assert_eq!((&*actual.method, &*actual.path), ("PUT", "/get"));
    let expected = [
        "accept: */*",
        "cookie: session=1",
        "host: api.test",
        "origin: https://a.test",
        "range: bytes=0-",
        "sec-fetch-mode: cors",
        "sec-fetch-site: cross-site",
        "x-a: 1",
        "x-b: 2",
        "x-b: 3",
    ];
    assert_eq!(asked(&actual), expected);
    let null = Fetch::get("null");
    let expected = [
        "accept: */*",
        "host: api.test",
        "origin: null",
        "sec-fetch-mode: cors",
        "sec-fetch-site: cross-site",
    ];
    assert_eq!(asked(&null.actual()), expected);
    let none = null.preflight();
    assert_eq!(none.values("access-control-request-headers").count(), 0);
}

#[test]
fn what_is_preflighted() {
    for (method, headers, upload_listener, expected) in [
        ("GET", &[][..], false, false),
        ("head", &[], false, false),
        ("POST", &[("content-type", "text/plain")], false, false),
        ("POST", &[], true, true),
        ("POST", &[("content-type", "application/json")], false, true),
        ("PUT", &[], false, true),
        ("OPTIONS", &[], false, true),
        ("patch", &[], false, true),
    ] {
        let mut fetch = fetch(method, headers, Credentials::Omit);
        fetch.upload_listener = upload_listener;
        assert_eq!(fetch.is_preflighted(), expected, "{fetch:?}");
    }
}
