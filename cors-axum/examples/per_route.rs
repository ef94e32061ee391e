//! A server with two policies beside each other, and `curl` lines to try them with.
//!
//! `cargo run -p cors-axum --example per_route`

use axum::extract::Path;
use axum::http::StatusCode;
use axum::{Router, routing::get};
use cors_axum::{CorsLayer, Policy};
use tokio::net::TcpListener;

/// Every page may read, no page may do more.
static PUBLIC: Policy = Policy::public();

/// The pages of two origins act for their user.
static ACCOUNT: Policy = Policy::credentialed("https://app.example.com http://localhost:*")
    .methods("PUT")
    .request_headers("content-type")
    .max_age(3600);

/// A layer around a whole router covers its errors and the paths that it does not know, too.
pub(crate) fn app() -> Router {
    let public = Router::new().route("/articles/{id}", get(article));
    let account = Router::new().route("/name", get(|| async { "Ada\n" }).put(rename));
    Router::new()
        .nest_service("/public", CorsLayer::new(PUBLIC).layer(public))
        .nest_service("/account", CorsLayer::new(ACCOUNT).layer(account))
}

async fn article(Path(id): Path<u32>) -> Result<&'static str, StatusCode> {
    match id {
        1 => Ok("an article\n"),
        _ => Err(StatusCode::NOT_FOUND),
    }
}

async fn rename(name: String) -> Result<&'static str, StatusCode> {
    match name.is_empty() {
        true => Err(StatusCode::UNPROCESSABLE_ENTITY),
        false => Ok("renamed\n"),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    println!("{}", instructions(listener.local_addr()?));
    axum::serve(listener, app()).await
}

fn instructions(address: std::net::SocketAddr) -> String {
    format!(
        "listening on http://{address} (Ctrl-C stops it). Try:

any origin may read what is public: 200, Access-Control-Allow-Origin: *
  curl -i -H 'Origin: https://anyone.example' http://{address}/public/articles/1

its errors as well: 404, with the same header
  curl -i -H 'Origin: https://anyone.example' http://{address}/public/articles/2

but not the account: 403, the handler is not called
  curl -i -H 'Origin: https://anyone.example' http://{address}/account/name

a page of the listed origin may: 200, with cookies
  curl -i -H 'Origin: https://app.example.com' http://{address}/account/name

and change it, which its browser asks first: 204, and what is allowed
  curl -i -X OPTIONS -H 'Origin: https://app.example.com' \\
    -H 'Access-Control-Request-Method: PUT' http://{address}/account/name

what is public cannot be changed: 403
  curl -i -X OPTIONS -H 'Origin: https://app.example.com' \\
    -H 'Access-Control-Request-Method: PUT' http://{address}/public/articles/1"
    )
}
