use std::fmt;
use std::future::Future;
use std::sync::{Arc, LazyLock};

use cors_core::Policy;
pub use cors_core::heap::{OwnedPolicy, PolicyErrors, Settings};
use rocket::Request;
use rocket::figment::Figment;
use rocket::futures::future::BoxFuture;

/// A policy that can be replaced while servers apply it; a clone is the same one.
///
/// Every response is made by one policy: the one that is in force when the request comes.
///
/// ```
/// use cors_rocket::{Cors, LivePolicy, Policy, Settings};
///
/// let live = LivePolicy::new(Policy::nobody());
/// let cors = Cors::live(&live);
///
/// // Later, whenever the settings change:
/// live.try_replace(Settings::new().origins(["https://app.example.com"]))?;
/// # Ok::<(), cors_rocket::PolicyErrors>(())
/// ```
pub type LivePolicy = cors_core::LivePolicy<OwnedPolicy>;

type Choose = dyn Fn(&Request<'_>) -> Option<Arc<OwnedPolicy>> + Send + Sync;
type Find = dyn Fn(&Request<'_>) -> BoxFuture<'static, Option<Arc<OwnedPolicy>>> + Send + Sync;

/// Where the policy for a request comes from: a [`Policy`], an [`OwnedPolicy`], a [`LivePolicy`],
/// a function, a look-up.
#[derive(Clone)]
pub struct PolicySource(Source);

#[derive(Clone)]
enum Source {
    Fixed(Arc<OwnedPolicy>),
    Live(LivePolicy),
    ByRequest(Arc<Choose>),
    LookUp(Arc<Find>),
    #[cfg(feature = "serde")]
    Configured,
}

/// The policy that a request came under, kept in its cache.
struct Chosen(Arc<OwnedPolicy>);

impl PolicySource {
    /// See [`Cors::by_request`](crate::Cors::by_request).
    pub fn by_request<F>(choose: F) -> Self
    where
        F: Fn(&Request<'_>) -> Option<Arc<OwnedPolicy>> + Send + Sync + 'static,
    {
        Self(Source::ByRequest(Arc::new(choose)))
    }

    /// See [`Cors::look_up`](crate::Cors::look_up).
    pub fn look_up<F, Fut>(find: F) -> Self
    where
        F: Fn(&Request<'_>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Option<Arc<OwnedPolicy>>> + Send + 'static,
    {
        Self(Source::LookUp(Arc::new(move |request| {
            Box::pin(find(request))
        })))
    }

    /// See [`Cors::configured`](crate::Cors::configured).
    #[cfg(feature = "serde")]
    pub(crate) const CONFIGURED: Self = Self(Source::Configured);

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
        match self.0 {
            #[cfg(feature = "serde")]
            Source::Configured => read(figment).map(Self::from),
            _ => {
                let _ = figment;
                Ok(self)
            }
        }
    }

    /// The policy for this request, if it need not be waited for.
    pub(crate) fn policy<'r>(&'r self, request: &'r Request<'_>) -> Option<&'r OwnedPolicy> {
        let Chosen(policy) = match &self.0 {
            Source::Fixed(policy) => return Some(policy),
            Source::LookUp(_) => return None,
            #[cfg(feature = "serde")]
            Source::Configured => return None,
            Source::Live(policy) => request.local_cache(|| Chosen(policy.load())),
            Source::ByRequest(choose) => request.local_cache(|| or_nobody(choose(request))),
        };
        Some(policy)
    }

    /// The policy for this request, which may have to be waited for.
    pub(crate) async fn look_up_policy<'r>(&'r self, request: &'r Request<'_>) -> &'r OwnedPolicy {
        match &self.0 {
            Source::LookUp(find) => {
                let look_up = async { or_nobody(find(request).await) };
                let Chosen(policy) = request.local_cache_async(look_up).await;
                policy
            }
            _ => self.policy(request).unwrap_or_else(|| &**NOBODY),
        }
    }

    /// The policy, if it is known before a request is.
    pub(crate) fn known(&self) -> Option<Arc<OwnedPolicy>> {
        match &self.0 {
            Source::Fixed(policy) => Some(Arc::clone(policy)),
            Source::Live(policy) => Some(policy.load()),
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

static NOBODY: LazyLock<Arc<OwnedPolicy>> = LazyLock::new(|| Arc::new(Policy::nobody().into()));

/// Who has no policy shares with nobody.
fn or_nobody(policy: Option<Arc<OwnedPolicy>>) -> Chosen {
    Chosen(policy.unwrap_or_else(|| Arc::clone(&NOBODY)))
}

impl From<Policy<'static>> for PolicySource {
    fn from(policy: Policy<'static>) -> Self {
        OwnedPolicy::from(policy).into()
    }
}

impl From<OwnedPolicy> for PolicySource {
    fn from(policy: OwnedPolicy) -> Self {
        Self(Source::Fixed(Arc::new(policy)))
    }
}

impl From<&LivePolicy> for PolicySource {
    fn from(policy: &LivePolicy) -> Self {
        Self(Source::Live(policy.clone()))
    }
}

impl fmt::Debug for PolicySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Source::Fixed(policy) => policy.fmt(f),
            Source::Live(policy) => policy.fmt(f),
            Source::ByRequest(_) => f.write_str("ByRequest"),
            Source::LookUp(_) => f.write_str("LookUp"),
            #[cfg(feature = "serde")]
            Source::Configured => f.write_str("Configured"),
        }
    }
}
