//! Requests and responses that CORS middleware gets wrong.

mod common;

use std::convert::Infallible;
use std::future::ready;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use actix_web::body::{BodySize, EitherBody, MessageBody};
use actix_web::dev::{
    Service, ServiceFactory, ServiceRequest, ServiceResponse, Transform, fn_service,
};
use actix_web::http::header::{CONTENT_TYPE, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::web::{self, Bytes, Payload};
use actix_web::{App, Error, HttpResponse};
use cors_actix::{Cors, CorsMiddleware, Policy, ResponseFuture};
use tokio::sync::mpsc;

use common::{Connection, FOREIGN, LISTED, POLICY, ask, ask_http2, preflight, request, serve};

/// An application that answers everything with these fields, and how often it did.
#[derive(Clone)]
struct Application {
    calls: Arc<AtomicUsize>,
    fields: &'static [(&'static str, &'static str)],
}

impl Application {
    fn new(fields: &'static [(&'static str, &'static str)]) -> Self {
        Self {
            calls: Arc::default(),
            fields,
        }
    }

    fn behind(
        &self,
        policy: Policy<'static>,
    ) -> App<
        impl ServiceFactory<
            ServiceRequest,
            Config = (),
            Response = ServiceResponse<impl MessageBody + use<>>,
            Error = Error,
            InitError = (),
        > + use<>,
    > {
        let Self { calls, fields } = self.clone();
        let handler = web::to(move || {
            calls.fetch_add(1, Ordering::Relaxed);
            let mut response = HttpResponse::Ok();
            for &field in fields {
                response.append_header(field);
            }
            ready(response.body("hello"))
        });
        App::new().default_service(handler).wrap(Cors::new(policy))
    }

    fn calls(&self) -> usize {
        self.calls.load(Ordering::Relaxed)
    }
}

const ALLOW_ORIGIN: &str = "access-control-allow-origin: https://app.example.com";
const ALLOW_CREDENTIALS: &str = "access-control-allow-credentials: true";
const VARY: &str = "vary: Origin";
const REFUSAL: &str = "origin not allowed by the CORS policy\n";

#[actix_web::test]
async fn x1_options_without_request_method_reaches_the_handler() {
    let options = || web::method(Method::OPTIONS).to(|| async { "GET, PUT" });
    let app = || {
        App::new()
            .service(web::resource("/").route(options()))
            .wrap(Cors::new(POLICY))
    };
    let answer = ask(app, request("OPTIONS /", &[("origin", LISTED)])).await;
    assert_eq!((answer.status, &*answer.body), (200, "GET, PUT"));
    assert_eq!(answer.cors(), [ALLOW_CREDENTIALS, ALLOW_ORIGIN]);
}

#[actix_web::test]
async fn x2_two_origin_lines_are_refused() {
    let application = Application::new(&[]);
    let twice = [("origin", LISTED), ("origin", LISTED)];

    let answer = ask(|| application.behind(POLICY), request("GET /", &twice)).await;
    assert_eq!(answer.status, 403);
    assert_eq!(answer.cors(), [VARY]);
    assert_eq!(application.calls(), 0);

    let forwarding = || application.behind(POLICY.forward_denied());
    let answer = ask(forwarding, request("GET /", &twice)).await;
    assert_eq!((answer.status, &*answer.body), (200, "hello"));
    assert_eq!(answer.cors(), [VARY]);
}

#[actix_web::test]
async fn x3_an_origin_that_is_no_text_is_refused() {
    for bytes in [
        b"https://app.example.com\xff".as_slice(),
        "https://\u{e4}pp.example.com".as_bytes(),
        b"\x80",
        b"",
    ] {
        let origin = || ("origin", HeaderValue::from_bytes(bytes).unwrap());
        let get = || request("GET /", &[]).insert_header(origin());
        let application = Application::new(&[]);

        let answer = ask(|| application.behind(POLICY), get()).await;
        assert_eq!((answer.status, answer.cors()), (403, vec![VARY.into()]));
        let preflight = preflight("/", LISTED).insert_header(origin());
        let answer = ask(|| application.behind(POLICY), preflight).await;
        assert_eq!((answer.status, answer.cors()), (403, vec![]));
        assert_eq!(application.calls(), 0, "{bytes:?}");

        let forwarding = || application.behind(POLICY.forward_denied());
        let answer = ask(forwarding, get()).await;
        assert_eq!((answer.status, answer.cors()), (200, vec![VARY.into()]));
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

#[actix_web::test]
async fn x4_without_origin_the_response_varies_and_shares_nothing() {
    let application = Application::new(CLAIMS);
    let answer = ask(|| application.behind(POLICY), request("GET /", &[])).await;
    assert_eq!((answer.status, answer.cors()), (200, vec![VARY.into()]));
}

#[actix_web::test]
async fn x5_a_handler_cannot_share_with_a_foreign_origin() {
    let application = Application::new(CLAIMS);
    let foreign = ("origin", FOREIGN);
    let same_origin = ("sec-fetch-site", "same-origin");
    for (policy, fields, status) in [
        (POLICY, &[foreign][..], 403),
        (POLICY, &[foreign, same_origin], 200),
        (POLICY, &[foreign, ("sec-fetch-mode", "no-cors")], 200),
        (POLICY.forward_denied(), &[foreign], 200),
    ] {
        let answer = ask(|| application.behind(policy), request("GET /", fields)).await;
        assert_eq!((answer.status, answer.cors()), (status, vec![VARY.into()]));
    }
    assert_eq!(application.calls(), 3);
}

#[actix_web::test]
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
            let get = request("GET /", request_fields);
            let mut lines = ask(|| application.behind(policy), get).await.cors();
            lines.retain(|line| line.starts_with("vary"));
            assert_eq!(lines, expected, "{request_fields:?}");
        }
    }
}

#[actix_web::test]
async fn x7_of_two_layers_the_outer_one_decides() {
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
        let application = Application::new(&[]);
        let app = || application.behind(inner).wrap(Cors::new(outer));
        let answer = ask(app, request("GET /", &[("origin", asks)])).await;
        let place = format!("{asks}, {inner:?} in {outer:?}");
        assert_eq!(answer.status, status, "{place}");
        assert_eq!(answer.cors(), expected, "{place}");
    }
}

#[actix_web::test]
async fn x8_a_preflight_has_no_body_and_no_call() {
    let application = Application::new(&[]);
    let app = {
        let application = application.clone();
        move || application.behind(POLICY)
    };

    let answer = ask(&app, preflight("/", LISTED)).await;
    assert_eq!((answer.status, &*answer.body), (204, ""));
    assert_eq!(answer.lines.len(), answer.cors().len());

    let server = serve(app.clone());
    let asks = "OPTIONS / HTTP/1.1\nhost: api.test\naccess-control-request-method: PUT\n";
    let mut connection = Connection::open(server).await;
    let head = connection
        .exchange(&format!("{asks}origin: {LISTED}\n\n"))
        .await;
    assert_eq!(
        head,
        "HTTP/1.1 204 No Content\naccess-control-allow-credentials: true\n\
         access-control-allow-methods: PUT\n\
         access-control-allow-origin: https://app.example.com\naccess-control-max-age: 3600\n"
    );
    let head = connection
        .exchange(&format!("{asks}origin: {FOREIGN}\n\n"))
        .await;
    assert_eq!(head, "HTTP/1.1 403 Forbidden\ncontent-length: 0\n");

    let asks = [("origin", LISTED), ("access-control-request-method", "PUT")];
    let answer = ask_http2(server, "OPTIONS http://api.test/", &asks).await;
    assert_eq!((answer.outcome(), &*answer.body), ((204, true), ""));
    assert_eq!(answer.field("content-length"), None);
    assert_eq!(answer.field("content-type"), None);

    let denied = ask(app, preflight("/", FOREIGN)).await;
    assert_eq!((denied.status, &*denied.body), (403, ""));
    assert!(denied.lines.is_empty(), "{denied:?}");
    assert_eq!(application.calls(), 0);
}

/// actix-web drops what is left of a chunked body. With any other body that nobody reads it closes
/// the connection, whoever answers; here that is the middleware, and for a listed origin the handler.
#[actix_web::test]
async fn x9_a_body_of_a_refused_request_is_no_request() {
    let application = Application::new(&[]);
    let server = serve(move || application.behind(POLICY));
    let head =
        |line: &str, origin: &str| format!("{line} HTTP/1.1\nhost: api.test\norigin: {origin}\n");
    let asks = "access-control-request-method: PUT\n";
    let chunked = "transfer-encoding: chunked\n\n5\nGET /\n0\n\n";
    let sized = "content-length: 5\n\nGET /";
    let preflight = head("OPTIONS /", LISTED) + asks;
    let refused_preflight = head("OPTIONS /", FOREIGN) + asks;
    let (refused, allowed) = (head("PUT /", FOREIGN), head("PUT /", LISTED));
    let bodiless = head("HEAD /", FOREIGN);
    let answers = [
        (&preflight, 204, ""),
        (&refused_preflight, 403, ""),
        (&refused, 403, REFUSAL),
        (&allowed, 200, "hello"),
    ];

    let mut connection = Connection::open(server).await;
    for (head, status, body) in answers {
        for framed in [chunked, "\n"] {
            let answer = connection.exchange(&format!("{head}{framed}")).await;
            assert!(
                answer.starts_with(&format!("HTTP/1.1 {status} ")),
                "{answer}"
            );
            assert!(!answer.contains("connection: close"), "{answer}");
            assert_eq!(connection.read(body.len()).await, body.as_bytes());
        }
    }
    let answer = connection.exchange(&format!("{bodiless}\n")).await;
    assert!(answer.contains("content-length: 38\n"), "{answer}");
    assert!(answer.contains("content-type: text/plain; charset=utf-8\n"));
    let answer = connection.exchange(&format!("{allowed}\n")).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\n"), "{answer}");

    for (head, status, body) in answers {
        let mut connection = Connection::open(server).await;
        let answer = connection.exchange(&format!("{head}{sized}")).await;
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")),
            "{answer}"
        );
        assert!(answer.contains("connection: close\n"), "{answer}");
        let rest = String::from_utf8(connection.rest().await).unwrap();
        assert_eq!(rest, body, "{head}");
    }
}

#[actix_web::test]
async fn x10_the_target_of_a_preflight_may_be_an_asterisk() {
    let application = Application::new(&[]);
    let app = move || application.behind(POLICY);
    let answer = ask(&app, preflight("*", LISTED)).await;
    assert_eq!(answer.outcome(), (204, true));

    let head = Connection::open(serve(app))
        .await
        .exchange(
            "OPTIONS * HTTP/1.1\nhost: api.test\norigin: https://app.example.com\n\
             access-control-request-method: PUT\n\n",
        )
        .await;
    assert!(head.starts_with("HTTP/1.1 204 No Content\n"), "{head}");
}

/// That it compiles is the test: a future that is named without a box, around any type of body.
#[actix_web::test]
async fn x13_the_future_has_a_name() {
    fn named<S, B>(
        service: &CorsMiddleware<S>,
        asks: ServiceRequest,
    ) -> ResponseFuture<S::Future, B>
    where
        S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
        B: MessageBody,
    {
        service.call(asks)
    }
    let hello = fn_service(|asks: ServiceRequest| {
        let response = HttpResponse::with_body(StatusCode::OK, "hello");
        ready(Ok::<ServiceResponse<&str>, Error>(
            asks.into_response(response),
        ))
    });
    let service = Cors::new(POLICY).new_transform(hello).await.unwrap();
    for (origin, text) in [(LISTED, "hello"), (FOREIGN, REFUSAL)] {
        let asks = request("GET /", &[("origin", origin)]).to_srv_request();
        let answer = named(&service, asks).await.unwrap();
        let body: EitherBody<&str, &str> = answer.into_body();
        assert_eq!(body.size(), BodySize::Sized(text.len() as u64));
    }
}

/// A body that says nothing until it is told what.
#[derive(Clone)]
struct Told(Arc<Mutex<mpsc::Receiver<&'static str>>>);

impl MessageBody for Told {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Infallible>>> {
        let text = self.0.lock().expect("one reader").poll_recv(cx);
        text.map(|text| text.map(|text| Ok(Bytes::from(text))))
    }
}

#[actix_web::test]
async fn x14_streams_are_passed_on_piece_by_piece() {
    let (tell, told) = mpsc::channel(1);
    let body = Told(Arc::new(Mutex::new(told)));
    let server = serve(move || {
        let body = body.clone();
        let stream = move || {
            let mut response = HttpResponse::with_body(StatusCode::OK, body.clone());
            let events = HeaderValue::from_static("text/event-stream");
            response.headers_mut().insert(CONTENT_TYPE, events);
            ready(response)
        };
        App::new()
            .route("/", web::get().to(stream))
            .wrap(Cors::new(POLICY))
    });
    let mut connection = Connection::open(server).await;
    let head = connection
        .exchange("GET / HTTP/1.1\nhost: api.test\norigin: https://app.example.com\n\n")
        .await;
    assert!(head.contains(ALLOW_ORIGIN), "{head}");
    assert!(head.contains("content-type: text/event-stream\n"), "{head}");
    for text in ["data: 1\n\n", "data: 2\n\n"] {
        tell.send(text).await.unwrap();
        let chunk = format!("9\r\n{text}\r\n");
        assert_eq!(connection.read(chunk.len()).await, chunk.as_bytes());
    }
    drop(tell);
    assert_eq!(connection.read(5).await, b"0\r\n\r\n");
}

/// An echo, without the frames of WebSocket: the bytes behind the head are those of the protocol.
#[actix_web::test]
async fn x15_a_websocket_is_opened_for_a_listed_origin_only() {
    async fn echo(bytes: Payload) -> HttpResponse {
        HttpResponse::SwitchingProtocols()
            .upgrade("websocket")
            .streaming(bytes)
    }
    let server = serve(|| {
        App::new()
            .route("/", web::get().to(echo))
            .wrap(Cors::new(POLICY))
    });
    let handshake = |origin: &str| {
        format!(
            "GET / HTTP/1.1\nhost: api.test\norigin: {origin}\nsec-fetch-mode: websocket\n\
             connection: upgrade\nupgrade: websocket\nsec-websocket-version: 13\n\
             sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\n\n"
        )
    };

    let mut connection = Connection::open(server).await;
    let head = connection.exchange(&handshake(LISTED)).await;
    assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
    assert!(head.contains(ALLOW_ORIGIN), "{head}");
    for bytes in [b"\x81\x82\0\0\0\0hi", b"\x81\x82\0\0\0\0ho"] {
        connection.send(bytes).await;
        assert_eq!(connection.read(bytes.len()).await, bytes);
    }

    let head = Connection::open(server)
        .await
        .exchange(&handshake(FOREIGN))
        .await;
    assert!(head.starts_with("HTTP/1.1 403 "), "{head}");
}

/// A page may always talk to its own server, which is `:authority` in HTTP/2, and the host of an
/// absolute target in HTTP/1.1, whatever `Host` says.
#[actix_web::test]
async fn the_own_origin_is_that_of_the_target() {
    let application = Application::new(&[]);
    let server = serve(move || application.behind(POLICY));

    for (target, host, origin, status) in [
        ("http://api.test/", None, "http://api.test", 200),
        ("http://api.test:8080/", None, "http://api.test:8080", 200),
        ("http://API.test/", None, "http://api.test", 200),
        ("http://api.test:8080/", None, "http://api.test", 403),
        ("http://api.test/", None, "http://evil.example", 403),
        (
            "http://api.test/",
            Some("evil.example"),
            "http://api.test",
            200,
        ),
        (
            "http://api.test/",
            Some("evil.example"),
            "http://evil.example",
            403,
        ),
        ("/", Some("api.test"), "http://api.test", 200),
        ("/", Some("api.test"), "http://evil.example", 403),
    ] {
        let row = format!("{target} {host:?} {origin}");
        if target != "/" {
            let mut fields = vec![("origin", origin)];
            fields.extend(host.map(|host| ("host", host)));
            let answer = ask_http2(server, &format!("GET {target}"), &fields).await;
            assert_eq!(answer.status, status, "HTTP/2: {row}");
            assert_eq!(answer.cors(), ["vary: Origin"], "HTTP/2: {row}");
        }
        let host = host.unwrap_or("api.test");
        let head = Connection::open(server)
            .await
            .exchange(&format!(
                "GET {target} HTTP/1.1\nhost: {host}\norigin: {origin}\n\n"
            ))
            .await;
        assert!(
            head.starts_with(&format!("HTTP/1.1 {status} ")),
            "{row}: {head}"
        );
        assert!(!head.contains("access-control-"), "{row}: {head}");
    }
}

/// One pointer, which a clone shares: nothing of a policy is copied, however long it is.
#[test]
fn a_middleware_is_one_pointer_larger_than_what_it_wraps() {
    fn shared_by_threads<T: Clone + Send + Sync>() {}
    shared_by_threads::<Cors>();
    let pointer = size_of::<usize>();
    assert_eq!(size_of::<Cors>(), pointer);
    assert_eq!(size_of::<CorsMiddleware<()>>(), pointer);
    assert_eq!(size_of::<CorsMiddleware<[usize; 3]>>(), 4 * pointer);
}
