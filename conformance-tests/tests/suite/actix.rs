//! The suite, run against `cors-actix`.

use conformance_tests::frameworks::actix::{EXPECTED_SERVED, Served, Wrapped};
use conformance_tests::{Report, cases, run};

/// So many cases say nothing about the adapter, and for this reason only.
fn assert_not_applicable(report: &Report, most: usize, because: &str) {
    let left_out = &report.not_applicable;
    assert!(left_out.len() <= most, "{left_out:#?}");
    for (name, reason) in left_out {
        assert!(reason.0.starts_with(because), "{name}: {}", reason.0);
    }
}

#[tokio::test]
async fn wrapped() {
    let report = run("cors-actix", &Wrapped, &cases(), &[]).await;
    report.assert_passed();
    assert_not_applicable(&report, 20, "the http crate of actix-web: ");
}

#[tokio::test]
async fn served() {
    let report = run(
        "cors-actix, over a socket",
        &Served,
        &cases(),
        &EXPECTED_SERVED,
    )
    .await;
    report.assert_passed();
    assert_not_applicable(&report, 40, "HTTP/1.1 does not carry these bytes");
}
