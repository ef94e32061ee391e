use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use actix_web::Error;
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, forward_ready};
use actix_web::http::header::{self, HeaderName, HeaderValue};
use cors_core::{Decision, Edit, Edits, RequestField, ResponseField};
use pin_project_lite::pin_project;

use crate::policy::PreparedPolicy;
use crate::source::{Fixed, PolicySource};

/// A service behind [`Cors`](crate::Cors).
#[derive(Debug)]
pub struct CorsMiddleware<S, P = Fixed> {
    pub(crate) inner: S,
    pub(crate) source: P,
}

impl<S, P, B> Service<ServiceRequest> for CorsMiddleware<S, P>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    P: PolicySource,
    B: MessageBody,
{
    type Response = ServiceResponse<EitherBody<B, &'static str>>;
    type Error = Error;
    type Future = ResponseFuture<S::Future, B>;

    forward_ready!(inner);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let prepared = self.source.policy(&request);
        respond(&self.inner, prepared, request)
    }
}

/// Asks the policy, and then the service if the policy says so.
pub(crate) fn respond<S, B>(
    inner: &S,
    prepared: Arc<PreparedPolicy>,
    request: ServiceRequest,
) -> ResponseFuture<S::Future, B>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
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
        // No clone of the `HttpRequest` waits here: routing would panic.
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
        } => {
            let response = prepared.respond(status, edits, headers, body);
            State::Respond {
                response: Some(request.into_response(response.map_into_right_body())),
            }
        }
    };
    ResponseFuture { state }
}

/// All lines of a field.
fn lines(request: &ServiceRequest, field: RequestField) -> impl Iterator<Item = &[u8]> {
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
        RequestField::Origin => header::ORIGIN,
        RequestField::RequestMethod => header::ACCESS_CONTROL_REQUEST_METHOD,
        RequestField::RequestHeaders => header::ACCESS_CONTROL_REQUEST_HEADERS,
        RequestField::Host => header::HOST,
        RequestField::SecFetchMode => HeaderName::from_static("sec-fetch-mode"),
        RequestField::SecFetchSite => HeaderName::from_static("sec-fetch-site"),
    }
}

pin_project! {
    /// The future of a [`CorsMiddleware`]: the wrapped service's, whose response or error it edits,
    /// or a response that is ready.
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
            edits: Edits,
            origin: Option<HeaderValue>,
            prepared: Arc<PreparedPolicy>,
        },
        Respond {
            response: Option<ServiceResponse<EitherBody<B, &'static str>>>,
        },
    }
}

impl<F, B> Future for ResponseFuture<F, B>
where
    F: Future<Output = Result<ServiceResponse<B>, Error>>,
    B: MessageBody,
{
    type Output = Result<ServiceResponse<EitherBody<B, &'static str>>, Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().state.project() {
            StateProjection::Forward {
                future,
                edits,
                origin,
                prepared,
            } => Poll::Ready(match ready!(future.poll(cx)) {
                Ok(mut response) => {
                    prepared.apply(*edits, response.headers_mut(), |_| origin.as_ref());
                    Ok(response.map_into_left_body())
                }
                // Middleware outside still sees the error; its response is made on the way out.
                Err(mut error) => {
                    let (edits, origin) = (*edits, origin.take());
                    let prepared = Arc::clone(prepared);
                    error.add_response_mapper(move |mut response| {
                        prepared.apply(edits, response.headers_mut(), |_| origin.as_ref());
                        response
                    });
                    Err(error)
                }
            }),
            StateProjection::Respond { response } => Poll::Ready(Ok(response
                .take()
                .expect("a future is not polled again after it is ready"))),
        }
    }
}

impl<F, B> std::fmt::Debug for ResponseFuture<F, B> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}
