//! What CORS costs in allocations on Rocket: one per field and one for a boxed future, as every
//! value is borrowed.

use allocation_counter::measure;
use cors_rocket::{Cors, Policy};
use rocket::config::LogLevel;
use rocket::http::{Header, Method};
use rocket::local::asynchronous::Client;
use rocket::{Build, Config, Rocket, get, routes};

const POLICY: Policy<'_> = settings(Policy::credentialed("https://app.example.com"));
const PATTERN: Policy<'_> = settings(Policy::credentialed("https://*.example.com"));
const PUBLIC: Policy<'_> = settings(Policy::public());
const ANY: Policy<'_> = POLICY.any_method().any_request_header();

const fn settings(policy: Policy<'static>) -> Policy<'static> {
    policy
        .methods("PUT, DELETE")
        .request_headers("authorization, content-type")
        .expose_headers("x-request-id")
        .max_age(3600)
}

type Fields = [(&'static str, &'static str)];

const ORIGIN: (&str, &str) = ("origin", "https://app.example.com");
const EVIL: (&str, &str) = ("origin", "https://evil.test");
const METHOD: (&str, &str) = ("access-control-request-method", "PUT");
const HEADERS: (&str, &str) = ("access-control-request-headers", "content-type");

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

/// How many allocations one request costs when everything is warm, and the status.
fn count(app: Rocket<Build>, method: Method, fields: &Fields) -> (u64, u16) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    let client = runtime
        .block_on(Client::untracked(app))
        .expect("an application that launches");
    let mut last = (0, 0);
    for _ in 0..3 {
        let mut request = client.req(method, "/");
        for &(name, value) in fields {
            request.add_header(Header::new(name, value));
        }
        let mut status = 0;
        let allocated = measure(|| {
            status = runtime.block_on(request.dispatch()).status().code;
        });
        last = (allocated.count_total, status);
    }
    last
}

/// One for the boxed future, one for each field, and two where the response's header map grows.
fn an_actual_request_costs_its_fields() {
    for (name, policy, fields, status, most) in [
        ("no CORS request", POLICY, &[][..], 200, 2),
        ("allowed", POLICY, &[ORIGIN], 200, 7),
        ("allowed by a pattern", PATTERN, &[ORIGIN], 200, 7),
        ("any origin", PUBLIC, &[ORIGIN], 200, 3),
        ("not allowed", POLICY, &[EVIL], 403, 1),
    ] {
        let (bare, _) = count(app(), Method::Get, fields);
        for cors in [Cors::new(policy), Cors::new(policy).mount("/other", PUBLIC)] {
            let (with_cors, got) = count(app().attach(cors), Method::Get, fields);
            assert_eq!(got, status, "{name}");
            assert!(with_cors <= bare + most, "{name}: {with_cors} - {bare}");
        }
    }
}

/// In total.
fn a_preflight_costs_its_fields() {
    let refused = 13;
    let long = |element: &str| -> (&'static str, &'static str) {
        let value = element.repeat(8192 / element.len());
        (HEADERS.0, value.leak())
    };
    for (name, policy, fields, status, most) in [
        ("allowed", POLICY, [ORIGIN, METHOD, HEADERS], 204, 20),
        ("any origin", PUBLIC, [ORIGIN, METHOD, HEADERS], 204, 19),
        (
            "any method and header",
            ANY,
            [ORIGIN, METHOD, HEADERS],
            204,
            20,
        ),
        ("not allowed", POLICY, [EVIL, METHOD, HEADERS], 403, refused),
        ("commas", POLICY, [ORIGIN, METHOD, long(",")], 403, refused),
        ("names", POLICY, [ORIGIN, METHOD, long("a,")], 403, refused),
        (
            "one name",
            POLICY,
            [ORIGIN, METHOD, long("authorization,")],
            403,
            refused,
        ),
    ] {
        let cors = Cors::new(policy);
        let (count, got) = count(app().attach(cors), Method::Options, &fields);
        assert_eq!(got, status, "{name}");
        assert!(count <= most, "{name}: {count}");
    }
}

/// One test, because the log level, which costs allocations, is the process's.
#[test]
fn a_request_costs_its_fields() {
    an_actual_request_costs_its_fields();
    a_preflight_costs_its_fields();
}
