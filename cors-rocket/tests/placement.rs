//! Where the fairing is attached and policies are mounted decides which responses they cover.

#[path = "placement/application.rs"]
mod application;
mod common;

use std::sync::atomic::{AtomicUsize, Ordering};

use cors_rocket::{Cors, CorsAttached, Policy};
use rocket::error::ErrorKind;
use rocket::fairing::AdHoc;
use rocket::http::{ContentType, Status};
use rocket::local::asynchronous::Client;
use rocket::outcome::Outcome;
use rocket::request::{self, FromRequest};
use rocket::{Request, Response, catch, catchers, get, options, post, routes};
use test_client::{BARE, Connection, FOREIGN, LISTED, POLICY, REFUSAL, SHARED, ask_http2, within};

use common::{answer, ask, config, launch, preflight, request, serve};

fn cors() -> Cors {
    Cors::new(POLICY)
}

/// The status, the lines but for those of CORS, and the body.
type Parts = (u16, Vec<String>, String);

/// What comes of a request with a body.
async fn ask_with(client: &Client, line: &str, origin: Option<&str>, body: &str) -> Parts {
    let fields = origin.map(|origin| ("origin", origin));
    let mut request = request(client, line, fields.as_slice());
    if !body.is_empty() {
        let form = body.contains('=');
        let content_type = if form {
            ContentType::Form
        } else {
            ContentType::JSON
        };
        request = request.header(content_type).body(body);
    }
    let answer = answer(within(request.dispatch()).await).await;
    (answer.status, answer.others(), answer.body)
}

/// The fairing's route stands before all others; that changes nothing for what it forwards.
#[tokio::test]
async fn a_forwarded_request_meets_what_it_met_without_the_fairing() {
    let bare = launch(application::build()).await;
    let covered = launch(application::build().attach(cors())).await;
    for (line, body, status) in [
        ("GET /", "", 200),
        ("HEAD /", "", 200),
        ("POST /", "", 404),
        ("GET /none", "", 404),
        ("HEAD /none", "", 404),
        ("TRACE /", "", 404),
        ("GET /number/7", "", 200),
        ("GET /number/x", "", 422),
        ("HEAD /number/x", "", 422),
        ("GET /ranked/7", "", 200),
        ("GET /ranked/x", "", 401),
        ("GET /ranked/word", "", 200),
        ("GET /ranked/least", "", 200),
        ("GET /ranked/first", "", 200),
        ("GET /guarded", "", 402),
        ("HEAD /head", "", 418),
        ("GET /head", "", 404),
        ("OPTIONS /options", "", 200),
        ("OPTIONS /", "", 404),
        ("POST /text", "12345678", 200),
        ("POST /text", "123456789", 400),
        ("POST /form", "a=345678", 200),
        ("POST /form", "a=3456789", 413),
        ("POST /forwarded", "12345678", 200),
        ("POST /forwarded", "123456789", 400),
        ("POST /format", "{}", 200),
        ("POST /format", "", 404),
        ("GET /panic", "", 500),
        ("GET /redirect", "", 303),
        ("GET /events", "", 200),
        ("GET /files/Cargo.toml", "", 200),
        ("GET /files/none", "", 404),
        ("GET /scope/number/x", "", 422),
        ("GET /scope/guarded", "", 402),
        ("GET /scope/none", "", 404),
    ] {
        for origin in [None, Some(LISTED)] {
            let expected = ask_with(&bare, line, origin, body).await;
            assert_eq!(expected.0, status, "{line} {body}");
            let answer = ask_with(&covered, line, origin, body).await;
            assert_eq!(answer, expected, "{line} {body}");
        }
    }
}

#[tokio::test]
async fn rk1_rk3_a_preflight_reaches_no_route_guard_or_catcher() {
    static CALLS: AtomicUsize = AtomicUsize::new(0);

    struct Unauthorized;

    #[rocket::async_trait]
    impl<'r> FromRequest<'r> for Unauthorized {
        type Error = ();

        async fn from_request(_: &'r Request<'_>) -> request::Outcome<Self, ()> {
            CALLS.fetch_add(1, Ordering::Relaxed);
            Outcome::Error((Status::Unauthorized, ()))
        }
    }

    #[options("/guarded/<_..>")]
    fn guarded(_guard: Unauthorized) {}

    #[options("/<_..>", rank = 1)]
    fn plain() {
        CALLS.fetch_add(1, Ordering::Relaxed);
    }

    #[catch(default)]
    fn catches() {
        CALLS.fetch_add(1, Ordering::Relaxed);
    }

    let app = rocket::custom(config())
        .mount("/", routes![guarded, plain])
        .register("/", catchers![catches])
        .attach(cors());
    let client = launch(app).await;
    for target in ["/", "/guarded", "/?query"] {
        let answer = preflight(&client, target, LISTED).await;
        assert_eq!(answer.outcome(), (204, SHARED), "{target}");
        let answer = preflight(&client, target, FOREIGN).await;
        assert_eq!((answer.outcome(), &*answer.body), ((403, BARE), ""));
    }
    assert_eq!(CALLS.load(Ordering::Relaxed), 0);

    // All three would have run.
    for (target, calls) in [("/", 1), ("/guarded", 3)] {
        ask(&client, &format!("OPTIONS {target}"), &[("origin", LISTED)]).await;
        assert_eq!(CALLS.load(Ordering::Relaxed), calls);
    }
}

/// A refused request has no effect.
#[tokio::test]
async fn a_foreign_request_reaches_no_route_guard_or_catcher() {
    static CALLS: AtomicUsize = AtomicUsize::new(0);

    #[post("/")]
    fn changes() {
        CALLS.fetch_add(1, Ordering::Relaxed);
    }

    #[catch(default)]
    fn catches() {
        CALLS.fetch_add(1, Ordering::Relaxed);
    }

    let app = rocket::custom(config())
        .mount("/", routes![changes])
        .register("/", catchers![catches])
        .attach(cors());
    let client = launch(app).await;
    for line in [
        "POST /",
        "GET /",
        "HEAD /",
        "PUT /none",
        "TRACE /",
        "OPTIONS /",
    ] {
        let answer = ask(&client, line, &[("origin", FOREIGN)]).await;
        assert_eq!(answer.outcome(), (403, BARE), "{line}");
    }
    assert_eq!(CALLS.load(Ordering::Relaxed), 0);
}

/// The one trace that the fairing's route leaves on what it forwards.
#[tokio::test]
async fn where_no_route_matched_the_last_one_tried_is_the_fairings() {
    #[catch(404)]
    fn not_found(request: &Request<'_>) -> String {
        let route = request.route().and_then(|route| route.name.as_deref());
        route.unwrap_or("none").into()
    }
    let app = || rocket::custom(config()).register("/", catchers![not_found]);
    let bare = launch(app()).await;
    assert_eq!(ask(&bare, "GET /", &[]).await.body, "none");
    let covered = launch(app().attach(cors())).await;
    assert_eq!(ask(&covered, "GET /", &[]).await.body, "CORS");
}

#[tokio::test]
async fn rk2_options_that_is_no_preflight_is_forwarded() {
    let client = launch(application::build().attach(cors())).await;
    let asks_method = ("access-control-request-method", "PUT");
    for (line, fields, outcome, body) in [
        (
            "OPTIONS /options",
            &[("origin", LISTED)][..],
            (200, SHARED),
            "GET",
        ),
        ("OPTIONS /options", &[asks_method], (200, BARE), "GET"),
        (
            "OPTIONS /none",
            &[("origin", LISTED)],
            (404, SHARED),
            "caught 404",
        ),
        ("OPTIONS /none", &[], (404, BARE), "caught 404"),
    ] {
        let answer = ask(&client, line, fields).await;
        assert_eq!((answer.outcome(), &*answer.body), (outcome, body), "{line}");
    }
}

#[tokio::test]
async fn rk4_every_response_is_covered_whoever_makes_it() {
    let client = launch(application::build().attach(cors())).await;
    for (line, status) in [
        ("GET /", 200),
        ("HEAD /", 200),
        ("GET /none", 404),
        ("GET /number/x", 422),
        ("GET /ranked/x", 401),
        ("GET /guarded", 402),
        ("GET /scope/guarded", 402),
        ("GET /panic", 500),
        ("GET /redirect", 303),
        ("GET /events", 200),
        ("GET /files/Cargo.toml", 200),
        ("GET /files/none", 404),
        ("HEAD /files/none", 404),
        ("PUT /", 404),
    ] {
        let answer = ask(&client, line, &[("origin", LISTED)]).await;
        assert_eq!(answer.outcome(), (status, SHARED), "{line}");
        let answer = ask(&client, line, &[]).await;
        assert_eq!(
            (answer.status, answer.cors()),
            (status, vec!["vary: Origin".into()])
        );
        let answer = ask(&client, line, &[("origin", FOREIGN)]).await;
        assert_eq!(
            (answer.status, answer.cors()),
            (403, vec!["vary: Origin".into()])
        );
    }
}

/// Rocket answers what it cannot read before it asks a fairing, and hyper does before Rocket.
#[tokio::test]
async fn rk5_rk14_what_rocket_cannot_read_is_not_covered() {
    serve(application::build().attach(cors()), async |server| {
        for line in ["QUERY /", "get /", "CONNECT api.test:443", "GET /\u{0}"] {
            let head = Connection::open(server)
                .await
                .exchange(&format!(
                    "{line} HTTP/1.1\nhost: api.test\norigin: https://app.example.com\n\n"
                ))
                .await;
            assert!(head.starts_with("HTTP/1.1 400 "), "{line}: {head}");
            assert!(!head.contains("access-control-"), "{line}: {head}");
            assert!(!head.contains("vary"), "{line}: {head}");
        }
    })
    .await;
}

/// Over a socket, as pages see it.
#[tokio::test]
async fn rk4_a_panic_and_an_error_are_covered_on_the_wire() {
    serve(application::build().attach(cors()), async |server| {
        for (line, status) in [("GET /panic", 500), ("POST /form", 413), ("GET /none", 404)] {
            let head = Connection::open(server)
                .await
                .exchange(&format!(
                    "{line} HTTP/1.1\nhost: api.test\norigin: https://app.example.com\n\
                     content-type: application/x-www-form-urlencoded\n\
                     content-length: 9\n\na=3456789"
                ))
                .await;
            assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{head}");
            let line = "\naccess-control-allow-origin: https://app.example.com\n";
            assert!(head.contains(line), "{head}");
        }
        let fields = [("origin", LISTED)];
        let answer = ask_http2(server, "GET /none", &fields).await;
        assert_eq!(answer.outcome(), (404, SHARED));
    })
    .await;
}

/// What applications have that once copied their CORS from a forum.
fn meddler() -> AdHoc {
    AdHoc::on_response("meddler", |_, response| {
        Box::pin(async move { meddle(response) })
    })
}

fn meddle(response: &mut Response<'_>) {
    response.set_status(Status::Accepted);
    response.set_raw_header("Access-Control-Allow-Origin", "*");
    response.set_raw_header("Access-Control-Allow-Headers", "*");
    response.set_raw_header("Vary", "Accept");
}

#[tokio::test]
async fn rk6_attached_last_the_fairing_is_not_meddled_with() {
    const CREDENTIALS: &str = "access-control-allow-credentials: true";
    const ORIGIN: &str = "access-control-allow-origin: https://app.example.com";
    let last = launch(application::build().attach(meddler()).attach(cors())).await;

    let answer = ask(&last, "GET /", &[("origin", LISTED)]).await;
    let expected = [CREDENTIALS, ORIGIN, "vary: Accept", "vary: Origin"];
    assert_eq!(
        (answer.status, answer.cors()),
        (202, expected.map(String::from).into())
    );

    let answer = ask(&last, "GET /", &[("origin", FOREIGN)]).await;
    assert_eq!(answer.status, 403);
    assert_eq!(answer.cors(), ["vary: Accept", "vary: Origin"]);

    let answer = preflight(&last, "/", LISTED).await;
    assert_eq!(answer.status, 204);
    let expected = [
        CREDENTIALS,
        "access-control-allow-headers: content-type",
        "access-control-allow-methods: PUT",
        ORIGIN,
        "access-control-max-age: 3600",
        "vary: Accept",
    ];
    assert_eq!(answer.cors(), expected);

    let answer = preflight(&last, "/", FOREIGN).await;
    assert_eq!(
        (answer.status, answer.cors()),
        (403, vec!["vary: Accept".into()])
    );
}

#[tokio::test]
async fn rk6_a_fairing_behind_can_undo_everything() {
    let first = launch(application::build().attach(cors()).attach(meddler())).await;
    let answers = [
        ask(&first, "GET /", &[("origin", LISTED)]).await,
        ask(&first, "GET /", &[("origin", FOREIGN)]).await,
        preflight(&first, "/", LISTED).await,
        preflight(&first, "/", FOREIGN).await,
    ];
    for answer in answers {
        assert_eq!(answer.outcome(), (202, BARE));
        assert!(answer.cors().contains(&"vary: Accept".into()));
    }
}

/// The last one counts in its place too: before, it could be meddled with.
#[tokio::test]
async fn x7_rk7_attached_twice_the_last_one_counts() {
    let other = Policy::anonymous("https://other.example").expose_headers("x-other");
    let wrong = Cors::mounted("no path", other).mount("/api", other);
    for replaced in [Cors::new(other), wrong] {
        let app = application::build()
            .attach(replaced)
            .attach(meddler())
            .attach(Cors::mounted("/ranked", POLICY));
        let client = launch(app).await;

        let answer = ask(&client, "GET /ranked/7", &[("origin", LISTED)]).await;
        let expected = [
            "access-control-allow-credentials: true",
            "access-control-allow-origin: https://app.example.com",
            "vary: Accept",
            "vary: Origin",
        ];
        assert_eq!(answer.cors(), expected);
        let passes = (204, SHARED);
        assert_eq!(
            preflight(&client, "/ranked", LISTED).await.outcome(),
            passes
        );
        let other = preflight(&client, "/ranked", "https://other.example").await;
        assert_eq!(other.status, 403);
        let elsewhere = ask(&client, "GET /none", &[("origin", "https://other.example")]).await;
        assert!(!elsewhere.cors().contains(&"vary: Origin".into()));
    }
}

#[tokio::test]
async fn rk8_a_preflight_is_signed_by_rocket_and_has_no_body() {
    let client = launch(application::build().attach(cors())).await;
    for (origin, status) in [(LISTED, 204), (FOREIGN, 403)] {
        let answer = preflight(&client, "/", origin).await;
        assert_eq!((answer.status, &*answer.body), (status, ""));
        assert!(answer.values("content-type").next().is_none());
        assert!(answer.values("server").eq(["Rocket"]));
        assert!(answer.values("x-content-type-options").eq(["nosniff"]));
    }
}

#[tokio::test]
async fn rk10_a_route_that_demands_cors_is_not_served_without() {
    #[get("/<_>")]
    fn demands(_cors: CorsAttached) -> &'static str {
        "hello"
    }
    let app = || rocket::custom(config()).mount("/", routes![demands]);
    let error = Client::untracked(app()).await.expect_err("no launch");
    let ErrorKind::SentinelAborts(aborts) = error.kind() else {
        panic!("{error}");
    };
    assert!(
        aborts
            .iter()
            .all(|abort| abort.type_name.contains("CorsAttached"))
    );

    let client = launch(app().attach(Cors::mounted("/covered", POLICY))).await;
    for (line, status) in [("GET /covered", 200), ("GET /elsewhere", 500)] {
        assert_eq!(ask(&client, line, &[]).await.status, status, "{line}");
    }
}

/// Rocket lets a form choose its method (but `options`, of which it does not read the last letter);
/// the form is sent without a preflight all the same.
#[tokio::test]
async fn rk11_a_form_that_chooses_its_method_is_an_actual_request() {
    let client = launch(application::build().attach(cors())).await;
    let foreign = [("origin", FOREIGN), ("sec-fetch-mode", "navigate")];
    for (target, method, fields, outcome, body) in [
        (
            "/options",
            "options",
            &[("origin", LISTED)][..],
            (404, SHARED),
            "caught 404",
        ),
        (
            "/put",
            "put",
            &[("origin", LISTED)],
            (200, SHARED),
            "changed",
        ),
        // The policy does not allow DELETE, but no preflight asks.
        (
            "/",
            "delete",
            &[("origin", LISTED)],
            (200, SHARED),
            "deleted",
        ),
        ("/", "delete", &foreign[..1], (403, BARE), REFUSAL),
        // A page that makes its visitor send a form does not ask to share the response.
        ("/", "delete", &foreign, (200, BARE), "deleted"),
    ] {
        let request = request(&client, &format!("POST {target}"), fields)
            .header(ContentType::Form)
            .body(format!("_method={method}"));
        let answer = answer(within(request.dispatch()).await).await;
        assert_eq!(
            (answer.outcome(), &*answer.body),
            (outcome, body),
            "{method}, {fields:?}"
        );
    }
}

#[tokio::test]
async fn rk12_of_several_prefixes_the_longest_counts() {
    const FONTS: Policy = Policy::public();
    const OTHER: Policy = Policy::anonymous("https://other.example").methods("PUT");
    let mounted = Cors::mounted("/api", OTHER)
        .mount("/api/users/me", POLICY)
        .mount("/caf%C3%A9", OTHER)
        .mount("/api/fonts", FONTS);
    let everywhere = Cors::new(FONTS)
        .mount("/api/fonts", FONTS)
        .mount("/api/users/me", POLICY)
        .mount("/caf%C3%A9", OTHER)
        .mount("/api", OTHER);
    let (any, other, listed) = (Some("*"), Some("https://other.example"), Some(LISTED));
    for (cors, elsewhere) in [(mounted, None), (everywhere, any)] {
        let client = launch(application::build().attach(cors)).await;
        for (path, expected) in [
            ("/none", elsewhere),
            ("/apiary", elsewhere),
            ("/API", elsewhere),
            ("/api%2Fusers", elsewhere),
            ("/ap", elsewhere),
            ("/none/api", elsewhere),
            ("/api", other),
            ("/api/", other),
            ("/api?query", other),
            ("//api//users", other),
            ("/%61pi/users", other),
            ("/api/users/me2", other),
            ("/caf%c3%a9/menu", other),
            ("/api/users/me", listed),
            ("/api/users/me/name", listed),
            ("/api/fonts/inter.woff2", any),
        ] {
            let shared_with = async |line: &str, origin: &str, method: &str| {
                let fields = [
                    ("origin", origin),
                    ("access-control-request-method", method),
                ];
                let answer = ask(&client, line, &fields).await;
                let mut origins = answer.values("access-control-allow-origin");
                (answer.status, origins.next().map(String::from))
            };
            for origin in [LISTED, "https://other.example", FOREIGN] {
                let allowed = expected.filter(|&expected| expected == "*" || expected == origin);
                let (actual, asked) = match (expected, allowed) {
                    (None, _) => (404, 404),
                    (Some(_), Some(_)) => (404, 204),
                    (Some(_), None) => (403, 403),
                };
                let allowed = allowed.map(String::from);
                let got = shared_with(&format!("GET {path}"), origin, "GET").await;
                assert_eq!(got, (actual, allowed.clone()), "GET {path} from {origin}");
                let got = shared_with(&format!("OPTIONS {path}"), origin, "GET").await;
                assert_eq!(got, (asked, allowed), "preflight of {path} from {origin}");
            }
        }
    }
}
