//! The core's names, for Rocket.

use cors_core::{Edits, PreparedValue, ResponseField};

pub use cors_core::heap::{OwnedPolicy, PolicyErrors, Settings};
pub use cors_core::{PolicySet, PolicySetErrors, Scoped};

/// A header value, which is nothing: Rocket's responses borrow the policy's texts.
#[derive(Clone, Debug)]
pub struct Value(());

impl PreparedValue for Value {
    type Ready = ();

    fn from_static(_: &'static str) -> Self {
        Self(())
    }

    fn from_text(_: &str) -> Self {
        Self(())
    }

    fn ready(_: Edits, _: &[Self; ResponseField::ALL.len()]) {}
}

/// A policy that is prepared for requests: what [`by_request`](crate::by_request) and
/// [`look_up`](crate::look_up) return, in an [`Arc`](std::sync::Arc).
///
/// ```
/// use cors_rocket::{OwnedPolicy, Policy, PolicyErrors, PreparedPolicy, Settings};
///
/// let written = PreparedPolicy::from(Policy::public());
/// let read: OwnedPolicy = Settings::new().origins(["https://app.example.com"]).build()?;
/// let read = PreparedPolicy::from(read);
/// # Ok::<(), PolicyErrors>(())
/// ```
///
/// All its methods: [`cors_core::Prepared`].
pub type PreparedPolicy = cors_core::Prepared<Value>;

/// A policy that can be replaced while the server runs. Clones share the policy.
///
/// Each response uses exactly one policy: the one that is current when the request arrives.
///
/// ```
/// use cors_rocket::{Cors, LivePolicy, Policy, PolicyErrors, Settings};
///
/// let live = LivePolicy::new(Policy::nobody());
/// let cors = Cors::new(&live);
///
/// // Later, whenever the settings change:
/// live.try_replace(Settings::new().origins(["https://app.example.com"]))?;
/// # Ok::<(), PolicyErrors>(())
/// ```
///
/// All its methods: [`cors_core::LivePolicy`].
#[doc(alias("reload", "swap"))]
pub type LivePolicy = cors_core::LivePolicy<PreparedPolicy>;

/// Several policies, by host and path, that can be replaced as one value while the server runs. Clones
/// share them.
///
/// ```
/// use cors_rocket::{Cors, LivePolicies, Policy, PolicySet, PolicySetErrors, Scoped};
///
/// let set = |path| PolicySet::new([Scoped::new(Policy::public()).path(path)]);
/// let live = LivePolicies::new(set("/fonts")?);
/// let cors = Cors::policies(&live);
///
/// // Later, whenever the file changes:
/// live.replace(set("/static")?);
/// # Ok::<(), PolicySetErrors>(())
/// ```
pub type LivePolicies = cors_core::LivePolicy<cors_core::PreparedPolicies<Value>>;
