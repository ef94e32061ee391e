use std::convert::Infallible;
use std::future::ready;

use cors_core::PolicySource;
use cors_core::http::{Forward, PreparedPolicy};
use http::StatusCode;
use warp::reply::Response;
use warp::{Filter, Rejection, Reply};

use crate::rejection;
use crate::request;
use crate::source::Source;

/// Wraps a filter, so that pages from other origins can use it as far as a [`Policy`](crate::Policy)
/// allows it.
///
/// It answers preflights, blocks requests from origins that aren't allowed before the filter runs, and
/// adds CORS headers to every response. A rejection becomes the response that warp makes of it, so it
/// has CORS headers, too.
///
/// The policy can also be an [`OwnedPolicy`](crate::OwnedPolicy), a [`LivePolicy`](crate::LivePolicy), or
/// any other [`PolicySource`], such as [`by_request`](crate::by_request) and
/// [`look_up`](crate::look_up). Allocates once; a request costs no more allocations than the filter
/// alone.
///
/// ```
/// use cors_warp::{Policy, cors};
/// use warp::Filter;
///
/// static POLICY: Policy = Policy::credentialed("https://app.example.com").methods("PUT");
///
/// let routes = warp::path::end().and(warp::get()).map(|| "hello");
/// let server = warp::serve(cors(POLICY, routes));
/// ```
///
/// It answers every request, so a filter after it would never run, and this doesn't compile:
///
/// ```compile_fail,E0271
/// # use cors_warp::{Policy, cors};
/// # use warp::Filter;
/// let first = warp::path("first").map(|| "1");
/// let second = warp::path("second").map(|| "2");
/// let routes = cors(Policy::public(), first).or(second);
/// ```
///
/// Wrap `first.or(second)`, or scope the wrapped filter:
///
/// ```
/// # use cors_warp::{Policy, cors};
/// # use warp::Filter;
/// let first = warp::path::end().map(|| "1");
/// let second = warp::path("second").map(|| "2");
/// let routes = warp::path("first").and(cors(Policy::public(), first)).or(second);
/// ```
pub fn cors<P, F, R>(
    policy: P,
    filter: F,
) -> impl Filter<Extract = (Response,), Error = Infallible> + Clone + Send + Sync + 'static
where
    P: PolicySource<PreparedPolicy, Source: Source>,
    F: Filter<Extract = (R,)> + Handled<F::Error>,
    R: Reply,
{
    policy.into_source().around(filter.handled())
}

/// A filter that [`cors`] can wrap: every filter that makes a reply, and is `Clone`, `Send` and `Sync`.
///
/// `E` is the filter's error.
pub trait Handled<E> {
    /// The same filter, with its rejections turned into the responses that warp makes of them.
    fn handled(
        self,
    ) -> impl Filter<Extract = (Response,), Error = Infallible> + Clone + Send + Sync + 'static;
}

impl<F, R> Handled<Rejection> for F
where
    F: Filter<Extract = (R,), Error = Rejection> + Clone + Send + Sync + 'static,
    R: Reply + 'static,
{
    fn handled(
        self,
    ) -> impl Filter<Extract = (Response,), Error = Infallible> + Clone + Send + Sync + 'static
    {
        // Boxed, because a rejection is rare and its future large.
        self.map(Reply::into_response)
            .or_else(|rejection| Box::pin(rejection::respond(rejection)))
    }
}

impl<F, R> Handled<Infallible> for F
where
    F: Filter<Extract = (R,), Error = Infallible> + Clone + Send + Sync + 'static,
    R: Reply + 'static,
{
    fn handled(
        self,
    ) -> impl Filter<Extract = (Response,), Error = Infallible> + Clone + Send + Sync + 'static
    {
        self.map(Reply::into_response)
    }
}

/// The filter, where the decision passes: the first to decide is `decided`.
pub(crate) fn behind<D, F>(
    decided: D,
    handled: F,
) -> impl Filter<Extract = (Response,), Error = Infallible> + Clone + Send + Sync + 'static
where
    D: Filter<Extract = (Forward,), Error = Rejection> + Clone + Send + Sync + 'static,
    F: Filter<Extract = (Response,), Error = Infallible> + Clone + Send + Sync + 'static,
{
    let edited = |forward: Forward, mut response: Response| {
        forward.edit_response(&mut response);
        response
    };
    let read = request::read()
        .and(handled.clone())
        .map(edited)
        .or_else(request::answer)
        .or_else(|_| ready(Ok::<_, Infallible>((refusal(),))));
    decided
        .and(handled)
        .map(edited)
        .or_else(request::answer)
        .or(read)
        .unify()
}

/// What is sent if nothing has been decided, which does not happen.
fn refusal() -> Response {
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}
