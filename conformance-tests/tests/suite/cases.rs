//! The cases, run against the core and against adapters that must not pass.

use std::collections::BTreeSet;

use conformance_tests::broken::Broken;
use conformance_tests::reference::Core;
use conformance_tests::{cases, cases_named, check_cases, configurations, run};
use cors_core::PolicyErrors;
use cors_core::heap::OwnedPolicy;

#[tokio::test]
async fn core() {
    let report = run("core", &Core, &cases(), &[]).await;
    report.assert_passed();
    assert_eq!(report.not_applicable, [], "the core takes any bytes");
    assert!(report.passed >= 250, "{report}");
}

#[tokio::test]
async fn every_broken_adapter_is_caught_by_its_case() {
    let cases = cases();
    for (broken, catcher) in Broken::ALL {
        let report = run(&format!("{broken:?}"), &broken, &cases, &[]).await;
        let caught: BTreeSet<_> = report
            .failures
            .iter()
            .map(|one| one.case.as_str())
            .collect();
        assert!(
            caught.contains(catcher),
            "{broken:?} passes {catcher:?}; caught by {caught:#?}"
        );
    }
}

/// A list of differences that has grown old fails.
#[tokio::test]
async fn a_difference_that_is_none_is_a_failure() {
    let old = [("REQ-VARY-01 no Origin", "passes"), ("A case", "is gone")];
    let report = run("core", &Core, &cases(), &old).await;
    let failures: Vec<_> = report
        .failures
        .iter()
        .map(|one| one.case.as_str())
        .collect();
    assert_eq!(failures, ["A case", "REQ-VARY-01 no Origin"]);
}

/// A case runs alone, whatever is expected of others.
#[tokio::test]
async fn cases_that_are_not_run_say_nothing() {
    let only = cases_named("^REQ-VARY-01 no Origin$").expect("a case");
    let of_another = [("REQ-VARY-02 a public policy", "is not run")];
    assert!(cases().iter().any(|case| case.name == of_another[0].0));
    let report = run("core", &Core, &only, &of_another).await;
    report.assert_passed();
    assert_eq!(report.passed, 1);
}

/// What the core reads from a file it writes as one that is the same policy.
#[test]
fn every_policy_is_written_as_it_is_read() {
    let configurations = configurations();
    let good = configurations.iter().filter(|one| one.errors.is_empty());
    let policies = cases().into_iter().map(|case| case.policy);
    let mut different = BTreeSet::new();
    for policy in good.map(|one| one.policy.clone()).chain(policies) {
        let policy = policy.to_core().expect("a good policy");
        let written = toml::to_string(&policy).expect("a file");
        let read: OwnedPolicy = toml::from_str(&written).expect("a policy");
        assert_eq!(read.as_policy(), policy.as_policy(), "{written}");
        assert_eq!(toml::to_string(&read).expect("a file"), written);
        different.insert(written);
    }
    assert!(different.len() > 50, "{}", different.len());
}

#[test]
fn every_configuration_has_exactly_its_errors() {
    let mut wrong = Vec::new();
    for configuration in configurations() {
        let errors = configuration.policy.to_core().err();
        let got: Vec<_> = errors
            .iter()
            .flat_map(PolicyErrors::iter)
            .map(|error| format!("{:?}", error.kind()))
            .collect();
        if got != configuration.errors {
            wrong.push(format!(
                "{}: want {:?}, got {got:?}",
                configuration.name, configuration.errors
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn names_are_unique_and_begin_with_an_id() {
    let cases: Vec<_> = cases().into_iter().map(|case| case.name).collect();
    let configurations: Vec<_> = configurations().into_iter().map(|one| one.name).collect();
    for names in [cases, configurations] {
        let mut seen = BTreeSet::new();
        for name in &names {
            assert!(seen.insert(name), "{name} stands twice");
            let id = name.split(' ').next().unwrap_or_default();
            let of_a_vector = id.len() < 5 && id.ends_with(|last: char| last.is_ascii_digit());
            assert!(
                id.starts_with("REQ-") || of_a_vector,
                "{name} begins without an id"
            );
        }
    }
}

/// It is the one test that fails of a case that cannot be read; the others do without.
#[test]
fn every_case_can_be_read() {
    if let Err(errors) = check_cases() {
        panic!("\n{errors}\n");
    }
}

/// A file that nobody lists would never run.
#[test]
fn every_file_of_cases_is_listed() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/cases");
    let source = include_str!("../../src/suite/files.rs");
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(
            source.contains(&format!("file!(\"{name}\")")),
            "{name} is not read"
        );
    }
}
