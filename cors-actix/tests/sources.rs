//! Where policies come from, and what whoever stands outside sees of a refusal.

mod common;

use std::future::{Future, ready};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use actix_web::dev::{Service, ServiceRequest};
use actix_web::{App, HttpRequest, HttpResponse, error, web};
use cors_actix::{
    Cors, Denial, Immediate, LivePolicy, OwnedPolicy, Policy, PreparedPolicy, authority,
    by_request, look_up,
};
use test_client::{FOREIGN, LISTED, POLICY, ask_http1, ask_http2};

use common::{ask, preflight, request, serve};

async fn hello() -> &'static str {
    "hello"
}

/// A future of the user's own that keeps the request until it is dropped.
struct Keeps {
    request: HttpRequest,
    policy: Arc<PreparedPolicy>,
}

impl Future for Keeps {
    type Output = Option<Arc<PreparedPolicy>>;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
        let is_known = self.request.path() == "/";
        Poll::Ready(is_known.then(|| Arc::clone(&self.policy)))
    }
}

/// actix-web panics if there is another `HttpRequest` when it routes one.
#[actix_web::test]
async fn the_future_of_a_look_up_is_dropped_before_the_service_is_called() {
    let policy = Arc::new(PreparedPolicy::from(POLICY));
    let cors = Cors::look_up(move |request: &ServiceRequest| Keeps {
        request: request.request().clone(),
        policy: Arc::clone(&policy),
    });
    let app = || {
        App::new()
            .route("/", web::get().to(hello))
            .wrap(cors.clone())
    };
    for (asks, outcome) in [
        (request("GET /", &[("origin", LISTED)]), (200, true)),
        (request("GET /", &[("origin", FOREIGN)]), (403, false)),
        (preflight("/", LISTED), (204, true)),
        (request("GET /none", &[("origin", LISTED)]), (403, false)),
    ] {
        assert_eq!(ask(app, asks).await.outcome(), outcome);
    }
}

/// Over HTTP/2 there is no `Host` line to choose by.
#[actix_web::test]
async fn the_authority_chooses_over_http2_too() {
    let policy = Arc::new(PreparedPolicy::from(POLICY));
    let cors = Cors::by_request(move |request| match authority(request)? {
        "api.test" => Some(Arc::clone(&policy)),
        _ => None,
    });
    let server = serve(move || {
        App::new()
            .route("/", web::get().to(hello))
            .wrap(cors.clone())
    });
    let fields = [("origin", LISTED)];
    for (target, outcome) in [
        ("GET http://api.test/", (200, true)),
        ("GET http://other.test/", (403, false)),
    ] {
        let answer = ask_http2(server, target, &fields).await;
        assert_eq!(answer.outcome(), outcome, "{target}");
    }
    let answer = ask_http1(server, "GET /", &fields).await;
    assert_eq!(answer.outcome(), (200, true));
}

/// As in a decision, the target counts more than `Host`.
#[test]
fn the_authority_of_a_request() {
    let own = ("host", "a.test:8080");
    for (line, fields, expected) in [
        ("GET /", &[][..], None),
        ("GET /", &[own], Some("a.test:8080")),
        ("GET /", &[own, own], None),
        ("GET http://b.test/", &[own], Some("b.test")),
    ] {
        let request = request(line, fields).to_srv_request();
        assert_eq!(authority(&request), expected, "{line} {fields:?}");
    }
}

/// Of a response, and of the response to an error, which stays an error.
#[actix_web::test]
async fn a_denial_is_in_the_extensions() {
    type Seen = Arc<Mutex<Vec<Option<Denial>>>>;
    async fn fails() -> Result<HttpResponse, actix_web::Error> {
        Err(error::ErrorImATeapot("no"))
    }
    let seen = Seen::default();
    let app = |policy: Policy<'static>| {
        let seen = Arc::clone(&seen);
        move || {
            let seen = Arc::clone(&seen);
            App::new()
                .route("/", web::get().to(hello))
                .route("/fails", web::get().to(fails))
                .wrap_fn(|request, next| {
                    let is_error = request.path() == "/error";
                    let answer = next.call(request);
                    async move {
                        match is_error {
                            true => Err(error::ErrorBadGateway("no")),
                            false => answer.await,
                        }
                    }
                })
                .wrap(Cors::new(policy))
                .wrap_fn(move |request, next| {
                    let (answer, seen) = (next.call(request), Arc::clone(&seen));
                    async move {
                        let answer = answer.await;
                        let denial = match &answer {
                            Ok(response) => response.response().extensions().get().copied(),
                            Err(error) => error.error_response().extensions().get().copied(),
                        };
                        seen.lock().unwrap().push(denial);
                        answer
                    }
                })
        }
    };
    let get = |path, origin| request(path, &[("origin", origin)]);
    let denied = Some(Denial::OriginNotAllowed);
    let forwards = POLICY.forward_denied();
    for (policy, asks, status, denial) in [
        (POLICY, get("GET /", LISTED), 200, None),
        (POLICY, get("GET /", FOREIGN), 403, denied),
        (POLICY, preflight("/", FOREIGN), 403, denied),
        (POLICY, get("GET /error", LISTED), 502, None),
        (forwards, get("GET /", FOREIGN), 200, denied),
        (forwards, get("GET /fails", FOREIGN), 418, denied),
        (forwards, get("GET /error", FOREIGN), 502, denied),
    ] {
        assert_eq!(ask(app(policy), asks).await.status, status);
        assert_eq!(seen.lock().unwrap().pop(), Some(denial), "{status}");
    }
}

/// With any header the answer repeats what was asked for: all of it.
#[actix_web::test]
async fn every_line_of_the_requested_headers_is_echoed() {
    let cors = Cors::new(POLICY.any_request_header());
    let asks = request(
        "OPTIONS /",
        &[
            ("origin", LISTED),
            ("access-control-request-method", "PUT"),
            ("access-control-request-headers", "x-a"),
            ("access-control-request-headers", "x-b,x-c"),
        ],
    );
    let answer = ask(|| App::new().wrap(cors.clone()), asks).await;
    let lines: Vec<_> = answer
        .cors()
        .into_iter()
        .filter(|line| line.starts_with("access-control-allow-headers"))
        .collect();
    let expected = [
        "access-control-allow-headers: x-a",
        "access-control-allow-headers: x-b,x-c",
    ];
    assert_eq!(lines, expected);
}

/// One `static` for several apps; policies that are prepared or live go in as they are.
#[actix_web::test]
async fn every_source_is_a_policy() {
    static STATIC: Policy = POLICY;
    async fn check<P: Immediate + Clone + 'static>(cors: Cors<P>) {
        let app = || {
            App::new()
                .route("/", web::get().to(hello))
                .wrap(cors.clone())
        };
        let answer = ask(app, request("GET /", &[("origin", LISTED)])).await;
        assert_eq!(answer.outcome(), (200, true));
    }
    let live = LivePolicy::new(STATIC);
    let owned = || OwnedPolicy::from(&STATIC);
    let prepared = Arc::new(PreparedPolicy::from(owned()));
    check(Cors::new(STATIC)).await;
    check(Cors::new(&STATIC)).await;
    check(Cors::new(owned())).await;
    check(Cors::new(PreparedPolicy::from(owned()))).await;
    check(Cors::new(Arc::clone(&prepared))).await;
    check(Cors::new(&live)).await;
    check(Cors::new(live)).await;
    let chosen = Arc::clone(&prepared);
    check(Cors::new(by_request(move |_| Some(Arc::clone(&chosen))))).await;

    let cors = Cors::new(look_up(move |_| ready(Some(Arc::clone(&prepared)))));
    let app = || {
        App::new()
            .route("/", web::get().to(hello))
            .wrap(cors.clone())
    };
    let answer = ask(app, request("GET /", &[("origin", LISTED)])).await;
    assert_eq!(answer.outcome(), (200, true));
}
