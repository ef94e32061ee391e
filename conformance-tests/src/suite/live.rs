//! A policy that is replaced under load: every response is made by one policy, wholly.

use std::sync::Arc;
use std::thread;

use cors_core::OwnedPolicy;

use crate::suite::app::App;
use crate::suite::exchange::{Line, Request, Response};
use crate::suite::policy::PolicyFile;
use crate::suite::reference::respond;
use crate::suite::run::fields;

/// What replaces a policy while it is in force.
pub type Replacement = OwnedPolicy<String, Vec<u32>>;

/// Two policies that differ in every field, and both allow the page that asks.
fn policies() -> [PolicyFile; 2] {
    let list = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect();
    [
        PolicyFile {
            origins: list(&["https://a.test", "https://only-first.test"]),
            methods: list(&["PUT"]),
            request_headers: list(&["x-first", "x-both"]),
            expose_headers: list(&["x-first"]),
            max_age: Some(1),
            ..PolicyFile::default()
        },
        PolicyFile {
            origins: list(&["https://*.test"]),
            credentials: true,
            dangerously_allow_public_suffixes: true,
            methods: list(&["DELETE"]),
            request_headers: list(&["x-second", "x-both"]),
            expose_headers: list(&["x-second"]),
            max_age: Some(2),
            vary_on_preflight: true,
            ..PolicyFile::default()
        },
    ]
}

fn requests() -> [Request; 5] {
    let request = |method: &str, lines: &[(&str, &str)]| Request {
        method: method.to_owned(),
        path: "/".to_owned(),
        lines: [("host", "api.test")]
            .iter()
            .chain(lines)
            .map(|(name, value)| Line::new(name, value))
            .collect(),
    };
    let both = ("origin", "https://a.test");
    [
        request("GET", &[both]),
        request("GET", &[("origin", "https://only-second.test")]),
        request("GET", &[]),
        request(
            "OPTIONS",
            &[
                both,
                ("access-control-request-method", "POST"),
                ("access-control-request-headers", "x-both"),
            ],
        ),
        request("OPTIONS", &[both, ("access-control-request-method", "PUT")]),
    ]
}

/// The application that is served under both.
#[must_use]
pub fn app() -> App {
    App::new(200, vec![Line::new("vary", "accept-encoding")])
}

/// Exchanges so many requests while another thread replaces the policy as fast as it can, and gives
/// how many responses can only be of the one policy, and how many only of the other.
///
/// # Panics
///
/// If a response is of neither.
pub async fn swap_under_load(
    count: usize,
    replace: impl Fn(Replacement) + Send + 'static,
    exchange: impl AsyncFn(&Request) -> Response,
) -> [usize; 2] {
    let policies = policies().map(|policy| policy.to_core().expect("a good policy"));
    let requests = requests();
    let expected = requests.each_ref().map(|request| {
        policies
            .each_ref()
            .map(|policy| respond(&policy.as_policy(), &app(), request))
    });
    replace(policies[0].clone());
    // Dropped when this is over, also by a panic.
    let running = Arc::new(());
    let watched = Arc::downgrade(&running);
    let swapping = thread::spawn(move || {
        while watched.strong_count() > 0 {
            policies.iter().cloned().for_each(&replace);
        }
    });
    let mut seen = [0, 0];
    for number in 0..count {
        let number = number % requests.len();
        let response = exchange(&requests[number]).await;
        let is_of = |expected: &Response| {
            expected.status == response.status && fields(&expected.lines) == fields(&response.lines)
        };
        match expected[number].each_ref().map(is_of) {
            [true, true] => {}
            [true, false] => seen[0] += 1,
            [false, true] => seen[1] += 1,
            [false, false] => panic!("of neither policy: {response:?}"),
        }
    }
    drop(running);
    swapping.join().expect("policies are replaced");
    seen
}
