use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::routing::get;
use cors_axum::CorsLayer;
use tokio::net::TcpListener;

use super::{Failure, Served, announce, explain, stop};

pub(super) async fn serve(policy: Served, listen: SocketAddr) -> Result<(), Failure> {
    let shown = Arc::new(policy.clone());
    let hello = || async { "hello\n" };
    let root = get(hello)
        .post(hello)
        .put(hello)
        .options(|| async { "options\n" });
    let app = Router::new()
        .route("/", root)
        .route("/fail", get(|| async { StatusCode::INTERNAL_SERVER_ERROR }))
        .method_not_allowed_fallback(|| async { StatusCode::NOT_FOUND })
        .layer(CorsLayer::new(policy))
        .layer(from_fn(move |request: Request, next: Next| {
            explain(&shown, request.method().as_str(), |field| {
                let lines = request.headers().get_all(field.name()).iter();
                lines.map(HeaderValue::as_bytes)
            });
            next.run(request)
        }));
    let listener = TcpListener::bind(listen).await?;
    announce(listener.local_addr()?);
    axum::serve(listener, app)
        .with_graceful_shutdown(stop()?)
        .await?;
    Ok(())
}
