//! Requests and responses of `http` 1.x.

use std::sync::Arc;

use cors_core::http::{Answer, Head, PreparedPolicy};
use cors_core::{Denial, Policy, PolicySet, PreparedPolicies, RequestHeaders, Scoped};
use http::{Request, Response};

static POLICY: Policy = Policy::anonymous("https://app.example.com");

fn request(target: &str, lines: &[(&str, &str)]) -> Request<()> {
    let request = lines
        .iter()
        .fold(Request::get(target), |request, &(name, value)| {
            request.header(name, value)
        });
    request.body(()).unwrap()
}

/// The target counts more than `Host`, as in a decision.
#[test]
fn the_authority_of_a_request() {
    let own = ("host", "a.test:8080");
    for (target, lines, authority) in [
        ("/", &[][..], None),
        ("/", &[own], Some("a.test:8080")),
        ("/", &[own, own], None),
        ("http://b.test/", &[], Some("b.test")),
        ("http://b.test:80/", &[own], Some("b.test:80")),
        ("/", &[("host", "\u{fc}.test")], Some("\u{fc}.test")),
    ] {
        let request = request(target, lines);
        assert_eq!(
            Head::of(&request).authority(),
            authority,
            "{target} {lines:?}"
        );
    }
    let bytes = http::HeaderValue::from_bytes(b"\xff.test").unwrap();
    let request = Request::get("/").header("host", bytes).body(()).unwrap();
    assert_eq!(Head::of(&request).authority(), None);
}

#[test]
fn the_path_of_a_request_has_no_query() {
    let request = request("http://a.test/b/c?secret=1", &[]);
    assert_eq!(Head::of(&request).path(), b"/b/c");
}

/// In the response's extensions, whoever made it; and nothing there of what is allowed.
#[test]
fn a_denial_goes_along_with_the_response() {
    let denied = Some(Denial::OriginNotAllowed);
    for (policy, origin, asks, expected) in [
        (POLICY, "https://app.example.com", None, None),
        (POLICY, "https://app.example.com", Some("GET"), None),
        (POLICY, "https://evil.example", None, denied),
        (POLICY, "https://evil.example", Some("GET"), denied),
        (
            POLICY.forward_denied(),
            "https://evil.example",
            None,
            denied,
        ),
        (
            POLICY,
            "https://app.example.com",
            Some("PUT"),
            Some(Denial::MethodNotAllowed),
        ),
    ] {
        let mut request = request("/", &[("origin", origin)]);
        if let Some(method) = asks {
            *request.method_mut() = http::Method::OPTIONS;
            let headers = request.headers_mut();
            headers.insert("access-control-request-method", method.parse().unwrap());
        }
        let head = Head::of(&request);
        let response = match Arc::new(PreparedPolicy::from(policy)).answer(&head) {
            Answer::Respond(respond) => respond.response(&head),
            Answer::Forward(forward) => {
                let mut response = Response::new("hello".into());
                forward.edit_response(&mut response);
                response
            }
        };
        assert_eq!(response.extensions().get().copied(), expected, "{origin}");
        assert_eq!(response.extensions().is_empty(), expected.is_none());
    }
}

/// So that the address of a `static` is a policy, too.
#[test]
fn a_borrowed_policy_is_prepared() {
    let prepared = PreparedPolicy::from(&POLICY);
    assert!(prepared.policy().allows_origin(b"https://app.example.com"));
}

/// What no policy of a set is for is as it would be without CORS, whoever asks for what.
#[test]
fn what_no_policy_is_for_is_untouched() {
    let set = PolicySet::new([Scoped::new(Policy::public()).path("/v1")]).unwrap();
    let policies = PreparedPolicies::<http::HeaderValue>::from(set);
    for origin in ["https://app.example.com", "null"] {
        for method in ["GET", "OPTIONS"] {
            let asks = ("access-control-request-method", "PUT");
            let mut request = request("/v2", &[("origin", origin), asks]);
            *request.method_mut() = method.parse().unwrap();
            let mut headers = http::HeaderMap::new();
            headers.insert("access-control-allow-origin", "*".parse().unwrap());
            let before = headers.clone();
            match policies
                .choose(&Head::of(&request))
                .answer(&Head::of(&request))
            {
                Answer::Forward(forward) => forward.edit(&mut headers),
                Answer::Respond(_) => panic!("{origin} {method}"),
            }
            assert_eq!(headers, before, "{origin} {method}");
        }
    }
}

/// The response as one value, and the edits that make it of an empty one, are the same.
#[test]
fn an_answer_is_a_response_or_edits_to_one() {
    const ALLOW: &str = "access-control-allow-origin";
    let app = "https://app.example.com";
    for (origin, asks, status, allowed, text) in [
        (app, Some("GET"), 204, Some(app), ""),
        (
            app,
            Some("PUT"),
            403,
            Some(app),
            "method not allowed by the CORS policy: PUT\n",
        ),
        ("https://evil.example", Some("GET"), 403, None, ""),
        (
            "https://evil.example",
            None,
            403,
            None,
            "origin not allowed by the CORS policy\n",
        ),
        (app, None, 200, Some(app), "hello"),
    ] {
        let mut request = request("/", &[("origin", origin)]);
        if let Some(method) = asks {
            *request.method_mut() = http::Method::OPTIONS;
            let headers = request.headers_mut();
            headers.insert("access-control-request-method", method.parse().unwrap());
        }
        let head = Head::of(&request);
        let mut edited = http::HeaderMap::new();
        let response = match Arc::new(PreparedPolicy::from(POLICY)).answer(&head) {
            Answer::Respond(respond) => {
                respond.edit(&mut edited, &head);
                let response = respond.response(&head);
                assert_eq!(respond.status(), response.status().as_u16());
                assert_eq!(respond.body(&head), *response.body());
                response
            }
            Answer::Forward(forward) => {
                edited.insert(ALLOW, "*".parse().unwrap());
                forward.edit(&mut edited);
                let mut response = Response::new("hello".into());
                *response.headers_mut() = edited.clone();
                response
            }
        };
        let shown = format!("{origin} {asks:?}");
        assert_eq!(response.status().as_u16(), status, "{shown}");
        assert_eq!(response.body(), text, "{shown}");
        for headers in [&edited, response.headers()] {
            let lines: Vec<_> = headers.get_all(ALLOW).iter().collect();
            assert_eq!(lines, allowed.into_iter().collect::<Vec<_>>(), "{shown}");
        }
        assert_eq!(
            edited.get("vary"),
            response.headers().get("vary"),
            "{shown}"
        );
    }
}
