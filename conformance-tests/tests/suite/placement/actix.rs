//! actix-web.

use ::actix_web::body::MessageBody;
use ::actix_web::dev::{Service, ServiceRequest, ServiceResponse};
use ::actix_web::error::{Error, ErrorPayloadTooLarge, ErrorUnauthorized};
use ::actix_web::middleware::{Next, NormalizePath, from_fn};
use ::actix_web::web::{self, PayloadConfig, ServiceConfig};
use ::actix_web::{App, HttpResponse, test};
use conformance_tests::frameworks::Framework;
use conformance_tests::frameworks::actix::send;
use conformance_tests::placement::{Asked, Gaps, Placement};
use cors_actix::Cors;

use super::{POLICY, assert_says, everywhere, found};

async fn check<B>(
    app: &impl Service<actix_http::Request, Response = ServiceResponse<B>, Error = Error>,
    placement: Placement,
) -> Gaps {
    let placement = placement.framework(Framework::Actix);
    placement
        .check(async |request| send(app, request).await)
        .await
}

fn cors() -> Cors {
    Cors::new(POLICY)
}

fn routes(config: &mut ServiceConfig) {
    let unauthorized = web::get().to(|| async { HttpResponse::Unauthorized().finish() });
    let failed = web::get().to(|| async { HttpResponse::InternalServerError().finish() });
    config
        .app_data(PayloadConfig::new(1024))
        .route("/items", web::get().to(|| async { "items" }))
        .route("/account", unauthorized)
        .route("/upload", web::post().to(|body: String| async { body }))
        .route("/panic", failed);
}

async fn token(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    match request.path() {
        "/api/account" => Err(ErrorUnauthorized("no token")),
        _ => next.call(request).await,
    }
}

async fn limit(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    match request.headers().contains_key("content-length") {
        true => Err(ErrorPayloadTooLarge("too long")),
        false => next.call(request).await,
    }
}

#[::actix_web::test]
async fn around_everything_nothing_is_found() {
    let app = App::new()
        .service(web::scope("/api").configure(routes))
        .wrap(from_fn(token))
        .wrap(from_fn(limit))
        .wrap(NormalizePath::trim())
        .wrap(cors());
    let app = test::init_service(app).await;
    check(&app, everywhere()).await.assert_none();
}

#[::actix_web::test]
async fn inside_of_authentication_and_a_limit() {
    let app = App::new()
        .service(web::scope("/api").configure(routes))
        .wrap(cors())
        .wrap(from_fn(token))
        .wrap(from_fn(limit));
    let app = test::init_service(app).await;
    let gaps = check(&app, everywhere()).await;
    assert_eq!(
        found(&gaps),
        [
            (Asked::Preflight, Some(401)),
            (Asked::WithoutToken, Some(401)),
            (Asked::LongBody, Some(413)),
        ]
    );
    assert_says(
        &gaps,
        &[
            "probably authentication",
            "a body size limit",
            "call `.wrap(Cors::new(..))` last",
        ],
    );
}

#[::actix_web::test]
async fn on_a_scope() {
    let app = App::new().service(web::scope("/api").configure(routes).wrap(cors()));
    let app = test::init_service(app).await;
    let gaps = check(&app, everywhere()).await;
    assert_eq!(found(&gaps), [(Asked::UnknownPath, Some(404))]);
    assert_says(
        &gaps,
        &[
            "GET /no-such-path: 404",
            "on a scope it covers the 404s below",
        ],
    );
}

#[::actix_web::test]
async fn on_a_resource_beside_the_others() {
    let items = web::resource("/api/items")
        .get(|| async { "items" })
        .wrap(cors());
    let others = web::scope("/api").configure(routes);
    let app = test::init_service(App::new().service(items).service(others)).await;
    let gaps = check(&app, everywhere()).await;
    let found = found(&gaps);
    assert!(found.contains(&(Asked::WithoutToken, Some(401))), "{gaps}");
    assert!(found.contains(&(Asked::LongBody, Some(413))), "{gaps}");
    assert!(found.contains(&(Asked::Panic, Some(500))), "{gaps}");
    assert!(!found.contains(&(Asked::Path, Some(200))), "{gaps}");
}

#[::actix_web::test]
async fn on_a_route() {
    let items = web::get().to(|| async { "items" }).wrap(cors());
    let app = App::new().service(web::resource("/api/items").route(items));
    let app = test::init_service(app).await;
    let placement = Placement::new(&POLICY, "https://app.example.com").path("/api/items");
    let gaps = check(&app, placement).await;
    assert!(
        found(&gaps).contains(&(Asked::Preflight, Some(405))),
        "{gaps}"
    );
    assert!(
        found(&gaps).contains(&(Asked::OtherMethod, Some(405))),
        "{gaps}"
    );
    assert_says(&gaps, &["routes never see an OPTIONS request"]);
}
