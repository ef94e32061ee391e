//! `cors-warp` around filters, and `cors-axum` around a service of them.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use ::warp::filters::BoxedFilter;
use ::warp::reply::Response;
use ::warp::sse::{self, Event};
use ::warp::{Filter, Reply};
use conformance_tests::frameworks::warp;
use cors_axum::CorsLayer;
use cors_warp::{
    LivePolicies, LivePolicy, Policy, PolicySet, PreparedPolicy, by_request, cors, look_up,
};
use futures_util::StreamExt;
use test_client::serve_service;
use tokio::net::TcpListener;

use crate::application::{
    Adapter, Application, Find, Form, Live, Nested, Own, Owned, Replace, live,
};

/// The wrapped filter.
pub(crate) struct Wrapped;

/// `CorsLayer` around a service of the filter.
pub(crate) struct Layered;

fn routes(application: &Application) -> BoxedFilter<(Response,)> {
    let Application { app, gate, told } = application.clone();
    let answers = warp::routes(&app).map(Reply::into_response);
    let slow = ::warp::path!("slow").then(move || gate.clone().pass());
    let told = ::warp::path!("told").map(move || {
        let events = told.texts().map(|text| Event::default().data(text));
        sse::reply(events.map(Ok::<_, Infallible>))
    });
    let more = slow
        .map(Reply::into_response)
        .or(told.map(Reply::into_response));
    answers.or(more.unify()).unify().boxed()
}

async fn serve<F>(filter: F) -> SocketAddr
where
    F: Filter<Extract = (Response,), Error = Infallible> + Clone + Send + Sync + 'static,
{
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(::warp::serve(filter).incoming(listener).run());
    address
}

impl Form for Wrapped {
    const OWN: Own = Own::Neither;

    async fn serve(application: &Application, policy: Owned) -> SocketAddr {
        serve(cors(policy, routes(application))).await
    }
}

impl Form for Layered {
    async fn serve(application: &Application, policy: Owned) -> SocketAddr {
        let service = ::warp::service(routes(application));
        serve_service(CorsLayer::new(policy).layer(service)).await
    }
}

impl Adapter for Wrapped {
    async fn live(application: &Application) -> (SocketAddr, Live) {
        let live = LivePolicy::new(Policy::nobody());
        let server = serve(cors(&live, routes(application))).await;
        (server, live!(live))
    }

    async fn by_host(application: &Application, find: impl Find) -> SocketAddr {
        let source = by_request(move |head| find(head.authority()?).map(prepare));
        serve(cors(source, routes(application))).await
    }

    async fn policies(application: &Application, set: PolicySet) -> (SocketAddr, Replace) {
        let live = LivePolicies::new(set);
        let server = serve(cors(&live, routes(application))).await;
        (server, Box::new(move |set| live.replace(set)))
    }

    async fn looked_up(application: &Application, find: impl Find) -> SocketAddr {
        let source = look_up(move |head| {
            let found = find(head.path()).map(prepare);
            async {
                tokio::task::yield_now().await;
                found
            }
        });
        serve(cors(source, routes(application))).await
    }
}

impl Nested for Wrapped {
    async fn nested(application: &Application, outer: Owned, inner: Owned) -> Vec<SocketAddr> {
        let filter = cors(outer, cors(inner, routes(application)));
        vec![serve(filter).await]
    }
}

fn prepare(policy: Owned) -> Arc<PreparedPolicy> {
    Arc::new(policy.into())
}
