//! The suite, run against `cors-warp`, and against `cors-axum` around a service of warp.

use conformance_tests::frameworks::warp::{Layered, Served, Wrapped};
use conformance_tests::{Adapter, cases, run};

async fn passes(name: &str, adapter: &impl Adapter, most_not_applicable: usize) {
    let report = run(name, adapter, &cases(), &[]).await;
    report.assert_passed();
    let count = report.not_applicable.len();
    println!("{} cases passed, {count} not applicable", report.passed);
    assert!(count <= most_not_applicable, "{:#?}", report.not_applicable);
}

#[tokio::test]
async fn wrapped() {
    passes("cors-warp", &Wrapped, 20).await;
}

#[tokio::test]
async fn layered() {
    passes("cors-axum around warp", &Layered, 20).await;
}

#[tokio::test]
async fn served() {
    passes("cors-warp, over a socket", &Served, 40).await;
}
