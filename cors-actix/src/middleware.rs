use std::future::{Future, Ready, ready};
use std::rc::Rc;
use std::sync::Arc;

use actix_web::Error;
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform};

use crate::policy::{LivePolicy, PreparedPolicy};
use crate::service::CorsMiddleware;
use crate::source::{ByRequest, Fixed, LookUp, PolicySource};

/// Lets pages of other origins read the responses of the app, scope or resource that it wraps, as
/// a [`Policy`](crate::Policy) says.
///
/// A clone costs one reference count, and a response some more. Make it outside of the closure of
/// `HttpServer::new` and clone it into every worker.
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

impl Cors {
    /// A middleware for this policy: a [`Policy`](crate::Policy) or an
    /// [`OwnedPolicy`](crate::OwnedPolicy). Allocates.
    pub fn new(policy: impl Into<PreparedPolicy>) -> Self {
        Self {
            source: Fixed::new(policy),
        }
    }
}

impl Cors<LivePolicy> {
    /// A middleware for the policy that is in force when a request comes.
    pub fn live(policy: &LivePolicy) -> Self {
        Self {
            source: policy.clone(),
        }
    }
}

impl<F> Cors<ByRequest<F>>
where
    F: Fn(&ServiceRequest) -> Option<Arc<PreparedPolicy>>,
{
    /// A middleware for the policy that the function chooses by a request: its host, the name of
    /// the resource that matches it, application data. Without a policy nothing is shared.
    ///
    /// Keep policies prepared; the function is called for every request.
    ///
    /// ```
    /// use std::{collections::HashMap, sync::Arc};
    /// use cors_actix::{Cors, Policy, PreparedPolicy};
    ///
    /// let tenants = HashMap::from([
    ///     ("a.example", Policy::anonymous("https://app.a.example")),
    ///     ("b.example", Policy::credentialed("https://app.b.example").methods("PUT")),
    /// ])
    /// .into_iter()
    /// .map(|(host, policy)| (host, Arc::new(PreparedPolicy::from(policy))))
    /// .collect::<HashMap<_, _>>();
    ///
    /// let cors = Cors::by_request(move |request| {
    ///     let host = request.headers().get("host")?.to_str().ok()?;
    ///     tenants.get(host).cloned()
    /// });
    /// # let _ = actix_web::App::new().wrap(cors);
    /// ```
    pub fn by_request(choose: F) -> Self {
        Self {
            source: ByRequest::new(choose),
        }
    }
}

impl<F, Fut> Cors<LookUp<F, Fut>>
where
    F: Fn(&ServiceRequest) -> Fut,
    Fut: Future<Output = Option<Arc<PreparedPolicy>>>,
{
    /// A middleware for the policy that a look-up finds, in a database for one. The wrapped service
    /// is called when it is found; without a policy nothing is shared.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use cors_actix::{Cors, OwnedPolicy, PreparedPolicy, Settings};
    ///
    /// async fn origins_of(tenant: &str) -> Result<Vec<String>, std::io::Error> {
    ///     # let _ = tenant;
    ///     // Ask the database.
    ///     # Ok(vec!["https://app.example.com".into()])
    /// }
    ///
    /// let cors = Cors::look_up(|request| {
    ///     let tenant = request.path().split('/').nth(1).unwrap_or_default().to_owned();
    ///     async move {
    ///         let origins = origins_of(&tenant).await.ok()?;
    ///         let policy: OwnedPolicy = Settings::new().origins(origins).build().ok()?;
    ///         Some(Arc::new(PreparedPolicy::from(policy)))
    ///     }
    /// });
    /// # let _ = actix_web::App::new().wrap(cors);
    /// ```
    pub fn look_up(find: F) -> Self {
        Self {
            source: LookUp::new(find),
        }
    }
}

impl<S, P, B> Transform<S, ServiceRequest> for Cors<P>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    P: PolicySource + Clone,
    B: MessageBody,
{
    type Response = ServiceResponse<EitherBody<B, &'static str>>;
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
    type Response = ServiceResponse<EitherBody<B, &'static str>>;
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
