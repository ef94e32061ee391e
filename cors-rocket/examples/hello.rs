//! A server behind a policy, and `curl` lines to try it with.
//!
//! `cargo run -p cors-rocket --example hello-rocket`

use cors_rocket::{Cors, Policy};
use rocket::config::LogLevel;
use rocket::fairing::AdHoc;
use rocket::{Config, get, launch, put, routes};

static POLICY: Policy = Policy::credentialed("https://app.example.com http://localhost:*")
    .methods("PUT, DELETE")
    .request_headers("authorization, content-type")
    .max_age(3600);

#[get("/")]
fn hello() -> &'static str {
    "hello\n"
}

#[put("/")]
fn change() -> &'static str {
    "changed\n"
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
    rocket::custom(config)
        .mount("/", routes![hello, change])
        .attach(print)
        .attach(Cors::new(POLICY))
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
