//! The core's names, with actix-web's header values.

pub use cors_core::heap::{OwnedPolicy, PolicyErrors, Settings};
pub use cors_core::{PolicySet, PolicySetErrors, Scoped};

use crate::headers::Value;

/// A policy that is prepared for requests: what [`by_request`](crate::by_request) and
/// [`look_up`](crate::look_up) return, in an [`Arc`](std::sync::Arc).
///
/// ```
/// use cors_actix::{OwnedPolicy, Policy, PolicyErrors, PreparedPolicy, Settings};
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
/// use cors_actix::{Cors, LivePolicy, Policy, PolicyErrors, Settings};
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
/// use cors_actix::{Cors, LivePolicies, Policy, PolicySet, PolicySetErrors, Scoped};
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

pub(crate) type Answer = cors_core::Answer<Value>;
pub(crate) type Forward = cors_core::Forward<Value>;
pub(crate) type Respond = cors_core::Respond<Value>;
