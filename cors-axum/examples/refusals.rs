//! A server that counts the requests that it refuses, by reason, as metrics do.
//!
//! `cargo run -p cors-axum --example refusals`

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::State;
use axum::middleware::map_response_with_state;
use axum::response::Response;
use axum::{Router, routing::get};
use cors_axum::{CorsLayer, Denial, Policy};
use tokio::net::TcpListener;

static POLICY: Policy = Policy::anonymous("https://app.example.com").methods("PUT");

/// How often a request was refused, by [`Denial::reason`]; a clone is the same one.
#[derive(Clone, Default)]
pub(crate) struct Refusals(Arc<Mutex<BTreeMap<&'static str, u64>>>);

impl Refusals {
    fn count(&self, denial: Denial) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.entry(denial.reason()).or_default() += 1;
    }

    /// In the text format of Prometheus.
    fn metrics(&self) -> String {
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counts
            .iter()
            .fold(String::new(), |mut text, (reason, count)| {
                let _ = writeln!(text, "cors_refusals_total{{reason=\"{reason}\"}} {count}");
                text
            })
    }
}

/// Outside of the layer: the denial is in the extensions of the response.
async fn count(State(refusals): State<Refusals>, response: Response) -> Response {
    if let Some(denial) = response.extensions().get() {
        refusals.count(*denial);
    }
    response
}

pub(crate) fn app() -> Router {
    let refusals = Refusals::default();
    let metrics = refusals.clone();
    let api = Router::new()
        .route("/", get(|| async { "hello\n" }))
        .layer(CorsLayer::new(&POLICY))
        .layer(map_response_with_state(refusals, count));
    Router::new()
        .route("/metrics", get(move || async move { metrics.metrics() }))
        .merge(api)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    println!(
        "listening on http://{address} (Ctrl-C stops it). Try:

a page of another origin is refused: 403
  curl -i -H 'Origin: https://evil.example' http://{address}/

so is a method that is not listed: 403
  curl -i -X OPTIONS -H 'Origin: https://app.example.com' \\
    -H 'Access-Control-Request-Method: DELETE' http://{address}/

and this counts them, by reason
  curl http://{address}/metrics"
    );
    axum::serve(listener, app()).await
}

#[cfg(test)]
mod tests {
    use test_client::{FOREIGN, LISTED, ask_service, request};

    use super::app;

    #[tokio::test]
    async fn refusals_are_counted_by_reason() {
        let app = app();
        let method = ("access-control-request-method", "DELETE");
        for (line, fields) in [
            ("GET /", &[("origin", LISTED)][..]),
            ("GET /", &[("origin", FOREIGN)]),
            ("OPTIONS /", &[("origin", FOREIGN), method]),
            ("OPTIONS /", &[("origin", LISTED), method]),
        ] {
            ask_service(&app, request::<axum::body::Body>(line, fields)).await;
        }
        let answer = ask_service(&app, request::<axum::body::Body>("GET /metrics", &[])).await;
        assert_eq!(
            answer.body,
            "cors_refusals_total{reason=\"method_not_allowed\"} 1\n\
             cors_refusals_total{reason=\"origin_not_allowed\"} 2\n"
        );
    }
}
