//! What an adapter takes as a policy.

use std::sync::Arc;

use super::heap::OwnedPolicy;
use super::live::LivePolicy;
use super::prepared::{Prepared, PreparedValue};
use super::set::{PolicySet, PreparedPolicies};
use super::source::{ByRequest, Fixed, LookUp};
use crate::policy::Policy;

/// Everything that an adapter takes as a policy.
///
/// | source | the policy for a request |
/// |---|---|
/// | [`Policy<'static>`](Policy), a reference to one, [`OwnedPolicy`] | always this one |
/// | [`Prepared`], an [`Arc`] of one | always this one, without preparing it again |
/// | [`LivePolicy`], a reference to one | the one that is current when the request arrives |
/// | [`PolicySet`] | that of the most specific entry for its host and path |
/// | [`LivePolicy`] of [`PreparedPolicies`], a reference to one | the same, of the set that is current |
/// | [`ByRequest`]: an adapter's `by_request` | the one that a function chooses |
/// | [`LookUp`]: an adapter's `look_up` | the one that a future returns |
///
/// `P` is what the adapter keeps of a policy.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a CORS policy",
    label = "expected a `Policy`, an `OwnedPolicy`, a `PolicySet`, a `LivePolicy`, `by_request(…)` or `look_up(…)`",
    note = "for a list of origins, write `Policy::anonymous(\"https://app.example.com\")`, or \
            `Policy::credentialed(…)` if pages send cookies",
    note = "for `Settings`, call `.build()?` first",
    note = "for a function that chooses a policy, write `by_request(|request| …)`, or `look_up(…)` if it is async"
)]
pub trait PolicySource<P>: sealed::Sealed {
    /// What the adapter keeps of it.
    type Source;

    /// Converts it into what the adapter keeps. Allocates.
    fn into_source(self) -> Self::Source;
}

mod sealed {
    pub trait Sealed {}
}

impl sealed::Sealed for Policy<'static> {}
impl<P: From<Self>> PolicySource<P> for Policy<'static> {
    type Source = Fixed<P>;

    fn into_source(self) -> Fixed<P> {
        Fixed::new(self)
    }
}

impl sealed::Sealed for &'static Policy<'static> {}
impl<P: From<Self>> PolicySource<P> for &'static Policy<'static> {
    type Source = Fixed<P>;

    fn into_source(self) -> Fixed<P> {
        Fixed::new(self)
    }
}

impl sealed::Sealed for OwnedPolicy {}
impl<P: From<Self>> PolicySource<P> for OwnedPolicy {
    type Source = Fixed<P>;

    fn into_source(self) -> Fixed<P> {
        Fixed::new(self)
    }
}

impl<V: PreparedValue> sealed::Sealed for Prepared<V> {}
impl<V: PreparedValue> PolicySource<Self> for Prepared<V> {
    type Source = Fixed<Self>;

    fn into_source(self) -> Fixed<Self> {
        Fixed::new(self)
    }
}

impl<V: PreparedValue> sealed::Sealed for Arc<Prepared<V>> {}
impl<V: PreparedValue> PolicySource<Prepared<V>> for Arc<Prepared<V>> {
    type Source = Fixed<Prepared<V>>;

    fn into_source(self) -> Self::Source {
        self.into()
    }
}

impl<P> sealed::Sealed for LivePolicy<P> {}
impl<P> PolicySource<P> for LivePolicy<P> {
    type Source = Self;

    fn into_source(self) -> Self {
        self
    }
}

impl<P> sealed::Sealed for &LivePolicy<P> {}
impl<P> PolicySource<P> for &LivePolicy<P> {
    type Source = LivePolicy<P>;

    fn into_source(self) -> LivePolicy<P> {
        self.clone()
    }
}

impl sealed::Sealed for PolicySet {}
impl<V: PreparedValue> PolicySource<Prepared<V>> for PolicySet {
    type Source = LivePolicy<PreparedPolicies<V>>;

    fn into_source(self) -> Self::Source {
        self.into()
    }
}

impl<V: PreparedValue> PolicySource<Prepared<V>> for LivePolicy<PreparedPolicies<V>> {
    type Source = Self;

    fn into_source(self) -> Self {
        self
    }
}

impl<V: PreparedValue> PolicySource<Prepared<V>> for &LivePolicy<PreparedPolicies<V>> {
    type Source = LivePolicy<PreparedPolicies<V>>;

    fn into_source(self) -> Self::Source {
        self.clone()
    }
}

impl<F, P> sealed::Sealed for ByRequest<F, P> {}
impl<F, P> PolicySource<P> for ByRequest<F, P> {
    type Source = Self;

    fn into_source(self) -> Self {
        self
    }
}

impl<F, Fut, P> sealed::Sealed for LookUp<F, Fut, P> {}
impl<F, Fut, P> PolicySource<P> for LookUp<F, Fut, P> {
    type Source = Self;

    fn into_source(self) -> Self {
        self
    }
}
