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
use crate::response::Prepared;

/// A service behind a [`CorsLayer`](crate::CorsLayer).
pub struct Cors<S, M = SameBody> {
    inner: S,
    prepared: Arc<Prepared>,
    mode: PhantomData<fn() -> M>,
}

impl<S, M> Cors<S, M> {
    pub(crate) fn new(inner: S, prepared: Arc<Prepared>) -> Self {
        Self {
            inner,
            prepared,
            mode: PhantomData,
        }
    }
}

impl<S, M, RequestBody, B> Service<Request<RequestBody>> for Cors<S, M>
where
    S: Service<Request<RequestBody>, Response = Response<B>>,
    M: BodyMode<B>,
{
    type Response = Response<M::Body>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future, M, M::Body>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<RequestBody>) -> Self::Future {
        let headers = request.headers();
        let decision = self
            .prepared
            .policy
            .decide(request.method().as_str().as_bytes(), |field| {
                lines(&request, field)
            });
        let state = match decision {
            Decision::Forward(edits) => State::Forward {
                origin: match edits.of(ResponseField::AllowOrigin) {
                    Some(Edit::Echo(field)) => headers.get(name(field)).cloned(),
                    _ => None,
                },
                future: self.inner.call(request),
                edits,
                prepared: Arc::clone(&self.prepared),
            },
            Decision::Respond {
                status,
                body,
                edits,
            } => State::Respond {
                response: Some(
                    self.prepared
                        .respond(status, edits, headers, body)
                        .map(M::text),
                ),
            },
        };
        ResponseFuture {
            state,
            mode: PhantomData,
        }
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
            prepared: Arc<Prepared>,
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

impl<S: Clone, M> Clone for Cors<S, M> {
    fn clone(&self) -> Self {
        Self::new(self.inner.clone(), Arc::clone(&self.prepared))
    }
}

impl<S: std::fmt::Debug, M> std::fmt::Debug for Cors<S, M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cors")
            .field("inner", &self.inner)
            .field("policy", &self.prepared.policy)
            .finish_non_exhaustive()
    }
}

impl<F, M, B> std::fmt::Debug for ResponseFuture<F, M, B> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}
