//! Policies of mount points that are replaced, and of Rocket's configuration.

#[expect(dead_code, reason = "a part of it is used here")]
mod common;

use cors_rocket::{Cors, LivePolicy, Policy};
use rocket::{get, routes};
use test_client::{LISTED, POLICY};

use common::{ask, config, launch, preflight};

#[get("/")]
const fn hello() -> &'static str {
    "hello"
}

#[rocket::async_test]
async fn a_live_policy_answers_below_its_prefix() {
    let live = LivePolicy::new(Policy::nobody());
    let cors = Cors::new(Policy::public()).mount("/api", &live);
    let app = rocket::custom(config()).mount("/", routes![hello]);
    let client = launch(app.attach(cors)).await;
    let get = async || ask(&client, "GET /api/x", &[("origin", LISTED)]).await;
    assert_eq!(get().await.outcome(), (403, false));
    live.replace(POLICY);
    assert_eq!(get().await.outcome(), (404, true));
    let asked = preflight(&client, "/api/x", LISTED).await;
    assert_eq!(asked.outcome(), (204, true));
    let elsewhere = preflight(&client, "/", LISTED).await;
    assert_eq!(elsewhere.status, 403, "public has no PUT");
}

/// The way of Rocket: the policy is a key of its configuration.
#[cfg(feature = "serde")]
#[rocket::async_test]
async fn a_policy_is_a_key_of_the_configuration() {
    use rocket::error::ErrorKind;
    use rocket::figment::Figment;
    use rocket::figment::providers::{Format, Toml};
    use rocket::local::asynchronous::Client;
    use test_client::{Fields, LISTED_ONLY, outcomes};

    let configured = |text: &str| Figment::from(config()).merge(Toml::string(text).nested());
    let good = configured(
        "[default.cors]\norigins = [\"https://app.example.com\"]\ncredentials = true\nmethods = [\"PUT\"]\nrequest_headers = [\"content-type\"]\n",
    );
    let app = |figment| {
        rocket::custom(figment)
            .mount("/", routes![hello])
            .attach(Cors::configured())
    };
    let client = launch(app(good)).await;
    let ask = async |line: &str, fields: Fields<'_>| ask(&client, line, fields).await;
    assert_eq!(outcomes(ask).await, LISTED_ONLY);

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
