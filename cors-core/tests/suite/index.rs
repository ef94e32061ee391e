//! An index finds what a scan finds, in lists of every size, and bounds what it reads.

use cors_core::{
    OriginIndex, OriginSet, Origins, OwnedPolicy, Policy, PolicyErrorKind, Warning, WarningKind,
};

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

    fn one_of<'t>(&mut self, texts: &[&'t str]) -> &'t str {
        texts[self.below(texts.len())]
    }
}

/// Of so few parts that many patterns of a list cover, repeat or nearly meet each other.
fn random_host(numbers: &mut Numbers) -> String {
    let labels = ["a", "b", "ab", "a-b", "xn--a", "1a"];
    let mut host = numbers
        .one_of(&["a", "test", "b.test", "localhost"])
        .to_owned();
    for _ in 0..numbers.below(4) {
        host = format!("{}.{host}", numbers.one_of(&labels));
    }
    host + numbers.one_of(&["", "", "", "."])
}

fn random_pattern(numbers: &mut Numbers) -> String {
    let port = numbers.one_of(&["", "", ":*", ":1", ":8080", ":65535"]);
    if numbers.below(8) == 0 {
        let scheme = numbers.one_of(&["https", "http", "ftp"]);
        let address = numbers.one_of(&["[::1]", "[2001:db8::1]", "127.0.0.1", "10.0.0.1"]);
        return format!("{scheme}://{address}{port}");
    }
    let scheme = numbers.one_of(&["https", "http", "ftp", "app", "a+b-c.d"]);
    if scheme.starts_with('a') && numbers.below(8) == 0 {
        return format!("{scheme}://*");
    }
    let star = numbers.one_of(&["", "", "*.", "*.", "a*.", "*b.", "a*b.", "xn--*."]);
    format!("{scheme}://{star}{}{port}", random_host(numbers))
}

/// One that the pattern allows, or one that is a step away from it.
fn random_origin(numbers: &mut Numbers, pattern: &str) -> String {
    let labels = numbers.one_of(&["a.", "b.a.", "x.", "", ".", "*.", "a..b.", "A."]);
    let port = numbers.one_of(&["", ":1", ":8080", ":80", ":443", ":01", ":*", ":", ":65536"]);
    let piece = numbers.one_of(&["a", "b", "a-b", "", ".", "a.b", "A", "*", "1", "a_"]);
    let origin = match pattern.contains("//*.") {
        true => pattern.replacen("*.", labels, 1),
        false => pattern.replacen(":*", ":any", 1).replacen('*', piece, 1),
    };
    let origin = origin.replace(":*", port).replace(":any", port);
    match numbers.below(8) {
        0 => origin.replacen("://", "://a.", 1),
        1 => origin.replacen("://", "://a", 1),
        2 => origin.replacen('.', "", 1),
        3 => origin + numbers.one_of(&["/", ".", "a", "0", ":1", ", "]),
        4 => origin
            .trim_end_matches(|char: char| char.is_ascii_digit())
            .to_owned(),
        5 => origin.replacen("https", "http", 1),
        _ => origin,
    }
}

/// Every form of pattern in lists of all sizes, in tables of the least size and of larger ones.
#[test]
fn of_random_lists_it_finds_what_a_scan_finds() {
    let mut numbers = Numbers(1);
    let (mut found, mut asked) = (0, 0);
    for round in 0..400 {
        let size = 1 + numbers.below(if round % 8 == 0 { 300 } else { 20 });
        let patterns: Vec<_> = (0..size).map(|_| random_pattern(&mut numbers)).collect();
        let separator = numbers.one_of(&[" ", "\n", "  ", "\t\r\n", "\u{c}", ",", ", ", ",\n , "]);
        let list = patterns.join(separator);
        let mut slots = vec![u32::MAX; OriginIndex::length(&list) + numbers.below(40)];
        OriginIndex::build(&list, &mut slots).expect("a list that nature made");
        let scanned = Origins::parse(&list).unwrap();
        let indexed = scanned.index(&slots).unwrap();
        for pattern in &patterns {
            for _ in 0..4 {
                let origin = random_origin(&mut numbers, pattern);
                let expected = scanned.contains(origin.as_bytes());
                assert_eq!(
                    indexed.contains(origin.as_bytes()),
                    expected,
                    "{origin} in {list}"
                );
                asked += 1;
                found += usize::from(expected);
            }
        }
        // What covers what is found by the same look-ups.
        let warned = |policy: Policy<'_>| -> Vec<_> {
            let covered = policy
                .warnings()
                .filter(|warning| matches!(warning.kind(), WarningKind::Covered { .. }));
            covered.map(|warning| warning.entry()).collect()
        };
        let policy = Policy::anonymous(&list);
        assert_eq!(warned(policy.index(&slots)), warned(policy), "{list}");
    }
    assert!(
        found > asked / 5 && found < asked * 4 / 5,
        "{found} of {asked}"
    );
}

/// The errors of radix trees that share what origins begin or end with.
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

/// A table of a handful is soon crowded: then another seed is tried.
#[test]
fn small_lists_all_have_an_index() {
    for size in 1..=6 {
        for round in 0..2000 {
            let origins: Vec<_> = (0..size)
                .map(|number| format!("https://o{number}-{round}.test"))
                .collect();
            both(&origins.join(" "), |_, indexed| {
                for origin in &origins {
                    assert!(indexed.contains(origin.as_bytes()), "{origin} of {size}");
                }
            });
        }
    }
}

/// Origins in groups of five that differ in bits which a product of 64 bits hardly spreads: with
/// such a hash, half of all seeds give the two of a pair one place, and an eighth the whole group.
fn crowding(origins: usize) -> String {
    let origin = |number: usize| {
        let block = |pair: usize| {
            let byte = match (number % 5) >> pair & 1 {
                0 => '0',
                _ => 'p',
            };
            let group = 3 * (number / 5) + pair;
            format!("{group:07x}{byte}{group:03x}{byte}{group:03x}{byte}")
        };
        let host: String = (0..3).map(block).collect();
        format!("https://{host}.evil.example ")
    };
    (0..origins).map(origin).collect()
}

/// Nobody who adds patterns of his own keeps the others from their index, or makes look-ups longer.
#[test]
fn nobody_crowds_the_list_of_others() {
    let lists = [
        (0, [50, 200, 2000].as_slice()),
        (1, &[50, 200, 2000]),
        (10_000, &[50, 200, 2000]),
        (100_000, &[2000]),
    ];
    for (others, sizes) in lists {
        let others = list(others);
        for &size in sizes {
            let added = crowding(size);
            let list = format!("{others}{added}");
            let mut slots = vec![0; OriginIndex::length(&list)];
            OriginIndex::build(&list, &mut slots).expect("a list as good as any");
            let policy = Policy::anonymous(&list).index(&slots);
            for origin in added.split_ascii_whitespace() {
                assert!(policy.allows_origin(origin.as_bytes()), "{origin}");
            }
            // Each has a place of its own.
            let is_crowded =
                |warning: Warning<'_>| matches!(warning.kind(), WarningKind::IndexCrowded { .. });
            assert!(!policy.warnings().any(is_crowded), "{size}");
        }
    }
}

/// Each of many suffixes of one host is told from the others, with and without a port.
#[test]
fn every_suffix_of_a_long_host_is_found() {
    for port in ["", ":8443", ":*"] {
        for length in 2..=120 {
            let suffix = ".a".repeat(length);
            let list = &format!("https://*{suffix}{port}");
            let origin = |labels: &str| {
                let port = port.replace('*', "1");
                format!("https://{labels}{suffix}{port}")
            };
            both(list, |_, indexed| {
                assert!(indexed.contains(origin("b").as_bytes()), "{list}");
                assert!(indexed.contains(origin("c.b").as_bytes()), "{list}");
                assert!(!indexed.contains(origin("").as_bytes()), "{list}");
                assert!(!indexed.contains(origin("c..b").as_bytes()), "{list}");
            });
        }
    }
}

/// The middle of a scheme tells patterns apart, too.
#[test]
fn schemes_that_begin_and_end_alike_do_not_crowd_a_list() {
    let patterns: Vec<_> = (0..200)
        .map(|number| format!("a{number:03}b://*.a.test"))
        .collect();
    both(&patterns.join(" "), |_, indexed| {
        for pattern in &patterns {
            let origin = pattern.replacen("*.", "x.", 1);
            assert!(indexed.contains(origin.as_bytes()), "{origin}");
        }
    });
}

/// Every byte of a pattern tells where it stands: of lists that differ in one part only, an index
/// can be built, and finds.
#[test]
fn lists_that_differ_in_one_part_have_an_index() {
    let letters = || (b'a'..=b'z').map(char::from);
    let pairs = || {
        let pairs = letters().flat_map(move |a| letters().map(move |b| (a, b)));
        pairs.filter(|pair| *pair != ('w', 's'))
    };
    let ports = || (1..=3000).filter(|port| *port != 443);
    let hosts = |length: usize| {
        (0..length).flat_map(move |at| {
            letters().skip(1).map(move |letter| {
                let (before, behind) = ("a".repeat(at), "a".repeat(length - at - 1));
                format!("{before}{letter}{behind}")
            })
        })
    };
    let mut lists: Vec<Vec<String>> = vec![
        ports()
            .map(|port| format!("https://a.test:{port}"))
            .collect(),
        ports()
            .map(|port| format!("https://*.a.test:{port}"))
            .collect(),
        pairs().map(|(a, b)| format!("{a}{b}://a")).collect(),
        pairs().map(|(a, b)| format!("{a}{b}://*.a.test")).collect(),
        pairs().map(|(a, b)| format!("{a}-{b}://a:*")).collect(),
        (1..60)
            .map(|length| format!("{}://*.a.test", "a".repeat(length)))
            .collect(),
        (1..250)
            .map(|length| format!("https://*.{}", "a".repeat(length)))
            .collect(),
        (1..250)
            .map(|length| format!("https://{}", "a".repeat(length)))
            .collect(),
    ];
    for length in [1, 2, 3, 5, 7, 8, 9, 15, 16, 17, 30] {
        lists.push(
            hosts(length)
                .map(|host| format!("https://*.{host}"))
                .collect(),
        );
        lists.push(
            hosts(length)
                .map(|host| format!("https://{host}"))
                .collect(),
        );
        lists.push(
            hosts(length)
                .map(|host| format!("https://{host}:*"))
                .collect(),
        );
        lists.push(hosts(length).map(|host| format!("a://{host}")).collect());
    }
    for patterns in lists {
        both(&patterns.join(" "), |_, indexed| {
            for pattern in &patterns {
                let origin = pattern.replacen("*.", "x.", 1).replace(":*", ":8443");
                assert!(indexed.contains(origin.as_bytes()), "{origin}");
            }
        });
        // Each has a place of its own.
        let list = patterns.join(" ");
        let mut slots = vec![0; OriginIndex::length(&list)];
        OriginIndex::build(&list, &mut slots).unwrap();
        let policy = Policy::try_anonymous(&list).unwrap();
        let is_crowded =
            |warning: Warning<'_>| matches!(warning.kind(), WarningKind::IndexCrowded { .. });
        let policy = policy.try_index(&slots).unwrap();
        assert!(!policy.warnings().any(is_crowded), "{}", patterns[0]);
    }
}

#[test]
fn of_a_constant_list_the_index_is_a_constant() {
    const LIST: &str = "https://a.test https://*.b.test:*";
    static INDEX: [u32; OriginIndex::length(LIST)] = OriginIndex::array(LIST);
    static POLICY: Policy = Policy::credentialed(LIST).index(&INDEX);
    assert!(POLICY.allows_origin(b"https://a.test"));
    assert!(POLICY.allows_origin(b"https://x.b.test:8443"));
    assert!(!POLICY.allows_origin(b"https://b.test"));
    let mut built = [0; OriginIndex::length(LIST)];
    OriginIndex::build(LIST, &mut built).unwrap();
    assert_eq!(INDEX, built);
}

/// As many as the documentation promises are checked and indexed at compile time, in seconds and
/// within what the compiler does without a question.
#[test]
fn a_constant_of_two_thousand_origins_compiles() {
    const ORIGIN: &[u8] = b"https://customer-0000.example.com ";
    #[expect(clippy::large_const_arrays, reason = "a part of a constant")]
    const BYTES: [u8; 2000 * ORIGIN.len()] = {
        let mut bytes = [0; 2000 * ORIGIN.len()];
        let mut i = 0;
        while i < bytes.len() {
            let number = i / ORIGIN.len();
            bytes[i] = match i % ORIGIN.len() {
                17 => b"01"[number / 1000],
                18 => b"0123456789"[number / 100 % 10],
                19 => b"0123456789"[number / 10 % 10],
                20 => b"0123456789"[number % 10],
                at => ORIGIN[at],
            };
            i += 1;
        }
        bytes
    };
    const LIST: &str = match core::str::from_utf8(&BYTES) {
        Ok(list) => list,
        Err(_) => panic!(),
    };
    static INDEX: [u32; OriginIndex::length(LIST)] = OriginIndex::array(LIST);
    static POLICY: Policy = Policy::credentialed(LIST).index(&INDEX);
    for number in 0..2000 {
        let origin = format!("https://customer-{number:04}.example.com");
        assert!(POLICY.allows_origin(origin.as_bytes()), "{origin}");
    }
    assert!(!POLICY.allows_origin(b"https://customer-2000.example.com"));
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

/// Between two separators, and in a list of nobody, stands no empty origin.
#[test]
fn wrong_slots_never_allow_an_empty_origin() {
    for (list, at) in [("", 0), ("https://a.test  https://b.test", 15)] {
        let mut good = vec![0; 8];
        OriginIndex::build(list, &mut good).unwrap();
        for tag in 0..=255 {
            let slot = (at + 1) << 8 | tag;
            let slots = [good[0], good[1], good[2], good[3], slot, slot, slot, slot];
            let policy = match list {
                "" => Policy::nobody(),
                _ => Policy::anonymous(list),
            };
            let policy = policy.index(&slots);
            assert!(!policy.allows_origin(b""), "{list:?} {tag}");
        }
    }
}

#[test]
fn an_index_must_fit_its_list() {
    let kind =
        |result: Result<(), cors_core::PolicyError<'_>>| result.map_err(|error| error.kind());
    let message =
        |result: Result<Policy<'_>, cors_core::PolicyError<'_>>| result.unwrap_err().to_string();
    let list = "https://a.test https://b.test";
    let mut slots = [0; 8];
    assert_eq!(OriginIndex::length(list), 8);
    assert_eq!(
        kind(OriginIndex::build(list, &mut slots[..7])),
        Err(PolicyErrorKind::IndexLength)
    );
    assert_eq!(
        OriginIndex::build(list, &mut slots[..7])
            .unwrap_err()
            .to_string(),
        "CORS-E36: origins: the index has too few slots; give it as many as OriginIndex::length returns"
    );
    let long = "https://a.test ".repeat(1 << 21);
    let mut many = vec![0; OriginIndex::length(&long)];
    assert_eq!(
        kind(OriginIndex::build(&long, &mut many)),
        Err(PolicyErrorKind::IndexText)
    );
    assert_eq!(
        OriginIndex::build(&long, &mut many)
            .unwrap_err()
            .to_string(),
        "CORS-E37: origins: the list is too long for an index; keep it below 16 MiB"
    );

    // The longest text, with an origin at its end, and one byte more.
    for (length, fits) in [((1 << 24) - 2, true), ((1 << 24) - 1, false)] {
        let between = " ".repeat(length - "https://a.test".len() - "https://b.test".len());
        let long = format!("https://a.test{between}https://b.test");
        let built = kind(OriginIndex::build(&long, &mut slots));
        assert_eq!(built.is_ok(), fits, "{built:?}");
        if fits {
            let policy = Policy::anonymous(&long).index(&slots);
            assert!(policy.allows_origin(b"https://b.test"));
            assert!(!policy.allows_origin(b"https://c.test"));
        }
    }

    OriginIndex::build(list, &mut slots).unwrap();
    // No seed of this list.
    let mut shifted = slots;
    shifted[0] = shifted[0].wrapping_add(16);
    assert!(Policy::anonymous(list).try_index(&shifted).is_err());
    let other = Policy::anonymous("https://a.test https://c.test").try_index(&slots);
    assert_eq!(other.unwrap_err().kind(), PolicyErrorKind::IndexOfAnother);
    let public = Policy::public().try_index(&slots);
    assert_eq!(public.unwrap_err().kind(), PolicyErrorKind::IndexOfAnother);
    let none = Policy::anonymous(list).try_index(&[]);
    assert_eq!(none.unwrap_err().kind(), PolicyErrorKind::IndexOfAnother);
    assert_eq!(
        message(Policy::anonymous(list).try_index(&[])),
        "CORS-E39: origins: the index belongs to another list; build it from exactly this list"
    );
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

/// One origin.
struct Only([u8; 17]);

impl OriginSet for Only {
    fn contains(&self, origin: &[u8]) -> bool {
        origin == self.0
    }
}

#[test]
fn a_set_is_asked_only_for_what_is_not_listed() {
    struct Never;
    impl OriginSet for Never {
        fn contains(&self, origin: &[u8]) -> bool {
            panic!("asked for {origin:?}");
        }
    }
    let listed = Policy::anonymous("https://a.test").and_origins(&Never);
    assert!(listed.allows_origin(b"https://a.test"));
    assert!(!listed.allows_origin(b"null"));
    let null = listed.dangerously_allow_null_origin();
    assert!(null.allows_origin(b"null"));
    assert!(Policy::public().and_origins(&Never).allows_origin(b"x"));
}

/// Policies are equal if they ask the very same set; several are joined, and none is lost.
#[test]
fn policies_with_sets_are_compared() {
    static A: Only = Only(*b"https://tenant.aa");
    static B: Only = Only(*b"https://tenant.bb");
    let nobody = Policy::nobody();
    assert_eq!(nobody.and_origins(&A), nobody.and_origins(&A));
    assert_ne!(nobody.and_origins(&A), nobody.and_origins(&B));
    assert_ne!(nobody.and_origins(&A), nobody);
    let twice = nobody.and_origins(&A).try_and_origins(&B);
    assert_eq!(twice.unwrap_err().kind(), PolicyErrorKind::SecondSet);
    let owned = OwnedPolicy::<String>::from(nobody.and_origins(&A));
    assert!(owned.try_and_origins(&B).is_err());
    let sets: [&dyn OriginSet; 4] = [
        &(&A, &B),
        &(&B, &A, &A),
        &[&A, &B],
        &[&A as &dyn OriginSet, &B],
    ];
    for set in sets {
        let joined = nobody.and_origins(set);
        assert!(joined.allows_origin(b"https://tenant.aa"));
        assert!(joined.allows_origin(b"https://tenant.bb"));
        assert!(!joined.allows_origin(b"https://tenant.cc"));
    }
    let shown = format!("{:?}", nobody.and_origins(&A));
    assert!(shown.contains("others: Some(OriginSet)"), "{shown}");
}
