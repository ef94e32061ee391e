//! Requests to filters, and a server.

use std::convert::Infallible;
use std::net::SocketAddr;

use test_client::{Answer, Fields, ask_service};
use tokio::net::TcpListener;
use warp::http::Request;
use warp::{Filter, Reply};

/// A request without a body: `request("GET /", &[("origin", LISTED)])`.
pub(crate) fn request(line: &str, fields: Fields<'_>) -> Request<String> {
    test_client::request(line, fields)
}

/// The preflight of a `PUT` of JSON.
pub(crate) fn preflight(target: &str, origin: &str) -> Request<String> {
    test_client::preflight(target, origin)
}

/// What a filter answers that rejects nothing.
pub(crate) async fn ask<F, R>(filter: &F, request: Request<String>) -> Answer
where
    F: Filter<Extract = (R,), Error = Infallible> + Clone,
    R: Reply,
{
    ask_service(&warp::service(filter.clone()), request).await
}

/// Serves a filter on a port of its own, for as long as the test's runtime lives.
pub(crate) async fn serve<F, R>(filter: F) -> SocketAddr
where
    F: Filter<Extract = (R,), Error = Infallible> + Clone + Send + Sync + 'static,
    R: Reply,
{
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let boxed = filter.map(|reply: R| reply.into_response()).boxed();
    tokio::spawn(warp::serve(boxed).incoming(listener).run());
    address
}
