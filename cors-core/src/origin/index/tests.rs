extern crate std;

use std::format;
use std::string::{String, ToString};
use std::vec;
use std::vec::Vec;

use super::build::fill;
use super::hash::seed_of;
use super::{HEAD, OriginIndex};
use crate::{Policy, Warning, WarningKind};

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
        assert!(
            index.contains(list.as_bytes(), origin.as_bytes()),
            "{origin}"
        );
        let other = origin.replacen("//", "//-", 1);
        let expected = pattern.contains("*.");
        assert_eq!(
            index.contains(list.as_bytes(), other.as_bytes()),
            expected,
            "{other}"
        );
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

/// The policy warns of it, and of nothing else than without an index.
#[test]
fn what_finds_no_place_is_warned_of() {
    let list = list(100) + "https://1.example https://a.1.example https://*.1.example";
    let mut slots = vec![0; HEAD + 100];
    assert!(fill(&list, &mut slots, seed_of(&list), true));
    let spilled = OriginIndex::of(&slots).spilled();
    let policy = Policy::anonymous(&list);
    let indexed = policy.index(&slots);
    let is_crowded = |kind: WarningKind<'_>| matches!(kind, WarningKind::IndexCrowded { .. });
    let told: Vec<_> = indexed
        .warnings()
        .filter(|told| is_crowded(told.kind()))
        .collect();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].kind(), WarningKind::IndexCrowded { slots: spilled });
    assert_eq!(told[0].kind().code(), "CORS-W08");
    assert_eq!(
        told[0].to_string(),
        format!(
            "CORS-W08: origins: the index is crowded: looking up an origin that isn't listed takes {spilled} more \
             steps; add, remove or reorder any origin to change its layout"
        )
    );
    let entries = |policy: Policy<'_>| -> Vec<_> {
        let others = policy.warnings().filter(|told| !is_crowded(told.kind()));
        others.map(|told| told.entry()).collect()
    };
    assert_eq!(entries(indexed), entries(policy));
    assert_eq!(entries(policy).len(), 2);
}

/// Of what stands twice the second is told, wherever the first found a place.
#[test]
fn what_finds_no_place_and_stands_twice_is_warned_of() {
    let list = list(100) + list(100).trim_end();
    let entries = |policy: Policy<'_>| -> Vec<_> {
        let is_of_an_entry =
            |told: &Warning<'_>| !matches!(told.kind(), WarningKind::IndexCrowded { .. });
        let told = policy.warnings().filter(is_of_an_entry);
        told.map(|told| told.entry()).collect()
    };
    let policy = Policy::anonymous(&list);
    let expected = entries(policy);
    assert!((100..200).all(|entry| expected.contains(&entry)));
    let mut crowded = 0;
    for length in 100..120 {
        let mut slots = vec![0; HEAD + length];
        assert!(fill(&list, &mut slots, seed_of(&list), true));
        // In a table that is full some have no slot at all.
        if OriginIndex::of(&slots).spilled() > 0 && slots[HEAD..].contains(&0) {
            crowded += 1;
            assert_eq!(entries(policy.index(&slots)), expected);
        }
    }
    assert!(crowded > 0);
}

/// What finds no place is told, so that another seed is tried.
#[test]
fn without_leave_nothing_is_spilled() {
    let list = list(100);
    assert!(!fill(&list, &mut vec![0; HEAD + 100], 1, false));
    let mut slots = vec![0; HEAD + 200];
    assert!(fill(&list, &mut slots, 1, false));
    assert_eq!(OriginIndex::of(&slots).spilled(), 0);
}
