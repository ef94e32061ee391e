//! Clients that mean harm, or are broken: whatever comes over a socket, the server goes on to allow what
//! the policy allows, and nothing else.

use std::net::SocketAddr;
use std::time::Duration;

use conformance_tests::{cases, wire};
use test_client::{FOREIGN, LISTED, POLICY, ask_http1, ask_http2, within};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use crate::application::{Application, Form};

async fn serve<F: Form>() -> SocketAddr {
    F::serve(&Application::plain(), POLICY.into()).await
}

/// It still serves, over both versions.
async fn goes_on(server: SocketAddr) {
    for (origin, status, allowed) in [(LISTED, 200, Some(LISTED)), (FOREIGN, 403, None)] {
        let fields = [("origin", origin)];
        for answer in [
            ask_http1(server, "GET /", &fields).await,
            ask_http2(server, "GET /", &fields).await,
        ] {
            assert_eq!(answer.status, status);
            assert_eq!(answer.field("access-control-allow-origin"), allowed);
        }
    }
}

async fn connect(server: SocketAddr) -> TcpStream {
    within(TcpStream::connect(server)).await.expect("a server")
}

/// What it says to these bytes until it closes the connection, or for a moment if it waits for more.
async fn told(server: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = connect(server).await;
    // It may have heard enough before the end.
    let _ = within(stream.write_all(bytes)).await;
    let mut text = Vec::new();
    let _ = timeout(Duration::from_millis(500), stream.read_to_end(&mut text)).await;
    String::from_utf8_lossy(&text).to_lowercase()
}

/// The whole answer to a request that says `connection: close`; nothing if that is the answer.
async fn answered(server: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = connect(server).await;
    let _ = within(stream.write_all(bytes)).await;
    let mut text = Vec::new();
    let _ = within(stream.read_to_end(&mut text)).await;
    String::from_utf8_lossy(&text).to_lowercase()
}

fn get(origin: &[u8]) -> Vec<u8> {
    let start: &[u8] = b"GET / HTTP/1.1\r\nhost: api.test\r\nconnection: close\r\norigin: ";
    [start, origin, b"\r\n\r\n"].concat()
}

async fn origins_that_are_almost_listed<F: Form>() {
    let server = serve::<F>().await;
    let long = [
        b"https://".as_slice(),
        &b"a.".repeat(3000),
        b"app.example.com",
    ]
    .concat();
    let hostile: [&[u8]; 11] = [
        b"https://app.example.com\x00",
        b"https://app.example.com\rx: y",
        b"https://app.example.com\xff",
        b"\xff\xfe",
        b"https://app.example.com\x7f",
        b"https://app.example.com, https://evil.example",
        b"https://evil.example/app.example.com",
        b"https://evil.example\x0bapp.example.com",
        b"https://app.example.com\r\norigin: https://app.example.com",
        b"https://app.example.com\r\n origin: https://app.example.com",
        &long,
    ];
    for origin in hostile {
        let told = answered(server, &get(origin)).await;
        let shown = origin.get(..60).unwrap_or(origin).escape_ascii();
        assert!(!told.contains("access-control-"), "{shown}: {told}");
        assert!(!told.starts_with("http/1.1 5"), "{shown}: {told}");
    }
    goes_on(server).await;
}

/// Every case that HTTP/1.1 cannot carry, sent all the same; and what is no request at all.
async fn what_is_not_http<F: Form>() {
    let server = serve::<F>().await;
    let uncarried = cases().into_iter().map(|case| case.request);
    let uncarried = uncarried.filter(|request| wire::carries(request).is_err());
    let uncarried: Vec<_> = uncarried.map(|request| wire::bytes(&request)).collect();
    assert!(uncarried.len() > 5);
    let origin = format!("origin: {FOREIGN}\r\n\r\n");
    let starts = [
        "",
        "\r\n\r\n\r\n\r\n",
        "GET\r\n",
        "GET /\r\n",
        "GET / HTTP/1.1",
        "GET / HTTP/9.9\r\nhost: a\r\n",
        "G\u{e9}T / HTTP/1.1\r\nhost: a\r\n",
        "GET http:// HTTP/1.1\r\nhost: a\r\n",
        "GET / HTTP/1.1\r\nhost: a\r\nhost: b\r\n",
        "GET / HTTP/1.1\r\nhost : a\r\n",
        "GET / HTTP/1.1\r\nhost: a\r\n: b\r\n",
        "GET / HTTP/1.1\r\nhost: a\r\nno colon\r\n",
        "GET / HTTP/1.1\nhost: a\n",
        "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ncontent-length: 6\r\n",
        "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: -1\r\n",
        "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 99999999999999999999\r\n",
        "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\ncontent-length: 5\r\n",
        "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked, chunked\r\n",
        "\x16\x03\x01\x02\x00\x01",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nnothing of HTTP/2",
    ];
    let starts = starts.map(|start| format!("{start}{origin}").into_bytes());
    for bytes in starts.into_iter().chain(uncarried) {
        let told = told(server, &bytes).await;
        let shown = bytes.get(..80).unwrap_or(&bytes).escape_ascii();
        let lets_in = told.contains(&format!("allow-origin: {FOREIGN}"));
        assert!(
            !lets_in && !told.starts_with("http/1.1 5"),
            "{shown}: {told}"
        );
    }
    goes_on(server).await;
}

async fn connections_that_are_never_finished<F: Form>() {
    const MANY: usize = 100;
    let server = serve::<F>().await;
    let half = format!("GET / HTTP/1.1\r\nhost: api.test\r\norigin: {LISTED}\r\nx-a: ");
    let mut waiting = Vec::new();
    for _ in 0..MANY {
        let mut stream = connect(server).await;
        stream
            .write_all(half.as_bytes())
            .await
            .expect("half a request");
        waiting.push(stream);
    }
    goes_on(server).await;
    drop(waiting);
    for _ in 0..MANY {
        let mut stream = connect(server).await;
        let _ = stream.write_all(&get(LISTED.as_bytes())).await;
        // It is reset, whatever was underway.
        stream.set_zero_linger().expect("an open socket");
    }
    goes_on(server).await;
    let mut slow = connect(server).await;
    for byte in get(LISTED.as_bytes()) {
        slow.write_all(&[byte]).await.expect("it is patient");
        sleep(Duration::from_millis(2)).await;
    }
    let mut text = String::new();
    within(slow.read_to_string(&mut text))
        .await
        .expect("a response");
    let allowed = format!("access-control-allow-origin: {LISTED}\r\n");
    assert!(text.to_lowercase().contains(&allowed), "{text}");
}

/// A frame of HTTP/2.
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len())
        .expect("a small frame")
        .to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

async fn floods_of_http2<F: Form>() {
    const MANY: u32 = 5_000;
    let server = serve::<F>().await;
    let preface = [
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(),
        frame(4, 0, 0, &[]),
    ]
    .concat();
    // `:method: GET`, `:scheme: http`, `:path: /`, `:authority: a`, as HPACK has them.
    let head = [0x82, 0x86, 0x84, 0x41, 0x01, b'a'];
    // A literal that is added to the table, and then an index of it again and again.
    let bomb = [
        &head[..],
        &[0x40, 0x01, b'x', 0x7f, 0xa1, 0x1e],
        &[b'y'; 4000],
        &[0xbe; 8000],
    ]
    .concat();
    let again = |frame: &dyn Fn(u32) -> Vec<u8>| (0..MANY).flat_map(frame).collect::<Vec<u8>>();
    let floods = [
        (
            "CONTINUATION",
            [
                frame(1, 0, 1, &head),
                again(&|_| frame(9, 0, 1, &[0x40, 0x01, b'x', 0x01, b'y'])),
            ]
            .concat(),
        ),
        ("PING", again(&|_| frame(6, 0, 0, &[0; 8]))),
        ("SETTINGS", again(&|_| frame(4, 0, 0, &[]))),
        (
            "resets",
            again(&|number| {
                let stream = 2 * number + 1;
                [
                    frame(1, 5, stream, &head),
                    frame(3, 0, stream, &[0, 0, 0, 8]),
                ]
                .concat()
            }),
        ),
        ("a table of headers", frame(1, 5, 1, &bomb)),
        (
            "frames of no kind",
            again(&|_| frame(0xff, 0xff, 7, b"nothing")),
        ),
    ];
    for (name, flood) in floods {
        let told = told(server, &[&*preface, &flood].concat()).await;
        // It speaks HTTP/2.
        assert!(!told.is_empty(), "{name}");
        goes_on(server).await;
    }
}

tests! {
    [
        origins_that_are_almost_listed
        what_is_not_http
        connections_that_are_never_finished
        floods_of_http2
    ]
    axum: crate::axum::Layered,
    actix: crate::actix::Wrapped,
    rocket: crate::rocket::Attached,
    warp: crate::warp::Wrapped,
}
