//! The code of the guide is that of the example, which the suite tests.

use super::read;

#[test]
fn the_code_of_the_guide_is_that_of_the_example() {
    let page = read("docs/add-cors-to-a-framework.md");
    let example = read("conformance-tests/examples/poem.rs");
    let test = read("conformance-tests/strangers/tests/suite.rs");
    let blocks: Vec<&str> = page.split("```rust\n").skip(1).collect();
    assert_eq!(blocks.len(), 2);
    for block in blocks {
        let code = block.split("```").next().expect("a block ends");
        assert!(example.contains(code) || test.contains(code), "{code}");
    }
}

/// Without blank lines and comments, between the imports and what only the suite needs.
fn lines(example: &str) -> usize {
    let source = read(&format!("conformance-tests/examples/{example}.rs"));
    let (_, adapter) = source.split_once("/// The adapter").expect("a start");
    let (adapter, _) = adapter.split_once("/// The rest is for").expect("an end");
    let code = adapter.lines().skip(1).map(str::trim);
    code.filter(|line| !line.is_empty() && !line.starts_with("//"))
        .count()
}

#[test]
fn the_examples_have_as_many_lines_as_the_pages_say() {
    let readme = read("README.md");
    for example in ["hyper", "poem", "salvo", "ntex", "picoserve"] {
        let count = lines(example);
        let file = format!("(conformance-tests/examples/{example}.rs) |");
        let row = readme.lines().find(|line| line.contains(&file));
        let row = row.unwrap_or_else(|| panic!("{example} has no row"));
        assert!(row.contains(&format!("| {count} |")), "{count}: {row}");
        // Over `http` 1.x it is short.
        assert!(count <= 60 || !row.contains("`http`"), "{count}: {row}");
    }
    let guide = read("docs/add-cors-to-a-framework.md");
    let count = lines("poem");
    assert!(
        guide.contains(&format!("the adapter in it has {count} lines")),
        "{count}"
    );
}
