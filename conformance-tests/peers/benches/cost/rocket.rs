//! An application of Rocket, and its local client.

use std::io::Cursor;

use bytes::Bytes;
use cors_rocket::{Cors, LivePolicy, PreparedPolicy};
use rocket::config::LogLevel;
use rocket::fairing::{AdHoc, Fairing, Info, Kind};
use rocket::http::{Header, Method, Status};
use rocket::local::asynchronous::{Client, LocalRequest};
use rocket::route::{Handler, Outcome};
use rocket::{Build, Config, Data, Request, Response, Rocket, Route};
use rocket_cors::{AllOrSome, AllowedHeaders, AllowedOrigins, CorsOptions};

use crate::floor::{self, Asked, Floor, Lines, Verdict};
use crate::scenario::{
    Answer, EXPOSE_HEADERS, MAX_AGE, METHODS, Origins, REQUEST_HEADERS, Scenario,
};
use crate::server::{Around, Exchange, client};

pub(crate) fn exchange(around: Around, scenario: &Scenario) -> Option<Box<dyn Exchange>> {
    let app = app(scenario);
    let app = match around {
        Around::Nothing => app,
        Around::NoOp => app.attach(AdHoc::on_response("no-op", |_, _| Box::pin(async {}))),
        Around::Floor => app.attach(Ready::of(scenario)),
        Around::Written => app.attach(Cors::new(scenario.origins.written::<PreparedPolicy>())),
        Around::Read => app.attach(Cors::new(scenario.origins.read())),
        Around::Live => app.attach(Cors::live(&LivePolicy::new(scenario.origins.read()))),
        Around::Peer => app.attach(peer(scenario)),
        Around::FloorInsert | Around::Layer => return None,
    };
    Some(ask(app, scenario))
}

/// The client and the texts are never freed: a request borrows them, and the program ends soon.
fn ask(app: Rocket<Build>, scenario: &Scenario) -> Box<dyn Exchange> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    let client: &'static Client = Box::leak(Box::new(
        runtime
            .block_on(Client::untracked(app))
            .expect("an application that launches"),
    ));
    let method: Method = scenario.method().parse().expect("a method");
    let keep = |value: Bytes| &*value.to_vec().leak();
    let text = |bytes| std::str::from_utf8(bytes).expect("a text");
    let lines = scenario.request().into_iter();
    let lines: Vec<(&str, &str)> = lines
        .map(|(name, value)| (name, text(keep(value))))
        .collect();
    let prepare = move || {
        let mut request = client.req(method, "/");
        for &(name, value) in &lines {
            request.add_header(Header::new(name, value));
        }
        request
    };
    let send = move |request: LocalRequest<'static>| runtime.block_on(request.dispatch());
    let text = |header: Header<'_>| (header.name.to_string(), header.value.into_owned());
    self::client(prepare, send, move |response| Answer {
        status: response.status().code,
        headers: response.headers().iter().map(text).collect(),
    })
}

fn app(scenario: &Scenario) -> Rocket<Build> {
    let config = Config {
        log_level: LogLevel::Off,
        ..Config::release_default()
    };
    let hello = Route::new(Method::Get, "/", Hello(scenario.response()));
    rocket::custom(config).mount("/", [hello])
}

/// The handler.
#[derive(Clone)]
struct Hello(Vec<(&'static str, &'static str)>);

#[rocket::async_trait]
impl Handler for Hello {
    async fn handle<'r>(&self, _: &'r Request<'_>, _: Data<'r>) -> Outcome<'r> {
        let mut response = Response::new();
        for &(name, value) in &self.0 {
            response.adjoin_raw_header(name, value);
        }
        response.set_sized_body(5, Cursor::new("hello"));
        Outcome::Success(response)
    }
}

struct Ready {
    floor: Floor,
    origins: Origins,
    actual: &'static [(&'static str, Option<String>)],
    vary: Option<(&'static str, &'static str)>,
    preflight: &'static [(&'static str, Option<String>)],
}

impl Ready {
    fn of(scenario: &Scenario) -> Self {
        let keep = |lines: Lines| &*lines.leak();
        Self {
            floor: Floor::of(scenario),
            origins: scenario.origins,
            actual: keep(floor::actual(scenario.origins)),
            vary: floor::vary(scenario.origins),
            preflight: keep(floor::preflight(scenario.origins)),
        }
    }
}

#[rocket::async_trait]
impl Fairing for Ready {
    fn info(&self) -> Info {
        Info {
            name: "floor",
            kind: Kind::Response,
        }
    }

    /// A rendered 404 becomes the answer of a preflight.
    async fn on_response<'r>(&self, request: &'r Request<'_>, response: &mut Response<'r>) {
        let headers = request.headers();
        let origin = match self.origins.is_any() {
            true => None,
            false => headers.get_one("origin"),
        };
        let verdict = self.floor.decide(
            request.method() == Method::Options,
            origin.map(str::as_bytes),
            |asked| headers.get_one(name(asked)).map(str::as_bytes),
        );
        let lines = match verdict {
            Verdict::Forward { is_shared: true } => self.actual,
            Verdict::Forward { is_shared: false } => &[],
            Verdict::Preflight { is_allowed } => {
                *response = Response::new();
                response.set_status(match is_allowed {
                    true => Status::NoContent,
                    false => Status::Forbidden,
                });
                match is_allowed {
                    true => self.preflight,
                    false => &[],
                }
            }
        };
        for (name, value) in lines {
            if let Some(value) = value.as_deref().or(origin) {
                response.set_raw_header(*name, value);
            }
        }
        if let Some((name, value)) = self.vary {
            response.adjoin_raw_header(name, value);
        }
    }
}

const fn name(asked: Asked) -> &'static str {
    match asked {
        Asked::Method => "access-control-request-method",
        Asked::Headers => "access-control-request-headers",
    }
}

/// As its documentation has it.
fn peer(scenario: &Scenario) -> rocket_cors::Cors {
    let exact = scenario.origins.exact();
    let methods = METHODS.map(|method| method.parse::<Method>().expect("a method").into());
    CorsOptions {
        allowed_origins: match scenario.origins {
            Origins::Any => AllowedOrigins::all(),
            Origins::Subdomains => AllowedOrigins::some_regex(&[r"^https://[^/]+\.example\.com$"]),
            Origins::One | Origins::Many(_) => AllowedOrigins::some_exact(&exact),
        },
        // Effective only if all origins are allowed.
        send_wildcard: true,
        allow_credentials: !scenario.origins.is_any(),
        allowed_methods: methods.into_iter().collect(),
        allowed_headers: match scenario.origins {
            Origins::Any => AllOrSome::All,
            _ => AllowedHeaders::some(&REQUEST_HEADERS),
        },
        expose_headers: EXPOSE_HEADERS.map(str::to_owned).into(),
        max_age: Some(MAX_AGE as usize),
        ..CorsOptions::default()
    }
    .to_cors()
    .expect("a good configuration")
}
