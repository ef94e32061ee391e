use std::future::Future;
use std::marker::PhantomData;
use std::sync::Arc;

use cors_core::PolicySource;
use cors_core::http::{Head, LivePolicy, PreparedPolicy};
use tower_layer::Layer;

use crate::body::{AnyBody, SameBody};
use crate::service::Cors;
use crate::source::{ByRequest, Fixed, LookUp, by_request, look_up};

/// Lets pages of other origins read the responses of the services that it wraps, as a
/// [`Policy`](crate::Policy) says.
///
/// A clone of the layer, or of a service that it wraps, costs one reference count, and a response
/// some more.
///
/// ```
/// use axum::{Router, routing::get};
/// use cors_axum::{CorsLayer, Policy};
///
/// static POLICY: Policy = Policy::credentialed("https://app.example.com").methods("PUT");
///
/// let app: Router = Router::new()
///     .route("/", get(|| async { "hello" }))
///     .layer(CorsLayer::new(POLICY));
/// ```
#[derive(Debug)]
pub struct CorsLayer<P = Fixed, M = SameBody> {
    source: P,
    mode: PhantomData<fn() -> M>,
}

impl<P> CorsLayer<P> {
    const fn of(source: P) -> Self {
        Self {
            source,
            mode: PhantomData,
        }
    }
}

impl<P> CorsLayer<P> {
    /// A layer for this policy: a [`Policy`](crate::Policy), an
    /// [`OwnedPolicy`](crate::OwnedPolicy), a [`LivePolicy`], or any other [`PolicySource`].
    /// Allocates.
    ///
    /// ```
    /// use cors_axum::{CorsLayer, LivePolicy, Policy};
    ///
    /// static POLICY: Policy = Policy::anonymous("https://app.example.com");
    ///
    /// let layer = CorsLayer::new(&POLICY);
    /// let live = LivePolicy::new(POLICY);
    /// let layer_of_the_policy_in_force = CorsLayer::new(&live);
    /// ```
    #[must_use]
    pub fn new(policy: impl PolicySource<PreparedPolicy, Source = P>) -> Self {
        Self::of(policy.into_source())
    }
}

impl CorsLayer<LivePolicy> {
    /// A layer for the policy that is in force when a request comes.
    #[must_use]
    pub fn live(policy: &LivePolicy) -> Self {
        Self::new(policy)
    }
}

impl<F> CorsLayer<ByRequest<F>>
where
    F: Fn(&Head<'_>) -> Option<Arc<PreparedPolicy>>,
{
    /// A layer for the policy that the function chooses by the head of a request; see
    /// [`by_request`].
    ///
    /// ```
    /// # use std::{collections::HashMap, sync::Arc};
    /// # use cors_axum::{CorsLayer, PreparedPolicy};
    /// # let tenants = HashMap::<&str, Arc<PreparedPolicy>>::new();
    /// let layer = CorsLayer::by_request(move |head| tenants.get(head.authority()?).cloned());
    /// ```
    #[must_use]
    pub fn by_request(choose: F) -> Self {
        Self::new(by_request(choose))
    }
}

impl<F, Fut> CorsLayer<LookUp<F, Fut>>
where
    F: Fn(&Head<'_>) -> Fut,
    Fut: Future<Output = Option<Arc<PreparedPolicy>>>,
{
    /// A layer for the policy that a look-up finds; see [`look_up`].
    #[must_use]
    pub fn look_up(find: F) -> Self {
        Self::new(look_up(find))
    }
}

impl<P: Clone, M> CorsLayer<P, M> {
    /// This service behind the policy: what the trait [`Layer`] of `tower` does, without `tower`.
    ///
    /// ```
    /// use axum::{Router, routing::get};
    /// use cors_axum::{CorsLayer, Policy};
    ///
    /// static POLICY: Policy = Policy::credentialed("https://app.example.com").methods("PUT");
    ///
    /// let api = Router::new().route("/", get(|| async { "hello" }));
    /// let app: Router = Router::new().nest_service("/api", CorsLayer::new(POLICY).layer(api));
    /// ```
    #[must_use]
    pub fn layer<S>(&self, inner: S) -> Cors<S, P, M> {
        Cors::new(inner, self.source.clone())
    }
}

impl<P> CorsLayer<P> {
    /// The same layer for services whose bodies cannot be made of a text, such as those of
    /// `TraceLayer`, `CompressionLayer` or tonic: response bodies are wrapped in a
    /// [`ResponseBody`](crate::ResponseBody).
    ///
    /// `axum::serve` wants axum's own body, so this belongs inside `Router::layer`.
    #[must_use]
    pub fn any_body(self) -> CorsLayer<P, AnyBody> {
        CorsLayer {
            source: self.source,
            mode: PhantomData,
        }
    }
}

impl<S, P: Clone, M> Layer<S> for CorsLayer<P, M> {
    type Service = Cors<S, P, M>;

    fn layer(&self, inner: S) -> Self::Service {
        self.layer(inner)
    }
}

impl<P: Clone, M> Clone for CorsLayer<P, M> {
    fn clone(&self) -> Self {
        Self {
            source: self.source.clone(),
            mode: PhantomData,
        }
    }
}
