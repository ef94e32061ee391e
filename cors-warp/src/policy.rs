use std::sync::Arc;

use arc_swap::ArcSwap;
use bytes::Bytes;
use cors_core::{Policy, ResponseField};
use http::HeaderValue;

/// [`Settings`](cors_core::Settings) with texts on the heap.
pub type Settings = cors_core::Settings<String>;

/// An [`OwnedPolicy`](cors_core::OwnedPolicy) with texts and index on the heap: what
/// [`Settings::build`](cors_core::Settings::build) makes and `serde` reads.
pub type OwnedPolicy = cors_core::OwnedPolicy<String, Vec<u32>>;

/// All [`PolicyErrors`](cors_core::PolicyErrors) of [`Settings`].
pub type PolicyErrors = cors_core::PolicyErrors<String>;

/// A policy and the header values that it sends, which are made here, once.
///
/// ```
/// use cors_warp::{OwnedPolicy, Policy, PreparedPolicy, Settings};
///
/// let written = PreparedPolicy::from(Policy::public());
/// let read: OwnedPolicy = Settings::new().origins(["https://app.example.com"]).build()?;
/// let read = PreparedPolicy::from(read);
/// # Ok::<(), cors_warp::PolicyErrors>(())
/// ```
#[derive(Debug)]
pub struct PreparedPolicy {
    pub(crate) policy: OwnedPolicy,
    /// By the field's index.
    pub(crate) values: [HeaderValue; ResponseField::ALL.len()],
}

impl From<OwnedPolicy> for PreparedPolicy {
    fn from(policy: OwnedPolicy) -> Self {
        Self {
            values: ResponseField::ALL.map(|field| shared(policy.text(field))),
            policy,
        }
    }
}

impl From<Policy<'static>> for PreparedPolicy {
    fn from(policy: Policy<'static>) -> Self {
        OwnedPolicy::from(policy).into()
    }
}

/// A value whose clones are reference counts, from the first one on: `Bytes` moves what was copied
/// into shared memory when it is cloned for the first time.
fn shared(text: &str) -> HeaderValue {
    let bytes = Bytes::copy_from_slice(text.as_bytes());
    drop(bytes.clone());
    HeaderValue::from_maybe_shared(bytes).expect("a policy's texts are visible ASCII")
}

/// A policy that can be replaced while servers apply it; a clone is the same one.
///
/// Every response is made by one policy: the one that is in force when the request comes.
///
/// ```
/// use cors_warp::{LivePolicy, Policy, Settings, cors};
/// use warp::Filter;
///
/// let live = LivePolicy::new(Policy::nobody());
/// let routes = cors(&live, warp::any().map(|| "hello"));
///
/// // Later, and as often as need be:
/// live.try_replace(Settings::new().origins(["https://app.example.com"]))?;
/// # Ok::<(), cors_warp::PolicyErrors>(())
/// ```
#[derive(Clone, Debug)]
pub struct LivePolicy(Arc<ArcSwap<PreparedPolicy>>);

impl LivePolicy {
    /// This policy is in force.
    pub fn new(policy: impl Into<PreparedPolicy>) -> Self {
        Self(Arc::new(ArcSwap::from_pointee(policy.into())))
    }

    /// From now on this policy is in force. Requests that wait for their handler keep the one that
    /// they came under.
    pub fn replace(&self, policy: impl Into<PreparedPolicy>) {
        self.0.store(Arc::new(policy.into()));
    }

    /// From now on the policy of these settings is in force.
    ///
    /// # Errors
    ///
    /// Every error of the settings; then nothing changes.
    #[expect(clippy::result_large_err, reason = "not in the request path")]
    pub fn try_replace(&self, settings: Settings) -> Result<(), PolicyErrors> {
        let policy: OwnedPolicy = settings.build()?;
        self.replace(policy);
        Ok(())
    }

    pub(crate) fn load(&self) -> Arc<PreparedPolicy> {
        self.0.load_full()
    }
}
