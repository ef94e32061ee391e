//! A server behind a policy, and `curl` lines to try it with.
//!
//! `cargo run -p cors-warp --example hello-warp`

use cors_warp::{Policy, cors};
use tokio::net::TcpListener;
use warp::Filter;

static POLICY: Policy = Policy::credentialed("https://app.example.com http://localhost:*")
    .methods("PUT, DELETE")
    .request_headers("authorization, content-type")
    .max_age(3600);

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let hello = warp::get().map(|| "hello\n");
    let change = warp::put().map(|| "changed\n");
    let routes = warp::path::end().and(hello.or(change));

    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    println!("{}", instructions(listener.local_addr()?));
    warp::serve(cors(POLICY, routes))
        .incoming(listener)
        .run()
        .await;
    Ok(())
}

fn instructions(address: std::net::SocketAddr) -> String {
    format!(
        "listening on http://{address} (Ctrl-C stops it). Try:

an allowed origin: 200, and Access-Control-Allow-Origin lets its page read the response
  curl -i -H 'Origin: https://app.example.com' http://{address}/

and a rejection: 404, with the same header
  curl -i -H 'Origin: https://app.example.com' http://{address}/none

any other origin: 403, the filter does not run
  curl -i -H 'Origin: https://evil.example' http://{address}/

a preflight, as a browser sends it ahead of a PUT: 204, and what is allowed
  curl -i -X OPTIONS -H 'Origin: https://app.example.com' \\
    -H 'Access-Control-Request-Method: PUT' \\
    -H 'Access-Control-Request-Headers: content-type' http://{address}/"
    )
}
