//! `warp::cors()`, around filters, over a socket.

use std::convert::Infallible;

use ::warp::filters::cors::Builder;
use ::warp::http::StatusCode;
use ::warp::reject::MethodNotAllowed;
use ::warp::{Filter, Rejection};
use http::{HeaderName, HeaderValue};
use tokio::net::TcpListener;

use super::settings::{Allowed, Settings, has_no_own_origins};
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
    has_no_own_origins(policy)?;
    // Rejections get no fields, so they become replies before `with`.
    let filter = routes(app)
        .recover(recover)
        .with(cors(&Settings::of(policy))?);
    let listener = TcpListener::bind(("127.0.0.1", 0))
        .await
        .expect("a port on loopback");
    let address = listener.local_addr().expect("the address of the socket");
    let server = tokio::spawn(::warp::serve(filter).incoming(listener).run());
    let response = wire::exchange(address, request).await;
    server.abort();
    Ok(response.expect("an answer"))
}

fn cors(settings: &Settings<'_>) -> Result<Builder, NotApplicable> {
    settings.is_of_one_kind()?;
    settings.refuses_denied()?;
    let unable = |what: &str| NotApplicable::because(format!("{what} cannot be expressed"));
    if !settings.patterns.is_empty() {
        return Err(unable("a pattern of origins"));
    }
    if settings.null {
        return Err(unable("the origin `null`"));
    }
    let (Allowed::Listed(methods), Allowed::Listed(request_headers)) =
        (&settings.methods, &settings.request_headers)
    else {
        return Err(unable("any method or any request header"));
    };
    let cors = ::warp::cors()
        .allow_credentials(settings.credentials)
        .allow_methods(methods.iter().copied())
        .allow_headers(request_headers.iter().copied());
    let cors = match &settings.origins {
        Allowed::Any => cors.allow_any_origin(),
        Allowed::Listed(origins) => cors.allow_origins(origins.iter().copied()),
    };
    let cors = match &settings.expose_headers {
        Allowed::Any => cors.expose_header("*"),
        Allowed::Listed(names) => cors.expose_headers(names.iter().copied()),
    };
    Ok(match settings.max_age {
        Some(seconds) => cors.max_age(seconds),
        None => cors,
    })
}

fn routes(
    app: &App,
) -> impl Filter<Extract = (impl ::warp::Reply + use<>,), Error = Rejection>
+ Clone
+ Send
+ Sync
+ 'static
+ use<> {
    let app = app.clone();
    let handler = ::warp::any().map(move || answer(app.handle()));
    let safe = ::warp::get().or(::warp::head()).unify();
    let root = ::warp::path::end().and(handler.clone());
    let get = ::warp::path!("get").and(safe).and(handler);
    root.or(get)
}

fn answer(answer: &Response) -> http::Response<Vec<u8>> {
    let mut response = http::Response::new(answer.body.clone());
    *response.status_mut() = answer.status.try_into().expect("the case's status");
    for line in &answer.lines {
        let name: HeaderName = line.name.parse().expect("the case's field name");
        let value = HeaderValue::from_bytes(&line.value).expect("the case's field value");
        response.headers_mut().append(name, value);
    }
    response
}

async fn recover(rejection: Rejection) -> Result<StatusCode, Infallible> {
    Ok(match rejection.find::<MethodNotAllowed>() {
        Some(_) => StatusCode::METHOD_NOT_ALLOWED,
        None => StatusCode::NOT_FOUND,
    })
}
