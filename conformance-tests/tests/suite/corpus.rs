//! The properties that are fuzzed, for the inputs in `corpus/`: one a line, with escapes as in
//! Rust.

use super::fuzzed;

/// Every input, and every input with a byte left out or another in its place.
fn check(corpus: &str, property: fn(&[u8])) {
    let inputs: Vec<Vec<u8>> = corpus.lines().map(unescaped).collect();
    assert!(inputs.len() >= 5, "a corpus");
    for input in inputs {
        property(&input);
        for place in 0..input.len() {
            let mut shorter = input.clone();
            shorter.remove(place);
            property(&shorter);
            for byte in *b"a.*,A \n\x80" {
                let mut changed = input.clone();
                changed[place] = byte;
                property(&changed);
            }
        }
    }
}

fn unescaped(line: &str) -> Vec<u8> {
    let mut bytes = line.bytes();
    let mut input = Vec::new();
    while let Some(byte) = bytes.next() {
        input.push(match (byte, byte == b'\\') {
            (byte, false) => byte,
            (_, true) => match bytes.next() {
                Some(b'n') => b'\n',
                Some(b't') => b'\t',
                Some(b'x') => {
                    let digits: String = bytes.by_ref().take(2).map(char::from).collect();
                    u8::from_str_radix(&digits, 16).expect("two digits")
                }
                other => other.expect("an escaped byte"),
            },
        });
    }
    input
}

#[test]
fn origins() {
    check(include_str!("corpus/origins.txt"), fuzzed::origins);
}

#[test]
fn headers() {
    check(include_str!("corpus/headers.txt"), fuzzed::headers);
}

#[test]
fn decide() {
    check(include_str!("corpus/decide.txt"), fuzzed::decide);
}

#[test]
fn settings() {
    check(include_str!("corpus/settings.txt"), fuzzed::settings);
}

#[test]
fn files() {
    check(include_str!("corpus/files.txt"), fuzzed::files);
}

#[test]
fn explanations() {
    check(
        include_str!("corpus/explanations.txt"),
        fuzzed::explanations,
    );
}

#[test]
fn policy_sets() {
    check(include_str!("corpus/policy_sets.txt"), fuzzed::policy_sets);
}
