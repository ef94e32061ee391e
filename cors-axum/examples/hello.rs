//! A server behind a policy, and `curl` lines to try it with.
//!
//! `cargo run -p cors-axum --example hello`

use axum::{Router, routing::get};
use cors_axum::{CorsLayer, Policy};
use tokio::net::TcpListener;

static POLICY: Policy = Policy::credentialed("https://app.example.com http://localhost:*")
    .methods("PUT, DELETE")
    .request_headers("authorization, content-type")
    .max_age(3600);

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let app = Router::new()
        .route(
            "/",
            get(|| async { "hello\n" }).put(|| async { "changed\n" }),
        )
        .layer(CorsLayer::new(POLICY));

    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    println!("{}", instructions(listener.local_addr()?));
    axum::serve(listener, app).await
}

fn instructions(address: std::net::SocketAddr) -> String {
    format!(
        "listening on http://{address} (Ctrl-C stops it). Try:

an allowed origin: 200, and Access-Control-Allow-Origin lets its page read the response
  curl -i -H 'Origin: https://app.example.com' http://{address}/

any other origin: 403, the handler is not called
  curl -i -H 'Origin: https://evil.example' http://{address}/

a preflight, as a browser sends it ahead of a PUT: 204, and what is allowed
  curl -i -X OPTIONS -H 'Origin: https://app.example.com' \\
    -H 'Access-Control-Request-Method: PUT' \\
    -H 'Access-Control-Request-Headers: content-type' http://{address}/"
    )
}
