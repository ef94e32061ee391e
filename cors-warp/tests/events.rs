//! What a denial is told as. A program of its own: while `tracing` registers who listens, no other
//! test may be the first to tell of one.

#![cfg(feature = "tracing")]

use std::sync::{Arc, Mutex};

use cors_warp::{Policy, cors};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};
use warp::Filter;

const POLICY: Policy = Policy::credentialed("https://app.example.com");

/// Keeps the messages of the target `cors`.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Visit for &Log {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        if field.name() == "message" {
            self.0.lock().unwrap().push(format!("{value:?}"));
        }
    }
}

impl Subscriber for Log {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "cors"
    }
    fn event(&self, event: &Event<'_>) {
        event.record(&mut &*self);
    }
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

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
    let denied = r#"actual request: GET from "https://evil.example": origin not allowed"#;
    assert_eq!(*log.0.lock().unwrap(), [denied, denied]);
}
