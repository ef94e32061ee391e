//! The examples with two policies beside each other: each framework's keeps them apart.

use std::net::SocketAddr;

use actix_web::HttpServer;
use conformance_tests::frameworks::Framework;
use rocket::fairing::AdHoc;
use test_client::{
    BARE, FOREIGN, LISTED, SHARED, ask_http1, preflight_from, serve_service, within,
};
use tokio::sync::oneshot;

#[path = "../../cors-actix/examples/per_route.rs"]
#[allow(dead_code, reason = "its own server is not started here")]
mod on_actix;
#[path = "../../cors-axum/examples/per_route.rs"]
#[expect(dead_code, reason = "its own server is not started here")]
mod on_axum;
#[path = "../../cors-rocket/examples/per_route.rs"]
#[expect(dead_code, reason = "its own server is not started here")]
mod on_rocket;
#[path = "../../cors-warp/examples/per_route.rs"]
#[expect(dead_code, reason = "its own server is not started here")]
mod on_warp;

#[tokio::test]
async fn axum() {
    let server = serve_service(on_axum::app()).await;
    keeps_its_policies_apart(Framework::Axum, server).await;
}

#[tokio::test]
async fn actix() {
    let policies = on_actix::policies();
    let app = move || actix_web::App::new().configure(on_actix::routes(policies.clone()));
    let server = HttpServer::new(app).workers(1).disable_signals();
    let server = server.bind(("127.0.0.1", 0)).expect("a port");
    let address = server.addrs()[0];
    tokio::spawn(server.run());
    keeps_its_policies_apart(Framework::Actix, address).await;
}

#[tokio::test]
async fn rocket() {
    let (tell, told) = oneshot::channel();
    let liftoff = AdHoc::on_liftoff("address", |rocket| {
        let address = (rocket.config().address, rocket.config().port).into();
        Box::pin(async move { tell.send(address).expect("a test that waits") })
    });
    let config = rocket::Config {
        port: 0,
        log_level: rocket::config::LogLevel::Off,
        ..rocket::Config::release_default()
    };
    tokio::spawn(on_rocket::app(config).attach(liftoff).launch());
    let address = within(told).await.expect("an application that launches");
    keeps_its_policies_apart(Framework::Rocket, address).await;
}

#[tokio::test]
async fn warp() {
    let server = serve_service(warp::service(on_warp::app())).await;
    keeps_its_policies_apart(Framework::Warp, server).await;
}

async fn keeps_its_policies_apart(framework: Framework, server: SocketAddr) {
    // What each makes of a wrong number, and of a method that a path does not have.
    let (number, method) = match framework {
        Framework::Axum | Framework::Envoy => (400, 405),
        Framework::Rocket => (422, 404),
        Framework::Actix | Framework::Warp => (404, 405),
    };
    for (line, origin, status, shared_with) in [
        ("GET /public/articles/1", FOREIGN, 200, Some("*")),
        ("GET /public/articles/2", FOREIGN, 404, Some("*")),
        ("GET /public/articles/x", FOREIGN, number, Some("*")),
        ("GET /public/none", FOREIGN, 404, Some("*")),
        ("PUT /public/articles/1", FOREIGN, method, Some("*")),
        ("GET /account/name", LISTED, 200, Some(LISTED)),
        ("PUT /account/name", LISTED, 422, Some(LISTED)),
        ("GET /account/none", LISTED, 404, Some(LISTED)),
        ("DELETE /account/name", LISTED, method, Some(LISTED)),
        ("GET /account/name", FOREIGN, 403, None),
        ("GET /account/none", FOREIGN, 403, None),
        ("GET /none", LISTED, 404, None),
        ("GET /none", FOREIGN, 404, None),
    ] {
        let answer = ask_http1(server, line, &[("origin", origin)]).await;
        assert_eq!(answer.status, status, "{line} from {origin}");
        let origin = answer.field("access-control-allow-origin");
        assert_eq!(origin, shared_with, "{line}: {answer:?}");
        let credentials = answer.field("access-control-allow-credentials");
        assert_eq!(credentials.is_some(), shared_with == Some(LISTED), "{line}");
    }
    for (target, origin, outcome) in [
        ("/account/name", LISTED, (204, SHARED)),
        ("/account/none", LISTED, (204, SHARED)),
        ("/account/name", FOREIGN, (403, BARE)),
        ("/public/articles/1", LISTED, (403, BARE)),
        ("/none", LISTED, (404, BARE)),
    ] {
        let line = format!("OPTIONS {target}");
        let answer = ask_http1(server, &line, &preflight_from(origin)).await;
        assert_eq!(answer.outcome(), outcome, "{target} from {origin}");
    }
}
