//! Where a policy is put in an application of warp decides which responses it covers.

mod common;
#[expect(dead_code, reason = "its server is not started here")]
#[path = "../examples/per_route.rs"]
mod per_route;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Duration;

use cors_axum::CorsLayer;
use cors_warp::cors;
use tower::{Layer, ServiceBuilder};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;
use warp::http::StatusCode;
use warp::{Filter, Rejection, Reply};

use common::{
    Answer, Connection, FOREIGN, LISTED, POLICY, ask, ask_http2, ask_service, preflight, request,
    serve, serve_service,
};

const SHARED: bool = true;
const BARE: bool = false;

/// `GET /a` and nothing else.
fn route_a() -> impl Filter<Extract = (impl Reply,), Error = Rejection> + Clone + Send + Sync {
    warp::path!("a").and(warp::get()).map(|| "a")
}

/// `GET /b` and nothing else.
fn route_b() -> impl Filter<Extract = (impl Reply,), Error = Rejection> + Clone + Send + Sync {
    warp::path!("b").and(warp::get()).map(|| "b")
}

/// Asks for each path with `GET`, `POST` and a preflight, all from the listed origin.
macro_rules! assert_outcomes {
    ($filter:expr, $rows:expr) => {
        let service = warp::service($filter);
        for (path, expected) in $rows {
            let line = |method| format!("{method} {path}");
            let outcomes = [
                ask_service(&service, request(&line("GET"), &[("origin", LISTED)])).await,
                ask_service(&service, request(&line("POST"), &[("origin", LISTED)])).await,
                ask_service(&service, preflight(path, LISTED)).await,
            ]
            .map(|answer| answer.outcome());
            assert_eq!(outcomes, expected, "{path}");
        }
    };
}

/// What a route for `GET`, and a path without a route, give with a policy around them.
const COVERED: [(u16, bool); 3] = [(200, SHARED), (405, SHARED), (204, SHARED)];
const COVERED_404: [(u16, bool); 3] = [(404, SHARED), (404, SHARED), (204, SHARED)];
/// And without.
const UNCOVERED: [(u16, bool); 3] = [(200, BARE), (405, BARE), (405, BARE)];
const UNCOVERED_404: [(u16, bool); 3] = [(404, BARE); 3];

#[tokio::test]
async fn wp2_around_everything_the_policy_answers_every_preflight() {
    let rows = [
        ("/a", COVERED),
        ("/b", COVERED),
        ("/none", COVERED_404),
        ("/a/none", COVERED_404),
    ];
    assert_outcomes!(cors(POLICY, route_a().or(route_b())), rows);
}

#[tokio::test]
async fn wp3_what_recovers_inside_is_covered() {
    async fn explain(rejection: Rejection) -> Result<impl Reply, Rejection> {
        match rejection.is_not_found() {
            true => Ok(warp::reply::with_status(
                "no such page",
                StatusCode::NOT_FOUND,
            )),
            false => Err(rejection),
        }
    }
    async fn explain_all(_: Rejection) -> Result<impl Reply, Infallible> {
        Ok(warp::reply::with_status("no", StatusCode::IM_A_TEAPOT))
    }
    let get = |path: &str| request(&format!("GET {path}"), &[("origin", LISTED)]);
    let post = || request("POST /a", &[("origin", LISTED)]);

    let some = cors(POLICY, route_a().recover(explain));
    let answer = ask(&some, get("/none")).await;
    assert_eq!(
        (answer.outcome(), &*answer.body),
        ((404, SHARED), "no such page")
    );
    assert_eq!(ask(&some, post()).await.outcome(), (405, SHARED));
    assert_eq!(ask(&some, get("/a")).await.outcome(), (200, SHARED));

    let all = cors(POLICY, route_a().recover(explain_all));
    assert_eq!(ask(&all, get("/none")).await.outcome(), (418, SHARED));

    // Outside there is nothing to recover from, which only a box hides from the compiler.
    let outside = cors(POLICY, route_a()).boxed().recover(explain_all);
    assert_eq!(ask(&outside, get("/none")).await.outcome(), (404, SHARED));
}

#[tokio::test]
async fn wp4_what_stands_behind_never_runs_unless_the_policy_is_scoped() {
    // Without the box it does not compile.
    let shadowed = cors(POLICY, route_a()).boxed().or(route_b());
    assert_outcomes!(shadowed, [("/a", COVERED), ("/b", COVERED_404)]);

    let below = warp::path!("known").and(warp::get()).map(|| "known");
    let scoped = warp::path("api").and(cors(POLICY, below)).or(route_b());
    let rows = [
        ("/api/known", COVERED),
        ("/api/none", COVERED_404),
        ("/api", COVERED_404),
        ("/apiary", UNCOVERED_404),
        ("/b", UNCOVERED),
        ("/none", UNCOVERED_404),
    ];
    assert_outcomes!(scoped, rows);
}

#[tokio::test]
async fn wp5_filters_that_never_reject_are_wrapped_too() {
    let hello = warp::any().map(|| "hello");
    let recovered = route_a().recover(async |_| Ok::<_, Infallible>(StatusCode::GONE));
    let get = || request("GET /none", &[("origin", LISTED)]);
    for (answer, status) in [
        (ask(&cors(POLICY, hello), get()).await, 200),
        (ask(&cors(POLICY, recovered), get()).await, 410),
        (ask(&cors(POLICY, route_a()), get()).await, 404),
        (ask(&cors(POLICY, route_a().boxed()), get()).await, 404),
    ] {
        assert_eq!(answer.outcome(), (status, SHARED));
    }
}

#[tokio::test]
async fn wp6_the_remote_address_is_known_to_warp_only() {
    let address = warp::addr::remote()
        .map(|address: Option<SocketAddr>| address.map_or("none".into(), |one| one.to_string()));
    let wrapped = serve(cors(POLICY, address)).await;
    let layered = serve_service(CorsLayer::new(POLICY).layer(warp::service(address))).await;
    for (server, known) in [(wrapped, true), (layered, false)] {
        let get = request("GET http://api.test/", &[("origin", LISTED)]);
        let answer = ask_http2(server, get).await;
        assert_eq!(answer.outcome(), (200, SHARED));
        assert_eq!(answer.body.starts_with("127.0.0.1:"), known, "{answer:?}");
        assert_eq!(answer.body == "none", !known, "{answer:?}");
    }
}

#[tokio::test]
async fn wp7_layers_inside_of_the_tower_door_are_covered() {
    let panics = warp::path!("panics").map(|| -> &'static str { panic!("on purpose") });
    let sleeps = warp::path!("sleeps").then(async || {
        tokio::time::sleep(Duration::from_secs(60)).await;
        "slept"
    });
    let timeout = TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, Duration::ZERO);
    let service = ServiceBuilder::new()
        .layer(CorsLayer::new(POLICY).any_body())
        .layer(CatchPanicLayer::new())
        .layer(timeout)
        .service(warp::service(panics.or(sleeps)));
    for (line, status) in [
        ("GET /panics", 500),
        ("GET /sleeps", 408),
        ("GET /none", 404),
    ] {
        let answer = ask_service(&service, request(line, &[("origin", LISTED)])).await;
        assert_eq!(answer.outcome(), (status, SHARED), "{line}");
    }
    let answer = ask_service(&service, preflight("/panics", LISTED)).await;
    assert_eq!(answer.outcome(), (204, SHARED));
}

#[tokio::test]
async fn wp8_head_on_a_route_for_get_is_405_with_fields() {
    let server = serve(cors(POLICY, route_a())).await;
    let head = Connection::open(server)
        .await
        .exchange("HEAD /a HTTP/1.1\nhost: api.test\norigin: https://app.example.com\n\n")
        .await;
    assert!(head.starts_with("HTTP/1.1 405 "), "{head}");
    assert!(head.contains("access-control-allow-origin: https://app.example.com\n"));
    assert!(head.contains("vary: Origin\n"), "{head}");
}

#[tokio::test]
async fn wp9_the_function_is_a_wrapper() {
    let rows = [("/a", COVERED), ("/none", COVERED_404)];
    let wrapped = route_a().with(warp::wrap_fn(|routes| cors(POLICY, routes)));
    assert_outcomes!(wrapped, rows);
    let scoped = warp::path("api").and(route_a().with(warp::wrap_fn(|api| cors(POLICY, api))));
    assert_outcomes!(scoped, [("/api/a", COVERED), ("/a", UNCOVERED_404)]);
}

/// Wrappers of warp and its test client make responses within filters, where no service may be
/// called: warp panics in debug builds.
#[tokio::test]
async fn wp10_no_service_is_called_within_a_filter() {
    let rows = [("/a", COVERED), ("/none", COVERED_404)];
    let logged = cors(POLICY, route_a()).with(warp::log("test"));
    assert_outcomes!(logged, rows);
    let traced = cors(POLICY, route_a()).with(warp::trace::request());
    assert_outcomes!(traced, rows);
    assert_outcomes!(cors(POLICY, cors(POLICY, route_a())), rows);
    let mapped = cors(POLICY, route_a()).map(Reply::into_response);
    assert_outcomes!(mapped, rows);

    for (path, status) in [("/a", 200), ("/none", 404)] {
        let answer = warp::test::request()
            .path(path)
            .header("origin", LISTED)
            .reply(&cors(POLICY, route_a()))
            .await;
        assert_eq!(answer.status(), status);
        assert_eq!(answer.headers()["access-control-allow-origin"], LISTED);
    }
}

/// What `warp::cors()` on one route does to the others.
#[tokio::test]
async fn wp12_a_scoped_policy_changes_nothing_for_other_routes() {
    let foreign = |line| request(line, &[("origin", FOREIGN)]);
    let plain = warp::service(warp::path("api").and(route_a()).or(route_b()));
    let scoped = warp::service(warp::path("api").and(cors(POLICY, route_a())).or(route_b()));
    for line in ["GET /b", "POST /b", "GET /none", "OPTIONS /b", "GET /"] {
        let (want, got) = (
            ask_service(&plain, foreign(line)).await,
            ask_service(&scoped, foreign(line)).await,
        );
        assert_same(&got, &want, line);
    }
    let (want, got) = (
        ask_service(&plain, preflight("/b", LISTED)).await,
        ask_service(&scoped, preflight("/b", LISTED)).await,
    );
    assert_same(&got, &want, "a preflight of /b");

    assert_eq!(
        ask_service(&scoped, foreign("GET /api/a")).await.status,
        403
    );
    assert_eq!(
        ask_service(&scoped, preflight("/api/a", LISTED))
            .await
            .status,
        204
    );
}

fn assert_same(got: &Answer, want: &Answer, place: &str) {
    let parts = |one: &Answer| (one.status, one.headers.clone(), one.body.clone());
    assert_eq!(parts(got), parts(want), "{place}");
}

/// A page may always talk to its own server, which is `:authority` in HTTP/2, and the host of an
/// absolute target in HTTP/1.1. Where `Host` says something else, warp shows neither.
#[tokio::test]
async fn the_own_origin_is_that_of_the_target() {
    let wrapped = serve(cors(POLICY, warp::any().map(|| "hello"))).await;
    let service = CorsLayer::new(POLICY).layer(warp::service(warp::any().map(|| "hello")));
    let layered = serve_service(service).await;

    for (target, host, origin, status) in [
        ("http://api.test/", None, "http://api.test", 200),
        ("http://api.test:8080/", None, "http://api.test:8080", 200),
        ("http://API.test/", None, "http://api.test", 200),
        ("http://api.test:8080/", None, "http://api.test", 403),
        ("http://api.test/", None, "http://evil.example", 403),
        ("http://api.test/", Some("api.test"), "http://api.test", 200),
        ("http://api.test/", Some("API.test"), "http://api.test", 200),
        (
            "http://api.test/",
            Some("evil.example"),
            "http://evil.example",
            403,
        ),
        ("/", Some("api.test"), "http://api.test", 200),
        ("/", Some("api.test"), "http://evil.example", 403),
        (
            "/",
            Some("api.test\nhost: api.test"),
            "http://api.test",
            403,
        ),
        ("/", Some("api test"), "http://api.test", 403),
    ] {
        for server in [wrapped, layered] {
            assert_status(server, target, host, origin, status).await;
        }
    }
    let (target, host) = ("http://api.test/", Some("evil.example"));
    assert_status(layered, target, host, "http://api.test", 200).await;
    assert_status(wrapped, target, host, "http://api.test", 403).await;
}

async fn assert_status(
    server: SocketAddr,
    target: &str,
    host: Option<&str>,
    origin: &str,
    status: u16,
) {
    let row = format!("{target} {host:?} {origin}");
    if target != "/" {
        let mut fields = vec![("origin", origin)];
        fields.extend(host.map(|host| ("host", host)));
        let answer = ask_http2(server, request(&format!("GET {target}"), &fields)).await;
        assert_eq!(answer.status, status, "HTTP/2: {row}");
        assert_eq!(answer.cors(), ["vary: Origin"], "HTTP/2: {row}");
    }
    let host = host.unwrap_or(target.trim_start_matches("http://").trim_end_matches('/'));
    let head = Connection::open(server)
        .await
        .exchange(&format!(
            "GET {target} HTTP/1.1\nhost: {host}\norigin: {origin}\n\n"
        ))
        .await;
    assert!(
        head.starts_with(&format!("HTTP/1.1 {status} ")),
        "{row}: {head}"
    );
    assert!(!head.contains("access-control-"), "{row}: {head}");
}

#[tokio::test]
async fn the_example_per_route_keeps_its_policies_apart() {
    let app = warp::service(per_route::app());
    for (line, origin, status, shared_with) in [
        ("GET /public/articles/1", FOREIGN, 200, Some("*")),
        ("GET /public/articles/2", FOREIGN, 404, Some("*")),
        ("GET /public/articles/x", FOREIGN, 404, Some("*")),
        ("GET /public/none", FOREIGN, 404, Some("*")),
        ("PUT /public/articles/1", FOREIGN, 405, Some("*")),
        ("GET /account/name", LISTED, 200, Some(LISTED)),
        ("PUT /account/name", LISTED, 422, Some(LISTED)),
        ("GET /account/none", LISTED, 404, Some(LISTED)),
        ("DELETE /account/name", LISTED, 405, Some(LISTED)),
        ("GET /account/name", FOREIGN, 403, None),
        ("GET /account/none", FOREIGN, 403, None),
        ("GET /none", LISTED, 404, None),
    ] {
        let answer = ask_service(&app, request(line, &[("origin", origin)])).await;
        let lines = answer.headers.get_all("access-control-allow-origin");
        assert_eq!(answer.status, status, "{line} from {origin}");
        assert!(lines.iter().eq(shared_with), "{line}: {answer:?}");
        let credentials = answer.headers.get("access-control-allow-credentials");
        assert_eq!(credentials.is_some(), shared_with == Some(LISTED), "{line}");
    }
    for (target, origin, outcome) in [
        ("/account/name", LISTED, (204, SHARED)),
        ("/account/none", LISTED, (204, SHARED)),
        ("/account/name", FOREIGN, (403, BARE)),
        ("/public/articles/1", LISTED, (403, BARE)),
        ("/none", LISTED, (404, BARE)),
    ] {
        let answer = ask_service(&app, preflight(target, origin)).await;
        assert_eq!(answer.outcome(), outcome, "{target} from {origin}");
    }
}
