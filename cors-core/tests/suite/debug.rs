//! With `debug()` the browser tells what failed, and allows nothing more.

use cors_core::{Body, Decision, Denial, Edit, Policy, RequestField, ResponseField};

use Edit::{Echo, Set};
use RequestField::{Origin, RequestHeaders as Asked, RequestMethod as M};
use ResponseField::{AllowCredentials, AllowHeaders, AllowMethods, AllowOrigin};

const A: (RequestField, &str) = (Origin, "https://a.example");
const EVIL: (RequestField, &str) = (Origin, "https://evil.example");
const LISTED: Policy<'_> = Policy::credentialed(A.1)
    .methods("PUT, PATCH")
    .request_headers("x-a")
    .max_age(600);
const ANY: Policy<'_> = Policy::anonymous(A.1)
    .any_method()
    .any_request_header()
    .max_age(600);

type Request<'r> = &'r [(RequestField, &'r str)];

fn decide(policy: &Policy<'_>, method: &str, request: Request<'_>) -> Decision {
    policy.decide(method.as_bytes(), |field| {
        let lines = request.iter().filter(move |line| line.0 == field);
        lines.map(|line| line.1.as_bytes())
    })
}

/// What passed before the step that failed, never how long to remember it.
#[test]
fn failed_preflights() {
    type Row = (
        Policy<'static>,
        Request<'static>,
        &'static [(ResponseField, Edit)],
    );
    const ORIGIN: (ResponseField, Edit) = (AllowOrigin, Echo(Origin));
    const CREDENTIALS: (ResponseField, Edit) = (AllowCredentials, Set);
    const METHODS: (ResponseField, Edit) = (AllowMethods, Set);
    const METHOD: (ResponseField, Edit) = (AllowMethods, Echo(M));
    const HEADERS: (ResponseField, Edit) = (AllowHeaders, Set);
    #[rustfmt::skip]
    let rows: [Row; 18] = [
        (LISTED, &[EVIL, (M, "PUT")], &[]),
        (LISTED, &[A, A, (M, "PUT")], &[]),
        (LISTED, &[A, (M, "DELETE"), (Asked, "x-a")], &[ORIGIN, CREDENTIALS, METHODS, HEADERS]),
        (LISTED, &[A, (M, "put")], &[ORIGIN, CREDENTIALS, METHODS, HEADERS]),
        (LISTED, &[A, (M, "PUT"), (M, "PUT")], &[ORIGIN, CREDENTIALS, METHODS, HEADERS]),
        (LISTED, &[A, (M, "PUT"), (Asked, "x-a,x-z")], &[ORIGIN, CREDENTIALS, METHODS, HEADERS]),
        (LISTED, &[A, (M, "PUT"), (Asked, ",,,,,,,,,,,,,,,,,")], &[ORIGIN, CREDENTIALS, METHODS, HEADERS]),
        (LISTED.request_headers("x-b"), &[A, (M, "GET"), (Asked, "x-a")], &[ORIGIN, CREDENTIALS, METHODS, HEADERS]),
        (Policy::credentialed(A.1), &[A, (M, "GET"), (Asked, "x-a")], &[ORIGIN, CREDENTIALS, METHODS]),
        (Policy::credentialed(A.1), &[A, (M, "PUT")], &[ORIGIN, CREDENTIALS, METHODS]),
        // `any` is not told before the method is known to be one.
        (ANY, &[EVIL, (M, "PUT")], &[]),
        (ANY, &[A, (M, "TRACE")], &[ORIGIN]),
        (ANY, &[A, (M, "a b")], &[ORIGIN]),
        (ANY, &[A, (M, "PUT"), (M, "PUT")], &[ORIGIN]),
        (ANY, &[A, (M, "PUT"), (Asked, "authorization")], &[ORIGIN, METHOD]),
        (ANY, &[A, (M, "PUT"), (Asked, "x:a")], &[ORIGIN, METHOD]),
        (Policy::public(), &[EVIL, (M, "PUT")], &[(AllowOrigin, Set), METHODS]),
        (Policy::public(), &[EVIL, (M, "GET"), (Asked, "x-a")], &[(AllowOrigin, Set), METHODS]),
    ];
    for (policy, request, expected) in rows {
        let decision = decide(&policy.debug(), "OPTIONS", request);
        assert_eq!(added(decision), expected, "{request:?}");
        let Decision::Respond { status, body, .. } = decision else {
            panic!("{decision:?}");
        };
        assert_eq!((status, body), (204, Body::Empty), "{request:?}");

        // Without it the status is an error, and the same is said to an allowed origin.
        let plain = decide(&policy, "OPTIONS", request);
        assert_eq!(decision.denial(), plain.denial());
        assert!(decision.denial().is_some());
        let Decision::Respond { status, body, .. } = plain else {
            panic!("{plain:?}");
        };
        let explained = match expected {
            [] => Body::Empty,
            _ => Body::PreflightNotAllowed,
        };
        assert_eq!((status, body), (403, explained), "{request:?}");
        assert_eq!(added(plain), expected, "{request:?}");

        // For odd caches, too.
        let varied = decide(&policy.debug().vary_on_preflight(), "OPTIONS", request);
        let with_vary = [expected, &[(ResponseField::Vary, Set)]].concat();
        assert_eq!(added(varied), with_vary, "{request:?}");
    }
}

/// The edits but those that take back what others have added.
fn added(decision: Decision) -> Vec<(ResponseField, Edit)> {
    let edits = decision.edits().iter();
    edits.filter(|(_, edit)| *edit != Edit::Remove).collect()
}

/// Every other answer is as it was.
#[test]
fn what_is_not_a_failed_preflight() {
    let rows: [(&str, Request<'_>); 9] = [
        ("GET", &[]),
        ("GET", &[A]),
        ("GET", &[EVIL]),
        ("GET", &[A, A]),
        ("OPTIONS", &[A]),
        ("OPTIONS", &[EVIL]),
        ("OPTIONS", &[(M, "PUT")]),
        ("OPTIONS", &[A, (M, "PUT")]),
        ("OPTIONS", &[A, (M, "PATCH"), (Asked, "x-a")]),
    ];
    for (method, request) in rows {
        for policy in [
            LISTED,
            ANY,
            LISTED.forward_denied(),
            ANY.vary_on_preflight(),
        ] {
            let decision = decide(&policy.debug(), method, request);
            assert_eq!(
                decision,
                decide(&policy, method, request),
                "{method} {request:?}"
            );
        }
    }
}

/// What a browser makes of the answer to a preflight: the
/// [CORS check](https://fetch.spec.whatwg.org/#concept-cors-check) and steps 7 to 7.7 of the
/// [CORS-preflight fetch](https://fetch.spec.whatwg.org/#cors-preflight-fetch-0).
fn browser(
    policy: &Policy<'_>,
    decision: Decision,
    [origin, method, headers]: [&str; 3],
    credentials: bool,
) -> Result<(), &'static str> {
    let Decision::Respond { status, edits, .. } = decision else {
        panic!("{decision:?}");
    };
    let value = |field| match edits.of(field) {
        Some(Set) => policy.text(field),
        Some(Echo(Origin)) => origin,
        Some(Echo(M)) => method,
        Some(Echo(Asked)) => headers,
        _ => "",
    };
    let lists = |field, name: &str, any: bool| {
        let is_it = |entry: &str| entry == name || any && entry == "*" && !credentials;
        value(field).split(',').map(str::trim).any(is_it)
    };
    let allowed = value(AllowOrigin);
    if !(allowed == origin || allowed == "*" && !credentials) {
        return Err("origin");
    }
    if credentials && value(AllowCredentials) != "true" {
        return Err("credentials");
    }
    if !(200..300).contains(&status) {
        return Err("status");
    }
    let safelisted = ["GET", "HEAD", "POST"].contains(&method);
    if !safelisted && !lists(AllowMethods, method, true) {
        return Err("method");
    }
    for name in headers.split(',').filter(|name| !name.is_empty()) {
        if !lists(AllowHeaders, name, name != "authorization") {
            return Err("header");
        }
    }
    Ok(())
}

/// The browser finds the very step that the policy found, and lets nothing pass that the policy
/// does not.
#[test]
fn the_browser_finds_the_step_that_failed() {
    let audiences = [
        Policy::public(),
        Policy::anonymous(A.1),
        Policy::credentialed(A.1),
    ];
    let mut policies = Vec::new();
    for policy in audiences {
        for policy in [policy, policy.methods("PUT, PATCH"), policy.any_method()] {
            policies.extend([
                policy,
                policy.request_headers("x-a, x-b"),
                policy.any_request_header(),
                policy.any_request_header().request_headers("authorization"),
            ]);
        }
    }
    let mut failed = 0;
    for policy in policies {
        for origin in [A.1, EVIL.1] {
            for method in ["GET", "PUT", "PATCH", "DELETE", "patch"] {
                for headers in [
                    "",
                    "x-a",
                    "x-a,x-b",
                    "authorization",
                    "authorization,x-a",
                    "x-z",
                ] {
                    let asked = [origin, method, headers];
                    let mut request = vec![(Origin, origin), (M, method)];
                    if !headers.is_empty() {
                        request.push((Asked, headers));
                    }
                    let decision = decide(&policy.debug(), "OPTIONS", &request);
                    let found = browser(&policy, decision, asked, false);
                    let plain =
                        browser(&policy, decide(&policy, "OPTIONS", &request), asked, false);
                    assert_eq!(found.is_ok(), plain.is_ok(), "{asked:?} {policy:?}");
                    let expected = match decision.denial() {
                        None => Ok(()),
                        Some(Denial::OriginNotAllowed) => Err("origin"),
                        Some(Denial::MethodNotAllowed) => Err("method"),
                        Some(_) => Err("header"),
                    };
                    assert_eq!(found, expected, "{asked:?} {policy:?}");
                    failed += usize::from(found.is_err());
                    // With credentials only those that have them.
                    let with = browser(&policy, decision, asked, true);
                    let credentialed = policy.text(AllowCredentials) == "true";
                    assert!(with.is_err() || credentialed, "{asked:?} {policy:?}");
                }
            }
        }
    }
    assert!(failed > 1000, "{failed}");
}
