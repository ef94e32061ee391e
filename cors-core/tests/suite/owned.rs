//! A policy with texts of its own is the policy that its literal would be.

use std::fmt;

use cors_core::{
    Decision, OriginIndex, OriginSet, OwnedPolicy, Policy, PolicyErrorKind, RequestField,
    ResponseField, Settings,
};

/// The entries of a list, and the text that a literal policy has for them.
type List = (&'static [&'static str], &'static str);

const NINE: List = (
    &[
        "https://a.example",
        "https://b.example:8443",
        "https://*.c.example",
        "https://*.d.example:*",
        "http://localhost:*",
        "http://127.0.0.1:8080",
        "app://-",
        "https://*.e.example:1",
        "https://f.example",
    ],
    "https://a.example https://b.example:8443 https://*.c.example https://*.d.example:* \
     http://localhost:* http://127.0.0.1:8080 app://- https://*.e.example:1 https://f.example",
);

/// One of each shape; only the last is long enough for an index.
const ORIGINS: [List; 5] = [
    (&["https://a.example"], "https://a.example"),
    (&["https://*.a.example"], "https://*.a.example"),
    (
        &["https://a.example", "https://b.example"],
        "https://a.example https://b.example",
    ),
    (
        &["https://*.a.example", "http://localhost:*"],
        "https://*.a.example http://localhost:*",
    ),
    NINE,
];
const METHODS: [List; 4] = [
    (&[], ""),
    (&["put", "PATCH"], "PUT, PATCH"),
    (&["*"], ""),
    (&["PATCH", "*"], "PATCH"),
];
const REQUEST_HEADERS: [List; 4] = [
    (&[], ""),
    (&["x-a", "X-b"], "x-a, X-b"),
    (&["*"], ""),
    (&["*", "authorization"], "authorization"),
];
const EXPOSE_HEADERS: [List; 3] = [(&[], ""), (&["x-c", "x-d"], "x-c, x-d"), (&["*"], "")];

/// Who may ask, and with or without what.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Audience {
    Public,
    Anonymous,
    AnonymousOrNull,
    Credentialed,
}

/// Every setting, as it is given to both.
#[derive(Clone, Copy, Debug)]
struct Choice {
    audience: Audience,
    origins: List,
    methods: List,
    request_headers: List,
    expose_headers: List,
    max_age: Option<u32>,
    switches: [bool; 3],
}

impl Choice {
    fn settings<T: Default + AsRef<str> + fmt::Write>(&self) -> Settings<T> {
        let [forward, vary, debug] = self.switches;
        let origins = match self.audience {
            Audience::Public => &["*"],
            _ => self.origins.0,
        };
        let settings = Settings::new()
            .origins(origins)
            .credentials(self.audience == Audience::Credentialed)
            .dangerously_allow_null_origin(self.audience == Audience::AnonymousOrNull)
            .methods(self.methods.0)
            .request_headers(self.request_headers.0)
            .expose_headers(self.expose_headers.0)
            .forward_denied(forward)
            .vary_on_preflight(vary)
            .debug(debug);
        match self.max_age {
            Some(seconds) => settings.max_age(seconds),
            None => settings,
        }
    }

    /// Through the setters that a literal uses.
    fn literal(&self) -> Policy<'static> {
        let [forward, vary, debug] = self.switches;
        let is_any = |list: List| list.0.contains(&"*");
        let mut policy = match self.audience {
            Audience::Public => Policy::public(),
            Audience::Anonymous => Policy::anonymous(self.origins.1),
            Audience::AnonymousOrNull => {
                Policy::anonymous(self.origins.1).dangerously_allow_null_origin()
            }
            Audience::Credentialed => Policy::credentialed(self.origins.1),
        };
        if !self.methods.1.is_empty() {
            policy = policy.methods(self.methods.1);
        }
        if is_any(self.methods) {
            policy = policy.any_method();
        }
        if !self.request_headers.1.is_empty() {
            policy = policy.request_headers(self.request_headers.1);
        }
        if is_any(self.request_headers) {
            policy = policy.any_request_header();
        }
        if is_any(self.expose_headers) {
            policy = policy.expose_all();
        } else if !self.expose_headers.1.is_empty() {
            policy = policy.expose_headers(self.expose_headers.1);
        }
        if let Some(seconds) = self.max_age {
            policy = policy.max_age(seconds);
        }
        if forward {
            policy = policy.forward_denied();
        }
        if vary {
            policy = policy.vary_on_preflight();
        }
        if debug {
            policy = policy.debug();
        }
        policy
    }
}

/// Every combination of every setting that is legal.
fn choices() -> Vec<Choice> {
    let mut choices = Vec::new();
    let audiences = [
        Audience::Public,
        Audience::Anonymous,
        Audience::AnonymousOrNull,
        Audience::Credentialed,
    ];
    for audience in audiences {
        for origins in ORIGINS {
            for methods in METHODS {
                for request_headers in REQUEST_HEADERS {
                    for expose_headers in EXPOSE_HEADERS {
                        for max_age in [None, Some(0), Some(600)] {
                            for bits in 0..8 {
                                choices.push(Choice {
                                    audience,
                                    origins,
                                    methods,
                                    request_headers,
                                    expose_headers,
                                    max_age,
                                    switches: [bits & 1 > 0, bits & 2 > 0, bits & 4 > 0],
                                });
                            }
                        }
                    }
                }
            }
        }
    }
    choices.retain(|choice| {
        let exposes_all = choice.expose_headers.0.contains(&"*");
        let lists = choice.audience != Audience::Public || choice.origins == ORIGINS[0];
        lists && !(exposes_all && choice.audience == Audience::Credentialed)
    });
    choices
}

/// Method, origins, requested methods, requested headers.
type Request = (
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
    &'static [&'static str],
);

const A: &[&str] = &["https://a.example"];

#[rustfmt::skip]
const REQUESTS: [Request; 22] = [
    ("GET", &[], &[], &[]),
    ("OPTIONS", &[], &["PUT"], &[]),
    ("GET", A, &[], &[]),
    ("GET", &["https://x.a.example"], &[], &[]),
    ("POST", &["https://x.c.example"], &[], &[]),
    ("POST", &["https://x.d.example:7"], &[], &[]),
    ("GET", &["http://localhost:5173"], &[], &[]),
    ("GET", &["app://-"], &[], &[]),
    ("GET", &["https://f.example"], &[], &[]),
    ("GET", &["https://evil.example"], &[], &[]),
    ("GET", &["null"], &[], &[]),
    ("GET", &["", ""], &[], &[]),
    ("OPTIONS", A, &[], &[]),
    ("OPTIONS", A, &["PUT"], &[]),
    ("OPTIONS", A, &["put"], &[]),
    ("OPTIONS", A, &["PATCH"], &["x-a"]),
    ("OPTIONS", A, &["PATCH"], &["X-B,x-a"]),
    ("OPTIONS", A, &["GET"], &["authorization"]),
    ("OPTIONS", A, &["QUERY"], &["x-z"]),
    ("OPTIONS", A, &["PUT", "PUT"], &[]),
    ("OPTIONS", &["https://x.c.example"], &["PUT"], &["x-a"]),
    ("OPTIONS", &["https://evil.example"], &["PUT"], &["x-a"]),
];

fn lines_of(request: &Request) -> impl Fn(RequestField) -> std::vec::IntoIter<&'static [u8]> {
    let (_, origins, methods, headers) = *request;
    move |field| {
        let lines = match field {
            RequestField::Origin => origins,
            RequestField::RequestMethod => methods,
            RequestField::RequestHeaders => headers,
            _ => &[],
        };
        let lines: Vec<_> = lines.iter().map(|line| line.as_bytes()).collect();
        lines.into_iter()
    }
}

/// As what the two show themselves, what they say, and what they decide.
fn assert_same<T, S>(owned: &OwnedPolicy<T, S>, literal: &Policy<'_>, about: &dyn fmt::Debug)
where
    T: AsRef<str>,
    S: AsRef<[u32]>,
{
    assert_eq!(owned.as_policy(), *literal, "{about:?}");
    for field in ResponseField::ALL {
        assert_eq!(owned.text(field), literal.text(field), "{about:?}");
    }
    for request in &REQUESTS {
        let method = request.0.as_bytes();
        let decision: Decision = owned.decide(method, lines_of(request));
        let expected = literal.decide(method, lines_of(request));
        assert_eq!(decision, expected, "{request:?} {about:?}");
        for origin in request.1 {
            let origin = origin.as_bytes();
            assert_eq!(
                [
                    owned.allows_origin(origin),
                    owned.allows_credentials(origin)
                ],
                [
                    literal.allows_origin(origin),
                    literal.allows_credentials(origin)
                ],
                "{request:?} {about:?}"
            );
        }
    }
}

/// The index that both use, if the list is long enough for one.
fn index_of(choice: &Choice, length: usize) -> Option<Vec<u32>> {
    let is_long = choice.audience != Audience::Public && choice.origins.0.len() > 8;
    is_long.then(|| {
        let mut slots = vec![0; length];
        OriginIndex::build(choice.origins.1, &mut slots).unwrap();
        slots
    })
}

fn indexed<'p>(literal: Policy<'p>, slots: Option<&'p Vec<u32>>) -> Policy<'p> {
    match slots {
        Some(slots) => literal.index(slots),
        None => literal,
    }
}

#[test]
fn on_a_server_every_combination_is_its_literal() {
    let mut count = 0;
    for choice in choices() {
        let settings = choice.settings::<String>();
        let owned: OwnedPolicy<String, Vec<u32>> = settings.build().unwrap();
        let slots = index_of(&choice, OriginIndex::length(choice.origins.1));
        assert_same(&owned, &indexed(choice.literal(), slots.as_ref()), &choice);
        count += 1;
    }
    // 16 lists of origins, of which 5 are credentialed and cannot expose all.
    assert_eq!(count, (16 * 3 - 5) * 4 * 4 * 3 * 8);
}

#[test]
fn on_a_device_every_combination_is_its_literal() {
    for choice in choices() {
        if choice.switches[0] != choice.switches[1] {
            continue;
        }
        let settings = choice.settings::<heapless::String<512>>();
        let owned = settings.build_in([0; 64]).unwrap();
        let slots = index_of(&choice, 64);
        assert_same(&owned, &indexed(choice.literal(), slots.as_ref()), &choice);
    }
}

/// Without an index, what it finds is the same.
#[test]
fn an_index_changes_nothing() {
    for choice in choices() {
        if choice.switches != [false; 3] || choice.max_age.is_some() {
            continue;
        }
        let owned = choice.settings::<String>().build::<Vec<u32>>().unwrap();
        let literal = choice.literal();
        for request in &REQUESTS {
            let method = request.0.as_bytes();
            let expected = literal.decide(method, lines_of(request));
            assert_eq!(owned.decide(method, lines_of(request)), expected);
        }
    }
}

/// A copy has texts of its own.
#[test]
fn copies_outlive_what_they_are_copied_from() {
    let settings = Settings::<String>::new().origins(NINE.0).methods(["PUT"]);
    let owned: OwnedPolicy<String, Vec<u32>> = settings.clone().build().unwrap();
    let copy = owned.clone();
    drop(owned);
    let again: OwnedPolicy<String, Vec<u32>> = settings.build().unwrap();
    assert_eq!(copy.as_policy(), again.as_policy());
    assert!(copy.allows_origin(b"https://f.example"));
}

/// Of more than eight origins an index is built; of eight not.
#[test]
fn few_origins_need_no_slots() {
    let eight = Settings::<String>::new().origins(&NINE.0[..8]);
    let owned = eight.clone().build_in([0; 0]).unwrap();
    assert_eq!(
        owned.as_policy(),
        eight.build_in([7; 64]).unwrap().as_policy()
    );
    assert!(owned.allows_origin(b"https://x.e.example:1"));

    let nine = || Settings::<String>::new().origins(NINE.0);
    let needed = OriginIndex::length(NINE.1);
    assert_eq!(needed, 22);
    for slots in 0..needed {
        let errors = nine().build_in(vec![0; slots]).unwrap_err();
        let kinds: Vec<_> = errors.iter().map(|error| error.kind()).collect();
        assert_eq!(kinds, [PolicyErrorKind::IndexLength], "{slots}");
    }
    for slots in needed..needed + 64 {
        let owned = nine().build_in(vec![u32::MAX; slots]).unwrap();
        assert!(owned.allows_origin(b"https://f.example"), "{slots}");
        assert!(owned.allows_origin(b"https://x.c.example"), "{slots}");
        assert!(!owned.allows_origin(b"https://c.example"), "{slots}");
    }
    // An error of the list is told, and not one of its index.
    let wrong = nine().methods(["patch"]).build_in([0; 0]);
    let kinds: Vec<_> = wrong
        .unwrap_err()
        .iter()
        .map(|error| error.kind())
        .collect();
    assert_eq!(kinds, [PolicyErrorKind::MethodCase]);
    // As many as the documentation says.
    let most: Vec<_> = (0..30).map(|n| format!("https://{n}.example")).collect();
    assert!(
        Settings::<String>::new()
            .origins(&most)
            .build_in([0; 64])
            .is_ok()
    );
}

#[test]
fn ten_thousand_origins() {
    let pattern = |number: usize| match number % 4 {
        0 => format!("https://*.customer-{number}.example"),
        1 => format!("https://customer-{number}.example:*"),
        _ => format!("https://customer-{number}.example"),
    };
    let origins: Vec<_> = (0..10_000).map(pattern).collect();
    let owned: OwnedPolicy<String, Vec<u32>> = Settings::new()
        .origins(&origins)
        .credentials(true)
        .build()
        .unwrap();
    let policy = owned.as_policy();
    for (number, origin) in origins.iter().enumerate() {
        let bare = format!("https://customer-{number}.example");
        let sub = format!("https://x.customer-{number}.example");
        let port = format!("{bare}:8443");
        let allowed = [&bare, &sub, &port].map(|origin| policy.allows_origin(origin.as_bytes()));
        let expected = [number % 4 != 0, number % 4 == 0, number % 4 == 1];
        assert_eq!(allowed, expected, "{origin}");
    }
    assert!(!policy.allows_origin(b"https://customer-10000.example"));
    assert_eq!(policy.warnings().count(), 2500);
}

#[test]
fn a_literal_stays_what_it_is() {
    for choice in choices() {
        let literal = choice.literal();
        let owned = OwnedPolicy::<String, Vec<u32>>::from(literal);
        assert_same(&owned, &literal, &choice);
        if choice.switches == [true; 3] {
            let slots = index_of(&choice, 64).map(|slots| &*slots.leak());
            let literal = slots.map_or(literal, |slots| literal.index(slots));
            assert_same(&OwnedPolicy::<&str>::from(literal), &literal, &choice);
        }
    }
}

type Server = OwnedPolicy<String, Vec<u32>>;

struct Tenants;

impl OriginSet for Tenants {
    fn contains(&self, origin: &[u8]) -> bool {
        origin == b"https://tenant.example"
    }
}

#[test]
fn a_set_joins_owned_and_literal_policies() {
    let owned = || Settings::<String>::new().origins(["https://a.example"]);
    let public = Settings::<String>::new().origins(["*"]);
    let rows: [(Server, [bool; 4]); 5] = [
        (owned().build().unwrap(), [true, true, false, false]),
        (
            owned().dangerously_allow_null_origin(true).build().unwrap(),
            [true, true, true, false],
        ),
        (public.build().unwrap(), [true; 4]),
        (Policy::nobody().into(), [false, true, false, false]),
        (
            Policy::credentialed("https://a.example").into(),
            [true, true, false, false],
        ),
    ];
    let origins = ["https://a.example", "https://tenant.example", "null", ""];
    for (policy, expected) in rows {
        let was_public = policy.allows_origin(b"");
        let before = policy.allows_origin(b"https://tenant.example");
        assert_eq!(before, was_public);
        let joined = policy.and_origins(&Tenants);
        assert_eq!(
            origins.map(|origin| joined.allows_origin(origin.as_bytes())),
            expected
        );
        assert_eq!(
            origins.map(|origin| joined.as_policy().allows_origin(origin.as_bytes())),
            expected
        );
    }
}

/// A policy that an adapter keeps crosses threads and outlives the call that made it.
#[test]
fn an_owned_policy_is_free() {
    fn is_free<T: Send + Sync + Unpin + 'static>() {}
    is_free::<OwnedPolicy<String, Vec<u32>>>();
    is_free::<OwnedPolicy<heapless::String<512>, [u32; 64]>>();
    is_free::<Settings<String>>();
}
