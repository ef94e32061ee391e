use std::convert::Infallible;
use std::future::{Future, ready};
use std::sync::Arc;

use cors_core::http::{Forward, PreparedPolicy};
use http::StatusCode;
use warp::log::Info;
use warp::reply::Response;
use warp::{Filter, Rejection, Reply};

use crate::rejection;
use crate::request;
use crate::source::PolicySource;

/// Lets pages of other origins read the responses of a filter, its rejections included, as a
/// [`Policy`](crate::Policy) says: one that is written or read, a [`LivePolicy`](crate::LivePolicy),
/// or one that a function chooses ([`PolicySource`]).
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
pub fn cors<F, R>(
    policy: impl Into<PolicySource>,
    filter: F,
) -> impl Filter<Extract = (Response,), Error = Infallible> + Clone + Send + Sync + 'static
where
    F: Filter<Extract = (R,)> + Handled<F::Error>,
    R: Reply,
{
    behind(policy.into(), filter.handled())
}

/// [`cors`] for the policy that a look-up finds, in a database for one. The filter runs when it is
/// found; without a policy nothing is shared.
///
/// ```
/// use std::sync::Arc;
/// use cors_warp::{OwnedPolicy, PreparedPolicy, Settings, cors_look_up};
/// use warp::Filter;
///
/// async fn origins_of(tenant: &str) -> Result<Vec<String>, std::io::Error> {
///     # let _ = tenant;
///     // Ask the database.
///     # Ok(vec!["https://app.example.com".into()])
/// }
///
/// let find = |request: &warp::log::Info<'_>| {
///     let tenant = request.path().split('/').nth(1).unwrap_or_default().to_owned();
///     async move {
///         let origins = origins_of(&tenant).await.ok()?;
///         let policy: OwnedPolicy = Settings::new().origins(origins).build().ok()?;
///         Some(Arc::new(PreparedPolicy::from(policy)))
///     }
/// };
/// let routes = cors_look_up(find, warp::any().map(|| "hello"));
/// ```
pub fn cors_look_up<Find, Fut, F, R>(
    find: Find,
    filter: F,
) -> impl Filter<Extract = (Response,), Error = Infallible> + Clone + Send + Sync + 'static
where
    Find: Fn(&Info<'_>) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Option<Arc<PreparedPolicy>>> + Send + 'static,
    F: Filter<Extract = (R,)> + Handled<F::Error>,
    R: Reply,
{
    request::look_up(find).and(behind(PolicySource::LOOKED_UP, filter.handled()))
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

fn behind<F>(
    source: PolicySource,
    handled: F,
) -> impl Filter<Extract = (Response,), Error = Infallible> + Clone + Send + Sync + 'static
where
    F: Filter<Extract = (Response,), Error = Infallible> + Clone + Send + Sync + 'static,
{
    let edited = |forward: Forward, mut response: Response| {
        forward.edit(response.headers_mut());
        response
    };
    let read = request::read()
        .and(handled.clone())
        .map(edited)
        .or_else(request::answer)
        .or_else(|_| ready(Ok::<_, Infallible>((refusal(),))));
    request::forward(source)
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
