//! The code of the comparison compiles, and what it says of other libraries is so.

use std::convert::Infallible;
use std::fs;
use std::path::Path;

use actix_web::test as actix;
use axum::body::Body;
use axum::response::IntoResponse;
use axum::routing::get;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use tower::{Service, ServiceExt};
use warp::Filter;

use cors_core::Policy;

const PAGE: &str = "docs/compare.md";
const APP: &str = "https://app.example.com";
const EVIL: &str = "https://evil.example";

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The lines of the page's programs are lines of this file.
#[test]
fn the_code_of_the_page_is_here() {
    let page = read(PAGE);
    let here: Vec<&str> = include_str!("compare.rs").lines().map(str::trim).collect();
    let blocks: Vec<&str> = page.split("```rust\n").skip(1).collect();
    assert_eq!(blocks.len(), 7);
    for block in blocks {
        let code = block.split("```").next().expect("a block ends");
        for line in code.lines().map(str::trim) {
            assert!(here.contains(&line), "{line}");
        }
    }
}

#[test]
fn the_error_of_the_page_is_what_the_compiler_prints() {
    let error = Policy::try_anonymous("https://app.example.com/").expect_err("a slash at the end");
    assert!(read(PAGE).contains(&format!("evaluation panicked: {error}\n")));
}

static READ: Policy = Policy::public();
static READ_AND_ACT: Policy = Policy::public().and_credentialed("https://app.example.com");

#[rustfmt::skip]
static PATTERNS: Policy =
    Policy::credentialed("https://*.example.com https://pr-*.preview.example.com http://localhost:*");

#[rustfmt::skip]
static SAME: Policy = Policy::credentialed("https://app.example.com")
    .methods("PUT")
    .request_headers("authorization");

#[test]
fn the_policies_of_the_page_mean_what_it_says() {
    assert!(READ.allows_origin(EVIL.as_bytes()) && !READ.allows_credentials(APP.as_bytes()));
    assert!(READ_AND_ACT.allows_origin(EVIL.as_bytes()));
    assert!(READ_AND_ACT.allows_credentials(APP.as_bytes()));
    assert!(!READ_AND_ACT.allows_credentials(EVIL.as_bytes()));
    for (origin, is_allowed) in [
        ("https://shop.example.com", true),
        ("http://localhost:5173", true),
        ("http://shop.example.com", false),
        ("https://evilexample.com", false),
    ] {
        assert_eq!(
            PATTERNS.allows_origin(origin.as_bytes()),
            is_allowed,
            "{origin}"
        );
    }
    assert!(SAME.allows_credentials(APP.as_bytes()));
}

fn request(method: Method, origin: &str) -> Request<Body> {
    let request = Request::builder()
        .method(method)
        .uri("http://api.example.com/");
    let request = request.header(header::HOST, "api.example.com");
    let request = request.header(header::ORIGIN, origin);
    request.body(Body::empty()).expect("a request")
}

async fn tower_http(layer: tower_http::cors::CorsLayer, request: Request<Body>) -> Response<Body> {
    let handler = get(|| async { "hello" }).options(|| async { "options".into_response() });
    let app: axum::Router = axum::Router::new().route("/", handler).layer(layer);
    app.oneshot(request)
        .await
        .unwrap_or_else(|never| match never {})
}

async fn varied() -> actix_web::HttpResponse {
    let mut response = actix_web::HttpResponse::Ok();
    response
        .append_header(("vary", "accept"))
        .append_header(("vary", "cookie"))
        .finish()
}

async fn actix_cors(cors: actix_cors::Cors, origin: &str) -> HeaderMap {
    let app = actix_web::App::new()
        .wrap(cors)
        .route("/", actix_web::web::get().to(varied));
    let app = actix::init_service(app).await;
    let request = actix::TestRequest::get().insert_header(("origin", origin));
    let response = actix::call_service(&app, request.to_request()).await;
    let lines = response.headers().iter();
    let lines = lines.map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec()));
    let mut headers = HeaderMap::new();
    for (name, value) in lines {
        let name: http::HeaderName = name.parse().expect("a name");
        headers.append(name, HeaderValue::from_bytes(&value).expect("a value"));
    }
    headers
}

async fn warp_cors(
    cors: warp::filters::cors::Builder,
    request: Request<Body>,
) -> (StatusCode, HeaderMap) {
    let hello = warp::any().map(|| "hello");
    let service = warp::service(hello.with(cors));
    let response = call(service, request.map(|_| String::new())).await;
    (response.status(), response.headers().clone())
}

async fn call<S, B>(mut service: S, request: Request<String>) -> Response<B>
where
    S: Service<Request<String>, Response = Response<B>, Error = Infallible>,
{
    service
        .call(request)
        .await
        .unwrap_or_else(|never| match never {})
}

/// Whether a page of the origin may read the response, and do so with cookies.
fn reads(headers: &HeaderMap, origin: &str) -> (bool, bool) {
    let is = |name, value| headers.get(name).is_some_and(|one| one == value);
    let reads = is(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    (
        reads,
        reads && is(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, "true"),
    )
}

#[actix_web::test]
async fn a_slash_at_the_end_never_matches_or_is_dropped() {
    #[rustfmt::skip]
    let layer = tower_http::cors::CorsLayer::new()
        .allow_origin(["https://app.example.com/".parse::<HeaderValue>().unwrap()]);
    let response = tower_http(layer, request(Method::GET, APP)).await;
    assert_eq!(reads(response.headers(), APP), (false, false));

    let cors = actix_cors::Cors::default().allowed_origin("https://app.example.com/");
    assert_eq!(reads(&actix_cors(cors, APP).await, APP), (false, false));

    let origins = rocket_cors::AllowedOrigins::some_exact(&["https://app.example.com/"]);
    let options = rocket_cors::CorsOptions::default().allowed_origins(origins);
    assert_eq!(reads(&rocket_cors(options, APP).await, APP), (true, false));

    let cors = warp::cors().allow_origin("https://app.example.com/");
    let (_, headers) = warp_cors(cors, request(Method::GET, APP)).await;
    assert_eq!(reads(&headers, APP), (true, false));
    let build = || warp::cors().allow_origin("app.example.com").build();
    assert!(std::panic::catch_unwind(build).is_err());
}

async fn rocket_cors(options: rocket_cors::CorsOptions, origin: &str) -> HeaderMap {
    rocket_cors_to(options, rocket::http::Method::Get, origin)
        .await
        .1
}

#[rocket::route(GET, uri = "/")]
const fn rocket_get() -> &'static str {
    "hello"
}

#[rocket::route(POST, uri = "/")]
const fn rocket_post() -> &'static str {
    "hello"
}

async fn rocket_cors_to(
    options: rocket_cors::CorsOptions,
    method: rocket::http::Method,
    origin: &str,
) -> (StatusCode, HeaderMap) {
    let cors = options.to_cors().expect("options that are valid");
    let rocket = rocket::custom(rocket::Config {
        log_level: rocket::config::LogLevel::Off,
        ..rocket::Config::debug_default()
    });
    let rocket = rocket
        .mount("/", rocket::routes![rocket_get, rocket_post])
        .attach(cors);
    let client = rocket::local::asynchronous::Client::untracked(rocket)
        .await
        .expect("a server");
    let request = client.req(method, "/");
    let request = request.header(rocket::http::Header::new("Host", "api.example.com"));
    let request = request.header(rocket::http::Header::new("Origin", origin.to_owned()));
    let response = request.dispatch().await;
    let mut headers = HeaderMap::new();
    for line in response.headers().iter() {
        let name: http::HeaderName = line.name().as_str().parse().expect("a name");
        headers.append(name, line.value().parse().expect("a value"));
    }
    let status = StatusCode::from_u16(response.status().code).expect("a status");
    (status, headers)
}

#[actix_web::test]
async fn each_has_a_way_to_let_everybody_in() {
    let layer = tower_http::cors::CorsLayer::very_permissive();
    let response = tower_http(layer, request(Method::GET, EVIL)).await;
    assert_eq!(reads(response.headers(), EVIL), (true, true));

    let cors = actix_cors::Cors::permissive();
    assert_eq!(reads(&actix_cors(cors, EVIL).await, EVIL), (true, true));

    let options = rocket_cors::CorsOptions::default().allow_credentials(true);
    assert_eq!(reads(&rocket_cors(options, EVIL).await, EVIL), (true, true));

    let cors = warp::cors().allow_credentials(true);
    let (_, headers) = warp_cors(cors, request(Method::GET, EVIL)).await;
    assert_eq!(reads(&headers, EVIL), (true, true));
}

#[tokio::test]
async fn a_predicate_of_bytes_allows_another_scheme() {
    #[rustfmt::skip]
    let origins = tower_http::cors::AllowOrigin::predicate(|origin, _| {
        origin.as_bytes().ends_with(b".example.com")
    });
    let layer = tower_http::cors::CorsLayer::new().allow_origin(origins);
    for (origin, is_allowed) in [
        ("https://shop.example.com", true),
        ("http://shop.example.com", true),
        ("https://example.com", false),
    ] {
        let response = tower_http(layer.clone(), request(Method::GET, origin)).await;
        assert_eq!(reads(response.headers(), origin).0, is_allowed, "{origin}");
    }
}

#[tokio::test]
async fn tower_http_answers_every_options_and_tells_others_its_lists() {
    let layer = tower_http::cors::CorsLayer::new()
        .allow_origin([APP.parse::<HeaderValue>().unwrap()])
        .allow_credentials(true)
        .allow_methods([Method::PUT]);
    let response = tower_http(layer.clone(), request(Method::OPTIONS, APP)).await;
    assert_eq!(
        response.headers()[header::ACCESS_CONTROL_ALLOW_METHODS],
        "PUT"
    );
    let response = tower_http(layer, request(Method::OPTIONS, EVIL)).await;
    assert_eq!(response.status(), 200);
    let names = [
        header::ACCESS_CONTROL_ALLOW_METHODS,
        header::ACCESS_CONTROL_ALLOW_CREDENTIALS,
    ];
    assert!(
        names
            .iter()
            .all(|name| response.headers().contains_key(name))
    );
}

#[tokio::test]
async fn two_of_them_refuse_the_posts_of_the_servers_own_pages() {
    const OWN: &str = "http://api.example.com";
    let cors = warp::cors().allow_origin(APP).allow_method(Method::POST);
    let (status, headers) = warp_cors(cors, request(Method::POST, OWN)).await;
    assert_eq!(status, 403);
    assert!(!headers.contains_key(header::VARY));

    let origins = rocket_cors::AllowedOrigins::some_exact(&[APP]);
    let options = rocket_cors::CorsOptions::default().allowed_origins(origins);
    let post = rocket::http::Method::Post;
    let (status, _) = rocket_cors_to(options.clone(), post, OWN).await;
    assert_eq!(status, 403);
    let (status, headers) = rocket_cors_to(options, post, APP).await;
    assert_eq!(status, 200);
    assert!(!headers.contains_key(header::VARY));
}

#[actix_web::test]
async fn actix_cors_loses_what_a_handler_varies_by_and_tells_others_of_credentials() {
    let cors = || {
        actix_cors::Cors::default()
            .allowed_origin(APP)
            .supports_credentials()
    };
    let headers = actix_cors(cors(), APP).await;
    let vary: Vec<_> = headers.get_all(header::VARY).iter().collect();
    let vary = format!("{vary:?}").to_ascii_lowercase();
    assert!(vary.contains("origin") && vary.contains("accept") && !vary.contains("cookie"));
    let headers = actix_cors(cors(), EVIL).await;
    assert_eq!(reads(&headers, EVIL), (false, false));
    assert!(headers.contains_key(header::ACCESS_CONTROL_ALLOW_CREDENTIALS));
}

#[tokio::test]
async fn a_rejection_of_warp_has_no_headers() {
    let cors = warp::cors().allow_origin(APP).build();
    let service = warp::service(warp::path("x").map(|| "hello").with(cors));
    let request = request(Method::GET, APP).map(|_| String::new());
    let response = call(service, request).await;
    assert_eq!(response.status(), 404);
    assert_eq!(reads(response.headers(), APP), (false, false));
}
