//! A bare service: what a framework over tower costs before it does anything.

use std::convert::Infallible;
use std::future::ready;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{Empty, Full};
use tower::{Layer, Service, service_fn};

use crate::scenario::Scenario;
use crate::server::{Around, Exchange};
use crate::service::{self, Ready, ask};

type Question = Request<Empty<Bytes>>;

fn app(
    scenario: &Scenario,
) -> impl Service<Question, Response = Response<Full<Bytes>>, Error = Infallible, Future: Send>
+ Clone
+ 'static
+ use<> {
    let hello = service::hello(scenario);
    service_fn(move |_: Question| ready(Ok(service::respond(&hello))))
}

pub(crate) fn exchange(around: Around, scenario: &Scenario) -> Option<Box<dyn Exchange>> {
    let app = app(scenario);
    Some(match around {
        Around::Nothing => ask(app, Empty::new, scenario),
        Around::NoOp => ask(service::no_op(app), Empty::new, scenario),
        Around::Floor | Around::FloorInsert => {
            let floor = service::floor(app, Ready::of(around, scenario));
            ask(floor, Empty::new, scenario)
        }
        Around::Written => ask(service::ours(scenario).layer(app), Empty::new, scenario),
        Around::Read => ask(service::read(scenario).layer(app), Empty::new, scenario),
        Around::Live => ask(service::live(scenario).layer(app), Empty::new, scenario),
        Around::Peer => ask(service::peer(scenario).layer(app), Empty::new, scenario),
        Around::Layer => return None,
    })
}
