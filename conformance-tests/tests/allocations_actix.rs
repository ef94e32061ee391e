//! What CORS costs in allocations on actix-web, around a whole app: nothing, where nothing has to
//! be stored.

use std::fmt::Write as _;

use actix_web::body::BoxBody;
use actix_web::dev::{Service, ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::{Next, from_fn};
use actix_web::test::{TestRequest, init_service};
use actix_web::web::{self, Bytes, ServiceConfig};
use actix_web::{App, Error, error};
use allocation_counter::measure;
use cors_actix::{Cors, Policy};
use tokio::runtime::{Builder, Runtime};

const POLICY: Policy<'_> = Policy::credentialed("https://app.example.com https://*.example.net")
    .methods("PUT, DELETE")
    .request_headers("authorization, content-type")
    .expose_headers("x-request-id")
    .max_age(3600);

type Lines<'l> = &'l [(&'static str, &'l str)];

const ORIGIN: (&str, &str) = ("origin", "https://app.example.com");
const SUBDOMAIN: (&str, &str) = ("origin", "https://pr-1.example.net");
const EVIL: (&str, &str) = ("origin", "https://evil.example");
const METHOD: (&str, &str) = ("access-control-request-method", "PUT");
const HEADERS: (&str, &str) = ("access-control-request-headers", "content-type");

/// What actix-web allocates for any request that it gives to an app: its extensions.
const OF_A_REQUEST: u64 = 1;

fn runtime() -> Runtime {
    Builder::new_current_thread().build().expect("a runtime")
}

/// A value as the server makes it: a part of one shared buffer.
fn value(text: &str) -> HeaderValue {
    let buffer = Bytes::copy_from_slice(text.as_bytes());
    drop(buffer.clone());
    HeaderValue::from_maybe_shared(buffer).expect("a value")
}

fn request(method: &str, lines: Lines<'_>) -> TestRequest {
    let method = Method::from_bytes(method.as_bytes()).expect("a method");
    let request = TestRequest::default().method(method);
    lines.iter().fold(request, |request, &(name, text)| {
        request.append_header((HeaderName::from_static(name), value(text)))
    })
}

/// How many allocations one call costs when everything is warm, and the status.
fn count<S, R, B>(runtime: &Runtime, service: &S, request: impl Fn() -> R) -> (u64, u16)
where
    S: Service<R, Response = ServiceResponse<B>, Error = Error>,
{
    let mut last = (0, 0);
    for _ in 0..3 {
        let request = request();
        let mut answer = None;
        let allocated = measure(|| answer = Some(runtime.block_on(service.call(request))));
        let status = match answer.expect("an answer") {
            Ok(response) => response.status(),
            Err(error) => error.as_response_error().status_code(),
        };
        last = (allocated.count_total, status.as_u16());
    }
    last
}

fn hello(config: &mut ServiceConfig) {
    config.service(web::resource("/").get(|| async { "hello" }));
}

fn bare(method: &str, lines: Lines<'_>) -> (u64, u16) {
    let runtime = runtime();
    let service = runtime.block_on(init_service(App::new().configure(hello)));
    count(&runtime, &service, || request(method, lines).to_request())
}

fn wrapped(policy: Policy<'static>, method: &str, lines: Lines<'_>) -> (u64, u16) {
    let runtime = runtime();
    let app = App::new().configure(hello).wrap(Cors::new(policy));
    let service = runtime.block_on(init_service(app));
    count(&runtime, &service, || request(method, lines).to_request())
}

/// So many origins of one length, the first and the last of which are known.
fn listing(count: u32) -> Policy<'static> {
    let mut origins = String::new();
    for number in 1..=count {
        write!(origins, "https://tenant-{number:05}.example.com ").expect("a string");
    }
    Policy::try_credentialed(origins.leak()).expect("a list of origins")
}

fn asking(text: &str, times: usize) -> (&'static str, &'static str) {
    let (name, _) = HEADERS;
    (name, text.repeat(times).leak())
}

/// What tells the rows of a table apart.
fn begin(lines: Lines<'_>) -> String {
    let shown = lines.iter().map(|(_, text)| text.get(..30).unwrap_or(text));
    shown.collect::<Vec<_>>().join(" ")
}

#[test]
fn an_actual_request_costs_nothing() {
    let last = ("origin", "https://tenant-01000.example.com");
    let first = ("origin", "https://tenant-00001.example.com");
    for (policy, lines) in [
        (POLICY, &[][..]),
        (POLICY, &[ORIGIN]),
        (POLICY, &[SUBDOMAIN]),
        (POLICY.forward_denied(), &[EVIL]),
        (Policy::public(), &[EVIL]),
        (Policy::public(), &[]),
        (listing(1000), &[first]),
        (listing(1000), &[last]),
        (listing(1000).forward_denied(), &[EVIL]),
    ] {
        let (without, _) = bare("GET", lines);
        assert_eq!(wrapped(policy, "GET", lines), (without, 200), "{lines:?}");
    }
}

/// Nor does what the middleware answers itself, however long the question: actix-web gives it the
/// head of an earlier response, whose map has room.
#[test]
fn answers_of_the_middleware_cost_nothing() {
    let any = Policy::anonymous("https://app.example.com")
        .any_method()
        .any_request_header();
    let public = Policy::public().methods("PUT");
    let commas = asking(",", 8192);
    let unlisted = asking("a,", 4096);
    let listed = asking("authorization,", 586);
    for (policy, lines, status) in [
        (POLICY, &[ORIGIN, METHOD][..], 204),
        (POLICY, &[ORIGIN, METHOD, HEADERS], 204),
        (POLICY, &[SUBDOMAIN, METHOD, HEADERS], 204),
        (POLICY.vary_on_preflight(), &[ORIGIN, METHOD, HEADERS], 204),
        (any, &[ORIGIN, METHOD, HEADERS], 204),
        (public, &[EVIL, METHOD], 204),
        (POLICY, &[EVIL, METHOD, HEADERS], 403),
        (POLICY, &[ORIGIN, METHOD, commas], 403),
        (POLICY, &[ORIGIN, METHOD, unlisted], 403),
        (POLICY, &[ORIGIN, METHOD, listed], 403),
        (any, &[ORIGIN, METHOD, listed], 403),
        (listing(1000), &[EVIL, METHOD], 403),
    ] {
        let answer = wrapped(policy, "OPTIONS", lines);
        assert_eq!(answer, (OF_A_REQUEST, status), "{}", begin(lines));
    }
    for policy in [POLICY, listing(1000)] {
        assert_eq!(wrapped(policy, "GET", &[EVIL]), (OF_A_REQUEST, 403));
    }
}

/// An error of an inner middleware keeps what is to be done to its response: the boxed function
/// and the list that holds it.
#[test]
fn an_error_costs_two() {
    async fn fails(_: ServiceRequest, _: Next<BoxBody>) -> Result<ServiceResponse, Error> {
        Err(error::ErrorUnauthorized("no"))
    }
    let runtime = runtime();
    let app = || App::new().configure(hello).wrap(from_fn(fails));
    let request = || request("GET", &[ORIGIN]).to_request();
    let service = runtime.block_on(init_service(app()));
    let (without, _) = count(&runtime, &service, request);
    let service = runtime.block_on(init_service(app().wrap(Cors::new(POLICY))));
    assert_eq!(count(&runtime, &service, request), (without + 2, 401));
}
