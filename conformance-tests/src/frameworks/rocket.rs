//! `cors-rocket`, in process and over a socket.

use std::time::Duration;

use ::rocket::config::{LogLevel, Shutdown};
use ::rocket::fairing::AdHoc;
use ::rocket::http::{Header, Method, Status};
use ::rocket::local::asynchronous::Client;
use ::rocket::route::{Handler, Outcome};
use ::rocket::{Build, Config, Data, Rocket, Route};
use cors_rocket::Cors;
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::suite::app::App;
use crate::suite::exchange::{Line, Request, Response};
use crate::suite::policy::PolicyFile;
use crate::suite::run::{Adapter, Difference, NotApplicable};
use crate::suite::wire;

/// The fairing, in process.
#[derive(Clone, Copy, Debug)]
pub struct Local;

/// The fairing, served on a loopback socket.
#[derive(Clone, Copy, Debug)]
pub struct Served;

const NO_LINE: &str = "Rocket drops lines that are not UTF-8, so that this request has no Origin";

/// What Rocket does not let any fairing change.
pub const EXPECTED: [Difference; 6] = [
    (
        "REQ-STAT-03 the framework's 405",
        "Rocket answers a path that has no route for the method with 404",
    ),
    ("REQ-ORIGIN-20 a byte that is not ASCII", NO_LINE),
    ("REQ-ORIGIN-20 the byte 255 behind a listed origin", NO_LINE),
    ("REQ-ORIGIN-20 one byte that is not ASCII", NO_LINE),
    (
        "REQ-ORIGIN-20 a preflight from the byte 255 behind a listed origin",
        NO_LINE,
    ),
    (
        "REQ-ORIGIN-20 a preflight from one byte that is not ASCII",
        NO_LINE,
    ),
];

/// Over a socket, Rocket answers these with 400 before it asks any fairing; in process, they are not
/// applicable.
pub const UNKNOWN_METHODS: [Difference; 3] = [
    (
        "REQ-CLS-04 options in lower case is another method",
        "Rocket has no such method",
    ),
    (
        "REQ-STAT-07 a foreign extension method does not run",
        "Rocket has no such method",
    ),
    (
        "REQ-METH-13 an unlisted method is the handler's to refuse",
        "Rocket has no such method",
    ),
];

impl Adapter for Local {
    async fn exchange(
        &self,
        policy: &PolicyFile,
        app: &App,
        request: &Request,
    ) -> Result<Response, NotApplicable> {
        call(&client(app, cors(policy)?).await, request).await
    }
}

/// The application under examination behind a fairing, launched.
///
/// # Panics
///
/// If it does not launch.
pub async fn client(app: &App, cors: Cors) -> Client {
    let client = Client::untracked(rocket(app).attach(cors)).await;
    client.expect("an application that launches")
}

/// Sends it one request.
///
/// # Errors
///
/// If Rocket has no such method.
pub async fn call(client: &Client, request: &Request) -> Result<Response, NotApplicable> {
    let method = method(&request.method)
        .ok_or_else(|| NotApplicable::because("Rocket has no such method"))?;
    let mut local = client.req(method, &request.path);
    for line in &request.lines {
        // Over a socket, Rocket drops those that are not.
        if let Ok(value) = String::from_utf8(line.value.clone()) {
            local.add_header(Header::new(line.name.clone(), value));
        }
    }
    let response = local.dispatch().await;
    Ok(Response {
        status: response.status().code,
        lines: response
            .headers()
            .iter()
            .map(|header| Line::new(header.name().as_str(), header.value()))
            .collect(),
        body: response.into_bytes().await.unwrap_or_default(),
    })
}

/// Gives an application one request, for [`Placement::check`](crate::placement::Placement::check).
///
/// # Panics
///
/// If Rocket does not have the request's method.
pub async fn send(client: &Client, request: http::Request<Vec<u8>>) -> http::Response<()> {
    let method = method(request.method().as_str()).expect("a method of Rocket");
    let mut local = client.req(method, request.uri().to_string());
    for (name, value) in request.headers() {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        local.add_header(Header::new(name.as_str().to_owned(), value));
    }
    local.set_body(request.into_body());
    let answer = local.dispatch().await;
    let response = http::Response::builder().status(answer.status().code);
    let response = answer.headers().iter().fold(response, |response, header| {
        response.header(header.name().as_str(), header.value())
    });
    response.body(()).expect("what Rocket's types hold")
}

impl Adapter for Served {
    async fn exchange(
        &self,
        policy: &PolicyFile,
        app: &App,
        request: &Request,
    ) -> Result<Response, NotApplicable> {
        wire::carries(request)?;
        let (tell, told) = oneshot::channel();
        let liftoff = AdHoc::on_liftoff("address", |rocket| {
            let address = (rocket.config().address, rocket.config().port).into();
            let shutdown = rocket.shutdown();
            Box::pin(async move { tell.send((address, shutdown)).expect("who waits for it") })
        });
        let server = rocket(app).attach(cors(policy)?).attach(liftoff).launch();
        let server = tokio::spawn(server);
        let (address, shutdown) = told.await.expect("an application that launches");
        let response = wire::exchange(address, request).await;
        shutdown.notify();
        timeout(Duration::from_secs(10), server)
            .await
            .expect("a server that stops in time")
            .expect("no panic")
            .expect("a server that is stopped");
        Ok(response?)
    }
}

fn cors(policy: &PolicyFile) -> Result<Cors, NotApplicable> {
    let policy = policy.to_core()?;
    Ok(Cors::new(policy))
}

/// The method with this name, if Rocket has it; those that it has not it answers with 400 before it
/// asks a fairing.
#[must_use]
pub fn method(name: &str) -> Option<Method> {
    METHODS.into_iter().find(|method| method.as_str() == name)
}

/// All of them.
pub(crate) const METHODS: [Method; 9] = [
    Method::Get,
    Method::Put,
    Method::Post,
    Method::Delete,
    Method::Options,
    Method::Head,
    Method::Trace,
    Method::Connect,
    Method::Patch,
];

/// The application under examination, which logs nothing and takes any free port of loopback.
#[must_use]
pub fn rocket(app: &App) -> Rocket<Build> {
    let config = Config {
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
    };
    let answer = |method, path| Route::new(method, path, Answer(app.clone()));
    ::rocket::custom(config)
        .mount("/", METHODS.map(|method| answer(method, "/")))
        .mount("/", [answer(Method::Get, "/get")])
}

/// Both routes.
#[derive(Clone)]
struct Answer(App);

#[::rocket::async_trait]
impl Handler for Answer {
    async fn handle<'r>(&self, _: &'r ::rocket::Request<'_>, _: Data<'r>) -> Outcome<'r> {
        Outcome::Success(respond(self.0.handle()))
    }
}

/// The application's answer, typed.
pub(crate) fn respond<'r>(answer: &Response) -> ::rocket::Response<'r> {
    let mut response = ::rocket::Response::new();
    response.set_status(Status::new(answer.status));
    for line in &answer.lines {
        let value = String::from_utf8(line.value.clone()).expect("a value that Rocket holds");
        response.adjoin_raw_header(line.name.clone(), value);
    }
    if !answer.body.is_empty() {
        let body = answer.body.clone();
        response.set_sized_body(body.len(), std::io::Cursor::new(body));
    }
    response
}
