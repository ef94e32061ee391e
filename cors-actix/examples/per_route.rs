//! A server with two policies beside each other, and `curl` lines to try them with.
//!
//! `cargo run -p cors-actix --example per-route-actix`

use actix_web::error::{Error, ErrorNotFound, ErrorUnprocessableEntity};
use actix_web::web::{self, Path, ServiceConfig};
use actix_web::{App, HttpServer};
use cors_actix::{Cors, Policy};

/// Every page may read, no page may do more.
static PUBLIC: Policy = Policy::public();

/// The pages of two origins act for their user.
static ACCOUNT: Policy = Policy::credentialed("https://app.example.com http://localhost:*")
    .methods("PUT")
    .request_headers("content-type")
    .max_age(3600);

/// One value of each for all workers.
pub(crate) fn policies() -> [Cors; 2] {
    [Cors::new(PUBLIC), Cors::new(ACCOUNT)]
}

/// A middleware around a whole scope covers its errors and the paths that it does not know, too.
pub(crate) fn routes([public, account]: [Cors; 2]) -> impl FnOnce(&mut ServiceConfig) {
    let article = web::resource("/articles/{id}").get(article);
    let name = web::resource("/name").get(|| async { "Ada\n" }).put(rename);
    |config| {
        config
            .service(web::scope("/public").service(article).wrap(public))
            .service(web::scope("/account").service(name).wrap(account));
    }
}

async fn article(id: Path<u32>) -> Result<&'static str, Error> {
    match *id {
        1 => Ok("an article\n"),
        _ => Err(ErrorNotFound("no such article\n")),
    }
}

async fn rename(name: String) -> Result<&'static str, Error> {
    match name.is_empty() {
        true => Err(ErrorUnprocessableEntity("a name is not empty\n")),
        false => Ok("renamed\n"),
    }
}

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let policies = policies();
    let server = HttpServer::new(move || App::new().configure(routes(policies.clone())));
    let server = server.workers(1).bind(("127.0.0.1", 0))?;
    println!("{}", instructions(server.addrs()[0]));
    server.run().await
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
