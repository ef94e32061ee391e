//! For any policy and any page: a browser shares a response exactly when the policy allows it, and
//! the real matcher agrees with one that is too simple to be wrong.

use std::sync::LazyLock;

#[cfg(feature = "frameworks")]
use conformance_tests::frameworks::{actix, axum::Around, rocket, warp};
use conformance_tests::model_browser::{Credentials, Fetch, Outcome};
use conformance_tests::reference::Core;
use conformance_tests::{Adapter, App, Denied, Line, PolicyFile, naive};
use cors_core::heap::OwnedPolicy;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use tokio::runtime::{Builder, Runtime};

static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| Builder::new_current_thread().build().expect("a runtime"));

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 10_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn over_the_core_a_response_is_shared_exactly_when_allowed(
        (policy, fetch) in exchanges()
    ) {
        shares_exactly_when_allowed(&Core, &policy, &fetch)?;
    }

    #[cfg(feature = "frameworks")]
    #[test]
    fn over_cors_axum_a_response_is_shared_exactly_when_allowed(
        (policy, fetch) in exchanges()
    ) {
        shares_exactly_when_allowed(&Around, &policy, &fetch)?;
    }

    #[cfg(feature = "frameworks")]
    #[test]
    fn over_cors_actix_a_response_is_shared_exactly_when_allowed(
        (policy, fetch) in exchanges()
    ) {
        shares_exactly_when_allowed(&actix::Wrapped, &policy, &fetch)?;
    }

    #[cfg(feature = "frameworks")]
    #[test]
    fn over_cors_rocket_a_response_is_shared_exactly_when_allowed(
        (policy, fetch) in exchanges().prop_filter("a method that Rocket has", |(_, fetch)| {
            rocket::method(&fetch.normalized_method()).is_some()
        })
    ) {
        shares_exactly_when_allowed(&rocket::Local, &policy, &fetch)?;
    }

    #[cfg(feature = "frameworks")]
    #[test]
    fn over_cors_warp_a_response_is_shared_exactly_when_allowed(
        (policy, fetch) in exchanges()
    ) {
        shares_exactly_when_allowed(&warp::Wrapped, &policy, &fetch)?;
    }

    #[test]
    fn the_matcher_agrees_with_the_naive_one(
        (policy, origin) in policies().prop_flat_map(|policy| {
            let origins = near(listed(&policy));
            (Just(policy), origins)
        })
    ) {
        let real = policy.to_core().expect("a good policy");
        prop_assert_eq!(
            real.allows_origin(&origin),
            naive::allows_origin(&policy, &origin),
            "{:?}", origin.escape_ascii().to_string()
        );
        prop_assert_eq!(
            real.allows_credentials(&origin),
            naive::allows_credentials(&policy, &origin),
            "{:?}", origin.escape_ascii().to_string()
        );
    }
}

proptest! {
    #[test]
    fn a_policy_is_written_as_it_is_read(policy in policies()) {
        let policy = policy.to_core().expect("a good policy");
        let in_toml = toml::to_string(&policy).expect("TOML");
        let in_json = serde_json::to_string(&policy).expect("JSON");
        let read: OwnedPolicy = toml::from_str(&in_toml).expect("the same policy");
        prop_assert_eq!(read.as_policy(), policy.as_policy(), "{}", in_toml);
        let read: OwnedPolicy = serde_json::from_str(&in_json).expect("the same policy");
        prop_assert_eq!(read.as_policy(), policy.as_policy(), "{}", in_json);
    }
}

const EXPOSABLE: [&str; 2] = ["x-a", "x-b"];

fn shares_exactly_when_allowed(
    adapter: &impl Adapter,
    policy: &PolicyFile,
    fetch: &Fetch,
) -> Result<(), TestCaseError> {
    let lines = ["x-a", "x-b", "set-cookie"].map(|name| Line::new(name, "1"));
    let app = App::new(200, lines.into());
    let outcome = RUNTIME.block_on(fetch.run(async |request| {
        let answer = adapter.exchange(policy, &app, &request).await;
        answer.unwrap_or_else(|reason| panic!("{reason:?}: {request:?}"))
    }));
    let allowed = naive::allows(policy, fetch);
    match outcome {
        Outcome::Shared { exposed, body, .. } => {
            prop_assert!(allowed, "shared, though the policy does not allow it");
            prop_assert_eq!(body.is_empty(), fetch.normalized_method() == "HEAD");
            prop_assert_eq!(app.runs(), 1);
            let all = policy.expose_headers.iter().any(|name| name == "*");
            for name in EXPOSABLE {
                let listed = all || policy.expose_headers.iter().any(|listed| listed == name);
                prop_assert_eq!(exposed.iter().any(|one| one == name), listed, "{}", name);
            }
            prop_assert!(!exposed.contains(&"set-cookie".to_owned()));
        }
        Outcome::Refused(reason) => {
            prop_assert!(
                !allowed,
                "refused, though the policy allows it: {:?}",
                reason
            );
            let foreign = !naive::allows_origin(policy, fetch.page.as_bytes());
            if foreign && policy.denied == Denied::Refuse {
                prop_assert_eq!(app.runs(), 0, "the handler ran for a foreign page");
            }
        }
    }
    Ok(())
}

fn exchanges() -> impl Strategy<Value = (PolicyFile, Fetch)> {
    policies().prop_flat_map(|policy| {
        let page = near(listed(&policy)).prop_filter_map("no header value", |origin| {
            let page = String::from_utf8(origin).ok()?;
            page.bytes()
                .all(|byte| byte.is_ascii_graphic())
                .then_some(page)
        });
        (Just(policy), fetches(page))
    })
}

fn listed(policy: &PolicyFile) -> Vec<String> {
    let credentialed = policy.credentialed_origins.iter();
    policy.origins.iter().chain(credentialed).cloned().collect()
}

const ORIGINS: [&str; 22] = [
    "https://a.test",
    "https://b.a.test",
    "https://b.test:8443",
    "http://a.test",
    "http://localhost:3000",
    "http://127.0.0.1:8080",
    "http://[::1]:8080",
    "chrome-extension://abcdefghijklmnop",
    "https://a.test.",
    "https://xn--bcher-kva.example",
    "https://*.a.test",
    "https://*.b.a.test:8443",
    "http://localhost:*",
    "http://[::1]:*",
    "https://*.preview.test:*",
    "https://*.test",
    "https://pr-*.test",
    "https://b*.a.test",
    "https://*--b.a.test",
    "https://x-*-y.preview.test:*",
    "chrome-extension://*",
    "moz-extension://*",
];

fn policies() -> impl Strategy<Value = PolicyFile> {
    let origins = prop_oneof![
        9 => subsequence(&ORIGINS[..], 1..=4),
        2 => Just(vec!["*"]),
    ];
    let credentialed = prop_oneof![
        1 => Just(Vec::new()),
        1 => subsequence(&ORIGINS[..], 1..=3),
    ];
    let methods = subsequence(
        vec!["PUT", "PATCH", "DELETE", "OPTIONS", "QUERY", "*"],
        0..=3,
    );
    let names = vec![
        "content-type",
        "authorization",
        "X-Foo",
        "x-bar",
        "range",
        "*",
    ];
    let lists = (
        methods,
        subsequence(names, 0..=4),
        subsequence(vec!["x-a", "x-b", "*"], 0..=2),
    );
    let switches = any::<(bool, bool, bool, Option<bool>, bool)>();
    let origins = (origins, credentialed);
    (origins, lists, switches).prop_map(|(origins, (methods, headers, exposed), switches)| {
        let (credentials, forward, null, max_age, timing) = switches;
        let (origins, mut credentialed) = origins;
        if origins != ["*"] {
            credentialed.clear();
        }
        let owned = |list: Vec<&str>| list.into_iter().map(str::to_owned).collect::<Vec<_>>();
        let credentials = credentials && origins != ["*"];
        let mut expose_headers = owned(exposed);
        let has_credentials = credentials || !credentialed.is_empty();
        expose_headers.retain(|name| !has_credentials || name != "*");
        PolicyFile {
            origins: owned(origins),
            credentials,
            credentialed_origins: owned(credentialed),
            own_origins: if forward {
                vec!["https://own.test".to_owned()]
            } else {
                Vec::new()
            },
            methods: owned(methods),
            request_headers: owned(headers),
            expose_headers,
            max_age: max_age.map(|long| if long { 86400 } else { 0 }),
            preflight_status: max_age.map(|long| if long { 200 } else { 299 }),
            timing,
            denied: if forward {
                Denied::Forward
            } else {
                Denied::Refuse
            },
            vary_on_preflight: forward,
            debug: false,
            dangerously_allow_insecure_origins: true,
            dangerously_allow_public_suffixes: true,
            dangerously_allow_null_origin: null && !has_credentials,
        }
    })
}

fn fetches(page: impl Strategy<Value = String>) -> impl Strategy<Value = Fetch> {
    let methods = vec![
        "GET", "HEAD", "POST", "PUT", "put", "PATCH", "patch", "DELETE", "OPTIONS", "QUERY",
        "CHICKEN", "TRACE",
    ];
    let headers = vec![
        ("content-type", "application/json"),
        ("Content-Type", "text/plain"),
        ("authorization", "Bearer 1"),
        ("X-FOO", "1"),
        ("x-bar", "1"),
        ("x-unknown", "1"),
        ("accept", "text/html"),
        ("range", "bytes=0-99"),
        ("Range", "bytes=-5"),
        ("cookie", "a=b"),
    ];
    let headers = subsequence(headers, 0..=4);
    (page, select(methods), headers, any::<bool>(), any::<bool>()).prop_map(
        |(page, method, headers, include, upload_listener)| Fetch {
            method: method.to_owned(),
            headers: headers
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value.into()))
                .collect(),
            credentials: if include {
                Credentials::Include
            } else {
                Credentials::Omit
            },
            upload_listener,
            ..Fetch::get(&page)
        },
    )
}

/// Origins that are listed, that fit a pattern, or that nearly do.
fn near(listed: Vec<String>) -> impl Strategy<Value = Vec<u8>> {
    let labels = select(vec![
        "b",
        "x",
        "x.y",
        "a_b-1",
        "xn--1",
        "",
        ".",
        "b.",
        "evil.com/",
        "A",
        "*",
    ]);
    let ports = select(vec![
        "3000", "1", "65535", "65536", "0", "080", "80", "443", "", "+1", "*",
    ]);
    let start = prop_oneof![
        6 => select(listed),
        2 => select(&ORIGINS[..]).prop_map(str::to_owned),
        1 => Just("null".to_owned()),
    ];
    let filled = (start, labels, ports).prop_map(|(origin, label, port)| {
        let origin = match origin.find('*') {
            // A pattern's own, but not that of its port.
            Some(at) if !origin[..at].ends_with(':') => origin.replacen('*', label, 1),
            _ => origin,
        };
        match origin.strip_suffix(":*") {
            Some(host) if port.is_empty() => host.to_owned(),
            Some(host) => format!("{host}:{port}"),
            None => origin,
        }
    });
    (
        filled,
        prop_oneof![3 => Just(None), 2 => edits().prop_map(Some)],
    )
        .prop_map(|(origin, edit)| {
            let mut origin = origin.into_bytes();
            if let Some((place, remove, insert)) = edit {
                let start = place.index(origin.len() + 1);
                let end = (start + remove).min(origin.len());
                origin.splice(start..end, insert.bytes());
            }
            origin
        })
}

/// Where, how many bytes go, what comes.
fn edits() -> impl Strategy<Value = (prop::sample::Index, usize, &'static str)> {
    let inserts = vec![
        "",
        "",
        ".",
        "-",
        "_",
        ":",
        "/",
        "@",
        "#",
        "?",
        "\\",
        " ",
        "%",
        "x",
        "A",
        "1",
        "..",
        "evil",
        ".evil.com",
        "s",
        "://",
        "[",
        "]",
        "\0",
        "\n",
        "é",
        "*",
        ",",
        "https://",
    ];
    (any::<prop::sample::Index>(), 0..=2_usize, select(inserts))
}
