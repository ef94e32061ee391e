//! Where the policy for a request comes from.

use std::sync::{Arc, LazyLock};

use actix_web::dev::ServiceRequest;
use cors_core::Policy;

use crate::policy::{LivePolicy, PreparedPolicy};

/// How a middleware comes by its policy at once; see the constructors of [`Cors`](crate::Cors).
pub trait PolicySource: sealed::Sealed {
    /// The policy for this request.
    fn policy(&self, request: &ServiceRequest) -> Arc<PreparedPolicy>;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Fixed {}
    impl Sealed for super::LivePolicy {}
    impl<F> Sealed for super::ByRequest<F> {}
}

/// One policy for every request, for ever.
#[derive(Clone, Debug)]
pub struct Fixed(pub(crate) Arc<PreparedPolicy>);

/// The policy that a function chooses.
#[derive(Clone, Copy, Debug)]
pub struct ByRequest<F>(pub(crate) F);

impl PolicySource for Fixed {
    fn policy(&self, _: &ServiceRequest) -> Arc<PreparedPolicy> {
        Arc::clone(&self.0)
    }
}

impl PolicySource for LivePolicy {
    fn policy(&self, _: &ServiceRequest) -> Arc<PreparedPolicy> {
        self.load()
    }
}

impl<F> PolicySource for ByRequest<F>
where
    F: Fn(&ServiceRequest) -> Option<Arc<PreparedPolicy>>,
{
    fn policy(&self, request: &ServiceRequest) -> Arc<PreparedPolicy> {
        or_nobody((self.0)(request))
    }
}

/// Who has no policy shares with nobody.
pub(crate) fn or_nobody(policy: Option<Arc<PreparedPolicy>>) -> Arc<PreparedPolicy> {
    static NOBODY: LazyLock<Arc<PreparedPolicy>> =
        LazyLock::new(|| Arc::new(Policy::nobody().into()));
    policy.unwrap_or_else(|| Arc::clone(&NOBODY))
}
