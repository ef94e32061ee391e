//! `cors-warp`: around a service nothing, around a filter the box that hides the filter's type.

use std::convert::Infallible;

use ::warp::reply::Response;
use ::warp::{Filter, Rejection, Reply};
use bytes::Bytes;
use cors_axum::CorsLayer;
use cors_warp::cors;
use http::{HeaderValue, Request};
use http_body_util::Empty;
use tower::Service;

use super::{EVIL, HEADERS, Lines, METHOD, ORIGIN, POLICY, runtime, value};

const HOST: (&str, &str) = ("host", "api.example.com");
const SITE: (&str, &str) = ("sec-fetch-site", "cross-site");

/// warp boxes bodies, but for those that are nothing.
fn request(line: &str, lines: Lines<'_>) -> Request<Empty<Bytes>> {
    let (method, path) = line.split_once(' ').unwrap();
    let mut request = Request::builder().method(method).uri(path);
    for &(name, text) in lines {
        request = request.header(name, HeaderValue::from_maybe_shared(value(text)).unwrap());
    }
    request.body(Empty::new()).unwrap()
}

fn count<S>(mut service: S, line: &str, lines: Lines<'_>) -> (u64, u16)
where
    S: Service<Request<Empty<Bytes>>, Response = Response, Error = Infallible>,
{
    let runtime = runtime();
    super::count(
        || request(line, lines),
        |request| {
            let response = runtime.block_on(service.call(request)).unwrap();
            response.status().as_u16()
        },
    )
}

fn routes() -> impl Filter<Extract = (impl Reply,), Error = Rejection> + Clone + Send + Sync {
    ::warp::path::end().and(::warp::get()).map(|| "hello")
}

fn bare(line: &str, lines: Lines<'_>) -> (u64, u16) {
    count(::warp::service(routes()), line, lines)
}

fn wrapped(line: &str, lines: Lines<'_>) -> (u64, u16) {
    count(::warp::service(cors(POLICY, routes())), line, lines)
}

fn layered(line: &str, lines: Lines<'_>) -> (u64, u16) {
    let layer = CorsLayer::new(POLICY);
    count(layer.layer(::warp::service(routes())), line, lines)
}

#[test]
fn an_actual_request_costs_nothing() {
    for lines in [&[HOST][..], &[HOST, ORIGIN]] {
        let (allocations, status) = bare("GET /", lines);
        assert_eq!(status, 200);
        assert_eq!(layered("GET /", lines), (allocations, 200));
        assert_eq!(wrapped("GET /", lines), (allocations, 200));
    }
}

/// The response's header map is two allocations, its body one, and a denial that goes along with it
/// three; around a filter, browsers that
/// send no `Sec-Fetch-Site` cost the authority too.
#[test]
fn answers_of_the_policy_cost_their_header_map() {
    for (line, lines, around_service, around_filter, status) in [
        ("OPTIONS /", &[HOST, ORIGIN, METHOD, HEADERS][..], 2, 2, 204),
        ("OPTIONS /", &[HOST, EVIL, METHOD, HEADERS], 3, 3, 403),
        ("GET /", &[HOST, EVIL, SITE], 6, 6, 403),
        ("GET /", &[HOST, EVIL], 6, 7, 403),
    ] {
        let place = format!("{line} {lines:?}");
        for (got, most) in [
            (layered(line, lines), around_service),
            (wrapped(line, lines), around_filter),
        ] {
            assert_eq!(got.1, status, "{place}");
            assert!(got.0 <= most, "{place}: {} > {most}", got.0);
        }
    }
}

/// The task that makes the response; a map for it costs as much as it would in a handler.
#[test]
fn a_rejection_costs_a_task() {
    for (line, status, most) in [("GET /none", 404, 5), ("PUT /", 405, 3)] {
        let (without, _) = bare(line, &[HOST, ORIGIN]);
        let (allocations, got) = wrapped(line, &[HOST, ORIGIN]);
        assert_eq!(got, status);
        assert!(
            allocations <= without + most,
            "{line}: {without} + {}",
            allocations - without
        );
    }
}
