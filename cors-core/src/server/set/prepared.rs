use std::sync::Arc;

use super::{Choice, PolicySet};
use crate::decision::RequestHeaders;
use crate::policy::Policy;
use crate::server::live::LivePolicy;
use crate::server::prepared::{Prepared, PreparedValue};

/// A [`PolicySet`] whose header values are created once: what adapters keep of it.
///
/// In a [`LivePolicy`] it is replaced as one value.
#[derive(Debug)]
pub struct PreparedPolicies<V: PreparedValue> {
    set: PolicySet<Arc<Prepared<V>>>,
    untouched: Arc<Prepared<V>>,
    nobody: Arc<Prepared<V>>,
}

impl<V: PreparedValue> PreparedPolicies<V> {
    /// The policy for this request; see [`PolicySet::choose`]. Does not allocate.
    pub fn choose(&self, request: &impl RequestHeaders) -> Arc<Prepared<V>> {
        let choice = self.set.choose(request.authority(), request.path());
        Arc::clone(match choice {
            Choice::Policy(_, policy) => policy,
            Choice::Untouched => &self.untouched,
            Choice::Nobody => &self.nobody,
        })
    }
}

impl<V: PreparedValue> From<PolicySet> for PreparedPolicies<V> {
    fn from(set: PolicySet) -> Self {
        Self {
            set: set.map(|policy| Arc::new(policy.into())),
            untouched: Arc::new(Policy::untouched().into()),
            nobody: Arc::new(Policy::nobody().into()),
        }
    }
}

impl<V: PreparedValue> From<PolicySet> for LivePolicy<PreparedPolicies<V>> {
    fn from(set: PolicySet) -> Self {
        Self::new(set)
    }
}

/// The same policies: clones share them.
impl<P> From<&Self> for LivePolicy<P> {
    fn from(live: &Self) -> Self {
        live.clone()
    }
}
