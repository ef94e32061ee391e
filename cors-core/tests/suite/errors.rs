//! `ERRORS.md` has a section for every code, and its examples are what it says they are.

#![cfg(all(feature = "serde", feature = "std"))]

use std::collections::BTreeSet;

use cors_core::{OwnedPolicy, PolicyErrors, PolicySet, Scoped, Settings};

const PAGE: &str = include_str!("../../../ERRORS.md");

/// Where codes stand in the source.
const SOURCES: [&str; 4] = [
    include_str!("../../src/error/words.rs"),
    include_str!("../../src/server/set/error.rs"),
    include_str!("../../src/server/set/warning.rs"),
    include_str!("../../src/policy/warning.rs"),
];

/// Only a list that was crafted for it has this warning: there is nothing to copy.
const WITHOUT_EXAMPLE: &str = "CORS-W08";

/// Code and text of each section.
fn sections() -> impl Iterator<Item = (&'static str, &'static str)> {
    let sections = PAGE.split("\n## ").skip(1);
    sections.map(|section| section.split_once('\n').expect("a heading is a line"))
}

/// The blocks of a section that are marked like this.
fn blocks<'t>(section: &'t str, mark: &str) -> Vec<&'t str> {
    let begin = format!("```{mark}\n");
    let behind = section.split(begin.as_str()).skip(1);
    behind
        .map(|text| text.split("```").next().expect("a block ends"))
        .collect()
}

/// Every code that is written somewhere as a text of its own.
fn codes() -> BTreeSet<&'static str> {
    let texts = SOURCES.iter().flat_map(|source| source.split('"'));
    texts
        .filter(|text| text.starts_with("CORS-") && text.len() == "CORS-E01".len())
        .collect()
}

fn build(file: &str) -> Result<OwnedPolicy<String, Vec<u32>>, Box<PolicyErrors<String>>> {
    let settings: Settings<String> = toml::from_str(file).unwrap_or_else(|error| panic!("{error}"));
    settings.build().map_err(Box::new)
}

#[derive(serde::Deserialize)]
struct SetFile {
    policies: Vec<Scoped<Settings<String>>>,
}

/// A set of policies has errors and warnings of its own.
fn told_of_set(file: &str) -> (bool, Vec<(&'static str, String)>) {
    let file: SetFile = toml::from_str(file).unwrap_or_else(|error| panic!("{error}"));
    match PolicySet::build(file.policies) {
        Ok(set) => {
            let warnings = set.warnings();
            let told = warnings.iter().map(|one| (one.code(), one.to_string()));
            (true, told.collect())
        }
        Err(errors) => {
            let told = errors
                .iter()
                .map(|one| (one.kind().code(), one.to_string()));
            (false, told.collect())
        }
    }
}

/// Whether the file is good, and codes and texts of all errors, or else of all warnings.
fn told(file: &str) -> (bool, Vec<(&'static str, String)>) {
    if file.contains("policies") {
        return told_of_set(file);
    }
    match build(file) {
        Ok(policy) => {
            let told = policy.warnings();
            let told = told.map(|warning| (warning.kind().code(), warning.to_string()));
            (true, told.collect())
        }
        Err(errors) => {
            let told = errors.iter();
            let told = told.map(|error| (error.kind().code(), error.to_string()));
            (false, told.collect())
        }
    }
}

#[test]
fn every_code_has_a_section_and_every_section_a_code() {
    let codes = codes();
    assert!(codes.len() > 60, "{codes:?}");
    let headings: Vec<_> = sections().map(|(heading, _)| heading).collect();
    // A `BTreeSet` is in order, and so is the page.
    assert_eq!(headings, codes.into_iter().collect::<Vec<_>>());
}

#[test]
fn examples_are_what_they_are_said_to_be() {
    for (code, section) in sections() {
        let (wrong, right) = (blocks(section, "toml wrong"), blocks(section, "toml right"));
        assert_eq!(
            (wrong.len(), right.len()),
            match wrong.len() {
                0 => (0, 0),
                _ => (1, 1),
            },
            "{code}"
        );
        for file in &wrong {
            let (is_good, told) = told(file);
            assert_eq!(told.len(), 1, "{code}: {told:?}");
            assert_eq!(told[0].0, code);
            let message = format!("{}\n", told[0].1);
            assert_eq!(blocks(section, "text"), [message], "{code}");
            assert_eq!(is_good, code.starts_with("CORS-W"), "{code}");
        }
        for file in &right {
            assert_eq!(told(file), (true, Vec::new()), "{code}");
        }
        // A program asserts its code itself: it is a test of the library's documentation.
        let programs = blocks(section, "rust");
        let asserts = |program: &&str| program.contains(&format!("code(), \"{code}\");"));
        assert_eq!(
            programs.iter().filter(|program| asserts(program)).count(),
            usize::from(wrong.is_empty() && code != WITHOUT_EXAMPLE),
            "{code}"
        );
    }
}
