use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::panic::resume_unwind;
use std::sync::Arc;

use ::axum::Router;
use ::axum::body::Body;
use ::axum::extract::ws::{Message, WebSocketUpgrade};
use ::axum::extract::{Path, Request};
use ::axum::http::uri::Authority;
use ::axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use ::axum::middleware::{Next, from_fn};
use ::axum::response::sse::{Event, Sse};
use ::axum::response::{IntoResponse, Response};
use ::axum::routing::{any, get};
use cors_axum::{CorsLayer, LivePolicies};
use futures_util::StreamExt;
use tokio::net::TcpListener;
use tower_http::catch_panic::CatchPanicLayer;

use super::answer::{HANDLED, HELLO, PATHS, RETRY, answer, events};
use super::tls::{Certificate, TlsListener};
use super::{Served, Showcase, Started, Stopped};
use crate::frameworks::tower;
use crate::suite::exchange::{self, Line};

pub(super) async fn start(
    showcase: &Arc<Showcase>,
    listen: SocketAddr,
    certificate: Option<&Certificate>,
    stopped: Stopped,
) -> io::Result<Started> {
    let live = LivePolicies::new((*showcase.policies()).clone());
    let app = watched(routes(showcase).layer(CorsLayer::policies(&live)), showcase);
    let replace = move |policies: &Served| live.replace(policies.clone());
    serve(app, listen, certificate, stopped, replace).await
}

pub(super) async fn serve(
    app: Router,
    listen: SocketAddr,
    certificate: Option<&Certificate>,
    stopped: Stopped,
    replace: impl Fn(&Served) + Send + Sync + 'static,
) -> io::Result<Started> {
    let listener = TcpListener::bind(listen).await?;
    let address = listener.local_addr()?;
    Ok(Started {
        address,
        replace: Box::new(replace),
        server: match certificate {
            None => {
                let server = ::axum::serve(listener, app).with_graceful_shutdown(stopped.wait());
                Box::pin(async { server.await.expect("axum's servers do not fail") })
            }
            Some(certificate) => {
                let listener = TlsListener::new(listener, certificate);
                let server = ::axum::serve(listener, app).with_graceful_shutdown(stopped.wait());
                Box::pin(async { server.await.expect("axum's servers do not fail") })
            }
        },
    })
}

/// Shows each exchange, outside of everything else.
pub(super) fn watched(app: Router, showcase: &Arc<Showcase>) -> Router {
    let showcase = Arc::clone(showcase);
    app.layer(from_fn(move |request: Request, next: Next| {
        let showcase = Arc::clone(&showcase);
        async move {
            let head = head(&request);
            let explanation = showcase.explain(&head);
            let response = next.run(request).await;
            let status = response.status().as_u16();
            showcase.show(head, explanation, status, lines(response.headers()));
            response
        }
    }))
}

fn head(request: &Request) -> exchange::Request {
    let uri = request.uri();
    let target = uri
        .path_and_query()
        .map_or_else(|| uri.to_string(), ToString::to_string);
    let authority = uri.authority().map(Authority::as_str);
    super::head(
        request.method(),
        target,
        authority,
        lines(request.headers()),
    )
}

/// The field lines.
pub(super) fn lines(headers: &HeaderMap) -> Vec<Line> {
    let lines = headers.iter();
    lines
        .map(|(name, value)| Line::new(name.as_str(), value))
        .collect()
}

pub(super) fn routes(showcase: &Arc<Showcase>) -> Router {
    let handler = async |request: Request| tower::answer::<Body>(&answer(&head(&request)));
    let app = PATHS
        .into_iter()
        .fold(Router::new(), |app, path| app.route(path, any(handler)));
    let private = any(async || "hello\n").layer(from_fn(async |_: Request, _: Next| {
        (
            StatusCode::UNAUTHORIZED,
            [(header::WWW_AUTHENTICATE, "Bearer")],
        )
    }));
    let guard = Arc::clone(showcase);
    app.route("/get", get(handler))
        .route("/private", private)
        .route(
            "/panic",
            any(async || -> Response { resume_unwind(Box::new("asked for")) }),
        )
        .route(
            "/number/{number}",
            get(async |Path(number): Path<u32>| format!("{number}\n")),
        )
        .route("/events", get(stream))
        .route(
            "/socket",
            any(
                move |headers: HeaderMap, upgrade: WebSocketUpgrade| async move {
                    let origin = headers.get(header::ORIGIN).map(HeaderValue::as_bytes);
                    match guard.allows_origin(origin) {
                        true => upgrade.on_upgrade(async |mut socket| {
                            let _ = socket.send(Message::text(HELLO)).await;
                            while let Some(Ok(_)) = socket.recv().await {}
                        }),
                        false => StatusCode::FORBIDDEN.into_response(),
                    }
                },
            ),
        )
        .layer(CatchPanicLayer::new())
}

async fn stream(headers: HeaderMap) -> impl IntoResponse {
    let last = headers
        .get("last-event-id")
        .and_then(|id| id.to_str().ok()?.parse().ok());
    let events = events(last).map(|number| {
        let text = number.to_string();
        Ok::<_, Infallible>(Event::default().retry(RETRY).id(&text).data(&text))
    });
    ([HANDLED], Sse::new(events))
}
