//! An index finds what a scan finds, in lists of every size, and bounds what it reads.

use cors_core::{FaultKind, OriginIndex, OriginSet, Origins, Policy};

/// The list, indexed and not.
fn both(list: &str, check: impl Fn(&Origins<'_>, &Origins<'_>)) {
    let mut slots = vec![0; OriginIndex::length(list)];
    OriginIndex::build(list, &mut slots).expect("a list that nature made");
    let scanned = Origins::parse(list).expect("a good list");
    let indexed = scanned.index(&slots).expect("its own index");
    check(&scanned, &indexed);
}

/// Origins as customers have them: of one length with a common start, under many domains, with
/// ports and wildcards.
fn list(patterns: usize) -> String {
    let pattern = |number| match number % 8 {
        0..5 => format!("https://customer-{number:06}.example.com "),
        5 => format!("https://*.site-{number}.example "),
        6 => format!("http://shop{number}.test:{} ", 1000 + number % 60000),
        _ if number % 16 == 7 => format!("https://*.tenant{number}.test:* "),
        _ => format!("http://dev{number}.localhost:*\n"),
    };
    (0..patterns).map(pattern).collect()
}

/// Every listed origin, filled in where it is open, and what nearly is one.
fn near(pattern: &str) -> Vec<String> {
    let filled = pattern.replacen("*.", "a.b.", 1).replace(":*", ":8443");
    let host_end = filled.len() - 1;
    vec![
        pattern.to_owned(),
        pattern.replacen("*.", "", 1).replace(":*", ""),
        pattern.replacen("*.", "x.", 1).replace(":*", ""),
        format!("{filled}0"),
        format!("{filled}x"),
        filled[..host_end].to_owned(),
        filled.replacen("//", "//x", 1),
        filled.replacen("//", "//x.", 1),
        filled.replacen("//", "//.", 1),
        filled.replacen("https", "http", 1),
        filled.replacen("http", "https", 1),
        filled.to_uppercase(),
        filled.replacen('.', "..", 1),
        filled,
    ]
}

#[test]
fn at_every_size_it_finds_what_a_scan_finds() {
    for size in [1, 2, 3, 10, 100, 400] {
        let list = list(size);
        both(&list, |scanned, indexed| {
            for origin in list.split_ascii_whitespace().flat_map(near) {
                assert_eq!(
                    indexed.contains(origin.as_bytes()),
                    scanned.contains(origin.as_bytes()),
                    "{origin} in {size}"
                );
            }
        });
    }
}

#[test]
fn of_many_thousands_it_finds_every_one_and_no_other() {
    for size in [10_000, 100_000] {
        let list = list(size);
        let mut slots = vec![0; OriginIndex::length(&list)];
        OriginIndex::build(&list, &mut slots).expect("a list that nature made");
        // Twice the text and sixteen bytes for a pattern.
        assert!(4 * slots.len() <= list.len() + 16 * size);
        let indexed = Origins::parse(&list).unwrap().index(&slots).unwrap();
        for pattern in list.split_ascii_whitespace() {
            let origin = pattern.replacen("*.", "a.", 1).replace(":*", ":1");
            assert!(indexed.contains(origin.as_bytes()), "{origin}");
            let other = origin.replacen("//", "//x", 1);
            assert_eq!(
                indexed.contains(other.as_bytes()),
                pattern.contains("//*."),
                "{other}"
            );
        }
    }
}

/// The faults of radix trees that share what origins begin or end with.
#[test]
fn origins_that_share_a_part_are_not_mixed_up() {
    let table: [(&str, &[&str], &[&str]); 5] = [
        (
            "https://foo.com https://bar.com",
            &["https://foo.com", "https://bar.com"],
            &[
                "https://barfoo.com",
                "https://foobar.com",
                "https://bar.foo.com",
            ],
        ),
        (
            "https://*.foo.com https://bar.com",
            &["https://a.foo.com", "https://bar.com"],
            &["https://foo.com", "https://a.bar.com", "https://barfoo.com"],
        ),
        (
            "https://a.test https://a.test:8443 http://a.test:*",
            &[
                "https://a.test",
                "https://a.test:8443",
                "http://a.test",
                "http://a.test:1",
            ],
            &[
                "https://a.test:844",
                "https://a.test:84430",
                "https://a.test:1",
                "http://a.test:80",
            ],
        ),
        (
            "https://*.a.test https://*.b.a.test:8443 https://c.b.a.test:*",
            &[
                "https://b.a.test",
                "https://c.b.a.test:8443",
                "https://c.b.a.test:1",
                "https://d.b.a.test",
            ],
            &[
                "https://d.b.a.test:1",
                "https://a.test",
                "https://.a.test",
                "https://x..a.test",
            ],
        ),
        (
            "chrome-extension://abc http://[::1]:* https://*.a.test.",
            &[
                "chrome-extension://abc",
                "http://[::1]:9",
                "http://[::1]",
                "https://x.a.test.",
            ],
            &[
                "chrome-extension://abcd",
                "http://::1",
                "https://x.a.test",
                "null",
                "",
                "://",
                "https:",
            ],
        ),
    ];
    for (list, allowed, others) in table {
        both(list, |scanned, indexed| {
            for origins in [scanned, indexed] {
                for origin in allowed {
                    assert!(origins.contains(origin.as_bytes()), "{origin} in {list}");
                }
                for origin in others {
                    assert!(!origins.contains(origin.as_bytes()), "{origin} in {list}");
                }
            }
        });
    }
}

#[test]
fn a_pattern_is_no_origin_whatever_its_hash() {
    for number in 0..2000 {
        let pattern = format!("https://*.a{number}.test");
        both(&pattern, |_, indexed| {
            assert!(!indexed.contains(pattern.as_bytes()), "{pattern}");
        });
    }
}

#[test]
fn what_stands_many_times_takes_one_place() {
    let list = "https://a.test https://*.b.test ".repeat(500);
    both(&list, |_, indexed| {
        assert!(indexed.contains(b"https://a.test"));
        assert!(indexed.contains(b"https://a.b.test"));
    });
}

#[test]
fn white_space_around_a_list_does_not_matter() {
    both(" \n https://a.test\t", |_, indexed| {
        assert!(indexed.contains(b"https://a.test"));
    });
}

/// Slots are only a hint: whatever they hold, nothing is allowed that the list does not hold.
#[test]
fn wrong_slots_never_allow_anything() {
    let list = "https://a.test https://evil.a.test:1";
    let mut good = vec![0; OriginIndex::length(list)];
    OriginIndex::build(list, &mut good).unwrap();
    for flip in 0..good.len() * 32 {
        let mut slots = good.clone();
        slots[flip / 32] ^= 1 << (flip % 32);
        let Ok(origins) = Origins::parse(list).unwrap().index(&slots) else {
            continue;
        };
        for origin in [
            "https://evil.a.test",
            "evil.a.test:1",
            "a.test",
            "t",
            "https://b.test",
        ] {
            assert!(
                !origins.contains(origin.as_bytes()),
                "{origin} with bit {flip}"
            );
        }
    }
}

#[test]
fn an_index_must_fit_its_list() {
    let kind = |result: Result<(), cors_core::Fault<'_>>| result.map_err(|fault| fault.kind());
    let list = "https://a.test https://b.test";
    let mut slots = [0; 6];
    assert_eq!(OriginIndex::length(list), 6);
    assert_eq!(
        kind(OriginIndex::build(list, &mut slots[..5])),
        Err(FaultKind::IndexLength)
    );
    let long = "https://a.test ".repeat(1 << 21);
    let mut many = vec![0; OriginIndex::length(&long)];
    assert_eq!(
        kind(OriginIndex::build(&long, &mut many)),
        Err(FaultKind::IndexText)
    );

    OriginIndex::build(list, &mut slots).unwrap();
    let other = Policy::anonymous("https://a.test https://c.test").try_index(&slots);
    assert_eq!(other.unwrap_err().kind(), FaultKind::IndexOfAnother);
    let public = Policy::public().try_index(&slots);
    assert_eq!(public.unwrap_err().kind(), FaultKind::IndexOfAnother);
    let none = Policy::anonymous(list).try_index(&[]);
    assert_eq!(none.unwrap_err().kind(), FaultKind::IndexOfAnother);
    assert!(Policy::anonymous(list).try_index(&slots).is_ok());
}

struct Tenants;

impl OriginSet for Tenants {
    fn contains(&self, origin: &[u8]) -> bool {
        assert_ne!(origin, b"null", "is never asked for");
        assert!(origin.len() <= 326, "is never asked for");
        origin.starts_with(b"https://tenant.")
    }
}

#[test]
fn a_set_joins_a_list() {
    static LISTED: Policy = Policy::credentialed("https://a.test").and_origins(&Tenants);
    static ALONE: Policy = Policy::nobody().and_origins(&Tenants);
    let long = format!("https://tenant.{}", "a".repeat(400));
    for (origin, listed, alone) in [
        ("https://a.test", true, false),
        ("https://tenant.test", true, true),
        ("https://b.test", false, false),
        ("null", false, false),
        (&long, false, false),
        ("", false, false),
    ] {
        assert_eq!(LISTED.allows_origin(origin.as_bytes()), listed, "{origin}");
        assert_eq!(ALONE.allows_origin(origin.as_bytes()), alone, "{origin}");
    }
    assert!(!Policy::nobody().allows_origin(b"https://a.test"));
}
