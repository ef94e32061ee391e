//! What the fairing makes the log say; a binary of its own, as a process has one logger.

use std::cell::RefCell;

use cors_rocket::{Cors, CorsAttached, Policy};
use log::{Level, LevelFilter, Log, Metadata, Record};
use rocket::error::ErrorKind;
use rocket::http::{Header, Method, Status};
use rocket::local::asynchronous::Client;
use rocket::{Build, Rocket, get, routes};

const POLICY: Policy = Policy::credentialed("https://app.example.com").methods("PUT");

thread_local! {
    /// A test and all that it awaits run on one thread.
    static LINES: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Keeps warnings and errors.
struct Capture;

impl Log for Capture {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        let is_denial = metadata.target() == "cors";
        let is_complaint = metadata.level() <= Level::Warn;
        is_denial || (is_complaint && !metadata.target().starts_with("rocket::launch"))
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) {
            let line = format!("{} {}", record.level(), record.args());
            LINES.with_borrow_mut(|lines| lines.push(line));
        }
    }

    fn flush(&self) {}
}

/// An application whose log is kept.
fn application() -> Rocket<Build> {
    static CAPTURE: Capture = Capture;
    if log::set_logger(&CAPTURE).is_ok() {
        log::set_max_level(LevelFilter::Trace);
    }
    rocket::custom(rocket::Config::release_default())
}

/// What was logged since the last time.
fn logged() -> Vec<String> {
    LINES.take()
}

async fn ask(client: &Client, method: Method, fields: &[(&'static str, &'static str)]) -> Status {
    let mut request = client.req(method, "/");
    for &(name, value) in fields {
        request.add_header(Header::new(name, value));
    }
    request.dispatch().await.status()
}

#[tokio::test]
async fn rk1_what_the_fairing_answers_is_no_error() {
    let preflight = |origin| [("origin", origin), ("access-control-request-method", "PUT")];
    let client = Client::untracked(application().attach(Cors::new(POLICY)))
        .await
        .expect("an application that launches");
    let listed = preflight("https://app.example.com");
    let foreign = preflight("https://evil.example");
    for (method, fields, status) in [
        (Method::Options, &listed[..], Status::NoContent),
        (Method::Options, &foreign, Status::Forbidden),
        (Method::Get, &foreign, Status::Forbidden),
    ] {
        assert_eq!(ask(&client, method, fields).await, status);
        let complaints = logged()
            .into_iter()
            .filter(|line| !line.starts_with("INFO"));
        assert_eq!(complaints.count(), 0, "{method} {fields:?}");
    }

    // Without the fairing, and for what it forwards, Rocket complains.
    assert_eq!(
        ask(&client, Method::Options, &listed[..1]).await,
        Status::NotFound
    );
    let lines = logged();
    assert!(
        lines.iter().any(|line| line.contains("No matching routes")),
        "{lines:?}"
    );
}

#[tokio::test]
async fn rk9_a_wrong_prefix_fails_the_launch_and_the_log_says_why() {
    let cors = Cors::new(POLICY)
        .mount("api", POLICY)
        .mount("/users/<id>", POLICY)
        .mount("/api//v1/", POLICY)
        .mount("/api?page", POLICY)
        .mount("//", POLICY)
        .mount("/api", POLICY)
        .mount("/%61pi", POLICY);
    let launched = Client::untracked(application().attach(cors)).await;
    let error = launched.expect_err("a launch that fails");
    let ErrorKind::FailedFairings(failed) = error.kind() else {
        panic!("{error}");
    };
    assert!(failed.iter().map(|info| info.name).eq(["CORS"]));
    let expected = [
        r#"ERROR CORS: prefix "api" doesn't start with a slash; write "/api""#,
        r#"ERROR CORS: prefix "/users/<id>" is not a path: unexpected token '<' at index 7"#,
        r#"ERROR CORS: prefix "/api//v1/" has a query or an empty segment; write "/api/v1""#,
        r#"ERROR CORS: prefix "/api?page" has a query or an empty segment; write "/api""#,
        r#"ERROR CORS: prefix "//" matches every path; pass its policy to `Cors::new`"#,
        r#"ERROR CORS: prefix "/%61pi" already has a policy"#,
    ];
    assert_eq!(logged(), expected);
}

#[tokio::test]
async fn rk5_a_method_that_rocket_does_not_have_is_warned_of() {
    let cors = Cors::new(POLICY.methods("PUT, QUERY"))
        .mount("/api", POLICY.methods("PROPFIND,\tDELETE"))
        .mount("/any", POLICY.any_method());
    let launched = Client::untracked(application().attach(cors)).await;
    launched.expect("an application that launches");
    let expected = [
        "WARN CORS: method PROPFIND is allowed, but Rocket answers it with 400",
        "WARN CORS: method QUERY is allowed, but Rocket answers it with 400",
    ];
    assert_eq!(logged(), expected);
}

#[tokio::test]
async fn rk10_a_route_that_demands_cors_but_is_not_covered_says_so() {
    #[get("/")]
    fn demands(_cors: CorsAttached) {}

    let app = application().mount("/", routes![demands]);
    let client = Client::untracked(app.attach(Cors::mounted("/api", POLICY)))
        .await
        .expect("an application that launches");
    assert_eq!(
        ask(&client, Method::Get, &[]).await,
        Status::InternalServerError
    );
    let expected = "ERROR CORS: a route needs a policy, but / has none".to_owned();
    assert!(logged().contains(&expected));
}

#[cfg(feature = "serde")]
#[tokio::test]
async fn rk9_a_wrong_configuration_fails_the_launch_and_the_log_names_key_and_source() {
    use rocket::figment::Figment;
    use rocket::figment::providers::{Format, Toml};

    application();
    for (text, parts) in [
        ("", ["missing field `cors`"].as_slice()),
        (
            "[default.cors]\norigins = 3\n",
            &["an array of strings", "origins", "TOML source string"],
        ),
        (
            "[default.cors]\norigin = []\n",
            &["unknown field", "`origin`", "default"],
        ),
        (
            "[default.cors]\norigins = [\"https://a.example/\", \"*\"]\ncredentials = true\n",
            &["key \"cors\" in TOML source string", "CORS-E09", "CORS-E02"],
        ),
    ] {
        let figment =
            Figment::from(rocket::Config::release_default()).merge(Toml::string(text).nested());
        let app = rocket::custom(figment).attach(Cors::configured());
        let error = Client::untracked(app).await.expect_err(text);
        assert!(matches!(error.kind(), ErrorKind::FailedFairings(_)));
        let lines = logged().join("\n");
        for part in parts {
            assert!(lines.contains(part), "no {part:?} in {lines}");
        }
    }
}

#[cfg(feature = "tracing")]
#[tokio::test]
async fn a_denial_is_one_line_in_the_log() {
    let client = Client::untracked(application().attach(Cors::new(POLICY)))
        .await
        .expect("an application that launches");
    logged();
    let foreign = [("origin", "https://evil.example")];
    assert_eq!(ask(&client, Method::Get, &foreign).await, Status::Forbidden);
    assert_eq!(
        logged(),
        [
            "INFO request: GET from \"https://evil.example\": origin not allowed \
          reason=\"origin_not_allowed\" origin=https://evil.example preflight=false method=GET path=/"
        ]
    );
}
