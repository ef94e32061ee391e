//! `cors-axum`, in process and over a socket.

use std::convert::Infallible;

use ::axum::Router;
use ::axum::body::Body;
use ::axum::routing::{any, get};
use cors_axum::CorsLayer;
use http::{HeaderName, HeaderValue};
use http_body_util::BodyExt;
use tokio::net::TcpListener;
use tower::{Layer, Service, ServiceExt};

use crate::app::App;
use crate::exchange::{Line, Request, Response};
use crate::policy::PolicyFile;
use crate::run::{Adapter, NotApplicable};
use crate::wire;

/// `Router::layer`, in process.
#[derive(Clone, Copy, Debug)]
pub struct Layered;

/// The layer around a router, in process.
#[derive(Clone, Copy, Debug)]
pub struct Around;

/// `Router::layer`, served on a loopback socket.
#[derive(Clone, Copy, Debug)]
pub struct Served;

impl Adapter for Layered {
    async fn exchange(
        &self,
        policy: &PolicyFile,
        app: &App,
        request: &Request,
    ) -> Result<Response, NotApplicable> {
        call(router(app).layer(layer(policy)?), request).await
    }
}

impl Adapter for Around {
    async fn exchange(
        &self,
        policy: &PolicyFile,
        app: &App,
        request: &Request,
    ) -> Result<Response, NotApplicable> {
        call(layer(policy)?.layer(router(app)), request).await
    }
}

impl Adapter for Served {
    async fn exchange(
        &self,
        policy: &PolicyFile,
        app: &App,
        request: &Request,
    ) -> Result<Response, NotApplicable> {
        wire::carries(request)?;
        let router = router(app).layer(layer(policy)?);
        let listener = TcpListener::bind(("127.0.0.1", 0))
            .await
            .expect("a port on loopback");
        let address = listener.local_addr().expect("the address of the socket");
        let server = tokio::spawn(async { ::axum::serve(listener, router).await });
        let response = wire::exchange(address, request).await;
        server.abort();
        response.map_err(|error| NotApplicable::because(format!("the socket failed: {error}")))
    }
}

fn layer(policy: &PolicyFile) -> Result<CorsLayer, NotApplicable> {
    let policy = policy
        .to_core()
        .map_err(|faults| NotApplicable::because_of(&faults))?;
    Ok(CorsLayer::new(policy))
}

/// The application under examination.
pub fn router(app: &App) -> Router {
    let handler = |app: &App| {
        let app = app.clone();
        async move || answer(app.handle())
    };
    Router::new()
        .route("/", any(handler(app)))
        .route("/get", get(handler(app)))
}

fn answer(answer: &Response) -> http::Response<Body> {
    let mut response = http::Response::new(Body::from(answer.body.clone()));
    *response.status_mut() = answer.status.try_into().expect("the case's status");
    for line in &answer.lines {
        let name: HeaderName = line.name.parse().expect("the case's field name");
        let value = HeaderValue::from_bytes(&line.value).expect("the case's field value");
        response.headers_mut().append(name, value);
    }
    response
}

/// Sends a service one request.
///
/// # Errors
///
/// If the types of the `http` crate cannot hold the request.
///
/// # Panics
///
/// If the response's body ends in an error.
pub async fn call<S>(service: S, request: &Request) -> Result<Response, NotApplicable>
where
    S: Service<http::Request<Body>, Response = http::Response<Body>, Error = Infallible>,
{
    let response = service.oneshot(typed(request)?).await;
    let (head, body) = response.unwrap_or_else(|never| match never {}).into_parts();
    let body = body.collect().await.expect("a body in memory");
    Ok(Response {
        status: head.status.as_u16(),
        lines: head
            .headers
            .iter()
            .map(|(name, value)| Line::new(name.as_str(), value))
            .collect(),
        body: body.to_bytes().to_vec(),
    })
}

fn typed(request: &Request) -> Result<http::Request<Body>, NotApplicable> {
    let unheld = |error: http::Error| NotApplicable::because(format!("the http crate: {error}"));
    let mut builder = http::Request::builder()
        .method(request.method.as_bytes())
        .uri(&request.path);
    for line in &request.lines {
        builder = builder.header(line.name.as_str(), line.value.as_slice());
    }
    builder.body(Body::empty()).map_err(unheld)
}
