//! In memory of a fixed size a policy is whole and a response has all its headers, or there is an
//! error.

use cors_core::heapless::{HeaderList, HeaderListError, OwnedPolicy, Settings};
use cors_core::{Decision, Policy, PolicyErrorKind, RequestField, ResponseField, ResponseHeaders};

/// A header line.
type Line<'v> = (&'v str, &'v [u8]);

/// What a list is compared with: it has room for everything.
#[derive(Default)]
struct Roomy<'v> {
    lines: Vec<Line<'v>>,
    /// So many were there at a time.
    most: usize,
}

impl<'v> Roomy<'v> {
    fn push(&mut self, line: Line<'v>) {
        self.lines.push(line);
        self.most = self.most.max(self.lines.len());
    }
}

impl<'v> Extend<Line<'v>> for Roomy<'v> {
    fn extend<I: IntoIterator<Item = Line<'v>>>(&mut self, lines: I) {
        lines.into_iter().for_each(|line| self.push(line));
    }
}

impl<'v> ResponseHeaders for Roomy<'v> {
    type Value = &'v [u8];

    fn value(text: &'static str) -> &'v [u8] {
        text.as_bytes()
    }

    fn names(&self, mut tell: impl FnMut(&str)) {
        self.lines.iter().for_each(|(name, _)| tell(name));
    }

    fn vary(&self, mut tell: impl FnMut(&[u8])) {
        for (name, value) in &self.lines {
            if name.eq_ignore_ascii_case("vary") {
                tell(value);
            }
        }
    }

    fn append(&mut self, field: ResponseField, value: &'v [u8]) {
        self.push((field.name(), value));
    }

    fn retain(&mut self, keep: impl Fn(&str) -> bool) {
        let lines = std::mem::take(&mut self.lines);
        self.lines = lines.into_iter().filter(|(name, _)| keep(name)).collect();
    }
}

#[derive(Clone, Copy, Debug)]
struct Exchange<'v> {
    policy: &'v Policy<'v>,
    request: &'v [(RequestField, &'v str)],
    /// The headers of the handler, if it is called.
    handler: &'v [(&'v str, &'v str)],
}

impl<'v> Exchange<'v> {
    fn lines(self, field: RequestField) -> impl Iterator<Item = &'v [u8]> {
        let lines = self.request.iter().filter(move |(name, _)| *name == field);
        lines.map(|(_, value)| value.as_bytes())
    }

    fn answer<H>(self) -> H
    where
        H: Default + Extend<Line<'v>> + ResponseHeaders<Value = &'v [u8]>,
    {
        let method = match self.lines(RequestField::RequestMethod).next() {
            Some(_) => "OPTIONS",
            None => "GET",
        };
        let decision = self
            .policy
            .decide(method.as_bytes(), |field| self.lines(field));
        let mut headers = H::default();
        if let Decision::Forward(_) = decision {
            let lines = self.handler.iter();
            headers.extend(lines.map(|&(name, value)| (name, value.as_bytes())));
        }
        let text = |field| self.policy.text(field).as_bytes();
        let echoed = |field| self.lines(field);
        decision.edits().apply(&mut headers, text, echoed);
        headers
    }

    /// A list of this size holds everything, or tells so.
    fn fits_or_fails<const N: usize>(self) {
        let Roomy {
            lines: all,
            most: needed,
        } = self.answer();
        let list: HeaderList<'_, N> = self.answer();
        match list.headers() {
            Ok(headers) => {
                assert!(N >= needed, "{N}: {self:?}");
                assert_eq!(headers, all, "{N}: {self:?}");
            }
            Err(error) => {
                assert!(N < needed, "{N}: {self:?}");
                let (room, count) = numbers(error);
                assert_eq!(room, N);
                // A list with so much room would do.
                assert!(count >= needed, "{error}: {self:?}");
                assert!(count <= self.handler.len() + all.len() + 1, "{error}");
            }
        }
    }

    fn in_every_size(self) {
        self.fits_or_fails::<0>();
        self.fits_or_fails::<1>();
        self.fits_or_fails::<2>();
        self.fits_or_fails::<3>();
        self.fits_or_fails::<4>();
        self.fits_or_fails::<5>();
        self.fits_or_fails::<6>();
        self.fits_or_fails::<7>();
        self.fits_or_fails::<8>();
        self.fits_or_fails::<9>();
        self.fits_or_fails::<10>();
        self.fits_or_fails::<11>();
        self.fits_or_fails::<12>();
        self.fits_or_fails::<16>();
    }
}

/// "the list has room for 2 headers, and the response has 3".
fn numbers(error: HeaderListError) -> (usize, usize) {
    let text = error.to_string();
    let text = text.strip_prefix("the list has room for ").unwrap();
    let (room, count) = text.split_once(" headers, and the response has ").unwrap();
    (room.parse().unwrap(), count.parse().unwrap())
}

const APP: &str = "https://app.example.com";

static LISTED: Policy<'_> = Policy::credentialed(APP)
    .methods("PUT")
    .request_headers("x-a, x-b")
    .expose_headers("x-id")
    .max_age(600)
    .vary_on_preflight();
static ANY: Policy<'_> = Policy::anonymous(APP)
    .any_method()
    .any_request_header()
    .max_age(5);
static PUBLIC: Policy<'_> = Policy::public().expose_all();
static FORWARDED: Policy<'_> = Policy::anonymous(APP).forward_denied();
static EXPLAINED: Policy<'_> = Policy::credentialed(APP).methods("PUT").debug();

const ORIGIN: (RequestField, &str) = (RequestField::Origin, APP);
const EVIL: (RequestField, &str) = (RequestField::Origin, "https://evil.example");
const PUT: (RequestField, &str) = (RequestField::RequestMethod, "PUT");
const A: (RequestField, &str) = (RequestField::RequestHeaders, "x-a");
const B: (RequestField, &str) = (RequestField::RequestHeaders, "x-b");

#[test]
fn a_list_has_all_headers_or_none() {
    type Row<'v> = (
        &'v Policy<'v>,
        &'v [(RequestField, &'v str)],
        &'v [(&'v str, &'v str)],
        &'v [(&'v str, &'v str)],
    );
    #[rustfmt::skip]
    let rows: [Row<'_>; 11] = [
        // Actual requests.
        (&LISTED, &[ORIGIN], &[("etag", "origin"), ("Vary", "accept")], &[
            ("etag", "origin"), ("Vary", "accept"), ("access-control-allow-origin", APP),
            ("access-control-allow-credentials", "true"),
            ("access-control-expose-headers", "x-id"), ("vary", "Origin"),
        ]),
        (&LISTED, &[ORIGIN], &[("VARY", "accept"), ("vAry", "x, origin ,y"), ("vary", "z")], &[
            ("VARY", "accept"), ("vAry", "x, origin ,y"), ("vary", "z"),
            ("access-control-allow-origin", APP), ("access-control-allow-credentials", "true"),
            ("access-control-expose-headers", "x-id"),
        ]),
        (&PUBLIC, &[ORIGIN], &[("age", "1")], &[
            ("age", "1"), ("access-control-allow-origin", "*"),
            ("access-control-expose-headers", "*"),
        ]),
        (&LISTED, &[], &[], &[("vary", "Origin")]),
        // What a handler says about CORS is taken back: more lines than are left.
        (&LISTED, &[], &[
            ("Access-Control-Allow-Origin", "*"), ("ACCESS-CONTROL-ALLOW-METHODS", "PUT"),
            ("access-control-max-age", "5"), ("Access-Control-Allow-Private-Network", "true"),
            ("age", "1"),
        ], &[("age", "1"), ("vary", "Origin")]),
        (&FORWARDED, &[EVIL], &[("Access-Control-Allow-Origin", "*"), ("age", "1")], &[
            ("age", "1"), ("vary", "Origin"),
        ]),
        // Refusals.
        (&LISTED, &[EVIL], &[("age", "1")], &[("vary", "Origin")]),
        (&EXPLAINED, &[EVIL, PUT], &[("age", "1")], &[]),
        // Preflights.
        (&LISTED, &[ORIGIN, PUT, A], &[("age", "1")], &[
            ("access-control-allow-origin", APP), ("access-control-allow-credentials", "true"),
            ("access-control-allow-methods", "PUT"), ("access-control-allow-headers", "x-a, x-b"),
            ("access-control-max-age", "600"),
            ("vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"),
        ]),
        (&ANY, &[ORIGIN, PUT, A, B, A], &[], &[
            ("access-control-allow-origin", APP), ("access-control-allow-methods", "PUT"),
            ("access-control-allow-headers", "x-a"), ("access-control-allow-headers", "x-b"),
            ("access-control-allow-headers", "x-a"), ("access-control-max-age", "5"),
        ]),
        (&EXPLAINED, &[ORIGIN, PUT, A], &[], &[
            ("access-control-allow-origin", APP), ("access-control-allow-credentials", "true"),
            ("access-control-allow-methods", "PUT"),
        ]),
    ];
    for (policy, request, handler, expected) in rows {
        let exchange = Exchange {
            policy,
            request,
            handler,
        };
        let expected: Vec<_> = expected
            .iter()
            .map(|&(name, value)| (name, value.as_bytes()))
            .collect();
        assert_eq!(
            exchange.answer::<Roomy<'_>>().lines,
            expected,
            "{exchange:?}"
        );
        exchange.in_every_size();
    }
}

/// A line that found no room is missing for good, however much room there is later.
#[test]
fn what_is_removed_brings_nothing_back() {
    let mut headers = HeaderList::<1>::new();
    headers.push("access-control-max-age", b"5");
    headers.push("etag", b"1");
    headers.retain(|_| false);
    let error = headers.headers().unwrap_err();
    assert_eq!(numbers(error), (1, 2));
    headers.append(ResponseField::Vary, b"Origin");
    assert_eq!(headers.headers(), Err(error));
    assert_eq!(headers.clone().headers(), Err(error));

    headers.append(ResponseField::Vary, b"Origin");
    assert_eq!(numbers(headers.headers().unwrap_err()), (1, 3));
}

/// Room that is free again is used.
#[test]
fn what_is_removed_leaves_room() {
    let mut headers = HeaderList::<2>::new();
    headers.push("access-control-max-age", b"5");
    headers.push("Age", b"1");
    headers.retain(|name| name == "Age");
    headers.append(ResponseField::Vary, b"Origin");
    let expected: [Line<'_>; 2] = [("Age", b"1"), ("vary", b"Origin")];
    assert_eq!(headers.headers().unwrap(), expected);
}

#[test]
fn a_list_is_collected_and_extended() {
    let lines: [Line<'_>; 3] = [("age", b"1"), ("age", b"\xff"), ("", b"")];
    let mut headers = HeaderList::<3>::from_iter(lines);
    assert_eq!(headers.headers().unwrap(), lines);
    headers.extend([]);
    assert_eq!(headers.headers().unwrap(), lines);
    headers.extend(lines);
    assert_eq!(numbers(headers.headers().unwrap_err()), (3, 6));
    let small: HeaderList<'_, 2> = lines.into_iter().collect();
    assert_eq!(numbers(small.headers().unwrap_err()), (2, 3));
    assert!(HeaderList::<0>::default().headers().unwrap().is_empty());
}

/// Numbers that look random and are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }

    fn some<T: Copy>(&mut self, most: usize, all: &[T]) -> Vec<T> {
        let count = self.below(most + 1);
        (0..count).map(|_| all[self.below(all.len())]).collect()
    }
}

#[test]
fn of_random_exchanges_a_list_is_what_a_vector_is() {
    let policies = [&LISTED, &ANY, &PUBLIC, &FORWARDED, &EXPLAINED];
    let handlers = [
        ("age", "1"),
        ("etag", "origin"),
        ("Vary", "accept"),
        ("vary", "x-origin"),
        ("VARY", "Origin"),
        ("vary", "*"),
        ("Access-Control-Allow-Origin", "*"),
        ("access-control-allow-credentials", "true"),
        ("ACCESS-CONTROL-EXPOSE-HEADERS", "x-handler"),
        ("access-control-unknown", "1"),
    ];
    let mut numbers = Numbers(1);
    for _ in 0..20_000 {
        let policy = policies[numbers.below(policies.len())];
        let mut request = numbers.some(1, &[ORIGIN, ORIGIN, EVIL]);
        request.extend(numbers.some(1, &[PUT]));
        request.extend(numbers.some(6, &[A, B]));
        let handler = numbers.some(9, &handlers);
        let exchange = Exchange {
            policy,
            request: &request,
            handler: &handler,
        };
        exchange.in_every_size();
    }
}

fn build<const TEXT: usize, const SLOTS: usize>(origins: usize) -> Result<(), PolicyErrorKind> {
    let origins = (0..origins).map(|n| format!("https://{n}.example"));
    let policy: Result<OwnedPolicy<TEXT, SLOTS>, _> =
        Settings::new().origins(origins).build_in([0; SLOTS]);
    match policy {
        Ok(policy) => {
            assert!(policy.allows_origin(b"https://0.example"));
            assert!(!policy.allows_origin(b"https://0.example.com"));
            Ok(())
        }
        Err(errors) => {
            assert_eq!(errors.count(), 1, "{errors}");
            Err(errors.iter().next().unwrap().kind())
        }
    }
}

/// Texts of 17 bytes with one between them; from nine origins on, slots.
#[test]
fn a_policy_needs_room_for_its_texts_and_slots() {
    const TEXT: PolicyErrorKind = PolicyErrorKind::Storage;
    const SLOTS: PolicyErrorKind = PolicyErrorKind::IndexLength;
    assert_eq!(TEXT.code(), "CORS-E40");
    assert_eq!(build::<0, 0>(1), Err(TEXT));
    assert_eq!(build::<16, 0>(1), Err(TEXT));
    assert_eq!(build::<17, 0>(1), Ok(()));
    assert_eq!(build::<17, 0>(2), Err(TEXT));
    assert_eq!(build::<34, 64>(2), Err(TEXT));
    assert_eq!(build::<35, 0>(2), Ok(()));
    assert_eq!(build::<142, 0>(8), Err(TEXT));
    assert_eq!(build::<143, 0>(8), Ok(()));

    assert_eq!(build::<161, 21>(9), Err(SLOTS));
    assert_eq!(build::<161, 22>(9), Ok(()));
    assert_eq!(build::<256, 0>(9), Err(SLOTS));
    assert_eq!(build::<160, 22>(9), Err(TEXT));
}
