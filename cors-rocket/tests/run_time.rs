//! Policies that a running program reads, replaces, chooses and looks up.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use cors_rocket::{Cors, LivePolicy, OwnedPolicy, Policy, PolicyErrorKind, Settings};
use rocket::config::LogLevel;
use rocket::http::Header;
use rocket::local::asynchronous::{Client, LocalRequest};
use rocket::{Config, State, get, put, routes};

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

#[get("/")]
fn hello(runs: &State<Arc<AtomicUsize>>) -> &'static str {
    runs.fetch_add(1, Ordering::SeqCst);
    "hello"
}

#[put("/")]
const fn change() -> &'static str {
    "changed"
}

async fn launched(cors: Cors) -> Client {
    let config = Config {
        log_level: LogLevel::Off,
        ..Config::release_default()
    };
    let app = rocket::custom(config)
        .mount("/", routes![hello, change])
        .manage(Arc::new(AtomicUsize::new(0)))
        .attach(cors);
    Client::untracked(app).await.expect("it launches")
}

/// The status, and whether a page of the listed origin can read the response.
async fn outcome(request: LocalRequest<'_>) -> (u16, bool) {
    let response = request.dispatch().await;
    let origin = response.headers().get_one("access-control-allow-origin");
    (response.status().code, origin == Some(LISTED))
}

fn get<'c>(client: &'c Client, path: &'c str, origin: &'static str) -> LocalRequest<'c> {
    client.get(path).header(Header::new("origin", origin))
}

fn preflight<'c>(client: &'c Client, path: &'c str) -> LocalRequest<'c> {
    client
        .options(path)
        .header(Header::new("origin", LISTED))
        .header(Header::new("access-control-request-method", "PUT"))
}

async fn outcomes(client: &Client) -> [(u16, bool); 3] {
    [
        outcome(get(client, "/", LISTED)).await,
        outcome(get(client, "/", FOREIGN)).await,
        outcome(preflight(client, "/")).await,
    ]
}

fn runs(client: &Client) -> usize {
    let runs = client.rocket().state::<Arc<AtomicUsize>>();
    runs.expect("it is managed").load(Ordering::SeqCst)
}

const LISTED_ONLY: [(u16, bool); 3] = [(200, true), (403, false), (204, true)];
const NOBODY: [(u16, bool); 3] = [(403, false), (403, false), (403, false)];

#[rocket::async_test]
async fn a_policy_that_was_read_answers_like_the_one_that_was_written() {
    let read: OwnedPolicy = listed().build().unwrap();
    assert_eq!(
        outcomes(&launched(Cors::new(read)).await).await,
        LISTED_ONLY
    );
    assert_eq!(
        outcomes(&launched(Cors::new(POLICY)).await).await,
        LISTED_ONLY
    );
}

#[rocket::async_test]
async fn a_live_policy_is_replaced_for_servers_that_run() {
    let live = LivePolicy::new(Policy::nobody());
    let client = launched(Cors::live(&live)).await;
    assert_eq!(outcomes(&client).await, NOBODY);

    live.try_replace(listed()).unwrap();
    assert_eq!(outcomes(&client).await, LISTED_ONLY);

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
        outcomes(&client).await,
        LISTED_ONLY,
        "the old policy stays in force"
    );
}

#[rocket::async_test]
async fn a_live_policy_answers_below_its_prefix() {
    let live = LivePolicy::new(Policy::nobody());
    let client = launched(Cors::new(Policy::public()).mount("/api", &live)).await;
    assert_eq!(outcome(get(&client, "/api/x", LISTED)).await, (403, false));
    live.replace(POLICY);
    assert_eq!(outcome(get(&client, "/api/x", LISTED)).await, (404, true));
    assert_eq!(outcome(preflight(&client, "/api/x")).await, (204, true));
    assert_eq!(
        outcome(preflight(&client, "/")).await.0,
        403,
        "public has no PUT"
    );
}

#[rocket::async_test]
async fn a_function_chooses_by_host() {
    let policy = |policy: Policy<'static>| Arc::new(OwnedPolicy::from(policy));
    let tenants = HashMap::from([
        ("a.test", policy(POLICY)),
        ("b.test", policy(Policy::public())),
    ]);
    let cors = Cors::by_request(move |request| {
        let host = request.headers().get_one("host")?;
        tenants.get(host).cloned()
    });
    let client = launched(cors).await;
    let ask = |host| outcome(get(&client, "/", LISTED).header(Header::new("host", host)));
    assert_eq!(ask("a.test").await, (200, true));
    assert_eq!(ask("b.test").await, (200, false), "answered with *");
    assert_eq!(ask("c.test").await, (403, false));
}

/// X12: a look-up that fails denies; routes are tried only when the policy is known, and it is
/// looked up once a request.
#[rocket::async_test]
async fn x12_a_policy_is_looked_up_first() {
    let found = Arc::new(OwnedPolicy::from(POLICY));
    let looked_up = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&looked_up);
    let cors = Cors::look_up(move |request| {
        let found = (request.uri().path() == "/").then(|| Arc::clone(&found));
        counted.fetch_add(1, Ordering::SeqCst);
        async {
            rocket::tokio::task::yield_now().await;
            found
        }
    });
    let client = launched(cors).await;
    assert_eq!(outcomes(&client).await, LISTED_ONLY);
    assert_eq!(looked_up.load(Ordering::SeqCst), 3);
    assert_eq!(runs(&client), 1);
    assert_eq!(
        outcome(get(&client, "/nowhere", LISTED)).await,
        (403, false)
    );
    assert_eq!(outcome(preflight(&client, "/nowhere")).await, (403, false));
    assert_eq!(runs(&client), 1);
}

/// The way of Rocket: the policy is a key of its configuration.
#[cfg(feature = "serde")]
#[rocket::async_test]
async fn a_policy_is_a_key_of_the_configuration() {
    use rocket::error::ErrorKind;
    use rocket::figment::Figment;
    use rocket::figment::providers::{Format, Toml};

    let configured = |text: &str| {
        Figment::from(Config::release_default())
            .merge(("log_level", "off"))
            .merge(Toml::string(text).nested())
    };
    let good = configured(
        "[default.cors]\norigins = [\"https://app.example.com\"]\ncredentials = true\nmethods = [\"PUT\"]\n",
    );
    let app = |figment| {
        rocket::custom(figment)
            .mount("/", routes![hello, change])
            .manage(Arc::new(AtomicUsize::new(0)))
            .attach(Cors::configured())
    };
    let client = Client::untracked(app(good)).await.expect("it launches");
    assert_eq!(outcomes(&client).await, LISTED_ONLY);

    for wrong in [
        "",
        "[default.cors]\norigins = 3\n",
        "[default.cors]\norigin = []\n",
        "[default.cors]\norigins = [\"*\"]\ncredentials = true\n",
    ] {
        let error = Client::untracked(app(configured(wrong))).await;
        let error = error.expect_err(wrong);
        assert!(
            matches!(error.kind(), ErrorKind::FailedFairings(_)),
            "{wrong:?}"
        );
    }
}
