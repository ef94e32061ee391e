//! `cors-axum`, around a router and on one.

use std::sync::Arc;

use ::axum::Router;
use ::axum::body::Body;
use ::axum::routing::get;
use cors_axum::CorsLayer;
use http::{HeaderValue, Request, Response};
use tower::Service;
use tower::util::MapResponseLayer;

use super::{EVIL, HEADERS, Lines, METHOD, ORIGIN, POLICY, runtime, value};

fn request(method: &str, lines: Lines<'_>) -> Request<Body> {
    let mut request = Request::builder().method(method).uri("/");
    for &(name, text) in lines {
        request = request.header(name, HeaderValue::from_maybe_shared(value(text)).unwrap());
    }
    request.body(Body::empty()).unwrap()
}

fn count<S>(service: &mut S, method: &str, lines: Lines<'_>) -> (u64, u16)
where
    S: Service<Request<Body>, Response = Response<Body>>,
    S::Error: std::fmt::Debug,
{
    let runtime = runtime();
    super::count(
        || request(method, lines),
        |request| {
            let response = runtime.block_on(service.call(request)).unwrap();
            response.status().as_u16()
        },
    )
}

fn router() -> Router {
    Router::new().route("/", get(|| async { "hello" }))
}

#[test]
fn around_a_router_an_actual_request_costs_nothing() {
    for (lines, status) in [(&[][..], 200), (&[ORIGIN], 200)] {
        let bare = count(&mut router(), "GET", lines);
        let layered = count(&mut CorsLayer::new(POLICY).layer(router()), "GET", lines);
        assert_eq!(layered, bare, "{lines:?}");
        assert_eq!(layered.1, status);
    }
}

/// The response's header map is two allocations, the body of a refused request is another; a denial
/// that goes along with the response is three.
#[test]
fn answers_of_the_layer_cost_their_header_map() {
    for (method, lines, allocations, status) in [
        ("OPTIONS", &[ORIGIN, METHOD, HEADERS][..], 2, 204),
        ("OPTIONS", &[EVIL, METHOD, HEADERS], 3, 403),
        ("GET", &[EVIL], 6, 403),
    ] {
        let (count, got) = count(&mut CorsLayer::new(POLICY).layer(router()), method, lines);
        assert_eq!(got, status);
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
