//! A router of axum, layered.

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use tower::layer::layer_fn;

use crate::scenario::Scenario;
use crate::server::{Around, Exchange};
use crate::service::{self, Ready, ask};

fn app(scenario: &Scenario) -> Router {
    let hello = service::hello(scenario);
    let handler = move || {
        let response = service::respond::<Body>(&hello);
        async { response }
    };
    Router::new().route("/", get(handler))
}

pub(crate) fn exchange(around: Around, scenario: &Scenario) -> Option<Box<dyn Exchange>> {
    let app = app(scenario);
    let app = match around {
        Around::Nothing => app,
        Around::NoOp => app.layer(layer_fn(service::no_op)),
        Around::Floor | Around::FloorInsert => {
            let ready = Ready::of(around, scenario);
            app.layer(layer_fn(move |inner| service::floor(inner, ready.clone())))
        }
        Around::Written => app.layer(service::ours(scenario)),
        Around::Read => app.layer(service::read(scenario)),
        Around::Live => app.layer(service::live(scenario)),
        Around::Peer => app.layer(service::peer(scenario)),
        Around::Layer => return None,
    };
    // As `axum::serve` does, or the layers would be put around the handler for every request.
    let app: Router = app.with_state(());
    Some(ask(app, Body::empty, scenario))
}
