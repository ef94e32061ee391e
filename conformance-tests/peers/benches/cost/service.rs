//! What the frameworks over `http` 1.x have in common: requests, and tower's middlewares.

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use cors_axum::{CorsLayer, LivePolicy};
use futures_util::future::{self, Either, FutureExt, TryFutureExt};
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::{Method, Request, Response, StatusCode};
use tower::{Service, service_fn};
use tower_http::cors::{AllowHeaders, AllowMethods, AllowOrigin, Any};

use crate::floor::{self, Asked, Floor, Lines, Verdict};
use crate::scenario::{
    Answer, EXPOSE_HEADERS, MAX_AGE, METHODS, Origins, REQUEST_HEADERS, SUFFIX, Scenario,
};
use crate::server::{Around, Exchange, client};

/// A client of a service that is ready at once.
pub(crate) fn ask<S, B: 'static, R>(
    mut service: S,
    body: fn() -> B,
    scenario: &Scenario,
) -> Box<dyn Exchange>
where
    S: Service<Request<B>, Response = Response<R>, Error: Debug> + 'static,
{
    let head = request(scenario);
    let prepare = move || head.clone().map(|()| body());
    let send = move |request| {
        let response = service.call(request).now_or_never();
        response.expect("nothing to wait for").expect("a response")
    };
    client(prepare, send, |response| Answer {
        status: response.status().as_u16(),
        headers: response.headers().iter().map(text).collect(),
    })
}

fn text((name, value): (&HeaderName, &HeaderValue)) -> (String, String) {
    let value = value.to_str().expect("a text").to_owned();
    (name.as_str().to_owned(), value)
}

fn request(scenario: &Scenario) -> Request<()> {
    let mut request = Request::new(());
    *request.method_mut() = scenario.method().parse().expect("a method");
    for (name, value) in scenario.request() {
        let value = HeaderValue::from_maybe_shared(value).expect("a value");
        request
            .headers_mut()
            .append(HeaderName::from_static(name), value);
    }
    request
}

/// What a handler answers, beside its body.
pub(crate) type Hello = Arc<[(HeaderName, HeaderValue)]>;

pub(crate) fn hello(scenario: &Scenario) -> Hello {
    let lines = scenario.response().into_iter();
    lines
        .map(|(name, value)| {
            (
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            )
        })
        .collect()
}

/// The handler.
pub(crate) fn respond<B: From<&'static str>>(hello: &Hello) -> Response<B> {
    let mut response = Response::new("hello".into());
    for (name, value) in hello.iter() {
        response.headers_mut().append(name, value.clone());
    }
    response
}

pub(crate) fn no_op<S, B>(
    mut inner: S,
) -> impl Service<Request<B>, Response = S::Response, Error = S::Error, Future: Send> + Clone
where
    S: Service<Request<B>, Future: Send> + Clone,
{
    service_fn(move |request| inner.call(request))
}

/// The floor's headers.
pub(crate) struct Ready {
    floor: Floor,
    origins: Origins,
    actual: Vec<(HeaderName, Option<HeaderValue>)>,
    vary: Option<HeaderValue>,
    preflight: Vec<(HeaderName, Option<HeaderValue>)>,
    /// Unless each preflight's is a new one.
    map: Option<HeaderMap>,
}

fn values(lines: Lines) -> Vec<(HeaderName, Option<HeaderValue>)> {
    let value = |text: String| text.try_into().expect("a value");
    lines
        .into_iter()
        .map(|(name, text)| (HeaderName::from_static(name), text.map(value)))
        .collect()
}

impl Ready {
    pub(crate) fn of(around: Around, scenario: &Scenario) -> Arc<Self> {
        let origins = scenario.origins;
        let mut ready = Self {
            floor: Floor::of(scenario),
            origins,
            actual: values(floor::actual(origins)),
            vary: floor::vary(origins).map(|(_, value)| HeaderValue::from_static(value)),
            preflight: values(floor::preflight(origins)),
            map: None,
        };
        if around == Around::Floor {
            ready.map = Some(ready.new_map(None));
        }
        Arc::new(ready)
    }

    fn insert(
        &self,
        map: &mut HeaderMap,
        lines: &[(HeaderName, Option<HeaderValue>)],
        origin: Option<&HeaderValue>,
    ) {
        for (name, value) in lines {
            if let Some(value) = value.as_ref().or(origin) {
                map.insert(name, value.clone());
            }
        }
        if let Some(value) = &self.vary {
            map.append(header::VARY, value.clone());
        }
    }

    fn new_map(&self, origin: Option<&HeaderValue>) -> HeaderMap {
        let mut map = HeaderMap::with_capacity(6);
        self.insert(&mut map, &self.preflight, origin);
        map
    }

    fn answer<B: Default>(&self, is_allowed: bool, origin: Option<&HeaderValue>) -> Response<B> {
        let mut response = Response::new(B::default());
        match (is_allowed, &self.map) {
            (true, Some(map)) => *response.headers_mut() = map.clone(),
            (true, None) => *response.headers_mut() = self.new_map(origin),
            (false, _) => self.insert(response.headers_mut(), &[], None),
        }
        *response.status_mut() = match is_allowed {
            true => StatusCode::NO_CONTENT,
            false => StatusCode::FORBIDDEN,
        };
        response
    }
}

pub(crate) fn floor<S, B, R>(
    mut inner: S,
    ready: Arc<Ready>,
) -> impl Service<Request<B>, Response = Response<R>, Error = S::Error, Future: Send> + Clone
where
    S: Service<Request<B>, Response = Response<R>, Error: Send, Future: Send> + Clone,
    R: Default + Send,
{
    service_fn(move |request: Request<B>| {
        let headers = request.headers();
        let origin = match ready.origins.is_any() {
            true => None,
            false => headers.get(header::ORIGIN),
        };
        let verdict = ready.floor.decide(
            request.method() == Method::OPTIONS,
            origin.map(HeaderValue::as_bytes),
            |asked| headers.get(name(asked)).map(HeaderValue::as_bytes),
        );
        let echoed = match ready.origins {
            Origins::Many(_) | Origins::Subdomains => origin.cloned(),
            Origins::One | Origins::Any => None,
        };
        match verdict {
            Verdict::Forward { is_shared } => {
                let ready = ready.clone();
                let edit = move |mut response: Response<R>| {
                    let lines = match is_shared {
                        true => &*ready.actual,
                        false => &[],
                    };
                    ready.insert(response.headers_mut(), lines, echoed.as_ref());
                    response
                };
                Either::Left(inner.call(request).map_ok(edit))
            }
            Verdict::Preflight { is_allowed } => {
                Either::Right(future::ready(Ok(ready.answer(is_allowed, origin))))
            }
        }
    })
}

const fn name(asked: Asked) -> HeaderName {
    match asked {
        Asked::Method => header::ACCESS_CONTROL_REQUEST_METHOD,
        Asked::Headers => header::ACCESS_CONTROL_REQUEST_HEADERS,
    }
}

/// The layer here.
pub(crate) fn ours(scenario: &Scenario) -> CorsLayer {
    CorsLayer::new(scenario.origins.written::<cors_axum::PreparedPolicy>())
}

pub(crate) fn read(scenario: &Scenario) -> CorsLayer {
    CorsLayer::new(scenario.origins.read())
}

pub(crate) fn live(scenario: &Scenario) -> CorsLayer<LivePolicy> {
    CorsLayer::live(&LivePolicy::new(scenario.origins.read()))
}

/// tower-http's, as its documentation has it.
pub(crate) fn peer(scenario: &Scenario) -> tower_http::cors::CorsLayer {
    let layer = tower_http::cors::CorsLayer::new()
        .expose_headers(EXPOSE_HEADERS.map(HeaderName::from_static))
        .max_age(Duration::from_secs(MAX_AGE.into()));
    let origins = match scenario.origins {
        Origins::Any => {
            return layer
                .allow_origin(Any)
                .allow_methods(Any)
                .allow_headers(Any);
        }
        Origins::Subdomains => AllowOrigin::predicate(|origin, _| {
            let origin = origin.as_bytes();
            origin.starts_with(b"https://") && origin.ends_with(SUFFIX.as_bytes())
        }),
        Origins::One | Origins::Many(_) => {
            let exact = scenario.origins.exact().into_iter();
            AllowOrigin::list(exact.map(|origin| origin.try_into().expect("a value")))
        }
    };
    layer
        .allow_origin(origins)
        .allow_credentials(true)
        .allow_methods(AllowMethods::list(
            METHODS.map(|method| method.parse().expect("a method")),
        ))
        .allow_headers(AllowHeaders::list(
            REQUEST_HEADERS.map(HeaderName::from_static),
        ))
}
