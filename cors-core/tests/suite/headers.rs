//! What becomes of a response's headers.

use cors_core::{Decision, Policy, RequestField, ResponseField, ResponseHeaders};

/// Names and values, in order.
#[derive(Debug, PartialEq)]
struct Headers(Vec<(String, String)>);

impl Headers {
    fn of(lines: &[(&str, &str)]) -> Self {
        let line = |&(name, value): &(&str, &str)| (name.to_owned(), value.to_owned());
        Self(lines.iter().map(line).collect())
    }
}

impl ResponseHeaders for Headers {
    type Value = String;

    fn value(text: &'static str) -> String {
        text.into()
    }

    fn names(&self, mut tell: impl FnMut(&str)) {
        self.0.iter().for_each(|(name, _)| tell(name));
    }

    fn vary(&self, mut tell: impl FnMut(&[u8])) {
        let lines = self
            .0
            .iter()
            .filter(|(name, _)| name.eq_ignore_ascii_case("vary"));
        lines.for_each(|(_, value)| tell(value.as_bytes()));
    }

    fn append(&mut self, field: ResponseField, value: String) {
        self.0.push((field.name().into(), value));
    }

    fn retain(&mut self, keep: impl Fn(&str) -> bool) {
        self.0.retain(|(name, _)| keep(name));
    }
}

const APP: &str = "https://app.example.com";
const CREDENTIALED: Policy<'_> = Policy::credentialed(APP).expose_headers("x-id");

/// The response that a policy makes of a handler's, or of none.
fn edited(
    policy: &Policy<'_>,
    request: &[(RequestField, &str)],
    handler: &[(&str, &str)],
) -> Headers {
    let values = |field| {
        let lines = request.iter().filter(move |(name, _)| *name == field);
        lines.map(|(_, value)| *value)
    };
    let is_preflight = values(RequestField::RequestMethod).next().is_some();
    let method: &[u8] = if is_preflight { b"OPTIONS" } else { b"GET" };
    let decision = policy.decide(method, |field| values(field).map(str::as_bytes));
    let mut headers = Headers::of(match decision {
        Decision::Forward(_) => handler,
        Decision::Respond { .. } => &[],
    });
    let text = |field| policy.text(field).to_owned();
    let echoed = |field| values(field).map(str::to_owned).collect::<Vec<_>>();
    decision.edits().apply(&mut headers, text, echoed);
    headers
}

#[test]
fn origin_stands_in_vary_once() {
    type Row<'r> = (&'r [&'r str], bool);
    let rows: [Row<'_>; 19] = [
        (&[], true),
        (&[""], true),
        (&[",, ,\t"], true),
        (&["Origin"], false),
        (&["oRIGIN"], false),
        (&["accept , \torigin\t,"], false),
        (&["accept", "origin"], false),
        (&["accept", "cookie"], true),
        // Members, not parts of members.
        (&["x-origin"], true),
        (&["origins"], true),
        (&["orig, in"], true),
        (&["accept origin"], true),
        (&["\"origin\""], true),
        (&["origin\x0b"], true),
        (&["orig", "in"], true),
        (&["*"], false),
        (&["accept, *"], false),
        (&["accept", " * "], false),
        (&["**"], true),
    ];
    for (lines, is_added) in rows {
        let mut expected: Vec<_> = lines.iter().map(|&line| ("Vary", line)).collect();
        let headers = edited(&CREDENTIALED, &[], &expected);
        if is_added {
            expected.push(("vary", "Origin"));
        }
        assert_eq!(headers, Headers::of(&expected), "{lines:?}");
    }
}

/// Everything that a handler says in `Access-Control-*`, known or not, in whatever case.
#[test]
fn what_a_handler_said_is_taken_back() {
    let handler = [
        ("content-type", "text/plain"),
        ("Access-Control-Allow-Origin", "*"),
        ("access-control-allow-credentials", "true"),
        ("ACCESS-CONTROL-ALLOW-METHODS", "PUT"),
        ("access-control-allow-headers", "x-a"),
        ("access-control-expose-headers", "x-handler"),
        ("access-control-max-age", "5"),
        ("Access-Control-Allow-Private-Network", "true"),
        ("access-control-request-method", "PUT"),
        ("access-control-", ""),
        ("access-control", "stays: it is no header of CORS"),
        ("access-control_allow-origin", "stays"),
        ("vary", "accept"),
        ("access-control-allow-origin", "https://evil.example"),
    ];
    let stays = [
        ("content-type", "text/plain"),
        ("access-control", "stays: it is no header of CORS"),
        ("access-control_allow-origin", "stays"),
        ("vary", "accept"),
    ];
    let refused = edited(&CREDENTIALED, &[], &handler);
    let vary = ("vary", "Origin");
    assert_eq!(refused, Headers::of(&[stays.as_slice(), &[vary]].concat()));

    let allowed = edited(&CREDENTIALED, &[(RequestField::Origin, APP)], &handler);
    let expected = [
        ("content-type", "text/plain"),
        ("access-control-expose-headers", "x-handler"),
        ("access-control", "stays: it is no header of CORS"),
        ("access-control_allow-origin", "stays"),
        ("vary", "accept"),
        ("access-control-allow-origin", APP),
        ("access-control-allow-credentials", "true"),
        ("access-control-expose-headers", "x-id"),
        vary,
    ];
    assert_eq!(allowed, Headers::of(&expected));
}

/// A response that says nothing about CORS is not searched for what to remove.
#[test]
fn nothing_is_removed_where_nothing_is() {
    struct Plain;
    impl ResponseHeaders for Plain {
        type Value = ();
        fn value(_: &'static str) {}
        fn names(&self, mut tell: impl FnMut(&str)) {
            for name in ["accept-ranges", "vary", "age", "", "via"] {
                tell(name);
            }
        }
        fn vary(&self, mut tell: impl FnMut(&[u8])) {
            tell(b"origin");
        }
        fn append(&mut self, field: ResponseField, (): ()) {
            assert_ne!(field, ResponseField::Vary);
        }
        fn retain(&mut self, _: impl Fn(&str) -> bool) {
            panic!("nothing is there to be removed");
        }
    }
    let origin = |field| (field == RequestField::Origin).then_some(APP.as_bytes());
    let decision = CREDENTIALED.decide(b"GET", |field| origin(field).into_iter());
    decision.edits().apply(&mut Plain, |_| (), |_| [()]);
}

/// All lines of it, in order, and no other.
#[test]
fn what_is_echoed_is_repeated_line_by_line() {
    const ANY: Policy<'_> = Policy::anonymous(APP)
        .any_method()
        .any_request_header()
        .vary_on_preflight();
    let request = [
        (RequestField::Origin, APP),
        (RequestField::RequestMethod, "PURGE"),
        (RequestField::RequestHeaders, "x-b, x-a"),
        (RequestField::RequestHeaders, ""),
        (RequestField::RequestHeaders, "x-c"),
    ];
    let expected = [
        ("access-control-allow-origin", APP),
        ("access-control-allow-methods", "PURGE"),
        ("access-control-allow-headers", "x-b, x-a"),
        ("access-control-allow-headers", ""),
        ("access-control-allow-headers", "x-c"),
        (
            "vary",
            "Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
        ),
    ];
    assert_eq!(edited(&ANY, &request, &[]), Headers::of(&expected));
}
