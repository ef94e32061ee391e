//! Requests, and answers to them, of Rocket's types, and a server.

use std::net::SocketAddr;

use rocket::config::{LogLevel, Shutdown};
use rocket::fairing::AdHoc;
use rocket::http::{Header, Method};
use rocket::local::asynchronous::{Client, LocalRequest, LocalResponse};
use rocket::{Build, Config, Rocket};
use test_client::{Answer, Fields, preflight_from, within};
use tokio::sync::oneshot;

/// Logs nothing, takes any free port, and stops at once.
pub(crate) fn config() -> Config {
    Config {
        port: 0,
        log_level: LogLevel::Off,
        shutdown: Shutdown {
            ctrlc: false,
            #[cfg(unix)]
            signals: [].into(),
            grace: 0,
            mercy: 0,
            ..Shutdown::default()
        },
        ..Config::release_default()
    }
}

pub(crate) async fn launch(application: Rocket<Build>) -> Client {
    let client = Client::untracked(application).await;
    client.expect("an application that launches")
}

/// A request without a body: `request(&client, "GET /", &[("origin", LISTED)])`.
pub(crate) fn request<'c>(client: &'c Client, line: &str, fields: Fields<'_>) -> LocalRequest<'c> {
    let (method, target) = line.split_once(' ').expect("a method and a target");
    let method: Method = method.parse().expect("a method of Rocket's");
    let mut request = client.req(method, target.to_owned());
    for &(name, value) in fields {
        request.add_header(Header::new(name.to_owned(), value.to_owned()));
    }
    request
}

/// What comes of such a request.
pub(crate) async fn ask(client: &Client, line: &str, fields: Fields<'_>) -> Answer {
    answer(within(request(client, line, fields).dispatch()).await).await
}

/// What comes of the preflight of a `PUT` of JSON.
pub(crate) async fn preflight(client: &Client, target: &str, origin: &str) -> Answer {
    ask(
        client,
        &format!("OPTIONS {target}"),
        &preflight_from(origin),
    )
    .await
}

pub(crate) async fn answer(response: LocalResponse<'_>) -> Answer {
    let status = response.status().code;
    let lines: Vec<_> = response.headers().iter().collect();
    let lines: Vec<_> = lines
        .iter()
        .map(|line| (line.name.to_string(), line.value.to_string()))
        .collect();
    let body = within(response.into_bytes()).await.unwrap_or_default();
    let lines = lines.iter();
    Answer::new(
        status,
        lines.map(|(name, value)| (name.as_str(), value.as_bytes())),
        &body,
    )
}

/// Serves on a port of its own while the test asks, and stops.
pub(crate) async fn serve(application: Rocket<Build>, test: impl AsyncFnOnce(SocketAddr)) {
    let (tell, told) = oneshot::channel();
    let liftoff = AdHoc::on_liftoff("address", |rocket| {
        let address = (rocket.config().address, rocket.config().port).into();
        let shutdown = rocket.shutdown();
        Box::pin(async move { tell.send((address, shutdown)).expect("a test that waits") })
    });
    let server = tokio::spawn(application.attach(liftoff).launch());
    let (address, shutdown) = within(told).await.expect("an application that launches");
    test(address).await;
    shutdown.notify();
    let stopped = within(server).await.expect("a server that does not panic");
    stopped.expect("a server that stops");
}
