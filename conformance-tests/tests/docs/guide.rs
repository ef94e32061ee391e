//! The code of the guide is that of the example, which the suite tests.

use super::read;

#[test]
fn the_code_of_the_guide_is_that_of_the_example() {
    let page = read("docs/add-cors-to-a-framework.md");
    let example = read("conformance-tests/examples/poem.rs");
    let test = read("conformance-tests/strangers/tests/suite.rs");
    let blocks: Vec<&str> = page.split("```rust\n").skip(1).collect();
    assert_eq!(blocks.len(), 3);
    for block in blocks {
        let code = block.split("```").next().expect("a block ends");
        assert!(example.contains(code) || test.contains(code), "{code}");
    }
}

/// Counted as the example's own test does.
#[test]
fn the_example_has_as_many_lines_as_the_pages_say() {
    let example = read("conformance-tests/examples/poem.rs");
    let (_, adapter) = example.split_once("/// The adapter").expect("a start");
    let (adapter, _) = adapter.split_once("/// The rest is for").expect("an end");
    let code = adapter.lines().skip(1).map(str::trim);
    let count = code
        .filter(|line| !line.is_empty() && !line.starts_with("//"))
        .count();
    assert!(
        read("README.md").contains(&format!("{count} for [poem]")),
        "{count}"
    );
    let guide = read("docs/add-cors-to-a-framework.md");
    assert!(
        guide.contains(&format!("the adapter in it has {count} lines")),
        "{count}"
    );
}
