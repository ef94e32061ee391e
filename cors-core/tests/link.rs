//! What cors-core does without is proved by programs that link only without it. Each proof is shown
//! to fail when what it forbids is planted.

#![cfg(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64")
))]

use std::path::Path;
use std::process::{Command, Output};

/// Builds a program of `tests/no_std` with optimizations.
fn build(program: &str, features: &str) -> Output {
    Command::new(env!("CARGO"))
        .args(["build", "--locked", "--release", "--color=never"])
        .args(["--bin", program, "--features", features])
        .args(["--manifest-path", "tests/no_std/Cargo.toml"])
        .args(["--target-dir", env!("CARGO_TARGET_TMPDIR")])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        // Flags for this workspace (coverage, sanitizers) need a runtime that needs std.
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .output()
        .expect("cargo runs")
}

fn messages(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[track_caller]
fn builds_and_succeeds(program: &str, features: &str) {
    let built = build(program, features);
    assert!(built.status.success(), "{}", messages(&built));
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("release");
    let status = Command::new(path.join(program))
        .status()
        .expect("what was built runs");
    assert_eq!(status.code(), Some(0));
}

#[track_caller]
fn does_not_build(program: &str, feature: &str, because: &str) {
    let built = build(program, feature);
    let messages = messages(&built);
    assert!(!built.status.success(), "{program} builds with {feature}");
    assert!(messages.contains(because), "{messages}");
}

/// One test, so that no two builds replace each other's program.
#[test]
fn neither_std_nor_an_allocator_is_needed() {
    for program in ["public_api", "run_time"] {
        builds_and_succeeds(program, "");
        does_not_build(program, "plant-std", "duplicate lang item");
        let because = "no global memory allocator found";
        does_not_build(program, "plant-allocation", because);
    }
}

/// The list of public suffixes is in a program only if it reads policies at run time.
#[test]
fn literals_bring_no_list_along() {
    const TABLE: &[u8] = include_bytes!("../src/origin/public_suffix/table.bin");
    for (features, holds_it) in [("", false), ("plant-list", true)] {
        builds_and_succeeds("literals", features);
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("release/literals");
        let program = std::fs::read(path).unwrap();
        // Any part of it will do.
        let is_there = TABLE.chunks(64).any(|part| {
            let mut places = program.windows(part.len());
            part.len() == 64 && places.any(|place| place == part)
        });
        assert_eq!(is_there, holds_it);
    }
}

#[test]
fn nothing_panics_but_the_setters_that_say_so() {
    builds_and_succeeds("no_panic", "");
    does_not_build("no_panic", "plant-panic", "a_panic_is_reachable");
}
