//! axum.

use std::panic;

use ::axum::Router;
use ::axum::body::Body;
use ::axum::extract::Request;
use ::axum::http::StatusCode;
use ::axum::middleware::{Next, from_fn};
use ::axum::response::{IntoResponse, Redirect, Response};
use ::axum::routing::{get, post};
use conformance_tests::frameworks::Framework;
use conformance_tests::placement::{Asked, Gaps, Placement};
use cors_axum::CorsLayer;
use tower::ServiceExt;
use tower_http::catch_panic::CatchPanicLayer;

use super::{POLICY, assert_says, everywhere, found};

async fn check(app: &Router, placement: Placement) -> Gaps {
    let placement = placement.framework(Framework::Axum);
    placement
        .check(async |request| {
            let answer = app.clone().oneshot(request.map(Body::from)).await;
            answer.unwrap_or_else(|never| match never {})
        })
        .await
}

fn cors() -> CorsLayer {
    CorsLayer::new(POLICY)
}

fn routes() -> Router {
    let account = get(|| async { StatusCode::UNAUTHORIZED });
    Router::new()
        .route("/items", get(|| async { "items" }))
        .route("/account", account)
        .route("/upload", post(|body: String| async move { body }))
        .route("/panic", get(|| async { panic!("as meant") as &str }))
        .layer(::axum::extract::DefaultBodyLimit::max(1024))
}

/// A token, but for `/panic`, so that more than this is found.
async fn token(request: Request, next: Next) -> Response {
    match request.uri().path() {
        "/api/account" => StatusCode::UNAUTHORIZED.into_response(),
        _ => next.run(request).await,
    }
}

async fn limit(request: Request, next: Next) -> Response {
    match request.headers().get("content-length") {
        Some(_) => StatusCode::PAYLOAD_TOO_LARGE.into_response(),
        None => next.run(request).await,
    }
}

async fn no_slash(request: Request, next: Next) -> Response {
    match request.uri().path().strip_suffix('/') {
        Some(path) if !path.is_empty() => Redirect::permanent(path).into_response(),
        _ => next.run(request).await,
    }
}

#[tokio::test]
async fn around_everything_nothing_is_found() {
    let app = Router::new().nest("/api", routes());
    let app = app
        .layer(from_fn(token))
        .layer(from_fn(limit))
        .layer(from_fn(no_slash))
        .layer(CatchPanicLayer::new())
        .layer(cors());
    check(&app, everywhere()).await.assert_none();
}

#[tokio::test]
async fn before_the_routes() {
    let app = Router::new()
        .layer(cors())
        .nest("/api", routes())
        .layer(CatchPanicLayer::new());
    let gaps = check(&app, everywhere()).await;
    assert_eq!(
        found(&gaps),
        [
            (Asked::Preflight, Some(405)),
            (Asked::Path, Some(200)),
            (Asked::OtherMethod, Some(405)),
            (Asked::Preflight, Some(405)),
            (Asked::WithoutToken, Some(401)),
            (Asked::LongBody, Some(413)),
            (Asked::Panic, Some(500)),
        ]
    );
    assert_says(
        &gaps,
        &[
            "the preflight, OPTIONS /api/items: 405 without Access-Control-Allow-Origin",
            "GET /api/items: 200 without Access-Control-Allow-Origin\n  probably this route is not inside",
            "after the last `.route(..)`",
        ],
    );
}

#[tokio::test]
async fn inside_of_authentication_limits_and_redirects() {
    let app = Router::new()
        .nest("/api", routes())
        .layer(CatchPanicLayer::new())
        .layer(cors())
        .layer(from_fn(token))
        .layer(from_fn(limit))
        .layer(from_fn(no_slash));
    let gaps = check(&app, everywhere()).await;
    assert_eq!(
        found(&gaps),
        [
            (Asked::OtherSlash, Some(308)),
            (Asked::Preflight, Some(401)),
            (Asked::WithoutToken, Some(401)),
            (Asked::LongBody, Some(413)),
        ]
    );
    assert_says(
        &gaps,
        &[
            "without a token, GET /api/account: 401",
            "the preflight, OPTIONS /api/account: 401",
            "with a long body, POST /api/upload: 413",
            "probably a body size limit runs before the CORS middleware",
            "probably authentication",
            "probably a redirect",
            "after the `.layer(..)` that makes this response",
        ],
    );
}

#[tokio::test]
async fn on_routes_or_on_a_nested_router() {
    for app in [
        Router::new().nest(
            "/api",
            routes().layer(CatchPanicLayer::new()).route_layer(cors()),
        ),
        Router::new().nest("/api", routes().layer(CatchPanicLayer::new()).layer(cors())),
    ] {
        let gaps = check(&app, everywhere()).await;
        let unknown = |(asked, status)| asked == Asked::UnknownPath && status == Some(404);
        assert!(found(&gaps).into_iter().any(unknown), "{gaps}");
        assert!(
            found(&gaps)
                .into_iter()
                .filter(|one| one.0 != Asked::OtherSlash)
                .all(unknown),
            "{gaps}"
        );
        assert_says(&gaps, &["GET /no-such-path: 404", "`.nest_service(path"]);
    }
    let service = Router::new().nest_service("/api", cors().layer(routes()));
    let app = Router::new().fallback_service(cors().layer(service));
    let placement = Placement::new(&POLICY, "https://app.example.com").path("/api/items");
    check(&app, placement).await.assert_none();
}

#[tokio::test]
async fn a_method_fallback_that_is_set_later() {
    let app = Router::new()
        .nest("/api", routes())
        .layer(cors())
        .method_not_allowed_fallback(|| async { StatusCode::METHOD_NOT_ALLOWED });
    let placement = Placement::new(&POLICY, "https://app.example.com").path("/api/items");
    let gaps = check(&app, placement).await;
    assert_says(
        &gaps,
        &[
            "PATCH /api/items: 405",
            "`.method_not_allowed_fallback(..)`",
        ],
    );
}

#[tokio::test]
async fn panics_that_nothing_catches_or_that_are_caught_outside() {
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let app = Router::new().nest("/api", routes());
    let nothing = check(&app.clone().layer(cors()), everywhere()).await;
    let outside = check(
        &app.layer(cors()).layer(CatchPanicLayer::new()),
        everywhere(),
    )
    .await;
    panic::set_hook(hook);
    assert_eq!(found(&nothing), [(Asked::Panic, None)]);
    assert_says(&nothing, &["so there is no response", "CatchPanicLayer"]);
    assert_eq!(found(&outside), [(Asked::Panic, Some(500))]);
    assert_says(
        &outside,
        &[
            "a handler that panics, GET /api/panic: 500",
            "errors and panics become",
        ],
    );
}

#[tokio::test]
async fn a_limit_for_requests() {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    let count = Arc::new(AtomicUsize::new(0));
    let limit = from_fn(move |request: Request, next: Next| {
        let count = Arc::clone(&count);
        async move {
            match count.fetch_add(1, Ordering::Relaxed) {
                0..3 => next.run(request).await,
                _ => StatusCode::TOO_MANY_REQUESTS.into_response(),
            }
        }
    });
    let app = Router::new()
        .nest("/api", routes())
        .layer(cors())
        .layer(limit);
    let placement =
        Placement::new(&POLICY, "https://app.example.com").limits_requests("/api/items", 4);
    let gaps = check(&app, placement).await;
    assert_eq!(found(&gaps), [(Asked::TooOften, Some(429))]);
    assert_says(
        &gaps,
        &["asked too often, GET /api/items: 429", "a rate limit"],
    );
}

#[tokio::test]
async fn two_of_them() {
    let app =
        Router::new()
            .nest("/api", routes())
            .layer(cors())
            .layer(::axum::middleware::map_response(
                |mut answer: Response| async {
                    let name = "access-control-allow-origin";
                    answer
                        .headers_mut()
                        .append(name, ::axum::http::HeaderValue::from_static("*"));
                    answer
                },
            ));
    let placement = Placement::new(&POLICY, "https://app.example.com").path("/api/items");
    let gaps = check(&app, placement).await;
    assert_says(
        &gaps,
        &["GET /api/items: 200, but", "a second CORS middleware"],
    );
}

#[test]
#[should_panic(expected = "the policy does not allow the origin \"https://other.example\"")]
fn a_page_that_the_policy_does_not_allow() {
    let _ = Placement::new(&POLICY, "https://other.example");
}

#[tokio::test]
#[should_panic(expected = "name a path to ask for")]
async fn nothing_to_ask() {
    let placement = Placement::new(&POLICY, "https://app.example.com");
    check(&routes(), placement).await.assert_none();
}
