//! One exchange with a `tower` service, in process.

use std::convert::Infallible;
use std::fmt::Debug;

use http::{HeaderName, HeaderValue};
use http_body_util::BodyExt;
use tower::{Service, ServiceExt};

use crate::suite::exchange::{Line, Request, Response};
use crate::suite::run::NotApplicable;

/// Sends a service one request.
///
/// # Errors
///
/// If the types of the `http` crate cannot hold the request.
///
/// # Panics
///
/// If the response's body ends in an error.
pub async fn call<S, B, R>(service: S, request: &Request) -> Result<Response, NotApplicable>
where
    S: Service<http::Request<B>, Response = http::Response<R>, Error = Infallible>,
    B: Default,
    R: http_body::Body,
    R::Error: Debug,
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
        body: match request.method.as_str() {
            // Over a socket, hyper leaves it out.
            "HEAD" => Vec::new(),
            _ => body.to_bytes().to_vec(),
        },
    })
}

fn typed<B: Default>(request: &Request) -> Result<http::Request<B>, NotApplicable> {
    let unheld = |error: http::Error| NotApplicable::because(format!("the http crate: {error}"));
    let mut builder = http::Request::builder()
        .method(request.method.as_bytes())
        .uri(&request.path);
    for line in &request.lines {
        builder = builder.header(line.name.as_str(), line.value.as_slice());
    }
    builder.body(B::default()).map_err(unheld)
}

/// The application's answer, typed.
pub(crate) fn answer<B: From<Vec<u8>>>(answer: &Response) -> http::Response<B> {
    let mut response = http::Response::new(B::from(answer.body.clone()));
    *response.status_mut() = answer.status.try_into().expect("the case's status");
    for line in &answer.lines {
        let name: HeaderName = line.name.parse().expect("the case's field name");
        let value = HeaderValue::from_bytes(&line.value).expect("the case's field value");
        response.headers_mut().append(name, value);
    }
    response
}
