use std::marker::PhantomData;
use std::sync::Arc;

use cors_core::Policy;
use tower_layer::Layer;

use crate::body::{AnyBody, SameBody};
use crate::response::Prepared;
use crate::service::Cors;

/// Lets pages of other origins read the responses of the services that it wraps, as a [`Policy`]
/// says.
///
/// Header values are made here, once; a clone of the layer, or of a service that it wraps, costs
/// one reference count, and a response some more.
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
pub struct CorsLayer<M = SameBody> {
    prepared: Arc<Prepared>,
    mode: PhantomData<fn() -> M>,
}

impl CorsLayer {
    /// A layer for this policy. Allocates.
    #[must_use]
    pub fn new(policy: Policy<'static>) -> Self {
        Self {
            prepared: Arc::new(Prepared::new(policy)),
            mode: PhantomData,
        }
    }

    /// The same layer for services whose bodies cannot be made of a text, such as those of
    /// `TraceLayer`, `CompressionLayer` or tonic: response bodies are wrapped in a
    /// [`ResponseBody`](crate::ResponseBody).
    ///
    /// `axum::serve` wants axum's own body, so this belongs inside `Router::layer`.
    #[must_use]
    pub fn any_body(self) -> CorsLayer<AnyBody> {
        CorsLayer {
            prepared: self.prepared,
            mode: PhantomData,
        }
    }
}

impl<S, M> Layer<S> for CorsLayer<M> {
    type Service = Cors<S, M>;

    fn layer(&self, inner: S) -> Self::Service {
        Cors::new(inner, Arc::clone(&self.prepared))
    }
}

impl<M> Clone for CorsLayer<M> {
    fn clone(&self) -> Self {
        Self {
            prepared: Arc::clone(&self.prepared),
            mode: PhantomData,
        }
    }
}

impl<M> std::fmt::Debug for CorsLayer<M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CorsLayer")
            .field("policy", &self.prepared.policy)
            .finish_non_exhaustive()
    }
}
