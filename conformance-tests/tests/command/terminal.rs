//! No text of a file, a server or an argument controls the terminal on which it is printed.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

/// What terminals obey, in one byte and in two, and what turns the order of letters around.
const HOSTILE: &str = "\u{1b}[31m\u{9b}2J\u{8}\u{7f}\u{202e}";

fn file(name: &str, text: &str) -> String {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("terminal-{name}"));
    fs::write(&path, text).expect("a file");
    path.to_str().expect("a text").to_owned()
}

/// All that is printed, with no character that does more than stand there.
fn printed(arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cors"));
    let command = command.args(arguments).stdin(Stdio::null());
    let output = command.output().expect("the command runs");
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8(text).expect("a text");
    let is_hostile = |one: char| {
        one.is_control() && !"\n\t".contains(one) || ('\u{202a}'..='\u{202e}').contains(&one)
    };
    let found: Vec<_> = text.chars().filter(|&one| is_hostile(one)).collect();
    assert!(found.is_empty(), "{arguments:?}: {found:?} in {text:?}");
    text
}

#[test]
fn texts_of_a_file_are_escaped() {
    let units = HOSTILE.encode_utf16();
    let escaped: Vec<_> = units.map(|unit| format!("\\u{unit:04x}")).collect();
    let hostile = escaped.concat();
    let files = [
        file("key.toml", &format!("\"{hostile}key\" = 1\n")),
        file("key.json", &format!("{{\"{hostile}key\": 1}}")),
        file(
            "entry.toml",
            &format!("origins = [\"https://a.example\"]\nmethods = [\"{hostile}\"]\n"),
        ),
        file("entry.json", &format!("{{\"methods\": [\"{hostile}\"]}}")),
        file("type.toml", &format!("origins = \"{hostile}\"\n")),
        file("type.json", &format!("{{\"origins\": \"{hostile}\"}}")),
        file("denied.json", &format!("{{\"denied\": \"{hostile}\"}}")),
        file("table.toml", &format!("[\"{hostile}\"]\norigins = []\n")),
        // As they are.
        file(
            "raw.toml",
            &format!("origins = [ # {HOSTILE}\n\"https://a.example/\"] # {HOSTILE}\n"),
        ),
        file("raw.json", &format!("{{\"origins\": [\"{HOSTILE}\"]}}")),
        file(
            "raw-c1.toml",
            "origins = [\"https://\u{9b}31m.example\"] # \u{9b}31m\n",
        ),
        file(
            &format!("{HOSTILE}.toml"),
            "origins = [\"https://a.example/\"]\nmethods = [\"patch\"]\n",
        ),
        file(&format!("{HOSTILE}-key.toml"), "origin = []\n"),
        format!("{HOSTILE}/nowhere.toml"),
    ];
    for path in &files {
        let text = printed(&["lint", path]);
        assert!(text.len() > 20, "{text}");
        let json = printed(&["lint", "--format", "json", path]);
        serde_json::from_str::<serde_json::Value>(&json).expect("JSON");
        #[cfg(feature = "full")]
        printed(&["serve", "--policy", path]);
        printed(&["explain", "--policy", path, "--origin", "https://a.example"]);
        printed(&["lint", path, "--table", HOSTILE]);
    }
    let key = printed(&["lint", &files[0]]);
    assert!(
        key.contains(r"unknown key `\u{1b}[31m\u{9b}2J\u{8}\u{7f}\u{202e}key`"),
        "{key}"
    );
}

#[test]
fn arguments_are_escaped() {
    let policy = file("good.toml", "origins = [\"https://a.example\"]\n");
    let header = format!("x{HOSTILE}: 1");
    let value = format!("x: {HOSTILE}");
    let url = format!("http://127.0.0.1:9/{HOSTILE}");
    let host = format!("{HOSTILE}.example");
    let origin = format!("https://{HOSTILE}");
    let page = ["--origin", "https://a.example"];
    let probe = ["probe", "http://127.0.0.1:9/", page[0], page[1]];
    let explain = ["explain", "--policy", &policy, page[0], page[1]];
    for arguments in [
        &["probe", HOSTILE, page[0], page[1]][..],
        &["probe", &host, page[0], page[1]],
        &["probe", &url, page[0], page[1]],
        &["probe", "http://127.0.0.1:9/", "--origin", &origin],
        &[&probe[..], &["--method", HOSTILE]].concat(),
        &[&probe[..], &["--header", &header]].concat(),
        &[&probe[..], &["--header", &value]].concat(),
        &[&probe[..], &["--cookie", HOSTILE]].concat(),
        &[&probe[..], &["--rate", HOSTILE]].concat(),
        &[&probe[..], &[HOSTILE]].concat(),
        &["explain", "--policy", &policy, "--origin", &origin],
        &[&explain[..], &["--method", HOSTILE]].concat(),
        &[&explain[..], &["--header", &header]].concat(),
        &[&explain[..], &["--header", &value]].concat(),
        &[&explain[..], &["--host", HOSTILE]].concat(),
        &["demo", "--policy", HOSTILE],
        &["serve", "--policy", &policy, "--adapter", HOSTILE],
        &["serve", "--policy", &policy, "--listen", HOSTILE],
        &[HOSTILE],
    ] {
        printed(arguments);
        if arguments[0] == "probe" {
            printed(&[arguments, &["--format", "json"]].concat());
        }
    }
}

/// A byte from 0x80 on may stand in a header, and terminals of old take some for commands.
#[test]
fn texts_of_a_server_are_escaped() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/", listener.local_addr().expect("an address"));
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            let mut lines = BufReader::new(stream.try_clone().expect("a stream")).lines();
            while lines
                .next()
                .is_some_and(|line| line.is_ok_and(|line| !line.is_empty()))
            {}
            let value = "\u{9b}31m\u{202e}";
            let _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\nserver: {value}\r\naccess-control-allow-origin: {value}\r\n\
                 vary: {value}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
            );
        }
    });
    for format in ["text", "json"] {
        let text = printed(&[
            "probe",
            &url,
            "--origin",
            "https://a.example",
            "--format",
            format,
        ]);
        assert!(text.contains("31m"), "{text}");
    }
}

/// What is printed goes through one place, or it is not escaped.
#[test]
fn nothing_is_printed_elsewhere() {
    fn check(folder: &Path) {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                check(&path);
            } else if path.extension().is_some_and(|one| one == "rs")
                && !path.ends_with("output.rs")
            {
                let text = fs::read_to_string(&path).expect("a text");
                for word in ["print!(", "println!(", "stdout()", "stderr()", "dbg!("] {
                    assert!(!text.contains(word), "{word} in {}", path.display());
                }
            }
        }
    }
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    check(&source.join("command"));
    let main = fs::read_to_string(source.join("main.rs")).expect("a text");
    assert!(!main.contains("println!("));
}
