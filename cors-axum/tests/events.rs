//! What a denial is told as. A program of its own, with one test: while `tracing` registers who
//! listens, no other test may be the first to tell of one.

#![cfg(feature = "tracing")]

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::routing::get;
use cors_axum::CorsLayer;
use test_client::{LISTED, Log, POLICY};
use tower::ServiceExt;

/// One line for people, and fields for filters of logs and dashboards. What the client sent is
/// escaped, and cut.
#[tokio::test]
async fn a_denial_is_one_event_with_fields() {
    const NAMES: [&str; 7] = [
        "message",
        "reason",
        "origin",
        "preflight",
        "method",
        "path",
        "headers",
    ];
    let router = Router::new().route("/a/b", get(|| async { "hello" }));
    let service = CorsLayer::new(POLICY).layer(router);
    let log = Log::default();
    let _guard = tracing::subscriber::set_default(log.clone());
    let asks = |method| Request::builder().method(method).uri("/a/b?secret=1");
    let preflight = |origin| {
        let preflight = asks("OPTIONS").header("origin", origin);
        preflight.header("access-control-request-method", "PUT")
    };
    let name_of_120 = "x".repeat(120);
    let (cut, cut_origin) = ("x".repeat(100) + "…", "x".repeat(91) + "…");
    for (request, expected) in [
        (asks("GET").header("origin", LISTED), None),
        (preflight(LISTED), None),
        (
            asks("GET").header("origin", format!("https://\t{name_of_120}")),
            Some([
                &*format!("request: GET from \"https://\\t{cut_origin}\": origin not allowed"),
                "origin_not_allowed",
                &*format!("https://\\t{cut_origin}"),
                "false",
                "GET",
                "/a/b",
                "",
            ]),
        ),
        (
            preflight("https://evil.example\u{e9}"),
            Some([
                r#"preflight: PUT from "https://evil.example\xc3\xa9": origin not allowed"#,
                "origin_not_allowed",
                r"https://evil.example\xc3\xa9",
                "true",
                "PUT",
                "/a/b",
                "",
            ]),
        ),
        (
            preflight(LISTED)
                .header("access-control-request-headers", "content-type")
                .header(
                    "access-control-request-headers",
                    format!("content-type, {name_of_120},x-b"),
                ),
            Some([
                r#"preflight: PUT from "https://app.example.com": request header not allowed"#,
                "header_not_allowed",
                LISTED,
                "true",
                "PUT",
                "/a/b",
                &*format!("{cut}, x-b"),
            ]),
        ),
        // No preflight, as it is no OPTIONS request.
        (
            asks("GET")
                .header("access-control-request-method", "PUT")
                .header("origin", LISTED)
                .header("origin", LISTED),
            Some([
                r#"request: GET from "https://app.example.com": several Origin headers"#,
                "several_origins",
                LISTED,
                "false",
                "GET",
                "/a/b",
                "",
            ]),
        ),
    ] {
        let request = request.body(Body::empty()).unwrap();
        service.clone().oneshot(request).await.unwrap();
        let mut events = log.take_events();
        let expected: Vec<_> = expected
            .into_iter()
            .map(|values| {
                let fields = NAMES.into_iter().zip(values.map(str::to_owned));
                fields
                    .filter(|(_, value)| !value.is_empty())
                    .collect::<Vec<_>>()
            })
            .collect();
        for event in &mut events {
            event.sort_by_key(|(name, _)| NAMES.iter().position(|other| other == name));
        }
        assert_eq!(events, expected);
    }
}
