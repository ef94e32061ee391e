//! What holds for every crate of the workspace.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn members() -> Vec<String> {
    let manifest: toml::Table = read("Cargo.toml").parse().unwrap();
    let members = manifest["workspace"]["members"].as_array().unwrap();
    members
        .iter()
        .map(|one| one.as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn every_member_inherits_the_lints() {
    for member in members() {
        let manifest: toml::Table = read(format!("{member}/Cargo.toml")).parse().unwrap();
        let inherits = manifest
            .get("lints")
            .and_then(|lints| lints["workspace"].as_bool());
        assert_eq!(
            inherits,
            Some(true),
            "{member} does not say `[lints] workspace = true`"
        );
    }
}

#[test]
fn every_member_forbids_unsafe_code() {
    for member in members() {
        let library = read(format!("{member}/src/lib.rs"));
        assert!(library.contains("#![forbid(unsafe_code)]"), "{member}");
    }
    assert!(read("cors-core/src/lib.rs").contains("#![no_std]"));
}

/// What it can do with others must be asked for.
#[test]
fn by_default_the_core_depends_on_nothing() {
    let manifest: toml::Table = read("cors-core/Cargo.toml").parse().unwrap();
    for (name, dependency) in manifest["dependencies"].as_table().unwrap() {
        let optional = dependency.get("optional").and_then(toml::Value::as_bool);
        assert_eq!(optional, Some(true), "{name}");
    }
    assert!(manifest["features"].get("default").is_none());
}

#[test]
fn ci_runs_the_test_command_of_the_readme() {
    let command = "cargo test --workspace";
    assert!(read("README.md").contains(&format!("\n{command}\n")));
    assert!(read(".ci/run").lines().any(|line| line == command));
}

/// Who tests an adapter of his own builds no framework of others.
#[test]
fn the_suite_depends_on_what_its_readme_lists() {
    let readme = read("conformance-tests/README.md");
    let (_, list) = readme
        .split_once("<!-- what the suite depends on -->")
        .expect("a list");
    let (list, _) = list.split_once("<!-- end -->").expect("its end");
    let listed: BTreeSet<_> = list.split('`').skip(1).step_by(2).collect();
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--package", "conformance-tests"])
        .args(["--no-default-features", "--edges", "normal,build"])
        .args(["--prefix", "none", "--format", "{p}"])
        .current_dir(root())
        .output()
        .expect("Cargo runs");
    assert!(output.status.success(), "{output:?}");
    let tree = String::from_utf8(output.stdout).expect("a text");
    let built: BTreeSet<_> = tree
        .lines()
        .filter_map(|line| line.split(' ').next())
        .filter(|&name| name != "conformance-tests")
        .collect();
    assert_eq!(built, listed);
}
