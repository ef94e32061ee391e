//! `cors-rocket`: one allocation per field and one for a boxed future, as every value is borrowed.

use std::sync::PoisonError;

use ::rocket::config::LogLevel;
use ::rocket::http::{Header, Method};
use ::rocket::local::asynchronous::Client;
use ::rocket::{Build, Config, Rocket, get, routes};
use cors_rocket::{Cors, Policy};

use super::{
    EVIL, HEADERS, LOG_LEVEL, METHOD, ORIGIN, POLICY, PUBLIC, SUBDOMAIN, asking, begin, runtime,
};

const ANY: Policy<'_> = POLICY.any_method().any_request_header();

#[get("/")]
fn hello() -> &'static str {
    "hello"
}

fn app() -> Rocket<Build> {
    let config = Config {
        log_level: LogLevel::Off,
        ..Config::release_default()
    };
    rocket::custom(config).mount("/", routes![hello])
}

fn count(app: Rocket<Build>, method: Method, lines: &[(&'static str, &'static str)]) -> (u64, u16) {
    let runtime = runtime();
    let client = runtime
        .block_on(Client::untracked(app))
        .expect("an application that launches");
    super::count_at_any_level(
        || {
            let mut request = client.req(method, "/");
            for &(name, value) in lines {
                request.add_header(Header::new(name, value));
            }
            request
        },
        |request| runtime.block_on(request.dispatch()).status().code,
    )
}

/// One for the boxed future, one for each field, two where the response's header map grows, and two
/// for a denial that is kept with the request.
fn an_actual_request_costs_its_fields() {
    for (policy, lines, status, most) in [
        (POLICY, &[][..], 200, 2),
        (POLICY, &[ORIGIN], 200, 7),
        (POLICY, &[SUBDOMAIN], 200, 7),
        (PUBLIC, &[ORIGIN], 200, 3),
        (POLICY, &[EVIL], 403, 3),
    ] {
        let (bare, _) = count(app(), Method::Get, lines);
        for cors in [Cors::new(policy), Cors::new(policy).mount("/other", PUBLIC)] {
            let (with_cors, got) = count(app().attach(cors), Method::Get, lines);
            assert_eq!(got, status, "{lines:?}");
            assert!(with_cors <= bare + most, "{lines:?}: {with_cors} - {bare}");
        }
    }
}

/// In total.
fn a_preflight_costs_its_fields() {
    let refused = 15;
    // It is told what failed.
    let explained = 27;
    let (commas, names) = (asking(",", 8192), asking("a,", 8192));
    let one_name = asking("authorization,", 8192);
    for (policy, lines, status, most) in [
        (POLICY, [ORIGIN, METHOD, HEADERS], 204, 20),
        (PUBLIC, [ORIGIN, METHOD, HEADERS], 204, 19),
        (ANY, [ORIGIN, METHOD, HEADERS], 204, 20),
        (POLICY, [EVIL, METHOD, HEADERS], 403, refused),
        (POLICY, [ORIGIN, METHOD, commas], 403, explained),
        (POLICY, [ORIGIN, METHOD, names], 403, explained),
        (POLICY, [ORIGIN, METHOD, one_name], 403, explained),
    ] {
        let app = app().attach(Cors::new(policy));
        let (count, got) = count(app, Method::Options, &lines);
        assert_eq!(got, status, "{}", begin(&lines));
        assert!(count <= most, "{}: {count}", begin(&lines));
    }
}

/// One test, because Rocket logs until it has read how much it shall.
#[test]
fn a_request_costs_its_fields() {
    let _level = LOG_LEVEL.write().unwrap_or_else(PoisonError::into_inner);
    an_actual_request_costs_its_fields();
    a_preflight_costs_its_fields();
}
