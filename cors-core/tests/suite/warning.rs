//! What is legal and yet in vain, or wider than it looks.

use cors_core::{OriginIndex, OwnedPolicy, Policy, Setting, Settings, Warning, WarningKind};

use WarningKind::{
    BadPort, BodyWithoutContentType, Covered, MaxAge, OpenToAnybody, Options, Repeated,
    SafelistedMethod, SafelistedResponseHeader, SubdomainsWithCredentials,
};

const A: &str = "https://a.example";

type Told<'r> = (WarningKind<'r>, usize, &'r str);

fn told<'a>(warnings: impl Iterator<Item = Warning<'a>>) -> Vec<Told<'a>> {
    warnings
        .map(|warning| (warning.kind(), warning.entry(), warning.text()))
        .collect()
}

const fn by(by: &str) -> WarningKind<'_> {
    Covered { by }
}

/// Kind, entry, text.
#[test]
fn of_origins() {
    type Row = (&'static str, &'static [Told<'static>]);
    #[rustfmt::skip]
    const ROWS: [Row; 32] = [
        (A, &[]),
        ("https://a.example https://b.example https://a.example:8443 http://a.example", &[]),
        // The same again: the first of them is the one to keep.
        ("https://a.example https://a.example", &[(by(A), 1, A)]),
        ("https://a.example https://b.example https://a.example https://a.example",
            &[(by(A), 2, A), (by(A), 3, A)]),
        ("https://*.a.example https://*.a.example", &[(by("https://*.a.example"), 1, "https://*.a.example")]),
        // Covered, in either order.
        ("https://*.a.example https://b.a.example", &[(by("https://*.a.example"), 1, "https://b.a.example")]),
        ("https://b.a.example https://*.a.example", &[(by("https://*.a.example"), 0, "https://b.a.example")]),
        ("https://*.a.example https://c.b.a.example", &[(by("https://*.a.example"), 1, "https://c.b.a.example")]),
        ("https://*.b.a.example https://*.a.example", &[(by("https://*.a.example"), 0, "https://*.b.a.example")]),
        ("http://localhost:* http://localhost", &[(by("http://localhost:*"), 1, "http://localhost")]),
        ("http://localhost:3000 http://localhost:*", &[(by("http://localhost:*"), 0, "http://localhost:3000")]),
        ("https://*.a.example:* https://*.a.example", &[(by("https://*.a.example:*"), 1, "https://*.a.example")]),
        ("https://*.a.example:* https://*.b.a.example:*",
            &[(by("https://*.a.example:*"), 1, "https://*.b.a.example:*")]),
        ("https://*.a.example:* https://b.a.example:8443",
            &[(by("https://*.a.example:*"), 1, "https://b.a.example:8443")]),
        ("http://[::1]:* http://[::1]:3000", &[(by("http://[::1]:*"), 1, "http://[::1]:3000")]),
        // Not covered, though it looks like it.
        ("https://*.a.example https://a.example", &[]),
        ("https://*.a.example https://b-a.example", &[]),
        ("https://*.a.example https://*.ba.example", &[]),
        ("https://*.a.example http://b.a.example", &[]),
        ("https://*.a.example https://b.a.example:8443", &[]),
        ("https://*.a.example https://b.a.example:*", &[]),
        ("https://*.a.example https://*.a.example.", &[]),
        ("https://*.a.example:8443 https://*.a.example", &[]),
        ("https://a.example:* https://*.a.example", &[]),
        // Parts of a label, and any host.
        ("https://pr-*.a.example https://pr-1.a.example", &[(by("https://pr-*.a.example"), 1, "https://pr-1.a.example")]),
        ("https://pr-1*.a.example https://pr-*.a.example", &[(by("https://pr-*.a.example"), 0, "https://pr-1*.a.example")]),
        ("https://*.a.example https://pr-*.a.example", &[(by("https://*.a.example"), 1, "https://pr-*.a.example")]),
        ("app://* app://a app://*", &[(by("app://*"), 1, "app://a"), (by("app://*"), 2, "app://*")]),
        ("https://pr-*.a.example https://pr-1.b.a.example https://pr-1.a.example:8443 app://* apps://a", &[]),
        ("https://*example.com http://pr-*.localhost", &[(OpenToAnybody, 0, "https://*example.com")]),
        // Browsers refuse to load a page from there.
        ("http://a.example:6000 https://*.a.example:6666 http://[::1]:22 http://a.example:6001 http://a.example:*",
            &[(by("http://a.example:*"), 0, "http://a.example:6000"), (BadPort, 0, "http://a.example:6000"),
              (BadPort, 1, "https://*.a.example:6666"), (BadPort, 2, "http://[::1]:22"),
              (by("http://a.example:*"), 3, "http://a.example:6001")]),
        ("http://a.example:1 http://a.example:10080 http://a.example:10081",
            &[(BadPort, 0, "http://a.example:1"), (BadPort, 1, "http://a.example:10080")]),
    ];
    for (list, expected) in ROWS {
        assert_eq!(told(Policy::anonymous(list).warnings()), expected, "{list}");
        // With an index, too.
        let mut slots = vec![0; OriginIndex::length(list)];
        OriginIndex::build(list, &mut slots).unwrap();
        let indexed = Policy::anonymous(list).index(&slots);
        assert_eq!(told(indexed.warnings()), expected, "{list}");
        assert!(
            indexed
                .warnings()
                .all(|warning| warning.setting() == Setting::Origins)
        );
    }
}

/// A whole site, and not what somebody set apart in it, nor the machine's own names.
#[test]
fn of_subdomains_with_credentials() {
    let list = "https://*.a.example https://b.example http://*.localhost:* https://c.example:* \
        https://*.preview.a.test https://*.d.example.:* ftp://*.e.f";
    let expected = [
        (SubdomainsWithCredentials, 0, "https://*.a.example"),
        (SubdomainsWithCredentials, 5, "https://*.d.example.:*"),
        (SubdomainsWithCredentials, 6, "ftp://*.e.f"),
    ];
    assert_eq!(told(Policy::credentialed(list).warnings()), expected);
    assert_eq!(told(Policy::anonymous(list).warnings()), []);
    let beside_any = Policy::public().and_credentialed(list);
    assert_eq!(told(beside_any.warnings()), expected);
    let settings = beside_any.warnings().map(|warning| warning.setting());
    assert_eq!(
        settings.collect::<Vec<_>>(),
        [Setting::CredentialedOrigins; 3]
    );
}

/// With the list of public suffixes it knows more sites.
#[test]
fn of_subdomains_below_a_public_suffix() {
    let listed = "https://*.me.github.io https://*.a.test.co.uk https://*.example.co.uk";
    let warned = told(Policy::credentialed(listed).warnings());
    let expected: &[Told<'_>] = match cfg!(feature = "public-suffix") {
        true => &[
            (SubdomainsWithCredentials, 0, "https://*.me.github.io"),
            (SubdomainsWithCredentials, 2, "https://*.example.co.uk"),
        ],
        false => &[],
    };
    assert_eq!(warned, expected);
}

/// The most frequent mistake of all.
#[test]
fn of_bodies_that_have_no_type() {
    let public = Policy::public();
    let rows: [(Policy<'_>, &[Told<'_>]); 9] = [
        (public.methods("DELETE, QUERY"), &[]),
        (public.any_method(), &[]),
        (
            public.methods("DELETE, PUT, PATCH"),
            &[(BodyWithoutContentType, 1, "PUT")],
        ),
        (
            public.methods("PATCH").request_headers("authorization"),
            &[(BodyWithoutContentType, 0, "PATCH")],
        ),
        (
            public.methods("POST").any_method(),
            &[
                (SafelistedMethod, 0, "POST"),
                (BodyWithoutContentType, 0, "POST"),
            ],
        ),
        (public.methods("PUT").request_headers("Content-Type"), &[]),
        (public.methods("PUT").any_request_header(), &[]),
        (
            public
                .methods("PUT")
                .any_request_header()
                .request_headers("authorization"),
            &[],
        ),
        (
            public.methods("PUT").request_headers("x-content-type"),
            &[(BodyWithoutContentType, 0, "PUT")],
        ),
    ];
    for (policy, expected) in rows {
        assert_eq!(told(policy.warnings()), expected, "{policy:?}");
    }
}

/// The README's own policy has nothing to warn of.
#[test]
fn of_a_policy_to_copy() {
    let policy = Policy::credentialed("https://app.example.com https://*.preview.example.com")
        .methods("PUT, PATCH, DELETE")
        .request_headers("authorization, content-type")
        .expose_headers("x-request-id")
        .max_age(3600);
    assert_eq!(told(policy.warnings()), []);
}

/// What is listed twice, wherever the lists stand in the text.
#[test]
fn of_entries_that_settings_repeat() {
    let built = |settings: Settings<String>| -> OwnedPolicy<String, Vec<u32>> {
        settings.origins([A]).build().unwrap()
    };
    let policy = built(
        Settings::new()
            .methods(["PATCH", "*", "DELETE", "delete", "PATCH"])
            .request_headers(["content-type", "x-b", "X-B"])
            .methods(["DELETE", "QUERY", "QUERY", "query", "query"])
            .expose_headers(["x-c", "x-c", "x-c"]),
    );
    let expected = [
        (Repeated { more: 1 }, 2, "QUERY"),
        (Repeated { more: 0 }, 2, "x-b"),
        (Repeated { more: 1 }, 1, "x-c"),
    ];
    assert_eq!(told(policy.warnings()), expected);
    assert_eq!(told(policy.as_policy().warnings()), []);
    // Methods in two spellings are two.
    let policy = built(Settings::new().methods(["query", "Query", "Query"]));
    assert_eq!(
        told(policy.warnings()),
        [(Repeated { more: 0 }, 2, "Query")]
    );
    // Set anew, nothing is repeated.
    let policy = built(Settings::new().methods(["PUT", "PUT"]).methods(["QUERY"]));
    assert_eq!(told(policy.warnings()), []);
    // One that the program holds has the warnings of that.
    let policy = OwnedPolicy::<String, Vec<u32>>::from(Policy::public().methods("HEAD"));
    assert_eq!(told(policy.warnings()), [(SafelistedMethod, 0, "HEAD")]);
}

/// Kind, entry, text of each list but that of origins.
#[test]
fn of_other_settings() {
    type Row = (Policy<'static>, Setting, &'static [Told<'static>]);
    let public = Policy::public().request_headers("content-type");
    #[rustfmt::skip]
    let rows: [Row; 17] = [
        (public, Setting::Methods, &[]),
        (Policy::nobody(), Setting::Methods, &[]),
        (public.any_method(), Setting::Methods, &[]),
        (public.methods("PUT, PATCH, QUERY"), Setting::Methods, &[]),
        (public.methods("GET, HEAD, POST"), Setting::Methods,
            &[(SafelistedMethod, 0, "GET"), (SafelistedMethod, 1, "HEAD"), (SafelistedMethod, 2, "POST")]),
        (public.methods(" PUT ,\tPOST\t,HEAD"), Setting::Methods,
            &[(SafelistedMethod, 1, "POST"), (SafelistedMethod, 2, "HEAD")]),
        (public.methods("PUT, OPTIONS"), Setting::Methods, &[(Options, 1, "OPTIONS")]),
        (public.methods("GET").any_method(), Setting::Methods, &[(SafelistedMethod, 0, "GET")]),
        // Only some of their values need no permission.
        (public.request_headers("accept, content-type, accept-language"), Setting::RequestHeaders, &[]),
        (public.expose_headers("x-a, etag"), Setting::ExposeHeaders, &[]),
        (public.expose_all(), Setting::ExposeHeaders, &[]),
        (public.expose_headers("x-a, Content-Type"), Setting::ExposeHeaders,
            &[(SafelistedResponseHeader, 1, "Content-Type")]),
        (public.expose_headers("cache-control,content-language,content-length,content-type,expires,last-modified,pragma"),
            Setting::ExposeHeaders,
            &[(SafelistedResponseHeader, 0, "cache-control"), (SafelistedResponseHeader, 1, "content-language"),
              (SafelistedResponseHeader, 2, "content-length"), (SafelistedResponseHeader, 3, "content-type"),
              (SafelistedResponseHeader, 4, "expires"), (SafelistedResponseHeader, 5, "last-modified"),
              (SafelistedResponseHeader, 6, "pragma")]),
        (public.max_age(0), Setting::MaxAge, &[]),
        (public.max_age(7200), Setting::MaxAge, &[]),
        (public.max_age(7201), Setting::MaxAge, &[(MaxAge, 0, "")]),
        (public.max_age(86400), Setting::MaxAge, &[(MaxAge, 0, "")]),
    ];
    for (policy, setting, expected) in rows {
        assert_eq!(told(policy.warnings()), expected, "{policy:?}");
        assert!(
            policy
                .warnings()
                .all(|warning| warning.setting() == setting)
        );
    }
}

/// What is said, with a code for each kind, in the order of the settings.
#[test]
fn texts() {
    let policy: OwnedPolicy<String, Vec<u32>> = Settings::new()
        .origins([
            "https://*.a.example",
            "https://b.a.example",
            "https://c.example:6000",
            "https://d.example",
            "https://d.example",
        ])
        .credentials(true)
        .methods(["put", "get", "options", "PUT"])
        .request_headers(["X-b", "x-a", "X-A", "x-b", "x-a"])
        .expose_headers(["etag", "Expires", "ETag"])
        .max_age(7201)
        .build()
        .unwrap();
    let lines: Vec<_> = policy
        .warnings()
        .map(|warning| warning.to_string())
        .collect();
    assert_eq!(
        lines.join("\n"),
        r#"CORS-W03: origins: "https://*.a.example" gives credentials to every subdomain of the site; list those that need them, or make sure that you control every subdomain
CORS-W01: origins: "https://b.a.example" is covered by "https://*.a.example"; remove it
CORS-W02: origins: "https://c.example:6000" has a port that browsers block; serve the page from another port
CORS-W01: origins: "https://d.example" is listed twice; list it once
CORS-W04: methods: "GET" is always allowed; remove it
CORS-W05: methods: "OPTIONS" is not needed for preflights; list it only if pages send OPTIONS requests themselves
CORS-W09: methods: "PUT" is allowed, but the header content-type is not; pages that send JSON will fail: add content-type to request_headers
CORS-W06: expose_headers: "Expires" can always be read; remove it
CORS-W07: max_age: Chromium caches a preflight for at most 7200 seconds; use 7200 or less
CORS-W10: methods: "PUT" is listed twice; list it once
CORS-W10: request_headers: "x-a" is listed twice, and 2 more entries repeat others; list each once
CORS-W10: expose_headers: "etag" is listed twice; list it once"#,
    );
}

/// A list that is in vain is still only a list: warned of, and used.
#[test]
fn warnings_stop_nothing() {
    let origins = ["https://*.a.example", "https://b.a.example"].repeat(20);
    let policy: OwnedPolicy<String, Vec<u32>> = Settings::new().origins(origins).build().unwrap();
    assert!(policy.allows_origin(b"https://b.a.example"));
    assert_eq!(policy.as_policy().warnings().count(), 39);
}

/// A pattern is covered exactly if another allows all that it allows, as found by trying.
#[test]
fn covered_is_what_allows_nothing_more() {
    let schemes = ["https", "http"];
    let hosts = [
        "a", "*.a", "b.a", "*.b.a", "c.b.a", "ba", "b*.a", "*b.a", "bb*.a", "b*b.a", "*.a.a",
        "b*.b.a",
    ];
    let ports = ["", ":*", ":8443"];
    let mut patterns = Vec::new();
    for scheme in schemes {
        for host in hosts {
            patterns.extend(ports.map(|port| format!("{scheme}://{host}{port}")));
        }
    }
    let mut origins = Vec::new();
    for scheme in schemes {
        for host in [
            "a", "b.a", "x.a", "c.b.a", "x.b.a", "x.x.a", "x.c.b.a", "ba", "x.ba", "bx.a", "xb.a",
            "bb.a", "bxb.a", "bbx.a", "bbb.a", "xbb.a", "x.a.a", "b.a.a", "bx.a.a", "bx.b.a",
            "bb.b.a", "bxb.b.a", "bbb.b.a", "bbxb.a",
        ] {
            origins.extend(["", ":1", ":8443"].map(|port| format!("{scheme}://{host}{port}")));
        }
    }
    for narrow in &patterns {
        for wide in &patterns {
            let list = format!("{narrow} {wide}");
            let allows = |pattern: &str, origin: &String| {
                Policy::anonymous(pattern).allows_origin(origin.as_bytes())
            };
            let is_covered = narrow != wide
                && origins
                    .iter()
                    .all(|origin| !allows(narrow, origin) || allows(wide, origin));
            let warned = Policy::anonymous(&list)
                .warnings()
                .any(|warning| warning.entry() == 0 && matches!(warning.kind(), Covered { .. }));
            assert_eq!(warned, is_covered, "{list}");
        }
    }
}
