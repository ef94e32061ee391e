//! With the layer that users have today.

use axum::http::{HeaderValue, Method, header::AUTHORIZATION};
use axum::{Router, routing::get};
use tower_http::cors::CorsLayer;

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let cors = CorsLayer::new()
        .allow_origin(HeaderValue::from_static("https://app.example.com"))
        .allow_credentials(true)
        .allow_methods([Method::PUT])
        .allow_headers([AUTHORIZATION]);
    let app = Router::new()
        .route("/", get(|| async { "hello" }))
        .layer(cors);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
    axum::serve(listener, app).await
}
