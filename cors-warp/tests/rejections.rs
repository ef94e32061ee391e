//! What warp answers to a request that its filters reject, with a policy around them and without.

mod common;

use std::collections::HashMap;
use std::fmt;
use std::future::{Future, ready};
use std::io;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use cors_warp::cors;
use futures_util::stream;
use http_body::Frame;
use http_body_util::StreamBody;
use test_client::{
    Answer, Connection, FOREIGN, Fields, LISTED, POLICY, REFUSAL, ask_http2, ask_service,
    serve_service,
};
use tower::Service;
use warp::filters::BoxedFilter;
use warp::http::{HeaderValue, Request};
use warp::hyper::body::Bytes;
use warp::reject::{self, Reject};
use warp::{Filter, Rejection};

use common::{ask, preflight, request, serve};

type Routes = BoxedFilter<(&'static str,)>;

#[derive(Debug)]
struct Nope;
impl Reject for Nope {}

fn extracts<T: Send>(
    filter: impl Filter<Extract = (T,), Error = Rejection> + Send + Sync + 'static,
) -> Routes {
    filter.map(|_: T| "passed").boxed()
}

fn passes(filter: impl Filter<Extract = (), Error = Rejection> + Send + Sync + 'static) -> Routes {
    filter.map(|| "passed").boxed()
}

fn rejects(rejection: fn() -> Rejection) -> Routes {
    extracts(warp::any().and_then(move || ready(Err::<(), _>(rejection()))))
}

fn either(one: Routes, other: Routes) -> Routes {
    one.or(other).unify().boxed()
}

type Row = (Routes, Request<String>, u16, &'static str);

fn get(fields: Fields<'_>) -> Request<String> {
    request("GET /", fields)
}

fn number() -> Routes {
    extracts(warp::header::header::<u8>("x-number"))
}

fn missing() -> Routes {
    extracts(warp::header::header::<u8>("x-missing"))
}

fn nope() -> Routes {
    rejects(|| reject::custom(Nope))
}

const WRONG: [(&str, &str); 1] = [("x-number", "one")];

/// Every cause that warp has but for two that take more than a request, each with what it says.
fn causes() -> Vec<Row> {
    let body = |fields, body: &str| request("POST /", fields).map(|_| body.to_owned());
    let long = "long/".repeat(2000);
    let warps_own = warp::cors().allow_origin("https://other.example");
    vec![
        (rejects(warp::reject), get(&[]), 404, ""),
        (passes(warp::path!("none")), get(&[]), 404, ""),
        (passes(warp::host::exact("other.test")), get(&[]), 404, ""),
        (extracts(warp::fs::file("no such file")), get(&[]), 404, ""),
        (passes(warp::post()), get(&[]), 405, "HTTP method not"),
        (number(), get(&WRONG), 400, "Invalid request header \"x-n"),
        (missing(), get(&[]), 400, "Missing request header \"x-m"),
        (
            extracts(warp::cookie::<u8>("one")),
            get(&[("cookie", "other=1")]),
            400,
            "Missing request cookie",
        ),
        (
            extracts(warp::query::query::<HashMap<String, bool>>()),
            request("GET /?a=1", &[]),
            400,
            "Invalid query string",
        ),
        (
            extracts(warp::ws()),
            get(&[("connection", "close")]),
            400,
            "Connection",
        ),
        (
            extracts(warp::body::json::<u8>()),
            body(&[("content-type", "application/json")], "{"),
            400,
            "Request body deserialize error",
        ),
        (
            extracts(warp::any().map(warp::reply).with(warps_own)),
            get(&[]),
            403,
            "CORS request forbidden",
        ),
        (
            passes(warp::body::content_length_limit(1)),
            get(&[]),
            411,
            "A content-length",
        ),
        (
            passes(warp::body::content_length_limit(1)),
            get(&[("content-length", "2")]),
            413,
            "The request pay",
        ),
        (
            extracts(warp::body::json::<u8>()),
            body(&[("content-type", "text/plain")], "1"),
            415,
            "The request's content-type",
        ),
        (
            extracts(warp::ext::get::<u8>()),
            get(&[]),
            500,
            "Missing request extension",
        ),
        (
            extracts(warp::body::bytes().and(warp::body::bytes()).map(|_, _| ())),
            body(&[], "twice"),
            500,
            "Request body consumed multiple times",
        ),
        (
            extracts(warp::fs::file(long)),
            get(&[]),
            500,
            "file open error",
        ),
        (nope(), get(&[]), 500, "Unhandled rejection: Nope"),
    ]
}

/// Of several causes warp prefers one, by rules of its own.
fn several() -> Vec<Row> {
    vec![
        (
            either(passes(warp::post()), nope()),
            get(&[]),
            500,
            "Unhandled",
        ),
        (
            either(nope(), passes(warp::post())),
            get(&[]),
            500,
            "Unhandled",
        ),
        (
            either(passes(warp::post()), rejects(warp::reject)),
            get(&[]),
            405,
            "HTTP",
        ),
        (
            either(passes(warp::post()), missing()),
            get(&[]),
            400,
            "Missing",
        ),
        (either(missing(), number()), get(&WRONG), 400, "Invalid"),
        (either(number(), missing()), get(&WRONG), 400, "Missing"),
        (either(missing(), nope()), get(&[]), 500, "Unhandled"),
        (
            either(either(missing(), number()), passes(warp::post())),
            get(&WRONG),
            400,
            "Invalid",
        ),
    ]
}

/// The lines that the policy adds.
const ADDED: [&str; 3] = [
    "access-control-allow-credentials: true",
    "access-control-allow-origin: https://app.example.com",
    "vary: Origin",
];

/// The same but for what the policy adds.
fn assert_covered(got: &Answer, want: &Answer) {
    assert_eq!((got.status, &got.body), (want.status, &want.body));
    assert_eq!(
        (want.cors(), got.cors()),
        (vec![], ADDED.map(String::from).into())
    );
    assert_eq!(got.others(), want.others());
}

#[tokio::test]
async fn wp1_every_rejection_is_answered_as_warp_answers_it() {
    for (routes, mut request, status, body) in causes().into_iter().chain(several()) {
        request
            .headers_mut()
            .insert("origin", HeaderValue::from_static(LISTED));
        let want = ask_service(&warp::service(routes.clone()), request.clone()).await;
        assert_eq!(want.status, status, "{want:?}");
        assert!(want.body.starts_with(body), "{want:?}");
        assert_covered(
            &ask(&cors(POLICY, routes.clone()), request.clone()).await,
            &want,
        );
        let scoped = warp::service(warp::any().and(cors(POLICY, routes)));
        assert_covered(&ask_service(&scoped, request).await, &want);
    }
}

/// A request whose body fails.
fn cut() -> Request<impl http_body::Body<Data = Bytes, Error = io::Error> + Send + Sync + 'static> {
    let error = io::Error::other("cut");
    let body = stream::once(ready(Err::<Frame<Bytes>, _>(error)));
    request("POST /", &[("origin", LISTED)]).map(|_| StreamBody::new(body))
}

#[tokio::test]
async fn wp1_a_body_that_cannot_be_read_too() {
    let routes = extracts(warp::body::bytes());
    let want = ask_service(&warp::service(routes.clone()), cut()).await;
    assert_eq!(
        (want.status, &*want.body),
        (400, "Request body read error: cut")
    );
    let wrapped = warp::service(cors(POLICY, routes));
    assert_covered(&ask_service(&wrapped, cut()).await, &want);
}

/// Who may read every file does the test as somebody else.
#[cfg(unix)]
#[tokio::test]
async fn wp1_a_file_that_must_not_be_read_too() {
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::process::CommandExt;
    use std::{env, fs, process};

    const FILE: &str = "CORS_WARP_TEST_FILE";
    const NOBODY: u32 = 65534;

    if let Some(file) = env::var_os(FILE) {
        let routes = extracts(warp::fs::file(file));
        let get = || request("GET /", &[("origin", LISTED)]);
        let want = ask_service(&warp::service(routes.clone()), get()).await;
        assert_eq!(want.status, 403, "{want:?}");
        assert_covered(&ask(&cors(POLICY, routes), get()).await, &want);
        return;
    }
    let folder = env::temp_dir().join(format!("cors-warp-{}", process::id()));
    fs::create_dir(&folder).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
    let (program, file) = (folder.join("test"), folder.join("file"));
    fs::copy(env::current_exe().unwrap(), &program).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    fs::write(&file, "secret").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o000)).unwrap();

    let mut command = process::Command::new(program);
    command.args(["--exact", "wp1_a_file_that_must_not_be_read_too"]);
    command.env(FILE, &file).current_dir(&folder);
    if fs::File::open(&file).is_ok() {
        command.uid(NOBODY).gid(NOBODY);
    }
    let output = command.output().unwrap();
    fs::remove_dir_all(folder).unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && text.contains("1 passed"),
        "{text}"
    );
}

#[tokio::test]
async fn wp1_over_a_socket() {
    let routes = extracts(warp::path!("body").and(warp::body::bytes()));
    let wrapped = serve(cors(POLICY, routes.clone())).await;
    let plain = serve_service(warp::service(routes)).await;
    let fields = [("origin", LISTED)];
    assert_covered(
        &ask_http2(wrapped, "GET /none", &fields).await,
        &ask_http2(plain, "GET /none", &fields).await,
    );

    let broken = "POST /body HTTP/1.1\nhost: api.test\norigin: https://app.example.com\n\
                  transfer-encoding: chunked\n\nno length\n";
    let mut heads = Vec::new();
    for server in [wrapped, plain] {
        heads.push(Connection::open(server).await.exchange(broken).await);
    }
    let [got, want] = <[String; 2]>::try_from(heads).unwrap();
    assert!(want.starts_with("HTTP/1.1 400 Bad Request\n"), "{want}");
    let without = ADDED.iter().fold(got.clone(), |head, line| {
        assert!(head.contains(line), "{head}");
        head.replace(&format!("{line}\n"), "")
    });
    assert_eq!(without, want);
}

#[tokio::test]
async fn wp2_a_preflight_is_answered_whatever_the_filter_would_say() {
    for (routes, ..) in causes().into_iter().chain(several()) {
        let answer = ask(&cors(POLICY, routes), preflight("/none", LISTED)).await;
        assert_eq!((answer.outcome(), &*answer.body), ((204, true), ""));
    }
}

#[tokio::test]
async fn a_foreign_origin_learns_nothing_of_a_rejection() {
    for (routes, mut request, ..) in causes().into_iter().chain(several()) {
        request
            .headers_mut()
            .insert("origin", HeaderValue::from_static(FOREIGN));
        let answer = ask(&cors(POLICY, routes), request).await;
        assert_eq!((answer.status, &*answer.body), (403, REFUSAL));
        assert_eq!(answer.cors(), ["vary: Origin"]);
        let content_type = answer.field("content-type");
        assert_eq!(content_type, Some("text/plain; charset=utf-8"));
    }
}

/// warp's services need no tokio, nor do rejections.
#[test]
fn a_rejection_is_answered_without_tokio() {
    let mut service = warp::service(cors(POLICY, passes(warp::post())));
    let response = service.call(get(&[("origin", LISTED)]));
    let mut context = Context::from_waker(Waker::noop());
    let Poll::Ready(Ok(response)) = pin!(response).poll(&mut context) else {
        panic!("nothing is waited for");
    };
    assert_eq!(response.status(), 405);
    assert_eq!(response.headers()["access-control-allow-origin"], LISTED);
}

#[tokio::test]
async fn a_rejection_that_cannot_be_shown_is_500() {
    struct Unshown;
    impl Reject for Unshown {}
    impl fmt::Debug for Unshown {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            panic!("on purpose")
        }
    }
    let routes = rejects(|| reject::custom(Unshown));
    let answer = ask(
        &cors(POLICY, routes),
        request("GET /", &[("origin", LISTED)]),
    )
    .await;
    assert_eq!((answer.outcome(), &*answer.body), ((500, true), ""));
}
