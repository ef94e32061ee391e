//! What patterns match.

use cors_core::{Origin, OriginPattern};

#[test]
fn matched_and_not() {
    #[rustfmt::skip]
    let rows: [(&str, &[&str], &[&str]); 16] = [
        ("https://a.example",
            &["https://a.example"],
            &["", "https://a.exampl", "https://a.example.", "https://a.example:443", "https://b.a.example",
              "http://a.example", "https://a.examplf", "https://A.example", "null"]),
        ("https://*.a.example",
            &["https://b.a.example", "https://c.b.a.example", "https://_.a.example", "https://-.a.example",
              "https://1.a.example", "https://xn--a.a.example"],
            &["https://a.example", "https://.a.example", "https://b..a.example", "https://.b.a.example",
              "https://ba.example", "https://b-a.example", "https://b.a.example.", "https://b.a.example:8443",
              "https://*.a.example", "https://B.a.example", "https://b:1.a.example", "https://b@c.a.example",
              "https://b/.a.example", "https://b\0.a.example", "https://é.a.example", "http://b.a.example",
              "https://b.a.example.evil.example", "https://b.a.example, https://b.a.example",
              "xhttps://b.a.example", "https:///b.a.example", "https://https://b.a.example"]),
        ("https://*.a.example:8443",
            &["https://b.a.example:8443"],
            &["https://b.a.example", "https://b.a.example:8444", "https://a.example:8443", "https://b.a.example:84430"]),
        ("https://*.a.example:*",
            &["https://b.a.example", "https://b.a.example:1", "https://c.b.a.example:65535"],
            &["https://a.example", "https://a.example:1", "https://b.a.example:", "https://b.a.example:443",
              "https://b.a.example:0", "https://b.a.example:01", "https://b.a.example:65536",
              "https://b.a.example:1:1", "https://b.a.example:*", "https://b:1.a.example",
              "https://b.a.example:8443.evil.example", "https://b.evil.example:1.a.example"]),
        ("http://localhost:*",
            &["http://localhost", "http://localhost:443", "http://localhost:5173"],
            &["http://localhost:80", "http://localhost.", "http://localhost:1a", "http://localhost:5173/",
              "https://localhost:5173", "http://a.localhost:5173", "http://localhost.evil.example",
              "http://localhost:5173.evil.example", "http://localhost:5173@evil.example"]),
        ("http://[::1]:*",
            &["http://[::1]", "http://[::1]:8080"],
            &["http://[::1]:80", "http://[::11]:8080", "http://[::1", "http://::1:8080"]),
        ("app://*.a:*",
            &["app://b.a", "app://b.a:80", "app://b.a:443"],
            &["app://a", "app://B.a", "app://!.a", "apps://b.a"]),
        ("ftp://*.a.example.:*",
            &["ftp://b.a.example.", "ftp://b.a.example.:1"],
            &["ftp://b.a.example", "ftp://b.a.example.:21"]),
        ("https://*.com",
            &["https://a.com", "https://b.a.com"],
            &["https://com", "https://.com", "https://acom"]),
        ("https://pr-*.a.example",
            &["https://pr-1.a.example", "https://pr--.a.example", "https://pr-a_b-9.a.example"],
            &["https://pr-.a.example", "https://pr-1.b.a.example", "https://pr-1..a.example", "https://pr.a.example",
              "https://b.pr-1.a.example", "https://pr-A.a.example", "https://pr-%41.a.example", "https://pr-é.a.example",
              "https://pr-1.a.example:8443", "https://pr-1.a.example.", "https://pr-1/.a.example", "https://pr-1@.a.example",
              "https://pr-1:.a.example", "https://pr-*.a.example", "http://pr-1.a.example", "https://a.example",
              "https://pr-a.example", "https://xpr-1.a.example", "https://pr-1.a.example.evil.example"]),
        ("https://*--a.b.example",
            &["https://x--a.b.example", "https://---a.b.example"],
            &["https://--a.b.example", "https://x.y--a.b.example", "https://x-a.b.example", "https://.--a.b.example"]),
        ("https://a-*-b.c.example",
            &["https://a-x-b.c.example", "https://a---b.c.example"],
            &["https://a--b.c.example", "https://a-b.c.example", "https://a-x.y-b.c.example", "https://a-x-bc.example"]),
        ("https://a-*.b.example:*",
            &["https://a-x.b.example", "https://a-x.b.example:8443"],
            &["https://a-x.b.example:443", "https://a-.b.example:8443", "https://a-x.y.b.example:8443",
              "https://a-x:1.b.example", "https://a-x:1.b.example:1", "https://a-x.b.example:", "https://a-x.b.example:08"]),
        ("http://a*.localhost:8080",
            &["http://ab.localhost:8080"],
            &["http://ab.localhost", "http://a.localhost:8080", "http://ab.localhost:80800"]),
        ("moz-extension://*",
            &["moz-extension://a", "moz-extension://6a7c34f1-5b0c", "moz-extension://A.b_c~"],
            &["moz-extension://", "moz-extension://a:80", "moz-extension://a/", "moz-extension://a@b", "moz-extension://%41",
              "moz-extension://*", "moz-extension://[a]", "moz-extension://a b", "moz-extension://é", "chrome-extension://a",
              "moz-extension:/a", "moz-extension", "xmoz-extension://a"]),
        ("app://x*.a",
            &["app://xy.a"],
            &["app://x.a", "app://xY.a", "app://x!.a", "app://xy.a:80"]),
    ];
    for (text, matched, others) in rows {
        let pattern = OriginPattern::parse(text).unwrap();
        assert_eq!(pattern.as_str(), text);
        assert_eq!(pattern.is_exact(), !text.contains('*'));
        for origin in matched {
            assert!(pattern.matches(origin.as_bytes()), "{text} {origin}");
            assert!(Origin::parse(origin).is_ok(), "{origin}");
        }
        for origin in others {
            assert!(!pattern.matches(origin.as_bytes()), "{text} {origin}");
        }
        assert!(!pattern.matches(b"https://\xff.a.example"), "{text}");
    }
}

/// A host has at most 253 bytes, whatever stands behind it.
#[test]
fn longest_hosts() {
    for (pattern, port) in [
        ("https://*.a.example", ""),
        ("https://*.a.example:8443", ":8443"),
        ("https://*.a.example:*", ""),
        ("https://*.a.example:*", ":65535"),
    ] {
        let pattern = OriginPattern::parse(pattern).unwrap();
        let origin = |length: usize| format!("https://{}.a.example{port}", "b".repeat(length - 10));
        assert!(pattern.matches(origin(253).as_bytes()), "{pattern:?}{port}");
        assert!(
            !pattern.matches(origin(254).as_bytes()),
            "{pattern:?}{port}"
        );
    }
}

/// What the grammar says, without a thought for speed.
fn matches_naively(pattern: &str, origin: &str) -> bool {
    let split = |text: &str| {
        let (scheme, rest) = text.split_once("://")?;
        let (host, port) = match rest.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (rest, None),
        };
        Some((scheme.to_owned(), host.to_owned(), port.map(str::to_owned)))
    };
    let (Some(pattern), Some(origin)) = (split(pattern), split(origin)) else {
        return false;
    };
    let host_matches = match pattern.1.strip_prefix("*.") {
        None => match pattern.1.split_once('*') {
            None => origin.1 == pattern.1,
            Some((before, behind)) => {
                let part = origin.1.strip_prefix(before);
                let part = part.and_then(|part| part.strip_suffix(behind));
                let in_set =
                    |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_".contains(c);
                part.is_some_and(|part| !part.is_empty() && part.chars().all(in_set))
            }
        },
        Some(base) => {
            let is_label = |label: &str| {
                let in_set =
                    |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_".contains(c);
                !label.is_empty() && label.chars().all(in_set)
            };
            let labels: Vec<_> = origin.1.split('.').collect();
            let base: Vec<_> = base.split('.').collect();
            labels.len() > base.len() && labels.ends_with(&base) && labels.into_iter().all(is_label)
        }
    };
    let port_matches = match (pattern.2.as_deref(), origin.2.as_deref()) {
        (Some("*"), Some(port)) => port
            .parse::<u16>()
            .is_ok_and(|number| number.to_string() == port && ![0, 443].contains(&number)),
        (Some("*"), None) => true,
        (expected, port) => expected == port,
    };
    pattern.0 == origin.0 && host_matches && port_matches
}

/// Every text of one to five of these bytes, before and behind what patterns look for.
#[test]
fn agrees_with_the_naive_matcher() {
    const ALPHABET: [u8; 10] = *b"a.-:*/1[]@";
    let patterns = [
        "https://a.b",
        "https://*.a.b",
        "https://a.b:*",
        "https://*.a.b:*",
        "https://*.a.b:11",
        "https://a*.a.b",
        "https://*a.a.b:*",
        "https://a*a.b",
    ]
    .map(|text| OriginPattern::parse(text).unwrap());
    let mut count = 0;
    let mut check = |origin: &str| {
        for pattern in patterns {
            let matches = pattern.matches(origin.as_bytes());
            let expected = matches_naively(pattern.as_str(), origin);
            assert_eq!(matches, expected, "{pattern:?} {origin}");
            assert!(!matches || Origin::parse(origin).is_ok(), "{origin}");
            count += usize::from(matches);
        }
    };
    for length in 1..=5 {
        for number in 0..10_u32.pow(length) {
            // Its decimal digits choose the bytes.
            let digits = format!("{number:0width$}", width = length as usize);
            let text: String = digits
                .bytes()
                .map(|digit| char::from(ALPHABET[usize::from(digit - b'0')]))
                .collect();
            check(&format!("https://a.b{text}"));
            check(&format!("https://{text}a.b"));
            check(&format!("https://a{text}.a.b"));
            check(&format!("https://{text}a.a.b:1"));
            check(&format!("https://{text}.a.b:1"));
            check(&format!("{text}https://a.b"));
        }
    }
    assert!(count > 1000, "{count}");
}
