//! With a policy that is written.

use axum::{Router, routing::get};
use cors_axum::{CorsLayer, Policy};

const POLICY: Policy = Policy::credentialed("https://app.example.com")
    .methods("PUT")
    .request_headers("authorization");

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let app = Router::new()
        .route("/", get(|| async { "hello" }))
        .layer(CorsLayer::new(POLICY));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
    axum::serve(listener, app).await
}
