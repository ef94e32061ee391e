//! Rocket.

use ::rocket::data::{Limits, ToByteUnit};
use ::rocket::fairing::AdHoc;
use ::rocket::http::Status;
use ::rocket::local::asynchronous::Client;
use ::rocket::{Build, Config, Rocket, get, post, routes};
use conformance_tests::frameworks::Framework;
use conformance_tests::frameworks::rocket::send;
use conformance_tests::placement::{Asked, Gaps, Placement};
use cors_rocket::Cors;

use super::{POLICY, assert_says, everywhere, found};

#[get("/items")]
fn items() -> &'static str {
    "items"
}

#[get("/account")]
fn account() -> Status {
    Status::Unauthorized
}

#[post("/upload", data = "<body>")]
fn upload(body: String) -> String {
    body
}

#[get("/panic")]
fn panics() -> &'static str {
    panic!("as meant")
}

fn rocket() -> Rocket<Build> {
    let config = Config {
        log_level: ::rocket::config::LogLevel::Off,
        limits: Limits::new().limit("string", 1.kibibytes()),
        ..Config::release_default()
    };
    ::rocket::custom(config).mount("/api", routes![items, account, upload, panics])
}

async fn check(rocket: Rocket<Build>, placement: Placement) -> Gaps {
    let client = Client::untracked(rocket).await.expect("it launches");
    let placement = placement.framework(Framework::Rocket);
    placement
        .check(async |request| send(&client, request).await)
        .await
}

#[::rocket::async_test]
async fn attached_nothing_is_found() {
    let rocket = rocket().attach(Cors::new(POLICY));
    check(rocket, everywhere()).await.assert_none();
}

#[::rocket::async_test]
async fn mounted_on_one_path() {
    let rocket = rocket().attach(Cors::mounted("/api/items", POLICY));
    let gaps = check(rocket, everywhere()).await;
    let found = found(&gaps);
    assert!(!found.contains(&(Asked::Path, Some(200))), "{gaps}");
    for gap in [
        (Asked::WithoutToken, Some(401)),
        (Asked::LongBody, Some(400)),
        (Asked::Panic, Some(500)),
        (Asked::UnknownPath, Some(404)),
    ] {
        assert!(found.contains(&gap), "{gap:?} is not in: {gaps}");
    }
    assert_says(&gaps, &["`Cors::mounted(..)` covers its own paths only"]);
}

#[::rocket::async_test]
async fn a_fairing_behind_it_removes_what_it_set() {
    let remove = AdHoc::on_response("remove", |_, response| {
        Box::pin(async {
            if response.status() != Status::Ok {
                response.remove_header("access-control-allow-origin");
            }
        })
    });
    let rocket = rocket().attach(Cors::new(POLICY)).attach(remove);
    let gaps = check(rocket, everywhere()).await;
    assert!(
        found(&gaps).contains(&(Asked::WithoutToken, Some(401))),
        "{gaps}"
    );
    assert_says(&gaps, &["a fairing that is attached later"]);
}
