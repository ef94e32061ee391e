//! Requests and responses that CORS middleware gets wrong.

mod common;

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use cors_rocket::{Cors, Policy};
use rocket::data::{IoHandler, IoStream};
use rocket::http::{Method, uri::Host};
use rocket::response::Responder;
use rocket::response::stream::TextStream;
use rocket::route::{Handler, Outcome};
use rocket::{Build, Data, Request, Response, Rocket, Route, State, get, options, routes, uri};
use tokio::sync::mpsc;

use common::{
    Answer, Connection, FOREIGN, LISTED, POLICY, ask, ask_http2, config, launch, preflight,
    request, serve, within,
};

type Fields = &'static [(&'static str, &'static str)];

/// An application that answers everything with these fields, and how often it did.
#[derive(Clone)]
struct Application {
    calls: Arc<AtomicUsize>,
    fields: Fields,
}

#[rocket::async_trait]
impl Handler for Application {
    async fn handle<'r>(&self, request: &'r Request<'_>, _: Data<'r>) -> Outcome<'r> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        let mut response = "hello".respond_to(request).expect("a text");
        for &(name, value) in self.fields {
            response.adjoin_raw_header(name, value);
        }
        Outcome::Success(response)
    }
}

impl Application {
    fn new(fields: Fields) -> Self {
        let calls = Arc::default();
        Self { calls, fields }
    }

    fn behind(&self, policy: Policy<'static>) -> Rocket<Build> {
        let methods = [Method::Get, Method::Options, Method::Post, Method::Put];
        let routes = methods.map(|method| Route::new(method, "/<_..>", self.clone()));
        rocket::custom(config())
            .mount("/", routes)
            .attach(Cors::new(policy))
    }

    fn calls(&self) -> usize {
        self.calls.load(Ordering::Relaxed)
    }
}

const ALLOW_ORIGIN: &str = "access-control-allow-origin: https://app.example.com";
const ALLOW_CREDENTIALS: &str = "access-control-allow-credentials: true";
const VARY: &str = "vary: Origin";

const BODY_OF_403: &str = "origin not allowed by the CORS policy\n";

#[tokio::test]
async fn x1_options_without_request_method_reaches_the_handler() {
    #[options("/")]
    fn methods() -> &'static str {
        "GET, PUT"
    }
    let app = rocket::custom(config()).mount("/", routes![methods]);
    let client = launch(app.attach(Cors::new(POLICY))).await;
    let answer = ask(&client, "OPTIONS /", &[("origin", LISTED)]).await;
    assert_eq!((answer.status, &*answer.body), (200, "GET, PUT"));
    assert_eq!(answer.cors(), [ALLOW_CREDENTIALS, ALLOW_ORIGIN]);
}

#[tokio::test]
async fn x2_two_origin_lines_are_refused() {
    let application = Application::new(&[]);
    let twice = [("origin", LISTED), ("origin", LISTED)];

    let client = launch(application.behind(POLICY)).await;
    let answer = ask(&client, "GET /", &twice).await;
    assert_eq!((answer.status, &*answer.body), (403, BODY_OF_403));
    let content_type = answer.values("content-type");
    assert!(content_type.eq(["text/plain; charset=utf-8"]));
    assert_eq!(answer.cors(), [VARY]);
    assert_eq!(application.calls(), 0);

    let client = launch(application.behind(POLICY.forward_denied())).await;
    let answer = ask(&client, "GET /", &twice).await;
    assert_eq!((answer.status, &*answer.body), (200, "hello"));
    assert_eq!(answer.cors(), [VARY]);
}

/// Rocket drops a line that is not UTF-8 before anyone sees it, which makes this a request without
/// an `Origin`.
#[tokio::test]
async fn x3_an_origin_that_is_no_text_is_not_shared_with() {
    let application = Application::new(&[]);
    serve(application.behind(POLICY), async |server| {
        let with_origin = |line: &str, origin: &[u8]| {
            let start = format!("{line} HTTP/1.1\r\nhost: api.test\r\norigin: ");
            [start.as_bytes(), origin, b"\r\n"].concat()
        };
        for (origin, status) in [
            ("https://\u{e4}pp.example.com".as_bytes(), 403),
            (b"", 403),
            (b"https://app.example.com\xff", 200),
            (b"\x80", 200),
        ] {
            let mut get = with_origin("GET /", origin);
            get.extend(b"\r\n");
            let mut connection = Connection::open(server).await;
            connection.send(&get).await;
            let head = connection.head().await;
            assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{head}");
            assert!(head.contains("vary: Origin\n"), "{head}");
            assert!(!head.contains("access-control-"), "{head}");
            assert_eq!(
                application.calls.swap(0, Ordering::Relaxed),
                usize::from(status == 200)
            );

            let mut preflight = with_origin("OPTIONS /", origin);
            preflight.extend(b"access-control-request-method: PUT\r\n\r\n");
            let mut connection = Connection::open(server).await;
            connection.send(&preflight).await;
            let head = connection.head().await;
            assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{head}");
            assert!(!head.contains("access-control-"), "{head}");
            application.calls.store(0, Ordering::Relaxed);
        }
    })
    .await;
}

/// What a handler says about CORS when nobody may hear it.
const CLAIMS: Fields = &[
    ("access-control-allow-origin", "*"),
    ("access-control-allow-credentials", "true"),
    ("access-control-allow-methods", "GET"),
    ("access-control-allow-headers", "x-secret"),
    ("access-control-expose-headers", "x-secret"),
    ("access-control-max-age", "1"),
];

#[tokio::test]
async fn x4_without_origin_the_response_varies_and_shares_nothing() {
    let client = launch(Application::new(CLAIMS).behind(POLICY)).await;
    let answer = ask(&client, "GET /", &[]).await;
    assert_eq!((answer.status, answer.cors()), (200, vec![VARY.into()]));
}

#[tokio::test]
async fn x5_a_handler_cannot_share_with_a_foreign_origin() {
    let application = Application::new(CLAIMS);
    let foreign = ("origin", FOREIGN);
    let same_origin = ("sec-fetch-site", "same-origin");
    for (policy, fields, status) in [
        (POLICY, &[foreign][..], 403),
        (POLICY, &[foreign, same_origin], 200),
        (POLICY.forward_denied(), &[foreign], 200),
    ] {
        let client = launch(application.behind(policy)).await;
        let answer = ask(&client, "GET /", fields).await;
        assert_eq!((answer.status, answer.cors()), (status, vec![VARY.into()]));
    }
    assert_eq!(application.calls(), 2);
}

/// Without `Sec-Fetch-*`, the server's own pages are known by its authority.
#[tokio::test]
async fn a_page_of_the_server_itself_is_not_refused() {
    let application = Application::new(&[]);
    let own = |origin| ("origin", origin);
    let hosts = |host| ("host", host);
    let client = launch(application.behind(POLICY)).await;
    for (fields, status) in [
        (&[own("https://api.test"), hosts("api.test")][..], 200),
        (&[own("https://api.test:8443"), hosts("api.test:8443")], 200),
        (&[own("https://api.test:8443"), hosts("api.test")], 403),
        (
            &[own("https://api.test"), hosts("api.test"), hosts("x.test")],
            403,
        ),
        (&[own("https://api.test")], 403),
    ] {
        let answer = ask(&client, "GET /", fields).await;
        assert_eq!(answer.status, status, "{fields:?}");
    }

    // Over HTTP/2 Rocket knows the authority although there is no line.
    for (origin, status) in [("https://api.test:8443", 200), ("https://api.test", 403)] {
        let mut request = request(&client, "GET /", &[own(origin)]);
        let authority = Host::from(uri!("api.test:8443"));
        request.inner_mut().set_host(authority);
        let answer = Answer::of(within(request.dispatch()).await).await;
        assert_eq!(answer.status, status, "{origin}");
    }
    serve(application.behind(POLICY), async |server| {
        let own = format!("http://{server}");
        for (origin, status) in [(&*own, 200), (FOREIGN, 403)] {
            let answer = ask_http2(server, &format!("GET {own}/"), &[("origin", origin)]).await;
            assert_eq!((answer.status, answer.cors()), (status, vec![VARY.into()]));
        }
    })
    .await;
}

#[tokio::test]
async fn x6_vary_lines_are_kept_and_origin_stands_once() {
    const ACCEPT: &str = "vary: accept-encoding";
    let table: [(Fields, &[&str]); 8] = [
        (&[], &[VARY]),
        (&[("vary", "accept-encoding")], &[VARY, ACCEPT]),
        (
            &[("vary", "accept-encoding"), ("vary", "accept")],
            &[VARY, "vary: accept", ACCEPT],
        ),
        (&[("vary", "origin")], &["vary: origin"]),
        (
            &[("Vary", "accept-encoding"), ("vary", "accept , ORIGIN")],
            &["vary: accept , ORIGIN", ACCEPT],
        ),
        (&[("vary", "*")], &["vary: *"]),
        (
            &[("vary", "accept-encoding"), ("vary", "*")],
            &["vary: *", ACCEPT],
        ),
        (&[("vary", "x-origin")], &[VARY, "vary: x-origin"]),
    ];
    for (fields, expected) in table {
        let application = Application::new(fields);
        for (policy, request_fields) in [
            (POLICY, &[("origin", LISTED)][..]),
            (POLICY, &[]),
            (POLICY.forward_denied(), &[("origin", FOREIGN)]),
        ] {
            let client = launch(application.behind(policy)).await;
            let answer = ask(&client, "GET /", request_fields).await;
            let mut lines = answer.cors();
            lines.retain(|line| line.starts_with("vary"));
            assert_eq!(lines, expected, "{request_fields:?}");
        }
    }
}

/// What a handler exposes stays exposed.
#[tokio::test]
async fn a_handler_that_shares_is_overruled_but_what_it_exposes_is_kept() {
    let policy = POLICY.expose_headers("x-request-id");
    let client = launch(Application::new(CLAIMS).behind(policy)).await;
    let answer = ask(&client, "GET /", &[("origin", LISTED)]).await;
    let expected = [
        ALLOW_CREDENTIALS,
        ALLOW_ORIGIN,
        "access-control-expose-headers: x-request-id",
        "access-control-expose-headers: x-secret",
        VARY,
    ];
    assert_eq!(answer.cors(), expected);
}

#[tokio::test]
async fn x8_a_preflight_has_no_body_and_no_call() {
    const LINES: [&str; 4] = [
        ALLOW_CREDENTIALS,
        "access-control-allow-methods: PUT",
        ALLOW_ORIGIN,
        "access-control-max-age: 3600",
    ];
    let application = Application::new(&[]);
    let client = launch(application.behind(POLICY)).await;

    let answer = preflight(&client, "/", LISTED).await;
    assert_eq!((answer.outcome(), &*answer.body), ((204, true), ""));
    assert_eq!(answer.cors().len(), LINES.len() + 1);
    assert!(answer.values("content-type").next().is_none());

    let denied = preflight(&client, "/", FOREIGN).await;
    assert_eq!((denied.status, &*denied.body), (403, ""));
    assert!(denied.cors().is_empty(), "{denied:?}");
    assert!(denied.values("content-type").next().is_none());

    serve(application.behind(POLICY), async |server| {
        let head = Connection::open(server)
            .await
            .exchange(
                "OPTIONS / HTTP/1.1\nhost: api.test\norigin: https://app.example.com\n\
                 access-control-request-method: PUT\n\n",
            )
            .await;
        let mut lines: Vec<_> = head.trim_end().lines().collect();
        lines[1..].sort_unstable();
        // Rocket and its `Shield` sign every response, which browsers do not mind.
        let expected = [
            &["HTTP/1.1 204 No Content"][..],
            &LINES,
            &[
                "permissions-policy: interest-cohort=()",
                "server: Rocket",
                "x-content-type-options: nosniff",
                "x-frame-options: SAMEORIGIN",
            ],
        ];
        assert_eq!(lines, expected.concat());

        let answer = ask_http2(
            server,
            "OPTIONS http://api.test/",
            &[("origin", LISTED), ("access-control-request-method", "PUT")],
        )
        .await;
        assert_eq!((answer.status, &*answer.body), (204, ""));
        assert_eq!(answer.cors(), LINES);
        assert!(answer.values("content-length").next().is_none());
    })
    .await;
    assert_eq!(application.calls(), 0);
}

/// The body comes along with the head. When it comes after the answer, hyper has closed the
/// connection, as for every handler that leaves a body unread.
#[tokio::test]
async fn x9_a_body_of_a_refused_request_does_not_break_the_next_one() {
    serve(Application::new(&[]).behind(POLICY), async |server| {
        let mut connection = Connection::open(server).await;
        let preflight = "OPTIONS / HTTP/1.1\nhost: api.test\norigin: https://app.example.com\n\
                         access-control-request-method: PUT\n";
        let foreign = "PUT / HTTP/1.1\nhost: api.test\norigin: https://evil.example\n";
        for (head, framed, status) in [
            (preflight, "content-length: 5\n\nGET /", "204"),
            (
                preflight,
                "transfer-encoding: chunked\n\n5\nGET /\n0\n\n",
                "204",
            ),
            (foreign, "content-length: 5\n\nGET /", "403"),
            (
                "HEAD / HTTP/1.1\nhost: api.test\norigin: https://evil.example\n",
                "\n",
                "403",
            ),
            (preflight, "\n", "204"),
        ] {
            let answer = connection.exchange(&format!("{head}{framed}")).await;
            assert!(answer.contains(status), "{answer}");
            if status == "403" {
                assert!(answer.contains("content-length: 38\n"), "{answer}");
            }
            if head == foreign {
                let body = connection.read(BODY_OF_403.len()).await;
                assert_eq!(body, BODY_OF_403.as_bytes());
            }
            let answer = connection
                .exchange("GET / HTTP/1.1\nhost: api.test\n\n")
                .await;
            assert!(answer.starts_with("HTTP/1.1 200 OK\n"), "{framed}{answer}");
            assert_eq!(connection.read(5).await, b"hello");
        }
    })
    .await;
}

#[tokio::test]
async fn x10_the_target_of_a_preflight_may_be_an_asterisk() {
    serve(Application::new(&[]).behind(POLICY), async |server| {
        let head = Connection::open(server)
            .await
            .exchange(
                "OPTIONS * HTTP/1.1\nhost: api.test\norigin: https://app.example.com\n\
                 access-control-request-method: PUT\n\n",
            )
            .await;
        assert!(head.starts_with("HTTP/1.1 204 No Content\n"), "{head}");
    })
    .await;
}

#[tokio::test]
async fn x14_streams_are_passed_on_piece_by_piece() {
    type Told = Mutex<Option<mpsc::Receiver<&'static str>>>;

    #[get("/")]
    fn stream(told: &State<Told>) -> TextStream![&'static str] {
        let mut told = told.lock().expect("one reader").take().expect("one reader");
        TextStream! {
            while let Some(text) = told.recv().await {
                yield text;
            }
        }
    }
    let (tell, told) = mpsc::channel(1);
    let app = rocket::custom(config())
        .mount("/", routes![stream])
        .manage::<Told>(Mutex::new(Some(told)))
        .attach(Cors::new(POLICY));
    serve(app, async |server| {
        let mut connection = Connection::open(server).await;
        let head = connection
            .exchange("GET / HTTP/1.1\nhost: api.test\norigin: https://app.example.com\n\n")
            .await;
        assert!(head.contains(ALLOW_ORIGIN), "{head}");
        for text in ["one", "two"] {
            tell.send(text).await.expect("a handler that listens");
            let chunk = format!("3\r\n{text}\r\n");
            assert_eq!(connection.read(chunk.len()).await, chunk.as_bytes());
        }
        drop(tell);
        assert_eq!(connection.read(5).await, b"0\r\n\r\n");
    })
    .await;
}

/// Sends back what comes.
struct Echo;

#[rocket::async_trait]
impl IoHandler for Echo {
    async fn io(self: Pin<Box<Self>>, io: IoStream) -> io::Result<()> {
        let (mut reader, mut writer) = tokio::io::split(io);
        tokio::io::copy(&mut reader, &mut writer).await.map(drop)
    }
}

impl<'r> Responder<'r, 'static> for Echo {
    fn respond_to(self, _: &'r Request<'_>) -> rocket::response::Result<'static> {
        Response::build().upgrade("websocket", Echo).ok()
    }
}

#[tokio::test]
async fn x15_a_websocket_is_opened_for_a_listed_origin_only() {
    #[get("/")]
    fn socket() -> Echo {
        Echo
    }
    let app = rocket::custom(config()).mount("/", routes![socket]);
    serve(app.attach(Cors::new(POLICY)), async |server| {
        let handshake = |origin: &str| {
            format!(
                "GET / HTTP/1.1\nhost: api.test\norigin: {origin}\nsec-fetch-mode: websocket\n\
                 connection: upgrade\nupgrade: websocket\nsec-websocket-version: 13\n\
                 sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\n\n"
            )
        };

        let mut connection = Connection::open(server).await;
        let head = connection.exchange(&handshake(LISTED)).await;
        assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
        assert!(head.contains(ALLOW_ORIGIN), "{head}");
        connection.send(b"hello").await;
        assert_eq!(connection.read(5).await, b"hello");

        let mut connection = Connection::open(server).await;
        let head = connection.exchange(&handshake(FOREIGN)).await;
        assert!(head.starts_with("HTTP/1.1 403 "), "{head}");
    })
    .await;
}
