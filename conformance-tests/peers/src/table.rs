//! The table of all libraries.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::Peer;
use conformance_tests::Report;

/// The requirements that a library breaks, and by how many cases each; a case begins with the id
/// of its requirement.
#[must_use]
pub fn broken_rules(report: &Report) -> BTreeMap<&str, usize> {
    let mut rules = BTreeMap::new();
    for failure in &report.failures {
        let id = failure.case.split(' ').next().unwrap_or_default();
        *rules.entry(id).or_default() += 1;
    }
    rules
}

/// One row a library, in Markdown.
#[must_use]
pub fn table(reports: &[(Peer, Report)]) -> String {
    let mut table = String::from(
        "| library | version | passed | failed | n/a | [requirements](conformance-tests/requirements.md) that it breaks (cases) |\n\
         |---|---|--:|--:|--:|---|\n",
    );
    for (peer, report) in reports {
        let rules: Vec<_> = broken_rules(report)
            .iter()
            .map(|(id, count)| format!("{id} ({count})"))
            .collect();
        writeln!(
            table,
            "| {} | {} | {} | {} | {} | {} |",
            peer.name(),
            peer.version(),
            report.passed,
            report.failures.len(),
            report.not_applicable.len(),
            rules.join(", ")
        )
        .expect("a text takes any text");
    }
    table
}
