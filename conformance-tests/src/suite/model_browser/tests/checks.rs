//! What a browser makes of answers.

use super::*;

#[test]
fn cors_check() {
    use CheckFailure::{NoAllowCredentials, NoAllowOrigin, WildcardWithCredentials};
    use Credentials::{Include, Omit};
    const ORIGIN: &str = "access-control-allow-origin";
    const CREDENTIALS: (&str, &str) = ("access-control-allow-credentials", "true");
    let other = |origin: &str| Err(CheckFailure::OtherOrigin(origin.to_owned()));
    for (page, credentials, lines, expected) in [
        (PAGE, Omit, &[][..], Err(NoAllowOrigin)),
        (PAGE, Include, &[CREDENTIALS], Err(NoAllowOrigin)),
        (PAGE, Omit, &[(ORIGIN, "*")], Ok(())),
        ("null", Omit, &[(ORIGIN, "*")], Ok(())),
        (
            PAGE,
            Include,
            &[(ORIGIN, "*"), CREDENTIALS],
            Err(WildcardWithCredentials),
        ),
        (PAGE, Omit, &[(ORIGIN, PAGE)], Ok(())),
        (PAGE, Omit, &[(ORIGIN, PAGE), CREDENTIALS], Ok(())),
        (PAGE, Include, &[(ORIGIN, PAGE), CREDENTIALS], Ok(())),
        (PAGE, Include, &[(ORIGIN, PAGE)], Err(NoAllowCredentials)),
        (
            PAGE,
            Include,
            &[(ORIGIN, PAGE), (CREDENTIALS.0, "True")],
            Err(NoAllowCredentials),
        ),
        (
            PAGE,
            Include,
            &[(ORIGIN, PAGE), (CREDENTIALS.0, "*")],
            Err(NoAllowCredentials),
        ),
        (
            PAGE,
            Include,
            &[(ORIGIN, PAGE), CREDENTIALS, CREDENTIALS],
            Err(NoAllowCredentials),
        ),
        ("null", Omit, &[(ORIGIN, "null")], Ok(())),
        ("null", Include, &[(ORIGIN, "null"), CREDENTIALS], Ok(())),
        ("null", Omit, &[], Err(NoAllowOrigin)),
        (PAGE, Omit, &[(ORIGIN, "")], other("")),
        (PAGE, Omit, &[(ORIGIN, "null")], other("null")),
        (
            PAGE,
            Omit,
            &[(ORIGIN, "https://A.test")],
            other("https://A.test"),
        ),
        (
            PAGE,
            Omit,
            &[(ORIGIN, "https://a.test/")],
            other("https://a.test/"),
        ),
        (
            PAGE,
            Omit,
            &[(ORIGIN, PAGE), (ORIGIN, PAGE)],
            other("https://a.test, https://a.test"),
        ),
        (PAGE, Omit, &[(ORIGIN, "*"), (ORIGIN, "*")], other("*, *")),
        (
            PAGE,
            Include,
            &[(ORIGIN, "https://b.test"), CREDENTIALS],
            other("https://b.test"),
        ),
    ] {
        let fetch = Fetch {
            credentials,
            ..Fetch::get(page)
        };
        assert_eq!(
            fetch.check(&response(200, lines)),
            expected,
            "{page} {lines:?}"
        );
    }
}

/// What comes of an answer to the preflight with these lines, which passes the CORS check.
fn preflighted(fetch: &Fetch, methods: &[&str], names: &[&str]) -> Result<(), Refusal> {
    let allowed = [
        ("access-control-allow-origin", PAGE),
        ("access-control-allow-credentials", "true"),
    ];
    let mut answer = response(204, &allowed);
    let methods = methods
        .iter()
        .map(|list| Line::new("access-control-allow-methods", list));
    let names = names
        .iter()
        .map(|list| Line::new("access-control-allow-headers", list));
    answer.lines.extend(methods.chain(names));
    fetch.check_preflight(&answer)
}

#[test]
fn allowed_methods() {
    use Credentials::{Include, Omit};
    let refused = |method: &str| Err(Refusal::MethodNotAllowed(method.to_owned()));
    let invalid = || Err(Refusal::InvalidList("access-control-allow-methods"));
    for (method, credentials, methods, expected) in [
        ("GET", Omit, &[][..], Ok(())),
        ("head", Include, &["PUT"], Ok(())),
        ("POST", Omit, &[""], Ok(())),
        ("PUT", Omit, &[], refused("PUT")),
        ("PUT", Omit, &[""], refused("PUT")),
        ("PUT", Omit, &["PUT"], Ok(())),
        ("put", Include, &["DELETE ,\t, PUT,"], Ok(())),
        ("PUT", Omit, &["DELETE", "PUT"], Ok(())),
        ("PUT", Omit, &["put"], refused("PUT")),
        ("PUT", Omit, &["PUTT, PU"], refused("PUT")),
        ("patch", Omit, &["PATCH"], refused("patch")),
        ("PUT", Omit, &["*"], Ok(())),
        ("PUT", Omit, &["DELETE, *"], Ok(())),
        ("PUT", Include, &["*"], refused("PUT")),
        ("PUT", Include, &["*, PUT"], Ok(())),
        ("*", Include, &["*"], Ok(())),
        ("PUT", Omit, &["PUT, BAD METHOD"], invalid()),
        ("PUT", Omit, &["PUT", "\"X\""], invalid()),
        ("GET", Omit, &["PUT;"], invalid()),
    ] {
        let fetch = fetch(method, &[], credentials);
        let outcome = preflighted(&fetch, methods, &[]);
        assert_eq!(outcome, expected, "{method} {methods:?}");
    }
}

#[test]
fn allowed_headers() {
    use Credentials::{Include, Omit};
    let refused = |name: &str| Err(Refusal::HeaderNotAllowed(name.to_owned()));
    let invalid = || Err(Refusal::InvalidList("access-control-allow-headers"));
    for (header, credentials, names, expected) in [
        ("Accept", Omit, &[][..], Ok(())),
        ("X-A", Omit, &[], refused("x-a")),
        ("X-A", Omit, &["x-a"], Ok(())),
        ("x-a", Include, &["X-A"], Ok(())),
        ("X-A", Omit, &["x-b,", ",x-a"], Ok(())),
        ("X-A", Omit, &["x-b, x-a2"], refused("x-a")),
        ("X-A", Omit, &["*"], Ok(())),
        ("X-A", Include, &["*"], refused("x-a")),
        ("X-A", Include, &["*, x-a"], Ok(())),
        ("Authorization", Omit, &["*"], refused("authorization")),
        ("Authorization", Omit, &["*,AUTHORIZATION"], Ok(())),
        ("Authorization", Include, &["authorization"], Ok(())),
        ("X-A", Omit, &["x-a, bad name"], invalid()),
        ("X-A", Omit, &["x-a", "x-b\u{b}"], invalid()),
        ("X-A", Omit, &["x-a\u{e4}"], invalid()),
        ("Accept", Omit, &["@"], invalid()),
    ] {
        let fetch = fetch("GET", &[(header, "1")], credentials);
        let outcome = preflighted(&fetch, &[], names);
        assert_eq!(outcome, expected, "{header} {names:?}");
    }
    // A browser looks at the method first.
    let both = fetch("PUT", &[("x-a", "1")], Omit);
    let refusal = Refusal::MethodNotAllowed("PUT".to_owned());
    assert_eq!(preflighted(&both, &[], &[]), Err(refusal));
    assert_eq!(preflighted(&both, &["PUT"], &[]), refused("x-a"));
}

/// The flag stands in for a list that is missing, not for one that lacks the method.
#[test]
fn upload_listener() {
    let mut fetch = fetch("PUT", &[], Credentials::Omit);
    fetch.upload_listener = true;
    assert_eq!(preflighted(&fetch, &[], &[]), Ok(()));
    for list in ["", "DELETE"] {
        let expected = Err(Refusal::MethodNotAllowed("PUT".to_owned()));
        assert_eq!(preflighted(&fetch, &[list], &[]), expected);
    }
}

#[test]
fn preflight_status() {
    let fetch = fetch("POST", &[], Credentials::Omit);
    for (status, is_ok) in [
        (199, false),
        (200, true),
        (204, true),
        (299, true),
        (300, false),
        (304, false),
        (403, false),
    ] {
        let expected = match is_ok {
            true => Ok(()),
            false => Err(Refusal::PreflightStatus(status)),
        };
        let answer = response(status, &[("access-control-allow-origin", "*")]);
        assert_eq!(fetch.check_preflight(&answer), expected);
    }
    // The CORS check comes first.
    let expected = Err(Refusal::Preflight(CheckFailure::NoAllowOrigin));
    assert_eq!(fetch.check_preflight(&response(403, &[])), expected);
}

/// A browser stops at the first; who mends a server wants to know them all.
#[test]
fn all_that_is_wrong_with_a_preflight() {
    let fetch = fetch("PUT", &[("x-a", "1"), ("x-b", "1")], Credentials::Omit);
    let expected = [
        Refusal::Preflight(CheckFailure::NoAllowOrigin),
        Refusal::PreflightStatus(405),
        Refusal::MethodNotAllowed("PUT".to_owned()),
        Refusal::HeaderNotAllowed("x-a".to_owned()),
        Refusal::HeaderNotAllowed("x-b".to_owned()),
    ];
    assert_eq!(fetch.preflight_refusals(&response(405, &[])), expected);
    // Lists that are none come before what is not in the others.
    let lists = [
        ("access-control-allow-origin", "*"),
        ("access-control-allow-methods", "GET"),
        ("access-control-allow-headers", "x a"),
    ];
    let expected = [
        Refusal::InvalidList("access-control-allow-headers"),
        Refusal::MethodNotAllowed("PUT".to_owned()),
    ];
    assert_eq!(fetch.preflight_refusals(&response(204, &lists)), expected);
    let lists = [lists[0], ("access-control-allow-methods", "P T"), lists[2]];
    let expected = [
        Refusal::InvalidList("access-control-allow-methods"),
        Refusal::InvalidList("access-control-allow-headers"),
    ];
    assert_eq!(fetch.preflight_refusals(&response(204, &lists)), expected);
}
