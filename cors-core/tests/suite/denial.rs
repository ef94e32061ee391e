//! What a denial is called.

use cors_core::{Denial, Place, Policy, RequestField};

/// Metrics keep them: a reason that is once in use is not renamed.
#[test]
fn reasons_are_stable_words() {
    let place = Place {
        line: 0,
        start: 0,
        end: 1,
    };
    let reasons = [
        (Denial::SeveralOrigins, "several_origins"),
        (Denial::OriginNotAllowed, "origin_not_allowed"),
        (Denial::SeveralMethods, "several_methods"),
        (Denial::MethodNotAllowed, "method_not_allowed"),
        (Denial::HeaderNotAllowed(place), "header_not_allowed"),
        (Denial::HeaderNotAToken(place), "header_not_a_token"),
        (Denial::TooManyEmptyElements, "too_many_empty_elements"),
        (Denial::RequestHeadersTooLong, "request_headers_too_long"),
    ];
    for (denial, reason) in reasons {
        assert_eq!(denial.reason(), reason);
    }
}

#[test]
fn the_header_is_the_one_at_the_place() {
    let lines = || [&b"x-a, x-b"[..], b" x-c "].into_iter();
    for (line, start, end, header) in [
        (0, 0, 3, &b"x-a"[..]),
        (0, 4, 8, b"x-b"),
        (1, 1, 4, b"x-c"),
        // What another request says.
        (1, 4, 40, b"x-c"),
        (2, 0, 1, b""),
    ] {
        let place = Place { line, start, end };
        for denial in [
            Denial::HeaderNotAllowed(place),
            Denial::HeaderNotAToken(place),
        ] {
            assert_eq!(denial.header(lines()), Some(header), "{place:?}");
        }
    }
    assert_eq!(Denial::MethodNotAllowed.header(lines()), None);
}

/// The body of a refused preflight: the method, then the headers, each in its own line.
#[test]
fn a_refusal_names_what_is_not_allowed() {
    const POLICY: Policy<'_> = Policy::anonymous("https://a.example")
        .methods("PUT")
        .request_headers("x-a");
    let many = "x-1,x-2,x-3,x-4,x-5,x-6,x-7,x-8,x-9";
    let by = "not allowed by the CORS policy";
    for (methods, headers, expected) in [
        (&["PUT"][..], &["x-a"][..], String::new()),
        (&["DELETE"], &[], format!("method {by}: DELETE\n")),
        (&["PUT"], &["x-b"], format!("request header {by}: x-b\n")),
        (
            &["DELETE"],
            &["x-b", "x-a,x-c"],
            format!("method {by}: DELETE\nrequest headers {by}: x-b, x-c\n"),
        ),
        (
            &["PUT"],
            &[many],
            format!("request headers {by}: x-1, x-2, x-3, x-4, x-5, x-6, x-7, x-8 and 1 more\n"),
        ),
        (
            &["PUT"],
            &[&many[..31]],
            format!("request headers {by}: x-1, x-2, x-3, x-4, x-5, x-6, x-7, x-8\n"),
        ),
        (
            &["PUT", "DELETE"],
            &[],
            "several Access-Control-Request-Method headers, where browsers send one\n".to_owned(),
        ),
    ] {
        let refusal = POLICY.refusal(|field| {
            let lines = match field {
                RequestField::RequestMethod => methods,
                RequestField::RequestHeaders => headers,
                _ => &[],
            };
            lines.iter().map(|line| line.as_bytes())
        });
        assert_eq!(refusal.to_string(), expected, "{methods:?} {headers:?}");
    }
}
