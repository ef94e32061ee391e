//! Requests of which Rocket shows a fairing something else than what came.

#[expect(dead_code, reason = "a part of it is used here")]
mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use cors_rocket::Cors;
use rocket::http::{Method, uri::Host};
use rocket::route::{Handler, Outcome};
use rocket::{Build, Data, Request, Rocket, Route, uri};
use test_client::{Connection, POLICY, within};

use common::{answer, config, launch, request, serve};

/// Counts how often it is called.
#[derive(Clone, Default)]
struct Application(Arc<AtomicUsize>);

#[rocket::async_trait]
impl Handler for Application {
    async fn handle<'r>(&self, request: &'r Request<'_>, _: Data<'r>) -> Outcome<'r> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Outcome::from(request, "hello")
    }
}

impl Application {
    fn build(&self) -> Rocket<Build> {
        let methods = [Method::Get, Method::Options];
        let routes = methods.map(|method| Route::new(method, "/", self.clone()));
        rocket::custom(config())
            .mount("/", routes)
            .attach(Cors::new(POLICY))
    }
}

/// Rocket drops a line that is not UTF-8 before anyone sees it, which makes this a request without
/// an `Origin`.
#[tokio::test]
async fn x3_an_origin_that_is_no_text_is_not_shared_with() {
    let application = Application::default();
    serve(application.build(), async |server| {
        let with_origin = |line: &str, origin: &[u8]| {
            let start = format!("{line} HTTP/1.1\r\nhost: api.test\r\norigin: ");
            [start.as_bytes(), origin, b"\r\n"].concat()
        };
        for (origin, status) in [
            ("https://\u{e4}pp.example.com".as_bytes(), 403),
            (b"", 403),
            (b"https://app.example.com\xff", 200),
            (b"\x80", 200),
        ] {
            let mut get = with_origin("GET /", origin);
            get.extend(b"\r\n");
            let mut connection = Connection::open(server).await;
            connection.send(&get).await;
            let head = connection.head().await;
            assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{head}");
            assert!(head.contains("vary: Origin\n"), "{head}");
            assert!(!head.contains("access-control-"), "{head}");
            assert_eq!(
                application.0.swap(0, Ordering::Relaxed),
                usize::from(status == 200)
            );

            let mut preflight = with_origin("OPTIONS /", origin);
            preflight.extend(b"access-control-request-method: PUT\r\n\r\n");
            let mut connection = Connection::open(server).await;
            connection.send(&preflight).await;
            let head = connection.head().await;
            assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{head}");
            assert!(!head.contains("access-control-"), "{head}");
            application.0.store(0, Ordering::Relaxed);
        }
    })
    .await;
}

/// Over HTTP/2 Rocket knows the authority although there is no line, and whatever a line says. Without
/// either, nobody is known as the server's own page.
#[tokio::test]
async fn the_own_origin_is_that_of_the_authority() {
    let client = launch(Application::default().build()).await;
    let answer_to = async |origin, has_authority, lines: &[&str]| {
        let lines = lines.iter().map(|line| ("host", *line));
        let fields: Vec<_> = [("origin", origin)].into_iter().chain(lines).collect();
        let mut request = request(&client, "GET /", &fields);
        if has_authority {
            let authority = Host::from(uri!("api.test:8443"));
            request.inner_mut().set_host(authority);
        }
        answer(within(request.dispatch()).await).await.status
    };
    let own = "api.test:8443";
    for (origin, has_authority, lines, status) in [
        ("https://api.test:8443", true, &[][..], 200),
        ("https://api.test", true, &[], 403),
        ("https://api.test:8443", false, &[], 403),
        ("https://api.test:8443", true, &[own], 200),
        ("https://api.test:8443", true, &["evil.example"], 200),
        ("https://evil.example", true, &["evil.example"], 403),
        ("https://api.test:8443", true, &["not a host"], 200),
        ("https://evil.example", true, &[own, "evil.example"], 403),
    ] {
        let status_of = answer_to(origin, has_authority, lines).await;
        assert_eq!(status_of, status, "{origin} {has_authority} {lines:?}");
    }
}
