//! Policies that a running program reads, replaces, chooses and looks up.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use cors_warp::{
    LivePolicy, OwnedPolicy, Policy, PolicyErrorKind, PolicySource, PreparedPolicy, Settings, cors,
    cors_look_up,
};
use warp::Filter;
use warp::filters::BoxedFilter;
use warp::log::Info;
use warp::reply::Response;
use warp::test::RequestBuilder;

const LISTED: &str = "https://app.example.com";
const FOREIGN: &str = "https://evil.example";

const POLICY: Policy = Policy::credentialed(LISTED)
    .methods("PUT")
    .request_headers("content-type")
    .max_age(3600);

fn listed() -> Settings {
    Settings::new()
        .origins([LISTED])
        .credentials(true)
        .methods(["put"])
        .request_headers(["content-type"])
        .max_age(3600)
}

fn hello() -> BoxedFilter<(&'static str,)> {
    warp::path::end().map(|| "hello").boxed()
}

/// The status, and whether a page of the listed origin can read the response.
async fn outcome<F>(filter: &F, request: RequestBuilder) -> (u16, bool)
where
    F: Filter<Extract = (Response,), Error = std::convert::Infallible>
        + 'static
        + Clone
        + Send
        + Sync,
{
    let response = request.reply(filter).await;
    let origin = response.headers().get("access-control-allow-origin");
    (
        response.status().as_u16(),
        origin.is_some_and(|origin| origin == LISTED),
    )
}

fn get(path: &str, origin: &str) -> RequestBuilder {
    warp::test::request().path(path).header("origin", origin)
}

fn preflight(path: &str) -> RequestBuilder {
    get(path, LISTED)
        .method("OPTIONS")
        .header("access-control-request-method", "PUT")
}

async fn outcomes<F>(filter: &F) -> [(u16, bool); 3]
where
    F: Filter<Extract = (Response,), Error = std::convert::Infallible>
        + 'static
        + Clone
        + Send
        + Sync,
{
    [
        outcome(filter, get("/", LISTED)).await,
        outcome(filter, get("/", FOREIGN)).await,
        outcome(filter, preflight("/")).await,
    ]
}

const LISTED_ONLY: [(u16, bool); 3] = [(200, true), (403, false), (204, true)];
const NOBODY: [(u16, bool); 3] = [(403, false), (403, false), (403, false)];

#[tokio::test]
async fn a_policy_that_was_read_answers_like_the_one_that_was_written() {
    let read: OwnedPolicy = listed().build().unwrap();
    assert_eq!(outcomes(&cors(read, hello())).await, LISTED_ONLY);
    assert_eq!(outcomes(&cors(POLICY, hello())).await, LISTED_ONLY);
}

#[tokio::test]
async fn a_live_policy_is_replaced_for_servers_that_run() {
    let live = LivePolicy::new(Policy::nobody());
    let filter = cors(&live, hello());
    assert_eq!(outcomes(&filter).await, NOBODY);

    live.try_replace(listed()).unwrap();
    assert_eq!(outcomes(&filter).await, LISTED_ONLY);

    let errors = live
        .try_replace(listed().origins(["https://a.example/", "*"]))
        .unwrap_err();
    let kinds: Vec<_> = errors.iter().map(|error| error.kind()).collect();
    assert_eq!(
        kinds,
        [
            PolicyErrorKind::TrailingSlash,
            PolicyErrorKind::WildcardOrigin
        ]
    );
    assert_eq!(
        outcomes(&filter).await,
        LISTED_ONLY,
        "the old policy stays in force"
    );
}

fn prepared(policy: Policy<'static>) -> Arc<PreparedPolicy> {
    Arc::new(policy.into())
}

#[tokio::test]
async fn a_function_chooses_by_host() {
    let tenants = HashMap::from([
        ("a.test", prepared(POLICY)),
        ("b.test", prepared(Policy::public())),
    ]);
    let source = PolicySource::by_request(move |request| {
        let host = request.request_headers().get("host")?.to_str().ok()?;
        tenants.get(host).cloned()
    });
    let filter = cors(source, hello());
    let ask = |host: &'static str| outcome(&filter, get("/", LISTED).header("host", host));
    assert_eq!(ask("a.test").await, (200, true));
    assert_eq!(ask("b.test").await, (200, false), "answered with *");
    assert_eq!(ask("c.test").await, (403, false));
}

/// X12: a look-up that fails denies; the filter runs only when the policy is known.
#[tokio::test]
async fn x12_a_policy_is_looked_up_first() {
    let runs = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&runs);
    let counting = warp::any().map(move || {
        counted.fetch_add(1, Ordering::SeqCst);
        "hello"
    });
    let found = prepared(POLICY);
    let find = move |request: &Info<'_>| {
        let found = (request.path() == "/").then(|| Arc::clone(&found));
        async {
            tokio::task::yield_now().await;
            found
        }
    };
    let filter = cors_look_up(find, counting);
    assert_eq!(outcomes(&filter).await, LISTED_ONLY);
    assert_eq!(runs.load(Ordering::SeqCst), 1);
    assert_eq!(
        outcome(&filter, get("/nowhere", LISTED)).await,
        (403, false)
    );
    assert_eq!(outcome(&filter, preflight("/nowhere")).await, (403, false));
    // One that was looked up is not left for the next.
    assert_eq!(outcomes(&filter).await, LISTED_ONLY);
    assert_eq!(runs.load(Ordering::SeqCst), 2);
}

/// Of two requests that are looked up at a time, each gets its own policy.
#[tokio::test]
async fn look_ups_do_not_mix() {
    let find = |request: &Info<'_>| {
        let policy = if request.path() == "/listed" {
            POLICY
        } else {
            Policy::public()
        };
        async move {
            for _ in 0..u8::from(policy.allows_origin(FOREIGN.as_bytes())) {
                tokio::task::yield_now().await;
            }
            Some(prepared(policy))
        }
    };
    let filter = cors_look_up(find, warp::any().map(|| "hello"));
    for _ in 0..100 {
        let (listed, public) = tokio::join!(
            outcome(&filter, get("/listed", FOREIGN)),
            outcome(&filter, get("/public", FOREIGN)),
        );
        assert_eq!((listed.0, public.0), (403, 200));
    }
}
