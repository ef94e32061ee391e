//! `actix_cors`, around an application of actix-web, over a socket.

use actix_cors::Cors;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::web::{self, Data};
use actix_web::{HttpResponse, HttpServer};

use super::pattern;
use super::settings::{Allowed, Settings};
use conformance_tests::App;
use conformance_tests::NotApplicable;
use conformance_tests::PolicyFile;
use conformance_tests::wire;
use conformance_tests::{Request, Response};

pub(super) async fn exchange(
    policy: &PolicyFile,
    app: &App,
    request: &Request,
) -> Result<Response, NotApplicable> {
    let settings = Settings::of(policy);
    settings.is_of_one_kind()?;
    settings.any_header_with_authorization(request)?;
    let (policy, app) = (policy.clone(), Data::new(app.clone()));
    let server = HttpServer::new(move || {
        // Here a handler of GET is asked for HEAD only if it says so.
        let get = web::resource("/get")
            .get(handle)
            .route(web::head().to(handle));
        actix_web::App::new()
            .app_data(app.clone())
            .route("/", web::to(handle))
            .service(get)
            .wrap(cors(&Settings::of(&policy)))
    })
    .workers(1)
    .disable_signals()
    .bind(("127.0.0.1", 0))
    .expect("a port on loopback");
    let address = server.addrs()[0];
    let server = server.run();
    let handle = server.handle();
    let server = tokio::spawn(server);
    let response = wire::exchange(address, request).await;
    handle.stop(false).await;
    server
        .await
        .expect("no panic")
        .expect("a server that is stopped");
    Ok(response.expect("an answer"))
}

async fn handle(app: Data<App>) -> HttpResponse {
    let answer = app.handle();
    let status = answer.status.try_into().expect("the case's status");
    let mut response = HttpResponse::with_body(status, answer.body.clone());
    for line in &answer.lines {
        let name: HeaderName = line.name.parse().expect("the case's field name");
        let value = HeaderValue::from_bytes(&line.value).expect("the case's field value");
        response.headers_mut().append(name, value);
    }
    response.map_into_boxed_body()
}

fn cors(settings: &Settings<'_>) -> Cors {
    // It does not block on a mismatch of origins, its default: blocking strikes its own pages too.
    let mut cors = match &settings.origins {
        Allowed::Any => Cors::default().allow_any_origin().send_wildcard(),
        Allowed::Listed(origins) => {
            let null = settings.null.then_some("null");
            let origins = origins.iter().copied().chain(null);
            origins.fold(Cors::default(), Cors::allowed_origin)
        }
    };
    for pattern in &settings.patterns {
        let pattern = (*pattern).to_owned();
        cors =
            cors.allowed_origin_fn(move |origin, _| pattern::matches(&pattern, origin.as_bytes()));
    }
    cors = match &settings.methods {
        Allowed::Any => cors.allow_any_method(),
        Allowed::Listed(methods) => cors.allowed_methods(methods.iter().copied()),
    };
    cors = match &settings.request_headers {
        Allowed::Any => cors.allow_any_header(),
        Allowed::Listed(names) => cors.allowed_headers(names.iter().copied()),
    };
    cors = match &settings.expose_headers {
        Allowed::Any => cors.expose_any_header(),
        Allowed::Listed(names) => cors.expose_headers(names.iter().copied()),
    };
    if settings.credentials {
        cors = cors.supports_credentials();
    }
    cors.max_age(settings.max_age.map(|seconds| seconds as usize))
}
