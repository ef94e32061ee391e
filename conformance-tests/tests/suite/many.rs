//! However many origins are listed, the real matcher allows what the naive one allows.

use conformance_tests::{PolicyFile, naive};
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// A pattern of a customer, one of many that look alike.
fn pattern() -> impl Strategy<Value = String> {
    let name = (0..3000_u32, select(vec!["a", "shop", "foo", "barfoo"]));
    let domain = select(vec![
        "test",
        "example.com",
        "foo.com",
        "bar.com",
        "localhost",
    ]);
    let form = select(vec![
        "https://{}",
        "https://{}",
        "https://{}",
        "https://*.{}",
        "http://{}:*",
        "https://*.{}:*",
        "https://{}:8443",
        "http://{}",
        "app://{}",
        "https://*.{}:8443",
        "https://{}.",
    ]);
    (form, name, domain).prop_map(|(form, (number, name), domain)| {
        form.replace("{}", &format!("{name}{number}.{domain}"))
    })
}

/// A listed origin, filled in where it is open, and changed a little.
fn near(listed: &str, change: usize) -> String {
    let filled = listed.replacen("*.", ["x.", "x.y.", "", "."][change % 4], 1);
    let filled = filled.replace(":*", ["", ":1", ":80", ":65536"][change / 4 % 4]);
    match change / 16 {
        0 => filled,
        1 => filled.replacen("://", "://x", 1),
        2 => filled.replacen("://", "://x.", 1),
        3 => filled + "x",
        4 => filled.replacen("https", "http", 1),
        5 => filled[..filled.len() - 1].to_owned(),
        6 => filled.replacen('.', "..", 1),
        7 => filled.to_uppercase(),
        _ => filled.replacen("foo", "barfoo", 1),
    }
}

fn agree(patterns: usize, cases: u32, questions: usize) {
    let config = ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let lists = proptest::collection::vec(pattern(), patterns);
    let questions = proptest::collection::vec((any::<Index>(), 0..9 * 16_usize), questions);
    proptest!(config, |(origins in lists, questions in questions)| {
        let policy = PolicyFile { origins, ..PolicyFile::default() };
        let real = policy.to_core().expect("a good policy");
        for (which, change) in questions {
            let listed: &String = which.get(&policy.origins);
            let origin = near(listed, change);
            let allowed = naive::allows_origin(&policy, origin.as_bytes());
            prop_assert_eq!(real.allows_origin(origin.as_bytes()), allowed, "{}", origin);
        }
    });
}

#[test]
fn of_one() {
    agree(1, 100, 100);
}

#[test]
fn of_two() {
    agree(2, 100, 100);
}

#[test]
fn of_ten() {
    agree(10, 50, 100);
}

#[test]
fn of_a_thousand() {
    agree(1_000, 2, 50);
}

#[test]
fn of_ten_thousand() {
    agree(10_000, 1, 20);
}
