//! What CORS costs in allocations: nothing, where nothing has to be stored.

mod actix;
mod axum;
mod rocket;
mod warp;

use std::sync::{PoisonError, RwLock};

use allocation_counter::measure;
use bytes::Bytes;
use conformance_tests::cases;
use cors_core::Policy;
use tokio::runtime::{Builder, Runtime};

type Lines<'l> = &'l [(&'static str, &'l str)];

const ORIGIN: (&str, &str) = ("origin", "https://app.example.com");
const SUBDOMAIN: (&str, &str) = ("origin", "https://pr-1.example.net");
const EVIL: (&str, &str) = ("origin", "https://evil.example");
const METHOD: (&str, &str) = ("access-control-request-method", "PUT");
const HEADERS: (&str, &str) = ("access-control-request-headers", "content-type");

const POLICY: Policy<'_> = settings(Policy::credentialed(
    "https://app.example.com https://*.example.net",
));
const PUBLIC: Policy<'_> = settings(Policy::public());

const fn settings(policy: Policy<'static>) -> Policy<'static> {
    policy
        .methods("PUT, DELETE")
        .request_headers("authorization, content-type")
        .expose_headers("x-request-id")
        .max_age(3600)
}

/// A request for so many bytes of header names.
fn asking(text: &str, length: usize) -> (&'static str, &'static str) {
    (HEADERS.0, text.repeat(length / text.len()).leak())
}

/// What tells the rows of a table apart.
fn begin(lines: Lines<'_>) -> String {
    let shown = lines.iter().map(|(_, text)| text.get(..30).unwrap_or(text));
    shown.collect::<Vec<_>>().join(" ")
}

/// A value as servers make it: a part of one shared buffer.
fn value(text: &str) -> Bytes {
    let buffer = Bytes::copy_from_slice(text.as_bytes());
    drop(buffer.clone());
    buffer
}

fn runtime() -> Runtime {
    Builder::new_current_thread().build().expect("a runtime")
}

/// Held by whoever changes the level of the process's log: what is logged costs allocations.
static LOG_LEVEL: RwLock<()> = RwLock::new(());

/// How many allocations one call costs when everything is warm, and the status.
fn count<R>(request: impl Fn() -> R, call: impl FnMut(R) -> u16) -> (u64, u16) {
    let _level = LOG_LEVEL.read().unwrap_or_else(PoisonError::into_inner);
    count_at_any_level(request, call)
}

fn count_at_any_level<R>(request: impl Fn() -> R, mut call: impl FnMut(R) -> u16) -> (u64, u16) {
    let mut last = (0, 0);
    for _ in 0..3 {
        let request = request();
        let mut status = 0;
        let allocated = measure(|| status = call(request));
        last = (allocated.count_total, status);
    }
    last
}

/// Every case, the hostile ones too: a mebibyte of commas costs what a comma costs.
#[test]
fn a_decision_never_allocates() {
    for case in cases() {
        let policy = case.policy.to_core().unwrap();
        let request = &case.request;
        let allocated = measure(|| {
            let decision = policy.decide(request.method.as_bytes(), |field| {
                request.values(field.name())
            });
            for (field, _) in decision.edits().iter() {
                std::hint::black_box(policy.text(field));
            }
        });
        assert_eq!(allocated.count_total, 0, "{}", case.name);
    }
}
