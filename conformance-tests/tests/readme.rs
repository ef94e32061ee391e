//! What the README of the repository shows is true.

use cors_core::{Decision, OwnedPolicy, Policy, RequestField};

const README: &str = include_str!("../../README.md");

/// The blocks of a language, in order.
fn blocks(language: &str) -> Vec<&'static str> {
    let begin = format!("```{language}\n");
    let behind = README.split(begin.as_str()).skip(1);
    behind
        .map(|text| text.split("```").next().expect("a block ends"))
        .collect()
}

#[rustfmt::skip]
static POLICY: Policy = Policy::credentialed("https://app.example.com https://*.preview.example.com")
    .methods("PUT, PATCH, DELETE")
    .request_headers("authorization, content-type")
    .expose_headers("x-request-id")
    .max_age(3600);

mod axum_ {
    use axum::{Router, routing::get};

    use super::POLICY;

    async fn hello() -> &'static str {
        "hello"
    }

    pub(crate) fn app() -> Router {
        #[rustfmt::skip]
        let app = Router::new()
            .route("/", get(hello))
            .layer(cors_axum::CorsLayer::new(POLICY));
        app
    }
}

mod actix {
    use actix_web::{App, web};

    use super::POLICY;

    async fn hello() -> &'static str {
        "hello"
    }

    pub(crate) fn app() {
        let app = App::new()
            .route("/", web::get().to(hello))
            .wrap(cors_actix::Cors::new(POLICY));
        drop(app);
    }
}

mod rocket_ {
    use rocket::{Build, Rocket, get, routes};

    use super::POLICY;

    #[get("/")]
    const fn hello() -> &'static str {
        "hello"
    }

    pub(crate) fn app() -> Rocket<Build> {
        #[rustfmt::skip]
        let app = rocket::build()
            .mount("/", routes![hello])
            .attach(cors_rocket::Cors::new(POLICY));
        app
    }
}

mod warp_ {
    use warp::Filter;

    use super::POLICY;

    pub(crate) fn app() {
        let hello = warp::path::end().and(warp::get()).map(|| "hello");
        let routes = cors_warp::cors(POLICY, hello);
        drop(routes);
    }
}

mod proxy {
    use cors_core::Policy;

    pub(crate) static POLICY: Policy = Policy::credentialed("https://app.example.com")
        .own_origins("https://shop.example http://nas.lan");
}

/// The README's program is this one, line by line, and this one compiles and runs.
#[test]
fn one_policy_serves_four_frameworks() {
    drop(axum_::app());
    actix::app();
    drop(rocket_::app());
    warp_::app();
    let own: Vec<&str> = include_str!("readme.rs")
        .lines()
        .map(|line| line.trim().trim_start_matches("pub(crate) static "))
        .map(|line| line.trim_start_matches("static "))
        .collect();
    let shown = blocks("rust");
    assert_eq!(shown.len(), 3);
    assert_eq!(README.matches("```rust").count(), shown.len());
    for line in shown.iter().flat_map(|block| block.lines()).map(str::trim) {
        let is_code = !line.is_empty() && !line.starts_with("//");
        let line = line.strip_prefix("static ").unwrap_or(line);
        assert!(!is_code || own.contains(&line), "{line}");
    }
}

#[test]
fn own_pages_behind_a_proxy_reach_the_handler() {
    for (origin, is_own) in [
        ("https://shop.example", true),
        ("http://nas.lan", true),
        ("https://evil.example", false),
    ] {
        let lines = |field| {
            let value = match field {
                RequestField::Origin => Some(origin.as_bytes()),
                RequestField::Host => Some(&b"backend:8080"[..]),
                _ => None,
            };
            value.into_iter()
        };
        let decision = proxy::POLICY.decide(b"POST", lines);
        assert_eq!(matches!(decision, Decision::Forward(_)), is_own, "{origin}");
        assert_eq!(decision.denial().is_none(), is_own, "{origin}");
    }
}

#[test]
fn its_policy_file_is_a_policy() {
    let files = blocks("toml");
    assert_eq!(files.len(), 1);
    let policy: OwnedPolicy<String, Vec<u32>> = toml::from_str(files[0]).expect("a policy");
    assert!(policy.allows_origin(b"https://pr-1.preview.example.com"));
}
