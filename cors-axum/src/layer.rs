use std::future::Future;
use std::marker::PhantomData;
use std::sync::Arc;

use cors_core::PolicySource;
use cors_core::http::{Head, LivePolicies, LivePolicy, PreparedPolicy};
use tower_layer::Layer;

use crate::body::{AnyBody, SameBody};
use crate::service::Cors;
use crate::source::{ByRequest, Fixed, LookUp, by_request, look_up};

/// A layer that lets pages from other origins use a service, as far as a [`Policy`](crate::Policy)
/// allows it.
///
/// It answers preflights, blocks requests from origins that aren't allowed, and adds CORS headers to
/// every response, including errors. Cloning the layer, or a service that it wraps, costs one reference
/// count.
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
    /// Creates a layer with this policy: a [`Policy`](crate::Policy), an
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
    /// let layer_that_can_be_changed = CorsLayer::new(&live);
    /// ```
    #[must_use]
    pub fn new(policy: impl PolicySource<PreparedPolicy, Source = P>) -> Self {
        Self::of(policy.into_source())
    }
}

impl CorsLayer<LivePolicy> {
    /// Creates a layer whose policy can be replaced while the server runs.
    #[must_use]
    pub fn live(policy: &LivePolicy) -> Self {
        Self::new(policy)
    }
}

impl CorsLayer<LivePolicies> {
    /// Creates a layer with several policies, by host and path: a [`PolicySet`](crate::PolicySet), or
    /// [`LivePolicies`] that are replaced while the server runs. Requests that no entry matches are left as
    /// they are.
    ///
    /// Put the layer on the outermost router: within `Router::nest`, axum removes the prefix from the path.
    ///
    /// ```
    /// use cors_axum::{CorsLayer, Policy, PolicySet, PolicySetErrors, Scoped};
    ///
    /// let set = PolicySet::new([Scoped::new(Policy::public()).path("/fonts")])?;
    /// let app: axum::Router = axum::Router::new().layer(CorsLayer::policies(set));
    /// # Ok::<(), PolicySetErrors>(())
    /// ```
    #[must_use]
    pub fn policies(set: impl Into<LivePolicies>) -> Self {
        Self::of(set.into())
    }
}

impl<F> CorsLayer<ByRequest<F>>
where
    F: Fn(&Head<'_>) -> Option<Arc<PreparedPolicy>>,
{
    /// Creates a layer with a function that chooses the policy for each request; see [`by_request`].
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
    /// Creates a layer with an async function that looks up the policy for each request; see
    /// [`look_up`].
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
    /// Makes the layer accept services with any response body, such as those of `TraceLayer`,
    /// `CompressionLayer` or tonic, by wrapping the body in a [`ResponseBody`](crate::ResponseBody).
    ///
    /// `axum::serve` needs axum's own body, so use this inside of `Router::layer`.
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
