//! Several policies as one value, by host and path.

use conformance_tests::{App, Line};
use cors_core::{Policy, PolicySet, Scoped};
use test_client::{FOREIGN, LISTED, POLICY, ask_http1, ask_http2, preflight_from};

use crate::application::{Adapter, Application};

/// What the handler says itself, which only an untouched response keeps.
const OWN: [&str; 2] = [
    "access-control-allow-origin: https://own.example",
    "access-control-that-nobody-knows: 1",
];

fn application() -> Application {
    let own = OWN.map(|line| line.split_once(": ").expect("a header"));
    let own = own.map(|(name, value)| Line::new(name, value));
    Application::new(App::new(200, own.to_vec()))
}

fn set() -> PolicySet {
    PolicySet::new([
        Scoped::new(Policy::public()).path("/get"),
        Scoped::new(POLICY).hosts(["a.test"]),
        Scoped::new(Policy::anonymous(FOREIGN)).hosts(["*.t.test"]),
    ])
    .expect("hosts and paths")
}

async fn each_request_gets_the_policy_of_its_host_and_path<A: Adapter>() {
    let (server, _) = A::policies(&application(), set()).await;
    for (host, path, from, status, expected) in [
        (
            "a.test",
            "/",
            LISTED,
            200,
            &[
                "access-control-allow-credentials: true",
                "access-control-allow-origin: https://app.example.com",
                "vary: Origin",
            ][..],
        ),
        ("a.test:8080", "/", FOREIGN, 403, &["vary: Origin"]),
        ("A.TEST", "/get", FOREIGN, 403, &["vary: Origin"]),
        (
            "x.t.test",
            "/",
            FOREIGN,
            200,
            &[
                "access-control-allow-origin: https://evil.example",
                "vary: Origin",
            ],
        ),
        ("x.t.test", "/get", LISTED, 403, &["vary: Origin"]),
        (
            "t.test",
            "/get",
            FOREIGN,
            200,
            &["access-control-allow-origin: *"],
        ),
        (
            "b.test",
            "/get",
            LISTED,
            200,
            &["access-control-allow-origin: *"],
        ),
        ("b.test", "/", FOREIGN, 200, &OWN),
    ] {
        let target = format!("GET http://{host}{path}");
        let fields = [("host", host), ("origin", from)];
        for answer in [
            ask_http1(server, &format!("GET {path}"), &fields).await,
            // There is no `Host` line.
            ask_http2(server, &target, &fields[1..]).await,
        ] {
            assert_eq!(answer.status, status, "{host}{path} {from}");
            assert_eq!(answer.cors(), expected, "{host}{path} {from}");
        }
    }
}

async fn what_no_policy_is_for_stays_as_it_is<A: Adapter>() {
    let application = application();
    let (server, _) = A::policies(&application, set()).await;
    let [origin, method, ..] = preflight_from(FOREIGN);
    let answer = ask_http1(server, "OPTIONS /", &[("host", "b.test"), origin, method]).await;
    assert_eq!(answer.cors(), OWN);
    assert_eq!(answer.status, 200);
    let answer = ask_http1(server, "GET /", &[("host", "b.test")]).await;
    assert_eq!(answer.cors(), OWN);
    assert_eq!(answer.status, 200);
    assert_eq!(application.app.runs(), 2);
}

/// Nobody chooses a policy by writing a path in another way.
async fn a_path_with_two_readings_is_nobodys<A: Adapter>() {
    let application = application();
    let (server, _) = A::policies(&application, set()).await;
    for path in [
        "//get",
        "/x/../get",
        "/get%2Fx",
        "/ge%74",
        "/x/%2e%2E/get",
        // A page can send this one. Where `//` is `/` and dots are text, it is below `/get`.
        "//get/..%2Fx",
    ] {
        let fields = [("host", "b.test"), ("origin", FOREIGN)];
        let answer = ask_http1(server, &format!("GET {path}"), &fields).await;
        assert_eq!(answer.cors(), ["vary: Origin"], "{path}");
        assert_eq!(answer.status, 403, "{path}");
        let answer = ask_http1(server, &format!("OPTIONS {path}"), &preflight_from(FOREIGN)).await;
        assert_eq!((answer.status, answer.cors().len()), (403, 0), "{path}");
    }
    assert_eq!(application.app.runs(), 0);
}

async fn all_policies_are_replaced_at_once<A: Adapter>() {
    let (server, replace) = A::policies(&application(), set()).await;
    let ask = async |host: &str| {
        let answer = ask_http1(server, "GET /", &[("host", host), ("origin", LISTED)]).await;
        answer.cors().concat()
    };
    assert_eq!(ask("b.test").await, OWN.concat());
    let other = Scoped::new(POLICY).hosts(["b.test"]);
    replace(PolicySet::new([other]).expect("a host"));
    assert_eq!(ask("a.test").await, OWN.concat());
    assert!(ask("b.test").await.contains("https://app.example.com"));
}

tests! {
    [
        each_request_gets_the_policy_of_its_host_and_path
        what_no_policy_is_for_stays_as_it_is
        a_path_with_two_readings_is_nobodys
        all_policies_are_replaced_at_once
    ]
    axum: crate::axum::Around,
    actix: crate::actix::Wrapped,
    rocket: crate::rocket::Attached,
    warp: crate::warp::Wrapped,
}
