//! Policies that a running program reads, replaces, chooses and looks up.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use actix_web::body::MessageBody;
use actix_web::dev::{Service, ServiceResponse};
use actix_web::test::{TestRequest, init_service};
use actix_web::{App, Error, web};
use cors_actix::{
    Cors, LivePolicy, OwnedPolicy, Policy, PolicyErrorKind, PreparedPolicy, Settings,
};

const LISTED: &str = "https://app.example.com";
const FOREIGN: &str = "https://evil.example";

const POLICY: Policy = Policy::credentialed(LISTED)
    .methods("PUT")
    .request_headers("content-type")
    .max_age(3600);

fn listed() -> Settings {
    Settings::new()
        .origins([LISTED])
        .credentials(true)
        .methods(["put"])
        .request_headers(["content-type"])
        .max_age(3600)
}

/// The status, and whether a page of the listed origin can read the response.
async fn outcome<S, B>(service: &S, request: TestRequest) -> (u16, bool)
where
    S: Service<actix_http::Request, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody,
{
    let response = service
        .call(request.to_request())
        .await
        .expect("a response");
    let origin = response.headers().get("access-control-allow-origin");
    (
        response.status().as_u16(),
        origin.is_some_and(|origin| origin == LISTED),
    )
}

fn get(origin: &str) -> TestRequest {
    TestRequest::get()
        .uri("/")
        .insert_header(("origin", origin))
}

fn preflight(path: &str) -> TestRequest {
    TestRequest::with_uri(path)
        .method(actix_web::http::Method::OPTIONS)
        .insert_header(("origin", LISTED))
        .insert_header(("access-control-request-method", "PUT"))
}

async fn outcomes<S, B>(service: &S) -> [(u16, bool); 3]
where
    S: Service<actix_http::Request, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody,
{
    [
        outcome(service, get(LISTED)).await,
        outcome(service, get(FOREIGN)).await,
        outcome(service, preflight("/")).await,
    ]
}

const LISTED_ONLY: [(u16, bool); 3] = [(200, true), (403, false), (204, true)];
const NOBODY: [(u16, bool); 3] = [(403, false), (403, false), (403, false)];

macro_rules! app {
    ($cors:expr) => {
        init_service(
            App::new()
                .service(
                    web::resource("/users/{id}")
                        .name("user")
                        .get(|| async { "user" }),
                )
                .default_service(web::to(|| async { "hello" }))
                .wrap($cors),
        )
        .await
    };
}

#[actix_web::test]
async fn a_policy_that_was_read_answers_like_the_one_that_was_written() {
    let read: OwnedPolicy = listed().build().unwrap();
    assert_eq!(outcomes(&app!(Cors::new(read))).await, LISTED_ONLY);
    assert_eq!(outcomes(&app!(Cors::new(POLICY))).await, LISTED_ONLY);
}

#[cfg(feature = "serde")]
#[actix_web::test]
async fn a_policy_is_read_from_a_file() {
    let text = r#"
        origins = ["https://app.example.com"]
        credentials = true
        methods = ["PUT"]
    "#;
    let policy: OwnedPolicy = toml::from_str(text).unwrap();
    assert_eq!(outcomes(&app!(Cors::new(policy))).await, LISTED_ONLY);
}

#[actix_web::test]
async fn a_live_policy_is_replaced_for_servers_that_run() {
    let live = LivePolicy::new(Policy::nobody());
    let service = app!(Cors::live(&live));
    assert_eq!(outcomes(&service).await, NOBODY);

    live.try_replace(listed()).unwrap();
    assert_eq!(outcomes(&service).await, LISTED_ONLY);

    let errors = live
        .try_replace(listed().origins(["https://a.example/", "*"]))
        .unwrap_err();
    let kinds: Vec<_> = errors.iter().map(|error| error.kind()).collect();
    assert_eq!(
        kinds,
        [
            PolicyErrorKind::TrailingSlash,
            PolicyErrorKind::WildcardOrigin
        ]
    );
    assert_eq!(
        outcomes(&service).await,
        LISTED_ONLY,
        "the old policy stays in force"
    );
}

fn prepared(policy: Policy<'static>) -> Arc<PreparedPolicy> {
    Arc::new(policy.into())
}

#[actix_web::test]
async fn a_function_chooses_by_host() {
    let tenants = HashMap::from([
        ("a.test", prepared(POLICY)),
        ("b.test", prepared(Policy::public())),
    ]);
    let service = app!(Cors::by_request(move |request| {
        let host = request.headers().get("host")?.to_str().ok()?;
        tenants.get(host).cloned()
    }));
    let host = |host| get(LISTED).insert_header(("host", host));
    assert_eq!(outcome(&service, host("a.test")).await, (200, true));
    assert_eq!(
        outcome(&service, host("b.test")).await,
        (200, false),
        "answered with *"
    );
    assert_eq!(outcome(&service, host("c.test")).await, (403, false));
}

/// AC13: the resource's name is known before routing, for preflights too.
#[actix_web::test]
async fn ac13_a_function_chooses_by_the_name_of_the_resource() {
    let (users, other) = (prepared(POLICY), prepared(Policy::public()));
    let service = app!(Cors::by_request(move |request| {
        match request.match_name() {
            Some("user") => Some(Arc::clone(&users)),
            _ => Some(Arc::clone(&other)),
        }
    }));
    assert_eq!(outcome(&service, preflight("/users/7")).await, (204, true));
    assert_eq!(
        outcome(&service, preflight("/fonts")).await.0,
        403,
        "public has no PUT"
    );
}

/// X12: a look-up that fails denies; the handler runs only when the policy is known.
#[actix_web::test]
async fn x12_a_policy_is_looked_up_first() {
    let runs = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&runs);
    let found = prepared(POLICY);
    let cors = Cors::look_up(move |request| {
        let found = (request.path() == "/").then(|| Arc::clone(&found));
        async move {
            actix_web::rt::task::yield_now().await;
            found
        }
    });
    let handler = move || {
        counted.fetch_add(1, Ordering::SeqCst);
        async { "hello" }
    };
    let service = init_service(App::new().default_service(web::to(handler)).wrap(cors)).await;
    assert_eq!(outcomes(&service).await, LISTED_ONLY);
    assert_eq!(runs.load(Ordering::SeqCst), 1);
    let unknown = TestRequest::get()
        .uri("/nowhere")
        .insert_header(("origin", LISTED));
    assert_eq!(outcome(&service, unknown).await, (403, false));
    assert_eq!(outcome(&service, preflight("/nowhere")).await, (403, false));
    assert_eq!(runs.load(Ordering::SeqCst), 1);
}

#[cfg(feature = "tracing")]
mod events {
    use std::sync::Mutex;

    use super::*;

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
        let service = app!(Cors::new(POLICY));
        let get = |path, origin| {
            TestRequest::get()
                .uri(path)
                .insert_header(("origin", origin))
        };
        outcome(&service, get("/", LISTED)).await;
        outcome(&service, get("/", "https://only-here.example")).await;
        let lines = LINES.lock().unwrap();
        let expected =
            r#"actual request: GET from "https://only-here.example": origin not allowed"#;
        let count = lines.iter().filter(|line| line.contains(expected)).count();
        assert_eq!(count, 1, "{lines:?}");
    }
}
