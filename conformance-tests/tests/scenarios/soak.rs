//! Minutes of requests, each answer checked, while the policy is replaced all the while: nothing wrong, and
//! no memory or descriptor that is not given back. `SOAK_SECONDS` for each adapter:
//! `SOAK_SECONDS=60 cargo test --release -p conformance-tests --test scenarios soak -- --ignored --nocapture`

use std::process;
use std::time::Duration;

use cors_core::Policy;
use test_client::SOAKED;

use crate::application::{Adapter, Application};

async fn soak<A: Adapter>(name: &str) {
    let (server, live) = A::live(&Application::plain()).await;
    let replace = |policy: Policy<'static>| (live.replace)(policy.into());
    replace(SOAKED[1]);
    let pause = Duration::from_millis(5);
    test_client::soak(name, server, process::id(), pause, async |policy| {
        replace(policy);
    })
    .await;
}

#[tokio::test]
#[ignore = "it takes minutes"]
async fn nothing_is_wrong_or_lost_in_minutes() {
    soak::<crate::axum::Around>("axum").await;
    soak::<crate::actix::Wrapped>("actix").await;
    soak::<crate::rocket::Attached>("Rocket").await;
    soak::<crate::warp::Wrapped>("warp").await;
}
