//! `rocket_cors`, as a fairing of Rocket, over a socket.

use std::io::Cursor;
use std::net::SocketAddr;

use ::rocket::config::{LogLevel, Shutdown};
use ::rocket::fairing::AdHoc;
use ::rocket::http::{Method, Status};
use ::rocket::route::{Handler, Outcome};
use ::rocket::{Build, Config, Data, Rocket, Route};
use rocket_cors::{AllOrSome, AllowedHeaders, AllowedOrigins, Cors, CorsOptions, Origins};
use tokio::sync::oneshot;

use super::pattern;
use super::settings::{Allowed, Settings, has_no_own_origins};
use conformance_tests::App;
use conformance_tests::NotApplicable;
use conformance_tests::PolicyFile;
use conformance_tests::wire;
use conformance_tests::{Request, Response};

pub(super) async fn exchange(
    policy: &PolicyFile,
    app: &App,
    request: &Request,
) -> Result<Response, NotApplicable> {
    let settings = Settings::of(policy);
    settings.is_of_one_kind()?;
    has_no_own_origins(policy)?;
    settings.refuses_denied()?;
    settings.any_header_with_authorization(request)?;
    has_methods(&settings, request)?;
    let (tell, port) = oneshot::channel();
    let liftoff = AdHoc::on_liftoff("port", |rocket| {
        Box::pin(async move {
            let _ = tell.send(rocket.config().port);
        })
    });
    let server = rocket(app, routes(request))
        .attach(cors(&settings))
        .attach(liftoff)
        .launch();
    let server = tokio::spawn(server);
    let port = port.await.expect("an application that launches");
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    let response = wire::exchange(address, request).await;
    server.abort();
    Ok(response.expect("an answer"))
}

const METHODS: [Method; 9] = [
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

fn method(name: &[u8]) -> Option<Method> {
    METHODS
        .into_iter()
        .find(|method| method.as_str().as_bytes() == name)
}

/// The method of the request, and one that the policy allows and the preflight asks for.
fn has_methods(settings: &Settings<'_>, request: &Request) -> Result<(), NotApplicable> {
    let is_allowed = |name: &&[u8]| match &settings.methods {
        Allowed::Any => true,
        Allowed::Listed(methods) => methods.iter().any(|method| method.as_bytes() == *name),
    };
    let asked = request.values("access-control-request-method");
    let mut names = asked.filter(is_allowed).chain([request.method.as_bytes()]);
    match names.all(|name| method(name).is_some()) {
        true => Ok(()),
        false => Err(NotApplicable::because("Rocket has no such method")),
    }
}

fn cors(settings: &Settings<'_>) -> Cors {
    let allowed_origins = match &settings.origins {
        Allowed::Any => AllowedOrigins::all(),
        Allowed::Listed(origins) => AllOrSome::Some(listed(settings, origins)),
    };
    let mut options = CorsOptions {
        // Effective only if all origins are allowed.
        send_wildcard: true,
        allowed_origins,
        allow_credentials: settings.credentials,
        expose_headers: match &settings.expose_headers {
            Allowed::Any => ["*".to_owned()].into(),
            Allowed::Listed(names) => names.iter().map(ToString::to_string).collect(),
        },
        allowed_headers: match &settings.request_headers {
            Allowed::Any => AllowedHeaders::all(),
            Allowed::Listed(names) => AllowedHeaders::some(names),
        },
        max_age: settings.max_age.map(|seconds| seconds as usize),
        ..CorsOptions::default()
    };
    // The default is all that scripts can send.
    if let Allowed::Listed(names) = &settings.methods {
        let methods = names.iter().filter_map(|name| method(name.as_bytes()));
        options.allowed_methods = methods.map(From::from).collect();
    }
    options.to_cors().expect("a good configuration")
}

/// Its docs say to write a regular expression for an origin that is no `http(s)://` one.
fn listed(settings: &Settings<'_>, origins: &[&str]) -> Origins {
    let (exact, others): (Vec<&str>, Vec<&str>) = origins
        .iter()
        .partition(|origin| origin.starts_with("http://") || origin.starts_with("https://"));
    let patterns = settings.patterns.iter().copied().chain(others);
    Origins {
        allow_null: settings.null,
        exact: Some(exact.into_iter().map(str::to_owned).collect()),
        regex: Some(patterns.map(pattern::regex).collect()),
    }
}

/// Its docs say that an application behind the fairing has no routes for OPTIONS, which preflights
/// would call; whether it could have them shows with OPTIONS that is no preflight.
fn routes(request: &Request) -> impl Iterator<Item = Method> {
    let has = |name| request.values(name).next().is_some();
    let is_preflight = has("origin") && has("access-control-request-method");
    METHODS
        .into_iter()
        .filter(move |method| !is_preflight || *method != Method::Options)
}

fn rocket(app: &App, methods: impl Iterator<Item = Method>) -> Rocket<Build> {
    let config = Config {
        port: 0,
        log_level: LogLevel::Off,
        shutdown: Shutdown {
            ctrlc: false,
            #[cfg(unix)]
            signals: [].into(),
            ..Shutdown::default()
        },
        ..Config::release_default()
    };
    let answer = |method, path| Route::new(method, path, Answer(app.clone()));
    ::rocket::custom(config)
        .mount(
            "/",
            methods
                .map(|method| answer(method, "/"))
                .collect::<Vec<_>>(),
        )
        .mount("/", [answer(Method::Get, "/get")])
}

/// Both routes.
#[derive(Clone)]
struct Answer(App);

#[::rocket::async_trait]
impl Handler for Answer {
    async fn handle<'r>(&self, _: &'r ::rocket::Request<'_>, _: Data<'r>) -> Outcome<'r> {
        let answer = self.0.handle();
        let mut response = ::rocket::Response::new();
        response.set_status(Status::new(answer.status));
        for line in &answer.lines {
            let value = String::from_utf8(line.value.clone()).expect("a value that Rocket holds");
            response.adjoin_raw_header(line.name.clone(), value);
        }
        if !answer.body.is_empty() {
            let body = answer.body.clone();
            response.set_sized_body(body.len(), Cursor::new(body));
        }
        Outcome::Success(response)
    }
}
