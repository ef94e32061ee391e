//! The judge of other libraries, on adapters whose errors are known; and what is known of those
//! libraries, so that the judge cannot fall silent.

use std::collections::BTreeSet;
use std::fs;
use std::process::{Command, Output};

use conformance_tests::broken::Broken;
use conformance_tests::frameworks::{actix, axum, warp};
use conformance_tests::reference::Core;
use conformance_tests::{Adapter, Report, cases};
use peers::{Peer, examine, table};

async fn report(adapter: &impl Adapter) -> Report {
    examine("one", adapter, &cases()).await
}

fn failures(report: &Report) -> BTreeSet<&str> {
    let failures = report.failures.iter();
    failures.map(|failure| failure.case.as_str()).collect()
}

#[tokio::test]
async fn the_adapters_of_this_project_pass() {
    for report in [
        report(&Core).await,
        report(&axum::Layered).await,
        report(&axum::Around).await,
        report(&actix::Wrapped).await,
        report(&warp::Wrapped).await,
    ] {
        report.assert_passed();
        assert!(report.passed >= 390, "{report}");
    }
}

/// Each adapter with a flaw, and a case that catches it.
#[tokio::test]
async fn broken_adapters_are_caught() {
    for (broken, own) in Broken::ALL {
        let catcher = match broken {
            // Nobody gets in by it: browsers withhold the answer, and send one origin.
            Broken::ForwardsDenied
            | Broken::ReadsFirstOriginLine
            | Broken::ExemptsUnknownModes
            | Broken::BelievesForwardedHost
            // What a refusal tells is a choice.
            | Broken::RefusesPreflightsSilently
            | Broken::RefusesPreflightsBare => {
                report(&broken).await.assert_passed();
                continue;
            }
            // A list is sent whole, and the browser compares.
            Broken::ReadsFirstRequestHeadersLine => "REQ-HDR-18 two lines are echoed as two",
            _ => own,
        };
        let report = report(&broken).await;
        let failures = failures(&report);
        assert!(
            failures.contains(catcher),
            "{broken:?} passes {catcher:?}; caught by {failures:#?}"
        );
    }
}

#[tokio::test]
async fn tower_http() {
    let report = examined(Peer::TowerHttp, 54).await;
    known(
        &report,
        &[
            "REQ-ACAO-06 no Access-Control field for a foreign origin",
            "REQ-CLS-01 OPTIONS with a request method but no Origin reaches the handler",
            "REQ-CLS-02 OPTIONS without a request method reaches the handler",
            "REQ-HDR-18 two lines are echoed as two",
        ],
        &[
            "REQ-HDR-12 any header and authorization by name",
            "REQ-HDR-12 any header is not authorization",
            "REQ-PAT-03 one label",
            "REQ-VARY-01 no Origin",
            "REQ-VARY-03 two lines",
            "REQ-VARY-08 Vary on a failed preflight if asked for",
        ],
        &["REQ-ACAO-02 a handler cannot let a foreign origin in"],
    );
}

#[tokio::test]
async fn actix_cors() {
    let report = examined(Peer::ActixCors, 77).await;
    known(
        &report,
        &[
            "REQ-ACAO-06 no Access-Control field for a foreign origin",
            "REQ-HDR-06 an empty value asks for nothing",
            "REQ-HDR-18 two lines are echoed as two",
            "REQ-METH-07 any method names the method asked for",
            "REQ-VARY-03 two lines",
        ],
        &[
            "REQ-CLS-02 OPTIONS without a request method reaches the handler",
            "REQ-PAT-03 one label",
            "REQ-VARY-01 no Origin",
        ],
        &[
            "REQ-HDR-06 16 empty elements",
            "REQ-HDR-12 any header is not authorization",
        ],
    );
}

#[tokio::test]
async fn rocket_cors() {
    let report = examined(Peer::RocketCors, 110).await;
    known(
        &report,
        &[
            "REQ-CLS-02 OPTIONS without a request method reaches the handler",
            "REQ-CLS-05 a same-origin POST is answered",
            "REQ-HDR-05 listed names in two lines",
            "REQ-ORIGIN-18 an empty Origin",
            "REQ-VARY-01 a listed origin",
        ],
        &[
            "REQ-CLS-01 OPTIONS with a request method but no Origin reaches the handler",
            "REQ-CLS-15 a preflight does not call the handler",
            "REQ-ORIGIN-03 upper case in the scheme",
            "REQ-ORIGIN-25 tauri",
            "REQ-PAT-03 one label",
        ],
        &[
            "REQ-HDR-12 any header is not authorization",
            "REQ-METH-11 an extension method",
            "REQ-METH-11 mixed case",
            "REQ-METH-13 an unlisted method is the handler's to refuse",
            "REQ-STAT-07 forward",
        ],
    );
}

#[tokio::test]
async fn warp() {
    let report = examined(Peer::Warp, 249).await;
    known(
        &report,
        &[
            "REQ-CLS-02 OPTIONS without a request method reaches the handler",
            "REQ-CLS-05 a same-origin POST is answered",
            "REQ-HDR-06 empty elements",
            "REQ-VARY-01 a listed origin",
            "REQ-VARY-01 no Origin",
            "REQ-VARY-02 a public policy",
        ],
        &["REQ-CLS-01 OPTIONS with a request method but no Origin reaches the handler"],
        &[
            "REQ-HDR-15 any header without credentials names the headers",
            "REQ-ORIGIN-22 null that was asked for",
            "REQ-ORIGIN-30 any port: one",
            "REQ-PAT-03 one label",
            "REQ-STAT-07 forward",
        ],
    );
}

/// At most so many cases say nothing about the library.
async fn examined(peer: Peer, most_not_applicable: usize) -> Report {
    let report = report(&peer).await;
    let not_applicable = report.not_applicable.len();
    assert!(not_applicable <= most_not_applicable, "{not_applicable}");
    assert_eq!(
        report.passed + report.failures.len() + not_applicable,
        cases().len()
    );
    report
}

/// The library fails and passes these, and passes what all of them do right; these say nothing
/// about it.
fn known(report: &Report, fails: &[&str], passes: &[&str], says_nothing: &[&str]) {
    let all_pass = [
        "REQ-AGE-01 a time",
        "REQ-CRED-01 credentials are allowed with true",
        "REQ-HDR-01 a listed and an unlisted name",
        "REQ-HDR-01 a listed name",
        "REQ-METH-03 POST needs no listing",
        "REQ-ORIGIN-01 a listed origin",
        "REQ-ORIGIN-01 an unlisted origin",
        "REQ-PFL-11 an unknown path",
        "REQ-STAT-02 the framework's 404",
        "REQ-STAT-03 the framework's 405",
        "O005 prefix match",
        "O159 radix tree bug: GHSA-vhxv-fg4m-p2w8",
    ];
    let failures = failures(report);
    let not_applicable = report.not_applicable.iter();
    let not_applicable: BTreeSet<_> = not_applicable.map(|(case, _)| case.as_str()).collect();
    for case in fails {
        assert!(failures.contains(case), "{case}\n{report}");
    }
    for case in passes.iter().chain(&all_pass) {
        let mut cases = cases().into_iter();
        assert!(cases.any(|one| one.name == *case), "no case {case:?}");
        assert!(!failures.contains(case), "{case}\n{report}");
        assert!(!not_applicable.contains(case), "{case}");
    }
    for case in says_nothing {
        assert!(not_applicable.contains(case), "{case}\n{report}");
    }
}

#[test]
fn versions_are_those_of_the_lock() {
    let lock = concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.lock");
    let lock = fs::read_to_string(lock).unwrap();
    for peer in Peer::ALL {
        let (name, version) = (peer.name(), peer.version());
        let entry = format!("name = \"{name}\"\nversion = \"{version}\"\n");
        assert!(lock.contains(&entry), "{entry}");
    }
}

#[tokio::test]
async fn a_row_counts_requirements() {
    let cases: Vec<_> = cases()
        .into_iter()
        .filter(|case| case.name.starts_with("REQ-VARY-0") || case.name.starts_with("H05"))
        .filter(|case| !case.name.starts_with("REQ-VARY-02"))
        .collect();
    let report = examine("warp", &Peer::Warp, &cases).await;
    let version = Peer::Warp.version();
    let counts = format!(
        "{} | {} | {}",
        report.passed,
        report.failures.len(),
        report.not_applicable.len()
    );
    let table = table(&[(Peer::Warp, report)]);
    let row = format!("| warp | {version} | {counts} | REQ-VARY-01 (3), REQ-VARY-03 (3) |\n");
    assert!(table.ends_with(&row), "{table}");
}

fn command(arguments: &[&str]) -> (Output, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_peers"))
        .args(arguments)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    (output, text)
}

/// It is a report, not a test.
#[test]
fn the_command_ends_well_in_spite_of_failures() {
    let (output, text) = command(&["--failures", "tower-http"]);
    assert!(output.status.success());
    assert!(
        text.starts_with(&format!("tower-http {}: ", Peer::TowerHttp.version())),
        "{text}"
    );
    assert!(
        text.contains("\nREQ-CLS-02 OPTIONS without a request method"),
        "{text}"
    );
    assert!(text.contains("\nnot applicable:\n  REQ-"), "{text}");
    assert!(!command(&["--failures", "nobody"]).0.status.success());
    assert!(!command(&["failures"]).0.status.success());
}

#[test]
fn the_readme_shows_the_versions_that_were_examined() {
    let readme = include_str!("../../../README.md");
    for peer in Peer::ALL {
        let row = format!("| {} | {} |", peer.name(), peer.version());
        assert!(readme.contains(&row), "no {row:?}");
    }
}
