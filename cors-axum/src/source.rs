//! Where the policy for a request comes from.

use std::sync::Arc;

use cors_core::http::{Head, LivePolicy, PreparedPolicy};

/// One policy for every request, for ever.
pub type Fixed = cors_core::Fixed<PreparedPolicy>;

/// The policy that a function chooses; see [`CorsLayer::by_request`](crate::CorsLayer::by_request).
pub type ByRequest<F> = cors_core::ByRequest<F, PreparedPolicy>;

/// The policy that a look-up finds; see [`CorsLayer::look_up`](crate::CorsLayer::look_up).
pub type LookUp<F, Fut> = cors_core::LookUp<F, Fut, PreparedPolicy>;

/// How a layer comes by its policy at once; see the constructors of
/// [`CorsLayer`](crate::CorsLayer).
pub trait PolicySource: sealed::Sealed {
    /// The policy for this request.
    fn policy(&self, head: &Head<'_>) -> Arc<PreparedPolicy>;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Fixed {}
    impl Sealed for super::LivePolicy {}
    impl<F> Sealed for super::ByRequest<F> {}
}

impl PolicySource for Fixed {
    fn policy(&self, _: &Head<'_>) -> Arc<PreparedPolicy> {
        self.policy()
    }
}

impl PolicySource for LivePolicy {
    fn policy(&self, _: &Head<'_>) -> Arc<PreparedPolicy> {
        self.load()
    }
}

impl<F> PolicySource for ByRequest<F>
where
    F: Fn(&Head<'_>) -> Option<Arc<PreparedPolicy>>,
{
    fn policy(&self, head: &Head<'_>) -> Arc<PreparedPolicy> {
        self.policy(head)
    }
}
