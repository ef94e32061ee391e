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

/// Lets pages of other origins read the responses of a filter, its rejections included, as a
/// [`Policy`](crate::Policy) says: one that is written or read, a [`LivePolicy`](crate::LivePolicy),
/// or any other [`PolicySource`], such as [`by_request`](crate::by_request) and
/// [`look_up`](crate::look_up).
///
/// Answers preflights and refuses foreign requests before the filter runs. A rejection becomes the
/// response that warp makes of it, so that nothing leaves the filter without its fields.
///
/// Header values are made here, once. Allocates; a request costs no allocation more than the filter
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
/// As it answers everything, a filter behind it would never run, which does not compile:
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

/// A filter that answers whatever it rejects; every filter that makes a reply becomes one.
///
/// `E` is the filter's error.
pub trait Handled<E> {
    /// The same filter, with the responses that warp itself makes of rejections.
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
