//! How Envoy's own CORS filter fares. `.ci/envoy` runs it.

use std::collections::BTreeSet;

use conformance_tests::cases;
use peers::{EnvoysFilter, examine};

#[tokio::test]
#[ignore = "needs an Envoy: .ci/envoy"]
async fn envoys_own_filter_is_judged_as_the_others_are() {
    let cases = cases();
    let served = EnvoysFilter::start(cases.iter().map(|case| case.policy.clone())).await;
    let served = served.unwrap_or_else(|error| panic!("{error}"));
    let report = examine("Envoy's own filter", &served, &cases).await;
    println!("{report}");
    let failures: BTreeSet<&str> = report
        .failures
        .iter()
        .map(|one| one.case.as_str())
        .collect();
    for case in [
        "REQ-ACAO-05 a public policy answers without an Origin",
        "REQ-VARY-01 a listed origin",
        "REQ-VARY-13 404 without an Origin",
    ] {
        assert!(failures.contains(case), "{case}");
    }
    for case in [
        "REQ-CRED-01 credentials are allowed with true",
        "REQ-HDR-01 a listed name",
        "REQ-ORIGIN-01 a listed origin",
        "REQ-PFL-11 an unknown path",
    ] {
        assert!(cases.iter().any(|one| one.name == case), "no case {case}");
        assert!(!failures.contains(case), "{case}");
    }
    let (failed, silent) = (report.failures.len(), report.not_applicable.len());
    let row = format!(
        "| Envoy's own filter | 1.40.0 | {} | {failed} | {silent} |\n",
        report.passed
    );
    let readme = include_str!("../../../README.md");
    assert!(readme.contains(&row), "{row}");
}
