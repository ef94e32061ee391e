//! Policies that are looked up asynchronously.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use cors_core::Finding;
use cors_core::http::{Head, PreparedPolicy};
use http::{Request, Response};
use pin_project_lite::pin_project;
use tower_service::Service;

use crate::body::BodyMode;
use crate::service::{Cors, ResponseFuture, respond};
use crate::source::LookUp;

/// A denied request must not reach the wrapped service, so the service is called once the policy is
/// known; a clone takes its place until then.
impl<S, M, F, Fut, RequestBody, B> Service<Request<RequestBody>> for Cors<S, LookUp<F, Fut>, M>
where
    S: Service<Request<RequestBody>, Response = Response<B>> + Clone,
    F: Fn(&Head<'_>) -> Fut,
    Fut: Future<Output = Option<Arc<PreparedPolicy>>>,
    M: BodyMode<B>,
{
    type Response = Response<M::Body>;
    type Error = S::Error;
    type Future = LookUpFuture<Fut, S, Request<RequestBody>, S::Future, M, M::Body>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<RequestBody>) -> Self::Future {
        let future = self.source.find(&Head::of(&request));
        let clone = self.inner.clone();
        // The one that is ready.
        let inner = std::mem::replace(&mut self.inner, clone);
        LookUpFuture {
            state: State::LookUp {
                future,
                waiting: Some((inner, request)),
            },
        }
    }
}

pin_project! {
    /// The future of a [`Cors`] service that looks up its policy.
    pub struct LookUpFuture<Fut, S, R, F, M, B> {
        #[pin]
        state: State<Fut, S, R, F, M, B>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<Fut, S, R, F, M, B> {
        LookUp {
            #[pin]
            future: Finding<Fut, PreparedPolicy>,
            waiting: Option<(S, R)>,
        },
        Respond {
            #[pin]
            future: ResponseFuture<F, M, B>,
        },
    }
}

impl<Fut, S, M, RequestBody, B> Future
    for LookUpFuture<Fut, S, Request<RequestBody>, S::Future, M, M::Body>
where
    Fut: Future<Output = Option<Arc<PreparedPolicy>>>,
    S: Service<Request<RequestBody>, Response = Response<B>>,
    M: BodyMode<B>,
{
    type Output = Result<Response<M::Body>, S::Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        loop {
            let future = match self.as_mut().project().state.project() {
                StateProjection::Respond { future } => return future.poll(cx),
                StateProjection::LookUp { future, waiting } => {
                    let policy = ready!(future.poll(cx));
                    let (mut inner, request) = waiting.take().expect("it is looked up once");
                    respond(&mut inner, |_| policy, request, |_| ())
                }
            };
            self.as_mut().project().state.set(State::Respond { future });
        }
    }
}

impl<Fut, S, R, F, M, B> fmt::Debug for LookUpFuture<Fut, S, R, F, M, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LookUpFuture").finish_non_exhaustive()
    }
}
