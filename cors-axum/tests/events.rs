//! What a denial is told as. A program of its own: while `tracing` registers who listens, no other
//! test may be the first to tell of one.

#![cfg(feature = "tracing")]

use std::fmt::Write;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::routing::get;
use cors_axum::{CorsLayer, Policy};
use tower::{Layer, ServiceExt};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

const LISTED: &str = "https://app.example.com";

const POLICY: Policy = Policy::credentialed(LISTED);

/// Keeps the messages of the target `cors`.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

struct Message(String);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        if field.name() == "message" {
            write!(self.0, "{value:?}").expect("a String takes everything");
        }
    }
}

impl Subscriber for Log {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "cors"
    }
    fn event(&self, event: &Event<'_>) {
        let mut message = Message(String::new());
        event.record(&mut message);
        self.0.lock().unwrap().push(message.0);
    }
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

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
        *log.0.lock().unwrap(),
        [
            r#"actual request: GET from "https://evil.example": origin not allowed"#,
            r#"preflight: PUT from "https://evil.example\t\xc3\xa9": origin not allowed"#,
        ]
    );
}
