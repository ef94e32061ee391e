extern crate std;

use std::format;
use std::string::String;
use std::vec;

use super::build::fill;
use super::{HEAD, OriginIndex};

/// Of every form.
fn list(patterns: usize) -> String {
    let pattern = |number| match number % 4 {
        0 => format!("https://{number}.example "),
        1 => format!("https://*.{number}.example "),
        2 => format!("http://localhost{number}:*\n"),
        _ => format!("https://*.{number}.example:* "),
    };
    (0..patterns).map(pattern).collect()
}

fn origin_of(pattern: &str) -> String {
    pattern.replacen("*.", "a.b.", 1).replace(":*", ":8443")
}

/// Every pattern is found, and nothing else; what covers another is found as without an index.
#[track_caller]
fn finds_all(list: &str, slots: &[u32]) {
    let index = OriginIndex::of(slots);
    for pattern in list.split_ascii_whitespace() {
        let origin = origin_of(pattern);
        assert!(index.contains(list, origin.as_bytes()), "{origin}");
        let other = origin.replacen("//", "//-", 1);
        let expected = pattern.contains("*.");
        assert_eq!(index.contains(list, other.as_bytes()), expected, "{other}");
    }
}

/// A table of as many slots as there are patterns: many find no place of their own.
#[test]
fn what_finds_no_place_is_found() {
    for size in [3, 10, 100, 300] {
        let list = list(size);
        for seed in 0..10 {
            let mut slots = vec![u32::MAX; HEAD + size];
            assert!(fill(&list, &mut slots, seed, true), "{size}");
            let spilled = OriginIndex::of(&slots).spilled();
            assert!(size < 100 || (1..=size).contains(&spilled), "{spilled}");
            finds_all(&list, &slots);
        }
    }
}
