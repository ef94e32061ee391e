//! The type of the middleware.

use std::future::ready;

use actix_web::body::{BodySize, EitherBody, MessageBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform, fn_service};
use actix_web::http::StatusCode;
use actix_web::test::TestRequest;
use actix_web::web::Bytes;
use actix_web::{Error, HttpResponse};
use cors_actix::{Cors, CorsMiddleware, ResponseFuture};
use test_client::{FOREIGN, LISTED, POLICY, REFUSAL};

/// That it compiles is the test: a future that is named without a box, around any type of body.
#[actix_web::test]
async fn x13_the_future_has_a_name() {
    fn named<S, B>(
        service: &CorsMiddleware<S>,
        asks: ServiceRequest,
    ) -> ResponseFuture<S::Future, B>
    where
        S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
        B: MessageBody,
    {
        service.call(asks)
    }
    let hello = fn_service(|asks: ServiceRequest| {
        let response = HttpResponse::with_body(StatusCode::OK, "hello");
        ready(Ok::<ServiceResponse<&str>, Error>(
            asks.into_response(response),
        ))
    });
    let service = Cors::new(POLICY).new_transform(hello).await.unwrap();
    for (origin, text) in [(LISTED, "hello"), (FOREIGN, REFUSAL)] {
        let asks = TestRequest::get()
            .insert_header(("origin", origin))
            .to_srv_request();
        let answer = named(&service, asks).await.unwrap();
        let body: EitherBody<&str, Bytes> = answer.into_body();
        assert_eq!(body.size(), BodySize::Sized(text.len() as u64));
    }
}

/// One pointer, which a clone shares: nothing of a policy is copied, however long it is.
#[test]
fn a_middleware_is_one_pointer_larger_than_what_it_wraps() {
    fn shared_by_threads<T: Clone + Send + Sync>() {}
    shared_by_threads::<Cors>();
    let pointer = size_of::<usize>();
    assert_eq!(size_of::<Cors>(), pointer);
    assert_eq!(size_of::<CorsMiddleware<()>>(), pointer);
    assert_eq!(size_of::<CorsMiddleware<[usize; 3]>>(), 4 * pointer);
}
