//! The server of the pages themselves: it shares nothing with other origins.

use std::sync::Arc;

use axum::extract::{Query, Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use conformance_tests::Line;
use conformance_tests::frameworks::showcase::{Certificate, FRAME, RUNNER, Seen, TlsListener};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio::sync::mpsc::UnboundedSender;

use super::Log;

/// What the pages are made of.
pub(crate) struct Pages {
    /// Where they belong; only they may tell something.
    pub(crate) origin: String,
    /// Under which names they are served, and no others: not even a name that somebody makes mean
    /// this machine may read them.
    pub(crate) hosts: Vec<String>,
    /// In JSON, what they need to know.
    pub(crate) setup: String,
    pub(crate) log: Arc<Log>,
}

/// What a page tells.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Told {
    Result {
        framework: String,
        token: String,
        reads: String,
    },
    Done,
}

/// Serves them, with what else a command has (at least `/`), until the program ends.
pub(crate) fn serve(
    pages: &Arc<Pages>,
    more: Router<Arc<Pages>>,
    sockets: [TcpListener; 2],
    certificate: Option<&Certificate>,
) {
    let app = Router::new()
        .route("/frame", get(frame))
        .route("/runner.js", get(script(RUNNER)))
        .route("/frames.js", get(script(include_str!("frames.js"))))
        .route("/setup", get(setup))
        .route("/records", get(records))
        .merge(more)
        .layer(from_fn_with_state(Arc::clone(pages), known))
        .with_state(Arc::clone(pages));
    for socket in sockets {
        let app = app.clone();
        match certificate {
            None => tokio::spawn(async { axum::serve(socket, app).await }),
            Some(certificate) => {
                let socket = TlsListener::new(socket, certificate);
                tokio::spawn(async { axum::serve(socket, app).await })
            }
        };
    }
}

/// The type of a script.
pub(crate) const SCRIPT: &str = "text/javascript";

fn script(text: &'static str) -> ([(HeaderName, &'static str); 1], &'static str) {
    ([(header::CONTENT_TYPE, SCRIPT)], text)
}

/// `/tell`, where somebody hears.
pub(crate) fn listening(heard: UnboundedSender<Told>) -> Router<Arc<Pages>> {
    let tell =
        async move |State(pages): State<Arc<Pages>>, headers: HeaderMap, told: Json<Told>| {
            match pages.is_own(&headers) {
                true => {
                    let _ = heard.send(told.0);
                    StatusCode::NO_CONTENT
                }
                false => StatusCode::FORBIDDEN,
            }
        };
    Router::new().route("/tell", post(tell))
}

/// Only requests to a known host go on, and those to `/`, which knows where to send others.
async fn known(State(pages): State<Arc<Pages>>, request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST);
    let host = host.and_then(|host| host.to_str().ok());
    let host = host.or_else(|| request.uri().authority().map(Authority::as_str));
    let is_known = pages.hosts.iter().any(|known| Some(known.as_str()) == host);
    if is_known || request.uri().path() == "/" {
        return next.run(request).await;
    }
    let open = format!("open {}/\n", pages.origin);
    (StatusCode::FORBIDDEN, open).into_response()
}

/// Only the page may have it in a frame, and so tell it what to run.
async fn frame(State(pages): State<Arc<Pages>>) -> impl IntoResponse {
    let security = format!("frame-ancestors {}", pages.origin);
    ([(header::CONTENT_SECURITY_POLICY, security)], Html(FRAME))
}

async fn setup(State(pages): State<Arc<Pages>>) -> impl IntoResponse {
    let json = HeaderValue::from_static("application/json");
    ([(header::CONTENT_TYPE, json)], pages.setup.clone())
}

/// A check on a framework.
#[derive(Deserialize)]
pub(crate) struct Of {
    pub(crate) framework: String,
    pub(crate) check: String,
}

/// An exchange, for people.
#[derive(Serialize)]
struct Record {
    line: String,
    request: Head,
    response: Head,
    explanation: String,
}

/// The first line, and the headers.
#[derive(Serialize)]
struct Head {
    start: String,
    headers: Vec<(String, String)>,
}

impl Head {
    fn new(start: String, lines: &[Line]) -> Self {
        let headers = lines.iter().map(|line| {
            let value = String::from_utf8_lossy(&line.value).into_owned();
            (line.name.clone(), value)
        });
        Self {
            start,
            headers: headers.collect(),
        }
    }
}

async fn records(State(pages): State<Arc<Pages>>, Query(of): Query<Of>) -> Json<Vec<Record>> {
    let seen = pages.log.of(&of.framework, &of.check);
    Json(seen.iter().map(Record::from).collect())
}

/// An exchange in a few words.
fn heading(seen: &Seen) -> String {
    let request = &seen.request;
    let value = |name: &'static str| request.values(name).next().map(String::from_utf8_lossy);
    let asked = value("access-control-request-method").filter(|_| request.method == "OPTIONS");
    let mut heading = match &asked {
        Some(method) => format!("Preflight for {method}"),
        None => request.method.clone(),
    };
    let names = value("access-control-request-headers").filter(|_| asked.is_some());
    if let Some(names) = names {
        heading += " with ";
        heading += &names.replace(',', ", ");
    }
    if value("cookie").is_some() {
        heading += " with a cookie";
    }
    let is_handled = seen.response.values("x-handled").next().is_some();
    let by = if is_handled { ", by the handler" } else { "" };
    format!("{heading} → {}{by}", seen.response.status)
}

impl From<&Seen> for Record {
    fn from(seen: &Seen) -> Self {
        let (request, response) = (&seen.request, &seen.response);
        Self {
            line: heading(seen),
            request: Head::new(
                format!("{} {}", request.method, request.path),
                &request.lines,
            ),
            response: Head::new(response.status.to_string(), &response.lines),
            explanation: seen.explanation.clone(),
        }
    }
}

impl Pages {
    /// The request comes from a page of this server, and not from one of whatever the person
    /// beside has open.
    pub(crate) fn is_own(&self, headers: &HeaderMap) -> bool {
        let origin = headers.get(header::ORIGIN).map(HeaderValue::as_bytes);
        origin == Some(self.origin.as_bytes())
    }
}
