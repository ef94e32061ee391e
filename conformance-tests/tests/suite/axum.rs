//! The cases, run against `cors-axum`, and against an adapter for plain hyper.

use conformance_tests::frameworks::axum;
use conformance_tests::{Adapter, cases, run};

#[path = "../../examples/hyper.rs"]
#[expect(dead_code, reason = "it has a `main`")]
mod hyper;

async fn passes(name: &str, adapter: &impl Adapter) {
    let report = run(name, adapter, &cases(), &[]).await;
    println!(
        "{} cases passed, {} not applicable",
        report.passed,
        report.not_applicable.len()
    );
    report.assert_passed();
}

#[tokio::test]
async fn axum_layered() {
    passes("cors-axum, Router::layer", &axum::Layered).await;
}

#[tokio::test]
async fn axum_around() {
    passes("cors-axum, around a router", &axum::Around).await;
}

#[tokio::test]
async fn axum_served() {
    passes("cors-axum, over a socket", &axum::Served).await;
}

/// What an adapter over `http` 1.x is at the least.
#[tokio::test]
async fn plain_hyper() {
    passes("plain hyper", &hyper::Hyper).await;
}

/// Only what the wire cannot carry is left out over the wire.
#[tokio::test]
async fn few_cases_are_not_applicable() {
    let cases = cases();
    let in_process = run("cors-axum", &axum::Layered, &cases, &[]).await;
    let served = run("cors-axum", &axum::Served, &cases, &[]).await;
    for (report, most) in [(in_process, 20), (served, 40)] {
        let count = report.not_applicable.len();
        assert!(count <= most, "{:#?}", report.not_applicable);
    }
}
