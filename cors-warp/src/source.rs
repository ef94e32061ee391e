//! Where the policy for a request comes from.

use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;

use cors_core::http::{LivePolicies, LivePolicy, PreparedPolicy};
use warp::Filter;
use warp::reply::Response;

use crate::filter::behind;
use crate::headers::Head;
use crate::request;

/// One policy for all requests.
pub type Fixed = cors_core::Fixed<PreparedPolicy>;

/// A function that chooses the policy for each request; see [`by_request`].
pub type ByRequest<F> = cors_core::ByRequest<F, PreparedPolicy>;

/// An async function that looks up the policy for each request; see [`look_up`].
pub type LookUp<F, Fut> = cors_core::LookUp<F, Fut, PreparedPolicy>;

/// Chooses a policy for each request: by its [host](Head::authority), its path or its headers. If the
/// function returns `None`, no other origin is allowed.
///
/// The function is called once for every request, so prepare the policies once: making a policy
/// allocates. Reading the host costs one allocation.
///
/// ```
/// use std::{collections::HashMap, sync::Arc};
/// use cors_warp::{Policy, PreparedPolicy, by_request, cors};
/// use warp::Filter;
///
/// let tenants = HashMap::from([
///     ("a.example", Policy::anonymous("https://app.a.example")),
///     ("b.example", Policy::credentialed("https://app.b.example").methods("PUT")),
/// ])
/// .into_iter()
/// .map(|(host, policy)| (host, Arc::new(PreparedPolicy::from(policy))))
/// .collect::<HashMap<_, _>>();
///
/// let source = by_request(move |head| tenants.get(head.authority()?).cloned());
/// let routes = cors(source, warp::any().map(|| "hello"));
/// ```
///
/// If you store the closure in a variable first, name the type of its parameter. Otherwise the compiler
/// says `implementation of FnOnce is not general enough`.
///
/// ```
/// # use std::{collections::HashMap, sync::Arc};
/// # use cors_warp::{PreparedPolicy, by_request, cors};
/// # use warp::Filter;
/// # let tenants = HashMap::<&str, Arc<PreparedPolicy>>::new();
/// use cors_warp::Head;
///
/// let choose = move |head: &Head<'_>| tenants.get(head.authority()?).cloned();
/// let routes = cors(by_request(choose), warp::any().map(|| "hello"));
/// ```
#[doc(alias("dynamic", "predicate", "tenant"))]
#[must_use]
pub fn by_request<F>(choose: F) -> ByRequest<F>
where
    F: Fn(&Head<'_>) -> Option<Arc<PreparedPolicy>> + Send + Sync + 'static,
{
    ByRequest::new(choose)
}

/// Looks up a policy for each request, for example in a database. The filter runs once the policy is
/// found. If the future returns `None`, no other origin is allowed.
///
/// ```
/// use std::sync::Arc;
/// use cors_warp::{OwnedPolicy, PreparedPolicy, Settings, cors, look_up};
/// use warp::Filter;
///
/// async fn origins_of(tenant: &str) -> Result<Vec<String>, std::io::Error> {
///     # let _ = tenant;
///     // Ask the database.
///     # Ok(vec!["https://app.example.com".into()])
/// }
///
/// let source = look_up(|head| {
///     let tenant = head.path().split('/').nth(1).unwrap_or_default().to_owned();
///     async move {
///         let origins = origins_of(&tenant).await.ok()?;
///         let policy: OwnedPolicy = Settings::new().origins(origins).build().ok()?;
///         Some(Arc::new(PreparedPolicy::from(policy)))
///     }
/// });
/// let routes = cors(source, warp::any().map(|| "hello"));
/// ```
#[doc(alias("async_predicate", "database"))]
#[must_use]
pub fn look_up<F, Fut>(find: F) -> LookUp<F, Fut>
where
    F: Fn(&Head<'_>) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Option<Arc<PreparedPolicy>>> + Send + 'static,
{
    LookUp::new(find)
}

/// What [`cors`](crate::cors) keeps of a [`PolicySource`](crate::PolicySource): [`Fixed`],
/// [`LivePolicy`], [`ByRequest`] or [`LookUp`].
pub trait Source: sealed::Sealed {
    /// Wraps the filter in the policy.
    fn around<F>(
        self,
        handled: F,
    ) -> impl Filter<Extract = (Response,), Error = Infallible> + Clone + Send + Sync + 'static
    where
        F: Filter<Extract = (Response,), Error = Infallible> + Clone + Send + Sync + 'static;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Fixed {}
    impl Sealed for super::LivePolicy {}
    impl Sealed for super::LivePolicies {}
    impl<F> Sealed for super::ByRequest<F> {}
    impl<F, Fut> Sealed for super::LookUp<F, Fut> {}
}

impl Source for Fixed {
    fn around<F>(
        self,
        handled: F,
    ) -> impl Filter<Extract = (Response,), Error = Infallible> + Clone + Send + Sync + 'static
    where
        F: Filter<Extract = (Response,), Error = Infallible> + Clone + Send + Sync + 'static,
    {
        behind(request::forward(move || Some(self.policy())), handled)
    }
}

impl Source for LivePolicy {
    fn around<F>(
        self,
        handled: F,
    ) -> impl Filter<Extract = (Response,), Error = Infallible> + Clone + Send + Sync + 'static
    where
        F: Filter<Extract = (Response,), Error = Infallible> + Clone + Send + Sync + 'static,
    {
        behind(request::forward(move || Some(self.load())), handled)
    }
}

impl Source for LivePolicies {
    fn around<F>(
        self,
        handled: F,
    ) -> impl Filter<Extract = (Response,), Error = Infallible> + Clone + Send + Sync + 'static
    where
        F: Filter<Extract = (Response,), Error = Infallible> + Clone + Send + Sync + 'static,
    {
        let choose = move |head: &Head<'_>| Some(self.load().choose(head));
        behind(request::choose(Arc::new(ByRequest::new(choose))), handled)
    }
}

impl<Choose> Source for ByRequest<Choose>
where
    Choose: Fn(&Head<'_>) -> Option<Arc<PreparedPolicy>> + Send + Sync + 'static,
{
    fn around<F>(
        self,
        handled: F,
    ) -> impl Filter<Extract = (Response,), Error = Infallible> + Clone + Send + Sync + 'static
    where
        F: Filter<Extract = (Response,), Error = Infallible> + Clone + Send + Sync + 'static,
    {
        behind(request::choose(Arc::new(self)), handled)
    }
}

impl<Find, Fut> Source for LookUp<Find, Fut>
where
    Find: Fn(&Head<'_>) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Option<Arc<PreparedPolicy>>> + Send + 'static,
{
    fn around<F>(
        self,
        handled: F,
    ) -> impl Filter<Extract = (Response,), Error = Infallible> + Clone + Send + Sync + 'static
    where
        F: Filter<Extract = (Response,), Error = Infallible> + Clone + Send + Sync + 'static,
    {
        let found = behind(request::forward(request::found), handled);
        request::look_up(Arc::new(self)).and(found)
    }
}
