//! Where a policy is put in an application of warp decides which responses it covers.

mod common;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Duration;

use cors_axum::CorsLayer;
use cors_warp::cors;
use futures_util::StreamExt;
use test_client::{
    COVERED, COVERED_404, Connection, FOREIGN, Fields, LISTED, POLICY, SHARED, UNCOVERED,
    UNCOVERED_404, ask_http2, ask_service, serve_service,
};
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;
use warp::http::StatusCode;
use warp::ws::Ws;
use warp::{Filter, Rejection, Reply};

use common::{ask, preflight, request, serve};

/// `GET /a` and nothing else.
fn route_a() -> impl Filter<Extract = (impl Reply,), Error = Rejection> + Clone + Send + Sync {
    warp::path!("a").and(warp::get()).map(|| "a")
}

/// `GET /b` and nothing else.
fn route_b() -> impl Filter<Extract = (impl Reply,), Error = Rejection> + Clone + Send + Sync {
    warp::path!("b").and(warp::get()).map(|| "b")
}

macro_rules! assert_outcomes {
    ($filter:expr, $rows:expr) => {
        let service = warp::service($filter);
        let ask = async |line: &str, fields: Fields<'_>| {
            ask_service(&service, request(line, fields)).await
        };
        test_client::assert_outcomes(ask, &$rows).await;
    };
}

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
        let answer = ask_http2(server, "GET /", &[("origin", LISTED)]).await;
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
        assert_eq!(got, want, "{line}");
    }
    let (want, got) = (
        ask_service(&plain, preflight("/b", LISTED)).await,
        ask_service(&scoped, preflight("/b", LISTED)).await,
    );
    assert_eq!(got, want, "a preflight of /b");

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

/// Nor does it stand in the way of an upgrade, which warp's own server and hyper do.
#[tokio::test]
async fn wp11_a_websocket_opens_through_the_tower_door() {
    let echo = warp::ws().map(|upgrade: Ws| {
        upgrade.on_upgrade(async |socket| {
            let (send, receive) = socket.split();
            drop(receive.forward(send).await);
        })
    });
    let server = serve_service(CorsLayer::new(POLICY).layer(warp::service(echo))).await;
    let handshake = "GET / HTTP/1.1\nhost: api.test\norigin: https://app.example.com\n\
                     connection: upgrade\nupgrade: websocket\nsec-websocket-version: 13\n\
                     sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\n\n";
    let mut connection = Connection::open(server).await;
    let head = connection.exchange(handshake).await;
    assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
    assert!(head.contains("access-control-allow-origin: https://app.example.com\n"));
    // A text frame; what a client sends is masked, here with zeros.
    connection.send(b"\x81\x82\0\0\0\0hi").await;
    assert_eq!(connection.read(4).await, b"\x81\x02hi");

    let foreign = handshake.replace("https://app.example.com", FOREIGN);
    let head = Connection::open(server).await.exchange(&foreign).await;
    assert!(head.starts_with("HTTP/1.1 403 "), "{head}");
}
