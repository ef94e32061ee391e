use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use cors_core::http::{Answer, Forward, Head, PreparedPolicy};
use http::{Request, Response};
use pin_project_lite::pin_project;
use tower_service::Service;

use crate::body::{BodyMode, SameBody};
use crate::source::{Fixed, Immediate};

/// A service that is wrapped in a [`CorsLayer`](crate::CorsLayer).
#[derive(Debug)]
pub struct Cors<S, P = Fixed, M = SameBody> {
    pub(crate) inner: S,
    pub(crate) source: P,
    mode: PhantomData<fn() -> M>,
}

impl<S, P, M> Cors<S, P, M> {
    pub(crate) const fn new(inner: S, source: P) -> Self {
        Self {
            inner,
            source,
            mode: PhantomData,
        }
    }
}

/// If the wrapped service isn't called, it is replaced by a clone: what
/// [`poll_ready`](Service::poll_ready) has reserved, such as the permit of a limit, is released.
impl<S, P, M, RequestBody, B> Service<Request<RequestBody>> for Cors<S, P, M>
where
    S: Service<Request<RequestBody>, Response = Response<B>> + Clone,
    P: Immediate,
    M: BodyMode<B>,
{
    type Response = Response<M::Body>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future, M, M::Body>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<RequestBody>) -> Self::Future {
        respond(
            &mut self.inner,
            |head| self.source.policy(head),
            request,
            |inner| *inner = inner.clone(),
        )
    }
}

/// Asks the policy, and then the service if the policy says so; else the service is left.
pub(crate) fn respond<S, M, RequestBody, B>(
    inner: &mut S,
    policy: impl FnOnce(&Head<'_>) -> Arc<PreparedPolicy>,
    request: Request<RequestBody>,
    leave: impl FnOnce(&mut S),
) -> ResponseFuture<S::Future, M, M::Body>
where
    S: Service<Request<RequestBody>, Response = Response<B>>,
    M: BodyMode<B>,
{
    let head = Head::of(&request);
    let state = match policy(&head).answer(&head) {
        Answer::Forward(forward) => State::Forward {
            future: inner.call(request),
            forward: Some(forward),
        },
        Answer::Respond(respond) => {
            leave(inner);
            State::Respond {
                response: Some(respond.response(&head).map(M::text)),
            }
        }
    };
    ResponseFuture {
        state,
        mode: PhantomData,
    }
}

pin_project! {
    /// The future of a [`Cors`] service: that of the wrapped service, whose response it edits, or a
    /// response that is ready.
    pub struct ResponseFuture<F, M, B> {
        #[pin]
        state: State<F, B>,
        mode: PhantomData<fn() -> M>,
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
            response: Option<Response<B>>,
        },
    }
}

const POLLED_AGAIN: &str = "a future is not polled again after it is ready";

impl<F, M, B, E> Future for ResponseFuture<F, M, M::Body>
where
    F: Future<Output = Result<Response<B>, E>>,
    M: BodyMode<B>,
{
    type Output = Result<Response<M::Body>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().state.project() {
            StateProjection::Forward { future, forward } => {
                let mut response = ready!(future.poll(cx))?;
                let forward = forward.take().expect(POLLED_AGAIN);
                forward.edit_response(&mut response);
                Poll::Ready(Ok(response.map(M::keep)))
            }
            StateProjection::Respond { response } => {
                Poll::Ready(Ok(response.take().expect(POLLED_AGAIN)))
            }
        }
    }
}

impl<S: Clone, P: Clone, M> Clone for Cors<S, P, M> {
    fn clone(&self) -> Self {
        Self::new(self.inner.clone(), self.source.clone())
    }
}

impl<F, M, B> std::fmt::Debug for ResponseFuture<F, M, B> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}
