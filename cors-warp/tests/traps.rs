//! Requests and responses that CORS middleware gets wrong.

mod common;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use cors_axum::CorsLayer;
use cors_warp::{Policy, cors};
use futures_util::{StreamExt, stream};
use tokio::sync::mpsc;
use tower::Layer;
use warp::http::{HeaderValue, Request};
use warp::reply::Response;
use warp::ws::Ws;
use warp::{Filter, Reply, sse};

use common::{
    Connection, FOREIGN, LISTED, POLICY, ask, ask_http2, preflight, request, serve, serve_service,
};

/// An application that answers everything with these fields, and how often it did.
struct Application {
    calls: Arc<AtomicUsize>,
    fields: &'static [(&'static str, &'static str)],
}

impl Application {
    fn new(fields: &'static [(&'static str, &'static str)]) -> Self {
        let calls = Arc::default();
        Self { calls, fields }
    }

    fn behind(
        &self,
        policy: Policy<'static>,
    ) -> impl Filter<Extract = (Response,), Error = Infallible> + Clone + Send + Sync + use<> {
        let (calls, fields) = (Arc::clone(&self.calls), self.fields);
        let handler = warp::any().map(move || {
            calls.fetch_add(1, Ordering::Relaxed);
            let mut response = "hello".into_response();
            for &(name, value) in fields {
                let value = HeaderValue::from_static(value);
                response.headers_mut().append(name, value);
            }
            response
        });
        cors(policy, handler)
    }

    fn calls(&self) -> usize {
        self.calls.load(Ordering::Relaxed)
    }
}

const ALLOW_ORIGIN: &str = "access-control-allow-origin: https://app.example.com";
const ALLOW_CREDENTIALS: &str = "access-control-allow-credentials: true";
const VARY: &str = "vary: Origin";

#[tokio::test]
async fn x1_options_without_request_method_reaches_the_handler() {
    let options = warp::path::end().and(warp::options()).map(|| "GET, PUT");
    let app = cors(POLICY, options);
    let answer = ask(&app, request("OPTIONS /", &[("origin", LISTED)])).await;
    assert_eq!((answer.status, &*answer.body), (200, "GET, PUT"));
    assert_eq!(answer.cors(), [ALLOW_CREDENTIALS, ALLOW_ORIGIN]);
}

#[tokio::test]
async fn x2_two_origin_lines_are_refused() {
    let application = Application::new(&[]);
    let twice = [("origin", LISTED), ("origin", LISTED)];

    let answer = ask(&application.behind(POLICY), request("GET /", &twice)).await;
    assert_eq!(answer.status, 403);
    assert_eq!(answer.cors(), [VARY]);
    assert_eq!(application.calls(), 0);

    let forwarding = application.behind(POLICY.forward_denied());
    let answer = ask(&forwarding, request("GET /", &twice)).await;
    assert_eq!((answer.status, &*answer.body), (200, "hello"));
    assert_eq!(answer.cors(), [VARY]);
}

#[tokio::test]
async fn x3_an_origin_that_is_no_text_is_refused() {
    for bytes in [
        b"https://app.example.com\xff".as_slice(),
        "https://\u{e4}pp.example.com".as_bytes(),
        b"\x80",
        b"",
    ] {
        let with_origin = |mut request: Request<String>| {
            let origin = HeaderValue::from_bytes(bytes).unwrap();
            request.headers_mut().insert("origin", origin);
            request
        };
        let get = || with_origin(request("GET /", &[]));
        let application = Application::new(&[]);

        let answer = ask(&application.behind(POLICY), get()).await;
        assert_eq!((answer.status, answer.cors()), (403, vec![VARY.to_owned()]));
        let preflight = with_origin(preflight("/", LISTED));
        let answer = ask(&application.behind(POLICY), preflight).await;
        assert_eq!((answer.status, answer.cors()), (403, vec![]));
        assert_eq!(application.calls(), 0, "{bytes:?}");

        let answer = ask(&application.behind(POLICY.forward_denied()), get()).await;
        assert_eq!((answer.status, answer.cors()), (200, vec![VARY.to_owned()]));
    }
}

/// What a handler says about CORS when nobody may hear it.
const CLAIMS: &[(&str, &str)] = &[
    ("access-control-allow-origin", "*"),
    ("access-control-allow-credentials", "true"),
    ("access-control-allow-methods", "GET"),
    ("access-control-allow-headers", "x-secret"),
    ("access-control-expose-headers", "x-secret"),
    ("access-control-max-age", "1"),
];

#[tokio::test]
async fn x4_without_origin_the_response_varies_and_shares_nothing() {
    let app = Application::new(CLAIMS).behind(POLICY);
    let answer = ask(&app, request("GET /", &[])).await;
    assert_eq!((answer.status, answer.cors()), (200, vec![VARY.to_owned()]));
}

#[tokio::test]
async fn x5_a_handler_cannot_share_with_a_foreign_origin() {
    let application = Application::new(CLAIMS);
    let foreign = ("origin", FOREIGN);
    let same_origin = ("sec-fetch-site", "same-origin");
    for (policy, fields, status) in [
        (POLICY, &[foreign][..], 403),
        (POLICY, &[foreign, same_origin], 200),
        (POLICY.forward_denied(), &[foreign], 200),
    ] {
        let answer = ask(&application.behind(policy), request("GET /", fields)).await;
        assert_eq!(
            (answer.status, answer.cors()),
            (status, vec![VARY.to_owned()])
        );
    }
    assert_eq!(application.calls(), 2);
}

#[tokio::test]
async fn x6_vary_lines_are_kept_and_origin_stands_once() {
    const ACCEPT: &str = "vary: accept-encoding";
    type Fields = &'static [(&'static str, &'static str)];
    let table: [(Fields, &[&str]); 8] = [
        (&[], &[VARY]),
        (&[("vary", "accept-encoding")], &[VARY, ACCEPT]),
        (
            &[("vary", "accept-encoding"), ("vary", "accept")],
            &[VARY, "vary: accept", ACCEPT],
        ),
        (&[("vary", "origin")], &["vary: origin"]),
        (
            &[("vary", "accept-encoding"), ("vary", "accept , ORIGIN")],
            &["vary: accept , ORIGIN", ACCEPT],
        ),
        (&[("vary", "*")], &["vary: *"]),
        (
            &[("vary", "accept-encoding"), ("vary", "*")],
            &["vary: *", ACCEPT],
        ),
        (&[("vary", "x-origin")], &[VARY, "vary: x-origin"]),
    ];
    for (fields, expected) in table {
        let application = Application::new(fields);
        for (policy, request_fields) in [
            (POLICY, &[("origin", LISTED)][..]),
            (POLICY, &[]),
            (POLICY.forward_denied(), &[("origin", FOREIGN)]),
        ] {
            let answer = ask(
                &application.behind(policy),
                request("GET /", request_fields),
            )
            .await;
            let mut lines = answer.cors();
            lines.retain(|line| line.starts_with("vary"));
            assert_eq!(lines, expected, "{request_fields:?}");
        }
    }
}

#[tokio::test]
async fn x7_of_two_policies_the_outer_one_decides() {
    const OTHER: &str = "https://other.example";
    const EXPOSE: &str = "access-control-expose-headers: x-request-id";
    let credentialed = Policy::credentialed(LISTED).expose_headers("x-request-id");
    let anonymous = Policy::anonymous("https://app.example.com https://other.example");
    let origin = |origin: &str| format!("access-control-allow-origin: {origin}");

    // Names that both expose are named twice, which is one set to a browser.
    for (outer, inner, asks, status, expected) in [
        (
            credentialed,
            credentialed,
            LISTED,
            200,
            vec![ALLOW_CREDENTIALS, ALLOW_ORIGIN, EXPOSE, EXPOSE, VARY],
        ),
        (
            anonymous,
            credentialed,
            LISTED,
            200,
            vec![ALLOW_ORIGIN, EXPOSE, VARY],
        ),
        (
            credentialed,
            anonymous,
            LISTED,
            200,
            vec![ALLOW_CREDENTIALS, ALLOW_ORIGIN, EXPOSE, VARY],
        ),
        // The outer one shares the inner one's refusal.
        (
            anonymous,
            credentialed,
            OTHER,
            403,
            vec![&*origin(OTHER), VARY],
        ),
        (credentialed, anonymous, OTHER, 403, vec![VARY]),
        // A wildcard of its own is not what the outer one says.
        (
            credentialed,
            Policy::public(),
            LISTED,
            200,
            vec![ALLOW_CREDENTIALS, ALLOW_ORIGIN, EXPOSE, VARY],
        ),
        (
            Policy::public(),
            credentialed,
            LISTED,
            200,
            vec![&*origin("*"), EXPOSE, VARY],
        ),
    ] {
        let app = cors(outer, cors(inner, warp::any().map(|| "hello")));
        let answer = ask(&app, request("GET /", &[("origin", asks)])).await;
        let place = format!("{asks}, {inner:?} in {outer:?}");
        assert_eq!(answer.status, status, "{place}");
        assert_eq!(answer.cors(), expected, "{place}");
    }
}

#[tokio::test]
async fn x8_a_preflight_has_no_body_and_no_call() {
    let application = Application::new(&[]);
    let app = application.behind(POLICY);

    let answer = ask(&app, preflight("/", LISTED)).await;
    assert_eq!((answer.status, &*answer.body), (204, ""));
    assert_eq!(answer.headers.len(), answer.cors().len());

    let server = serve(app).await;
    let head = Connection::open(server)
        .await
        .exchange(
            "OPTIONS / HTTP/1.1\nhost: api.test\norigin: https://app.example.com\n\
             access-control-request-method: PUT\n\n",
        )
        .await;
    assert_eq!(
        head,
        "HTTP/1.1 204 No Content\naccess-control-allow-origin: https://app.example.com\n\
         access-control-allow-credentials: true\naccess-control-allow-methods: PUT\n\
         access-control-max-age: 3600\n\n"
    );

    let answer = ask_http2(server, preflight("http://api.test/", LISTED)).await;
    assert_eq!((answer.status, &*answer.body), (204, ""));
    assert_eq!(answer.headers.get("content-length"), None);
    assert_eq!(answer.headers.get("content-type"), None);

    let denied = ask(&application.behind(POLICY), preflight("/", FOREIGN)).await;
    assert_eq!((denied.status, &*denied.body), (403, ""));
    assert!(denied.headers.is_empty(), "{denied:?}");
    assert_eq!(application.calls(), 0);
}

/// The body comes along with the head. When it comes after the answer, hyper has closed the
/// connection, as for every handler that leaves a body unread.
#[tokio::test]
async fn x9_a_body_of_a_refused_request_does_not_break_the_next_one() {
    let server = serve(Application::new(&[]).behind(POLICY)).await;
    let mut connection = Connection::open(server).await;
    let preflight = "OPTIONS / HTTP/1.1\nhost: api.test\norigin: https://app.example.com\n\
                     access-control-request-method: PUT\n";
    let foreign = "PUT / HTTP/1.1\nhost: api.test\norigin: https://evil.example\n";
    for (head, framed, status) in [
        (preflight, "content-length: 5\n\nGET /", "204"),
        (
            preflight,
            "transfer-encoding: chunked\n\n5\nGET /\n0\n\n",
            "204",
        ),
        (foreign, "content-length: 5\n\nGET /", "403"),
        (
            "HEAD / HTTP/1.1\nhost: api.test\norigin: https://evil.example\n",
            "\n",
            "403",
        ),
        (preflight, "\n", "204"),
    ] {
        let answer = connection.exchange(&format!("{head}{framed}")).await;
        assert!(answer.contains(status), "{answer}");
        if head == foreign {
            let body = "origin not allowed by the CORS policy\n";
            assert!(answer.contains("content-length: 38\n"), "{answer}");
            assert_eq!(connection.read(body.len()).await, body.as_bytes());
        }
        let answer = connection
            .exchange("GET / HTTP/1.1\nhost: api.test\n\n")
            .await;
        assert!(answer.starts_with("HTTP/1.1 200 OK\n"), "{framed}{answer}");
        assert_eq!(connection.read(5).await, b"hello");
    }
}

#[tokio::test]
async fn x10_the_target_of_a_preflight_may_be_an_asterisk() {
    let app = Application::new(&[]).behind(POLICY);
    assert_eq!(
        ask(&app, preflight("*", LISTED)).await.outcome(),
        (204, true)
    );
    let head = Connection::open(serve(app).await)
        .await
        .exchange(
            "OPTIONS * HTTP/1.1\nhost: api.test\norigin: https://app.example.com\n\
             access-control-request-method: PUT\n\n",
        )
        .await;
    assert!(head.starts_with("HTTP/1.1 204 No Content\n"), "{head}");
}

/// That it compiles is the test.
#[test]
fn x13_filter_and_future_are_send() {
    fn send<T: Clone + Send + Sync + 'static>(filter: T) -> T {
        filter
    }
    fn send_future<F: Future + Send + 'static>(_: F) {}

    let filter = send(cors(POLICY, warp::any().map(|| "hello")));
    send_future(async move { ask(&filter, request("GET /", &[])).await });
}

/// What one filter leaves to the next must not reach another request, on any thread.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn requests_at_once_keep_their_decisions() {
    let routes = warp::path::end().then(async || {
        tokio::task::yield_now().await;
        "hello"
    });
    let app = cors(POLICY, routes);
    let ask_all = async |app| {
        for _ in 0..50 {
            for (request, outcome) in [
                (request("GET /", &[("origin", LISTED)]), (200, true)),
                (request("GET /none", &[("origin", LISTED)]), (404, true)),
                (preflight("/", LISTED), (204, true)),
                (request("GET /", &[("origin", FOREIGN)]), (403, false)),
                (request("GET /", &[]), (200, false)),
                (preflight("/", FOREIGN), (403, false)),
            ] {
                assert_eq!(ask(&app, request).await.outcome(), outcome);
                tokio::task::yield_now().await;
            }
        }
    };
    let tasks: Vec<_> = (0..16)
        .map(|_| tokio::spawn(ask_all(app.clone())))
        .collect();
    for task in tasks {
        task.await.expect("no panic");
    }
}

#[tokio::test]
async fn x14_streams_are_passed_on_piece_by_piece() {
    async fn check(tell: mpsc::Sender<&'static str>, server: SocketAddr) {
        let mut connection = Connection::open(server).await;
        let head = connection
            .exchange("GET / HTTP/1.1\nhost: api.test\norigin: https://app.example.com\n\n")
            .await;
        assert!(head.contains(ALLOW_ORIGIN), "{head}");
        assert!(head.contains("content-type: text/event-stream\n"), "{head}");
        for text in ["one", "two"] {
            tell.send(text).await.unwrap();
            let chunk = format!("A\r\ndata:{text}\n\n\r\n");
            assert_eq!(connection.read(chunk.len()).await, chunk.as_bytes());
        }
        drop(tell);
        assert_eq!(connection.read(5).await, b"0\r\n\r\n");
    }
    let events = || {
        let (tell, told) = mpsc::channel(1);
        let told = Arc::new(Mutex::new(Some(told)));
        let filter = warp::any().map(move || {
            let mut told: mpsc::Receiver<&'static str> = told.lock().unwrap().take().unwrap();
            let told = stream::poll_fn(move |context| told.poll_recv(context));
            sse::reply(told.map(|text| Ok::<_, Infallible>(sse::Event::default().data(text))))
        });
        (tell, filter)
    };

    let (tell, filter) = events();
    check(tell, serve(cors(POLICY, filter)).await).await;
    let (tell, filter) = events();
    let service = CorsLayer::new(POLICY).layer(warp::service(filter));
    check(tell, serve_service(service).await).await;
}

#[tokio::test]
async fn x15_wp11_a_websocket_is_opened_for_a_listed_origin_only() {
    let echo = warp::ws().map(|upgrade: Ws| {
        upgrade.on_upgrade(async |socket| {
            let (send, receive) = socket.split();
            drop(receive.forward(send).await);
        })
    });
    let handshake = |origin: &str| {
        format!(
            "GET / HTTP/1.1\nhost: api.test\norigin: {origin}\nsec-fetch-mode: websocket\n\
             connection: upgrade\nupgrade: websocket\nsec-websocket-version: 13\n\
             sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\n\n"
        )
    };
    let wrapped = serve(cors(POLICY, echo)).await;
    let layered = serve_service(CorsLayer::new(POLICY).layer(warp::service(echo))).await;
    for server in [wrapped, layered] {
        let mut connection = Connection::open(server).await;
        let head = connection.exchange(&handshake(LISTED)).await;
        assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
        assert!(head.contains(ALLOW_ORIGIN), "{head}");
        // A text frame; what a client sends is masked, here with zeros.
        connection.send(b"\x81\x82\0\0\0\0hi").await;
        assert_eq!(connection.read(4).await, b"\x81\x02hi");

        let head = Connection::open(server)
            .await
            .exchange(&handshake(FOREIGN))
            .await;
        assert!(head.starts_with("HTTP/1.1 403 "), "{head}");
    }
}
