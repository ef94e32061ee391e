use std::future::{Future, Ready, ready};
use std::rc::Rc;
use std::sync::Arc;

use actix_web::Error;
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform};
use actix_web::web::Bytes;

use cors_core::PolicySource;

use crate::policy::{LivePolicies, LivePolicy, PreparedPolicy};
use crate::service::CorsMiddleware;
use crate::source::{ByRequest, Fixed, Immediate, LookUp, by_request, look_up};

/// A middleware that lets pages from other origins use an app, scope or resource, as far as a
/// [`Policy`](crate::Policy) allows it.
///
/// It answers preflights, blocks requests from origins that aren't allowed, and adds CORS headers to
/// every response, including errors. Create it outside of the closure of `HttpServer::new`, and clone
/// it into every worker: that costs one reference count.
///
/// ```
/// use actix_web::{App, web};
/// use cors_actix::{Cors, Policy};
///
/// static POLICY: Policy = Policy::credentialed("https://app.example.com").methods("PUT");
///
/// let app = App::new()
///     .route("/", web::get().to(|| async { "hello" }))
///     .wrap(Cors::new(POLICY));
/// ```
#[derive(Clone, Debug)]
#[must_use = "it does nothing unless it wraps an app, a scope or a resource"]
pub struct Cors<P = Fixed> {
    pub(crate) source: P,
}

impl<P> Cors<P> {
    /// Creates a middleware with this policy: a [`Policy`](crate::Policy), an
    /// [`OwnedPolicy`](crate::OwnedPolicy), a [`LivePolicy`], or any other [`PolicySource`].
    /// Allocates.
    ///
    /// ```
    /// use cors_actix::{Cors, LivePolicy, Policy};
    ///
    /// static POLICY: Policy = Policy::anonymous("https://app.example.com");
    ///
    /// let cors = Cors::new(&POLICY);
    /// let live = LivePolicy::new(POLICY);
    /// let cors_that_can_be_changed = Cors::new(&live);
    /// ```
    pub fn new(policy: impl PolicySource<PreparedPolicy, Source = P>) -> Self {
        Self {
            source: policy.into_source(),
        }
    }
}

impl Cors<LivePolicy> {
    /// Creates a middleware whose policy can be replaced while the server runs.
    pub fn live(policy: &LivePolicy) -> Self {
        Self::new(policy)
    }
}

impl Cors<LivePolicies> {
    /// Creates a middleware with several policies, by host and path: a [`PolicySet`](crate::PolicySet), or
    /// [`LivePolicies`] that are replaced while the server runs. Requests that no entry matches are left as
    /// they are.
    ///
    /// ```
    /// use cors_actix::{Cors, Policy, PolicySet, PolicySetErrors, Scoped};
    ///
    /// let set = PolicySet::new([Scoped::new(Policy::public()).path("/fonts")])?;
    /// let cors = Cors::policies(set);
    /// # Ok::<(), PolicySetErrors>(())
    /// ```
    pub fn policies(set: impl Into<LivePolicies>) -> Self {
        let live: LivePolicies = set.into();
        Self::new(live)
    }
}

impl<F> Cors<ByRequest<F>>
where
    F: Fn(&ServiceRequest) -> Option<Arc<PreparedPolicy>>,
{
    /// Creates a middleware with a function that chooses the policy for each request; see
    /// [`by_request`].
    ///
    /// ```
    /// # use std::{collections::HashMap, sync::Arc};
    /// # use cors_actix::{Cors, PreparedPolicy, authority};
    /// # let tenants = HashMap::<&str, Arc<PreparedPolicy>>::new();
    /// let cors = Cors::by_request(move |request| tenants.get(authority(request)?).cloned());
    /// # let _ = actix_web::App::new().wrap(cors);
    /// ```
    pub fn by_request(choose: F) -> Self {
        Self::new(by_request(choose))
    }
}

impl<F, Fut> Cors<LookUp<F, Fut>>
where
    F: Fn(&ServiceRequest) -> Fut,
    Fut: Future<Output = Option<Arc<PreparedPolicy>>>,
{
    /// Creates a middleware with an async function that looks up the policy for each request; see
    /// [`look_up`].
    pub fn look_up(find: F) -> Self {
        Self::new(look_up(find))
    }
}

impl<S, P, B> Transform<S, ServiceRequest> for Cors<P>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    P: Immediate + Clone,
    B: MessageBody,
{
    type Response = ServiceResponse<EitherBody<B, Bytes>>;
    type Error = Error;
    type Transform = CorsMiddleware<S, P>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, inner: S) -> Self::Future {
        ready(Ok(CorsMiddleware {
            inner,
            source: self.source.clone(),
        }))
    }
}

impl<S, F, Fut, B> Transform<S, ServiceRequest> for Cors<LookUp<F, Fut>>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    F: Fn(&ServiceRequest) -> Fut + Clone,
    Fut: Future<Output = Option<Arc<PreparedPolicy>>>,
    B: MessageBody,
{
    type Response = ServiceResponse<EitherBody<B, Bytes>>;
    type Error = Error;
    type Transform = CorsMiddleware<Rc<S>, LookUp<F, Fut>>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, inner: S) -> Self::Future {
        ready(Ok(CorsMiddleware {
            inner: Rc::new(inner),
            source: self.source.clone(),
        }))
    }
}
