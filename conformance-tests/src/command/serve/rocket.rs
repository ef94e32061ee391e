use std::net::SocketAddr;

use cors_rocket::Cors;
use rocket::config::{LogLevel, Shutdown};
use rocket::fairing::AdHoc;
use rocket::http::Status;
use rocket::{Config, get, options, post, put, routes};

use super::{Failure, Served, announce, explain, stop};

#[get("/")]
const fn hello() -> &'static str {
    "hello\n"
}

#[post("/")]
const fn post() -> &'static str {
    "hello\n"
}

#[put("/")]
const fn put() -> &'static str {
    "hello\n"
}

#[options("/")]
const fn options() -> &'static str {
    "options\n"
}

#[get("/fail")]
const fn fail() -> Status {
    Status::InternalServerError
}

pub(super) async fn serve(policy: Served, listen: SocketAddr) -> Result<(), Failure> {
    let shown = policy.clone();
    let config = Config {
        address: listen.ip(),
        port: listen.port(),
        log_level: LogLevel::Off,
        shutdown: Shutdown {
            ctrlc: false,
            signals: [].into(),
            grace: 1,
            mercy: 0,
            ..Shutdown::default()
        },
        ..Config::release_default()
    };
    let told = AdHoc::on_liftoff("address", |rocket| {
        Box::pin(async move {
            let Config { address, port, .. } = rocket.config();
            announce((*address, *port).into());
        })
    });
    let explained = AdHoc::on_request("explanation", move |request, _| {
        explain(&shown, request.method().as_str(), |field| {
            request.headers().get(field.name()).map(str::as_bytes)
        });
        Box::pin(async {})
    });
    let rocket = rocket::custom(config)
        .mount("/", routes![hello, post, put, options, fail])
        .attach(told)
        .attach(explained)
        .attach(Cors::new(policy))
        .ignite()
        .await?;
    let shutdown = rocket.shutdown();
    let stop = stop()?;
    tokio::spawn(async move {
        stop.await;
        shutdown.notify();
    });
    rocket.launch().await?;
    Ok(())
}
