//! The `browser` command where no engine can do its work; what it does with those that can is
//! shown by itself: `cors browser`.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// With these programs only.
fn command(engine: &str, path: &Path, patience: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cors"));
    command
        .args(["browser", "--engine", engine, "--adapter", "axum"])
        .args(["--patience", patience])
        .env("PATH", path)
        .stdin(Stdio::null());
    command
}

fn run(engine: &str, path: &Path) -> Output {
    command(engine, path, "1")
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
    }
    folder
}

#[test]
fn a_missing_engine_is_an_error_that_names_its_packages() {
    let nothing = folder("nothing", None);
    for (engine, packages) in [
        ("chromium", "chromium"),
        ("firefox", "firefox-esr"),
        ("webkit", "webkit2gtk-driver xauth xvfb"),
    ] {
        let output = run(engine, &nothing);
        let expected =
            format!("error: {engine} is not installed; on Debian: apt-get install {packages}\n");
        assert_eq!(error(&output), expected);
    }
}

#[test]
fn an_engine_that_ends_is_an_error() {
    let output = run("chromium", &folder("ends", Some("echo why >&2; exit 3")));
    assert_eq!(error(&output), "error: chromium ended by itself\n  why\n");
}

#[test]
fn whoever_stops_it_stops_the_engine() {
    let folder = idle("stopped");
    let _ = fs::remove_file(folder.join("pid"));
    let mut command = command("chromium", &folder, "3600")
        .spawn()
        .expect("it runs");
    let limit = Instant::now() + Duration::from_secs(10);
    while !fs::read_to_string(folder.join("pid")).is_ok_and(|pid| pid.ends_with('\n')) {
        assert!(Instant::now() < limit, "the engine was not started");
        thread::sleep(Duration::from_millis(10));
    }
    let pid = command.id().to_string();
    Command::new("kill")
        .args(["-INT", &pid])
        .status()
        .expect("kill runs");
    assert_eq!(command.wait().expect("a status").code(), Some(130));
    has_ended(&folder);
}

#[test]
fn an_engine_that_does_nothing_is_given_up_and_ended() {
    let folder = idle("idle");
    let output = run("chromium", &folder);
    assert_eq!(
        error(&output),
        "error: chromium: its page reported nothing for 1s; it reported nothing before\n"
    );
    has_ended(&folder);
}

/// An engine that waits.
fn idle(name: &str) -> PathBuf {
    let script = "/bin/sleep 600 & echo $! > \"$(/usr/bin/dirname \"$0\")/pid\"; wait";
    folder(name, Some(script))
}

fn has_ended(folder: &Path) {
    let pid = fs::read_to_string(folder.join("pid")).expect("it ran");
    let process = Path::new("/proc").join(pid.trim());
    let limit = Instant::now() + Duration::from_secs(2);
    while process.exists() {
        assert!(Instant::now() < limit, "{pid} lives on");
        thread::sleep(Duration::from_millis(10));
    }
}
