//! Where the policy for a request comes from.

use std::fmt;
use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, OnceLock};

use cors_core::Policy;
use rocket::Request;
use rocket::figment::Figment;
use rocket::futures::future::BoxFuture;

use crate::headers::Head;
use crate::policy::{LivePolicies, LivePolicy, PreparedPolicy};
#[cfg(feature = "serde")]
use crate::policy::{OwnedPolicy, Settings};

/// One policy for all requests.
pub type Fixed = cors_core::Fixed<PreparedPolicy>;

/// A function that chooses the policy for each request; see [`by_request`].
pub type ByRequest<F> = cors_core::ByRequest<F, PreparedPolicy>;

/// An async function that looks up the policy for each request; see [`look_up`].
pub type LookUp<F, Fut> = cors_core::LookUp<F, Fut, PreparedPolicy>;

/// Chooses a policy for each request: by its host, its path, or managed state. If the function returns
/// `None`, no other origin is allowed.
///
/// The function is called once for every request, so prepare the policies once: making a policy
/// allocates.
///
/// ```
/// use std::{collections::HashMap, sync::Arc};
/// use cors_rocket::{Cors, Policy, PreparedPolicy, by_request};
///
/// let tenants = HashMap::from([
///     ("a.example", Policy::anonymous("https://app.a.example")),
///     ("b.example", Policy::credentialed("https://app.b.example").methods("PUT")),
/// ])
/// .into_iter()
/// .map(|(host, policy)| (host, Arc::new(PreparedPolicy::from(policy))))
/// .collect::<HashMap<_, _>>();
///
/// // The authority over HTTP/2, or else the `Host` header.
/// let source = by_request(move |request| {
///     tenants.get(request.host()?.domain().as_str()).cloned()
/// });
/// let cors = Cors::new(Policy::public()).mount("/account", source);
/// ```
///
/// If you store the closure in a variable first, name the type of its parameter. Otherwise the compiler
/// says `implementation of FnOnce is not general enough`.
///
/// ```
/// # use std::{collections::HashMap, sync::Arc};
/// # use cors_rocket::{Cors, PreparedPolicy, by_request};
/// # let tenants = HashMap::<&str, Arc<PreparedPolicy>>::new();
/// use rocket::Request;
///
/// let choose = move |request: &Request<'_>| {
///     tenants.get(request.host()?.domain().as_str()).cloned()
/// };
/// let cors = Cors::new(by_request(choose));
/// ```
#[doc(alias("dynamic", "predicate", "tenant"))]
#[must_use]
pub fn by_request<F>(choose: F) -> ByRequest<F>
where
    F: Fn(&Request<'_>) -> Option<Arc<PreparedPolicy>> + Send + Sync + 'static,
{
    ByRequest::new(choose)
}

/// Looks up a policy for each request, for example in a database. Routes are tried once the policy is
/// found. If the future returns `None`, no other origin is allowed.
///
/// ```
/// use std::sync::Arc;
/// use cors_rocket::{Cors, OwnedPolicy, PreparedPolicy, Settings, look_up};
///
/// async fn origins_of(tenant: &str) -> Result<Vec<String>, std::io::Error> {
///     # let _ = tenant;
///     // Ask the database.
///     # Ok(vec!["https://app.example.com".into()])
/// }
///
/// let source = look_up(|request| {
///     let tenant = request.uri().path().segments().get(0).unwrap_or_default().to_owned();
///     async move {
///         let origins = origins_of(&tenant).await.ok()?;
///         let policy: OwnedPolicy = Settings::new().origins(origins).build().ok()?;
///         Some(Arc::new(PreparedPolicy::from(policy)))
///     }
/// });
/// let cors = Cors::new(source);
/// ```
#[doc(alias("async_predicate", "database"))]
#[must_use]
pub fn look_up<F, Fut>(find: F) -> LookUp<F, Fut>
where
    F: Fn(&Request<'_>) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Option<Arc<PreparedPolicy>>> + Send + 'static,
{
    LookUp::new(find)
}

type Choose = dyn Fn(&Request<'_>) -> Arc<PreparedPolicy> + Send + Sync;
type Find = dyn Fn(&Request<'_>) -> BoxFuture<'static, Arc<PreparedPolicy>> + Send + Sync;

/// What a fairing keeps of a [`PolicySource`](crate::PolicySource).
#[derive(Clone)]
pub enum Source {
    Fixed(Arc<PreparedPolicy>),
    Live(LivePolicy),
    ByRequest(Arc<Choose>),
    LookUp(Arc<Find>),
    /// See [`Cors::configured`](crate::Cors::configured).
    #[cfg(feature = "serde")]
    Configured,
}

/// The policy that was current when a request arrived, kept in its cache.
struct Loaded(Arc<PreparedPolicy>);

/// The policy that a function has chosen for a request, kept in its cache.
#[derive(Default)]
struct Chosen {
    is_asked_for: AtomicBool,
    policy: OnceLock<Arc<PreparedPolicy>>,
}

impl Chosen {
    /// Whoever sees it first has to choose, and nobody else: Rocket makes a response of a function's
    /// panic, and a second one would be in the way of that.
    fn is_first(&self) -> bool {
        !self.is_asked_for.swap(true, Ordering::Relaxed)
    }

    fn keep(&self, policy: Arc<PreparedPolicy>) {
        let _ = self.policy.set(policy);
    }

    fn policy(&self) -> &PreparedPolicy {
        self.policy.get().unwrap_or(&UNDECIDED)
    }
}

/// If the function panics: the response to that is an answer, but it is shared with nobody.
static UNDECIDED: LazyLock<Arc<PreparedPolicy>> =
    LazyLock::new(|| Arc::new(Policy::nobody().forward_denied().into()));

impl Source {
    /// What this is in an application with such a configuration.
    ///
    /// # Errors
    ///
    /// Every error of a configured policy, the key, and where it was read.
    #[cfg_attr(
        not(feature = "serde"),
        expect(
            clippy::unnecessary_wraps,
            reason = "only a configured policy can be wrong"
        )
    )]
    pub(crate) fn resolve(self, figment: &Figment) -> Result<Self, String> {
        match self {
            #[cfg(feature = "serde")]
            Self::Configured => read(figment).map(|policy| Self::Fixed(Arc::new(policy.into()))),
            _ => {
                let _ = figment;
                Ok(self)
            }
        }
    }

    /// The policy for this request, if it need not be waited for.
    pub(crate) fn policy<'r>(&'r self, request: &'r Request<'_>) -> Option<&'r PreparedPolicy> {
        match self {
            Self::Fixed(policy) => Some(policy),
            Self::LookUp(_) => None,
            #[cfg(feature = "serde")]
            Self::Configured => None,
            Self::Live(policy) => {
                let Loaded(policy) = request.local_cache(|| Loaded(policy.load()));
                Some(policy)
            }
            Self::ByRequest(choose) => {
                let chosen = request.local_cache(Chosen::default);
                if chosen.is_first() {
                    chosen.keep(choose(request));
                }
                Some(chosen.policy())
            }
        }
    }

    /// The policy for this request, which may have to be waited for.
    pub(crate) async fn look_up_policy<'r>(
        &'r self,
        request: &'r Request<'_>,
    ) -> &'r PreparedPolicy {
        match self {
            Self::LookUp(find) => {
                let chosen = request.local_cache(Chosen::default);
                if chosen.is_first() {
                    chosen.keep(find(request).await);
                }
                chosen.policy()
            }
            _ => self.policy(request).unwrap_or(&UNDECIDED),
        }
    }

    /// The policy, if it is known before a request is.
    pub(crate) fn known(&self) -> Option<Arc<PreparedPolicy>> {
        match self {
            Self::Fixed(policy) => Some(Arc::clone(policy)),
            Self::Live(policy) => Some(policy.load()),
            _ => None,
        }
    }
}

/// The policy under the key `cors`.
#[cfg(feature = "serde")]
fn read(figment: &Figment) -> Result<OwnedPolicy, String> {
    let settings: Settings = figment
        .extract_inner("cors")
        .map_err(|error| error.to_string())?;
    settings.build().map_err(|errors| {
        let source = figment.find_metadata("cors").map(|metadata| {
            let source = metadata.source.as_ref();
            source.map_or_else(|| metadata.name.to_string(), ToString::to_string)
        });
        let source = source.unwrap_or_default();
        format!("key \"cors\" in {source} is not a policy:\n{errors}")
    })
}

impl From<Fixed> for Source {
    fn from(source: Fixed) -> Self {
        Self::Fixed(source.policy())
    }
}

impl From<LivePolicy> for Source {
    fn from(policy: LivePolicy) -> Self {
        Self::Live(policy)
    }
}

impl From<LivePolicies> for Source {
    fn from(policies: LivePolicies) -> Self {
        let choose = move |request: &Request<'_>| policies.load().choose(&Head(request));
        Self::ByRequest(Arc::new(choose))
    }
}

impl<F> From<ByRequest<F>> for Source
where
    F: Fn(&Request<'_>) -> Option<Arc<PreparedPolicy>> + Send + Sync + 'static,
{
    fn from(source: ByRequest<F>) -> Self {
        Self::ByRequest(Arc::new(move |request| source.policy(request)))
    }
}

impl<F, Fut> From<LookUp<F, Fut>> for Source
where
    F: Fn(&Request<'_>) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Option<Arc<PreparedPolicy>>> + Send + 'static,
{
    fn from(source: LookUp<F, Fut>) -> Self {
        Self::LookUp(Arc::new(move |request| Box::pin(source.find(request))))
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fixed(policy) => policy.policy().fmt(f),
            Self::Live(policy) => policy.fmt(f),
            Self::ByRequest(_) => f.write_str("ByRequest"),
            Self::LookUp(_) => f.write_str("LookUp"),
            #[cfg(feature = "serde")]
            Self::Configured => f.write_str("Configured"),
        }
    }
}
