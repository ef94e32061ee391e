//! Where a layer is put in an axum application decides which responses it covers.

mod common;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::error_handling::HandleError;
use axum::extract::{MatchedPath, Request};
use axum::handler::Handler;
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, put};
use cors_axum::{CorsLayer, Policy, PreparedPolicy};
use test_client::{
    Answer, BARE, COVERED, COVERED_404, Connection, FOREIGN, Fields, LISTED, Outcome, POLICY,
    SHARED, UNCOVERED, UNCOVERED_404, ask_http2, ask_service as ask, preflight_from,
};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;

use common::{preflight, request, serve};

fn cors() -> CorsLayer {
    CorsLayer::new(POLICY)
}

fn hello() -> MethodRouter {
    get(|| async { "hello" })
}

async fn not_found() -> StatusCode {
    StatusCode::NOT_FOUND
}

async fn assert_outcomes(app: &Router, rows: &[(&str, [Outcome; 3])]) {
    let ask = async |line: &str, fields: Fields<'_>| ask(app, request(line, fields)).await;
    test_client::assert_outcomes(ask, rows).await;
}

#[tokio::test]
async fn ax1_routes_added_after_the_layer_are_not_covered() {
    let early = Router::new().route("/early", hello()).layer(cors());
    let app = early.clone().route("/late", hello());
    let rows = [
        ("/early", COVERED),
        ("/late", UNCOVERED),
        ("/none", COVERED_404),
    ];
    assert_outcomes(&app, &rows).await;

    let rows = [
        ("/early", COVERED),
        ("/late", COVERED),
        ("/none", COVERED_404),
    ];
    let last = Router::new()
        .route("/early", hello())
        .route("/late", hello())
        .layer(cors());
    assert_outcomes(&last, &rows).await;
    let around = Router::new().fallback_service(cors().layer(app));
    assert_outcomes(&around, &rows).await;
}

#[tokio::test]
async fn ax2_a_fallback_set_after_the_layer_is_not_covered() {
    let router = Router::new().route("/", hello());
    let after = router.clone().layer(cors()).fallback(not_found);
    assert_outcomes(&after, &[("/", COVERED), ("/none", UNCOVERED_404)]).await;
    let before = router.fallback(not_found).layer(cors());
    assert_outcomes(&before, &[("/", COVERED), ("/none", COVERED_404)]).await;
}

#[tokio::test]
async fn ax3_a_method_fallback_set_after_the_layer_answers_preflights() {
    let not_allowed = || async { StatusCode::METHOD_NOT_ALLOWED };
    let router = Router::new().route("/", hello());
    let after = router
        .clone()
        .layer(cors())
        .method_not_allowed_fallback(not_allowed);
    let row = [(200, SHARED), (405, BARE), (405, BARE)];
    assert_outcomes(&after, &[("/", row)]).await;
    let before = router
        .method_not_allowed_fallback(not_allowed)
        .layer(cors());
    assert_outcomes(&before, &[("/", COVERED)]).await;
}

#[tokio::test]
async fn ax4_a_nested_router_is_covered_with_a_fallback_or_as_a_service() {
    let api = Router::new().route("/known", hello());
    let nested = Router::new().nest("/api", api.clone().layer(cors()));
    let rows = [
        ("/api/known", COVERED),
        ("/api/none", UNCOVERED_404),
        ("/none", UNCOVERED_404),
    ];
    assert_outcomes(&nested, &rows).await;

    let with_fallback = api.clone().fallback(not_found).layer(cors());
    let rows = [
        ("/api/known", COVERED),
        ("/api/none", COVERED_404),
        ("/none", UNCOVERED_404),
    ];
    assert_outcomes(&Router::new().nest("/api", with_fallback), &rows).await;
    let service = Router::new().nest_service("/api", cors().layer(api));
    assert_outcomes(&service, &rows).await;
}

#[tokio::test]
async fn ax5_route_layer_covers_no_404() {
    let app = Router::new().route("/", hello()).route_layer(cors());
    assert_outcomes(&app, &[("/", COVERED), ("/none", UNCOVERED_404)]).await;
}

#[tokio::test]
async fn ax6_a_layer_on_a_method_or_handler_sees_no_preflight() {
    let row = [(200, SHARED), (405, BARE), (405, BARE)];
    let app = Router::new()
        .route("/method", hello().route_layer(cors()))
        .route("/handler", get((|| async { "hello" }).layer(cors())));
    assert_outcomes(&app, &[("/method", row), ("/handler", row)]).await;
}

#[tokio::test]
async fn ax7_a_layer_on_a_method_router_sees_the_preflight() {
    let app = Router::new().route("/", hello().layer(cors()));
    assert_outcomes(&app, &[("/", COVERED), ("/none", UNCOVERED_404)]).await;
}

#[tokio::test]
async fn ax8_of_two_policies_on_one_path_the_last_answers_every_preflight() {
    const OTHER: &str = "https://other.example";
    let other = CorsLayer::new(Policy::credentialed(OTHER).methods("DELETE"));
    let app = Router::new()
        .route("/", hello().layer(other))
        .route("/", put(|| async { "changed" }).layer(cors()));

    let get = ask(&app, request("GET /", &[("origin", OTHER)])).await;
    assert_eq!(get.status, 200);
    assert_eq!(get.field("access-control-allow-origin"), Some(OTHER));
    assert_eq!(ask(&app, preflight("/", OTHER)).await.status, 403);
    assert_eq!(
        ask(&app, preflight("/", LISTED)).await.outcome(),
        (204, SHARED)
    );
}

#[tokio::test]
async fn ax9_an_inner_policy_sees_no_preflight_and_is_overruled() {
    let inner = Policy::anonymous(LISTED)
        .methods("DELETE")
        .expose_headers("x-inner");
    let api = Router::new()
        .route("/", hello())
        .layer(CorsLayer::new(inner));
    let app = Router::new().nest("/api", api).layer(cors());

    let answer = ask(&app, preflight("/api", LISTED)).await;
    assert_eq!(answer.outcome(), (204, SHARED));
    assert_eq!(answer.field("access-control-allow-methods"), Some("PUT"));

    let answer = ask(&app, request("GET /api", &[("origin", LISTED)])).await;
    let expected = [
        "access-control-allow-credentials: true",
        "access-control-allow-origin: https://app.example.com",
        "access-control-expose-headers: x-inner",
        "vary: Origin",
    ];
    assert_eq!(answer.cors(), expected);
}

#[tokio::test]
async fn ax10_merge_brings_the_fallback_of_the_layered_router() {
    let layered = Router::new().route("/layered", hello()).layer(cors());
    let app = Router::new().route("/plain", hello()).merge(layered);
    let rows = [
        ("/layered", COVERED),
        ("/plain", UNCOVERED),
        ("/none", COVERED_404),
    ];
    assert_outcomes(&app, &rows).await;
}

/// What a page of the listed origin sees of the responses that other middleware makes, with that
/// middleware inside and outside of the layer.
#[tokio::test]
async fn ax11_only_what_is_made_inside_of_the_layer_is_covered() {
    async fn authenticated(request: Request, next: Next) -> Response {
        match request.headers().contains_key("authorization") {
            true => next.run(request).await,
            false => StatusCode::UNAUTHORIZED.into_response(),
        }
    }
    async fn unavailable(error: io::Error) -> (StatusCode, String) {
        (StatusCode::SERVICE_UNAVAILABLE, error.to_string())
    }
    async fn panics() {
        panic!("on purpose")
    }
    async fn sleeps() {
        tokio::time::sleep(Duration::from_secs(60)).await;
    }
    let app = |handler| Router::new().route("/", handler);
    let timeout = TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, Duration::ZERO);
    let limit = RequestBodyLimitLayer::new(4);
    let fails =
        tower::service_fn(|_: Request| async { Err::<Response, _>(io::Error::other("no")) });

    for (status, inside, outside) in [
        (
            500,
            app(get(panics)).layer(CatchPanicLayer::new()).layer(cors()),
            app(get(panics)).layer(cors()).layer(CatchPanicLayer::new()),
        ),
        (
            408,
            app(get(sleeps)).layer(timeout).layer(cors()),
            app(get(sleeps)).layer(cors()).layer(timeout),
        ),
        (
            413,
            app(hello()).layer(limit).layer(cors()),
            app(hello()).layer(cors()).layer(limit),
        ),
        (
            503,
            Router::new().route_service("/", cors().layer(HandleError::new(fails, unavailable))),
            Router::new().route_service("/", HandleError::new(cors().layer(fails), unavailable)),
        ),
        (
            401,
            app(hello()).layer(from_fn(authenticated)).layer(cors()),
            app(hello()).layer(cors()).layer(from_fn(authenticated)),
        ),
    ] {
        let long = match status {
            413 => "5",
            _ => "0",
        };
        let get = || request("GET /", &[("origin", LISTED), ("content-length", long)]);
        assert_eq!(ask(&inside, get()).await.outcome(), (status, SHARED));
        assert_eq!(ask(&outside, get()).await.outcome(), (status, BARE));

        let passes = (204, SHARED);
        assert_eq!(ask(&inside, preflight("/", LISTED)).await.outcome(), passes);
        let outside = ask(&outside, preflight("/", LISTED)).await.outcome();
        assert_eq!(outside, if status == 401 { (401, BARE) } else { passes });
    }
}

/// axum adds to the preflight's answer, which browsers do not mind.
#[tokio::test]
async fn ax13_inside_of_a_router_axum_adds_two_fields_to_a_preflight() {
    fn added(answer: &Answer) -> [Option<&str>; 2] {
        ["allow", "content-length"].map(|name| answer.field(name))
    }
    let router = Router::new().route("/", hello());
    let around = cors().layer(router.clone());
    let inside = router.layer(cors());

    let allow = Some("GET,HEAD");
    assert_eq!(
        added(&ask(&inside, preflight("/", LISTED)).await),
        [allow, Some("0")]
    );
    assert_eq!(
        added(&ask(&around, preflight("/", LISTED)).await),
        [None, None]
    );

    let asks = preflight_from(LISTED);
    let (inside, around) = (serve(inside).await, serve(around).await);
    let answer = ask_http2(inside, "OPTIONS /", &asks).await;
    assert_eq!(added(&answer), [allow, Some("0")]);
    let answer = ask_http2(around, "OPTIONS /", &asks).await;
    assert_eq!(added(&answer), [None, None]);

    let head = Connection::open(inside)
        .await
        .exchange(
            "OPTIONS / HTTP/1.1\nhost: api.test\norigin: https://app.example.com\n\
             access-control-request-method: GET\n\n",
        )
        .await;
    assert!(head.starts_with("HTTP/1.1 204 No Content\n"), "{head}");
    assert!(head.contains("allow: GET,HEAD\n"), "{head}");
    assert!(!head.contains("content-length"), "{head}");
}

/// AX15: the matched path is known under `Router::layer`, for preflights too.
#[tokio::test]
async fn ax15_a_function_chooses_by_matched_path() {
    let prepared = |policy: Policy<'static>| Arc::new(PreparedPolicy::from(policy));
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
