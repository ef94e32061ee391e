//! No response mixes two policies, however fast they replace each other.

use conformance_tests::adapters::axum;
use conformance_tests::live::{app, swap_under_load};
use cors_axum::{CorsLayer, LivePolicy, Policy};
use tower::Layer;

const REQUESTS: usize = 100_000;

/// Both policies must have been in force, or the test has shown nothing.
fn assert_both_seen(seen: [usize; 2]) {
    assert!(seen.iter().all(|&count| count > REQUESTS / 100), "{seen:?}");
}

#[tokio::test]
async fn cors_axum() {
    let live = LivePolicy::new(Policy::nobody());
    let service = CorsLayer::live(&live).layer(axum::router(&app()));
    let seen = swap_under_load(
        REQUESTS,
        move |policy| live.replace(policy),
        async |request| axum::call(service.clone(), request).await.unwrap(),
    )
    .await;
    assert_both_seen(seen);
}
