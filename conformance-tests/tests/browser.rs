//! The `browser` command where no engine can do its work; what it does with those that can is
//! shown by itself: `conformance-tests browser`.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// Runs it with these programs only.
fn run(engine: &str, path: &Path) -> Output {
    let arguments = [
        "browser",
        "--engine",
        engine,
        "--adapter",
        "axum",
        "--patience",
        "1",
    ];
    Command::new(env!("CARGO_BIN_EXE_conformance-tests"))
        .args(arguments)
        .env("PATH", path)
        .stdin(Stdio::null())
        .output()
        .expect("the command runs")
}

fn error(output: &Output) -> &str {
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(output.stdout, b"");
    str::from_utf8(&output.stderr).expect("a text")
}

/// A folder of a test's own, with this script as an engine.
fn folder(name: &str, script: Option<&str>) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&folder).expect("a folder");
    if let Some(script) = script {
        let path = folder.join("chromium");
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("a script");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("a program");
        // What it is ended with.
        let kill = folder.join("kill");
        let _ = fs::remove_file(&kill);
        std::os::unix::fs::symlink("/bin/kill", kill).expect("a link");
    }
    folder
}

#[test]
fn a_missing_engine_is_an_error_that_names_its_packages() {
    let nothing = folder("nothing", None);
    for (engine, packages) in [
        ("chromium", "chromium"),
        ("firefox", "firefox-esr"),
        ("webkit", "webkit2gtk-driver xvfb"),
    ] {
        let output = run(engine, &nothing);
        let expected =
            format!("error: {engine} is not installed; on Debian: apt-get install {packages}\n");
        assert_eq!(error(&output), expected);
    }
}

#[test]
fn an_engine_that_ends_is_an_error() {
    let output = run("chromium", &folder("ends", Some("exit 3")));
    assert_eq!(error(&output), "error: chromium ended by itself\n");
}

#[test]
fn an_engine_that_does_nothing_is_given_up_and_ended() {
    let folder = folder(
        "idle",
        Some("/bin/sleep 600 & echo $! > \"$(/usr/bin/dirname \"$0\")/pid\"; wait"),
    );
    let output = run("chromium", &folder);
    assert_eq!(
        error(&output),
        "error: chromium: its page told nothing for 1s; nothing came before\n"
    );
    let pid = fs::read_to_string(folder.join("pid")).expect("it ran");
    let process = Path::new("/proc").join(pid.trim());
    let limit = Instant::now() + Duration::from_secs(2);
    while process.exists() {
        assert!(Instant::now() < limit, "{pid} lives on");
        thread::sleep(Duration::from_millis(10));
    }
}
