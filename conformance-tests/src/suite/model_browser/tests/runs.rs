//! A fetch from its beginning to its end.

use super::*;

/// An answer that does not come ends it; what was answered before does not count.
#[tokio::test]
async fn a_network_that_fails() {
    let fetch = fetch("PUT", &[], Credentials::Omit);
    let lines = [
        ("access-control-allow-origin", PAGE),
        ("access-control-allow-methods", "PUT"),
    ];
    let mut answers = vec![Err("cut"), Ok(response(204, &lines))];
    for sent in [2, 1] {
        let mut count = 0;
        let mut left = answers.clone();
        let outcome = fetch.try_run(async |_| {
            count += 1;
            left.pop().expect("no request follows a failure")
        });
        assert_eq!((outcome.await, count), (Err("cut"), sent));
        answers.pop();
    }
}

#[test]
fn exposed_headers() {
    use Credentials::{Include, Omit};
    const SAFELISTED: &str = "cache-control content-language content-length content-type \
        expires last-modified pragma";
    const ALL: &str = "access-control-expose-headers cache-control content-language \
        content-length content-type etag expires last-modified pragma x-a";
    for (credentials, lists, expected) in [
        (Omit, &[][..], ""),
        (Omit, &["X-A, x-missing"], "x-a"),
        (Include, &["X-A"], "x-a"),
        (Omit, &["etag", ",x-a ,"], "etag x-a"),
        (Omit, &["x-a, bad name"], ""),
        (Omit, &["x-a", "\"etag\""], ""),
        (Omit, &["set-cookie, Set-Cookie2"], ""),
        (Include, &["*"], ""),
        (Include, &["*, x-a"], "x-a"),
        (Omit, &["*"], ALL),
        (Omit, &["x-a, *"], ALL),
    ] {
        let fetch = fetch("GET", &[], credentials);
        let mut answer = response(200, &[("ETag", "1"), ("x-a", "1"), ("x-a", "2")]);
        for name in SAFELISTED.split(' ').chain(["set-cookie", "set-cookie2"]) {
            answer.lines.push(Line::new(name, "1"));
        }
        for list in lists {
            answer
                .lines
                .push(Line::new("access-control-expose-headers", list));
        }
        let mut expected: Vec<_> = match expected {
            ALL => ALL.split(' ').collect(),
            more => SAFELISTED
                .split(' ')
                .chain(more.split_whitespace())
                .collect(),
        };
        expected.sort_unstable();
        assert_eq!(
            fetch.exposed(&answer),
            expected,
            "{credentials:?} {lists:?}"
        );
    }
}

#[tokio::test]
async fn a_preflight_comes_first() {
    let fetch = fetch("PUT", &[], Credentials::Omit);
    let allowed = ("access-control-allow-origin", PAGE);
    let preflight = response(204, &[allowed, ("access-control-allow-methods", "PUT")]);
    let actual = response(
        500,
        &[allowed, ("content-type", "text/plain"), ("x-a", "1")],
    );
    let (outcome, requests) = run(&fetch, vec![preflight.clone(), actual]).await;
    let shared = Outcome::Shared {
        status: 500,
        exposed: vec!["content-type".to_owned()],
        body: b"hello".to_vec(),
    };
    assert_eq!(outcome, shared);
    assert_eq!(requests, [fetch.preflight(), fetch.actual()]);

    // It does not speak for the response that follows.
    let (outcome, requests) = run(&fetch, vec![preflight, response(200, &[])]).await;
    let refusal = Refusal::Actual(CheckFailure::NoAllowOrigin);
    assert_eq!(outcome, Outcome::Refused(refusal));
    assert_eq!(requests.len(), 2);

    // Nothing follows if it fails.
    let (outcome, requests) = run(&fetch, vec![response(204, &[allowed])]).await;
    let refusal = Refusal::MethodNotAllowed("PUT".to_owned());
    assert_eq!(outcome, Outcome::Refused(refusal));
    assert_eq!(requests, [fetch.preflight()]);
}

#[tokio::test]
async fn not_everything_is_preflighted_or_sent() {
    let get = fetch("GET", &[], Credentials::Include);
    let (outcome, requests) = run(&get, vec![response(200, &[])]).await;
    let refusal = Refusal::Actual(CheckFailure::NoAllowOrigin);
    assert_eq!(outcome, Outcome::Refused(refusal));
    assert_eq!(requests, [get.actual()]);

    let trace = fetch("TRACE", &[], Credentials::Omit);
    let (outcome, requests) = run(&trace, Vec::new()).await;
    let refusal = Refusal::ForbiddenMethod("TRACE".to_owned());
    assert_eq!(outcome, Outcome::Refused(refusal));
    assert_eq!(requests, []);
}

#[test]
fn why_a_page_gets_nothing() {
    use CheckFailure::{NoAllowCredentials, NoAllowOrigin, OtherOrigin, WildcardWithCredentials};
    for (refusal, expected) in [
        (
            Refusal::ForbiddenMethod("TRACE".into()),
            "scripts cannot send the method `TRACE`",
        ),
        (
            Refusal::InvalidHeader("x a".into()),
            "requests cannot have the header `x a`",
        ),
        (
            Refusal::Preflight(NoAllowOrigin),
            "the preflight response has no Access-Control-Allow-Origin",
        ),
        (
            Refusal::PreflightStatus(301),
            "the status of the preflight response is 301, not 200 to 299",
        ),
        (
            Refusal::InvalidList("access-control-allow-methods"),
            "the preflight response has an invalid access-control-allow-methods",
        ),
        (
            Refusal::MethodNotAllowed("PUT".into()),
            "the preflight response does not allow the method `PUT`",
        ),
        (
            Refusal::HeaderNotAllowed("x-a".into()),
            "the preflight response does not allow the header `x-a`",
        ),
        (
            Refusal::Actual(WildcardWithCredentials),
            "the response has `Access-Control-Allow-Origin: *`, which does not work with credentials",
        ),
        (
            Refusal::Actual(OtherOrigin("null".into())),
            "the response has Access-Control-Allow-Origin for another origin, `null`",
        ),
        (
            Refusal::Actual(NoAllowCredentials),
            "the response has no `Access-Control-Allow-Credentials: true`",
        ),
    ] {
        assert_eq!(refusal.to_string(), expected);
    }
}
