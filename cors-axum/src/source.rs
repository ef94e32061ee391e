//! Where the policy for a request comes from.

use std::sync::{Arc, LazyLock};

use cors_core::Policy;
use http::{Extensions, HeaderMap, Method, Request, Uri};

use crate::policy::{LivePolicy, PreparedPolicy};

/// What can choose a policy: the head of a request.
///
/// Under `Router::layer` axum's `MatchedPath` is among the extensions, for preflights too.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Head<'r> {
    /// The method.
    pub method: &'r Method,
    /// The target.
    pub uri: &'r Uri,
    /// The field lines.
    pub headers: &'r HeaderMap,
    /// What other middleware knows about the request.
    pub extensions: &'r Extensions,
}

impl<'r> Head<'r> {
    pub(crate) fn of<B>(request: &'r Request<B>) -> Self {
        Self {
            method: request.method(),
            uri: request.uri(),
            headers: request.headers(),
            extensions: request.extensions(),
        }
    }
}

/// How a layer comes by its policy at once; see the constructors of
/// [`CorsLayer`](crate::CorsLayer).
pub trait PolicySource: sealed::Sealed {
    /// The policy for this request.
    fn policy(&self, head: Head<'_>) -> Arc<PreparedPolicy>;
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
    fn policy(&self, _: Head<'_>) -> Arc<PreparedPolicy> {
        Arc::clone(&self.0)
    }
}

impl PolicySource for LivePolicy {
    fn policy(&self, _: Head<'_>) -> Arc<PreparedPolicy> {
        self.load()
    }
}

impl<F> PolicySource for ByRequest<F>
where
    F: Fn(Head<'_>) -> Option<Arc<PreparedPolicy>>,
{
    fn policy(&self, head: Head<'_>) -> Arc<PreparedPolicy> {
        or_nobody((self.0)(head))
    }
}

/// Who has no policy shares with nobody.
pub(crate) fn or_nobody(policy: Option<Arc<PreparedPolicy>>) -> Arc<PreparedPolicy> {
    static NOBODY: LazyLock<Arc<PreparedPolicy>> =
        LazyLock::new(|| Arc::new(Policy::nobody().into()));
    policy.unwrap_or_else(|| Arc::clone(&NOBODY))
}
