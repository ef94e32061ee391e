//! What the middleware makes the log say; a program of its own, as a process has one logger.

#![cfg(feature = "tracing")]

use std::sync::Mutex;

use actix_web::test::{TestRequest, init_service};
use actix_web::{App, dev::Service};
use cors_actix::Cors;
use test_client::{FOREIGN, LISTED, POLICY};

static LINES: Mutex<Vec<String>> = Mutex::new(Vec::new());

struct Log;

impl log::Log for Log {
    fn enabled(&self, metadata: &log::Metadata<'_>) -> bool {
        metadata.target() == "cors"
    }

    fn log(&self, record: &log::Record<'_>) {
        if self.enabled(record.metadata()) {
            LINES.lock().unwrap().push(record.args().to_string());
        }
    }

    fn flush(&self) {}
}

/// Through `log`, which is what users of actix-web listen to.
#[actix_web::test]
async fn a_denial_is_one_line_in_the_log() {
    log::set_logger(&Log).unwrap();
    log::set_max_level(log::LevelFilter::Info);
    let service = init_service(App::new().wrap(Cors::new(POLICY))).await;
    for origin in [LISTED, FOREIGN] {
        let get = TestRequest::get().insert_header(("origin", origin));
        service.call(get.to_request()).await.unwrap();
    }
    assert_eq!(
        *LINES.lock().unwrap(),
        [
            "request: GET from \"https://evil.example\": origin not allowed \
          reason=\"origin_not_allowed\" origin=https://evil.example preflight=false method=GET path=/"
        ]
    );
}
