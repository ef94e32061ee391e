use std::convert::Infallible;
use std::error::Error;
use std::fmt::Debug;
use std::net::SocketAddr;

use http::{Request, Response};
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tower::{Service, ServiceExt};

use crate::{Answer, Fields, preflight_from, within};

/// A request without a body: `request("GET /", &[("origin", LISTED)])`.
///
/// # Panics
///
/// If it is no request.
#[must_use]
pub fn request<B: Default>(line: &str, fields: Fields<'_>) -> Request<B> {
    let (method, target) = line.split_once(' ').expect("a method and a target");
    let request = Request::builder().method(method).uri(target);
    fields
        .iter()
        .fold(request, |request, &(name, value)| {
            request.header(name, value)
        })
        .body(B::default())
        .expect("a legal request")
}

/// The preflight of a `PUT` of JSON.
///
/// # Panics
///
/// If it is no request.
#[must_use]
pub fn preflight<B: Default>(target: &str, origin: &str) -> Request<B> {
    request(&format!("OPTIONS {target}"), &preflight_from(origin))
}

/// What a clone of the service answers, in process.
///
/// # Panics
///
/// If it does not, or not in time.
pub async fn ask_service<S, A, B>(service: &S, request: Request<A>) -> Answer
where
    S: Service<Request<A>, Response = Response<B>> + Clone,
    S::Error: Debug,
    B: http_body::Body,
    B::Error: Debug,
{
    let response = within(service.clone().oneshot(request)).await;
    Answer::of(response.expect("a response")).await
}

/// Serves HTTP/1.1 and HTTP/2 on a port of its own, for as long as the test's runtime lives.
///
/// # Panics
///
/// If there is no port.
pub async fn serve_service<S, B>(service: S) -> SocketAddr
where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible>
        + Clone
        + Send
        + 'static,
    S::Future: Send,
    B: http_body::Body<Data: Send, Error: Error + Send + Sync> + Send + 'static,
{
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let service = TowerToHyperService::new(service.clone());
            tokio::spawn(async move {
                auto::Builder::new(TokioExecutor::new())
                    .serve_connection_with_upgrades(TokioIo::new(stream), service)
                    .await
            });
        }
    });
    address
}
