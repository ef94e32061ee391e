//! What the README of the repository shows is true.

use cors_core::{OwnedPolicy, Policy};
use test_client::{Fields, ask_http1, serve_service};

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
const POLICY: Policy = Policy::credentialed("https://app.example.com https://*.preview.example.com")
    .methods("PUT, PATCH, DELETE")
    .request_headers("authorization, content-type")
    .expose_headers("x-request-id")
    .max_age(3600);

mod axum_ {
    use axum::{Router, routing::get};

    use cors_axum::Policy;

    static POLICY: Policy = super::POLICY;

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

    use cors_actix::Policy;

    static POLICY: Policy = super::POLICY;

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

    use cors_rocket::Policy;

    static POLICY: Policy = super::POLICY;

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

    use cors_warp::Policy;

    static POLICY: Policy = super::POLICY;

    pub(crate) fn app() {
        let hello = warp::path::end().and(warp::get()).map(|| "hello");
        let routes = cors_warp::cors(POLICY, hello);
        drop(routes);
    }
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
        .map(|line| line.trim().trim_start_matches("const "))
        .collect();
    let shown = blocks("rust");
    assert_eq!(shown.len(), 5);
    assert_eq!(README.matches("```rust").count(), shown.len());
    for line in shown.iter().flat_map(|block| block.lines()).map(str::trim) {
        let is_code = !line.is_empty() && !line.starts_with("//");
        let line = line.strip_prefix("static ").unwrap_or(line);
        assert!(!is_code || own.contains(&line), "{line}");
    }
}

#[test]
fn its_policy_file_is_a_policy() {
    let files = blocks("toml");
    let file = files.last().expect("a policy behind the dependencies");
    let policy: OwnedPolicy<String, Vec<u32>> = toml::from_str(file).expect("a policy");
    assert!(policy.allows_origin(b"https://pr-1.preview.example.com"));
}

/// What the README says of each `curl` of the quick start: it ends with the status.
#[tokio::test]
async fn its_quick_start_answers_as_it_says() {
    let server = serve_service(axum_::app()).await;
    let block = blocks("console")
        .into_iter()
        .find(|block| block.starts_with("curl"));
    let lines = block
        .expect("the quick start's requests")
        .replace("\\\n", "");
    let mut statuses = Vec::new();
    for line in lines.lines() {
        let (command, expected) = line.split_once('#').expect("what it answers");
        let mut method = "GET";
        let mut headers = Vec::new();
        let mut words = command.split('\'');
        while let Some(word) = words.next() {
            if let Some((_, rest)) = word.split_once("-X ") {
                method = rest.split(' ').next().unwrap_or_default();
            }
            if word.trim_end().ends_with("-H") {
                headers.push(
                    words
                        .next()
                        .and_then(|header| header.split_once(": "))
                        .expect("a header"),
                );
            }
        }
        let fields: Fields<'_> = &headers;
        let answer = ask_http1(server, &format!("{method} /"), fields).await;
        let status = expected.trim().get(..3).expect("a status");
        assert_eq!(answer.status.to_string(), status, "{line}");
        let is_shared = answer.field("access-control-allow-origin").is_some();
        assert_eq!(
            is_shared,
            !headers.contains(&("Origin", "https://evil.example")),
            "{line}"
        );
        let names_the_method = answer.body.contains("QUERY");
        assert_eq!(
            names_the_method,
            line.contains("QUERY"),
            "{line}: {}",
            answer.body
        );
        statuses.push(answer.status);
    }
    assert_eq!(statuses, [200, 403, 204, 403]);
}
