//! `cors-envoy` in a real Envoy. `.ci/envoy` runs this: `cargo test` alone has no Envoy.

use conformance_tests::frameworks::envoy::{EXPECTED, Served};
use conformance_tests::{cases, run};

const NEEDED: &str = "an Envoy, and the module";

#[tokio::test]
#[ignore = "needs an Envoy: .ci/envoy"]
async fn the_suite() {
    let cases = cases();
    let served = Served::start(cases.iter().map(|case| case.policy.clone())).await;
    let served = served.unwrap_or_else(|error| panic!("{NEEDED}: {error}"));
    let report = run("cors-envoy", &served, &cases, &EXPECTED).await;
    println!(
        "{} passed, {} n/a",
        report.passed,
        report.not_applicable.len()
    );
    report.assert_passed();
}
