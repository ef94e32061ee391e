//! What happens: which fields are read, what bounds them, what a decision says.

use std::cell::{Cell, RefCell};

use cors_core::{Body, Decision, Denial, Edit, Edits, Place, Policy, RequestField, ResponseField};

use RequestField::{
    Host, Origin, RequestHeaders, RequestMethod, SecFetchMode as Mode, SecFetchSite as Site,
};

const LISTED: Policy<'_> = Policy::credentialed("https://a.example")
    .methods("PUT")
    .request_headers("x-a, x-b")
    .expose_headers("x-c")
    .max_age(600);
const ANY: Policy<'_> = Policy::anonymous("https://a.example")
    .any_method()
    .any_request_header()
    .request_headers("authorization");
const PUBLIC: Policy<'_> = Policy::public();

const M: RequestField = RequestMethod;
const A: &str = "https://a.example";
const EVIL: &str = "https://evil.example";

fn decide(policy: &Policy<'_>, method: &str, request: &[(RequestField, &str)]) -> Decision {
    policy.decide(method.as_bytes(), |field| {
        let lines = request.iter().filter(move |line| line.0 == field);
        lines.map(|line| line.1.as_bytes())
    })
}

/// A preflight from an allowed origin for an allowed method.
fn preflight<L: AsRef<str>>(policy: &Policy<'_>, requested_headers: &[L]) -> Decision {
    let lines = requested_headers.iter().map(AsRef::as_ref);
    let lines = lines.map(|line| (RequestHeaders, line));
    let request: Vec<_> = [(Origin, A), (M, "PUT")].into_iter().chain(lines).collect();
    decide(policy, "OPTIONS", &request)
}

#[test]
fn a_decision_is_small_and_borrows_nothing() {
    fn is_free<T: Copy + Send + Sync + Unpin + 'static>() {}
    is_free::<Decision>();
    is_free::<Edits>();
    assert!(size_of::<Decision>() <= 16);
    assert!(size_of::<Option<Decision>>() <= 16);
}

/// Each field is asked for at most once, in this order and not further than it matters.
#[test]
fn fields_are_read_as_they_are_needed() {
    type Row = (
        Policy<'static>,
        &'static str,
        &'static [(RequestField, &'static str)],
        &'static [RequestField],
    );
    #[rustfmt::skip]
    let rows: [Row; 18] = [
        (LISTED, "GET", &[], &[Origin]),
        (LISTED, "OPTIONS", &[(M, "PUT")], &[Origin]),
        (PUBLIC, "GET", &[(Origin, EVIL)], &[Origin]),
        (LISTED, "GET", &[(Origin, A)], &[Origin]),
        (LISTED, "options", &[(Origin, A), (M, "PUT")], &[Origin]),
        (LISTED, "OPTIONS", &[(Origin, A)], &[Origin, RequestMethod]),
        (LISTED, "OPTIONS", &[(Origin, A), (M, "PUT")], &[Origin, RequestMethod, RequestHeaders]),
        (LISTED, "OPTIONS", &[(Origin, EVIL), (M, "PUT")], &[Origin, RequestMethod]),
        (LISTED, "OPTIONS", &[(Origin, A), (Origin, A), (M, "PUT")], &[Origin, RequestMethod]),
        (LISTED, "OPTIONS", &[(Origin, A), (M, "PUT"), (M, "PUT")], &[Origin, RequestMethod]),
        (LISTED, "OPTIONS", &[(Origin, A), (M, "DELETE")], &[Origin, RequestMethod]),
        (LISTED, "OPTIONS", &[(Origin, EVIL)], &[Origin, RequestMethod, Site, Mode, Host]),
        (LISTED, "GET", &[(Origin, EVIL)], &[Origin, Site, Mode, Host]),
        (LISTED.forward_denied(), "GET", &[(Origin, EVIL)], &[Origin, Site, Mode, Host]),
        (LISTED, "GET", &[(Origin, EVIL), (Origin, A)], &[Origin, Site, Mode]),
        (LISTED, "GET", &[(Origin, EVIL), (Site, "same-origin")], &[Origin, Site]),
        (LISTED, "GET", &[(Origin, EVIL), (Site, "cross-site")], &[Origin, Site, Mode]),
        (LISTED, "GET", &[(Origin, EVIL), (Mode, "cors")], &[Origin, Site, Mode]),
    ];
    for (policy, method, request, expected) in rows {
        let asked = RefCell::new(Vec::new());
        let _ = policy.decide(method.as_bytes(), |field| {
            asked.borrow_mut().push(field);
            let lines = request.iter().filter(move |line| line.0 == field);
            lines.map(|line| line.1.as_bytes())
        });
        assert_eq!(asked.take(), expected, "{method} {request:?}");
    }
}

/// Of a field that browsers send once, no third line is read; of the requested headers none behind
/// an error or behind the bound.
#[test]
fn lines_are_read_as_they_are_needed() {
    type Row = (Policy<'static>, RequestField, &'static str, usize);
    let rows: [Row; 9] = [
        (LISTED, Origin, A, 2),
        (PUBLIC, Origin, A, 2),
        (LISTED, RequestMethod, "PUT", 2),
        (LISTED, RequestHeaders, "x-a", (1024 + 4 * 8) / 4 + 1),
        (LISTED, RequestHeaders, "x-z", 1),
        (LISTED, RequestHeaders, "", 17),
        (ANY, RequestHeaders, "x-z", 4096 / 4 + 1),
        (ANY, RequestHeaders, "(", 1),
        (ANY, RequestHeaders, "", 17),
    ];
    for (policy, repeated, value, expected) in rows {
        let read = Cell::new(0);
        let _ = policy.decide(b"OPTIONS", |field| {
            let (value, count) = match field {
                _ if field == repeated => (value, 1_000_000),
                Origin => (A, 1),
                RequestMethod => ("PUT", 1),
                _ => ("", 0),
            };
            let read = &read;
            (0..count).map(move |_| {
                read.set(read.get() + usize::from(field == repeated));
                value.as_bytes()
            })
        });
        assert_eq!(read.get(), expected, "{policy:?} {repeated:?} {value:?}");
    }
}

#[test]
fn requested_headers_are_bounded_by_the_policy() {
    /// `most` is the total of the lines, each with one byte more for its end.
    fn allows_up_to(policy: &Policy<'_>, most: usize) {
        let padded = |length: usize| format!("{:length$}", "x-a");
        let too_long = Some(Denial::RequestHeadersTooLong);
        assert_eq!(preflight(policy, &[padded(most - 1)]).denial(), None);
        assert_eq!(preflight(policy, &[padded(most)]).denial(), too_long);
        let two = |more| [padded(most / 2), padded(most - most / 2 - 2 + more)];
        assert_eq!(preflight(policy, &two(0)).denial(), None);
        assert_eq!(preflight(policy, &two(1)).denial(), too_long);
    }
    allows_up_to(&ANY, 4096);
    allows_up_to(&ANY.request_headers("x-a"), 4096);
    allows_up_to(&LISTED, 1024 + 4 * "x-a, x-b".len());
    allows_up_to(
        &LISTED.request_headers("x-a,x-b"),
        1024 + 4 * "x-a,x-b".len(),
    );
    let names: Vec<_> = (0..3000).map(|number| format!("x-{number}")).collect();
    let list = format!("x-a,{}", names.join(","));
    assert!(list.len() > 16 * 1024);
    allows_up_to(&LISTED.request_headers(&list), 65_535);
}

/// However many are listed, wherever in the list, and nothing that is like them.
#[test]
fn methods_are_found_in_lists_of_every_length() {
    for size in 1..=20 {
        let methods: Vec<_> = (0..size).map(|number| format!("M{number}")).collect();
        let list = methods.join(", ");
        let policy = LISTED.methods(&list);
        let denial = |method: &str| {
            let asked = [(Origin, A), (RequestMethod, method)];
            decide(&policy, "OPTIONS", &asked).denial()
        };
        for method in &methods {
            assert_eq!(denial(method), None, "{method} of {size}");
            for unlisted in [&method.to_lowercase(), &format!("{method}x"), &method[1..]] {
                let expected = Some(Denial::MethodNotAllowed);
                assert_eq!(denial(unlisted), expected, "{unlisted} of {size}");
            }
        }
    }
}

/// Names that are asked for in any order, again and again, in any case, padded and over several
/// lines, are found as in the order of the list; and the first that is not listed is named.
#[test]
fn names_are_found_in_any_order() {
    for size in [1, 2, 7, 8, 9, 30, 63, 64, 65, 66, 500, 512, 513, 3000] {
        // Some end like others, some begin like others, and of every length around eight.
        let name = |number: usize| match number % 4 {
            0 => format!("x-{number}"),
            1 => format!("{number}-name-of-a-header"),
            2 => format!("X-Header-With-Long-Name-{number}"),
            _ => format!("h{}{number}", "-".repeat(number % 9)),
        };
        let names: Vec<_> = (0..size).map(name).collect();
        let list = names.join(",\t ");
        let policy = LISTED.request_headers(&list);
        let at = |place: usize| names[place % size].clone();
        let orders: [Vec<String>; 7] = [
            names.clone(),
            names.iter().rev().cloned().collect(),
            (0..size).map(|_| at(size - 1)).collect(),
            (0..size).map(|number| at(number * 7 + size / 2)).collect(),
            (0..size)
                .rev()
                .map(|number| at(number).to_ascii_uppercase())
                .collect(),
            (0..size)
                .rev()
                .map(|number| format!(" {}\t", at(number)))
                .collect(),
            (0..size).map(|number| at(size - 1 - number / 2)).collect(),
        ];
        for asked in orders {
            assert_eq!(
                preflight(&policy, &[asked.join(",")]).denial(),
                None,
                "{size}"
            );
            let lines: Vec<_> = asked.chunks(5).map(|names| names.join(",")).collect();
            assert_eq!(preflight(&policy, &lines).denial(), None, "{size}");
            // One that is not listed, here and there; behind it stands another.
            for place in [0, 1, size / 2, size - 1] {
                for unlisted in [
                    format!("{}x", at(place)),
                    at(place)[1..].to_owned() + "\u{b}",
                ] {
                    let mut asked = asked.clone();
                    asked.insert(place.min(size), unlisted.clone());
                    asked.push("unlisted".to_owned());
                    let line = asked.join(",");
                    let start = asked[..place.min(size)]
                        .iter()
                        .map(|name| name.len() + 1)
                        .sum();
                    let short = |number: usize| u16::try_from(number).unwrap();
                    let expected = Denial::HeaderNotAllowed(Place {
                        line: 0,
                        start: short(start),
                        end: short(start + unlisted.len()),
                    });
                    let denial = preflight(&policy, &[line]).denial();
                    assert_eq!(denial, Some(expected), "{size} {unlisted:?}");
                }
            }
        }
        // Limits hold behind the first names as before them.
        let mut asked: Vec<_> = names.iter().rev().cloned().collect();
        asked.extend(vec![String::new(); 16]);
        assert_eq!(preflight(&policy, &[asked.join(",")]).denial(), None);
        asked.push(String::new());
        let denial = preflight(&policy, &[asked.join(",")]).denial();
        assert_eq!(denial, Some(Denial::TooManyEmptyElements));
    }
}

/// An error is told before the bound if it comes before it.
#[test]
fn requested_headers_are_read_in_order() {
    let long = " ".repeat(5000);
    let not_allowed = |start, end| {
        Denial::HeaderNotAllowed(Place {
            line: 0,
            start,
            end,
        })
    };
    let rows: [(&[&str], Denial); 4] = [
        (&["x-z", &long], not_allowed(0, 3)),
        (&[&long, "x-z"], Denial::RequestHeadersTooLong),
        (&[",,,,,,,,,,,,,,,,", "x-z"], Denial::TooManyEmptyElements),
        (&[",,,,x-z,,,,,,,,,,,,"], not_allowed(4, 7)),
    ];
    for (lines, denial) in rows {
        let decision = preflight(&LISTED, lines);
        assert_eq!(decision.denial(), Some(denial), "{lines:?}");
    }
}

#[test]
fn empty_elements_are_counted_over_all_lines() {
    let commas = |count| ",".repeat(count);
    let rows = [
        // n commas alone stand between n + 1 empty elements.
        (vec![commas(15)], true),
        (vec![commas(16)], false),
        (vec![commas(16) + "x-a"], true),
        (vec![commas(17) + "x-a"], false),
        (vec![format!("x-a{}x-b", commas(17))], true),
        (vec![format!("x-a{}x-b", commas(18))], false),
        (vec![String::new(); 16], true),
        (vec![String::new(); 17], false),
        (vec![" \t".to_owned(); 16], true),
        (vec![" \t".to_owned(); 17], false),
        (vec![commas(7), commas(7)], true),
        (vec![commas(7), commas(8)], false),
        (vec![", \t,".repeat(5), "x-a".to_owned()], true),
    ];
    for (lines, allowed) in rows {
        for policy in [LISTED, ANY.request_headers("x-a")] {
            let denial = preflight(&policy, &lines).denial();
            let expected = (!allowed).then_some(Denial::TooManyEmptyElements);
            assert_eq!(denial, expected, "{lines:?}");
        }
    }
}

/// Which name was not allowed, without what stands around it.
#[test]
fn denials_name_the_place() {
    type Denied = fn(Place) -> Denial;
    type Row<'r> = (&'r Policy<'r>, &'r [&'r str], Denied, u16, &'r str);
    const NOT_ALLOWED: Denied = Denial::HeaderNotAllowed;
    const NOT_A_TOKEN: Denied = Denial::HeaderNotAToken;
    let any_or_a = ANY.request_headers("x-a");
    let rows: [Row<'_>; 14] = [
        (&LISTED, &["x-z"], NOT_ALLOWED, 0, "x-z"),
        (&LISTED, &["x-a,x-z"], NOT_ALLOWED, 0, "x-z"),
        (&LISTED, &["x-z,x-a"], NOT_ALLOWED, 0, "x-z"),
        (&LISTED, &["x-a, \t x-zz\t "], NOT_ALLOWED, 0, "x-zz"),
        (&LISTED, &["\t,x-b ,, x-z ,x-y"], NOT_ALLOWED, 0, "x-z"),
        (&LISTED, &["x-a", "", "x-b,z"], NOT_ALLOWED, 2, "z"),
        (&LISTED, &["x-a x-b"], NOT_ALLOWED, 0, "x-a x-b"),
        (&LISTED, &["x-a\u{b}"], NOT_ALLOWED, 0, "x-a\u{b}"),
        (&LISTED, &["x-ab"], NOT_ALLOWED, 0, "x-ab"),
        (&LISTED, &["x-"], NOT_ALLOWED, 0, "x-"),
        (&LISTED, &["*"], NOT_ALLOWED, 0, "*"),
        (&ANY, &["x-z", "a,b:c"], NOT_A_TOKEN, 1, "b:c"),
        (&ANY, &["x-z, é"], NOT_A_TOKEN, 0, "é"),
        (
            &any_or_a,
            &["x-z,Authorization"],
            NOT_ALLOWED,
            0,
            "Authorization",
        ),
    ];
    for (policy, lines, denial, line, name) in rows {
        let start = lines[usize::from(line)].find(name).unwrap();
        let [start, end] = [start, start + name.len()].map(|at| u16::try_from(at).unwrap());
        let expected = Some(denial(Place { line, start, end }));
        assert_eq!(preflight(policy, lines).denial(), expected, "{lines:?}");
    }
}

/// In the order of the Fetch algorithm: origin, then method, then headers.
#[test]
fn the_first_step_that_fails_is_told() {
    use Denial::{MethodNotAllowed, OriginNotAllowed, SeveralMethods, SeveralOrigins};
    let headers = (RequestHeaders, "z");
    let rows: [(&[(RequestField, &str)], Denial); 9] = [
        (&[(Origin, EVIL), (M, "X"), headers], OriginNotAllowed),
        (&[(Origin, A), (Origin, A), (M, "X")], SeveralOrigins),
        (&[(Origin, A), (M, "X"), headers], MethodNotAllowed),
        (&[(Origin, A), (M, "")], MethodNotAllowed),
        (&[(Origin, A), (M, "PUT "), headers], MethodNotAllowed),
        (&[(Origin, A), (M, "PUT,X"), headers], MethodNotAllowed),
        (&[(Origin, A), (M, "PUT"), (M, "PUT")], SeveralMethods),
        (&[(Origin, A), (M, "GET"), (M, "")], SeveralMethods),
        (&[(Origin, ""), (M, "PUT")], OriginNotAllowed),
    ];
    for (request, denial) in rows {
        let decision = decide(&LISTED, "OPTIONS", request);
        assert_eq!(decision.denial(), Some(denial), "{request:?}");
        let is_origin = matches!(denial, OriginNotAllowed | SeveralOrigins);
        assert_eq!(edits_of(decision) == REMOVED, is_origin, "{request:?}");
        let Decision::Respond { status, body, .. } = decision else {
            panic!("{decision:?}");
        };
        let expected = match is_origin {
            true => Body::Empty,
            false => Body::PreflightNotAllowed,
        };
        assert_eq!((status, body), (403, expected));
    }
}

#[test]
fn any_method_means_a_token_of_at_most_64_bytes_that_scripts_can_use() {
    let longest = "M".repeat(64);
    let longer = "M".repeat(65);
    let rows = [
        ("PUT", true),
        ("patch", true),
        ("!#$%&'*+-.^_`|~09AZaz", true),
        (&longest, true),
        (&longer, false),
        ("", false),
        ("A B", false),
        ("A,B", false),
        ("É", false),
        ("CONNECT", false),
        ("trace", false),
        ("Track", false),
    ];
    for (method, allowed) in rows {
        let decision = decide(&ANY, "OPTIONS", &[(Origin, A), (M, method)]);
        let expected = (!allowed).then_some(Denial::MethodNotAllowed);
        assert_eq!(decision.denial(), expected, "{method}");
    }
}

/// Everything that a decision says, in the order of `ResponseField::ALL`.
fn edits_of(decision: Decision) -> Vec<(ResponseField, Edit)> {
    decision.edits().iter().collect()
}

/// These edits, and the removal of every other field of CORS, which others may have added.
fn nothing_but(edits: &[(ResponseField, Edit)]) -> Vec<(ResponseField, Edit)> {
    let edit_of = |field| {
        let found = edits.iter().find(|(edited, _)| *edited == field).copied();
        let is_of_cors = field.name().starts_with("access-control-");
        let removed = is_of_cors.then_some((field, Edit::Remove));
        found.or(removed)
    };
    ResponseField::ALL.into_iter().filter_map(edit_of).collect()
}

#[test]
fn answers_to_preflights_set_or_echo() {
    type Row<'r> = (Policy<'r>, &'r [&'r str], &'r [(ResponseField, Edit)]);
    use Edit::{Echo, Set};
    use ResponseField::{AllowCredentials, AllowHeaders, AllowMethods, AllowOrigin, MaxAge, Vary};
    let asked: &[&str] = &["x-a"];
    let not_asked: &[&str] = &[",", " "];
    let any_header = Policy::anonymous(A).any_request_header();
    #[rustfmt::skip]
    let rows: [Row<'_>; 7] = [
        (LISTED, asked,
            &[(AllowOrigin, Echo(Origin)), (AllowCredentials, Set), (AllowMethods, Set), (AllowHeaders, Set), (MaxAge, Set)]),
        (LISTED, not_asked,
            &[(AllowOrigin, Echo(Origin)), (AllowCredentials, Set), (AllowMethods, Set), (MaxAge, Set)]),
        (ANY, asked,
            &[(AllowOrigin, Echo(Origin)), (AllowMethods, Echo(RequestMethod)), (AllowHeaders, Echo(RequestHeaders))]),
        (ANY, not_asked,
            &[(AllowOrigin, Echo(Origin)), (AllowMethods, Echo(RequestMethod))]),
        (any_header.methods("PUT"), asked,
            &[(AllowOrigin, Echo(Origin)), (AllowMethods, Set), (AllowHeaders, Echo(RequestHeaders))]),
        (PUBLIC.methods("PUT").expose_all(), not_asked,
            &[(AllowOrigin, Set), (AllowMethods, Set)]),
        (PUBLIC.methods("PUT").vary_on_preflight(), &[],
            &[(AllowOrigin, Set), (AllowMethods, Set), (Vary, Set)]),
    ];
    for (policy, lines, expected) in rows {
        let decision = preflight(&policy, lines);
        assert_eq!(
            edits_of(decision),
            nothing_but(expected),
            "{policy:?} {lines:?}"
        );
        let Decision::Respond { status, body, .. } = decision else {
            panic!("{decision:?}");
        };
        assert_eq!((status, body), (204, Body::Empty));
    }
}

/// A method that needs no permission is still what the answer names under `any_method`.
#[test]
fn any_method_echoes_safelisted_methods_too() {
    for method in ["GET", "HEAD", "POST"] {
        let decision = decide(&ANY, "OPTIONS", &[(Origin, A), (M, method)]);
        let edit = decision.edits().of(ResponseField::AllowMethods);
        assert_eq!(edit, Some(Edit::Echo(RequestMethod)));
    }
}

const REMOVED: [(ResponseField, Edit); 6] = [
    (ResponseField::AllowOrigin, Edit::Remove),
    (ResponseField::AllowCredentials, Edit::Remove),
    (ResponseField::AllowMethods, Edit::Remove),
    (ResponseField::AllowHeaders, Edit::Remove),
    (ResponseField::ExposeHeaders, Edit::Remove),
    (ResponseField::MaxAge, Edit::Remove),
];
const VARY: (ResponseField, Edit) = (ResponseField::Vary, Edit::AppendVary);

#[test]
fn edits_of_actual_responses() {
    use Edit::{Append, Echo, Remove, Set};
    use ResponseField::{
        AllowCredentials, AllowHeaders, AllowMethods, AllowOrigin, ExposeHeaders, MaxAge,
    };
    let from_a: &[(RequestField, &str)] = &[(Origin, A)];
    let listed = [
        (AllowOrigin, Echo(Origin)),
        (AllowCredentials, Set),
        (AllowMethods, Remove),
        (AllowHeaders, Remove),
        (ExposeHeaders, Append),
        (MaxAge, Remove),
    ];
    let any = [
        (AllowOrigin, Echo(Origin)),
        (AllowCredentials, Remove),
        (AllowMethods, Remove),
        (AllowHeaders, Remove),
        (MaxAge, Remove),
    ];
    let public = [(AllowOrigin, Set)]
        .into_iter()
        .chain(any.into_iter().skip(1));
    let public: Vec<_> = public.collect();
    let with_vary = |edits: &[_]| [edits, &[VARY]].concat();
    let rows = [
        (LISTED, "GET", from_a, with_vary(&listed)),
        (LISTED, "OPTIONS", from_a, listed.to_vec()),
        (LISTED, "GET", &[], with_vary(&REMOVED)),
        (LISTED, "OPTIONS", &[], REMOVED.to_vec()),
        (ANY, "PUT", from_a, with_vary(&any)),
        (PUBLIC, "GET", from_a, public.clone()),
        (PUBLIC, "GET", &[], public),
    ];
    for (policy, method, request, expected) in rows {
        // Preflights only.
        let policy = policy.vary_on_preflight();
        let decision = decide(&policy, method, request);
        assert!(
            matches!(decision, Decision::Forward(_)),
            "{method} {request:?}"
        );
        assert_eq!(edits_of(decision), expected, "{method} {request:?}");
        for (field, edit) in expected {
            assert_eq!(decision.edits().of(field), Some(edit));
        }
    }
}

/// Refused, or forwarded without a word about CORS; a log can tell why.
#[test]
fn denied_requests_are_refused_or_forwarded() {
    for (method, vary) in [("GET", Some(VARY)), ("OPTIONS", None)] {
        for (origins, denial) in [
            (&[(Origin, EVIL)][..], Denial::OriginNotAllowed),
            (&[(Origin, A), (Origin, A)], Denial::SeveralOrigins),
        ] {
            let refused = decide(&LISTED, method, origins);
            let expected: Vec<_> = REMOVED.into_iter().chain(vary).collect();
            assert_eq!(edits_of(refused), expected);
            assert_eq!(refused.denial(), Some(denial));
            let Decision::Respond { status, body, .. } = refused else {
                panic!("{refused:?}");
            };
            assert_eq!((status, body), (403, Body::OriginNotAllowed));

            let forwarded = decide(&LISTED.forward_denied(), method, origins);
            assert_eq!(edits_of(forwarded), expected);
            assert_eq!(forwarded.denial(), Some(denial));
            assert!(matches!(forwarded, Decision::Forward(_)));
        }
    }
    let preflight = [(Origin, EVIL), (M, "PUT")];
    let decision = decide(&LISTED.forward_denied(), "OPTIONS", &preflight);
    assert!(matches!(decision, Decision::Respond { status: 403, .. }));
}

/// Not a question of sharing, or not of another origin: no denial either, whatever the policy does
/// with denied requests.
#[test]
fn exemptions() {
    let rows: [(&[(RequestField, &str)], bool); 36] = [
        (&[(Site, "same-origin")], true),
        (&[(Site, "same-origin"), (Mode, "cors")], true),
        (&[(Site, "same-site")], false),
        (&[(Site, "none")], true),
        (&[(Site, "none"), (Mode, "cors")], true),
        (&[(Site, "cross-site"), (Mode, "same-origin")], true),
        (&[(Site, "Same-Origin")], false),
        (&[(Site, "same-origin"), (Site, "same-origin")], false),
        (&[(Mode, "navigate")], true),
        (&[(Mode, "no-cors"), (Site, "cross-site")], true),
        (&[(Mode, "")], false),
        (&[(Mode, "webtransport")], false),
        (&[(Mode, "nested-navigate")], false),
        (&[(Mode, "NAVIGATE")], false),
        (&[(Mode, "webtransport"), (Host, "evil.example")], false),
        // What a server does not know counts as if it were not there.
        (&[(Mode, "x"), (Host, "evil.example")], true),
        (&[(Site, "x"), (Host, "evil.example")], true),
        (
            &[(Site, "x"), (Mode, "cors"), (Host, "evil.example")],
            false,
        ),
        (
            &[(Mode, "x"), (Site, "same-site"), (Host, "evil.example")],
            false,
        ),
        (
            &[(Mode, "navigate"), (Mode, "cors"), (Host, "evil.example")],
            true,
        ),
        (&[(Mode, "cors")], false),
        (&[(Mode, "websocket")], false),
        (&[(Mode, "navigate"), (Mode, "navigate")], false),
        (&[(Site, "x"), (Site, "x"), (Mode, "navigate")], true),
        (&[(Host, "evil.example")], true),
        (&[(Host, "EVIL.example")], true),
        (&[(Host, "evil.example:443")], true),
        (&[(Host, "evil.example:80")], false),
        (&[(Host, "evil.example:")], false),
        (&[(Host, "evil.example443")], false),
        (&[(Host, "evil.exampl")], false),
        (&[(Host, "evil.example"), (Host, "evil.example")], false),
        (&[(Host, "")], false),
        (&[(Host, "evil.example"), (Site, "same-site")], false),
        (&[(Host, "evil.example"), (Mode, "cors")], false),
        (&[], false),
    ];
    for (lines, exempt) in rows {
        for policy in [LISTED, LISTED.forward_denied()] {
            let request: Vec<_> = [&[(Origin, EVIL)], lines].concat();
            let decision = decide(&policy, "POST", &request);
            assert_eq!(decision.denial().is_none(), exempt, "{lines:?}");
            if exempt {
                assert!(matches!(decision, Decision::Forward(_)));
                assert_eq!(edits_of(decision), [&REMOVED[..], &[VARY]].concat());
            }
        }
    }
    // The default port of the origin's scheme, which browsers leave out.
    for (origin, host, exempt) in [
        ("http://shop.example", "shop.example:80", true),
        ("http://shop.example", "shop.example:443", false),
        ("http://shop.example:80", "shop.example", true),
        ("http://shop.example:8080", "shop.example:8080", true),
        ("http://shop.example:8080", "shop.example:80", false),
        ("http://[::1]", "[::1]:80", true),
        ("tauri://shop.example", "shop.example:80", false),
    ] {
        let decision = decide(&LISTED, "POST", &[(Origin, origin), (Host, host)]);
        assert_eq!(decision.denial().is_none(), exempt, "{origin} {host}");
    }
    // An origin that is none has no host; two have no one host.
    let long = "a".repeat(400);
    for (origins, host) in [
        (&[format!("https://{long}").as_str()][..], long.as_str()),
        (&["null"], "null"),
        (&["evil.example"], "evil.example"),
        (&[EVIL, EVIL], "evil.example"),
    ] {
        let origins = origins.iter().map(|&origin| (Origin, origin));
        let request: Vec<_> = origins.chain([(Host, host)]).collect();
        assert!(
            decide(&LISTED, "POST", &request).denial().is_some(),
            "{request:?}"
        );
    }
}

/// The server's own origins, however a literal separates them.
#[test]
fn own_origins() {
    for list in [
        "https://evil.example http://b.example",
        "http://b.example,https://evil.example",
        " https://evil.example , http://b.example",
    ] {
        let policy = LISTED.own_origins(list);
        for (origin, is_own) in [
            (EVIL, true),
            ("http://b.example", true),
            ("https://b.example", false),
            ("", false),
            (list, false),
        ] {
            let decision = decide(&policy, "POST", &[(Origin, origin), (Mode, "cors")]);
            assert_eq!(decision.denial().is_none(), is_own, "{list} {origin}");
        }
    }
}

/// A mebibyte of each byte in every field: refused as shorter nonsense is, without a panic.
#[test]
fn hostile_bytes_are_refused() {
    const SUBDOMAINS: Policy<'_> = Policy::anonymous("https://*.a.example:* http://localhost:*")
        .dangerously_allow_null_origin();
    let policies = [LISTED, ANY, PUBLIC, LISTED.forward_denied(), SUBDOMAINS];
    for byte in 0..=255 {
        let text = vec![byte; 1 << 20];
        for policy in policies {
            for field in RequestField::ALL {
                let lines = |asked| {
                    let line: Option<&[u8]> = match asked {
                        _ if asked == field => Some(&text),
                        Origin if matches!(field, Host | Mode | Site) => Some(EVIL.as_bytes()),
                        Origin => Some(A.as_bytes()),
                        RequestMethod => Some(b"PUT"),
                        _ => None,
                    };
                    line.into_iter()
                };
                let preflight = policy.decide(b"OPTIONS", lines);
                let is_public = policy.allows_origin(EVIL.as_bytes());
                let denied = matches!(field, RequestMethod | RequestHeaders)
                    || !is_public && field == Origin;
                if denied {
                    let refused = matches!(preflight, Decision::Respond { status: 403, .. });
                    assert!(refused, "{byte} {field:?} {policy:?}");
                }
                let actual = policy.decide(&text, lines);
                assert!(
                    field != Origin || is_public || actual.denial().is_some(),
                    "{byte} {policy:?}"
                );
            }
        }
    }
}
