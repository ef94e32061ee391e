//! `cors-warp`, in process and over a socket, and `cors-axum` around a service of warp.

use ::warp::Filter;
use ::warp::filters::BoxedFilter;
use cors_axum::CorsLayer;
use cors_warp::{OwnedPolicy, cors};
use tokio::net::TcpListener;

use super::tower::{answer, call};
use crate::suite::app::App;
use crate::suite::exchange::{Request, Response};
use crate::suite::policy::PolicyFile;
use crate::suite::run::{Adapter, NotApplicable};
use crate::suite::wire;

/// The wrapped filter, in process.
#[derive(Clone, Copy, Debug)]
pub struct Wrapped;

/// `CorsLayer` of `cors-axum` around a service of the filter, in process.
#[derive(Clone, Copy, Debug)]
pub struct Layered;

/// The wrapped filter, served on a loopback socket.
#[derive(Clone, Copy, Debug)]
pub struct Served;

impl Adapter for Wrapped {
    async fn exchange(
        &self,
        policy: &PolicyFile,
        app: &App,
        request: &Request,
    ) -> Result<Response, NotApplicable> {
        let filter = cors(core(policy)?, routes(app));
        call::<_, String, _>(::warp::service(filter), request).await
    }
}

impl Adapter for Layered {
    async fn exchange(
        &self,
        policy: &PolicyFile,
        app: &App,
        request: &Request,
    ) -> Result<Response, NotApplicable> {
        let layer = CorsLayer::new(core(policy)?);
        call::<_, String, _>(layer.layer(::warp::service(routes(app))), request).await
    }
}

impl Adapter for Served {
    async fn exchange(
        &self,
        policy: &PolicyFile,
        app: &App,
        request: &Request,
    ) -> Result<Response, NotApplicable> {
        let filter = cors(core(policy)?, routes(app));
        let serve =
            async |listener: TcpListener| ::warp::serve(filter).incoming(listener).run().await;
        wire::served(request, serve).await
    }
}

fn core(policy: &PolicyFile) -> Result<OwnedPolicy, NotApplicable> {
    Ok(policy.to_core()?)
}

/// The application under examination.
#[must_use]
pub fn routes(app: &App) -> BoxedFilter<(http::Response<Vec<u8>>,)> {
    let app = app.clone();
    let handler = ::warp::any().map(move || answer(app.handle()));
    let safe = ::warp::get().or(::warp::head()).unify();
    let root = ::warp::path::end().and(handler.clone());
    let get = ::warp::path!("get").and(safe).and(handler);
    root.or(get).unify().boxed()
}
