//! With a policy of the origins that it is started with.

use axum::{Router, routing::get};
use cors_axum::{CorsLayer, Settings};

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let policy = Settings::new()
        .origins(std::env::args().skip(1))
        .credentials(true)
        .methods(["PUT"])
        .request_headers(["authorization"])
        .build()
        .map_err(|errors| std::io::Error::other(errors.to_string()))?;
    let app = Router::new()
        .route("/", get(|| async { "hello" }))
        .layer(CorsLayer::new(policy));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
    axum::serve(listener, app).await
}
