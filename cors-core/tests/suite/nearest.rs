//! Which listed origin is told to somebody who is not allowed, and how it differs.

use cors_core::{OriginIndex, Policy, RequestField};

/// What an explanation says of the origin.
fn told(policy: &Policy<'_>, origin: &str) -> String {
    let lines = |field| {
        let line = (field == RequestField::Origin).then_some(origin.as_bytes());
        line.into_iter()
    };
    let text = policy.explain(b"GET", lines).to_string();
    text.lines()
        .nth(1)
        .expect("a line for the origin")
        .to_owned()
}

/// Listed, asked, which is nearest and how it differs (nothing: none is like it).
#[rustfmt::skip]
const ROWS: [(&str, &str, &str, &str); 43] = [
    // Each difference alone.
    ("https://a.example", "HTTPS://A.example", "https://a.example", "is in lower case"),
    ("https://a.example", "https://a.example/", "https://a.example", "has no slash"),
    ("https://a.example", "https://a.example.", "https://a.example", "has no final dot"),
    ("https://a.example:8443", "https://a.example.:8443", "https://a.example:8443", "has no final dot"),
    ("https://a.example", "http://a.example", "https://a.example", "has another scheme"),
    ("http://a.example:8080", "https://a.example:8080", "http://a.example:8080", "has another scheme"),
    ("https://a.example", "https://a.example:8443", "https://a.example", "has another port"),
    ("https://a.example:8443", "https://a.example", "https://a.example:8443", "has another port"),
    ("http://localhost:3000", "http://localhost:5173", "http://localhost:3000", "has another port"),
    ("https://a.example", "https://www.a.example", "https://a.example", "has no www."),
    ("https://www.a.example", "https://a.example", "https://www.a.example", "has www."),
    ("https://www.a.example:1", "https://a.example:1", "https://www.a.example:1", "has www."),
    // Patterns.
    ("https://*.a.example", "https://a.example", "https://*.a.example", "matches subdomains, but not the domain itself"),
    ("https://*.a.example:*", "https://a.example:1", "https://*.a.example:*", "matches subdomains, but not the domain itself"),
    ("https://*.a.example", "http://b.a.example", "https://*.a.example", "has another scheme"),
    ("https://*.a.example", "https://b.a.example:1", "https://*.a.example", "has another port"),
    ("https://*.a.example", "https://B.a.example", "https://*.a.example", "is in lower case"),
    ("https://*.a.example", "https://b.a.example/", "https://*.a.example", "has no slash"),
    ("http://localhost:*", "https://localhost:3000", "http://localhost:*", "has another scheme"),
    // Addresses.
    ("http://[::1]:3000", "http://[::1]:5173", "http://[::1]:3000", "has another port"),
    ("http://[::1]", "http://[::1]:5173", "http://[::1]", "has another port"),
    ("http://[::1]:3000", "http://[::1]", "http://[::1]:3000", "has another port"),
    ("http://[::1]:3000", "http://[::2]:3000", "", ""),
    ("http://127.0.0.1", "http://127.0.0.1:80", "http://127.0.0.1", "has another port"),
    // Other schemes.
    ("app://-", "app://-/", "app://-", "has no slash"),
    ("tauri://localhost", "https://localhost", "tauri://localhost", "has another scheme"),
    // The nearest of several, whatever their order; of equals the first.
    ("http://a.example https://a.example:1 https://*.a.example", "https://a.example", "http://a.example", "has another scheme"),
    ("https://*.a.example https://a.example:1 http://a.example", "https://a.example", "http://a.example", "has another scheme"),
    ("https://a.example:1 https://a.example:2", "https://a.example:3", "https://a.example:1", "has another port"),
    ("https://www.a.example https://*.a.example", "https://a.example", "https://www.a.example", "has www."),
    ("https://*.a.example https://www.a.example", "https://a.example", "https://www.a.example", "has www."),
    // Not near.
    ("https://a.example", "https://b.example", "", ""),
    ("https://b.a.example", "https://a.example", "", ""),
    ("https://x.a.example", "https://a.example", "", ""),
    ("https://a.example", "https://a.example.evil.example", "", ""),
    ("https://a.example", "https://evil.example/a.example", "", ""),
    ("https://a.example", "a.example", "", ""),
    ("https://a.example", ":", "", ""),
    ("https://a.example", "://", "", ""),
    ("https://a.example", "https://", "", ""),
    ("https://a.example", "https://www.", "", ""),
    ("https://a.example", "https://a.example, https://a.example", "", ""),
    ("https://a.example", "https://a.example#", "", ""),
];

#[test]
fn nearest() {
    for (list, origin, nearest, differs) in ROWS {
        let expected = match nearest {
            "" => "origin: not allowed; no listed origin is similar".to_owned(),
            _ => format!("origin: not allowed; nearest is \"{nearest}\", which {differs}"),
        };
        let mut slots = vec![0; OriginIndex::length(list)];
        OriginIndex::build(list, &mut slots).unwrap();
        let listed = Policy::anonymous(list);
        for policy in [listed, listed.index(&slots)] {
            assert_eq!(told(&policy, origin), expected, "{list}");
        }
    }
}

/// Origins of every length around the longest, and their neighbours: no panic, and nothing near
/// beyond it.
#[test]
fn long_origins() {
    let scheme = "a".repeat(64);
    let host = format!("{}.{}", "b".repeat(200), "c".repeat(52));
    assert_eq!(host.len(), 253);
    let longest = format!("{scheme}://{host}:65535");
    assert_eq!(longest.len(), 326);
    let policy = Policy::anonymous(&longest);
    let near = |origin: &str| told(&policy, origin).contains("nearest is");
    assert!(near(&longest.to_uppercase()));
    assert!(near(&format!("z://{host}:65535")));
    assert!(near(&format!("{scheme}://{host}")));
    assert!(near(&format!("{scheme}://{host}:6553")));
    // One byte longer than any origin.
    assert!(!near(&format!("{longest}/")));
    for length in 300..340 {
        for fill in ["a", ".", ":", "/", "A", "é"] {
            let origin = format!("https://{}", fill.repeat(length - 8));
            let _ = near(&origin);
            let _ = near(&fill.repeat(length));
        }
    }
}
