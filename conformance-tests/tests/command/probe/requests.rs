//! What is sent, and that it is what browsers send.

use std::net::TcpListener;
use std::thread;

use super::common::{
    PAGE, Raw, WITH, allowing, answer, attack, error, field, findings, json, said, text, three,
};

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
