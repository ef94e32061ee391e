//! No response mixes two policies, however fast they replace each other.

use ::axum::body::Body;
use conformance_tests::frameworks::{actix, axum, rocket, tower, warp};
use conformance_tests::live::{app, swap_under_load};
use cors_core::{Policy, PolicySet};

const REQUESTS: usize = 100_000;

/// Both policies must have been in force, or the test has shown nothing.
fn assert_both_seen(seen: [usize; 2]) {
    assert!(seen.iter().all(|&count| count > REQUESTS / 100), "{seen:?}");
}

#[tokio::test]
async fn cors_axum() {
    let live = cors_axum::LivePolicy::new(Policy::nobody());
    let service = cors_axum::CorsLayer::live(&live).layer(axum::router(&app()));
    let seen = swap_under_load(
        REQUESTS,
        move |policy| live.replace(policy),
        async |request| {
            tower::call::<_, Body, _>(service.clone(), request)
                .await
                .unwrap()
        },
    )
    .await;
    assert_both_seen(seen);
}

#[tokio::test]
async fn cors_actix() {
    let live = cors_actix::LivePolicy::new(Policy::nobody());
    let service = actix::live(app(), live.clone()).await;
    let seen = swap_under_load(
        REQUESTS,
        move |policy| live.replace(policy),
        async |request| actix::call(&service, request).await.unwrap(),
    )
    .await;
    assert_both_seen(seen);
}

#[tokio::test]
async fn cors_rocket() {
    let live = cors_rocket::LivePolicy::new(Policy::nobody());
    let client = rocket::client(&app(), cors_rocket::Cors::live(&live)).await;
    let seen = swap_under_load(
        REQUESTS,
        move |policy| live.replace(policy),
        async |request| rocket::call(&client, request).await.unwrap(),
    )
    .await;
    assert_both_seen(seen);
}

#[tokio::test]
async fn cors_warp() {
    let live = cors_warp::LivePolicy::new(Policy::nobody());
    let service = ::warp::service(cors_warp::cors(&live, warp::routes(&app())));
    let seen = swap_under_load(
        REQUESTS,
        move |policy| live.replace(policy),
        async |request| {
            tower::call::<_, String, _>(service.clone(), request)
                .await
                .unwrap()
        },
    )
    .await;
    assert_both_seen(seen);
}

/// Several policies are one value. Rocket asks for the policy of a request twice.
#[tokio::test]
async fn cors_rocket_with_several_policies() {
    let nobody = PolicySet::from(Policy::nobody());
    let live = cors_rocket::LivePolicies::new(nobody);
    let client = rocket::client(&app(), cors_rocket::Cors::policies(&live)).await;
    let seen = swap_under_load(
        // A tenth is enough: the value is the same for all requests, only its type differs.
        REQUESTS / 10,
        move |policy| live.replace(PolicySet::from(policy)),
        async |request| rocket::call(&client, request).await.unwrap(),
    )
    .await;
    assert_both_seen(seen);
}
