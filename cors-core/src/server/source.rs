//! Where the policy for a request comes from.

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use crate::policy::Policy;

/// One policy for all requests.
#[derive(Debug)]
pub struct Fixed<P>(Arc<P>);

impl<P> Fixed<P> {
    /// A source that always has this policy. Allocates.
    pub fn new(policy: impl Into<P>) -> Self {
        Self(Arc::new(policy.into()))
    }

    /// The policy.
    #[must_use]
    pub fn policy(&self) -> Arc<P> {
        Arc::clone(&self.0)
    }
}

impl<P> From<Arc<P>> for Fixed<P> {
    fn from(policy: Arc<P>) -> Self {
        Self(policy)
    }
}

/// A function that chooses the policy for each request. If it returns `None`, no other origin is
/// allowed.
pub struct ByRequest<F, P> {
    choose: F,
    nobody: Arc<P>,
}

impl<F, P: From<Policy<'static>>> ByRequest<F, P> {
    /// A source that calls this function for each request. Allocates.
    pub fn new(choose: F) -> Self {
        Self {
            choose,
            nobody: nobody(),
        }
    }
}

impl<F, P> ByRequest<F, P> {
    /// Chooses the policy for a request.
    pub fn policy<R: ?Sized>(&self, request: &R) -> Arc<P>
    where
        F: Fn(&R) -> Option<Arc<P>>,
    {
        (self.choose)(request).unwrap_or_else(|| Arc::clone(&self.nobody))
    }
}

/// An async function that looks up the policy for each request. If it returns `None`, no other origin
/// is allowed.
pub struct LookUp<F, Fut, P> {
    find: F,
    nobody: Arc<P>,
    future: PhantomData<fn() -> Fut>,
}

impl<F, Fut, P> LookUp<F, Fut, P>
where
    Fut: Future<Output = Option<Arc<P>>>,
    P: From<Policy<'static>>,
{
    /// A source that calls this function for each request. Allocates.
    pub fn new(find: F) -> Self {
        Self {
            find,
            nobody: nobody(),
            future: PhantomData,
        }
    }
}

impl<F, Fut, P> LookUp<F, Fut, P> {
    /// Looks up the policy for a request.
    pub fn find<R: ?Sized>(&self, request: &R) -> Finding<Fut, P>
    where
        F: Fn(&R) -> Fut,
    {
        Finding {
            future: (self.find)(request),
            nobody: Arc::clone(&self.nobody),
        }
    }
}

pin_project! {
    /// The future of a [`LookUp`].
    pub struct Finding<Fut, P> {
        #[pin]
        future: Fut,
        nobody: Arc<P>,
    }
}

impl<Fut: Future<Output = Option<Arc<P>>>, P> Future for Finding<Fut, P> {
    type Output = Arc<P>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Arc<P>> {
        let finding = self.project();
        let found = ready!(finding.future.poll(cx));
        Poll::Ready(found.unwrap_or_else(|| Arc::clone(finding.nobody)))
    }
}

/// The policy for requests that have none.
fn nobody<P: From<Policy<'static>>>() -> Arc<P> {
    Arc::new(Policy::nobody().into())
}

impl<P> Clone for Fixed<P> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<F: Clone, P> Clone for ByRequest<F, P> {
    fn clone(&self) -> Self {
        Self {
            choose: self.choose.clone(),
            nobody: Arc::clone(&self.nobody),
        }
    }
}

impl<F: Clone, Fut, P> Clone for LookUp<F, Fut, P> {
    fn clone(&self) -> Self {
        Self {
            find: self.find.clone(),
            nobody: Arc::clone(&self.nobody),
            future: PhantomData,
        }
    }
}

impl<F, P> fmt::Debug for ByRequest<F, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ByRequest").finish_non_exhaustive()
    }
}

impl<F, Fut, P> fmt::Debug for LookUp<F, Fut, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LookUp").finish_non_exhaustive()
    }
}

impl<Fut, P> fmt::Debug for Finding<Fut, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Finding").finish_non_exhaustive()
    }
}
