//! What CORS costs in allocations: nothing, where nothing has to be stored.

use std::sync::Arc;

use allocation_counter::measure;
use axum::Router;
use axum::body::Body;
use axum::routing::get;
use bytes::Bytes;
use conformance_tests::cases;
use cors_axum::{CorsLayer, Policy};
use http::{HeaderValue, Request, Response, StatusCode};
use tower::util::MapResponseLayer;
use tower::{Layer, Service};

const POLICY: Policy<'_> = Policy::credentialed("https://app.example.com")
    .methods("PUT, DELETE")
    .request_headers("authorization, content-type")
    .expose_headers("x-request-id")
    .max_age(3600);

/// Every case, the hostile ones too: a mebibyte of commas costs what a comma costs.
#[test]
fn a_decision_never_allocates() {
    for case in cases() {
        let policy = case.policy.to_core().unwrap();
        let request = &case.request;
        let allocated = measure(|| {
            let decision = policy.decide(request.method.as_bytes(), |field| {
                request.values(field.name())
            });
            for (field, _) in decision.edits().iter() {
                std::hint::black_box(policy.text(field));
            }
        });
        assert_eq!(allocated.count_total, 0, "{}", case.name);
    }
}

/// A value as hyper makes it: a part of one shared buffer.
fn value(text: &'static str) -> HeaderValue {
    let buffer = Bytes::copy_from_slice(text.as_bytes());
    drop(buffer.clone());
    HeaderValue::from_maybe_shared(buffer).unwrap()
}

fn request(method: &str, lines: &[(&'static str, &'static str)]) -> Request<Body> {
    let mut request = Request::builder().method(method).uri("/");
    for &(name, text) in lines {
        request = request.header(name, value(text));
    }
    request.body(Body::empty()).unwrap()
}

/// How many allocations one call costs when everything is warm.
fn count<S>(
    service: &mut S,
    method: &str,
    lines: &[(&'static str, &'static str)],
) -> (u64, StatusCode)
where
    S: Service<Request<Body>, Response = Response<Body>>,
    S::Error: std::fmt::Debug,
{
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let mut last = (0, StatusCode::IM_A_TEAPOT);
    for _ in 0..3 {
        let request = request(method, lines);
        let mut response = None;
        let allocated = measure(|| {
            response = Some(runtime.block_on(service.call(request)).unwrap());
        });
        last = (allocated.count_total, response.unwrap().status());
    }
    last
}

fn router() -> Router {
    Router::new().route("/", get(|| async { "hello" }))
}

const ORIGIN: (&str, &str) = ("origin", "https://app.example.com");
const EVIL: (&str, &str) = ("origin", "https://evil.example");
const METHOD: (&str, &str) = ("access-control-request-method", "PUT");
const HEADERS: (&str, &str) = ("access-control-request-headers", "content-type");

#[test]
fn around_a_router_an_actual_request_costs_nothing() {
    for (lines, status) in [(&[][..], 200), (&[ORIGIN], 200)] {
        let bare = count(&mut router(), "GET", lines);
        let layered = count(&mut CorsLayer::new(POLICY).layer(router()), "GET", lines);
        assert_eq!(layered, bare, "{lines:?}");
        assert_eq!(layered.1, status);
    }
}

/// The response's header map is two allocations, the body of a refused request is another.
#[test]
fn answers_of_the_layer_cost_their_header_map() {
    for (method, lines, allocations, status) in [
        ("OPTIONS", &[ORIGIN, METHOD, HEADERS][..], 2, 204),
        ("OPTIONS", &[EVIL, METHOD, HEADERS], 2, 403),
        ("GET", &[EVIL], 3, 403),
    ] {
        let (count, got) = count(&mut CorsLayer::new(POLICY).layer(router()), method, lines);
        assert_eq!(got.as_u16(), status);
        assert!(count <= allocations, "{method} {lines:?}: {count}");
    }
}

/// axum boxes every layered route and its layer; ours adds nothing to what a layer that does nothing
/// costs.
#[test]
fn layered_on_a_router_an_actual_request_costs_what_any_layer_costs() {
    let held = Arc::new(());
    let nothing = MapResponseLayer::new(move |response: Response<Body>| {
        let _ = &held;
        response
    });
    let any_layer = count(&mut router().layer(nothing), "GET", &[ORIGIN]);
    let layered = count(
        &mut router().layer(CorsLayer::new(POLICY)),
        "GET",
        &[ORIGIN],
    );
    assert_eq!(layered, any_layer);
}
