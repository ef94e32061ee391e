//! All short texts over the bytes that mean something: what nobody thought of is among them.

use conformance_tests::{PolicyFile, naive};
use cors_core::{Origin, OriginPattern};

use super::fuzzed;

/// The bytes at which the grammars of origins and patterns branch, one of each kind.
const BYTES: [&str; 12] = [
    "a", "A", "0", ".", "-", ":", "/", "*", "@", "[", "]", "\u{80}",
];

/// All texts of up to `most` of these parts, the shortest first.
fn texts(parts: &'static [&'static str], most: u32) -> impl Iterator<Item = String> {
    (0..=most).flat_map(move |length| {
        let count = parts.len().pow(length);
        (0..count).map(move |number| {
            let places = (0..length).map(|place| number / parts.len().pow(place) % parts.len());
            places.map(|place| parts[place]).collect()
        })
    })
}

/// Against the `url` crate, where it has the same rules.
#[test]
fn all_short_origins() {
    let (mut accepted, mut compared) = (0, 0);
    for start in [
        "",
        "http://",
        "https://",
        "https://a.",
        "https://a:",
        "https://[::",
    ] {
        let most = if start.is_empty() { 4 } else { 5 };
        for text in texts(&BYTES, most) {
            let text = format!("{start}{text}");
            compared += u32::from(fuzzed::compared_origins(text.as_bytes()));
            accepted += u32::from(Origin::parse(&text).is_ok());
        }
    }
    println!("{compared} texts");
    assert!(
        accepted > 1_000 && compared > 100_000,
        "{accepted} {compared}"
    );
}

/// Against the naive matcher.
#[test]
fn all_short_patterns_with_all_short_origins() {
    const IN_PATTERNS: [&str; 6] = ["a", "0", ".", "-", ":", "*"];
    const IN_ORIGINS: [&str; 6] = ["a", "0", ".", "-", ":", "@"];
    let start = |text: String| format!("https://{text}");
    let patterns = texts(&IN_PATTERNS, 5).map(start);
    let patterns =
        patterns.filter(|text| OriginPattern::parse(text).is_ok_and(|parsed| !parsed.is_exact()));
    let patterns: Vec<String> = patterns.collect();
    let origins: Vec<String> = texts(&IN_ORIGINS, 5).map(start).collect();
    let mut allowed = 0;
    for pattern in &patterns {
        let parsed = OriginPattern::parse(pattern).expect("a pattern");
        let policy = PolicyFile {
            origins: vec![pattern.clone()],
            ..PolicyFile::default()
        };
        for origin in &origins {
            let matches = parsed.matches(origin.as_bytes());
            assert_eq!(
                matches,
                naive::allows_origin(&policy, origin.as_bytes()),
                "{pattern} {origin}"
            );
            allowed += usize::from(matches);
        }
    }
    assert!(
        patterns.len() > 200 && allowed > 900,
        "{} {allowed}",
        patterns.len()
    );
}

/// Against a reading of the list element by element.
#[test]
fn all_short_header_lists() {
    const PARTS: [&str; 8] = ["a", "B", "-", ",", " ", "\t", "\n", "\u{80}"];
    for list in ["a", "a-b, b", "*"] {
        for requested in texts(&PARTS, 5) {
            fuzzed::headers(format!("{list}\n{requested}").as_bytes());
        }
    }
}
