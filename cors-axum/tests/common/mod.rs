//! Requests and a server of axum's types.

use std::convert::Infallible;
use std::net::SocketAddr;

use axum::ServiceExt;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use test_client::Fields;
use tokio::net::TcpListener;
use tower::Service;

/// A request without a body: `request("GET /", &[("origin", LISTED)])`.
pub(crate) fn request(line: &str, fields: Fields<'_>) -> Request {
    test_client::request(line, fields)
}

/// The preflight of a `PUT` of JSON.
pub(crate) fn preflight(target: &str, origin: &str) -> Request {
    test_client::preflight(target, origin)
}

/// Serves on a port of its own, for as long as the test's runtime lives.
pub(crate) async fn serve<S>(service: S) -> SocketAddr
where
    S: Service<Request<Body>, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(axum::serve(listener, service.into_make_service()).into_future());
    address
}
