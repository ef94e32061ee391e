//! Where the policy for a request comes from.

use std::future::Future;
use std::sync::Arc;

use actix_web::dev::ServiceRequest;

use crate::headers::Head;
use crate::policy::{LivePolicies, LivePolicy, PreparedPolicy};

/// One policy for all requests.
pub type Fixed = cors_core::Fixed<PreparedPolicy>;

/// A function that chooses the policy for each request; see [`by_request`].
pub type ByRequest<F> = cors_core::ByRequest<F, PreparedPolicy>;

/// An async function that looks up the policy for each request; see [`look_up`].
pub type LookUp<F, Fut> = cors_core::LookUp<F, Fut, PreparedPolicy>;

/// Chooses a policy for each request: by its [host](crate::authority), the name of the matching
/// resource, or application data. If the function returns `None`, no other origin is allowed.
///
/// The function is called for every request, so prepare the policies once: making a policy allocates.
///
/// ```
/// use std::{collections::HashMap, sync::Arc};
/// use cors_actix::{Cors, Policy, PreparedPolicy, authority, by_request};
///
/// let tenants = HashMap::from([
///     ("a.example", Policy::anonymous("https://app.a.example")),
///     ("b.example", Policy::credentialed("https://app.b.example").methods("PUT")),
/// ])
/// .into_iter()
/// .map(|(host, policy)| (host, Arc::new(PreparedPolicy::from(policy))))
/// .collect::<HashMap<_, _>>();
///
/// let source = by_request(move |request| tenants.get(authority(request)?).cloned());
/// let cors = Cors::new(source);
/// # let _ = actix_web::App::new().wrap(cors);
/// ```
///
/// If you store the closure in a variable first, name the type of its parameter. Otherwise the compiler
/// says `implementation of FnOnce is not general enough`.
///
/// ```
/// # use std::{collections::HashMap, sync::Arc};
/// # use cors_actix::{Cors, PreparedPolicy, authority, by_request};
/// # let tenants = HashMap::<&str, Arc<PreparedPolicy>>::new();
/// use actix_web::dev::ServiceRequest;
///
/// let choose = move |request: &ServiceRequest| tenants.get(authority(request)?).cloned();
/// let cors = Cors::new(by_request(choose));
/// # let _ = actix_web::App::new().wrap(cors);
/// ```
#[doc(alias("dynamic", "predicate", "tenant"))]
#[must_use]
pub fn by_request<F>(choose: F) -> ByRequest<F>
where
    F: Fn(&ServiceRequest) -> Option<Arc<PreparedPolicy>>,
{
    ByRequest::new(choose)
}

/// Looks up a policy for each request, for example in a database. The wrapped service is called once
/// the policy is found. If the future returns `None`, no other origin is allowed.
///
/// The future is dropped before the wrapped service is called. Don't move an `HttpRequest` into a task
/// that runs longer: actix-web panics if there is another one when it routes a request.
///
/// ```
/// use std::sync::Arc;
/// use cors_actix::{Cors, OwnedPolicy, PreparedPolicy, Settings, look_up};
///
/// async fn origins_of(tenant: &str) -> Result<Vec<String>, std::io::Error> {
///     # let _ = tenant;
///     // Ask the database.
///     # Ok(vec!["https://app.example.com".into()])
/// }
///
/// let source = look_up(|request| {
///     let tenant = request.path().split('/').nth(1).unwrap_or_default().to_owned();
///     async move {
///         let origins = origins_of(&tenant).await.ok()?;
///         let policy: OwnedPolicy = Settings::new().origins(origins).build().ok()?;
///         Some(Arc::new(PreparedPolicy::from(policy)))
///     }
/// });
/// let cors = Cors::new(source);
/// # let _ = actix_web::App::new().wrap(cors);
/// ```
#[doc(alias("async_predicate", "database"))]
#[must_use]
pub fn look_up<F, Fut>(find: F) -> LookUp<F, Fut>
where
    F: Fn(&ServiceRequest) -> Fut,
    Fut: Future<Output = Option<Arc<PreparedPolicy>>>,
{
    LookUp::new(find)
}

/// A source that returns the policy for a request at once: [`Fixed`], [`LivePolicy`], [`LivePolicies`] or [`ByRequest`].
pub trait Immediate: sealed::Sealed {
    /// The policy for this request.
    fn policy(&self, request: &ServiceRequest) -> Arc<PreparedPolicy>;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Fixed {}
    impl Sealed for super::LivePolicy {}
    impl Sealed for super::LivePolicies {}
    impl<F> Sealed for super::ByRequest<F> {}
}

impl Immediate for Fixed {
    fn policy(&self, _: &ServiceRequest) -> Arc<PreparedPolicy> {
        self.policy()
    }
}

impl Immediate for LivePolicy {
    fn policy(&self, _: &ServiceRequest) -> Arc<PreparedPolicy> {
        self.load()
    }
}

impl Immediate for LivePolicies {
    fn policy(&self, request: &ServiceRequest) -> Arc<PreparedPolicy> {
        self.load().choose(&Head::of(request))
    }
}

impl<F> Immediate for ByRequest<F>
where
    F: Fn(&ServiceRequest) -> Option<Arc<PreparedPolicy>>,
{
    fn policy(&self, request: &ServiceRequest) -> Arc<PreparedPolicy> {
        self.policy(request)
    }
}
