//! Where policies come from, and what whoever stands outside sees of a refusal.

mod common;

use std::convert::Infallible;
use std::future::{Future, ready};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};

use cors_warp::{
    Denial, Head, LivePolicy, OwnedPolicy, Policy, PreparedPolicy, by_request, cors, look_up,
};
use test_client::{FOREIGN, LISTED, POLICY, ask_http1, ask_http2};
use tower::Service;
use warp::Filter;
use warp::http::Request;
use warp::reply::Response;

use common::{ask, preflight, request, serve};

fn hello() -> impl Filter<Extract = (&'static str,), Error = warp::Rejection> + Clone + Send + Sync
{
    warp::path::end().map(|| "hello")
}

/// Over HTTP/2 there is no `Host` line to choose by; it is chosen once a request.
#[tokio::test]
async fn the_authority_chooses_over_http2_too() {
    let policy = Arc::new(PreparedPolicy::from(POLICY));
    let calls = Arc::new(AtomicUsize::new(0));
    let choose = {
        let calls = Arc::clone(&calls);
        move |head: &Head<'_>| {
            calls.fetch_add(1, Ordering::Relaxed);
            match head.authority()? {
                "api.test" => Some(Arc::clone(&policy)),
                _ => None,
            }
        }
    };
    let find = {
        let choose = choose.clone();
        move |head: &Head<'_>| ready(choose(head))
    };
    let servers = [
        serve(cors(by_request(choose), hello())).await,
        serve(cors(look_up(find), hello())).await,
    ];
    for server in servers {
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
        assert_eq!(calls.swap(0, Ordering::Relaxed), 3);
    }
}

#[tokio::test]
async fn the_authority_of_a_request() {
    let seen = async |asks| {
        let (tell, told) = std::sync::mpsc::channel();
        let source = by_request(move |head| {
            assert_eq!(head.path(), "/");
            tell.send(head.authority().map(str::to_owned)).unwrap();
            None
        });
        ask(&cors(source, hello()), asks).await;
        told.recv().unwrap()
    };
    let own = ("host", "a.test:8080");
    let other = ("host", "b.test");
    for (line, fields, expected) in [
        ("GET /", &[][..], None),
        ("GET /", &[own], Some("a.test:8080")),
        ("GET /", &[own, own], None),
        ("GET /", &[own, other], None),
        ("GET http://b.test/", &[], Some("b.test")),
        ("GET http://b.test/", &[other], Some("b.test")),
        // warp shows neither.
        ("GET http://b.test/", &[own], None),
    ] {
        let authority = seen(request(line, fields)).await;
        assert_eq!(authority.as_deref(), expected, "{line} {fields:?}");
    }
}

/// Whoever stands outside counts or logs it, or replaces the body.
#[tokio::test]
async fn a_denial_is_in_the_extensions() {
    let answer = async |policy: Policy<'static>, asks: Request<String>| {
        let seen = cors(policy, hello()).map(|response: Response| {
            let denial: Option<Denial> = response.extensions().get().copied();
            assert_eq!(response.extensions().is_empty(), denial.is_none());
            (response.status().as_u16(), denial)
        });
        let (tell, told) = std::sync::mpsc::channel();
        let seen = seen.map(move |parts| {
            tell.send(parts).unwrap();
            "seen"
        });
        ask(&seen, asks).await;
        told.recv().unwrap()
    };
    let get = |line, origin| request(line, &[("origin", origin)]);
    let strict = [("origin", FOREIGN), ("sec-fetch-mode", "cors")];
    let denied = Some(Denial::OriginNotAllowed);
    let forwards = POLICY.forward_denied();
    for (policy, asks, status, denial) in [
        (POLICY, get("GET /", LISTED), 200, None),
        (POLICY, get("GET /none", LISTED), 404, None),
        (POLICY, preflight("/", LISTED), 204, None),
        (POLICY, get("GET /", FOREIGN), 403, denied),
        (POLICY, get("HEAD /", FOREIGN), 403, denied),
        (POLICY, request("GET /", &strict), 403, denied),
        (POLICY, preflight("/", FOREIGN), 403, denied),
        (forwards, get("GET /", FOREIGN), 200, denied),
        (forwards, get("GET /none", FOREIGN), 404, denied),
    ] {
        assert_eq!(answer(policy, asks).await, (status, denial));
    }
}

/// Nothing of one request is left where a function of the user's, which runs in its midst, could take
/// it. With debug assertions warp itself panics where a filter runs within another.
#[tokio::test]
async fn a_function_may_run_other_filters_to_their_end() {
    fn run(origin: &'static str, status: u16) {
        let inner = cors(POLICY, warp::any().map(|| "inner"));
        let asks: Request<String> = request("GET /", &[("origin", origin), ("host", "inner.test")]);
        let answer = catch_unwind(AssertUnwindSafe(|| {
            let answer = pin!(warp::service(inner).call(asks));
            answer.poll(&mut Context::from_waker(Waker::noop()))
        }));
        match answer {
            Ok(Poll::Ready(Ok(response))) => assert_eq!(response.status(), status),
            Ok(Poll::Pending) => panic!("it waits for nothing"),
            Err(_) if cfg!(debug_assertions) => {}
            Err(panic) => resume_unwind(panic),
        }
    }
    fn nests() -> Arc<PreparedPolicy> {
        run(LISTED, 200);
        run(FOREIGN, 403);
        Arc::new(PreparedPolicy::from(POLICY))
    }
    async fn check(filter: impl Filter<Extract = (Response,), Error = Infallible> + Clone) {
        for (asks, outcome) in [
            (request("GET /", &[("origin", LISTED)]), (200, true)),
            (request("GET /", &[("origin", FOREIGN)]), (403, false)),
            (preflight("/", LISTED), (204, true)),
            (preflight("/", FOREIGN), (403, false)),
            (request("GET /", &[]), (200, false)),
        ] {
            assert_eq!(ask(&filter, asks).await.outcome(), outcome);
        }
    }
    check(cors(by_request(|_| Some(nests())), hello())).await;
    check(cors(look_up(|_| ready(Some(nests()))), hello())).await;
    check(cors(look_up(|_| async { Some(nests()) }), hello())).await;
}

/// One `static` for several filters; policies that are prepared or live go in as they are.
#[tokio::test]
async fn every_source_is_a_policy() {
    static STATIC: Policy = POLICY;
    let live = LivePolicy::new(STATIC);
    let owned = || OwnedPolicy::from(&STATIC);
    let prepared = Arc::new(PreparedPolicy::from(owned()));
    let (chosen, found) = (Arc::clone(&prepared), Arc::clone(&prepared));
    macro_rules! check {
        ($($source:expr,)*) => {
            $(let filter = cors($source, hello());
            let answer = ask(&filter, request("GET /", &[("origin", LISTED)])).await;
            assert_eq!(answer.outcome(), (200, true));)*
        };
    }
    check! {
        STATIC,
        &STATIC,
        owned(),
        PreparedPolicy::from(owned()),
        Arc::clone(&prepared),
        &live,
        live,
        by_request(move |_| Some(Arc::clone(&chosen))),
        look_up(move |_| ready(Some(Arc::clone(&found)))),
    }
}
