//! A server behind a policy, and `curl` lines to try it with.
//!
//! `cargo run -p cors-actix --example hello-actix`

use actix_web::{App, HttpServer, web};
use cors_actix::{Cors, Policy};

static POLICY: Policy = Policy::credentialed("https://app.example.com http://localhost:*")
    .methods("PUT, DELETE")
    .request_headers("authorization, content-type")
    .max_age(3600);

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let cors = Cors::new(POLICY);
    let server = HttpServer::new(move || {
        let hello = web::resource("/")
            .get(|| async { "hello\n" })
            .put(|| async { "changed\n" });
        App::new().service(hello).wrap(cors.clone())
    });
    let server = server.workers(1).bind(("127.0.0.1", 0))?;
    println!("{}", instructions(server.addrs()[0]));
    server.run().await
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
