//! The table of public suffixes holds the list, and is read as the list's own algorithm reads it.

#![cfg(feature = "public-suffix")]

use std::collections::BTreeSet;

use cors_core::{Policy, PolicyErrorKind};
use publicsuffix::Psl;

#[path = "../examples/public_suffix_table/table.rs"]
mod table;

const TABLE: &[u8] = include_bytes!("../src/origin/public_suffix/table.bin");

const LIST: &str = "\
// VERSION: 2026-01-02_03-04-05_UTC
// ===BEGIN ICANN DOMAINS===

// jp : https://jprs.jp
jp  and what stands behind white space
kawasaki.jp\t// as a rule of its own
*.kawasaki.jp
!city.kawasaki.jp
\u{516c}\u{53f8}.cn
// ===BEGIN PRIVATE DOMAINS===
  github.io
jp
hub
pizza
";

const RULES: [&str; 8] = [
    "xn--55qx5d.cn",
    "hub",
    "github.io",
    "jp",
    "kawasaki.jp",
    "*.kawasaki.jp",
    "!city.kawasaki.jp",
    "pizza",
];

fn after_date(list: &str) -> Vec<&str> {
    list.lines().skip(1).collect()
}

#[test]
fn a_list_becomes_a_table() {
    let table = table::encode(LIST).unwrap();
    assert_eq!(
        table::decode(&table),
        format!("// VERSION: 2026-01-02\n{}\n", RULES.join("\n")),
    );
    // `hub` is a part of `github`, and `jp` ends as `pizza` begins.
    let labels = b"*citycngithubiojpizzakawasakixn--55qx5d";
    let nodes = 12 + 5 * usize::from(table[10]);
    assert_eq!(&table[nodes..], labels);
}

#[test]
fn what_is_no_list_becomes_no_table() {
    let long = "a".repeat(64);
    for rule in [
        "a..b", ".a", "a.", "a.*.b", "a.*", "A.b", "a_b.c", "*a.b", "!", &long,
    ] {
        let list = format!("// VERSION: 2026-01-02_03-04-05_UTC\n{rule}\n");
        assert!(table::encode(&list).is_err(), "{rule}");
    }
    assert_eq!(
        table::encode("// a list\ncom\n"),
        Err("the list has no VERSION".to_owned()),
    );
    // More nodes, and more bytes of labels, than two bytes count.
    let many: Vec<_> = (0..66_000)
        .map(|number| format!("{:x}.{:x}", number / 256, number % 256))
        .collect();
    let long: Vec<_> = (0..1_200)
        .map(|number| format!("{number:04x}").repeat(15))
        .collect();
    for rules in [many, long] {
        let list = format!("// VERSION: 2026-01-02_03-04-05_UTC\n{}", rules.join("\n"));
        let error = table::encode(&list).unwrap_err();
        assert_eq!(error, "the list has too many rules");
    }
}

/// Whoever makes the table of the list that the table holds gets the table.
#[test]
fn the_table_is_what_its_list_becomes() {
    let list = table::decode(TABLE);
    let rules = table::rules(&list).unwrap();
    assert_eq!(rules.len(), after_date(&list).len());
    assert!(rules.len() > 10_000, "{} rules", rules.len());
    assert!(table::encode(&list).unwrap() == TABLE);
}

#[test]
fn the_list_is_named_with_its_date() {
    let date = std::str::from_utf8(&TABLE[..10]).unwrap();
    for text in [
        include_str!("../README.md"),
        include_str!("../src/origin/public_suffix/NOTICE.md"),
    ] {
        assert!(text.contains(date), "{date}");
    }
}

/// Another implementation of the algorithm, with the rules of the table.
struct Oracle(publicsuffix::List);

impl Oracle {
    fn new(rules: &BTreeSet<String>) -> Self {
        let rules: Vec<_> = rules.iter().map(String::as_str).collect();
        let list = format!("// ===BEGIN ICANN DOMAINS===\n{}", rules.join("\n"));
        Self(list.parse().unwrap())
    }

    fn is_suffix(&self, domain: &str) -> bool {
        let found = self.0.find(domain.rsplit('.').map(str::as_bytes));
        found.typ.is_some() && found.len == domain.len()
    }

    /// It or what is below it is a public suffix. No rule names a label `_`.
    fn is_everybodys(&self, domain: &str) -> bool {
        let is_single_label = !domain.contains('.');
        is_single_label || self.is_suffix(domain) || self.is_suffix(&format!("_.{domain}"))
    }
}

#[track_caller]
fn check(oracle: &Oracle, domain: &str) {
    let pattern = format!("https://*.{domain}");
    let found = match Policy::try_credentialed(&pattern) {
        Ok(_) => false,
        Err(error) if error.kind() == PolicyErrorKind::PublicSuffix => true,
        // No domain that a browser sends.
        Err(_) => return,
    };
    assert_eq!(found, oracle.is_everybodys(domain), "{domain}");
}

#[test]
fn around_every_rule_it_says_what_the_algorithm_says() {
    let rules = table::rules(&table::decode(TABLE)).unwrap();
    let oracle = Oracle::new(&rules);
    for rule in &rules {
        let name = rule.trim_start_matches(['!', '*', '.']);
        let parent = name.split_once('.').map_or(name, |(_, parent)| parent);
        for domain in [
            name,
            parent,
            &format!("a.{name}"),
            &format!("b.a.{name}"),
            &format!("-.{name}"),
            &format!("zzz.{parent}"),
            // The next ones in the order of siblings, and no label's neighbours.
            &name[1..],
            &format!("{name}0"),
            &format!("0{name}"),
            &name.replacen('.', "0.", 1),
            &name.replacen('.', "", 1),
        ] {
            check(&oracle, domain);
        }
        // That both say no to everything would be agreement, too.
        let is_own = rule.starts_with('!');
        assert_eq!(oracle.is_everybodys(name), !is_own, "{rule}");
    }
}

#[test]
fn about_names_of_any_labels_it_says_what_the_algorithm_says() {
    let rules = table::rules(&table::decode(TABLE)).unwrap();
    let oracle = Oracle::new(&rules);
    let labels: BTreeSet<&str> = rules.iter().flat_map(|rule| rule.split('.')).collect();
    let labels: Vec<&str> = labels
        .into_iter()
        .filter(|label| !label.starts_with(['!', '*']))
        .chain(["jp", "ck", "kawasaki", "com", "amazonaws", "_", "example"])
        .collect();
    // Numerical Recipes' generator: the same names in every run.
    let mut state: u32 = 1;
    let mut next = |below: usize| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as usize % below
    };
    for _ in 0..100_000 {
        let mut domain = labels[next(labels.len())].to_owned();
        for _ in 0..next(4) {
            // Half of them from the few that have much below them.
            let below = match next(2) {
                0 => next(labels.len()),
                _ => labels.len() - 1 - next(7),
            };
            domain = format!("{domain}.{}", labels[below]);
        }
        check(&oracle, &domain);
    }
}
