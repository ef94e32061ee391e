//! `cors-actix`, around an app.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::web::{self, Bytes, Data, ServiceConfig};
use actix_web::{App, Error, HttpResponse, HttpServer};
use conformance_tests::frameworks::actix;
use cors_actix::{Cors, LivePolicies, LivePolicy, Policy, PolicySet, PreparedPolicy, authority};
use futures_util::StreamExt;

use crate::application::{Adapter, Application, Find, Form, Live, Nested, Owned, Replace, live};

/// `App::wrap`.
pub(crate) struct Wrapped;

fn routes(application: &Application) -> impl FnOnce(&mut ServiceConfig) + use<> {
    async fn slow(application: Data<Application>) -> &'static str {
        application.gate.clone().pass().await
    }
    async fn told(application: Data<Application>) -> HttpResponse {
        let events = application.told.events();
        HttpResponse::Ok()
            .insert_header(("content-type", "text/event-stream"))
            .streaming(events.map(|event| Ok::<_, Infallible>(Bytes::from(event))))
    }
    let application = application.clone();
    |config| {
        config
            .configure(actix::routes(&application.app))
            .app_data(Data::new(application))
            .route("/slow", web::get().to(slow))
            .route("/told", web::get().to(told));
    }
}

fn serve<T, B>(app: impl Fn() -> App<T> + Clone + Send + 'static) -> SocketAddr
where
    T: ServiceFactory<
            ServiceRequest,
            Config = (),
            Response = ServiceResponse<B>,
            Error = Error,
            InitError = (),
        > + 'static,
    B: MessageBody + 'static,
{
    let server = HttpServer::new(app)
        .workers(1)
        .disable_signals()
        .bind_auto_h2c(("127.0.0.1", 0))
        .expect("a port");
    let address = server.addrs()[0];
    tokio::spawn(server.run());
    address
}

/// The app, wrapped.
macro_rules! wrapped {
    ($application:expr, $cors:expr) => {{
        let (application, cors) = ($application.clone(), $cors);
        serve(move || {
            App::new()
                .configure(routes(&application))
                .wrap(cors.clone())
        })
    }};
}

impl Form for Wrapped {
    const CLOSES_UNREAD: bool = true;

    async fn serve(application: &Application, policy: Owned) -> SocketAddr {
        wrapped!(application, Cors::new(policy))
    }
}

impl Adapter for Wrapped {
    async fn live(application: &Application) -> (SocketAddr, Live) {
        let live = LivePolicy::new(Policy::nobody());
        (wrapped!(application, Cors::live(&live)), live!(live))
    }

    async fn by_host(application: &Application, find: impl Find) -> SocketAddr {
        let choose = move |request: &ServiceRequest| find(authority(request)?).map(prepare);
        wrapped!(application, Cors::by_request(choose))
    }

    async fn policies(application: &Application, set: PolicySet) -> (SocketAddr, Replace) {
        let live = LivePolicies::new(set);
        let server = wrapped!(application, Cors::policies(&live));
        (server, Box::new(move |set| live.replace(set)))
    }

    async fn looked_up(application: &Application, find: impl Find) -> SocketAddr {
        let find = move |request: &ServiceRequest| {
            let found = find(request.path()).map(prepare);
            async {
                tokio::task::yield_now().await;
                found
            }
        };
        wrapped!(application, Cors::look_up(find))
    }
}

impl Nested for Wrapped {
    async fn nested(application: &Application, outer: Owned, inner: Owned) -> Vec<SocketAddr> {
        let (outer, inner) = (Cors::new(outer), Cors::new(inner));
        let application = application.clone();
        vec![serve(move || {
            App::new()
                .configure(routes(&application))
                .wrap(inner.clone())
                .wrap(outer.clone())
        })]
    }
}

fn prepare(policy: Owned) -> Arc<PreparedPolicy> {
    Arc::new(policy.into())
}
