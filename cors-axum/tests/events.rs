//! What a denial is told as. A program of its own: while `tracing` registers who listens, no other
//! test may be the first to tell of one.

#![cfg(feature = "tracing")]

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::routing::get;
use cors_axum::CorsLayer;
use test_client::{LISTED, Log, POLICY};
use tower::{Layer, ServiceExt};

#[tokio::test]
async fn a_denial_is_one_event() {
    let router = Router::new().route("/", get(|| async { "hello" }));
    let service = CorsLayer::new(POLICY).layer(router);
    let log = Log::default();
    let _guard = tracing::subscriber::set_default(log.clone());
    let request = Request::builder;
    for request in [
        request().header("origin", LISTED),
        request().header("origin", "https://evil.example"),
        request()
            .method("OPTIONS")
            .header("origin", "https://evil.example\t\u{e9}")
            .header("access-control-request-method", "PUT"),
    ] {
        let request = request.body(Body::empty()).unwrap();
        service.clone().oneshot(request).await.unwrap();
    }
    assert_eq!(
        log.take(),
        [
            r#"actual request: GET from "https://evil.example": origin not allowed"#,
            r#"preflight: PUT from "https://evil.example\t\xc3\xa9": origin not allowed"#,
        ]
    );
}
