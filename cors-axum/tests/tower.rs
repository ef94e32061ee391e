//! The layer around services other than axum's, and the contract between them.

mod common;

use std::convert::Infallible;
use std::future::{pending, ready};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::header::SERVER;
use axum::http::{HeaderMap, HeaderValue, Request, Response};
use axum::middleware::ResponseAxumBodyLayer;
use axum::routing::get;
use cors_axum::{
    AnyBody, BodyMode, Cors, CorsLayer, Denial, Fixed, LivePolicy, OwnedPolicy, Policy,
    PreparedPolicy, ResponseBody, ResponseFuture, SameBody, by_request, look_up,
};
use http_body::{Body as _, Frame};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use test_client::{
    Connection, FOREIGN, LISTED, POLICY, REFUSAL, ask_http1, ask_http2, ask_service as ask,
    preflight_from, serve_service, within,
};
use tokio::net::TcpListener;
use tokio::time::timeout;
use tower::limit::ConcurrencyLimitLayer;
use tower::{Layer, Service, ServiceBuilder, ServiceExt};
use tower_http::trace::TraceLayer;

use common::{preflight, request, serve};

#[tokio::test]
async fn ax12_axum_serves_other_bodies_in_both_documented_ways() {
    let router = Router::new().route("/", get(|| async { "hello" }));
    let any_body = router.clone().layer(
        ServiceBuilder::new()
            .layer(CorsLayer::new(POLICY).any_body())
            .layer(TraceLayer::new_for_http()),
    );
    let same_body = ServiceBuilder::new()
        .layer(CorsLayer::new(POLICY))
        .layer(ResponseAxumBodyLayer)
        .layer(TraceLayer::new_for_http())
        .service(router);
    let foreign = "GET / HTTP/1.1\nhost: api.test\norigin: https://evil.example\n\n";
    for server in [serve(any_body).await, serve(same_body).await] {
        let mut connection = Connection::open(server).await;
        let head = connection
            .exchange(&foreign.replace("https://evil.example", LISTED))
            .await;
        assert!(head.starts_with("HTTP/1.1 200 OK\n"), "{head}");
        assert!(head.contains("content-length: 5\n"), "{head}");
        assert_eq!(connection.read(5).await, b"hello");

        let head = connection.exchange(foreign).await;
        assert!(head.starts_with("HTTP/1.1 403 Forbidden\n"), "{head}");
        assert!(head.contains("content-length: 38\n"), "{head}");
        assert_eq!(connection.read(38).await, REFUSAL.as_bytes());
    }
}

#[tokio::test]
async fn ax14_an_error_of_the_service_is_passed_through() {
    async fn fail(_: Request<Body>) -> io::Result<Response<Full<Bytes>>> {
        Err(io::Error::new(io::ErrorKind::AddrInUse, "no"))
    }
    let service = CorsLayer::new(POLICY).layer(tower::service_fn(fail));
    let asked = |origin| request("GET /", &[("origin", origin)]);
    let error: io::Error = service.clone().oneshot(asked(LISTED)).await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
    assert_eq!(ask(&service, asked(FOREIGN)).await.status, 403);
    assert_eq!(ask(&service, preflight("/", LISTED)).await.status, 204);
}

#[tokio::test]
async fn ax16_tonic_takes_the_layer_with_any_body() {
    use tonic::transport::server::{Server, TcpIncoming};

    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = Server::builder()
        .accept_http1(true)
        .layer(CorsLayer::new(POLICY).any_body())
        .layer(tonic_web::GrpcWebLayer::new())
        .add_routes(tonic::service::Routes::default())
        .serve_with_incoming(TcpIncoming::from(listener));
    tokio::spawn(server);

    let answer = ask_http2(address, "OPTIONS /a.B/C", &preflight_from(LISTED)).await;
    assert_eq!(answer.outcome(), (204, true));
    let call = async |origin| {
        let fields = [("origin", origin), ("content-type", "application/grpc-web")];
        ask_http2(address, "POST /a.B/C", &fields).await
    };
    let answer = call(LISTED).await;
    assert_eq!(answer.outcome(), (200, true));
    assert_eq!(answer.field("grpc-status"), Some("12"));
    let answer = call(FOREIGN).await;
    assert_eq!((answer.status, &*answer.body), (403, REFUSAL));
}

async fn hello<B>(_: Request<B>) -> Result<Response<Full<Bytes>>, Infallible> {
    Ok(Response::new(Full::from("hello")))
}

/// A preflight asks nothing of the wrapped service, but only that service knows beforehand whether
/// it can take the next request. What it has reserved for a request that it does not get is given
/// back: services that are kept would starve each other.
#[tokio::test]
async fn ax17_what_the_layer_answers_keeps_no_permit() {
    let limited = ConcurrencyLimitLayer::new(1).layer(tower::service_fn(hello::<Body>));
    let mut first = CorsLayer::new(POLICY).layer(limited);
    let mut second = first.clone();
    for (asks, status) in [
        (preflight("/", LISTED), 204),
        (preflight("/", FOREIGN), 403),
        (request("GET /", &[("origin", FOREIGN)]), 403),
        (request("GET /", &[("origin", LISTED)]), 200),
    ] {
        let ready = within(first.ready()).await.unwrap();
        let mut context = Context::from_waker(Waker::noop());
        assert!(second.poll_ready(&mut context).is_pending());
        let answer = within(ready.call(asks)).await.unwrap();
        assert_eq!(answer.status(), status);

        // Both are kept.
        let get = request("GET /", &[("origin", LISTED)]);
        let ready = within(second.ready()).await.unwrap();
        assert_eq!(within(ready.call(get)).await.unwrap().status(), 200);
    }
}

/// The one that is ready is called when the policy is found, not the clone of it that waits for the
/// next request.
#[tokio::test]
async fn ax17_a_look_up_keeps_the_permit_for_its_request() {
    let limited = ConcurrencyLimitLayer::new(1).layer(tower::service_fn(hello::<Body>));
    let policy = Arc::new(PreparedPolicy::from(POLICY));
    let look_up = CorsLayer::look_up(move |_| {
        let policy = Some(Arc::clone(&policy));
        async {
            tokio::task::yield_now().await;
            policy
        }
    });
    let mut first = look_up.layer(limited);
    let mut second = first.clone();
    for (asks, status) in [
        (request("GET /", &[("origin", LISTED)]), 200),
        (request("GET /", &[("origin", FOREIGN)]), 403),
        (preflight("/", LISTED), 204),
    ] {
        let answer = within(first.ready()).await.unwrap().call(asks);
        let mut context = Context::from_waker(Waker::noop());
        assert!(second.poll_ready(&mut context).is_pending());
        assert_eq!(within(answer).await.unwrap().status(), status);

        let get = request("GET /", &[("origin", LISTED)]);
        let ready = within(second.ready()).await.unwrap();
        assert_eq!(within(ready.call(get)).await.unwrap().status(), 200);
    }
}

/// Over HTTP/2 there is no `Host` line to choose by.
#[tokio::test]
async fn the_authority_chooses_over_http2_too() {
    let policy = Arc::new(PreparedPolicy::from(POLICY));
    let layer = CorsLayer::by_request(move |head| match head.authority()? {
        "api.test" => Some(Arc::clone(&policy)),
        _ => None,
    });
    let server = serve_service(layer.layer(tower::service_fn(hello::<Incoming>))).await;
    let fields = [("origin", LISTED)];
    for (target, outcome) in [
        ("GET http://api.test/", (200, true)),
        ("GET http://other.test/", (403, false)),
    ] {
        let answer = ask_http2(server, target, &fields).await;
        assert_eq!(answer.outcome(), outcome, "{target}");
    }
    let answer = ask_http1(server, "GET /", &fields).await;
    assert_eq!(answer.outcome(), (200, true));
}

/// With any method and any header the answer repeats what was asked for: all of it.
#[tokio::test]
async fn every_line_of_the_requested_headers_is_echoed() {
    let policy = POLICY.any_request_header();
    let service = CorsLayer::new(policy).layer(tower::service_fn(hello::<Body>));
    let asks = request(
        "OPTIONS /",
        &[
            ("origin", LISTED),
            ("access-control-request-method", "PUT"),
            ("access-control-request-headers", "x-a"),
            ("access-control-request-headers", "x-b,x-c"),
        ],
    );
    let answer = service.oneshot(asks).await.unwrap();
    let lines = answer
        .headers()
        .get_all("access-control-allow-headers")
        .iter();
    assert!(lines.eq(["x-a", "x-b,x-c"]));
}

/// Whoever stands outside counts or logs it, or replaces the body.
#[tokio::test]
async fn a_denial_is_in_the_extensions() {
    let answer = async |policy, asks| {
        let service = CorsLayer::new(policy).layer(tower::service_fn(hello::<Body>));
        let answer: Response<Full<Bytes>> = within(service.oneshot(asks)).await.unwrap();
        (answer.status().as_u16(), answer.extensions().get().copied())
    };
    let get = |origin| request("GET /", &[("origin", origin)]);
    let denied = Some(Denial::OriginNotAllowed);
    assert_eq!(answer(POLICY, get(LISTED)).await, (200, None));
    assert_eq!(answer(POLICY, get(FOREIGN)).await, (403, denied));
    assert_eq!(answer(POLICY, preflight("/", FOREIGN)).await, (403, denied));
    let forwards = POLICY.forward_denied();
    assert_eq!(answer(forwards, get(FOREIGN)).await, (200, denied));
}

/// One `static` for several layers; policies that are prepared or live go in as they are.
#[tokio::test]
async fn every_source_is_a_policy() {
    static STATIC: Policy = POLICY;
    async fn check<P>(layer: CorsLayer<P>)
    where
        P: Clone,
        Cors<Router, P>: Service<Request<Body>, Response = Response<Body>, Error = Infallible>,
    {
        let service = layer.layer(Router::new().route("/", get(|| async { "hello" })));
        let mut service = service;
        let answer = service.call(request("GET /", &[("origin", LISTED)]));
        let answer = within(answer).await.unwrap();
        assert_eq!(answer.headers()["access-control-allow-origin"], LISTED);
    }
    let live = LivePolicy::new(STATIC);
    let owned = || OwnedPolicy::from(&STATIC);
    let prepared = Arc::new(PreparedPolicy::from(owned()));
    check(CorsLayer::new(STATIC)).await;
    check(CorsLayer::new(&STATIC)).await;
    check(CorsLayer::new(owned())).await;
    check(CorsLayer::new(PreparedPolicy::from(owned()))).await;
    check(CorsLayer::new(Arc::clone(&prepared))).await;
    check(CorsLayer::new(&live)).await;
    check(CorsLayer::new(live)).await;
    let chosen = Arc::clone(&prepared);
    check(CorsLayer::new(by_request(move |_| {
        Some(Arc::clone(&chosen))
    })))
    .await;
    check(CorsLayer::new(look_up(move |_| {
        ready(Some(Arc::clone(&prepared)))
    })))
    .await;
}

#[tokio::test]
async fn hyper_serves_both_kinds_of_body() {
    let hello = || tower::service_fn(hello::<Incoming>);
    let layer = CorsLayer::new(POLICY);
    for server in [
        serve_service(layer.layer(hello())).await,
        serve_service(layer.clone().any_body().layer(hello())).await,
    ] {
        for (origin, status, body, cors) in [
            (
                LISTED,
                200,
                "hello",
                &[
                    "access-control-allow-credentials: true",
                    "access-control-allow-origin: https://app.example.com",
                    "vary: Origin",
                ][..],
            ),
            (FOREIGN, 403, REFUSAL, &["vary: Origin"]),
        ] {
            let answer = ask_http2(server, "GET /", &[("origin", origin)]).await;
            assert_eq!((answer.status, &*answer.body), (status, body));
            assert_eq!(answer.cors(), cors);
            let length = body.len().to_string();
            assert_eq!(answer.field("content-length"), Some(&*length));
        }
        let answer = ask_http2(server, "OPTIONS /", &preflight_from(LISTED)).await;
        assert_eq!((answer.outcome(), &*answer.body), ((204, true), ""));
    }
}

/// Polls a body that is always ready.
fn next_frame<B: http_body::Body + Unpin>(body: &mut B) -> Option<Frame<B::Data>>
where
    B::Error: std::fmt::Debug,
{
    let mut context = Context::from_waker(Waker::noop());
    match Pin::new(body).poll_frame(&mut context) {
        Poll::Ready(frame) => frame.map(|frame| frame.expect("a frame")),
        Poll::Pending => panic!("a body that is ready"),
    }
}

#[test]
fn a_text_of_the_layer_is_one_frame_of_a_known_size() {
    fn check<B>(mut body: B, text: &str)
    where
        B: http_body::Body<Data = Bytes, Error = Infallible> + Unpin,
    {
        assert_eq!(body.size_hint().exact(), Some(text.len() as u64));
        assert_eq!(body.is_end_stream(), text.is_empty());
        if !text.is_empty() {
            let frame = next_frame(&mut body).unwrap();
            assert_eq!(frame.into_data().unwrap(), text);
        }
        assert!(next_frame(&mut body).is_none());
        assert_eq!(body.size_hint().exact(), Some(0));
        assert!(body.is_end_stream());
    }
    for text in ["", REFUSAL] {
        check(<SameBody as BodyMode<Full<Bytes>>>::text(text.into()), text);
        check(<AnyBody as BodyMode<Full<Bytes>>>::text(text.into()), text);
    }
    check(ResponseBody::<Full<Bytes>>::default(), "");
}

#[test]
fn a_body_of_the_service_passes_unchanged() {
    let trailers = HeaderMap::from_iter([(SERVER, HeaderValue::from_static("x"))]);
    let inner = || {
        let trailers = std::future::ready(Some(Ok(trailers.clone())));
        Full::<Bytes>::from("hello").with_trailers(trailers)
    };
    let (mut kept, plain) = (<AnyBody as BodyMode<_>>::keep(inner()), inner());
    assert_eq!(kept.size_hint().exact(), plain.size_hint().exact());
    assert!(!kept.is_end_stream());
    assert_eq!(next_frame(&mut kept).unwrap().into_data().unwrap(), "hello");
    let last = next_frame(&mut kept).unwrap().into_trailers().unwrap();
    assert_eq!(last, trailers);
    assert!(next_frame(&mut kept).is_none());

    let empty = <AnyBody as BodyMode<_>>::keep(Full::<Bytes>::default());
    assert!(empty.is_end_stream());
}

/// A look-up that never ends is the user's to limit: nothing is answered before.
#[tokio::test]
async fn x12_nothing_runs_while_a_look_up_is_under_way() {
    let mut service = CorsLayer::look_up(|_| pending()).layer(Router::new());
    let answer = service.call(request("GET /", &[("origin", LISTED)]));
    let waited = timeout(Duration::from_millis(50), answer).await;
    assert!(waited.is_err());
}

/// That it compiles is the test: `Send`, and without a box, which could not be named so.
#[test]
fn x13_the_future_is_send_and_has_a_name() {
    type Inner = <Router as Service<Request<Body>>>::Future;
    type Same = ResponseFuture<Inner, SameBody, Body>;
    type Any = ResponseFuture<Inner, AnyBody, ResponseBody<Body>>;
    fn send<F: Send>(future: F) -> F {
        future
    }

    let layer = CorsLayer::new(POLICY);
    let mut same = layer.clone().layer(Router::new());
    drop::<Same>(send(same.call(request("GET /", &[]))));
    let mut any = layer.any_body().layer(Router::new());
    drop::<Any>(send(any.call(request("GET /", &[]))));
}

/// One pointer, which a clone shares: nothing of a policy is copied, however long it is.
#[test]
fn a_layer_and_a_service_are_one_pointer_larger_than_what_they_wrap() {
    let pointer = size_of::<usize>();
    assert_eq!(size_of::<CorsLayer>(), pointer);
    assert_eq!(size_of::<CorsLayer<Fixed, AnyBody>>(), pointer);
    assert_eq!(size_of::<Cors<()>>(), pointer);
    assert_eq!(size_of::<Cors<Router>>(), size_of::<Router>() + pointer);
}
