//! `cors-actix`, around a whole app.

use std::fmt::Write as _;

use actix_web::body::BoxBody;
use actix_web::dev::{Service, ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::{Next, from_fn};
use actix_web::test::{TestRequest, init_service};
use actix_web::web::{self, ServiceConfig};
use actix_web::{App, Error, error};
use cors_actix::{Cors, Policy};
use tokio::runtime::Runtime;

use super::{
    EVIL, HEADERS, Lines, METHOD, ORIGIN, POLICY, SUBDOMAIN, asking, begin, runtime, value,
};

/// What actix-web allocates for any request that it gives to an app: its extensions.
const OF_A_REQUEST: u64 = 1;

fn request(method: &str, lines: Lines<'_>) -> TestRequest {
    let method = Method::from_bytes(method.as_bytes()).expect("a method");
    let request = TestRequest::default().method(method);
    lines.iter().fold(request, |request, &(name, text)| {
        let value = HeaderValue::from_maybe_shared(value(text)).expect("a value");
        request.append_header((HeaderName::from_static(name), value))
    })
}

fn count<S, R, B>(runtime: &Runtime, service: &S, request: impl Fn() -> R) -> (u64, u16)
where
    S: Service<R, Response = ServiceResponse<B>, Error = Error>,
{
    super::count(request, |request| {
        let status = match runtime.block_on(service.call(request)) {
            Ok(response) => response.status(),
            Err(error) => error.as_response_error().status_code(),
        };
        status.as_u16()
    })
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

/// What a denial costs that goes along with the response: its map, and itself.
const OF_A_DENIAL: u64 = 2;

/// At most: what a text costs that grows.
const OF_A_TEXT: u64 = 5;

#[test]
fn an_actual_request_costs_nothing() {
    let last = ("origin", "https://tenant-01000.example.com");
    let first = ("origin", "https://tenant-00001.example.com");
    for (policy, lines, more) in [
        (POLICY, &[][..], 0),
        (POLICY, &[ORIGIN], 0),
        (POLICY, &[SUBDOMAIN], 0),
        (POLICY.forward_denied(), &[EVIL], OF_A_DENIAL),
        (Policy::public(), &[EVIL], 0),
        (Policy::public(), &[], 0),
        (listing(1000), &[first], 0),
        (listing(1000), &[last], 0),
        (listing(1000).forward_denied(), &[EVIL], OF_A_DENIAL),
    ] {
        let (without, _) = bare("GET", lines);
        let answer = wrapped(policy, "GET", lines);
        assert_eq!(answer, (without + more, 200), "{lines:?}");
    }
}

/// Nor does what the middleware answers itself, but for a denial and its text, however long the question: actix-web gives it the
/// head of an earlier response, whose map has room.
#[test]
fn answers_of_the_middleware_cost_nothing() {
    let any = Policy::anonymous("https://app.example.com")
        .any_method()
        .any_request_header();
    let public = Policy::public().methods("PUT");
    let commas = asking(",", 8192);
    let unlisted = asking("a,", 8192);
    let listed = asking("authorization,", 8204);
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
        let (count, got) = wrapped(policy, "OPTIONS", lines);
        let denial = if status == 403 { OF_A_DENIAL } else { 0 };
        // An allowed origin is told what failed.
        let text = match lines {
            [origin, ..] if status == 403 && *origin == ORIGIN => OF_A_TEXT,
            _ => 0,
        };
        let expected = OF_A_REQUEST + denial;
        assert_eq!(got, status, "{}", begin(lines));
        assert!(
            (expected..=expected + text).contains(&count),
            "{}: {count}",
            begin(lines)
        );
    }
    for policy in [POLICY, listing(1000)] {
        assert_eq!(
            wrapped(policy, "GET", &[EVIL]),
            (OF_A_REQUEST + OF_A_DENIAL, 403)
        );
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
