use std::fmt;
use std::sync::Arc;

use arc_swap::ArcSwap;

use super::heap::{OwnedPolicy, PolicyErrors, Settings};

/// A policy that can be replaced while servers apply it; a clone is the same one.
///
/// Every response is made by one policy: the one that is in force when the request comes. `P` is
/// what the adapter keeps of a policy.
pub struct LivePolicy<P>(Arc<ArcSwap<P>>);

impl<P> LivePolicy<P> {
    /// This policy is in force.
    pub fn new(policy: impl Into<P>) -> Self {
        Self(Arc::new(ArcSwap::from_pointee(policy.into())))
    }

    /// From now on this policy is in force. Requests that wait for their handler keep the one that
    /// they came under.
    pub fn replace(&self, policy: impl Into<P>) {
        self.0.store(Arc::new(policy.into()));
    }

    /// From now on the policy of these settings is in force.
    ///
    /// # Errors
    ///
    /// Every error of the settings; then nothing changes.
    #[expect(clippy::result_large_err, reason = "not in the request path")]
    pub fn try_replace(&self, settings: Settings) -> Result<(), PolicyErrors>
    where
        P: From<OwnedPolicy>,
    {
        let policy: OwnedPolicy = settings.build()?;
        self.replace(policy);
        Ok(())
    }

    /// The policy that is in force.
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
