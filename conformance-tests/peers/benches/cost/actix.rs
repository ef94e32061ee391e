//! An application of actix-web, wrapped.

use std::future::ready;
use std::rc::Rc;

use actix_cors::Cors as Peer;
use actix_http::Request;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::test::{TestRequest, init_service};
use actix_web::{App, Error, HttpResponse, web};
use cors_actix::{Cors, LivePolicy, PreparedPolicy};
use futures_util::FutureExt;

use crate::floor::{self, Asked, Floor, Lines, Verdict};
use crate::scenario::{
    Answer, EXPOSE_HEADERS, MAX_AGE, METHODS, Origins, REQUEST_HEADERS, SUFFIX, Scenario,
};
use crate::server::{Around, Exchange, client};

/// An application with one route, and what is wrapped around it.
macro_rules! serve {
    ($scenario:expr $(, $wrap:ident($middleware:expr))?) => {{
        let hello = hello($scenario);
        let get = web::resource("/").get(move || ready(respond(&hello)));
        let app = App::new().service(get)$(.$wrap($middleware))?;
        let service = init_service(app).now_or_never();
        Some(ask(service.expect("nothing to wait for"), $scenario))
    }};
}

pub(crate) fn exchange(around: Around, scenario: &Scenario) -> Option<Box<dyn Exchange>> {
    match around {
        Around::Nothing => serve!(scenario),
        Around::NoOp => serve!(scenario, wrap_fn(|request, inner| inner.call(request))),
        Around::Floor => {
            let ready = Rc::new(Ready::of(scenario));
            serve!(
                scenario,
                wrap_fn(move |request, inner| ready.clone().handle(request, inner))
            )
        }
        Around::Written => {
            let policy = scenario.origins.written::<PreparedPolicy>();
            serve!(scenario, wrap(Cors::new(policy)))
        }
        Around::Read => serve!(scenario, wrap(Cors::new(scenario.origins.read()))),
        Around::Live => {
            let policy = LivePolicy::new(scenario.origins.read());
            serve!(scenario, wrap(Cors::live(&policy)))
        }
        Around::Peer => serve!(scenario, wrap(peer(scenario))),
        Around::FloorInsert | Around::Layer => None,
    }
}

fn ask<S, B: MessageBody>(service: S, scenario: &Scenario) -> Box<dyn Exchange>
where
    S: Service<Request, Response = ServiceResponse<B>, Error = Error> + 'static,
{
    let lines = request(scenario);
    let method: Method = scenario.method().parse().expect("a method");
    let prepare = move || {
        let request = TestRequest::default().method(method.clone());
        let add = |request: TestRequest, (name, value): &(HeaderName, HeaderValue)| {
            request.append_header((name, value))
        };
        lines.iter().fold(request, add).to_request()
    };
    let send = move |request| {
        let response = service.call(request).now_or_never();
        response.expect("nothing to wait for")
    };
    client(prepare, send, |response| match response {
        Ok(response) => answer(response.response()),
        Err(error) => answer(&error.error_response()),
    })
}

fn answer<B>(response: &HttpResponse<B>) -> Answer {
    let text = |value: &HeaderValue| value.to_str().expect("a text").to_owned();
    let headers = response.headers().iter();
    Answer {
        status: response.status().as_u16(),
        headers: headers
            .map(|(name, value)| (name.to_string(), text(value)))
            .collect(),
    }
}

fn request(scenario: &Scenario) -> Vec<(HeaderName, HeaderValue)> {
    let value = |bytes| HeaderValue::from_maybe_shared(bytes).expect("a value");
    let lines = scenario.request().into_iter();
    lines
        .map(|(name, bytes)| (HeaderName::from_static(name), value(bytes)))
        .collect()
}

type Hello = Rc<[(HeaderName, HeaderValue)]>;

fn hello(scenario: &Scenario) -> Hello {
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
fn respond(hello: &Hello) -> HttpResponse {
    let mut response = HttpResponse::with_body(StatusCode::OK, BoxBody::new("hello"));
    for (name, value) in hello.iter() {
        response.headers_mut().append(name.clone(), value.clone());
    }
    response
}

type Values = Vec<(HeaderName, Option<HeaderValue>)>;

struct Ready {
    floor: Floor,
    origins: Origins,
    actual: Values,
    vary: Option<HeaderValue>,
    preflight: Values,
}

fn values(lines: Lines) -> Values {
    let value = |text: String| text.try_into().expect("a value");
    lines
        .into_iter()
        .map(|(name, text)| (HeaderName::from_static(name), text.map(value)))
        .collect()
}

impl Ready {
    fn of(scenario: &Scenario) -> Self {
        let origins = scenario.origins;
        Self {
            floor: Floor::of(scenario),
            origins,
            actual: values(floor::actual(origins)),
            vary: floor::vary(origins).map(|(_, value)| HeaderValue::from_static(value)),
            preflight: values(floor::preflight(origins)),
        }
    }

    fn insert<B>(
        &self,
        response: &mut HttpResponse<B>,
        lines: &[(HeaderName, Option<HeaderValue>)],
        origin: Option<&HeaderValue>,
    ) {
        let map = response.headers_mut();
        for (name, value) in lines {
            if let Some(value) = value.as_ref().or(origin) {
                map.insert(name.clone(), value.clone());
            }
        }
        if let Some(value) = &self.vary {
            map.append(header::VARY, value.clone());
        }
    }

    fn handle<S>(
        self: Rc<Self>,
        request: ServiceRequest,
        inner: &S,
    ) -> impl Future<Output = Result<ServiceResponse, Error>> + use<S>
    where
        S: Service<ServiceRequest, Response = ServiceResponse, Error = Error>,
    {
        let headers = request.headers();
        let origin = match self.origins.is_any() {
            true => None,
            false => headers.get(header::ORIGIN),
        };
        let verdict = self.floor.decide(
            *request.method() == Method::OPTIONS,
            origin.map(HeaderValue::as_bytes),
            |asked| headers.get(name(asked)).map(HeaderValue::as_bytes),
        );
        let origin = match self.origins {
            Origins::Many(_) | Origins::Subdomains => origin.cloned(),
            Origins::One | Origins::Any => None,
        };
        let next = match verdict {
            Verdict::Forward { is_shared } => Ok((inner.call(request), is_shared)),
            Verdict::Preflight { is_allowed } => Err((request, is_allowed)),
        };
        async move {
            let (mut response, lines) = match next {
                Ok((future, true)) => (future.await?, &*self.actual),
                Ok((future, false)) => (future.await?, &[][..]),
                Err((request, true)) => {
                    let response = HttpResponse::new(StatusCode::NO_CONTENT);
                    (request.into_response(response), &*self.preflight)
                }
                Err((request, false)) => {
                    let response = HttpResponse::new(StatusCode::FORBIDDEN);
                    (request.into_response(response), &[][..])
                }
            };
            self.insert(response.response_mut(), lines, origin.as_ref());
            Ok(response)
        }
    }
}

const fn name(asked: Asked) -> HeaderName {
    match asked {
        Asked::Method => header::ACCESS_CONTROL_REQUEST_METHOD,
        Asked::Headers => header::ACCESS_CONTROL_REQUEST_HEADERS,
    }
}

/// As its documentation has it. It does not block other origins, which would strike its own pages too.
fn peer(scenario: &Scenario) -> Peer {
    let cors = Peer::default()
        .expose_headers(EXPOSE_HEADERS)
        .max_age(MAX_AGE as usize);
    let cors = match scenario.origins {
        Origins::Any => {
            return cors
                .allow_any_origin()
                .send_wildcard()
                .allow_any_method()
                .allow_any_header();
        }
        Origins::Subdomains => cors.allowed_origin_fn(|origin, _| {
            let origin = origin.as_bytes();
            origin.starts_with(b"https://") && origin.ends_with(SUFFIX.as_bytes())
        }),
        Origins::One | Origins::Many(_) => {
            let exact = scenario.origins.exact();
            exact
                .iter()
                .fold(cors, |cors, origin| cors.allowed_origin(origin))
        }
    };
    cors.supports_credentials()
        .allowed_methods(METHODS)
        .allowed_headers(REQUEST_HEADERS)
}
