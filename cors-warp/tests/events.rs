//! What a denial is told as. A program of its own: while `tracing` registers who listens, no other
//! test may be the first to tell of one.

#![cfg(feature = "tracing")]

use cors_warp::cors;
use test_client::{Log, POLICY};
use warp::Filter;

/// One, though the second request is decided twice, as its target is read for it.
#[tokio::test]
async fn a_denial_is_one_event() {
    let filter = cors(POLICY, warp::path::end().map(|| "hello"));
    let get = || warp::test::request().header("origin", "https://evil.example");
    let log = Log::default();
    let _guard = tracing::subscriber::set_default(log.clone());
    let strict = get().header("sec-fetch-mode", "cors");
    assert_eq!(strict.reply(&filter).await.status(), 403);
    assert_eq!(get().reply(&filter).await.status(), 403);
    let denied = r#"request: GET from "https://evil.example": origin not allowed"#;
    assert_eq!(log.take(), [denied, denied]);
}
