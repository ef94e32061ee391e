//! Filters of warp, as a service: `cors` wraps them, `CorsLayer` and the floor the service.

use bytes::Bytes;
use cors_warp::{LivePolicy, PolicySource, PreparedPolicy, Source, cors};
use http_body_util::Empty;
use warp::filters::cors::Builder;
use warp::{Filter, Rejection, Reply};

use crate::scenario::{EXPOSE_HEADERS, MAX_AGE, METHODS, Origins, REQUEST_HEADERS, Scenario};
use crate::server::{Around, Exchange};
use crate::service::{self, Ready, ask};

const NO_BODY: fn() -> Empty<Bytes> = Empty::new;

fn routes(
    scenario: &Scenario,
) -> impl Filter<Extract = (impl Reply + use<>,), Error = Rejection>
+ Clone
+ Send
+ Sync
+ 'static
+ use<> {
    let hello = service::hello(scenario);
    warp::path::end()
        .and(warp::get())
        .map(move || service::respond::<&'static str>(&hello))
}

/// The routes behind a policy, for a service of warp's.
fn kept<P>(policy: P, scenario: &Scenario) -> Box<dyn Exchange>
where
    P: PolicySource<PreparedPolicy, Source: Source>,
{
    let service = warp::service(cors(policy, routes(scenario)));
    ask(service, NO_BODY, scenario)
}

pub(crate) fn exchange(around: Around, scenario: &Scenario) -> Box<dyn Exchange> {
    let routes = routes(scenario);
    match around {
        Around::Nothing => ask(warp::service(routes), NO_BODY, scenario),
        Around::NoOp => ask(service::no_op(warp::service(routes)), NO_BODY, scenario),
        Around::Floor | Around::FloorInsert => {
            let floor = service::floor(warp::service(routes), Ready::of(around, scenario));
            ask(floor, NO_BODY, scenario)
        }
        Around::Written => kept(scenario.origins.written::<PreparedPolicy>(), scenario),
        Around::Read => kept(scenario.origins.read(), scenario),
        Around::Live => kept(LivePolicy::new(scenario.origins.read()), scenario),
        Around::Layer => {
            let service = service::ours(scenario).layer(warp::service(routes));
            ask(service, NO_BODY, scenario)
        }
        Around::Peer => {
            let service = warp::service(routes.with(peer(scenario)));
            ask(service, NO_BODY, scenario)
        }
    }
}

/// It has no *any method* and no *any header*.
fn peer(scenario: &Scenario) -> Builder {
    let cors = warp::cors()
        .allow_methods(METHODS)
        .allow_headers(REQUEST_HEADERS)
        .expose_headers(EXPOSE_HEADERS)
        .max_age(MAX_AGE);
    match scenario.origins {
        Origins::Any => cors.allow_any_origin(),
        Origins::One | Origins::Many(_) | Origins::Subdomains => {
            let exact = scenario.origins.exact();
            cors.allow_credentials(true)
                .allow_origins(exact.iter().map(String::as_str))
        }
    }
}
