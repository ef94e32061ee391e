//! `cors-axum`: around a router, on a router, and with bodies of any type.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use ::axum::body::Body;
use ::axum::extract::Request;
use ::axum::response::Response;
use ::axum::routing::get;
use ::axum::{Router, ServiceExt};
use conformance_tests::frameworks::axum;
use cors_axum::{CorsLayer, LivePolicies, LivePolicy, Policy, PolicySet, PreparedPolicy};
use futures_util::StreamExt;
use tokio::net::TcpListener;
use tower::Service;

use crate::application::{Adapter, Application, Find, Form, Live, Nested, Owned, Replace, live};

/// The layer around a router.
pub(crate) struct Around;

/// `Router::layer`.
pub(crate) struct Layered;

/// `Router::layer` of a layer that takes any body.
pub(crate) struct AnyBody;

pub(super) fn router(application: &Application) -> Router {
    let Application { app, gate, told } = application.clone();
    axum::router(&app)
        .route("/slow", get(async || gate.pass().await))
        .route(
            "/told",
            get(async move || {
                let events = told.events().map(Ok::<_, Infallible>);
                (
                    [("content-type", "text/event-stream")],
                    Body::from_stream(events),
                )
            }),
        )
}

async fn serve<S>(service: S) -> SocketAddr
where
    S: Service<Request, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(::axum::serve(listener, service.into_make_service()).into_future());
    address
}

impl Form for Around {
    async fn serve(application: &Application, policy: Owned) -> SocketAddr {
        serve(CorsLayer::new(policy).layer(router(application))).await
    }
}

impl Form for Layered {
    const LENGTH_OF_204: Option<&str> = Some("0");

    async fn serve(application: &Application, policy: Owned) -> SocketAddr {
        serve(router(application).layer(CorsLayer::new(policy))).await
    }
}

impl Form for AnyBody {
    const LENGTH_OF_204: Option<&str> = Some("0");

    async fn serve(application: &Application, policy: Owned) -> SocketAddr {
        serve(router(application).layer(CorsLayer::new(policy).any_body())).await
    }
}

impl Adapter for Around {
    async fn live(application: &Application) -> (SocketAddr, Live) {
        let live = LivePolicy::new(Policy::nobody());
        let server = serve(CorsLayer::live(&live).layer(router(application))).await;
        (server, live!(live))
    }

    async fn by_host(application: &Application, find: impl Find) -> SocketAddr {
        let layer = CorsLayer::by_request(move |head| find(head.authority()?).map(prepare));
        serve(layer.layer(router(application))).await
    }

    async fn policies(application: &Application, set: PolicySet) -> (SocketAddr, Replace) {
        let live = LivePolicies::new(set);
        let server = serve(CorsLayer::policies(&live).layer(router(application))).await;
        (server, Box::new(move |set| live.replace(set)))
    }

    async fn looked_up(application: &Application, find: impl Find) -> SocketAddr {
        let layer = CorsLayer::look_up(move |head| {
            let found = find(head.uri.path()).map(prepare);
            async {
                tokio::task::yield_now().await;
                found
            }
        });
        serve(router(application).layer(layer)).await
    }
}

impl Nested for Around {
    async fn nested(application: &Application, outer: Owned, inner: Owned) -> Vec<SocketAddr> {
        let (outer, inner) = (CorsLayer::new(outer), CorsLayer::new(inner));
        let router = router(application);
        let layered = router.clone().layer(inner.clone()).layer(outer.clone());
        vec![
            serve(layered).await,
            serve(outer.layer(inner.layer(router))).await,
        ]
    }
}

fn prepare(policy: Owned) -> Arc<PreparedPolicy> {
    Arc::new(policy.into())
}
