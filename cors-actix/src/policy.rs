//! The core's names, with actix-web's header values.

pub use cors_core::heap::{OwnedPolicy, PolicyErrors, Settings};

use crate::headers::Value;

/// A policy and the header values that it sends, which are made here, once.
///
/// ```
/// use cors_actix::{OwnedPolicy, Policy, PolicyErrors, PreparedPolicy, Settings};
///
/// let written = PreparedPolicy::from(Policy::public());
/// let read: OwnedPolicy = Settings::new().origins(["https://app.example.com"]).build()?;
/// let read = PreparedPolicy::from(read);
/// # Ok::<(), PolicyErrors>(())
/// ```
pub type PreparedPolicy = cors_core::Prepared<Value>;

/// A policy that can be replaced while servers apply it; a clone is the same one.
///
/// Every response is made by one policy: the one that is in force when the request comes.
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
pub type LivePolicy = cors_core::LivePolicy<PreparedPolicy>;

pub(crate) type Answer = cors_core::Answer<Value>;
pub(crate) type Forward = cors_core::Forward<Value>;
pub(crate) type Respond = cors_core::Respond<Value>;
