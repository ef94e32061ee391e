//! A server with two policies beside each other, and `curl` lines to try them with.
//!
//! `cargo run -p cors-rocket --example per-route-rocket`

use cors_rocket::{Cors, Policy};
use rocket::config::LogLevel;
use rocket::fairing::AdHoc;
use rocket::http::Status;
use rocket::{Build, Config, Rocket, get, launch, put, routes};

/// Every page may read, no page may do more.
static PUBLIC: Policy = Policy::public();

/// The pages of two origins act for their user.
static ACCOUNT: Policy = Policy::credentialed("https://app.example.com http://localhost:*")
    .methods("PUT")
    .request_headers("content-type")
    .max_age(3600);

/// A policy for a prefix covers its errors and the paths that have no route, too.
pub(crate) fn app(config: Config) -> Rocket<Build> {
    rocket::custom(config)
        .mount("/public", routes![article])
        .mount("/account", routes![name, rename])
        .attach(Cors::mounted("/public", PUBLIC).mount("/account", ACCOUNT))
}

#[get("/articles/<id>")]
fn article(id: u32) -> Option<&'static str> {
    (id == 1).then_some("an article\n")
}

#[get("/name")]
fn name() -> &'static str {
    "Ada\n"
}

#[put("/name", data = "<name>")]
fn rename(name: &str) -> Result<&'static str, Status> {
    match name.is_empty() {
        true => Err(Status::UnprocessableEntity),
        false => Ok("renamed\n"),
    }
}

#[launch]
fn server() -> _ {
    let config = Config {
        port: 0,
        log_level: LogLevel::Off,
        ..Config::default()
    };
    let print = AdHoc::on_liftoff("instructions", |rocket| {
        let address = (rocket.config().address, rocket.config().port).into();
        Box::pin(async move { println!("{}", instructions(address)) })
    });
    app(config).attach(print)
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
