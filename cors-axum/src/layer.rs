use std::future::Future;
use std::marker::PhantomData;
use std::sync::Arc;

use cors_core::http::{Head, LivePolicy, PreparedPolicy};
use tower_layer::Layer;

use crate::body::{AnyBody, SameBody};
use crate::service::Cors;
use crate::source::{ByRequest, Fixed, LookUp};

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

impl CorsLayer {
    /// A layer for this policy: a [`Policy`](crate::Policy) or an
    /// [`OwnedPolicy`](crate::OwnedPolicy). Allocates.
    #[must_use]
    pub fn new(policy: impl Into<PreparedPolicy>) -> Self {
        Self::of(Fixed::new(policy))
    }
}

impl CorsLayer<LivePolicy> {
    /// A layer for the policy that is in force when a request comes.
    #[must_use]
    pub fn live(policy: &LivePolicy) -> Self {
        Self::of(policy.clone())
    }
}

impl<F> CorsLayer<ByRequest<F>>
where
    F: Fn(&Head<'_>) -> Option<Arc<PreparedPolicy>>,
{
    /// A layer for the policy that the function chooses by the head of a request: its host, axum's
    /// `MatchedPath`, what other middleware has found out. Without a policy nothing is shared.
    ///
    /// Keep policies prepared; the function is called for every request.
    ///
    /// ```
    /// use std::{collections::HashMap, sync::Arc};
    /// use cors_axum::{CorsLayer, Policy, PreparedPolicy};
    ///
    /// let tenants = HashMap::from([
    ///     ("a.example", Policy::anonymous("https://app.a.example")),
    ///     ("b.example", Policy::credentialed("https://app.b.example").methods("PUT")),
    /// ])
    /// .into_iter()
    /// .map(|(host, policy)| (host, Arc::new(PreparedPolicy::from(policy))))
    /// .collect::<HashMap<_, _>>();
    ///
    /// let layer = CorsLayer::by_request(move |head| {
    ///     let host = head.headers.get("host")?.to_str().ok()?;
    ///     tenants.get(host).cloned()
    /// });
    /// # let _: axum::Router = axum::Router::new().layer(layer.clone());
    /// ```
    #[must_use]
    pub fn by_request(choose: F) -> Self {
        Self::of(ByRequest::new(choose))
    }
}

impl<F, Fut> CorsLayer<LookUp<F, Fut>>
where
    F: Fn(&Head<'_>) -> Fut,
    Fut: Future<Output = Option<Arc<PreparedPolicy>>>,
{
    /// A layer for the policy that a look-up finds, in a database for one. The wrapped service is
    /// called when it is found; without a policy nothing is shared.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use cors_axum::{CorsLayer, OwnedPolicy, PreparedPolicy, Settings};
    ///
    /// async fn origins_of(tenant: &str) -> Result<Vec<String>, std::io::Error> {
    ///     # let _ = tenant;
    ///     // Ask the database.
    ///     # Ok(vec!["https://app.example.com".into()])
    /// }
    ///
    /// let layer = CorsLayer::look_up(|head| {
    ///     let tenant = head.uri.path().split('/').nth(1).unwrap_or_default().to_owned();
    ///     async move {
    ///         let origins = origins_of(&tenant).await.ok()?;
    ///         let policy: OwnedPolicy = Settings::new().origins(origins).build().ok()?;
    ///         Some(Arc::new(PreparedPolicy::from(policy)))
    ///     }
    /// });
    /// # let _: axum::Router = axum::Router::new().layer(layer.clone());
    /// ```
    #[must_use]
    pub fn look_up(find: F) -> Self {
        Self::of(LookUp::new(find))
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
        Cors::new(inner, self.source.clone())
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
