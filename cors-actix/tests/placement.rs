//! Where the middleware is put in an actix-web application decides which responses it covers.

mod common;

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Service, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::error::{self, Error};
use actix_web::http::StatusCode;
use actix_web::middleware::{Compat, Compress, Condition, Logger, Next, NormalizePath, from_fn};
use actix_web::test::init_service;
use actix_web::web::{self, Bytes, Data, Path, PayloadConfig, Redirect};
use actix_web::{App, HttpResponse, HttpServer, Resource, ResponseError, get, guard};
use cors_actix::{Cors, Policy, PreparedPolicy};
use test_client::{
    Answer, BARE, COVERED, COVERED_404, Connection, Fields, LISTED, Outcome, POLICY, SHARED,
    UNCOVERED, UNCOVERED_404, ask_http2,
};

use common::{ask, preflight, request, serve};

fn cors() -> Cors {
    Cors::new(POLICY)
}

/// A resource for `GET`.
fn hello(path: &str) -> Resource {
    web::resource(path).get(|| async { "hello" })
}

async fn assert_outcomes<T, B>(app: impl Fn() -> App<T>, rows: &[(&str, [Outcome; 3])])
where
    T: ServiceFactory<
            ServiceRequest,
            Config = (),
            Response = ServiceResponse<B>,
            Error = Error,
            InitError = (),
        > + 'static,
    B: MessageBody + 'static,
{
    let ask = async |line: &str, fields: Fields<'_>| ask(&app, request(line, fields)).await;
    test_client::assert_outcomes(ask, rows).await;
}

/// What a middleware of the user returns as `Err`.
#[derive(Debug)]
struct NoToken;

impl fmt::Display for NoToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no token")
    }
}

impl ResponseError for NoToken {
    fn status_code(&self) -> StatusCode {
        StatusCode::UNAUTHORIZED
    }

    fn error_response(&self) -> HttpResponse {
        HttpResponse::Unauthorized()
            .append_header(("access-control-allow-origin", "*"))
            .append_header(("vary", "authorization"))
            .body("no token")
    }
}

async fn authenticated(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    match request.headers().contains_key("authorization") {
        true => next.call(request).await,
        false => Err(NoToken.into()),
    }
}

#[actix_web::test]
async fn ac1_an_error_of_an_inner_middleware_is_shared_and_stays_an_error() {
    let seen = Arc::new(AtomicUsize::new(0));
    let app = {
        let seen = Arc::clone(&seen);
        move || {
            let seen = Arc::clone(&seen);
            App::new()
                .service(hello("/"))
                .wrap(from_fn(authenticated))
                .wrap(Cors::new(POLICY.expose_headers("x-request-id")))
                .wrap_fn(move |request, next| {
                    let (answer, seen) = (next.call(request), Arc::clone(&seen));
                    async move {
                        answer.await.inspect_err(|error| {
                            assert!(error.as_error::<NoToken>().is_some());
                            seen.fetch_add(1, Ordering::Relaxed);
                        })
                    }
                })
        }
    };
    let server = serve(app);
    let get = "GET / HTTP/1.1\nhost: api.test\n";
    let mut connection = Connection::open(server).await;
    for (origin, lines) in [
        (
            &*format!("origin: {LISTED}\n"),
            "access-control-allow-credentials: true\n\
             access-control-allow-origin: https://app.example.com\n\
             access-control-expose-headers: x-request-id\n\
             content-length: 8\nvary: Origin\nvary: authorization\n",
        ),
        ("", "content-length: 8\nvary: Origin\nvary: authorization\n"),
        (
            "origin: https://evil.example\nsec-fetch-site: same-origin\n",
            "content-length: 8\nvary: Origin\nvary: authorization\n",
        ),
    ] {
        let head = connection.exchange(&format!("{get}{origin}\n")).await;
        assert_eq!(head, format!("HTTP/1.1 401 Unauthorized\n{lines}"));
        assert_eq!(connection.read(8).await, b"no token");
    }
    assert_eq!(seen.load(Ordering::Relaxed), 3);

    let answer = ask_http2(server, "GET /", &[("origin", LISTED)]).await;
    assert_eq!(
        (answer.outcome(), &*answer.body),
        ((401, SHARED), "no token")
    );
    assert_eq!(seen.load(Ordering::Relaxed), 4);

    let allowed = format!("{get}origin: {LISTED}\nauthorization: Bearer 1\n\n");
    let head = connection.exchange(&allowed).await;
    assert!(head.starts_with("HTTP/1.1 200 OK\n"), "{head}");
    assert_eq!(seen.load(Ordering::Relaxed), 4);
}

/// Whoever makes a response of an error may do so again, and may have made it inside already.
#[actix_web::test]
async fn ac2_an_error_can_become_a_response_several_times() {
    let outer = Policy::anonymous(LISTED).expose_headers("x-request-id");
    let app = App::new()
        .service(hello("/"))
        .wrap(from_fn(authenticated))
        .wrap(cors())
        .wrap(Cors::new(outer));
    let service = init_service(app).await;
    let get = request("GET /", &[("origin", LISTED)]).to_request();
    let error = service.call(get).await.expect_err("an error");
    for _ in 0..2 {
        let response = error.error_response();
        let mut lines: Vec<_> = response
            .headers()
            .iter()
            .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
            .collect();
        lines.sort();
        let expected = [
            "access-control-allow-origin: https://app.example.com",
            "access-control-expose-headers: x-request-id",
            "vary: Origin",
            "vary: authorization",
        ];
        assert_eq!(lines, expected);
    }
}

/// actix-web itself leaves out what was added to an error when a middleware outside makes a
/// response of it in one of these three ways.
#[actix_web::test]
async fn ac3_outside_three_ways_from_an_error_to_a_response_lose_the_fields() {
    type Convert = fn(Error) -> HttpResponse;
    async fn converts(
        convert: Data<Convert>,
        request: ServiceRequest,
        next: Next<impl MessageBody + 'static>,
    ) -> Result<ServiceResponse<BoxBody>, Error> {
        // Nothing inside comes to routing, or this clone would make it panic.
        let asked = request.request().clone();
        match next.call(request).await {
            Ok(response) => Ok(response.map_into_boxed_body()),
            Err(error) => Ok(ServiceResponse::new(asked, convert(error))),
        }
    }
    let from_err: Convert = |error| {
        let request = request("GET /", &[]).to_http_request();
        ServiceResponse::from_err(error, request).into()
    };
    let from_error: Convert = |error| HttpResponse::from_error(error);
    let as_response_error: Convert = |error| error.as_response_error().error_response();
    let error_response: Convert = |error| error.error_response();
    let get = || request("GET /", &[("origin", LISTED)]);
    for (made, outside) in [
        (from_err, BARE),
        (from_error, BARE),
        (as_response_error, BARE),
        (error_response, SHARED),
    ] {
        let app = || {
            App::new()
                .app_data(Data::new(made))
                .service(hello("/"))
                .wrap(from_fn(authenticated))
        };
        let answer = ask(|| app().wrap(cors()).wrap(from_fn(converts)), get()).await;
        assert_eq!(answer.outcome(), (401, outside));
        let answer = ask(|| app().wrap(from_fn(converts)).wrap(cors()), get()).await;
        assert_eq!(answer.outcome(), (401, SHARED));
    }
}

#[actix_web::test]
async fn ac4_outside_authentication_answers_preflights() {
    let app = || App::new().service(hello("/"));
    let inside = || app().wrap(from_fn(authenticated)).wrap(cors());
    let outside = || app().wrap(cors()).wrap(from_fn(authenticated));
    let get = || request("GET /", &[("origin", LISTED)]);

    assert_eq!(ask(inside, get()).await.outcome(), (401, SHARED));
    assert_eq!(
        ask(inside, preflight("/", LISTED)).await.outcome(),
        (204, SHARED)
    );
    assert_eq!(ask(outside, get()).await.outcome(), (401, BARE));
    assert_eq!(
        ask(outside, preflight("/", LISTED)).await.outcome(),
        (401, BARE)
    );
}

/// actix-web adds to the request on its way to a handler, which needs it for itself.
#[actix_web::test]
async fn ac5_the_request_reaches_a_nested_route_with_data() {
    async fn both(id: Path<u32>, text: Data<&'static str>) -> String {
        format!("{id} {}", text.get_ref())
    }
    let app = || {
        let inner = web::scope("/inner").app_data(Data::new("data"));
        let inner = inner.service(web::resource("/{id}").get(both));
        App::new()
            .service(
                web::scope("/outer")
                    .service(inner.wrap(cors()))
                    .wrap(cors()),
            )
            .wrap(cors())
    };
    for fields in [&[("origin", LISTED)][..], &[]] {
        let answer = ask(app, request("GET /outer/inner/7", fields)).await;
        assert_eq!((answer.status, &*answer.body), (200, "7 data"));
    }
}

#[actix_web::test]
async fn ac6_a_resource_is_covered_with_its_405() {
    let app = || {
        App::new()
            .service(hello("/resource").wrap(cors()))
            .service(hello("/other"))
    };
    let rows = [
        ("/resource", COVERED),
        ("/other", UNCOVERED),
        ("/none", UNCOVERED_404),
    ];
    assert_outcomes(app, &rows).await;
}

#[actix_web::test]
async fn ac7_behind_a_guard_for_a_method_no_preflight_comes() {
    #[get("/macro", wrap = "cors()")]
    async fn by_macro() -> &'static str {
        "hello"
    }
    let app = || {
        let route = web::get().to(|| async { "hello" });
        let guarded = web::scope("/scope").guard(guard::Get());
        App::new()
            .service(web::resource("/route").route(route.wrap(cors())))
            .service(by_macro)
            .service(guarded.service(hello("")).wrap(cors()))
    };
    let rows = [
        ("/route", [(200, SHARED), (405, BARE), (405, BARE)]),
        ("/macro", [(200, SHARED), (404, BARE), (404, BARE)]),
        ("/scope", [(200, SHARED), (404, BARE), (404, BARE)]),
    ];
    assert_outcomes(app, &rows).await;
}

#[actix_web::test]
async fn ac8_a_scope_is_covered_with_its_404s() {
    let app = || {
        App::new()
            .service(web::scope("/api").service(hello("/known")).wrap(cors()))
            .service(hello("/other"))
    };
    let rows = [
        ("/api/known", COVERED),
        ("/api/none", COVERED_404),
        ("/api", COVERED_404),
        ("/apiary", UNCOVERED_404),
        ("/other", UNCOVERED),
        ("/none", UNCOVERED_404),
    ];
    assert_outcomes(app, &rows).await;
}

/// It does not matter whether a route is registered before or after `wrap`.
#[actix_web::test]
async fn ac9_an_app_is_covered_with_everything_that_it_answers() {
    let app = || {
        App::new()
            .app_data(PayloadConfig::new(4))
            .service(hello("/before"))
            .wrap(cors())
            .service(hello("/after"))
            .service(web::scope("/scope").service(hello("/known")))
            .service(web::resource("/body").post(|_: Bytes| async { "taken" }))
            .service(web::resource("/number/{id}").get(|_: Path<u32>| async { "a number" }))
            .service(web::redirect("/old", "/after"))
            .route(
                "/see",
                web::get().to(|| async { Redirect::to("/after").see_other() }),
            )
            .route(
                "/fails",
                web::get().to(|| async { Err::<&str, _>(error::ErrorInternalServerError("no")) }),
            )
    };
    let rows = [
        ("/before", COVERED),
        ("/after", COVERED),
        ("/scope/known", COVERED),
        ("/scope/none", COVERED_404),
        ("/none", COVERED_404),
    ];
    assert_outcomes(app, &rows).await;
    for (line, status) in [
        ("HEAD /after", 405),
        ("GET /number/x", 404),
        ("GET /old", 307),
        ("GET /see", 303),
        ("GET /fails", 500),
    ] {
        let answer = ask(app, request(line, &[("origin", LISTED)])).await;
        assert_eq!(answer.outcome(), (status, SHARED), "{line}");
        assert_eq!(answer.field("vary"), Some("Origin"), "{line}");
    }
    for (body, outcome) in [("1234", (200, SHARED)), ("12345", (413, SHARED))] {
        let post = request("POST /body", &[("origin", LISTED)]).set_payload(body);
        assert_eq!(ask(app, post).await.outcome(), outcome);
    }

    let fallback = || web::to(HttpResponse::Gone);
    let before = || App::new().default_service(fallback()).wrap(cors());
    let after = || App::new().wrap(cors()).default_service(fallback());
    let row = [(410, SHARED), (410, SHARED), (204, SHARED)];
    assert_outcomes(before, &[("/none", row)]).await;
    assert_outcomes(after, &[("/none", row)]).await;
}

#[actix_web::test]
async fn ac10_one_value_serves_all_workers() {
    async fn worker() -> String {
        format!("{:?}", std::thread::current().id())
    }
    let cors = cors();
    let app = move || {
        App::new()
            .route("/", web::get().to(worker))
            .wrap(cors.clone())
    };
    let server = HttpServer::new(app)
        .workers(2)
        .disable_signals()
        .bind(("127.0.0.1", 0))
        .unwrap();
    let address = server.addrs()[0];
    tokio::spawn(server.run());

    let mut workers = HashSet::new();
    for _ in 0..4 {
        let mut connection = Connection::open(address).await;
        let get =
            format!("GET / HTTP/1.1\nhost: api.test\norigin: {LISTED}\nconnection: close\n\n");
        let head = connection.exchange(&get).await;
        assert!(head.starts_with("HTTP/1.1 200 OK\n"), "{head}");
        assert!(head.contains(&format!("access-control-allow-origin: {LISTED}\n")));
        workers.insert(connection.rest().await);
    }
    assert_eq!(workers.len(), 2);
}

#[actix_web::test]
async fn ac11_it_works_inside_and_outside_of_the_middleware_of_actix_web() {
    async fn answers<T, B>(app: impl Fn() -> App<T>) -> [Answer; 2]
    where
        T: ServiceFactory<
                ServiceRequest,
                Config = (),
                Response = ServiceResponse<B>,
                Error = Error,
                InitError = (),
            > + 'static,
        B: MessageBody + 'static,
    {
        let fields = [("origin", LISTED), ("accept-encoding", "gzip")];
        [
            ask(&app, request("GET /path", &fields)).await,
            ask(&app, preflight("/path", LISTED)).await,
        ]
    }
    let app = || {
        let long = "hello ".repeat(100);
        App::new().route(
            "/path",
            web::get().to(move || std::future::ready(long.clone())),
        )
    };
    let shared = [
        "access-control-allow-credentials: true",
        "access-control-allow-origin: https://app.example.com",
    ];
    let allowed = [
        "access-control-allow-credentials: true",
        "access-control-allow-headers: content-type",
        "access-control-allow-methods: PUT",
        "access-control-allow-origin: https://app.example.com",
        "access-control-max-age: 3600",
    ];
    let (trim, merge) = (NormalizePath::trim, NormalizePath::default);
    for (name, [get, preflight]) in [
        ("alone", answers(|| app().wrap(cors())).await),
        (
            "Condition",
            answers(|| app().wrap(Condition::new(true, cors()))).await,
        ),
        ("Compat", answers(|| app().wrap(Compat::new(cors()))).await),
        (
            "around Compress",
            answers(|| app().wrap(Compress::default()).wrap(cors())).await,
        ),
        (
            "in Compress",
            answers(|| app().wrap(cors()).wrap(Compress::default())).await,
        ),
        (
            "around Logger",
            answers(|| app().wrap(Logger::default()).wrap(cors())).await,
        ),
        (
            "in Logger",
            answers(|| app().wrap(cors()).wrap(Logger::default())).await,
        ),
        (
            "around NormalizePath",
            answers(|| app().wrap(trim()).wrap(cors())).await,
        ),
        (
            "in NormalizePath",
            answers(|| app().wrap(cors()).wrap(merge())).await,
        ),
    ] {
        let encoded = name.ends_with("Compress");
        let vary = match encoded {
            true => &["vary: Origin", "vary: accept-encoding"][..],
            false => &["vary: Origin"],
        };
        assert_eq!(get.cors(), [&shared[..], vary].concat(), "{name}");
        assert_eq!(
            get.field("content-encoding"),
            encoded.then_some("gzip"),
            "{name}"
        );
        assert_eq!(get.status, 200, "{name}");
        assert_eq!((preflight.status, &*preflight.body), (204, ""), "{name}");
        assert_eq!(preflight.cors(), allowed, "{name}");
    }

    let off = || {
        App::new()
            .service(hello("/"))
            .wrap(Condition::new(false, cors()))
    };
    assert_outcomes(off, &[("/", UNCOVERED)]).await;
    let compat = || {
        App::new()
            .service(
                web::scope("/scope")
                    .service(hello("/known"))
                    .wrap(Compat::new(cors())),
            )
            .service(hello("/resource").wrap(Compat::new(cors())))
    };
    let rows = [
        ("/scope/known", COVERED),
        ("/scope/none", COVERED_404),
        ("/resource", COVERED),
    ];
    assert_outcomes(compat, &rows).await;
}

/// The resource's name is known before routing, for preflights too.
#[actix_web::test]
async fn ac13_a_function_chooses_by_the_name_of_the_resource() {
    let prepared = |policy: Policy<'static>| Arc::new(PreparedPolicy::from(policy));
    let (users, other) = (prepared(POLICY), prepared(Policy::public()));
    let app = || {
        let (users, other) = (Arc::clone(&users), Arc::clone(&other));
        let cors = Cors::by_request(move |request| match request.match_name() {
            Some("user") => Some(Arc::clone(&users)),
            _ => Some(Arc::clone(&other)),
        });
        App::new()
            .service(hello("/users/{id}").name("user"))
            .service(hello("/fonts"))
            .wrap(cors)
    };
    let user = ask(app, preflight("/users/7", LISTED)).await;
    assert_eq!(user.outcome(), (204, SHARED));
    let font = ask(app, preflight("/fonts", LISTED)).await;
    assert_eq!(font.status, 403, "public has no PUT");
}

/// What actix-web answers, or does not answer, before it asks the app.
#[actix_web::test]
async fn ac14_refusals_of_the_server_and_panics_are_bare() {
    async fn panics() -> HttpResponse {
        panic!("on purpose")
    }
    let app = || App::new().route("/", web::get().to(panics)).wrap(cors());
    let (server, impatient) = (serve(app), HttpServer::new(app));
    let impatient = impatient
        .workers(1)
        .disable_signals()
        .client_request_timeout(Duration::from_millis(100))
        .bind(("127.0.0.1", 0))
        .unwrap();
    let impatient_server = impatient.addrs()[0];
    tokio::spawn(impatient.run());

    let get = format!("GET / HTTP/1.1\norigin: {LISTED}\n");
    let many = "x-a: 1\n".repeat(200);
    for (server, request, status) in [
        (server, format!("{get}\n"), "400 Bad Request"),
        (
            server,
            format!("{get}host: a.test\nhost: b.test\n\n"),
            "400 Bad Request",
        ),
        (
            server,
            format!("{get}host: a.test\nno field\n\n"),
            "400 Bad Request",
        ),
        (
            server,
            format!("{get}host: a.test\n{many}\n"),
            "431 Request Header Fields Too Large",
        ),
        (
            impatient_server,
            format!("{get}host: a.test\n"),
            "408 Request Timeout",
        ),
    ] {
        let head = Connection::open(server).await.exchange(&request).await;
        assert!(head.starts_with(&format!("HTTP/1.1 {status}\n")), "{head}");
        assert!(!head.contains("access-control-"), "{head}");
        assert!(!head.contains("vary"), "{head}");
    }

    let get = format!("{get}host: a.test\n\n").replace('\n', "\r\n");
    for _ in 0..2 {
        let mut connection = Connection::open(server).await;
        connection.send(get.as_bytes()).await;
        assert_eq!(connection.rest().await, b"");
    }
}

#[actix_web::test]
async fn an_inner_policy_sees_no_preflight_and_is_overruled() {
    let inner = Policy::anonymous(LISTED)
        .methods("DELETE")
        .expose_headers("x-inner");
    let app = || {
        let api = web::scope("/api").service(hello("")).wrap(Cors::new(inner));
        App::new().service(api).wrap(cors())
    };

    let answer = ask(app, preflight("/api", LISTED)).await;
    assert_eq!(answer.outcome(), (204, SHARED));
    assert_eq!(answer.field("access-control-allow-methods"), Some("PUT"));

    let answer = ask(app, request("GET /api", &[("origin", LISTED)])).await;
    let expected = [
        "access-control-allow-credentials: true",
        "access-control-allow-origin: https://app.example.com",
        "access-control-expose-headers: x-inner",
        "vary: Origin",
    ];
    assert_eq!(answer.cors(), expected);
}
