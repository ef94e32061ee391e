//! Requests, and answers to them, of actix-web's types, and a server.

use std::net::SocketAddr;

use actix_web::body::{self, MessageBody};
use actix_web::dev::{Service, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::test::{TestRequest, init_service};
use actix_web::{App, Error, HttpServer};
use test_client::{Answer, Fields, preflight_from, within};

/// A request without a body: `request("GET /", &[("origin", LISTED)])`.
pub(crate) fn request(line: &str, fields: Fields<'_>) -> TestRequest {
    let (method, target) = line.split_once(' ').expect("a method and a target");
    let method = Method::from_bytes(method.as_bytes()).expect("a method");
    let request = TestRequest::with_uri(target).method(method);
    fields
        .iter()
        .copied()
        .fold(request, TestRequest::append_header)
}

/// The preflight of a `PUT` of JSON.
pub(crate) fn preflight(target: &str, origin: &str) -> TestRequest {
    request(&format!("OPTIONS {target}"), &preflight_from(origin))
}

/// What a new app answers. An error becomes a response as it does in a server.
pub(crate) async fn ask<T, B>(app: impl Fn() -> App<T>, request: TestRequest) -> Answer
where
    T: ServiceFactory<
            ServiceRequest,
            Config = (),
            Response = ServiceResponse<B>,
            Error = Error,
            InitError = (),
        > + 'static,
    B: MessageBody + 'static,
{
    let service = init_service(app()).await;
    let answer = within(service.call(request.to_request())).await;
    let response = match answer {
        Ok(response) => response.map_into_boxed_body().into_parts().1,
        Err(error) => error.error_response(),
    };
    let (head, body) = response.into_parts();
    let body = within(body::to_bytes(body)).await.expect("a whole body");
    let lines = head.headers().iter();
    Answer::new(
        head.status().as_u16(),
        lines.map(|(name, value)| (name.as_str(), value.as_bytes())),
        &body,
    )
}

/// Serves HTTP/1.1 and HTTP/2 on a port of its own, for as long as the test's runtime lives.
pub(crate) fn serve<T, B>(app: impl Fn() -> App<T> + Clone + Send + 'static) -> SocketAddr
where
    T: ServiceFactory<
            ServiceRequest,
            Config = (),
            Response = ServiceResponse<B>,
            Error = Error,
            InitError = (),
        > + 'static,
    B: MessageBody + 'static,
{
    let server = HttpServer::new(app)
        .workers(1)
        .disable_signals()
        .bind_auto_h2c(("127.0.0.1", 0))
        .expect("a port");
    let address = server.addrs()[0];
    tokio::spawn(server.run());
    address
}
