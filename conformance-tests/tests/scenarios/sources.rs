//! Policies that a running program reads, replaces, chooses and looks up.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use cors_core::{OriginSet, Policy, PolicyErrorKind, Settings};
use test_client::{
    FOREIGN, LISTED, LISTED_ONLY, NOBODY, Outcome, POLICY, ask_http1, ask_http2, outcomes,
    preflight_from,
};

use crate::application::{Adapter, Application, Form, Nested, Owned};

fn listed() -> Settings<String> {
    Settings::new()
        .origins([LISTED])
        .credentials(true)
        .methods(["put"])
        .request_headers(["content-type"])
        .max_age(3600)
}

/// Of a GET from the listed origin, from a foreign one, and of a preflight.
async fn outcomes_of(server: std::net::SocketAddr) -> [Outcome; 3] {
    outcomes(async |line, fields| ask_http1(server, line, fields).await).await
}

async fn a_policy_that_was_read_answers_like_the_one_that_was_written<F: Form>() {
    let file = r#"
        origins = ["https://app.example.com"]
        credentials = true
        methods = ["PUT"]
        request_headers = ["content-type"]
        max_age = 3600
    "#;
    let from_file: Owned = toml::from_str(file).expect("a policy");
    let from_settings: Owned = listed().build().expect("a policy");
    let application = Application::plain();
    let written = F::serve(&application, POLICY.into()).await;
    for read in [from_settings, from_file] {
        let read = F::serve(&application, read).await;
        for (line, fields) in [
            ("GET /", &[("origin", LISTED)][..]),
            ("GET /", &[("origin", FOREIGN)]),
            ("GET /", &[]),
            ("OPTIONS /", &preflight_from(LISTED)),
            ("OPTIONS /", &preflight_from(FOREIGN)),
        ] {
            let got = ask_http1(read, line, fields).await;
            let want = ask_http1(written, line, fields).await;
            assert_eq!(got.cors(), want.cors(), "{line} {fields:?}");
            assert_eq!((got.status, got.body), (want.status, want.body));
        }
        assert_eq!(outcomes_of(read).await, LISTED_ONLY);
    }
}

struct Tenants;

impl OriginSet for Tenants {
    fn contains(&self, origin: &[u8]) -> bool {
        origin == b"https://tenant.example"
    }
}

async fn a_set_of_the_user_joins_the_list<F: Form>() {
    let owned: Owned = listed().build().expect("a policy");
    for policy in [
        POLICY.and_origins(&Tenants).into(),
        owned.and_origins(&Tenants),
    ] {
        let server = F::serve(&Application::plain(), policy).await;
        let tenant = "https://tenant.example";
        let answer = ask_http1(server, "GET /", &[("origin", tenant)]).await;
        let origin = answer.field("access-control-allow-origin");
        assert_eq!((answer.status, origin), (200, Some(tenant)));
        assert_eq!(outcomes_of(server).await, LISTED_ONLY);
    }
}

async fn a_live_policy_is_replaced_for_servers_that_run<A: Adapter>() {
    let (server, live) = A::live(&Application::plain()).await;
    assert_eq!(outcomes_of(server).await, NOBODY);

    (live.try_replace)(listed()).expect("a policy");
    assert_eq!(outcomes_of(server).await, LISTED_ONLY);

    let wrong = listed().origins(["https://a.example/", "*"]);
    let kinds = (live.try_replace)(wrong).expect_err("errors");
    let expected = [
        PolicyErrorKind::TrailingSlash,
        PolicyErrorKind::WildcardOrigin,
    ];
    assert_eq!(kinds, expected);
    let unchanged = outcomes_of(server).await;
    assert_eq!(unchanged, LISTED_ONLY, "the old policy stays in force");

    (live.replace)(POLICY.forward_denied().into());
    let answer = ask_http2(server, "GET /", &[("origin", FOREIGN)]).await;
    assert_eq!(answer.outcome(), (200, false));
}

/// What has been decided stays decided while the handler works.
async fn a_request_keeps_the_policy_that_it_came_under<A: Adapter>() {
    let application = Application::plain();
    let (server, live) = A::live(&application).await;
    (live.replace)(POLICY.into());
    let fields = [("origin", LISTED)];
    let asked = ask_http1(server, "GET /slow", &fields);
    let replaced = async {
        application.gate.reached().await;
        (live.replace)(Policy::public().into());
        let answer = ask_http1(server, "GET /", &fields).await;
        assert_eq!(answer.field("access-control-allow-origin"), Some("*"));
        application.gate.open();
    };
    let (answer, ()) = tokio::join!(asked, replaced);
    assert_eq!((answer.outcome(), &*answer.body), ((200, true), "slow"));
    assert_eq!(answer.field("vary"), Some("Origin"));
}

async fn a_function_chooses_by_host<A: Adapter>() {
    let find = |host: &str| match host {
        "a.test" => Some(POLICY.into()),
        "b.test" => Some(Policy::public().into()),
        _ => None,
    };
    let server = A::by_host(&Application::plain(), find).await;
    let ask = async |host: &str| {
        let target = format!("GET http://{host}/");
        let fields = [("host", host), ("origin", LISTED)];
        [
            ask_http1(server, "GET /", &fields).await,
            // There is no `Host` line.
            ask_http2(server, &target, &fields[1..]).await,
        ]
    };
    for answer in ask("a.test").await {
        assert_eq!(answer.outcome(), (200, true));
    }
    for answer in ask("b.test").await {
        assert_eq!(answer.cors(), ["access-control-allow-origin: *"]);
    }
    for answer in ask("c.test").await {
        assert_eq!(answer.cors(), ["vary: Origin"]);
        assert_eq!(answer.status, 403);
    }
}

/// A look-up that fails denies; the handler runs only when the policy is known, and it is looked up once
/// a request.
async fn a_policy_is_looked_up_first<A: Adapter>() {
    let application = Application::plain();
    let looked_up = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&looked_up);
    let find = move |path: &str| {
        counted.fetch_add(1, Ordering::SeqCst);
        (path == "/").then(|| POLICY.into())
    };
    let server = A::looked_up(&application, find).await;
    for round in 1..=2 {
        assert_eq!(outcomes_of(server).await, LISTED_ONLY);
        for line in ["GET /get", "GET /none"] {
            let answer = ask_http1(server, line, &[("origin", LISTED)]).await;
            assert_eq!(answer.outcome(), (403, false), "{line}");
        }
        let answer = ask_http1(server, "OPTIONS /get", &preflight_from(LISTED)).await;
        assert_eq!(answer.outcome(), (403, false));
        assert_eq!(looked_up.load(Ordering::SeqCst), 6 * round);
        assert_eq!(application.app.runs(), round);
    }
}

async fn of_two_policies_the_outer_one_decides<N: Nested>() {
    const OTHER: &str = "https://other.example";
    const EXPOSE: &str = "access-control-expose-headers: x-request-id";
    const CREDENTIALS: &str = "access-control-allow-credentials: true";
    const ORIGIN: &str = "access-control-allow-origin: https://app.example.com";
    const OTHER_ORIGIN: &str = "access-control-allow-origin: https://other.example";
    const ANY_ORIGIN: &str = "access-control-allow-origin: *";
    const VARY: &str = "vary: Origin";
    let credentialed = Policy::credentialed(LISTED).expose_headers("x-request-id");
    let anonymous = Policy::anonymous("https://app.example.com https://other.example");
    let public = Policy::public();

    // Names that both expose are named twice, which is one set to a browser.
    let both = [CREDENTIALS, ORIGIN, EXPOSE, EXPOSE, VARY];
    let outer_only = [CREDENTIALS, ORIGIN, EXPOSE, VARY];
    for (outer, inner, asks, status, expected) in [
        (credentialed, credentialed, LISTED, 200, &both[..]),
        (
            anonymous,
            credentialed,
            LISTED,
            200,
            &[ORIGIN, EXPOSE, VARY],
        ),
        (credentialed, anonymous, LISTED, 200, &outer_only),
        // The outer one shares the inner one's refusal.
        (anonymous, credentialed, OTHER, 403, &[OTHER_ORIGIN, VARY]),
        (credentialed, anonymous, OTHER, 403, &[VARY]),
        // A wildcard of its own is not what the outer one says.
        (credentialed, public, LISTED, 200, &outer_only),
        (
            public,
            credentialed,
            LISTED,
            200,
            &[ANY_ORIGIN, EXPOSE, VARY],
        ),
    ] {
        for server in N::nested(&Application::plain(), outer.into(), inner.into()).await {
            let answer = ask_http1(server, "GET /", &[("origin", asks)]).await;
            let place = format!("{asks}, {inner:?} in {outer:?}");
            assert_eq!(answer.status, status, "{place}");
            assert_eq!(answer.cors(), expected, "{place}");
        }
    }
}

async fn an_inner_policy_sees_no_preflight<N: Nested>() {
    let inner = Policy::anonymous(LISTED)
        .methods("DELETE")
        .expose_headers("x-inner");
    for server in N::nested(&Application::plain(), POLICY.into(), inner.into()).await {
        let answer = ask_http1(server, "OPTIONS /", &preflight_from(LISTED)).await;
        assert_eq!(answer.outcome(), (204, true));
        assert_eq!(answer.field("access-control-allow-methods"), Some("PUT"));
        let answer = ask_http1(server, "GET /", &[("origin", LISTED)]).await;
        let expected = [
            "access-control-allow-credentials: true",
            "access-control-allow-origin: https://app.example.com",
            "access-control-expose-headers: x-inner",
            "vary: Origin",
        ];
        assert_eq!(answer.cors(), expected);
    }
}

tests! {
    [
        a_policy_that_was_read_answers_like_the_one_that_was_written
        a_set_of_the_user_joins_the_list
        a_live_policy_is_replaced_for_servers_that_run
        a_request_keeps_the_policy_that_it_came_under
        a_function_chooses_by_host
        a_policy_is_looked_up_first
    ]
    axum: crate::axum::Around,
    actix: crate::actix::Wrapped,
    rocket: crate::rocket::Attached,
    warp: crate::warp::Wrapped,
}

mod nested {
    use super::{an_inner_policy_sees_no_preflight, of_two_policies_the_outer_one_decides};

    tests! {
        [of_two_policies_the_outer_one_decides an_inner_policy_sees_no_preflight]
        axum: crate::axum::Around,
        actix: crate::actix::Wrapped,
        warp: crate::warp::Wrapped,
    }
}
