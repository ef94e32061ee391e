use std::collections::BTreeSet;

use cors_core::{Policy, RequestField};

use super::{files, read, root};

const PAGE: &str = "docs/console.md";

const POLICY: Policy = Policy::credentialed("https://app.example.com");

/// What is explained of a request from an origin for a method and a header.
fn explanation(policy: Policy, origins: &[&str], method: &str, header: &str) -> String {
    let lines = |field| {
        let values = match field {
            RequestField::Origin => origins.to_vec(),
            RequestField::RequestMethod if !method.is_empty() => vec![method],
            RequestField::RequestHeaders if !header.is_empty() => vec![header],
            _ => Vec::new(),
        };
        values.into_iter().map(str::as_bytes)
    };
    let used = match method {
        "" => "GET",
        _ => "OPTIONS",
    };
    policy.explain(used.as_bytes(), lines).to_string()
}

/// Of everything that can be refused, for the examples of the page.
fn explanations() -> Vec<String> {
    const APP: &[&str] = &["https://app.example.com"];
    const OTHER: &[&str] = &["https://other.example.com"];
    const BOTH: &[&str] = &["https://app.example.com", "https://app.example.com"];
    let mut explanations = Vec::new();
    for policy in [POLICY, POLICY.debug(), POLICY.methods("PUT").debug()] {
        for origins in [APP, OTHER, BOTH] {
            for method in ["", "PUT"] {
                for header in ["", "content-type"] {
                    explanations.push(explanation(policy, origins, method, header));
                }
            }
        }
    }
    explanations
}

#[test]
fn the_page_has_every_message_that_is_predicted() {
    let page = read(PAGE);
    let explanations = explanations();
    let mut messages = BTreeSet::new();
    for line in explanations.iter().flat_map(|text| text.lines()) {
        for browser in ["Chromium: ", "Firefox: "] {
            messages.extend(line.strip_prefix(browser));
        }
    }
    assert_eq!(messages.len(), 9, "{messages:#?}");
    for message in messages {
        assert!(page.contains(&format!("| `{message}`")), "{message}");
    }
}

/// The texts between quotes, without what is put into them, that are more than a word.
fn texts(source: &str) -> Vec<String> {
    let code: String = source
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(|line| [line, "\n"])
        .collect();
    let code = code.replace(r"'\''", "").replace("'\"'", "");
    let mut texts = Vec::new();
    for text in code.split('"').skip(1).step_by(2) {
        let lines = text.split("\\\n").map(str::trim_start);
        let text: String = lines.collect();
        for part in text.split('{').map(|part| part.rsplit('}').next()) {
            texts.extend(
                part.map(str::trim)
                    .filter(|part| part.contains(' '))
                    .map(str::to_owned),
            );
        }
    }
    texts
}

/// `probe` quotes consoles, too.
#[test]
fn the_page_has_every_message_that_probe_prints() {
    let page = read(PAGE);
    let source = root().join("conformance-tests/src/command/probe/console.rs");
    for text in texts(&std::fs::read_to_string(source).expect("what probe quotes")) {
        assert!(page.contains(&text), "{text}");
    }
}

#[test]
fn texts_are_found_in_code() {
    let source = "// \"not this\"\nf(b'\"', '\\'', \"one {two} three four \\\n   five\", \"word\")";
    assert_eq!(texts(source), ["three four five"]);
}

#[test]
fn the_page_names_the_lines_of_an_explanation() {
    let page = read(PAGE);
    let explanations = explanations();
    for name in ["origin:", "method:", "headers:"] {
        let begins = |line: &str| line.starts_with(name);
        assert!(
            explanations
                .iter()
                .flat_map(|text| text.lines())
                .any(begins)
        );
        assert!(page.contains(&format!("`{name}`")), "{name}");
    }
}

/// The words in code that the column has which begins so.
fn column<'p>(page: &'p str, head: &str) -> BTreeSet<&'p str> {
    let mut words = BTreeSet::new();
    let mut column = None;
    for line in page.lines() {
        let cells: Vec<_> = line.split(" | ").collect();
        if !line.starts_with('|') {
            column = None;
        } else if column.is_none() {
            column = cells.iter().position(|cell| cell.starts_with(head));
        } else if let Some(cell) = column.and_then(|column| cells.get(column)) {
            words.extend(cell.split('`').skip(1).step_by(2));
        }
    }
    words
}

#[test]
fn the_page_has_the_names_that_probe_prints() {
    let page = read(PAGE);
    let folder = "conformance-tests/src/command/probe";
    let sources = files(&root().join(folder));
    let sources: String = sources
        .iter()
        .map(|path| read(&format!("{folder}/{path}")))
        .collect();
    let names = column(&page, "`probe` names it");
    for name in &names {
        assert!(
            sources.contains(&format!("\"{name}\"")),
            "probe does not print {name}"
        );
    }
    for name in ERRORS {
        assert!(names.contains(name), "{PAGE} does not name {name}");
    }
}

/// For each of them a script cannot read the response.
const ERRORS: [&str; 11] = [
    "header-not-allowed",
    "invalid-list",
    "method-not-allowed",
    "mixed-content",
    "no-allow-credentials",
    "no-allow-origin",
    "other-origin",
    "preflight-status",
    "redirect",
    "several-lines",
    "wildcard-with-credentials",
];
