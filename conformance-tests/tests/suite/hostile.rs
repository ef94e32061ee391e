//! Bytes that no client library sends, to a real server on a real socket: it refuses them quietly
//! and goes on serving.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use conformance_tests::frameworks::axum::router;
use conformance_tests::{App, cases, wire};
use cors_axum::{CorsLayer, Policy};
use tokio::net::TcpListener;
use tokio::time::timeout;

const POLICY: Policy<'_> = Policy::credentialed("https://a.test https://*.b.test")
    .any_method()
    .any_request_header()
    .expose_headers("x-a");

async fn serve(app: Router) -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0))
        .await
        .expect("a port on loopback");
    let address = listener.local_addr().expect("the address of the socket");
    tokio::spawn(async { axum::serve(listener, app).await });
    address
}

/// What the server sends back; nothing if it closes the connection, which is an answer too.
async fn answer(address: SocketAddr, request: &[u8]) -> String {
    let answer = timeout(Duration::from_secs(10), wire::send(address, request))
        .await
        .expect("the server answers or closes within ten seconds");
    String::from_utf8_lossy(&answer.unwrap_or_default()).to_lowercase()
}

fn get(origin: &[u8]) -> Vec<u8> {
    let start: &[u8] = b"GET / HTTP/1.1\r\nhost: api.test\r\nconnection: close\r\norigin: ";
    [start, origin, b"\r\n\r\n"].concat()
}

#[tokio::test]
async fn hostile_origins_are_refused_and_the_server_lives() {
    let address = serve(router(&App::new(200, Vec::new())).layer(CorsLayer::new(POLICY))).await;
    let long = [b"https://".as_slice(), &b"a.".repeat(4000), b"b.test"].concat();
    let hostile: [&[u8]; 11] = [
        b"https://a.test\x00",
        b"https://a.test\rx: y",
        b"https://a.test\xff",
        b"\xff\xfe",
        b"https://a.test\x7f",
        b"https://a.test, https://evil.example",
        b"https://evil.example/.b.test",
        b"https://evil.example\x0b.b.test",
        b"https://a.test\r\norigin: https://a.test",
        b"",
        &long,
    ];
    for origin in hostile {
        let answer = answer(address, &get(origin)).await;
        let shown = origin.get(..60).unwrap_or(origin).escape_ascii();
        assert!(!answer.contains("access-control-"), "{shown}: {answer}");
        assert!(!answer.starts_with("http/1.1 5"), "{shown}: {answer}");
    }
    let answer = answer(address, &get(b"https://a.test")).await;
    assert!(
        answer.contains("access-control-allow-origin: https://a.test\r\n"),
        "{answer}"
    );
}

/// Every case that HTTP/1.1 cannot carry, sent all the same.
#[tokio::test]
async fn cases_that_the_wire_cannot_carry_harm_no_server() {
    let address = serve(router(&App::new(200, Vec::new())).layer(CorsLayer::new(POLICY))).await;
    let cases = cases();
    let uncarried: Vec<_> = cases
        .iter()
        .filter(|case| wire::carries(&case.request).is_err())
        .collect();
    assert!(uncarried.len() > 5);
    for case in uncarried {
        let answer = answer(address, &wire::bytes(&case.request)).await;
        assert!(!answer.starts_with("http/1.1 5"), "{}: {answer}", case.name);
    }
    let answer = answer(address, &get(b"https://a.test")).await;
    assert!(answer.starts_with("http/1.1 200"), "{answer}");
}
