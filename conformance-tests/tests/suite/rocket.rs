//! The suite, run against `cors-rocket`.

use conformance_tests::frameworks::rocket::{EXPECTED, Local, Served, UNKNOWN_METHODS};
use conformance_tests::{cases, run, wire};

#[tokio::test]
async fn local() {
    let report = run("cors-rocket", &Local, &cases(), &EXPECTED).await;
    report.assert_passed();
    let not_applicable = report.not_applicable.iter().map(|(name, _)| name);
    assert!(not_applicable.eq(UNKNOWN_METHODS.iter().map(|(name, _)| name)));
}

#[tokio::test]
async fn served() {
    let cases = cases();
    let expected: Vec<_> = EXPECTED.into_iter().chain(UNKNOWN_METHODS).collect();
    let report = run("cors-rocket, over a socket", &Served, &cases, &expected).await;
    report.assert_passed();
    let not_applicable = report.not_applicable.iter().map(|(name, _)| name);
    let uncarried = cases
        .iter()
        .filter(|case| wire::carries(&case.request).is_err())
        .map(|case| &case.name);
    assert!(not_applicable.eq(uncarried), "{:#?}", report.not_applicable);
}
