//! warp.

use ::warp::filters::BoxedFilter;
use ::warp::http::StatusCode;
use ::warp::reply::{Reply, with_status};
use ::warp::{Filter, any, body, get, path, post, service};
use conformance_tests::frameworks::Framework;
use conformance_tests::placement::{Asked, Gaps, Placement};
use cors_axum::CorsLayer;
use cors_warp::cors;
use http_body_util::Full;
use tower::{Layer, ServiceExt};
use tower_http::catch_panic::CatchPanicLayer;

use super::{POLICY, assert_says, everywhere, found};

type Routes = BoxedFilter<(Box<dyn Reply>,)>;

/// A limit that no request may pass is at the front of the route.
fn routes() -> Routes {
    let boxed =
        |reply: &'static str, status| Box::new(with_status(reply, status)) as Box<dyn Reply>;
    let items = path!("api" / "items")
        .and(get())
        .map(move || boxed("items", StatusCode::OK));
    let account = path!("api" / "account")
        .and(get())
        .map(move || boxed("no token", StatusCode::UNAUTHORIZED));
    let upload = path!("api" / "upload")
        .and(post())
        .and(body::content_length_limit(1024))
        .map(move || boxed("uploaded", StatusCode::OK));
    let panics = path!("api" / "panic")
        .and(get())
        .map(|| -> Box<dyn Reply> { panic!("as meant") });
    items
        .or(account)
        .unify()
        .or(upload)
        .unify()
        .or(panics)
        .unify()
        .boxed()
}

macro_rules! check {
    ($service:expr, $placement:expr) => {{
        let service = $service;
        let placement = $placement.framework(Framework::Warp);
        let gaps: Gaps = placement
            .check(async |request| {
                let request = request.map(|body| Full::new(bytes::Bytes::from(body)));
                service
                    .clone()
                    .oneshot(request)
                    .await
                    .unwrap_or_else(|never| match never {})
            })
            .await;
        gaps
    }};
}

#[tokio::test]
async fn around_everything_nothing_is_found() {
    let caught = CatchPanicLayer::new().layer(service(routes()));
    check!(
        CorsLayer::new(POLICY).any_body().layer(caught),
        everywhere()
    )
    .assert_none();

    let placement = Placement::new(&POLICY, "https://app.example.com")
        .path("/api/items")
        .needs_token("/api/account")
        .limits_bodies("/api/upload", super::LONG);
    check!(service(cors(POLICY, routes())), placement).assert_none();
}

#[tokio::test]
async fn around_one_of_the_filters() {
    let items = path!("api" / "items").and(get()).map(|| "items");
    let covered = path("api").and(path("other")).and(cors(POLICY, items));
    let app = covered.or(routes());
    let gaps = check!(service(app), everywhere());
    let found = found(&gaps);
    for gap in [
        (Asked::Preflight, Some(405)),
        (Asked::Path, Some(200)),
        (Asked::WithoutToken, Some(401)),
        (Asked::LongBody, Some(413)),
        (Asked::UnknownPath, Some(404)),
        (Asked::Panic, None),
    ] {
        assert!(found.contains(&gap), "{gap:?} is not in: {gaps}");
    }
    assert_says(
        &gaps,
        &["wrap all filters at once", "`CatchPanicLayer` (tower-http)"],
    );
}

#[tokio::test]
async fn behind_a_filter_that_asks_for_a_token() {
    let token = any()
        .and(::warp::header::<String>("authorization"))
        .map(drop)
        .untuple_one();
    let app = token.and(cors(POLICY, routes()));
    let placement = Placement::new(&POLICY, "https://app.example.com").path("/api/items");
    let gaps = check!(service(app), placement);
    assert!(
        found(&gaps).contains(&(Asked::Preflight, Some(400))),
        "{gaps}"
    );
    assert_says(&gaps, &["those that check tokens and limits included"]);
}
