//! What the pages of the repository tell people to type and to copy works: the READMEs and everything in
//! `docs`. Their Rust code is compiled as doctests of the crates.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use cors_core::{OwnedPolicy, PolicySet};

/// Commands that no test runs, and why.
const NOT_RUN: [(&str, &str); 15] = [
    (".ci/windows", "it unpacks another compiler"),
    (
        "apt-get",
        "it installs the browsers, which CI has done before",
    ),
    ("cargo build", "a step of its own in CI"),
    ("cargo clippy", "a step of its own in CI"),
    ("cargo fmt", "a step of its own in CI"),
    ("cargo fuzz", "it takes minutes, and a tool"),
    (".ci/mutants", "it takes hours, and two tools"),
    ("cargo install", "it would build everything again"),
    ("cors COMMAND", "it stands for any command"),
    ("cp ", "it only shows how to replace a file"),
    ("mv ", "it only shows how to replace a file"),
    ("node ", "it takes pictures, for people to look at"),
    (
        "source ",
        "a test of the command's own gives the script to a shell",
    ),
    ("conformance-tests/weigh", "a step of its own in CI"),
    (
        "cors-core/tests/device/run",
        "a step of CI's oldest compiler",
    ),
];

/// Of these the test only checks that their arguments are understood: they serve until they are stopped,
/// start browsers, ask a server elsewhere, or write to the user's folder.
const PARSED: [&str; 6] = ["browser", "demo", "man", "probe", "report", "serve"];

/// What people read who work on this repository: only its commands are tested here.
const FOR_CONTRIBUTORS: [&str; 4] = [
    "CONTRIBUTING.md",
    "ERRORS.md",
    "SECURITY.md",
    "conformance-tests/README.md",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Packages are in folders of their names, all but one.
fn folder_of(package: &str) -> &str {
    match package {
        "peers" => "conformance-tests/peers",
        package => package,
    }
}

fn manifest(package: &str) -> toml::Table {
    let text = read(format!("{}/Cargo.toml", folder_of(package)));
    text.parse().expect("a manifest")
}

const ADAPTERS: [&str; 4] = ["cors-actix", "cors-axum", "cors-rocket", "cors-warp"];

/// Path and text of each page.
fn pages() -> Vec<(String, String)> {
    let guides = fs::read_dir(root().join("docs")).expect("a folder");
    let guides = guides.map(|entry| entry.expect("an entry").file_name());
    let guides = guides.map(|name| format!("docs/{}", name.to_str().expect("a name")));
    let readmes = ADAPTERS.iter().chain(&["cors-core"]);
    let readmes = readmes.map(|package| format!("{package}/README.md"));
    let mut paths: Vec<String> = guides
        .filter(|path| Path::new(path).extension().is_some_and(|end| end == "md"))
        .collect();
    paths.extend(readmes.chain(["README.md".to_owned()]));
    paths.sort();
    paths
        .into_iter()
        .map(|path| (path.clone(), read(path)))
        .collect()
}

/// Where each block of a language begins, and its lines.
fn blocks(page: &str, language: &str) -> Vec<(usize, Vec<String>)> {
    let mut blocks = Vec::new();
    let mut lines = page.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        let indent = line.len() - line.trim_start().len();
        let Some(found) = line.trim_start().strip_prefix("```") else {
            continue;
        };
        let inside = lines.by_ref().take_while(|(_, line)| line.trim() != "```");
        let inside: Vec<String> = inside
            .map(|(_, line)| line.get(indent..).unwrap_or_default().to_owned())
            .collect();
        if found == language {
            blocks.push((number + 2, inside));
        }
    }
    blocks
}

/// Every command of a page, with its line. In a block with output the commands begin with `$`.
fn commands(page: &str) -> Vec<(usize, String)> {
    let mut commands = Vec::new();
    for (first, block) in blocks(page, "console") {
        let has_output = block.iter().any(|line| line.starts_with("$ "));
        let mut open: Option<(usize, String)> = None;
        for (number, line) in block.iter().enumerate() {
            let begun = open.take();
            let text = match (&begun, line.strip_prefix("$ ")) {
                (None, None) if has_output => continue,
                (None, Some(command)) => command,
                _ => line,
            };
            let text = text.split(" #").next().unwrap_or_default().trim();
            let (at, before) = begun.unwrap_or((first + number, String::new()));
            let whole = format!("{before} {text}").trim().to_owned();
            match whole.strip_suffix('\\') {
                Some(begun) => open = Some((at, begun.trim().to_owned())),
                None if whole.is_empty() => {}
                None => commands.push((at, whole)),
            }
        }
    }
    commands
}

/// Every command in the prose of a page.
fn commands_in_prose(page: &str) -> Vec<String> {
    let mut is_code = false;
    let prose = page.lines().filter(|line| {
        let is_fence = line.trim_start().starts_with("```");
        is_code ^= is_fence;
        !is_code && !is_fence
    });
    let prose = prose.map(str::trim).collect::<Vec<_>>().join(" ");
    let spans = prose.split('`').skip(1).step_by(2);
    let commands = spans.filter(|span| span.starts_with("cargo ") || span.starts_with("cors "));
    commands.map(str::to_owned).collect()
}

/// As a shell splits it; the pages only use single quotes.
fn words(command: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut is_quoted = false;
    for char in command.chars() {
        match char {
            '\'' => is_quoted = !is_quoted,
            ' ' if !is_quoted => words.push(String::new()),
            char => words.last_mut().expect("a word").push(char),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

fn option<'w>(words: &'w [String], name: &str) -> Option<&'w str> {
    let at = words.iter().position(|word| word == name)?;
    words.get(at + 1).map(String::as_str)
}

/// Why a command would fail.
fn failure(command: &str, folder: &Path) -> Option<String> {
    if NOT_RUN.iter().any(|(start, _)| command.starts_with(start)) {
        return None;
    }
    let words = words(command);
    let own = ["cargo run -p conformance-tests -- ", "cors "];
    if own.iter().any(|start| command.starts_with(start)) {
        let skipped = if words[0] == "cors" { 1 } else { 5 };
        return failure_of_own(&words[skipped..], folder);
    }
    if let Some(rest) = command.strip_prefix("curl ") {
        // What the quick start shows is tested with the README.
        let is_known = rest.contains("http://127.0.0.1:8080/");
        return (!is_known).then(|| "it asks a server that no test knows".to_owned());
    }
    let cargo = ["cargo run", "cargo test", "cargo bench"]
        .iter()
        .find(|start| command.starts_with(**start));
    if cargo.is_none() {
        return Some("add it to NOT_RUN, with the reason, or run it".to_owned());
    }
    let package = option(&words, "-p");
    for (flag, folder) in [
        ("--example", "examples"),
        ("--test", "tests"),
        ("--bench", "benches"),
        ("--bin", "src/bin"),
    ] {
        let Some((name, package)) = option(&words, flag).zip(package) else {
            continue;
        };
        let kind = flag.trim_start_matches('-');
        let file = format!("{}/{folder}/{name}", folder_of(package));
        let is_declared = manifest(package).get(kind).is_some_and(|targets| {
            let mut targets = targets.as_array().into_iter().flatten();
            targets.any(|target| target["name"].as_str() == Some(name))
        });
        let is_file = root().join(format!("{file}.rs")).exists() || root().join(&file).is_dir();
        if !is_declared && !is_file {
            return Some(format!("{package} has no {kind} {name}"));
        }
    }
    let features = option(&words, "--features").into_iter();
    for feature in features.flat_map(|list| list.split(',')) {
        if package.is_some_and(|package| manifest(package)["features"].get(feature).is_none()) {
            return Some(format!("there is no feature {feature}"));
        }
    }
    None
}

/// Runs the command of this package, with the policy of the README as `policy.toml`.
fn failure_of_own(arguments: &[String], folder: &Path) -> Option<String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cors"));
    let is_whole = |word: &&String| *word != "…";
    // What a shell does with the output is its own.
    let end = arguments.iter().position(|word| word == "|" || word == ">");
    let (arguments, _) = arguments.split_at(end.unwrap_or(arguments.len()));
    command.args(arguments.iter().filter(is_whole));
    // What has no arguments is only a name, and of others prose leaves some out.
    let name = arguments.first().map_or("", String::as_str);
    let is_part = arguments.len() < 2 || !arguments.iter().all(|word| is_whole(&word));
    if is_part || PARSED.contains(&name) {
        command.arg("--help");
    }
    let output = command.current_dir(folder).stdin(Stdio::null()).output();
    let output = output.expect("the command runs");
    // A policy that lets no page read is no failure of the command.
    let is_run = output.status.success() || name == "explain" && output.status.code() == Some(1);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    (!is_run).then(|| format!("{}: {text}", output.status))
}

#[test]
fn every_command_runs_or_is_named_as_one_that_is_not_run() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("pages");
    fs::create_dir_all(&folder).expect("a folder");
    let policies = blocks(&read("README.md"), "toml");
    let (_, policy) = policies.last().expect("a policy");
    let policy = policy.join("\n");
    let table: toml::Table = policy.parse().expect("a document");
    for (name, text) in [
        ("app.toml", format!("[server.cors]\n{policy}")),
        (
            "cors.json",
            serde_json::to_string(&table).expect("a document"),
        ),
        ("cors.toml", policy.clone()),
        ("policy.toml", policy.clone()),
        ("policy.toml.new", policy),
    ] {
        fs::write(folder.join(name), text).expect("a file");
    }
    let others = FOR_CONTRIBUTORS.map(|path| (path.to_owned(), read(path)));
    let mut count = 0;
    let mut failures = Vec::new();
    for (path, page) in pages().into_iter().chain(others) {
        for (line, command) in commands(&page) {
            count += 1;
            if let Some(why) = failure(&command, &folder) {
                failures.push(format!("{path}:{line}: {command}\n  {why}"));
            }
        }
        for command in commands_in_prose(&page) {
            if let Some(why) = failure(&command, &folder) {
                failures.push(format!("{path}: {command}\n  {why}"));
            }
        }
    }
    assert!(count > 40, "{count} commands");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn a_command_that_would_fail_is_found() {
    let page = "```console\n$ cors lint \\\n  none.toml # a comment\nits output\n```";
    assert_eq!(commands(page), [(2, "cors lint none.toml".to_owned())]);
    let prose = "Run `cargo\ntest`, not `make`.\n```console\nmake `cargo`\n```\n`cors lint`";
    assert_eq!(commands_in_prose(prose), ["cargo test", "cors lint"]);
    assert_eq!(failure("cors lint", Path::new(".")), None);
    for wrong in [
        "cors lint none.toml",
        "cors none",
        "cors explain --policy none.toml --origin https://a.example",
        "cors man --at folder | man -l -",
        "cargo run -p conformance-tests -- serve --polcy policy.toml",
        "cargo run -p cors-axum --example none",
        "cargo run -p cors-axum --features none --example hello",
        "cargo test -p cors-core --test none",
        "curl http://example.com/",
        "make",
        "cargo make",
    ] {
        assert!(failure(wrong, Path::new(".")).is_some(), "{wrong}");
    }
}

/// The policies of a document: itself, or what stands under `cors` in it.
fn policies(table: &toml::Table) -> Vec<toml::Table> {
    if table.contains_key("origins") {
        return vec![table.clone()];
    }
    let tables = table.values().filter_map(toml::Value::as_table);
    tables.flat_map(policies).collect()
}

#[test]
fn every_policy_file_is_a_policy_without_warnings() {
    let mut count = 0;
    for (path, page) in pages() {
        for (line, block) in blocks(&page, "toml") {
            let place = format!("{path}:{line}");
            let table: toml::Table = block.join("\n").parse().expect(&place);
            if table.contains_key("dependencies") || table.contains_key("dev-dependencies") {
                continue;
            }
            if table.contains_key("policies") {
                let set: PolicySet = table.try_into().expect(&place);
                let warnings: Vec<_> = set.warnings().iter().map(ToString::to_string).collect();
                assert!(warnings.is_empty(), "{place}: {warnings:?}");
                count += 1;
                continue;
            }
            let policies = policies(&table);
            assert_eq!(policies.len(), 1, "{place}");
            for policy in policies {
                let policy: OwnedPolicy<String, Vec<u32>> = policy.try_into().expect(&place);
                let warnings: Vec<String> = policy.warnings().map(|one| one.to_string()).collect();
                assert!(warnings.is_empty(), "{place}: {warnings:?}");
                count += 1;
            }
        }
    }
    assert!(count >= 4, "{count} policies");
}

#[test]
fn every_dependency_is_one_that_is_tested_here() {
    let workspace = manifest(".");
    let known = workspace["workspace"]["dependencies"].as_table().unwrap();
    let mut shown = BTreeSet::new();
    for (path, page) in pages() {
        for (line, block) in blocks(&page, "toml") {
            let table: toml::Table = block.join("\n").parse().expect("a document");
            let dependencies = table.get("dependencies").and_then(toml::Value::as_table);
            for (name, dependency) in dependencies.into_iter().flatten() {
                let place = format!("{path}:{line}: {name}");
                let here = known.get(name).expect(&place);
                let version = |value: &toml::Value| {
                    let version = value.get("version").unwrap_or(value);
                    version.as_str().map(str::to_owned)
                };
                if let Some(version_here) = version(here) {
                    let version = version(dependency).expect(&place);
                    assert!(version_here.starts_with(&version), "{place} {version_here}");
                    continue;
                }
                assert_eq!(dependency["git"].as_str(), Some("<repository>"), "{place}");
                for feature in dependency
                    .get("features")
                    .and_then(toml::Value::as_array)
                    .into_iter()
                    .flatten()
                {
                    let features = &manifest(name)["features"];
                    assert!(
                        features.get(feature.as_str().unwrap()).is_some(),
                        "{place}: {feature}"
                    );
                }
                shown.insert(name.clone());
            }
        }
    }
    for package in ADAPTERS {
        assert!(shown.contains(package), "{package}");
    }
}

#[test]
fn every_feature_is_in_its_readme() {
    for package in ADAPTERS.iter().chain(&["cors-core"]) {
        let readme = read(format!("{package}/README.md"));
        let manifest = manifest(package);
        let features = manifest["features"].as_table().unwrap();
        let default = features.get("default").and_then(toml::Value::as_array);
        let is_default = |name: &str| {
            default.is_some_and(|list| list.iter().any(|one| one.as_str() == Some(name)))
        };
        for name in features.keys().filter(|name| *name != "default") {
            let rows = readme.lines().filter(|line| line.starts_with("| `"));
            let mut cells = rows.map(|row| row.split('|').map(str::trim).collect::<Vec<_>>());
            let row = cells.find(|cells| cells[1].contains(&format!("`{name}`")));
            let row = row.unwrap_or_else(|| panic!("{package}: {name}"));
            let wanted = if is_default(name) { "yes" } else { "no" };
            assert_eq!(row[2], wanted, "{package}: {name}");
        }
    }
}

#[test]
fn every_key_of_a_policy_file_is_explained() {
    let error = toml::from_str::<OwnedPolicy<String, Vec<u32>>>("none = 1").unwrap_err();
    let (_, keys) = error
        .message()
        .split_once("expected one of ")
        .expect("the keys");
    let keys: BTreeSet<&str> = keys.split(", ").map(|key| key.trim_matches('`')).collect();
    assert!(keys.contains("denied"), "{keys:?}");
    let page = read("docs/configuration.md");
    let (_, section) = page.split_once("## All keys").expect("a section");
    let (section, _) = section.split_once("\n## ").expect("an end");
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `"));
    let rows: BTreeSet<&str> = rows.filter_map(|row| row.split('`').next()).collect();
    assert_eq!(rows, keys);
}
