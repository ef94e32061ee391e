//! `tower_http::cors`, around a router of axum, in process.

use std::time::Duration;

use axum::body::Body;
use http::{HeaderName, HeaderValue, Method};
use tower_http::cors::{
    AllowCredentials, AllowHeaders, AllowMethods, AllowOrigin, CorsLayer, ExposeHeaders,
    preflight_request_headers,
};

use super::pattern;
use super::settings::{Allowed, Settings};
use conformance_tests::App;
use conformance_tests::NotApplicable;
use conformance_tests::PolicyFile;
use conformance_tests::frameworks::axum::router;
use conformance_tests::frameworks::tower::call;
use conformance_tests::{Request, Response};

pub(super) async fn exchange(
    policy: &PolicyFile,
    app: &App,
    request: &Request,
) -> Result<Response, NotApplicable> {
    let settings = Settings::of(policy);
    let layer = CorsLayer::new()
        .allow_origin(origins(&settings))
        .allow_credentials(credentials(&settings))
        .allow_methods(methods(&settings))
        .allow_headers(request_headers(&settings, request)?)
        .expose_headers(expose_headers(&settings));
    let layer = match settings.max_age {
        Some(seconds) => layer.max_age(Duration::from_secs(seconds.into())),
        None => layer,
    };
    let layer = match policy.vary_on_preflight {
        true => layer.vary(preflight_request_headers().collect::<Vec<_>>()),
        false => layer,
    };
    call::<_, Body, _>(router(app).layer(layer), request).await
}

/// A list, or a predicate: its docs offer both, and one replaces the other.
fn origins(settings: &Settings<'_>) -> AllowOrigin {
    let Allowed::Listed(exact) = &settings.origins else {
        // Its docs forbid `*` beside credentials.
        return match settings.credentialed_origins {
            [] => AllowOrigin::any(),
            _ => AllowOrigin::mirror_request(),
        };
    };
    let null = settings.null.then_some("null");
    let list: Vec<HeaderValue> = parsed(exact.iter().copied().chain(null));
    if settings.patterns.is_empty() {
        return AllowOrigin::list(list);
    }
    let patterns: Vec<String> = settings.patterns.iter().map(ToString::to_string).collect();
    AllowOrigin::predicate(move |origin, _| {
        let mut patterns = patterns.iter();
        list.contains(origin) || patterns.any(|one| pattern::matches(one, origin.as_bytes()))
    })
}

/// For all, or a predicate.
fn credentials(settings: &Settings<'_>) -> AllowCredentials {
    if settings.credentialed_origins.is_empty() {
        return match settings.credentials {
            true => AllowCredentials::yes(),
            false => AllowCredentials::default(),
        };
    }
    let patterns = settings.credentialed_origins.to_vec();
    AllowCredentials::predicate(move |origin, _| {
        let mut patterns = patterns.iter();
        patterns.any(|one| pattern::matches(one, origin.as_bytes()))
    })
}

/// Its docs forbid `*` beside credentials; mirroring is the way.
fn methods(settings: &Settings<'_>) -> AllowMethods {
    match &settings.methods {
        Allowed::Any if settings.mirrors() => AllowMethods::mirror_request(),
        Allowed::Any => AllowMethods::any(),
        Allowed::Listed(methods) => AllowMethods::list(parsed::<Method>(methods.iter().copied())),
    }
}

fn request_headers(
    settings: &Settings<'_>,
    request: &Request,
) -> Result<AllowHeaders, NotApplicable> {
    match &settings.request_headers {
        // Browsers do not take `*` for `authorization`.
        Allowed::Any if !settings.mirrors() && !settings.authorization => Ok(AllowHeaders::any()),
        Allowed::Any => {
            settings.any_header_with_authorization(request)?;
            Ok(AllowHeaders::mirror_request())
        }
        Allowed::Listed(names) => Ok(AllowHeaders::list(parsed::<HeaderName>(
            names.iter().copied(),
        ))),
    }
}

fn expose_headers(settings: &Settings<'_>) -> ExposeHeaders {
    match &settings.expose_headers {
        Allowed::Any => ExposeHeaders::any(),
        Allowed::Listed(names) => ExposeHeaders::list(parsed::<HeaderName>(names.iter().copied())),
    }
}

fn parsed<'p, T: TryFrom<&'p str>>(texts: impl Iterator<Item = &'p str>) -> Vec<T> {
    texts
        .map(|text| T::try_from(text).unwrap_or_else(|_| panic!("{text:?} of the case's policy")))
        .collect()
}
