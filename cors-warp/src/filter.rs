use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;

use warp::log::Info;
use warp::reply::Response;
use warp::{Filter, Rejection, Reply};

use crate::policy::PreparedPolicy;
use crate::rejection;
use crate::request::{self, Forward};
use crate::source::PolicySource;

/// Lets pages of other origins read the responses of a filter, its rejections included, as a
/// [`Policy`](crate::Policy) says: one that is written or read, a [`LivePolicy`](crate::LivePolicy),
/// or one that a function chooses ([`PolicySource`]).
///
/// Answers preflights and refuses foreign requests before the filter runs. A rejection becomes the
/// response that warp makes of it, so that nothing leaves the filter without its fields.
///
/// Header values are made here, once. Allocates; a request costs one allocation more than the
/// filter alone.
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
    F: Filter<Extract = (R,)> + Send + Sync + 'static,
    F::Error: Into<Rejection>,
    R: Reply,
{
    request::decide(&policy.into()).and(decided(filter))
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
    F: Filter<Extract = (R,)> + Send + Sync + 'static,
    F::Error: Into<Rejection>,
    R: Reply,
{
    request::look_up(find)
        .and(request::decide(&PolicySource::LOOKED_UP))
        .and(decided(filter))
}

/// What follows the decision.
fn decided<F, R>(
    filter: F,
) -> impl Filter<Extract = (Response,), Error = Infallible> + Clone + Send + Sync + 'static
where
    F: Filter<Extract = (R,)> + Send + Sync + 'static,
    F::Error: Into<Rejection>,
    R: Reply,
{
    let handled = filter
        .map(|reply: R| reply.into_response())
        .boxed()
        .or_else(rejection::respond);
    let forwarded = request::forward()
        .and(handled)
        .map(|forward: Forward, response| forward.edit(response));
    forwarded.or(request::answer()).unify()
}
