//! What a denial is called.

use cors_core::{Denial, Place};

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
