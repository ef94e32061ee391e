//! Filters leave things to each other; of requests at once, each gets its own.

#[expect(dead_code, reason = "a part of it is used here")]
mod common;

use std::sync::Arc;

use cors_warp::{Head, Policy, PreparedPolicy, cors, look_up};
use test_client::{FOREIGN, LISTED, POLICY};
use warp::Filter;

use common::{ask, preflight, request};

/// That it compiles is the test.
#[test]
fn x13_filter_and_future_are_send() {
    fn send<T: Clone + Send + Sync + 'static>(filter: T) -> T {
        filter
    }
    fn send_future<F: Future + Send + 'static>(_: F) {}

    let filter = send(cors(POLICY, warp::any().map(|| "hello")));
    send_future(async move { ask(&filter, request("GET /", &[])).await });
}

/// What one filter leaves to the next must not reach another request, on any thread.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn requests_at_once_keep_their_decisions() {
    let routes = warp::path::end().then(async || {
        tokio::task::yield_now().await;
        "hello"
    });
    let app = cors(POLICY, routes);
    let ask_all = async |app| {
        for _ in 0..50 {
            for (request, outcome) in [
                (request("GET /", &[("origin", LISTED)]), (200, true)),
                (request("GET /none", &[("origin", LISTED)]), (404, true)),
                (preflight("/", LISTED), (204, true)),
                (request("GET /", &[("origin", FOREIGN)]), (403, false)),
                (request("GET /", &[]), (200, false)),
                (preflight("/", FOREIGN), (403, false)),
            ] {
                assert_eq!(ask(&app, request).await.outcome(), outcome);
                tokio::task::yield_now().await;
            }
        }
    };
    let tasks: Vec<_> = (0..16)
        .map(|_| tokio::spawn(ask_all(app.clone())))
        .collect();
    for task in tasks {
        task.await.expect("no panic");
    }
}

/// Of two requests that are looked up at a time, each gets its own policy.
#[tokio::test]
async fn look_ups_do_not_mix() {
    let find = |request: &Head<'_>| {
        let policy = if request.path() == "/listed" {
            POLICY
        } else {
            Policy::public()
        };
        async move {
            for _ in 0..u8::from(policy.allows_origin(FOREIGN.as_bytes())) {
                tokio::task::yield_now().await;
            }
            Some(Arc::new(PreparedPolicy::from(policy)))
        }
    };
    let filter = cors(look_up(find), warp::any().map(|| "hello"));
    for _ in 0..100 {
        let (listed, public) = tokio::join!(
            ask(&filter, request("GET /listed", &[("origin", FOREIGN)])),
            ask(&filter, request("GET /public", &[("origin", FOREIGN)])),
        );
        assert_eq!((listed.status, public.status), (403, 200));
    }
}
