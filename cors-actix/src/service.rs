use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use actix_web::Error;
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, forward_ready};
use actix_web::web::Bytes;
use pin_project_lite::pin_project;

use crate::headers::{Head, edit, response};
use crate::policy::{Answer, Forward, PreparedPolicy};
use crate::source::{Fixed, Immediate};

/// A service that is wrapped in [`Cors`](crate::Cors).
#[derive(Debug)]
pub struct CorsMiddleware<S, P = Fixed> {
    pub(crate) inner: S,
    pub(crate) source: P,
}

impl<S, P, B> Service<ServiceRequest> for CorsMiddleware<S, P>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    P: Immediate,
    B: MessageBody,
{
    type Response = ServiceResponse<EitherBody<B, Bytes>>;
    type Error = Error;
    type Future = ResponseFuture<S::Future, B>;

    forward_ready!(inner);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        respond(&self.inner, self.source.policy(&request), request)
    }
}

/// Asks the policy, and then the service if the policy says so.
pub(crate) fn respond<S, B>(
    inner: &S,
    policy: Arc<PreparedPolicy>,
    request: ServiceRequest,
) -> ResponseFuture<S::Future, B>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
{
    let head = Head::of(&request);
    let state = match policy.answer(&head) {
        // No clone of the `HttpRequest` waits here: routing would panic.
        Answer::Forward(forward) => State::Forward {
            future: inner.call(request),
            forward: Some(forward),
        },
        Answer::Respond(respond) => {
            let response = response(&respond, &head);
            State::Respond {
                response: Some(request.into_response(response.map_into_right_body())),
            }
        }
    };
    ResponseFuture { state }
}

pin_project! {
    /// The future of a [`CorsMiddleware`]: that of the wrapped service, whose response or error it
    /// edits, or a response that is ready.
    pub struct ResponseFuture<F, B> {
        #[pin]
        state: State<F, B>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<F, B> {
        Forward {
            #[pin]
            future: F,
            forward: Option<Forward>,
        },
        Respond {
            response: Option<ServiceResponse<EitherBody<B, Bytes>>>,
        },
    }
}

impl<F, B> Future for ResponseFuture<F, B>
where
    F: Future<Output = Result<ServiceResponse<B>, Error>>,
    B: MessageBody,
{
    type Output = Result<ServiceResponse<EitherBody<B, Bytes>>, Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().state.project() {
            StateProjection::Forward { future, forward } => {
                let result = ready!(future.poll(cx));
                let forward = forward.take().expect(POLLED_AGAIN);
                Poll::Ready(match result {
                    Ok(mut response) => {
                        edit(forward, response.response_mut());
                        Ok(response.map_into_left_body())
                    }
                    // Middleware outside still sees the error; its response is made on the way out.
                    Err(mut error) => {
                        error.add_response_mapper(move |mut response| {
                            edit(forward.clone(), &mut response);
                            response
                        });
                        Err(error)
                    }
                })
            }
            StateProjection::Respond { response } => {
                Poll::Ready(Ok(response.take().expect(POLLED_AGAIN)))
            }
        }
    }
}

pub(crate) const POLLED_AGAIN: &str = "a future is not polled again after it is ready";

impl<F, B> std::fmt::Debug for ResponseFuture<F, B> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}
