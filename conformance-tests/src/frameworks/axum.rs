//! `cors-axum`, in process and over a socket.

use ::axum::Router;
use ::axum::body::Body;
use ::axum::routing::{any, get};
use cors_axum::CorsLayer;

use super::tower::{answer, call};
use crate::suite::app::App;
use crate::suite::exchange::{Request, Response};
use crate::suite::policy::PolicyFile;
use crate::suite::run::{Adapter, NotApplicable};
use crate::suite::wire;

/// `Router::layer`, in process.
#[derive(Clone, Copy, Debug)]
pub struct Layered;

/// The layer around a router, in process.
#[derive(Clone, Copy, Debug)]
pub struct Around;

/// `Router::layer`, served on a loopback socket.
#[derive(Clone, Copy, Debug)]
pub struct Served;

impl Adapter for Layered {
    async fn exchange(
        &self,
        policy: &PolicyFile,
        app: &App,
        request: &Request,
    ) -> Result<Response, NotApplicable> {
        call::<_, Body, _>(router(app).layer(layer(policy)?), request).await
    }
}

impl Adapter for Around {
    async fn exchange(
        &self,
        policy: &PolicyFile,
        app: &App,
        request: &Request,
    ) -> Result<Response, NotApplicable> {
        call::<_, Body, _>(layer(policy)?.layer(router(app)), request).await
    }
}

impl Adapter for Served {
    async fn exchange(
        &self,
        policy: &PolicyFile,
        app: &App,
        request: &Request,
    ) -> Result<Response, NotApplicable> {
        let router = router(app).layer(layer(policy)?);
        let serve = async |listener| ::axum::serve(listener, router).await;
        wire::served(request, serve).await
    }
}

fn layer(policy: &PolicyFile) -> Result<CorsLayer, NotApplicable> {
    let policy = policy.to_core()?;
    Ok(CorsLayer::new(policy))
}

/// The application under examination.
pub fn router(app: &App) -> Router {
    let handler = |app: &App| {
        let app = app.clone();
        async move || answer::<Body>(app.handle())
    };
    Router::new()
        .route("/", any(handler(app)))
        .route("/get", get(handler(app)))
}
