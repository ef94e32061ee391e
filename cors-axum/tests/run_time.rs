//! Policies that a running program reads, replaces, chooses and looks up.

mod common;

use std::collections::HashMap;
use std::convert::Infallible;
use std::future::{pending, ready};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::Body;
use axum::extract::MatchedPath;
use axum::http::{Request, Response};
use axum::routing::get;
use cors_axum::{
    CorsLayer, LivePolicy, OriginSet, OwnedPolicy, Policy, PolicyErrorKind, PreparedPolicy,
    Settings,
};
use tokio::sync::oneshot;
use tower::{Layer, Service, service_fn};

use common::{Answer, FOREIGN, LISTED, POLICY, ask, ask_http2, preflight, request, serve, within};

fn router() -> Router {
    Router::new().route("/", get(|| async { "hello" }))
}

fn listed() -> Settings {
    Settings::new()
        .origins([LISTED])
        .credentials(true)
        .methods(["put"])
        .request_headers(["content-type"])
        .max_age(3600)
}

async fn outcomes<S>(service: &S) -> [(u16, bool); 3]
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible> + Clone,
{
    [
        ask(service, request("GET /", &[("origin", LISTED)])).await,
        ask(service, request("GET /", &[("origin", FOREIGN)])).await,
        ask(service, preflight("/", LISTED)).await,
    ]
    .map(|answer| answer.outcome())
}

const LISTED_ONLY: [(u16, bool); 3] = [(200, true), (403, false), (204, true)];
const NOBODY: [(u16, bool); 3] = [(403, false), (403, false), (403, false)];

#[tokio::test]
async fn a_policy_that_was_read_answers_like_the_one_that_was_written() {
    let read: OwnedPolicy = listed().build().unwrap();
    let read = CorsLayer::new(read).layer(router());
    let written = CorsLayer::new(POLICY).layer(router());
    assert_eq!(outcomes(&read).await, LISTED_ONLY);
    for asked in [
        || request("GET /", &[("origin", LISTED)]),
        || request("GET /", &[]),
        || preflight("/", LISTED),
        || preflight("/", FOREIGN),
    ] {
        let (one, other) = (ask(&read, asked()).await, ask(&written, asked()).await);
        assert_eq!(one.cors(), other.cors());
        assert_eq!((one.status, one.body), (other.status, other.body));
    }
}

#[cfg(feature = "serde")]
#[tokio::test]
async fn a_policy_is_read_from_a_file() {
    let policy: OwnedPolicy = toml::from_str(
        r#"
        origins = ["https://app.example.com"]
        credentials = true
        methods = ["PUT"]
        request_headers = ["content-type"]
        "#,
    )
    .unwrap();
    assert_eq!(
        outcomes(&CorsLayer::new(policy).layer(router())).await,
        LISTED_ONLY
    );

    let wrong = toml::from_str::<OwnedPolicy>(r#"origins = ["https://a.example/", "b.example"]"#);
    let message = wrong.unwrap_err().to_string();
    assert!(
        message.contains("CORS-E09") && message.contains("CORS-E05"),
        "{message}"
    );
}

#[tokio::test]
async fn a_live_policy_is_replaced_for_servers_that_run() {
    let live = LivePolicy::new(Policy::nobody());
    let service = CorsLayer::live(&live).layer(router());
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

    let server = serve(service).await;
    live.replace(POLICY.forward_denied());
    let target = format!("GET http://{server}/");
    let answer = ask_http2(server, request(&target, &[("origin", FOREIGN)])).await;
    assert_eq!(answer.outcome(), (200, false));
}

/// X11: what has been decided stays decided while the handler works.
#[tokio::test]
async fn x11_a_request_keeps_the_policy_that_it_came_under() {
    let live = LivePolicy::new(POLICY);
    let (go, wait) = oneshot::channel::<()>();
    let wait = Arc::new(tokio::sync::Mutex::new(Some(wait)));
    let slow = service_fn(move |_: Request<Body>| {
        let wait = Arc::clone(&wait);
        async move {
            let wait = wait.lock().await.take();
            wait.expect("one request").await.expect("a signal");
            Ok::<_, Infallible>(Response::new(Body::from("hello")))
        }
    });
    let mut service = CorsLayer::live(&live).layer(slow);
    let response = service.call(request("GET /", &[("origin", LISTED)]));
    live.replace(Policy::public());
    go.send(()).unwrap();
    let response = within(response).await.unwrap();
    assert_eq!(response.headers()["access-control-allow-origin"], LISTED);
    assert_eq!(response.headers()["vary"], "Origin");
}

fn prepared(policy: Policy<'static>) -> Arc<PreparedPolicy> {
    Arc::new(policy.into())
}

#[tokio::test]
async fn a_function_chooses_by_host() {
    let tenants = HashMap::from([
        ("a.test", prepared(POLICY)),
        ("b.test", prepared(Policy::public())),
    ]);
    let layer = CorsLayer::by_request(move |head| {
        let host = head.headers.get("host")?.to_str().ok()?;
        tenants.get(host).cloned()
    });
    let service = layer.layer(router());
    let ask_host = |host| {
        ask(
            &service,
            request("GET /", &[("host", host), ("origin", LISTED)]),
        )
    };
    let lines = |answer: &Answer| answer.cors();
    assert_eq!(ask_host("a.test").await.outcome(), (200, true));
    assert_eq!(
        lines(&ask_host("b.test").await),
        ["access-control-allow-origin: *"]
    );
    let unknown = ask_host("c.test").await;
    assert_eq!(
        (unknown.status, lines(&unknown)),
        (403, vec!["vary: Origin".to_owned()])
    );
}

/// AX15: the matched path is known under `Router::layer`, for preflights too.
#[tokio::test]
async fn ax15_a_function_chooses_by_matched_path() {
    let (users, other) = (prepared(POLICY), prepared(Policy::public()));
    let layer = CorsLayer::by_request(move |head| match head.extensions.get::<MatchedPath>() {
        Some(path) if path.as_str() == "/users/{id}" => Some(Arc::clone(&users)),
        _ => Some(Arc::clone(&other)),
    });
    let app = Router::new()
        .route("/users/{id}", get(|| async { "user" }))
        .route("/fonts", get(|| async { "font" }))
        .layer(layer);
    assert_eq!(
        ask(&app, preflight("/users/7", LISTED)).await.outcome(),
        (204, true)
    );
    assert_eq!(
        ask(&app, preflight("/fonts", LISTED)).await.status,
        403,
        "public has no PUT"
    );
    let user = ask(&app, request("GET /users/7", &[("origin", FOREIGN)])).await;
    let font = ask(&app, request("GET /fonts", &[("origin", FOREIGN)])).await;
    assert_eq!((user.status, font.status), (403, 200));
}

/// X12: a look-up that fails denies; the handler runs only when the policy is known.
#[tokio::test]
async fn x12_a_policy_is_looked_up_first() {
    let runs = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&runs);
    let app = Router::new().route(
        "/",
        get(move || {
            counted.fetch_add(1, Ordering::SeqCst);
            async { "hello" }
        }),
    );
    let found = prepared(POLICY);
    let layer = CorsLayer::look_up(move |head| {
        let found = (head.uri.path() == "/").then(|| Arc::clone(&found));
        async move {
            tokio::task::yield_now().await;
            found
        }
    });
    // Under `Router::layer`, over a real socket.
    let server = serve(app.layer(layer)).await;
    let mut connection = common::Connection::open(server).await;
    let mut status = async |method: &str, path: &str, origin: &str| {
        let text = format!(
            "{method} {path} HTTP/1.1\nhost: api.test\norigin: {origin}\naccess-control-request-method: PUT\n\n"
        );
        let head = connection.exchange(&text).await;
        let length = head
            .split("content-length: ")
            .nth(1)
            .and_then(|rest| rest.lines().next());
        let length = length.map_or(0, |length| length.parse().expect("a number"));
        connection.read(length).await;
        head.split(' ').nth(1).unwrap().to_owned()
    };
    assert_eq!(status("GET", "/", LISTED).await, "200");
    assert_eq!(status("OPTIONS", "/", LISTED).await, "204");
    assert_eq!(runs.load(Ordering::SeqCst), 1);
    assert_eq!(status("GET", "/", FOREIGN).await, "403");
    assert_eq!(
        status("GET", "/nowhere", LISTED).await,
        "403",
        "without a policy"
    );
    assert_eq!(status("OPTIONS", "/nowhere", LISTED).await, "403");
    assert_eq!(runs.load(Ordering::SeqCst), 1);
}

/// A look-up that never ends is the user's to limit: nothing is answered before.
#[tokio::test]
async fn x12_nothing_runs_while_a_look_up_is_under_way() {
    let service = CorsLayer::look_up(|_| pending()).layer(router());
    let mut service = service.clone();
    let answer = service.call(request("GET /", &[("origin", LISTED)]));
    let waited = tokio::time::timeout(std::time::Duration::from_millis(50), answer).await;
    assert!(waited.is_err());

    let service = CorsLayer::look_up(|_| ready(None)).layer(router());
    assert_eq!(outcomes(&service).await, NOBODY);
}

struct Tenants;

impl OriginSet for Tenants {
    fn contains(&self, origin: &[u8]) -> bool {
        origin == b"https://tenant.example"
    }
}

#[tokio::test]
async fn a_set_of_the_user_joins_the_list() {
    let service = CorsLayer::new(POLICY.and_origins(&Tenants)).layer(router());
    let answer = ask(
        &service,
        request("GET /", &[("origin", "https://tenant.example")]),
    )
    .await;
    assert_eq!(
        answer.headers["access-control-allow-origin"],
        "https://tenant.example"
    );
    assert_eq!(outcomes(&service).await, LISTED_ONLY);
    let owned: OwnedPolicy = listed().build().unwrap();
    let service = CorsLayer::new(owned.and_origins(&Tenants)).layer(router());
    let answer = ask(
        &service,
        request("GET /", &[("origin", "https://tenant.example")]),
    )
    .await;
    assert_eq!(answer.status, 200);
}
