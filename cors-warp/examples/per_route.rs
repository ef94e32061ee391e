//! A server with two policies beside each other, and `curl` lines to try them with.
//!
//! `cargo run -p cors-warp --example per-route-warp`

use cors_warp::{Policy, cors};
use tokio::net::TcpListener;
use warp::http::StatusCode;
use warp::{Filter, Rejection, Reply};

/// Every page may read, no page may do more.
static PUBLIC: Policy = Policy::public();

/// The pages of two origins act for their user.
static ACCOUNT: Policy = Policy::credentialed("https://app.example.com http://localhost:*")
    .methods("PUT")
    .request_headers("content-type")
    .max_age(3600);

/// Behind a path, a policy covers all that is below it, errors and unknown paths too, and leaves
/// the rest alone.
pub(crate) fn app() -> impl Filter<Extract = (impl Reply,), Error = Rejection> + Clone + Send + Sync
{
    let articles = warp::path!("articles" / u32).and(warp::get()).map(article);
    let name = warp::get().map(|| "Ada\n");
    let rename = warp::put().and(warp::body::bytes()).map(rename);
    let account = warp::path!("name").and(name.or(rename));
    let public = warp::path("public").and(cors(PUBLIC, articles));
    let account = warp::path("account").and(cors(ACCOUNT, account));
    public.or(account)
}

fn article(id: u32) -> Result<&'static str, StatusCode> {
    match id {
        1 => Ok("an article\n"),
        _ => Err(StatusCode::NOT_FOUND),
    }
}

fn rename(name: impl AsRef<[u8]>) -> Result<&'static str, StatusCode> {
    match name.as_ref().is_empty() {
        true => Err(StatusCode::UNPROCESSABLE_ENTITY),
        false => Ok("renamed\n"),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    println!("{}", instructions(listener.local_addr()?));
    warp::serve(app()).incoming(listener).run().await;
    Ok(())
}

fn instructions(address: std::net::SocketAddr) -> String {
    format!(
        "listening on http://{address} (Ctrl-C stops it). Try:

any origin may read what is public: 200, Access-Control-Allow-Origin: *
  curl -i -H 'Origin: https://anyone.example' http://{address}/public/articles/1

its errors as well: 404, with the same header
  curl -i -H 'Origin: https://anyone.example' http://{address}/public/articles/2

but not the account: 403, the filter does not run
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
