//! Where the policy for a request comes from.

use std::future::Future;
use std::sync::Arc;

use actix_web::dev::ServiceRequest;

use crate::policy::{LivePolicy, PreparedPolicy};

/// One policy for every request, for ever.
pub type Fixed = cors_core::Fixed<PreparedPolicy>;

/// The policy that a function chooses; see [`by_request`].
pub type ByRequest<F> = cors_core::ByRequest<F, PreparedPolicy>;

/// The policy that a look-up finds; see [`look_up`].
pub type LookUp<F, Fut> = cors_core::LookUp<F, Fut, PreparedPolicy>;

/// A source that chooses the policy by a request: its [`authority`](crate::authority), the name of
/// the resource that matches it, application data. Without a policy nothing is shared.
///
/// The function is called for every request: keep the policies prepared, as a policy that is made
/// for a request costs its allocations.
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
#[must_use]
pub fn by_request<F>(choose: F) -> ByRequest<F>
where
    F: Fn(&ServiceRequest) -> Option<Arc<PreparedPolicy>>,
{
    ByRequest::new(choose)
}

/// A source that looks the policy up, in a database for one. The wrapped service is called when it
/// is found; without a policy nothing is shared.
///
/// The future is dropped before the wrapped service is called. No task that outlives it may keep an
/// `HttpRequest`: actix-web panics if there is another one when it routes a request.
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
#[must_use]
pub fn look_up<F, Fut>(find: F) -> LookUp<F, Fut>
where
    F: Fn(&ServiceRequest) -> Fut,
    Fut: Future<Output = Option<Arc<PreparedPolicy>>>,
{
    LookUp::new(find)
}

/// A source that has the policy for a request at once: [`Fixed`], [`LivePolicy`], [`ByRequest`].
pub trait Immediate: sealed::Sealed {
    /// The policy for this request.
    fn policy(&self, request: &ServiceRequest) -> Arc<PreparedPolicy>;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Fixed {}
    impl Sealed for super::LivePolicy {}
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

impl<F> Immediate for ByRequest<F>
where
    F: Fn(&ServiceRequest) -> Option<Arc<PreparedPolicy>>,
{
    fn policy(&self, request: &ServiceRequest) -> Arc<PreparedPolicy> {
        self.policy(request)
    }
}
