//! What an explanation says: every step in the order of the algorithm, and what the browser will
//! say.

use cors_core::{OwnedPolicy, Policy, RequestField, Settings};

use RequestField::{
    Host, Origin, RequestHeaders as Asked, RequestMethod as M, SecFetchMode as Mode,
    SecFetchSite as Site,
};

const APP: Policy<'_> = Policy::credentialed("https://app.example.com")
    .methods("PUT, PATCH")
    .request_headers("x-a, x-b")
    .max_age(600);
const ANY: Policy<'_> = Policy::anonymous("https://app.example.com")
    .any_method()
    .any_request_header();
const MIXED: Policy<'_> = Policy::public().and_credentialed("https://app.example.com");
const A: (RequestField, &str) = (Origin, "https://app.example.com");
const EVIL: (RequestField, &str) = (Origin, "https://evil.example");

fn explain(policy: &Policy<'_>, method: &str, request: &[(RequestField, &str)]) -> String {
    let lines = |field| {
        let lines = request.iter().filter(move |line| line.0 == field);
        lines.map(|line| line.1.as_bytes())
    };
    let explanation = policy.explain(method.as_bytes(), lines);
    assert_eq!(
        explanation.decision(),
        policy.decide(method.as_bytes(), lines)
    );
    explanation.to_string()
}

const NO_ALLOW_ORIGIN: &str = "\
Chromium: No 'Access-Control-Allow-Origin' header is present on the requested resource.
Firefox: CORS header ‘Access-Control-Allow-Origin’ missing
";
const PREFLIGHT_NO_ALLOW_ORIGIN: &str = "\
Chromium: Response to preflight request doesn't pass access control check: \
No 'Access-Control-Allow-Origin' header is present on the requested resource.
Firefox: CORS header ‘Access-Control-Allow-Origin’ missing
";

const PREFLIGHT_NOT_OK: &str = "\
Chromium: Response to preflight request doesn't pass access control check: \
It does not have HTTP ok status.
Firefox: CORS preflight response did not succeed
";

/// Policy, method, request, steps, what browsers say.
type Row = (
    Policy<'static>,
    &'static str,
    &'static [(RequestField, &'static str)],
    &'static str,
    &'static str,
);

#[rustfmt::skip]
const TEXTS: [Row; 38] = [
    // No CORS request.
    (APP, "GET", &[], "\
not a CORS request: GET without an Origin header
response: from the handler, without Access-Control-Allow-Origin
", ""),
    (Policy::public(), "OPTIONS", &[(M, "PUT"), (Asked, "x-z")], "\
not a CORS request: OPTIONS without an Origin header
response: from the handler, with Access-Control-Allow-Origin
", ""),
    // Actual requests.
    (APP, "DELETE", &[A], "\
request: DELETE from \"https://app.example.com\"
origin: allowed
response: from the handler, with Access-Control-Allow-Origin
", ""),
    (Policy::public(), "GET", &[EVIL], "\
request: GET from \"https://evil.example\"
origin: allowed
response: from the handler, with Access-Control-Allow-Origin
", ""),
    (APP, "GET", &[EVIL], "\
request: GET from \"https://evil.example\"
origin: not allowed; no listed origin is similar
response: 403, without calling the handler
", NO_ALLOW_ORIGIN),
    (Policy::nobody(), "GET", &[A], "\
request: GET from \"https://app.example.com\"
origin: not allowed; no listed origin is similar
response: 403, without calling the handler
", NO_ALLOW_ORIGIN),
    (APP.forward_denied(), "GET", &[EVIL], "\
request: GET from \"https://evil.example\"
origin: not allowed; no listed origin is similar
response: from the handler, without Access-Control-Allow-Origin
", NO_ALLOW_ORIGIN),
    (APP, "GET", &[(Origin, "null")], "\
request: GET from \"null\"
origin: not allowed; any page can send null
response: 403, without calling the handler
", NO_ALLOW_ORIGIN),
    (APP, "GET", &[(Origin, "")], "\
request: GET from \"\"
origin: not allowed; no listed origin is similar
response: 403, without calling the handler
", NO_ALLOW_ORIGIN),
    (APP, "GET", &[A, EVIL], "\
request: GET from \"https://app.example.com\"
origin: several Origin headers, where browsers send one
response: 403, without calling the handler
", NO_ALLOW_ORIGIN),
    // An OPTIONS request that asks for nothing.
    (APP, "OPTIONS", &[A, (Asked, "x-a")], "\
request: OPTIONS from \"https://app.example.com\"
origin: allowed
response: from the handler, with Access-Control-Allow-Origin
", ""),
    (APP, "PUT", &[A, (M, "PUT")], "\
request: PUT from \"https://app.example.com\"
origin: allowed
response: from the handler, with Access-Control-Allow-Origin
", ""),
    // Exempt from refusal, and not shared all the same.
    (APP, "POST", &[(Origin, "https://api.example.com"), (Site, "same-origin")], "\
request: POST from \"https://api.example.com\"
origin: not allowed; no listed origin is similar
response: from the handler, without Access-Control-Allow-Origin; a same-origin request, or one that doesn't use CORS, needs none
", ""),
    (APP, "POST", &[(Origin, "https://api.example.com"), (Host, "api.example.com")], "\
request: POST from \"https://api.example.com\"
origin: not allowed; no listed origin is similar
response: from the handler, without Access-Control-Allow-Origin; a same-origin request, or one that doesn't use CORS, needs none
", ""),
    (APP, "POST", &[A, A, (Mode, "navigate")], "\
request: POST from \"https://app.example.com\"
origin: several Origin headers, where browsers send one
response: from the handler, without Access-Control-Allow-Origin; a same-origin request, or one that doesn't use CORS, needs none
", ""),
    // Preflights that pass.
    (APP, "OPTIONS", &[A, (M, "PUT")], "\
preflight: PUT from \"https://app.example.com\"
origin: allowed
method: PUT is allowed
headers: allowed
response: 204, without calling the handler
", ""),
    (ANY, "OPTIONS", &[A, (M, "QUERY"), (Asked, "x-y,x-z")], "\
preflight: QUERY from \"https://app.example.com\"
origin: allowed
method: QUERY is allowed
headers: allowed
response: 204, without calling the handler
", ""),
    // Preflights that fail, step by step.
    (APP, "OPTIONS", &[EVIL, (M, "DELETE"), (Asked, "x-z")], "\
preflight: DELETE from \"https://evil.example\"
origin: not allowed; no listed origin is similar
response: 403, without calling the handler
", PREFLIGHT_NO_ALLOW_ORIGIN),
    (APP, "OPTIONS", &[A, A, (M, "PUT")], "\
preflight: PUT from \"https://app.example.com\"
origin: several Origin headers, where browsers send one
response: 403, without calling the handler
", PREFLIGHT_NO_ALLOW_ORIGIN),
    (APP, "OPTIONS", &[A, (M, "DELETE"), (Asked, "x-z")], "\
preflight: DELETE from \"https://app.example.com\"
origin: allowed
method: DELETE is not allowed; add it to methods
headers: \"x-z\" is not allowed; add it to request_headers
response: 403, without calling the handler
", PREFLIGHT_NOT_OK),
    (APP, "OPTIONS", &[A, (M, "patch")], "\
preflight: patch from \"https://app.example.com\"
origin: allowed
method: patch is not allowed; methods are case-sensitive, and the policy has PATCH
headers: allowed
response: 403, without calling the handler
", PREFLIGHT_NOT_OK),
    (Policy::public(), "OPTIONS", &[A, (M, "post")], "\
preflight: post from \"https://app.example.com\"
origin: allowed
method: post is not allowed; methods are case-sensitive, and the policy has POST
headers: allowed
response: 403, without calling the handler
", PREFLIGHT_NOT_OK),
    (ANY, "OPTIONS", &[A, (M, "TRACE")], "\
preflight: TRACE from \"https://app.example.com\"
origin: allowed
method: TRACE is not allowed; pages can't send it
headers: allowed
response: 403, without calling the handler
", PREFLIGHT_NOT_OK),
    (APP, "OPTIONS", &[A, (M, "PUT, PATCH")], "\
preflight: PUT, PATCH from \"https://app.example.com\"
origin: allowed
method: PUT, PATCH is not allowed; pages can't send it
headers: allowed
response: 403, without calling the handler
", PREFLIGHT_NOT_OK),
    (APP, "OPTIONS", &[A, (M, "PUT"), (M, "PUT")], "\
preflight: PUT from \"https://app.example.com\"
origin: allowed
method: several Access-Control-Request-Method headers, where browsers send one
headers: allowed
response: 403, without calling the handler
", PREFLIGHT_NOT_OK),
    (APP, "OPTIONS", &[A, (M, "GET"), (Asked, "x-a"), (Asked, " x-b ,\tX-Z , x-y")], "\
preflight: GET from \"https://app.example.com\"
origin: allowed
method: GET is allowed
headers: \"X-Z\", \"x-y\" are not allowed; add them to request_headers
response: 403, without calling the handler
", PREFLIGHT_NOT_OK),
    (ANY, "OPTIONS", &[A, (M, "GET"), (Asked, "x-z,Authorization")], "\
preflight: GET from \"https://app.example.com\"
origin: allowed
method: GET is allowed
headers: \"Authorization\" is not allowed; any_request_header doesn't cover it: list it, too
response: 403, without calling the handler
", PREFLIGHT_NOT_OK),
    (ANY, "OPTIONS", &[A, (M, "GET"), (Asked, "x-a,x:b")], "\
preflight: GET from \"https://app.example.com\"
origin: allowed
method: GET is allowed
headers: \"x:b\" is not allowed; pages can't send a header with an invalid name
response: 403, without calling the handler
", PREFLIGHT_NOT_OK),
    (APP, "OPTIONS", &[A, (M, "GET"), (Asked, ",,,,,,,,,,,,,,,,,x-a")], "\
preflight: GET from \"https://app.example.com\"
origin: allowed
method: GET is allowed
headers: too many empty entries in the requested headers
response: 403, without calling the handler
", PREFLIGHT_NOT_OK),
    // With debug() the browser itself tells.
    (APP.debug(), "OPTIONS", &[A, (M, "DELETE")], "\
preflight: DELETE from \"https://app.example.com\"
origin: allowed
method: DELETE is not allowed; add it to methods
headers: allowed
response: 204, without calling the handler
", "\
Chromium: Method DELETE is not allowed by Access-Control-Allow-Methods in preflight response.
Firefox: Did not find method in CORS header ‘Access-Control-Allow-Methods’
"),
    (APP.debug(), "OPTIONS", &[A, (M, "PUT"), (Asked, "x-z")], "\
preflight: PUT from \"https://app.example.com\"
origin: allowed
method: PUT is allowed
headers: \"x-z\" is not allowed; add it to request_headers
response: 204, without calling the handler
", "\
Chromium: Request header field x-z is not allowed by Access-Control-Allow-Headers in preflight response.
Firefox: header ‘x-z’ is not allowed according to header ‘Access-Control-Allow-Headers’ from CORS preflight response
"),
    (APP.debug(), "OPTIONS", &[EVIL, (M, "PUT")], "\
preflight: PUT from \"https://evil.example\"
origin: not allowed; no listed origin is similar
response: 204, without calling the handler
", PREFLIGHT_NO_ALLOW_ORIGIN),
    // Perhaps the page is the server's own, and a proxy has replaced the Host header.
    (APP, "POST", &[(Origin, "http://nas.lan"), (Host, "backend:8080")], "\
request: POST from \"http://nas.lan\"
origin: not allowed; no listed origin is similar
host: \"backend:8080\" doesn't match the origin; if this server sent the page, a proxy has \
replaced the Host header: pass it on unchanged, or list the origin in own_origins
response: 403, without calling the handler
", NO_ALLOW_ORIGIN),
    (APP, "POST", &[(Origin, "http://nas.lan"), (Host, "backend:8080"), (Mode, "cors")], "\
request: POST from \"http://nas.lan\"
origin: not allowed; no listed origin is similar
response: 403, without calling the handler
", NO_ALLOW_ORIGIN),
    (APP, "POST", &[(Origin, "http://nas.lan"), (Host, "nas.lan"), (Host, "nas.lan")], "\
request: POST from \"http://nas.lan\"
origin: not allowed; no listed origin is similar
response: 403, without calling the handler
", NO_ALLOW_ORIGIN),
    (MIXED, "GET", &[EVIL], "\
request: GET from \"https://evil.example\"
origin: allowed, without credentials
response: from the handler, with Access-Control-Allow-Origin
", ""),
    (MIXED, "OPTIONS", &[A, (M, "GET")], "\
preflight: GET from \"https://app.example.com\"
origin: allowed, with credentials
method: GET is allowed
headers: allowed
response: 204, without calling the handler
", ""),
    (MIXED, "GET", &[A, A], "\
request: GET from \"https://app.example.com\"
origin: allowed, without credentials
response: from the handler, with Access-Control-Allow-Origin
", ""),
];

#[test]
fn texts() {
    for (policy, method, request, steps, browsers) in TEXTS {
        let expected = format!("{steps}{browsers}");
        assert_eq!(explain(&policy, method, request), expected, "{request:?}");
    }
}

/// A list that is too long is told by its step, and no other.
#[test]
fn requested_headers_that_are_too_long() {
    let long = "x-a,".repeat(2000);
    let text = explain(&APP, "OPTIONS", &[A, (M, "PUT"), (Asked, &long)]);
    let expected = "\
preflight: PUT from \"https://app.example.com\"
origin: allowed
method: PUT is allowed
headers: list of requested headers too long
response: 403, without calling the handler
";
    assert_eq!(text, format!("{expected}{PREFLIGHT_NOT_OK}"));
}

/// What no browser sends, no browser complains about; it is not said that the field is missing
/// which `debug` does send.
#[test]
fn of_what_browsers_do_not_send_they_say_nothing() {
    let commas = ",".repeat(20);
    let long = "x-a,".repeat(2000);
    let requests: [&[(RequestField, &str)]; 4] = [
        &[A, (M, "PUT"), (M, "PUT")],
        &[A, (M, "PUT"), (Asked, "x:b")],
        &[A, (M, "PUT"), (Asked, &commas)],
        &[A, (M, "PUT"), (Asked, &long)],
    ];
    for request in requests {
        for policy in [APP.debug(), ANY.debug()] {
            let text = explain(&policy, "OPTIONS", request);
            let is_told = text.contains("Chromium: Request header field x:b is not allowed");
            assert!(
                !text.contains("Chromium") || is_told && request[2].1 == "x:b",
                "{text}"
            );
        }
    }
}

/// A client's bytes are escaped and cut, wherever they stand.
#[test]
fn bytes_of_the_request_are_escaped_and_cut() {
    let mut texts: Vec<Vec<u8>> = (0..=255).map(|byte| vec![byte; 3]).collect();
    texts.extend((0..=255).map(|byte| vec![byte; 5000]));
    texts.extend((95..=105).map(|length| vec![b'x'; length]));
    texts.push(b"https://a\r\nSet-Cookie: x=1\r\n\x1b[2J\"'\\\xff".to_vec());
    let policies = [APP, ANY, APP.debug(), ANY.debug(), Policy::public()];
    for text in &texts {
        for policy in &policies {
            for field in RequestField::ALL.map(Some).into_iter().chain([None]) {
                let lines = |asked: RequestField| {
                    let line: Option<&[u8]> = match asked {
                        _ if Some(asked) == field => Some(text),
                        Origin => Some(A.1.as_bytes()),
                        M => Some(b"PUT"),
                        _ => None,
                    };
                    line.into_iter()
                };
                let method = match field {
                    None => text,
                    Some(Mode | Site | Host) => b"GET".as_slice(),
                    Some(_) => b"OPTIONS",
                };
                let shown = policy.explain(method, lines).to_string();
                assert!(
                    shown.chars().all(|char| char == '\n' || !char.is_control()),
                    "{shown:?}"
                );
                // Of non-ASCII there are only the quotation marks of Firefox and the ellipsis.
                assert!(
                    shown
                        .chars()
                        .all(|char| char.is_ascii() || "‘’…".contains(char)),
                    "{shown:?}"
                );
                assert!(shown.len() < 2000, "{}", shown.len());
                assert!(shown.lines().count() <= 7, "{shown}");
            }
        }
    }
}

#[test]
fn a_hundred_bytes_are_shown() {
    for (length, shown) in [(99, 99), (100, 100), (101, 100), (300, 100), (5000, 100)] {
        let origin = "x".repeat(length);
        let text = explain(&APP, "GET", &[(Origin, &origin)]);
        let dots = if length > 100 { "…" } else { "" };
        let expected = format!("request: GET from \"{}{dots}\"", "x".repeat(shown));
        assert_eq!(text.lines().next(), Some(&*expected));
        let method = explain(&APP, &origin, &[]);
        let expected = format!(
            "not a CORS request: {}{dots} without an Origin header",
            "x".repeat(shown)
        );
        assert_eq!(method.lines().next(), Some(&*expected));
        // The name that fails, and not the line in which it stands.
        let asked = format!("x-a, {origin} ,x-b");
        if length < 1000 {
            let text = explain(&APP, "OPTIONS", &[A, (M, "PUT"), (Asked, &asked)]);
            let expected = format!(
                "headers: \"{}{dots}\" is not allowed; add it to request_headers",
                "x".repeat(shown)
            );
            assert_eq!(text.lines().nth(3), Some(&*expected));
        }
    }
}

/// What was decided is explained, and fields are only read.
#[test]
fn an_owned_policy_is_explained() {
    let owned: OwnedPolicy<String, Vec<u32>> = Settings::new()
        .origins(["https://app.example.com"])
        .credentials(true)
        .methods(["put", "PATCH"])
        .request_headers(["x-a", "x-b"])
        .max_age(600)
        .build()
        .unwrap();
    let request = [A, (M, "DELETE")];
    assert_eq!(
        explain(&owned.as_policy(), "OPTIONS", &request),
        explain(&APP, "OPTIONS", &request)
    );
}
