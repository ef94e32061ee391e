//! `cors-rocket`, for a whole application. Of two fairings the last one counts, so that it has no place
//! in another.

use std::net::SocketAddr;
use std::sync::Arc;

use ::rocket::fairing::AdHoc;
use ::rocket::response::stream::TextStream;
use ::rocket::{State, get, routes};
use conformance_tests::frameworks::rocket;
use cors_rocket::{Cors, LivePolicies, LivePolicy, Policy, PolicySet, PreparedPolicy};
use tokio::sync::oneshot;

use test_client::within;

use crate::application::{Adapter, Application, Find, Form, Live, Own, Owned, Replace, live};

/// The fairing.
pub(crate) struct Attached;

#[get("/slow")]
async fn slow(application: &State<Application>) -> &'static str {
    application.gate.clone().pass().await
}

#[get("/told")]
fn told(application: &State<Application>) -> TextStream![String + '_] {
    TextStream::from(application.told.events())
}

async fn serve(application: &Application, cors: Cors) -> SocketAddr {
    let (tell, told) = oneshot::channel();
    let liftoff = AdHoc::on_liftoff("address", |rocket| {
        let address = (rocket.config().address, rocket.config().port).into();
        Box::pin(async move { tell.send(address).expect("a test that waits") })
    });
    let rocket = rocket::rocket(&application.app)
        .mount("/", routes![slow, told])
        .manage(application.clone())
        .attach(cors)
        .attach(liftoff);
    tokio::spawn(rocket.launch());
    within(told).await.expect("an application that launches")
}

impl Form for Attached {
    /// Rocket and its `Shield` sign every response, which browsers do not mind.
    const SIGNATURE: &[&str] = &[
        "permissions-policy: interest-cohort=()",
        "server: Rocket",
        "x-content-type-options: nosniff",
        "x-frame-options: SAMEORIGIN",
    ];

    const OWN: Own = Own::TargetOfHttp2;

    async fn serve(application: &Application, policy: Owned) -> SocketAddr {
        serve(application, Cors::new(policy)).await
    }
}

impl Adapter for Attached {
    async fn live(application: &Application) -> (SocketAddr, Live) {
        let live = LivePolicy::new(Policy::nobody());
        let server = serve(application, Cors::live(&live)).await;
        (server, live!(live))
    }

    async fn by_host(application: &Application, find: impl Find) -> SocketAddr {
        let cors =
            Cors::by_request(move |request| find(request.host()?.domain().as_str()).map(prepare));
        serve(application, cors).await
    }

    async fn policies(application: &Application, set: PolicySet) -> (SocketAddr, Replace) {
        let live = LivePolicies::new(set);
        let server = serve(application, Cors::policies(&live)).await;
        (server, Box::new(move |set| live.replace(set)))
    }

    async fn looked_up(application: &Application, find: impl Find) -> SocketAddr {
        let cors = Cors::look_up(move |request| {
            let found = find(request.uri().path().as_str()).map(prepare);
            async {
                tokio::task::yield_now().await;
                found
            }
        });
        serve(application, cors).await
    }
}

fn prepare(policy: Owned) -> Arc<PreparedPolicy> {
    Arc::new(policy.into())
}
