//! The public interfaces of the libraries are those of `docs/api`, and name no types but those of the
//! crates here and of a few others. `WRITE_PAGES=1` writes the files anew.
//!
//! What rustdoc writes for programs has a form for each version of Rust, so only CI runs this:
//! `cargo test --workspace --test api -- --ignored`

#![cfg(unix)]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use std::{env, fs};

/// The libraries, and whose types a program that uses them sees.
const LIBRARIES: [(&str, &[&str]); 6] = [
    ("cors-core", &["heapless", "http", "serde_core"]),
    (
        "cors-axum",
        &[
            "cors_core",
            "http",
            "http_body",
            "tower_layer",
            "tower_service",
        ],
    ),
    (
        "cors-actix",
        &[
            "actix_http",
            "actix_service",
            "actix_web",
            "bytes",
            "cors_core",
        ],
    ),
    ("cors-rocket", &["cors_core", "futures_core", "rocket"]),
    ("cors-warp", &["cors_core", "http", "warp"]),
    ("cors-envoy", &["cors_core"]),
];

#[test]
#[ignore = "depends on the version of Rust: .ci/run runs it"]
fn public_interfaces_change_on_purpose_only() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let target = root.join(env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into()));
    // Only rustdoc is told, as dependencies would be built anew for it.
    let rustdoc = Path::new(env!("CARGO_TARGET_TMPDIR")).join("rustdoc");
    fs::write(
        &rustdoc,
        "#!/bin/sh\nRUSTC_BOOTSTRAP=1 exec rustdoc \"$@\"\n",
    )
    .expect("a script");
    fs::set_permissions(&rustdoc, Permissions::from_mode(0o755)).expect("a script that runs");
    let mut cargo = Command::new(env!("CARGO"));
    // `ring` would be built anew for another package.
    for (name, _) in env::vars()
        .filter(|(name, _)| name.starts_with("CARGO_PKG") || name.starts_with("CARGO_MANIFEST"))
    {
        cargo.env_remove(name);
    }
    // Of all members, so that dependencies are those of the documentation.
    let status = cargo
        .args([
            "doc",
            "--quiet",
            "--locked",
            "--workspace",
            "--no-deps",
            "--lib",
            "--all-features",
        ])
        .env("RUSTDOC", &rustdoc)
        .env(
            "RUSTDOCFLAGS",
            "-Zunstable-options --output-format json --cap-lints allow",
        )
        .current_dir(&root)
        .status();
    assert!(status.expect("cargo").success());
    let mut differences = String::new();
    for (library, foreign) in LIBRARIES {
        let name = library.replace('-', "_");
        let json = target.join("doc").join(format!("{name}.json"));
        let builder = public_api::Builder::from_rustdoc_json(json);
        let builder = builder.omit_blanket_impls(true).omit_auto_trait_impls(true);
        let api = builder.omit_auto_derived_impls(true).build();
        let api = api.unwrap_or_else(|error| panic!("{library}: {error}"));
        let lines = api.items().map(|item| format!("{item}\n"));
        // What `pin_project_lite` says of its own types is nobody's business.
        let api: String = lines.filter(|line| !line.contains("__private")).collect();

        let own = [&*name, "alloc", "core", "std"];
        let named: BTreeSet<&str> = crates(&api).filter(|named| !own.contains(named)).collect();
        assert_eq!(named, foreign.iter().copied().collect(), "{library}");

        let file = root.join(format!("docs/api/{library}.txt"));
        if env::var_os("WRITE_PAGES").is_some() {
            fs::write(&file, &api).expect("a file");
        }
        let kept = fs::read_to_string(&file).expect("a file");
        for (sign, these, those) in [("-", &kept, &api), ("+", &api, &kept)] {
            let those: BTreeSet<&str> = those.lines().collect();
            for line in these.lines().filter(|line| !those.contains(line)) {
                let _ = writeln!(differences, "{sign} {line}");
            }
        }
    }
    assert!(
        differences.is_empty(),
        "the public interface is another: say it in CHANGELOG.md, and write it with WRITE_PAGES=1\n{differences}"
    );
}

/// Those at the beginning of paths.
fn crates(api: &str) -> impl Iterator<Item = &str> {
    let paths = api.split(|one: char| !(one.is_alphanumeric() || one == '_' || one == ':'));
    let first = paths.filter_map(|path| path.split_once("::").map(|(first, _)| first));
    first.filter(|first| first.starts_with(|one: char| one.is_ascii_lowercase()))
}
