//! The cases, run against adapters as authors outside write them.

use conformance_tests::{Adapter, Difference, cases, run};

#[path = "../../examples/poem.rs"]
mod poem;

async fn passes(name: &str, adapter: &impl Adapter, differences: &[Difference]) {
    let report = run(name, adapter, &cases(), differences).await;
    println!("{report}");
    report.assert_passed();
    assert!(
        report.not_applicable.len() <= 40,
        "{:#?}",
        report.not_applicable
    );
}

#[tokio::test]
async fn poem_called() {
    passes("poem", &poem::Called, &[]).await;
}

#[tokio::test]
async fn poem_served() {
    passes("poem, over a socket", &poem::Served, &[]).await;
}

/// Over `http` 1.x, an adapter has at most 60 lines of code between its imports and what the suite needs,
/// without blank lines and comments.
#[test]
fn adapters_are_short() {
    let source = include_str!("../../examples/poem.rs");
    let start = source.find("/// The adapter").expect("a start");
    let end = source
        .find("/// The rest is for the suite")
        .expect("an end");
    let code = source[start..end].lines().map(str::trim);
    let count = code
        .filter(|line| !line.is_empty() && !line.starts_with("//"))
        .count();
    assert!(count <= 60, "poem: {count} lines of code");
    println!("poem: {count} lines of code");
}
