//! Requests that CORS middleware gets wrong.

use conformance_tests::{App, Line};
use cors_core::Policy;
use test_client::{Connection, FOREIGN, LISTED, POLICY, REFUSAL, ask_http1, ask_http2};

use crate::application::{Application, Form, Own};

const ASKS: &str = "OPTIONS / HTTP/1.1\nhost: api.test\naccess-control-request-method: PUT\n";

/// A head, of these lines and those that the framework adds.
fn head<F: Form>(status: &str, lines: &[&str]) -> String {
    let mut lines = [lines, F::SIGNATURE].concat();
    lines.sort_unstable();
    format!("HTTP/1.1 {status}\n{}\n", lines.join("\n"))
}

async fn a_preflight_has_no_body_and_no_call<F: Form>() {
    let application = Application::plain();
    let server = F::serve(&application, POLICY.into()).await;
    let allowed = [
        "access-control-allow-credentials: true",
        "access-control-allow-methods: PUT",
        "access-control-allow-origin: https://app.example.com",
        "access-control-max-age: 3600",
    ];
    let mut connection = Connection::open(server).await;
    let answer = connection
        .exchange(&format!("{ASKS}origin: {LISTED}\n\n"))
        .await;
    assert_eq!(answer, head::<F>("204 No Content", &allowed));
    let answer = connection
        .exchange(&format!("{ASKS}origin: {FOREIGN}\n\n"))
        .await;
    assert_eq!(answer, head::<F>("403 Forbidden", &["content-length: 0"]));

    let asks = [("origin", LISTED), ("access-control-request-method", "PUT")];
    let answer = ask_http2(server, "OPTIONS /", &asks).await;
    assert_eq!((answer.outcome(), &*answer.body), ((204, true), ""));
    assert_eq!(answer.cors(), allowed);
    assert_eq!(answer.field("content-length"), F::LENGTH_OF_204);
    assert_eq!(answer.field("content-type"), None);
    assert_eq!(application.app.runs(), 0);
}

/// The body comes along with the head. When it comes after the answer, hyper has closed the connection,
/// as for every handler that leaves a body unread. actix-web drops what is left of a chunked body, and
/// closes the connection on any other, whoever answers; for a listed origin that is the handler.
async fn a_body_of_a_refused_request_is_no_request<F: Form>() {
    let application = Application::plain();
    let server = F::serve(&application, POLICY.into()).await;
    let start =
        |line: &str, origin: &str| format!("{line} HTTP/1.1\nhost: api.test\norigin: {origin}\n");
    let asks = "access-control-request-method: PUT\n";
    let chunked = "transfer-encoding: chunked\n\n5\nGET /\n0\n\n";
    let sized = "content-length: 5\n\nGET /";
    let preflight = start("OPTIONS /", LISTED) + asks;
    let refused_preflight = start("OPTIONS /", FOREIGN) + asks;
    let (refused, allowed) = (start("PUT /", FOREIGN), start("PUT /", LISTED));
    let bodiless = start("HEAD /", FOREIGN);
    let answers = [
        (&preflight, 204, ""),
        (&refused_preflight, 403, ""),
        (&refused, 403, REFUSAL),
        (&allowed, 200, "hello\n"),
    ];

    let mut connection = Connection::open(server).await;
    for (head, status, body) in answers {
        for framed in [chunked, sized, "\n"] {
            let answer = connection.exchange(&format!("{head}{framed}")).await;
            let status = format!("HTTP/1.1 {status} ");
            assert!(answer.starts_with(&status), "{answer}");
            let closes = F::CLOSES_UNREAD && framed == sized;
            assert_eq!(answer.contains("connection: close\n"), closes, "{answer}");
            if closes {
                let rest = String::from_utf8(connection.rest().await).expect("a text");
                assert_eq!(rest, body, "{head}");
                connection = Connection::open(server).await;
            } else {
                assert_eq!(connection.read(body.len()).await, body.as_bytes());
            }
        }
        let answer = connection.exchange(&format!("{bodiless}\n")).await;
        assert!(answer.starts_with("HTTP/1.1 403 "), "{answer}");
        assert!(answer.contains("content-length: 38\n"), "{answer}");
        let plain = "GET / HTTP/1.1\nhost: api.test\n\n";
        let answer = connection.exchange(plain).await;
        assert!(answer.starts_with("HTTP/1.1 200 OK\n"), "{head}{answer}");
        assert_eq!(connection.read(6).await, b"hello\n");
    }
}

async fn the_target_of_a_preflight_may_be_an_asterisk<F: Form>() {
    let application = Application::plain();
    let server = F::serve(&application, POLICY.into()).await;
    let asks = ASKS.replacen('/', "*", 1);
    let head = Connection::open(server)
        .await
        .exchange(&format!("{asks}origin: {LISTED}\n\n"))
        .await;
    assert!(head.starts_with("HTTP/1.1 204 No Content\n"), "{head}");
    assert!(head.contains("access-control-allow-origin: https://app.example.com\n"));
    assert_eq!(application.app.runs(), 0);
}

async fn a_refusal_is_a_text_whatever_the_route<F: Form>() {
    let application = Application::plain();
    let server = F::serve(&application, POLICY.into()).await;
    let fields = [("origin", FOREIGN)];
    let text = [
        "content-length: 38",
        "content-type: text/plain; charset=utf-8",
    ];
    let mut others = [&text, F::SIGNATURE].concat();
    others.sort_unstable();
    for line in ["GET /", "POST /", "PUT /none", "GET /none"] {
        for answer in [
            ask_http1(server, line, &fields).await,
            ask_http2(server, line, &fields).await,
        ] {
            assert_eq!((answer.status, &*answer.body), (403, REFUSAL), "{line}");
            assert_eq!(answer.cors(), ["vary: Origin"], "{line}");
            assert_eq!(answer.others(), others, "{line}");
        }
    }
    for answer in [
        ask_http1(server, "HEAD /", &fields).await,
        ask_http2(server, "HEAD /", &fields).await,
    ] {
        assert_eq!((answer.status, &*answer.body), (403, ""));
        assert_eq!(answer.others(), others);
    }
    assert_eq!(application.app.runs(), 0);
}

/// A page may always talk to its own server, which is `:authority` in HTTP/2, and the host of an
/// absolute target in HTTP/1.1, whatever `Host` says. Where that says something else, warp shows neither,
/// and Rocket shows `Host` over HTTP/1.1.
async fn the_own_origin_is_that_of_the_target<F: Form>() {
    let server = F::serve(&Application::plain(), POLICY.into()).await;
    // Of the page of the target, and of that of `Host`, over either version.
    let [http2, http1] = match F::OWN {
        Own::Target => [(200, 403), (200, 403)],
        Own::TargetOfHttp2 => [(200, 403), (403, 200)],
        Own::Neither => [(403, 403), (403, 403)],
    };
    let evil = Some("evil.example");
    for (target, host, origin, [http2, http1]) in [
        ("http://api.test/", None, "http://api.test", [200; 2]),
        (
            "http://api.test:8080/",
            None,
            "http://api.test:8080",
            [200; 2],
        ),
        ("http://API.test/", None, "http://api.test", [200; 2]),
        ("http://api.test:8080/", None, "http://api.test", [403; 2]),
        ("http://api.test/", None, "http://evil.example", [403; 2]),
        (
            "http://api.test/",
            Some("api.test"),
            "http://api.test",
            [200; 2],
        ),
        (
            "http://api.test/",
            Some("API.test"),
            "http://api.test",
            [200; 2],
        ),
        (
            "http://api.test/",
            evil,
            "http://api.test",
            [http2.0, http1.0],
        ),
        (
            "http://api.test/",
            evil,
            "http://evil.example",
            [http2.1, http1.1],
        ),
        ("/", Some("api.test"), "http://api.test", [200; 2]),
        ("/", Some("api.test:8443"), "http://api.test:8443", [200; 2]),
        ("/", Some("api.test:8443"), "http://api.test", [403; 2]),
        ("/", Some("api.test"), "http://evil.example", [403; 2]),
    ] {
        let row = format!("{target} {host:?} {origin}");
        if target != "/" {
            let mut fields = vec![("origin", origin)];
            fields.extend(host.map(|host| ("host", host)));
            let answer = ask_http2(server, &format!("GET {target}"), &fields).await;
            assert_eq!(answer.status, http2, "HTTP/2: {row}");
            assert_eq!(answer.cors(), ["vary: Origin"], "HTTP/2: {row}");
        }
        let host = host.unwrap_or(target.trim_start_matches("http://").trim_end_matches('/'));
        let get = format!("GET {target} HTTP/1.1\nhost: {host}\norigin: {origin}\n\n");
        let head = Connection::open(server).await.exchange(&get).await;
        let status = format!("HTTP/1.1 {http1} ");
        assert!(head.starts_with(&status), "{row}: {head}");
        assert!(!head.contains("access-control-"), "{row}: {head}");
    }
}

async fn vary_lines_are_kept_and_origin_stands_once<F: Form>() {
    const VARY: &str = "vary: Origin";
    const ACCEPT: &str = "vary: accept-encoding";
    let table: [(&[&str], &[&str]); 8] = [
        (&[], &[VARY]),
        (&["accept-encoding"], &[VARY, ACCEPT]),
        (
            &["accept-encoding", "accept"],
            &[VARY, "vary: accept", ACCEPT],
        ),
        (&["origin"], &["vary: origin"]),
        (
            &["accept-encoding", "accept , ORIGIN"],
            &["vary: accept , ORIGIN", ACCEPT],
        ),
        (&["*"], &["vary: *"]),
        (&["accept-encoding", "*"], &["vary: *", ACCEPT]),
        (&["x-origin"], &[VARY, "vary: x-origin"]),
    ];
    for (values, expected) in table {
        let lines = values.iter().map(|value| Line::new("vary", value));
        let application = Application::new(App::new(200, lines.collect()));
        for (policy, fields) in [
            (POLICY, &[("origin", LISTED)][..]),
            (POLICY, &[]),
            (POLICY.forward_denied(), &[("origin", FOREIGN)]),
        ] {
            let server = F::serve(&application, policy.into()).await;
            let answer = ask_http1(server, "GET /", fields).await;
            let mut lines = answer.cors();
            lines.retain(|line| line.starts_with("vary"));
            assert_eq!(lines, expected, "{values:?} {fields:?}");
        }
    }
    let application = Application::new(App::new(200, vec![Line::new("vary", "accept-encoding")]));
    let server = F::serve(&application, Policy::public().into()).await;
    let answer = ask_http1(server, "GET /", &[("origin", LISTED)]).await;
    assert_eq!(answer.cors(), ["access-control-allow-origin: *", ACCEPT]);
}

async fn streams_are_passed_on_piece_by_piece<F: Form>() {
    let application = Application::plain();
    let tell = application.told.teller();
    let server = F::serve(&application, POLICY.into()).await;
    let mut connection = Connection::open(server).await;
    let get = format!("GET /told HTTP/1.1\nhost: api.test\norigin: {LISTED}\n\n");
    let head = connection.exchange(&get).await;
    assert!(head.contains("access-control-allow-origin: https://app.example.com\n"));
    for text in ["one", "two"] {
        tell.send(text).await.expect("a stream that is read");
        let chunk = format!("A\r\ndata:{text}\n\n\r\n");
        let came = connection.read(chunk.len()).await;
        assert!(
            came.eq_ignore_ascii_case(chunk.as_bytes()),
            "{}",
            came.escape_ascii()
        );
    }
    drop(tell);
    assert_eq!(connection.read(5).await, b"0\r\n\r\n");
}

tests! {
    [
        a_preflight_has_no_body_and_no_call
        a_body_of_a_refused_request_is_no_request
        the_target_of_a_preflight_may_be_an_asterisk
        a_refusal_is_a_text_whatever_the_route
        the_own_origin_is_that_of_the_target
        vary_lines_are_kept_and_origin_stands_once
        streams_are_passed_on_piece_by_piece
    ]
    axum_around: crate::axum::Around,
    axum_layered: crate::axum::Layered,
    axum_any_body: crate::axum::AnyBody,
    axum_around_warp: crate::warp::Layered,
    actix: crate::actix::Wrapped,
    rocket: crate::rocket::Attached,
    warp: crate::warp::Wrapped,
}
