//! The `demo` command, as its page and others meet it; what the page shows is proven in engines:
//! `cors browser`.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cors"));
    command.arg("demo").args(arguments).stdin(Stdio::null());
    command
}

/// A policy file of a test's own.
fn file(name: &str, text: &str) -> String {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, text).expect("a file");
    path.to_str().expect("a text").to_owned()
}

/// A demo that is ended with the test, whatever comes.
struct Demo {
    child: Child,
    output: BufReader<ChildStdout>,
    /// `app.localhost:PORT`
    host: String,
}

impl Demo {
    fn start(arguments: &[&str]) -> Self {
        Self::spawn(&mut command(arguments))
    }

    fn spawn(command: &mut Command) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .spawn()
            .expect("the command runs");
        let mut output = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut line = String::new();
        output.read_line(&mut line).expect("a line");
        let host = line
            .strip_prefix("open http://")
            .and_then(|rest| rest.strip_suffix("/\n"));
        let host = host.unwrap_or_else(|| panic!("{line:?}")).to_owned();
        Self {
            child,
            output,
            host,
        }
    }

    fn origin(&self) -> String {
        format!("http://{}", self.host)
    }

    /// The status, the head and the body.
    fn ask(&self, method: &str, path: &str, fields: &str, body: &str) -> (u16, String, String) {
        let (_, port) = self.host.split_once(':').expect("a port");
        let port = port.parse::<u16>().expect("a port");
        let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("a connection");
        let length = body.len();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nconnection: close\r\ncontent-length: {length}\r\n{fields}\r\n{body}"
        );
        stream.write_all(request.as_bytes()).expect("it is sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
        let status = head.split(' ').nth(1).expect("a status");
        let status = status.parse().expect("a status");
        (status, head.to_ascii_lowercase(), body.to_owned())
    }

    fn get(&self, path: &str) -> (u16, String, String) {
        self.ask("GET", path, &format!("host: {}\r\n", self.host), "")
    }

    /// What the page's own editor gets.
    fn edit(&self, policy: &str) -> Value {
        let fields = format!("host: {}\r\norigin: {}\r\n", self.host, self.origin());
        let (status, _, body) = self.ask("POST", "/policy", &fields, policy);
        assert_eq!(status, 200, "{body}");
        serde_json::from_str(&body).expect("JSON")
    }

    fn policy(&self) -> String {
        self.get("/policy").2
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn the_page_and_its_parts_are_served_and_load_nothing_from_elsewhere() {
    let demo = Demo::start(&[]);
    let (status, head, page) = demo.get("/");
    assert_eq!(status, 200);
    assert!(page.contains("<title>One CORS policy, four frameworks</title>"));
    let security = head
        .lines()
        .find_map(|line| line.strip_prefix("content-security-policy: "))
        .expect("a policy of its own");
    assert!(security.starts_with("default-src 'none'; script-src 'self' 'unsafe-eval' "));
    assert!(!security.contains("'unsafe-inline'"));
    assert!(!page.contains("https://"));
    for (part, kind) in [
        ("/demo/icon.svg", "image/svg+xml"),
        ("/demo/details.css", "text/css"),
        ("/demo/matrix.css", "text/css"),
        ("/demo/style.css", "text/css"),
        ("/demo/cells.js", "text/javascript"),
        ("/demo/details.js", "text/javascript"),
        ("/demo/editor.js", "text/javascript"),
        ("/demo/main.js", "text/javascript"),
        ("/demo/matrix.js", "text/javascript"),
        ("/demo/pages.js", "text/javascript"),
        ("/demo/parts.js", "text/javascript"),
        ("/demo/presets.js", "text/javascript"),
        ("/demo/share.js", "text/javascript"),
        ("/demo/views.js", "text/javascript"),
        ("/frames.js", "text/javascript"),
        ("/runner.js", "text/javascript"),
    ] {
        let (status, head, text) = demo.get(part);
        assert_eq!(status, 200, "{part}");
        assert!(head.contains(&format!("content-type: {kind}")), "{part}");
        assert!(!text.contains("https://"), "{part}");
    }
}

/// Nor do a page's parts load what is not there.
#[test]
fn every_part_that_another_names_is_there() {
    let demo = Demo::start(&[]);
    let (_, _, page) = demo.get("/");
    let mut named: Vec<_> = page
        .split('"')
        .filter(|text| text.starts_with("/demo/"))
        .map(str::to_owned)
        .collect();
    assert!(named.contains(&"/demo/main.js".to_owned()), "{page}");
    let mut seen = Vec::new();
    while let Some(path) = named.pop() {
        let (status, _, text) = demo.get(&path);
        assert_eq!(status, 200, "{path}");
        let imports = text
            .split("from './")
            .skip(1)
            .filter_map(|rest| rest.split('\'').next());
        let imports = imports.map(|name| format!("/demo/{name}"));
        let new: Vec<_> = imports.filter(|path| !seen.contains(path)).collect();
        seen.push(path);
        named.extend(new);
    }
    assert!(seen.contains(&"/demo/presets.js".to_owned()), "{seen:?}");
}

/// There its checks would not mean what they say.
#[test]
fn under_another_name_the_page_is_sent_to_its_own() {
    let demo = Demo::start(&[]);
    let (status, head, _) = demo.ask("GET", "/", "host: 127.0.0.1\r\n", "");
    assert_eq!(status, 307);
    assert!(
        head.contains(&format!("location: {}/", demo.origin())),
        "{head}"
    );
}

#[test]
fn only_the_page_itself_edits_the_policy() {
    let demo = Demo::start(&[]);
    let before = demo.policy();
    let host = &demo.host;
    let own = demo.origin();
    for origin in [
        String::new(),
        "origin: null\r\n".to_owned(),
        "origin: https://evil.example\r\n".to_owned(),
        format!("origin: {own}0\r\n"),
        format!("origin: http://other.{host}\r\n"),
        format!("origin: https://{host}\r\n"),
    ] {
        let fields = format!("host: {host}\r\n{origin}");
        let (status, head, _) = demo.ask("POST", "/policy", &fields, "origins = [\"*\"]\n");
        assert_eq!(status, 403, "{origin:?}");
        assert!(!head.contains("access-control-"), "{head}");
    }
    assert_eq!(demo.policy(), before);
    let fields = format!("host: {host}\r\norigin: {own}\r\n");
    let long = format!("origins = [\"*\"]\n#{}", "a".repeat(64 * 1024));
    assert_eq!(demo.ask("POST", "/policy", &fields, &long).0, 413);
    assert_eq!(demo.policy(), before);
}

#[test]
fn a_wrong_policy_is_explained_and_a_good_one_is_in_force_everywhere() {
    let demo = Demo::start(&[]);
    let before = demo.policy();
    let answer = demo.edit("# ä\norigins = [\"https://a.example/\"]\nmax_age = 86401\n");
    assert_eq!(answer["is_in_force"], false);
    assert_eq!(answer["more"], 0);
    let finding = &answer["findings"][0];
    for (key, expected) in [
        ("severity", json!("error")),
        ("code", json!("CORS-E09")),
        ("setting", json!("origins")),
        ("line", json!(2)),
        ("column", json!(30)),
        ("place", json!([33, 34])),
        ("wrong", json!("\"https://a.example/\" ends with a slash")),
        (
            "right",
            json!("an origin has no path: write \"https://a.example\""),
        ),
    ] {
        assert_eq!(finding[key], expected, "{key}");
    }
    assert_eq!(answer["findings"][1]["line"], 3);
    let answer = demo.edit("origins = [\n");
    assert_eq!(answer["findings"][0]["code"], "TOML");
    assert_eq!(answer["findings"][0]["severity"], "error");
    assert_eq!(demo.policy(), before);

    let good = "origins = [\"https://a.example\"]\nmethods = [\"GET\"]\n";
    let answer = demo.edit(good);
    assert_eq!(answer["is_in_force"], true);
    assert_eq!(answer["findings"][0]["severity"], "warning");
    assert_eq!(demo.policy(), good);
    let setup: Value = serde_json::from_str(&demo.get("/setup").2).expect("JSON");
    let servers = setup["servers"].as_object().expect("servers");
    assert_eq!(servers.len(), 4);
    for (framework, servers) in servers {
        let url = servers["in force"]["foreign"].as_str().expect("a URL");
        let host = url.strip_prefix("http://").expect("a URL").to_owned();
        let (_, port) = host.split_once(':').expect("a port");
        let mut stream =
            TcpStream::connect(("127.0.0.1", port.parse().expect("a port"))).expect("a connection");
        let request = format!(
            "GET / HTTP/1.1\r\nhost: {host}\r\norigin: https://a.example\r\nconnection: close\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).expect("it is sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        let granted = "access-control-allow-origin: https://a.example\r\n";
        assert!(
            answer.to_ascii_lowercase().contains(granted),
            "{framework}: {answer}"
        );
    }
}

/// The policy is changed where its text says, and only for the page.
#[test]
fn a_change_leaves_the_rest_of_the_text() {
    let demo = Demo::start(&[]);
    let change = |origin: &str, body: &str| {
        let host = &demo.host;
        let fields =
            format!("host: {host}\r\norigin: {origin}\r\ncontent-type: application/json\r\n");
        let (status, _, body) = demo.ask("POST", "/change", &fields, body);
        (status, body)
    };
    let text = "# mine\norigins = ['https://a.example'] # ours\n";
    let asked = json!({"text": text, "change": {"add": ["origins", "https://b.example"]}});
    let (status, changed) = change(&demo.origin(), &asked.to_string());
    assert_eq!(status, 200, "{changed}");
    let changed: Value = serde_json::from_str(&changed).expect("JSON");
    assert_eq!(
        changed["text"],
        "# mine\norigins = ['https://a.example', \"https://b.example\"] # ours\n"
    );
    assert_eq!(changed["place"], json!([39, 58]));
    let back =
        json!({"text": changed["text"], "change": {"remove": ["origins", "https://b.example"]}});
    let (_, back) = change(&demo.origin(), &back.to_string());
    let back: Value = serde_json::from_str(&back).expect("JSON");
    assert_eq!(back["text"], text);
    let wrong = json!({"text": "origins = [", "change": {"add": ["origins", "x"]}}).to_string();
    assert_eq!(change(&demo.origin(), &wrong).0, 422);
    for origin in ["null", "https://evil.example"] {
        assert_eq!(change(origin, &asked.to_string()).0, 403, "{origin}");
    }
}

/// What is offered comes from the core: a button leaves the policy as good as it is.
#[test]
fn the_page_knows_which_origins_can_be_added() {
    let demo = Demo::start(&[]);
    let own = demo.origin();
    let offered = |policy: &str| {
        let answer = demo.edit(policy);
        let origins = answer["origins"].as_array().expect("origins").clone();
        let of = |origin: &str| {
            let found = origins.iter().find(|one| one["origin"] == origin);
            let found = found.expect("the origin");
            (found["state"].clone(), found["action"].clone())
        };
        (of(&own), of("null"))
    };
    for (policy, app, null) in [
        (
            format!("origins = [\"{own}\"]\n"),
            (json!("listed"), json!("remove")),
            (json!("not allowed"), Value::Null),
        ),
        (
            "origins = [\"https://a.example\"]\n".to_owned(),
            (json!("not allowed"), json!("add")),
            (json!("not allowed"), Value::Null),
        ),
        (
            "origins = [\"*\"]\n".to_owned(),
            (json!("allowed"), Value::Null),
            (json!("allowed"), Value::Null),
        ),
        (
            "origins = [\"http://*.app.localhost:1\"]\ncredentials = true\n".to_owned(),
            (json!("not allowed"), json!("add")),
            (json!("not allowed"), Value::Null),
        ),
        (
            "origins = [\"https://a.example/\"]\n".to_owned(),
            (json!(""), json!("add")),
            (json!(""), Value::Null),
        ),
        (
            "origins = [".to_owned(),
            (json!(""), Value::Null),
            (json!(""), Value::Null),
        ),
    ] {
        assert_eq!(offered(&policy), (app, null), "{policy}");
    }
}

/// A check that a server saw, as a browser would have sent it.
#[test]
fn why_a_check_was_blocked_is_told_with_the_cure() {
    let demo = Demo::start(&[]);
    demo.edit("origins = [\"https://a.example\"]\n");
    let setup: Value = serde_json::from_str(&demo.get("/setup").2).expect("JSON");
    let url = setup["servers"]["axum"]["in force"]["foreign"].as_str();
    let host = url
        .and_then(|url| url.strip_prefix("http://"))
        .expect("a URL");
    let (_, port) = host.split_once(':').expect("a port");
    let address = ("127.0.0.1", port.parse().expect("a port"));
    let mut stream = TcpStream::connect(address).expect("a connection");
    let request = format!(
        "OPTIONS /?check=E2E-14.1~x HTTP/1.1\r\nhost: {host}\r\norigin: https://a.example\r\n\
         access-control-request-method: GET\r\naccess-control-request-headers: authorization\r\n\
         connection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).expect("it is sent");
    stream
        .read_to_string(&mut String::new())
        .expect("an answer");
    let why = |framework: &str| {
        let path = format!("/why?framework={framework}&check=E2E-14.1~x");
        let (status, _, why) = demo.get(&path);
        assert_eq!(status, 200);
        serde_json::from_str::<Value>(&why).expect("JSON")
    };
    assert_eq!(
        why("axum"),
        json!({
            "is_page_allowed": true,
            "cure": "add authorization to request_headers",
            "text": "origins = [\"https://a.example\"]\nrequest_headers = [\"authorization\"]\n",
            "obstacle": null,
        })
    );
    assert_eq!(why("warp")["cure"], Value::Null);
}

#[cfg(unix)]
#[test]
fn it_begins_with_the_policy_of_a_file_and_stops_when_told() {
    let text = "origins = [\"https://app.example.com\"]\n";
    let path = file("begin.toml", text);
    let mut demo = Demo::start(&["--policy", &path]);
    assert_eq!(demo.policy(), text);
    let pid = demo.child.id().to_string();
    let kill = Command::new("kill").args(["-TERM", &pid]).status();
    assert!(kill.expect("kill runs").success());
    let limit = Instant::now() + Duration::from_secs(10);
    while demo.child.try_wait().expect("a status").is_none() {
        assert!(Instant::now() < limit, "it does not stop");
        thread::sleep(Duration::from_millis(20));
    }
    let status = demo.child.wait().expect("a status");
    assert_eq!(status.code(), Some(0));
    let mut rest = String::new();
    demo.output.read_to_string(&mut rest).expect("a text");
    assert_eq!(rest, "");
}

#[test]
fn it_refuses_what_it_cannot_do() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address");
    let port = address.port().to_string();
    // Each system has words of its own.
    let in_use = TcpListener::bind(address).expect_err("it is in use");
    let in_use = in_use.to_string();
    let missing = fs::read("nowhere.toml").expect_err("there is none");
    let missing = format!("nowhere.toml: {missing}");
    let wrong = file("wrong.toml", "origins = [\"https://a.example/\"]\n");
    let typo = file("typo-of-demo.toml", "origin = []\n");
    let json = file("demo.json", "{\"origins\": [\"https://a.example\"]}");
    for (arguments, reason) in [
        (["--port", &port], in_use.as_str()),
        (["--port", "80"], "port 80: it is the default port"),
        (["--port", "65536"], "65536 is not in 0..=65535"),
        (["--policy", "nowhere.toml"], &missing),
        (["--policy", &wrong], "ends with a slash"),
        (["--policy", &typo], "unknown key `origin`"),
        (["--policy", &json], "the page edits TOML"),
    ] {
        let Output {
            status,
            stdout,
            stderr,
        } = command(&arguments).output().expect("the command runs");
        let error = String::from_utf8(stderr).expect("a text");
        assert_eq!(status.code(), Some(2), "{arguments:?}: {error}");
        assert_eq!(stdout, b"", "{arguments:?}");
        assert!(
            error.starts_with("error: ") && error.contains(reason),
            "{error}"
        );
        assert!(!error.contains("panicked"), "{error}");
    }
}

/// Nor by a name that somebody else makes mean this machine.
#[test]
fn nothing_is_read_under_another_name() {
    let demo = Demo::start(&[]);
    let (_, port) = demo.host.split_once(':').expect("a port");
    for path in [
        "/policy",
        "/setup",
        "/frame",
        "/records?framework=axum&check=x",
        "/why?framework=axum&check=x",
    ] {
        assert_eq!(demo.get(path).0, 200, "{path}");
        let fields = format!("host: evil.example:{port}\r\n");
        assert_eq!(demo.ask("GET", path, &fields, "").0, 403, "{path}");
    }
    // Only the page has the runner in a frame.
    let only = format!(
        "\r\ncontent-security-policy: frame-ancestors {}\r\n",
        demo.origin()
    );
    let (_, head, _) = demo.get("/frame");
    assert!(head.contains(&only), "{head}");
    // There nobody hears.
    let fields = format!("host: {}\r\norigin: {}\r\n", demo.host, demo.origin());
    assert_eq!(demo.ask("POST", "/tell", &fields, "\"done\"").0, 404);
}

#[test]
fn what_no_browser_opens_and_what_the_page_cannot_edit_is_refused() {
    let long = format!("origins = [\"*\"]\n#{}", "a".repeat(64 * 1024));
    let long = file("long.toml", &long);
    for (arguments, reason) in [
        (["--port", "6000"], "browsers open no page there"),
        (["--policy", &long], "the policy is too long"),
    ] {
        let output = command(&arguments).output().expect("the command runs");
        assert_eq!(output.status.code(), Some(2), "{reason}");
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(error.contains(reason), "{error}");
    }
}

/// Policies that take long to build are built beside: meanwhile the page is served.
#[test]
fn who_edits_keeps_nobody_waiting() {
    const EDITS: usize = 20;
    let mut command = command(&[]);
    // One that is kept waiting is all of them.
    let demo = Demo::spawn(command.env("TOKIO_WORKER_THREADS", "1"));
    let origins: Vec<_> = (0..)
        .map(|number| format!("\"https://{number:04}.a\""))
        .take(3_200)
        .collect();
    let policy = format!("origins = [{}]\n", origins.join(","));
    assert!(policy.len() <= 64 * 1024);
    let answered = thread::scope(|scope| {
        let edit = || assert_eq!(demo.edit(&policy)["is_in_force"], true);
        let edits: Vec<_> = (0..EDITS).map(|_| scope.spawn(edit)).collect();
        let mut answered = 0;
        while !edits.iter().all(thread::ScopedJoinHandle::is_finished) {
            assert_eq!(demo.get("/demo/icon.svg").0, 200);
            answered += 1;
        }
        answered
    });
    assert!(answered > 2 * EDITS, "{answered}");
}

/// Of a larger file the page gets the policy alone.
#[test]
fn it_begins_with_a_table_of_a_larger_file() {
    let text =
        "secret = \"x\"\n[server.cors]\norigins = [\"https://app.example.com\"]\nmax_age = 60\n";
    let path = file("larger.toml", text);
    let demo = Demo::start(&["--policy", &path, "--table", "server.cors"]);
    let policy = demo.policy();
    assert!(!policy.contains("secret"), "{policy}");
    let policy: toml::Table = toml::from_str(&policy).expect("TOML");
    let expected = "origins = [\"https://app.example.com\"]\nmax_age = 60\n";
    assert_eq!(policy, toml::from_str(expected).expect("TOML"));
    let output = command(&["--policy", &path, "--table", "cors"]).output();
    let error = String::from_utf8(output.expect("the command runs").stderr).expect("a text");
    assert!(error.contains("use --table with `server.cors`"), "{error}");
}
