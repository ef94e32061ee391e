//! `cors-envoy` in a real Envoy, in front of an application that is served here.
//!
//! The program `envoy` is found by the variable `ENVOY`, or on the path; the module by `CORS_ENVOY`, or where
//! `cors-envoy/build` leaves it. `.ci/envoy` gets and builds both.

mod configuration;
mod process;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use ::axum::Router;
use ::axum::extract::Request as AxumRequest;
use tokio::net::TcpListener;
use tower::ServiceExt;

pub use configuration::{Filter, Listener, configuration};
pub use process::{Engine, Envoy};

use super::axum::router;
use crate::suite::app::App;
use crate::suite::exchange::{Request, Response};
use crate::suite::policy::PolicyFile;
use crate::suite::run::{Adapter, Difference, NotApplicable};
use crate::suite::wire;

/// One Envoy with a listener for each policy, in front of one application.
#[derive(Debug)]
pub struct Served {
    /// Each policy once, and which listener has it, if one can.
    policies: Vec<(PolicyFile, Result<usize, NotApplicable>)>,
    envoy: Envoy,
    app: Arc<Mutex<App>>,
}

/// Envoy reads requests before a filter does.
pub const EXPECTED: [Difference; 4] = [
    (
        "REQ-STAT-07 an old browser, a host that is none",
        "Envoy refuses such a Host with 400, before any filter",
    ),
    (
        "REQ-OWN-09 a Host that is a list",
        "Envoy refuses such a Host with 400, before any filter",
    ),
    (
        "REQ-REF-03 several methods",
        "Envoy joins the lines by a comma, and no method has one: refused, with another reason",
    ),
    (
        "REQ-HDR-06 17 empty lines",
        "Envoy drops empty lines of this header: nothing is asked for",
    ),
];

impl Served {
    /// Starts an Envoy with `cors-envoy` and these policies.
    ///
    /// # Errors
    ///
    /// If there is no Envoy or no module, or if it does not start.
    pub async fn start(policies: impl IntoIterator<Item = PolicyFile>) -> Result<Self, String> {
        Self::with(policies, |policy| {
            let json = serde_json::to_string(&policy.to_core()?);
            let json = json.map_err(|error| NotApplicable::because(error.to_string()))?;
            Ok(Filter::Cors(json))
        })
        .await
    }

    /// Starts an Envoy with what `filter` makes of these policies.
    ///
    /// # Errors
    ///
    /// If there is no Envoy or no module, or if it does not start.
    pub async fn with(
        policies: impl IntoIterator<Item = PolicyFile>,
        filter: impl Fn(&PolicyFile) -> Result<Filter, NotApplicable>,
    ) -> Result<Self, String> {
        let engine = Engine::find()?;
        let app = Arc::new(Mutex::new(App::new(200, Vec::new())));
        let upstream = serve(&app).await;
        let mut listeners = Vec::new();
        let mut distinct: Vec<(PolicyFile, _)> = Vec::new();
        for policy in policies {
            if distinct.iter().any(|(known, _)| *known == policy) {
                continue;
            }
            let place = filter(&policy).map(|filter| {
                listeners.push(Listener::of(filter));
                listeners.len() - 1
            });
            distinct.push((policy, place));
        }
        let envoy = Envoy::start(&engine, &listeners, upstream).await?;
        Ok(Self {
            policies: distinct,
            envoy,
            app,
        })
    }
}

impl Adapter for Served {
    async fn exchange(
        &self,
        policy: &PolicyFile,
        app: &App,
        request: &Request,
    ) -> Result<Response, NotApplicable> {
        wire::carries(request)?;
        let known = self.policies.iter().find(|(known, _)| known == policy);
        let (_, place) = known.ok_or_else(|| NotApplicable::because("an unknown policy"))?;
        let address = self.envoy.address(place.clone()?);
        *self.app.lock().unwrap_or_else(PoisonError::into_inner) = app.clone();
        Ok(wire::exchange(address, request).await?)
    }
}

/// Serves whatever application is there when a request arrives.
async fn serve(app: &Arc<Mutex<App>>) -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let app = Arc::clone(app);
    let current = Router::new().fallback(move |request: AxumRequest| {
        let app = app.lock().unwrap_or_else(PoisonError::into_inner).clone();
        router(&app).oneshot(request)
    });
    tokio::spawn(::axum::serve(listener, current).into_future());
    address
}
