//! The demo application, whose handlers, guards and router do what they do on each framework.

use std::net::{Ipv4Addr, SocketAddr};

use conformance_tests::frameworks::Framework;
use conformance_tests::frameworks::showcase::Running;
use test_client::{Connection, FOREIGN, Fields, LISTED, POLICY, ask_http1};

async fn start(framework: Framework) -> Running {
    let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let running = Running::start(framework, POLICY, listen, None, drop).await;
    running.expect("a showcase")
}

/// A request, what comes of it, and whether a handler answers.
type Row = (&'static str, Fields<'static>, u16, bool);

fn rows(framework: Framework) -> Vec<Row> {
    use Framework::{Actix, Axum, Envoy, Rocket, Warp};
    let mut rows: Vec<Row> = vec![
        ("GET /", &[], 200, true),
        ("HEAD /", &[], 200, true),
        ("POST /", &[], 200, true),
        ("GET /json", &[], 200, true),
        ("GET /redirect?to=/", &[], 302, true),
        ("GET /redirect?status=308&to=/", &[], 308, true),
        ("GET /etag", &[("if-none-match", "\"1\"")], 304, true),
        ("GET /headers?status=418", &[], 418, true),
        ("GET /fail", &[], 500, true),
        ("GET /private", &[], 401, false),
        ("GET /none", &[], 404, false),
        ("HEAD /none", &[], 404, false),
        ("GET /number/7", &[], 200, false),
    ];
    // What each makes of a wrong number, of another method, and of HEAD where there is only GET.
    let (number, method, head) = match framework {
        Axum | Envoy => (400, 405, (200, true)),
        Rocket => (422, 404, (200, true)),
        Actix | Warp => (404, 405, (405, false)),
    };
    rows.extend([
        ("GET /number/x", &[][..], number, false),
        ("POST /get", &[], method, false),
        ("HEAD /get", &[], head.0, head.1),
    ]);
    // Elsewhere the connection ends without an answer.
    if let Axum | Rocket = framework {
        rows.push(("GET /panic", &[], 500, false));
    }
    rows
}

async fn every_answer_is_covered_whoever_makes_it(framework: Framework) {
    let showcase = start(framework).await;
    for (line, fields, status, handled) in rows(framework) {
        let ask = async |more: Fields<'_>| {
            ask_http1(showcase.address, line, &[fields, more].concat()).await
        };
        let answer = ask(&[("origin", LISTED)]).await;
        assert_eq!(answer.outcome(), (status, true), "{line}: {answer:?}");
        let expected = [
            "access-control-allow-credentials: true",
            "access-control-allow-origin: https://app.example.com",
            "vary: Origin",
        ];
        assert_eq!(answer.cors(), expected, "{line}");
        assert_eq!(answer.field("x-handled").is_some(), handled, "{line}");

        let answer = ask(&[]).await;
        assert_eq!(
            (answer.status, answer.cors()),
            (status, vec!["vary: Origin".into()]),
            "{line}"
        );
        let answer = ask(&[("origin", FOREIGN)]).await;
        assert_eq!(
            (answer.status, answer.cors()),
            (403, vec!["vary: Origin".into()]),
            "{line}"
        );
        assert_eq!(answer.field("x-handled"), None, "{line}");
    }
    showcase.stop().await;
}

/// What the handler sets is there beside what the policy sets.
async fn fields_of_the_handler_are_kept(framework: Framework) {
    let showcase = start(framework).await;
    let answer = ask_http1(showcase.address, "GET /headers", &[("origin", LISTED)]).await;
    for (name, value) in [("x-a", "1"), ("x-b", "2"), ("set-cookie", "c=1")] {
        assert_eq!(answer.field(name), Some(value));
    }
    assert_eq!((answer.outcome(), &*answer.body), ((200, true), "hello\n"));
    showcase.stop().await;
}

async fn a_websocket_is_opened_for_a_listed_origin_only(framework: Framework) {
    let showcase = start(framework).await;
    let handshake = |origin: &str| {
        format!(
            "GET /socket HTTP/1.1\nhost: api.test\norigin: {origin}\nsec-fetch-mode: websocket\n\
             connection: upgrade\nupgrade: websocket\nsec-websocket-version: 13\n\
             sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\n\n"
        )
    };
    let mut connection = Connection::open(showcase.address).await;
    let head = connection.exchange(&handshake(LISTED)).await;
    assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
    assert!(
        head.contains("access-control-allow-origin: https://app.example.com\n"),
        "{head}"
    );
    // A text frame; then both sides close. What a client sends is masked, here with zeros.
    assert_eq!(connection.read(7).await, b"\x81\x05hello");
    connection.send(b"\x88\x80\0\0\0\0").await;
    assert_eq!(connection.read(2).await, b"\x88\0");

    let mut connection = Connection::open(showcase.address).await;
    let head = connection.exchange(&handshake(FOREIGN)).await;
    assert!(head.starts_with("HTTP/1.1 403 "), "{head}");
    // The policy refuses it, not the handler, which looks at the origin too.
    assert!(head.contains("content-length: 38\n"), "{head}");
    showcase.stop().await;
}

/// Makes a test of each scenario, for each framework.
macro_rules! tests {
    ($scenarios:tt $($module:ident: $framework:ident,)*) => {
        $(tests!(@ $scenarios $module $framework);)*
    };
    (@ [$($scenario:ident)*] $module:ident $framework:ident) => {
        mod $module {
            $(#[tokio::test]
            async fn $scenario() {
                super::$scenario(super::Framework::$framework).await;
            })*
        }
    };
}

tests! {
    [
        every_answer_is_covered_whoever_makes_it
        fields_of_the_handler_are_kept
        a_websocket_is_opened_for_a_listed_origin_only
    ]
    axum: Axum,
    actix: Actix,
    rocket: Rocket,
    warp: Warp,
}
