//! Where the policy for a request comes from.

use std::sync::Arc;

use actix_web::dev::ServiceRequest;

use crate::policy::{LivePolicy, PreparedPolicy};

/// One policy for every request, for ever.
pub type Fixed = cors_core::Fixed<PreparedPolicy>;

/// The policy that a function chooses; see [`Cors::by_request`](crate::Cors::by_request).
pub type ByRequest<F> = cors_core::ByRequest<F, PreparedPolicy>;

/// The policy that a look-up finds; see [`Cors::look_up`](crate::Cors::look_up).
pub type LookUp<F, Fut> = cors_core::LookUp<F, Fut, PreparedPolicy>;

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

impl PolicySource for Fixed {
    fn policy(&self, _: &ServiceRequest) -> Arc<PreparedPolicy> {
        self.policy()
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
        self.policy(request)
    }
}
