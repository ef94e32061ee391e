//! Policies that are looked up asynchronously.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use actix_web::Error;
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, forward_ready};
use actix_web::web::Bytes;
use cors_core::Finding;
use pin_project_lite::pin_project;

use crate::policy::PreparedPolicy;
use crate::service::{CorsMiddleware, POLLED_AGAIN, ResponseFuture, respond};
use crate::source::LookUp;

/// A denied request must not reach the wrapped service, so the service is called once the policy is
/// known.
impl<S, F, Fut, B> Service<ServiceRequest> for CorsMiddleware<Rc<S>, LookUp<F, Fut>>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    F: Fn(&ServiceRequest) -> Fut,
    Fut: Future<Output = Option<Arc<PreparedPolicy>>>,
    B: MessageBody,
{
    type Response = ServiceResponse<EitherBody<B, Bytes>>;
    type Error = Error;
    type Future = LookUpFuture<Fut, S, S::Future, B>;

    forward_ready!(inner);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        LookUpFuture {
            state: State::LookUp {
                future: self.source.find(&request),
                waiting: Some((Rc::clone(&self.inner), request)),
            },
        }
    }
}

pin_project! {
    /// The future of a [`CorsMiddleware`] that looks up its policy.
    pub struct LookUpFuture<Fut, S, F, B> {
        #[pin]
        state: State<Fut, S, F, B>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<Fut, S, F, B> {
        LookUp {
            #[pin]
            future: Finding<Fut, PreparedPolicy>,
            waiting: Option<(Rc<S>, ServiceRequest)>,
        },
        // While the service is called.
        Found,
        Respond {
            #[pin]
            future: ResponseFuture<F, B>,
        },
    }
}

impl<Fut, S, B> Future for LookUpFuture<Fut, S, S::Future, B>
where
    Fut: Future<Output = Option<Arc<PreparedPolicy>>>,
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody,
{
    type Output = Result<ServiceResponse<EitherBody<B, Bytes>>, Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        loop {
            let (policy, waiting) = match self.as_mut().project().state.project() {
                StateProjection::Respond { future } => return future.poll(cx),
                StateProjection::LookUp { future, waiting } => {
                    (ready!(future.poll(cx)), waiting.take())
                }
                StateProjection::Found => unreachable!("{POLLED_AGAIN}"),
            };
            // Drops the look-up, which may keep an `HttpRequest`: routing would panic.
            self.as_mut().project().state.set(State::Found);
            let (inner, request) = waiting.expect(POLLED_AGAIN);
            let future = respond(&*inner, policy, request);
            self.as_mut().project().state.set(State::Respond { future });
        }
    }
}

impl<Fut, S, F, B> fmt::Debug for LookUpFuture<Fut, S, F, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LookUpFuture").finish_non_exhaustive()
    }
}
