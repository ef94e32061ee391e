use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use cors_core::{Decision, Edit, Edits, RequestField, ResponseField};
use http::header::ORIGIN;
use http::{HeaderName, HeaderValue, Request, Response, header};
use pin_project_lite::pin_project;
use tower_service::Service;

use crate::body::{BodyMode, SameBody};
use crate::policy::PreparedPolicy;
use crate::source::{Fixed, Head, PolicySource};

/// A service behind a [`CorsLayer`](crate::CorsLayer).
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

impl<S, P, M, RequestBody, B> Service<Request<RequestBody>> for Cors<S, P, M>
where
    S: Service<Request<RequestBody>, Response = Response<B>>,
    P: PolicySource,
    M: BodyMode<B>,
{
    type Response = Response<M::Body>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future, M, M::Body>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<RequestBody>) -> Self::Future {
        let prepared = self.source.policy(Head::of(&request));
        respond(&mut self.inner, prepared, request)
    }
}

/// Asks the policy, and then the service if the policy says so.
pub(crate) fn respond<S, M, RequestBody, B>(
    inner: &mut S,
    prepared: Arc<PreparedPolicy>,
    request: Request<RequestBody>,
) -> ResponseFuture<S::Future, M, M::Body>
where
    S: Service<Request<RequestBody>, Response = Response<B>>,
    M: BodyMode<B>,
{
    let headers = request.headers();
    let method = request.method().as_str().as_bytes();
    let decision = prepared
        .policy
        .decide(method, |field| lines(&request, field));
    #[cfg(feature = "tracing")]
    if decision.denial().is_some() {
        let policy = prepared.policy.as_policy();
        let explanation = policy.explain(method, |field| lines(&request, field));
        tracing::info!(target: "cors", "{}", explanation.summary());
    }
    let state = match decision {
        Decision::Forward(edits) => State::Forward {
            origin: match edits.of(ResponseField::AllowOrigin) {
                Some(Edit::Echo(field)) => headers.get(name(field)).cloned(),
                _ => None,
            },
            future: inner.call(request),
            edits,
            prepared,
        },
        Decision::Respond {
            status,
            body,
            edits,
        } => State::Respond {
            response: Some(prepared.respond(status, edits, headers, body).map(M::text)),
        },
    };
    ResponseFuture {
        state,
        mode: PhantomData,
    }
}

/// All lines of a field.
fn lines<B>(request: &Request<B>, field: RequestField) -> impl Iterator<Item = &[u8]> {
    // HTTP/2 has `:authority`, and a proxy's absolute target counts more than `Host`
    // (https://www.rfc-editor.org/rfc/rfc9112.html#section-3.2.2).
    let authority = match field {
        RequestField::Host => request.uri().authority(),
        _ => None,
    };
    let values = match authority {
        Some(_) => None,
        None => Some(request.headers().get_all(name(field))),
    };
    authority
        .map(|authority| authority.as_str().as_bytes())
        .into_iter()
        .chain(values.into_iter().flatten().map(HeaderValue::as_bytes))
}

pub(crate) const fn name(field: RequestField) -> HeaderName {
    match field {
        RequestField::Origin => ORIGIN,
        RequestField::RequestMethod => header::ACCESS_CONTROL_REQUEST_METHOD,
        RequestField::RequestHeaders => header::ACCESS_CONTROL_REQUEST_HEADERS,
        RequestField::Host => header::HOST,
        RequestField::SecFetchMode => HeaderName::from_static("sec-fetch-mode"),
        RequestField::SecFetchSite => HeaderName::from_static("sec-fetch-site"),
    }
}

pin_project! {
    /// The future of a [`Cors`] service: the wrapped service's, whose response it edits, or a
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
            edits: Edits,
            origin: Option<HeaderValue>,
            prepared: Arc<PreparedPolicy>,
        },
        Respond {
            response: Option<Response<B>>,
        },
    }
}

impl<F, M, B, E> Future for ResponseFuture<F, M, M::Body>
where
    F: Future<Output = Result<Response<B>, E>>,
    M: BodyMode<B>,
{
    type Output = Result<Response<M::Body>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().state.project() {
            StateProjection::Forward {
                future,
                edits,
                origin,
                prepared,
            } => {
                let mut response = ready!(future.poll(cx))?;
                prepared.apply(*edits, response.headers_mut(), |_| origin.as_ref());
                Poll::Ready(Ok(response.map(M::keep)))
            }
            StateProjection::Respond { response } => Poll::Ready(Ok(response
                .take()
                .expect("a future is not polled again after it is ready"))),
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
