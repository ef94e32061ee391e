use std::fmt;
use std::sync::Arc;

use arc_swap::ArcSwap;

use super::heap::{OwnedPolicy, PolicyErrors, Settings};

/// A policy that can be replaced while the server runs. Clones share the policy.
///
/// Each response uses exactly one policy: the one that is current when the request arrives. `P` is what
/// the adapter keeps of a policy.
#[doc(alias("reload", "swap"))]
pub struct LivePolicy<P>(Arc<ArcSwap<P>>);

impl<P> LivePolicy<P> {
    /// Creates a live policy, initially `policy`.
    pub fn new(policy: impl Into<P>) -> Self {
        Self(Arc::new(ArcSwap::from_pointee(policy.into())))
    }

    /// Replaces the policy; later requests use the new one. Requests whose handler is running keep the
    /// old one.
    pub fn replace(&self, policy: impl Into<P>) {
        self.0.store(Arc::new(policy.into()));
    }

    /// Builds a policy from these settings and replaces the current one with it.
    ///
    /// # Errors
    ///
    /// Returns every error in the settings; the old policy then stays.
    #[expect(clippy::result_large_err, reason = "not in the request path")]
    pub fn try_replace(&self, settings: Settings) -> Result<(), PolicyErrors>
    where
        P: From<OwnedPolicy>,
    {
        let policy: OwnedPolicy = settings.build()?;
        self.replace(policy);
        Ok(())
    }

    /// The current policy.
    #[must_use]
    pub fn load(&self) -> Arc<P> {
        self.0.load_full()
    }
}

impl<P> Clone for LivePolicy<P> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<P: fmt::Debug> fmt::Debug for LivePolicy<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("LivePolicy").field(&self.load()).finish()
    }
}
