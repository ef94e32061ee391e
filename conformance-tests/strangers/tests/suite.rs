//! The cases, run against adapters as authors outside write them.

use conformance_tests::{Adapter, Difference, cases, run};

#[path = "../../examples/ntex.rs"]
mod ntex_example;
#[path = "../../examples/picoserve.rs"]
mod picoserve_example;
#[path = "../../examples/poem.rs"]
mod poem_example;
#[path = "../../examples/salvo.rs"]
mod salvo_example;

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
    passes("poem", &poem_example::Called, &[]).await;
}

#[tokio::test]
async fn poem_served() {
    passes("poem, over a socket", &poem_example::Served, &[]).await;
}

#[tokio::test]
async fn salvo_called() {
    passes("salvo", &salvo_example::Called, &[]).await;
}

#[tokio::test]
async fn salvo_served() {
    passes("salvo, over a socket", &salvo_example::Served, &[]).await;
}

/// ntex' futures stay on the thread of its own system.
fn in_ntex(test: impl Future<Output = ()> + 'static) {
    ntex::rt::System::new("suite", ntex::rt::DefaultRuntime).block_on(test);
}

#[test]
fn ntex_called() {
    in_ntex(passes("ntex", &ntex_example::Called, &[]));
}

#[test]
fn ntex_served() {
    in_ntex(passes("ntex, over a socket", &ntex_example::Served, &[]));
}

#[tokio::test]
async fn picoserve_served() {
    passes(
        "picoserve, over a socket",
        &picoserve_example::Served,
        picoserve_example::DIFFERENCES,
    )
    .await;
}
