//! `cors-envoy` in a real Envoy. `.ci/envoy` runs this: `cargo test` alone has no Envoy.

use std::convert::Infallible;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::routing::any;
use conformance_tests::frameworks::envoy::{EXPECTED, Engine, Envoy, Filter, Listener, Served};
use conformance_tests::{cases, run};
use serde_json::{Value, json};
use test_client::{Answer, FOREIGN, LISTED, SOAKED, ask_http1, ask_http2, preflight_from, within};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const POLICY: &str = r#"{
    "origins": ["https://app.example.com"], "credentials": true,
    "methods": ["PUT"], "request_headers": ["content-type"], "max_age": 3600
}"#;

#[tokio::test]
#[ignore = "needs an Envoy: .ci/envoy"]
async fn the_suite() {
    let cases = cases();
    let served = Served::start(cases.iter().map(|case| case.policy.clone())).await;
    let served = served.unwrap_or_else(|error| panic!("{error}"));
    let report = run("cors-envoy", &served, &cases, &EXPECTED).await;
    let not_applicable = report.not_applicable.len();
    println!("{} passed, {not_applicable} not applicable", report.passed);
    report.assert_passed();
    assert!(not_applicable <= 40, "{:#?}", report.not_applicable);
}

fn engine() -> Engine {
    Engine::find().unwrap_or_else(|error| panic!("{error}"))
}

/// An application that counts its requests.
async fn application() -> (SocketAddr, Arc<AtomicUsize>) {
    let runs = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&runs);
    let own = [
        ("access-control-allow-origin", "*"),
        ("access-control-allow-private-network", "true"),
    ];
    let chunks = ["one ", "two ", "three"].map(Ok::<_, Infallible>);
    let app = Router::new()
        .route("/own", any(async move || (own, "own")))
        .route(
            "/vary",
            any(async || ([("vary", "Accept-Encoding")], "vary")),
        )
        .route(
            "/varies",
            any(async || ([("vary", "origin, Cookie")], "varies")),
        )
        .route(
            "/stream",
            any(async move || Body::from_stream(futures_util::stream::iter(chunks))),
        )
        .route(
            "/silent",
            any(async || tokio::time::sleep(Duration::from_secs(30)).await),
        )
        .fallback(async || "hello")
        .layer(axum::middleware::map_request(
            move |request: axum::extract::Request| {
                counted.fetch_add(1, Ordering::SeqCst);
                async { request }
            },
        ));
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(axum::serve(listener, app).into_future());
    (address, runs)
}

async fn start(listeners: &[Listener]) -> (Envoy, Arc<AtomicUsize>) {
    let (application, runs) = application().await;
    let envoy = Envoy::start(&engine(), listeners, application).await;
    (envoy.unwrap_or_else(|error| panic!("{error}")), runs)
}

fn cors(policy: &str) -> Listener {
    Listener::of(Filter::Cors(policy.to_owned()))
}

/// Whether the page can read it, as far as its headers say.
fn is_shared(answer: &Answer) -> bool {
    answer.field("access-control-allow-origin") == Some(LISTED)
        && answer.field("access-control-allow-credentials") == Some("true")
}

#[tokio::test]
#[ignore = "needs an Envoy: .ci/envoy"]
async fn envoys_own_responses_can_be_read() {
    let redirect = json!({"path_redirect": "/"});
    let direct = json!({"status": 418, "body": {"inline_string": "direct"}});
    let limit = json!({
        "name": "envoy.filters.http.local_ratelimit",
        "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit",
            "stat_prefix": "limit",
            "token_bucket": {"max_tokens": 1, "tokens_per_fill": 1, "fill_interval": "3600s"},
            "filter_enabled": {"default_value": {"numerator": 100, "denominator": "HUNDRED"}},
            "filter_enforced": {"default_value": {"numerator": 100, "denominator": "HUNDRED"}},
        },
    });
    let listener = cors(POLICY)
        .route(json!({"match": {"prefix": "/down"}, "route": {"cluster": "nobody"}}))
        .route(json!({"match": {"prefix": "/silent"}, "route": {"cluster": "application", "timeout": "0.1s"}}))
        .route(json!({"match": {"prefix": "/direct"}, "direct_response": direct}))
        .route(json!({"match": {"prefix": "/moved"}, "redirect": redirect}));
    let limited = cors(POLICY).behind(limit);
    let (envoy, _) = start(&[listener, limited]).await;
    for (path, status) in [
        ("/down", 503),
        ("/silent", 504),
        ("/direct", 418),
        ("/moved", 301),
    ] {
        let answer = ask_http1(
            envoy.address(0),
            &format!("GET {path}"),
            &[("origin", LISTED)],
        )
        .await;
        assert_eq!(answer.status, status, "{path}");
        assert!(is_shared(&answer), "{path}: {:?}", answer.cors());
        assert_eq!(answer.field("vary"), Some("Origin"), "{path}");
    }
    for status in [200, 429] {
        let answer = ask_http1(envoy.address(1), "GET /", &[("origin", LISTED)]).await;
        assert_eq!((answer.status, is_shared(&answer)), (status, true));
    }
}

#[tokio::test]
#[ignore = "needs an Envoy: .ci/envoy"]
async fn the_edge_answers_preflights_and_refuses() {
    let (envoy, runs) = start(&[cors(POLICY)]).await;
    let server = envoy.address(0);
    for answer in [
        ask_http1(server, "OPTIONS /", &preflight_from(LISTED)).await,
        ask_http2(server, "OPTIONS /", &preflight_from(LISTED)).await,
    ] {
        assert_eq!((answer.status, is_shared(&answer)), (204, true));
        assert_eq!(answer.field("access-control-allow-methods"), Some("PUT"));
    }
    for answer in [
        ask_http1(server, "OPTIONS /", &preflight_from(FOREIGN)).await,
        ask_http1(server, "GET /", &[("origin", FOREIGN)]).await,
        ask_http2(server, "POST /", &[("origin", FOREIGN)]).await,
        // Envoy joins the lines by a comma, which no origin contains.
        ask_http1(server, "GET /", &[("origin", LISTED), ("origin", FOREIGN)]).await,
    ] {
        assert_eq!(answer.status, 403);
        assert_eq!(answer.field("access-control-allow-origin"), None);
    }
    assert_eq!(runs.load(Ordering::SeqCst), 0);
    let answer = ask_http2(server, "PUT /", &[("origin", LISTED)]).await;
    assert_eq!((answer.status, is_shared(&answer)), (200, true));
    assert_eq!(runs.load(Ordering::SeqCst), 1);

    let metrics = envoy.ask("/stats/prometheus").await.expect("metrics");
    for (metric, count) in [
        ("cors_preflights_answered", 2),
        ("cors_requests_allowed", 1),
        ("cors_requests_refused_origin_not_allowed", 4),
    ] {
        let mut lines = metrics
            .lines()
            .filter(|line| line.contains(metric) && !line.starts_with('#'));
        let line = lines
            .next()
            .unwrap_or_else(|| panic!("no {metric}:\n{metrics}"));
        assert!(line.ends_with(&format!(" {count}")), "{line}");
    }
    let log = envoy.log();
    let denials = log.lines().filter(|line| line.contains("evil.example"));
    assert!(denials.clone().count() >= 3, "{log}");
    assert!(
        denials
            .clone()
            .all(|line| line.contains("[debug]") && line.len() < 600),
        "{log}"
    );
}

#[tokio::test]
#[ignore = "needs an Envoy: .ci/envoy"]
async fn what_the_upstream_says_is_merged_or_taken_back() {
    let (envoy, _) = start(&[cors(POLICY)]).await;
    let server = envoy.address(0);
    let ask =
        async |path: &str| ask_http1(server, &format!("GET {path}"), &[("origin", LISTED)]).await;
    let own = ask("/own").await;
    assert!(is_shared(&own), "{:?}", own.cors());
    assert_eq!(own.cors().len(), 3, "{:?}", own.cors());
    let vary = |answer: &Answer| {
        let lines = answer.cors();
        let lines = lines.iter().filter_map(|line| line.strip_prefix("vary: "));
        lines
            .collect::<Vec<_>>()
            .join(", ")
            .replace(',', ", ")
            .replace("  ", " ")
    };
    assert_eq!(vary(&ask("/vary").await), "Accept-Encoding, Origin");
    assert_eq!(vary(&ask("/varies").await), "origin, Cookie");
    let stream = ask("/stream").await;
    assert_eq!((&*stream.body, is_shared(&stream)), ("one two three", true));
    let plain = ask_http1(server, "GET /own", &[]).await;
    assert_eq!(plain.cors(), ["vary: Origin"]);
}

#[tokio::test]
#[ignore = "needs an Envoy: .ci/envoy"]
async fn trailers_pass_both_ways() {
    let upstream = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let address = upstream.local_addr().expect("an address");
    let envoy = Envoy::start(&engine(), &[cors(POLICY)], address).await;
    let envoy = envoy.unwrap_or_else(|error| panic!("{error}"));
    let upstream = async {
        let (mut stream, _) = upstream.accept().await.expect("the proxy");
        let request = read_to(&mut stream, "x-request-sum: 1\r\n\r\n").await;
        let head =
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ntrailer: x-response-sum\r\n\r\n";
        let response = format!("{head}3\r\ntwo\r\n0\r\nx-response-sum: 2\r\n\r\n");
        stream
            .write_all(response.as_bytes())
            .await
            .expect("a response");
        request
    };
    let client = async {
        let mut stream = TcpStream::connect(envoy.address(0)).await.expect("a proxy");
        let head = format!(
            "PUT / HTTP/1.1\r\nhost: api.test\r\norigin: {LISTED}\r\ntransfer-encoding: chunked\r\n\r\n"
        );
        let request = format!("{head}3\r\none\r\n0\r\nx-request-sum: 1\r\n\r\n");
        stream
            .write_all(request.as_bytes())
            .await
            .expect("a request");
        read_to(&mut stream, "x-response-sum: 2\r\n\r\n").await
    };
    let (request, response) = within(async { tokio::join!(upstream, client) }).await;
    assert!(request.contains("one"), "{request}");
    assert!(response.contains("two"), "{response}");
    assert!(
        response.contains(&format!("access-control-allow-origin: {LISTED}\r\n")),
        "{response}"
    );
}

/// What comes up to this end.
async fn read_to(stream: &mut TcpStream, end: &str) -> String {
    let mut text = Vec::new();
    while !text.ends_with(end.as_bytes()) {
        let count = stream.read_buf(&mut text).await.expect("bytes");
        assert!(count > 0, "it ends early: {}", text.escape_ascii());
    }
    String::from_utf8(text).expect("ASCII")
}

/// Each has its own instance of the module; the metrics are those of all.
#[tokio::test]
#[ignore = "needs an Envoy: .ci/envoy"]
async fn every_worker_decides() {
    let (envoy, _) = start(&[cors(POLICY)]).await;
    for _ in 0..20 {
        let allowed = ask_http1(envoy.address(0), "GET /", &[("origin", LISTED)]).await;
        let refused = ask_http1(envoy.address(0), "GET /", &[("origin", FOREIGN)]).await;
        assert_eq!((is_shared(&allowed), refused.status), (true, 403));
    }
    let metrics = envoy
        .ask("/stats?filter=worker_.*cx_total|requests_allowed")
        .await;
    let metrics = metrics.expect("metrics");
    let counts = |name: &str| {
        let lines = metrics.lines().filter(|line| line.contains(name));
        let counts = lines.filter_map(|line| line.rsplit_once(": ")?.1.parse::<u32>().ok());
        counts.collect::<Vec<_>>()
    };
    assert_eq!(counts("requests_allowed"), [20], "{metrics}");
    let workers = counts("worker_");
    assert!(
        workers.iter().filter(|&&count| count > 0).count() >= 2,
        "{metrics}"
    );
}

#[tokio::test]
#[ignore = "needs an Envoy: .ci/envoy"]
async fn several_policies_by_host_and_path() {
    let set = json!({"policies": [
        {"hosts": ["*.tenant.example"], "path": "/v1", "origins": [LISTED], "credentials": true},
        {"path": "/fonts", "origins": ["*"]},
    ]});
    let (envoy, runs) = start(&[cors(&set.to_string())]).await;
    let server = envoy.address(0);
    let ask = async |host: &str, path: &str, from: &str| {
        let fields = [("host", host), ("origin", from)];
        ask_http1(server, &format!("GET {path}"), &fields).await
    };
    assert!(is_shared(
        &ask("a.tenant.example:80", "/v1/x?y=/fonts", LISTED).await
    ));
    assert_eq!(ask("a.tenant.example", "/v1", FOREIGN).await.status, 403);
    let fonts = ask("b.example", "/fonts/a", FOREIGN).await;
    assert_eq!(fonts.cors(), ["access-control-allow-origin: *"]);
    assert_eq!(ask("b.example", "//fonts/a", FOREIGN).await.status, 403);
    let before = runs.load(Ordering::SeqCst);
    let untouched = ask("b.example", "/own", FOREIGN).await;
    assert_eq!(untouched.status, 200);
    assert_eq!(
        untouched.cors(),
        [
            "access-control-allow-origin: *",
            "access-control-allow-private-network: true"
        ]
    );
    assert_eq!(runs.load(Ordering::SeqCst), before + 1);
}

#[tokio::test]
#[ignore = "needs an Envoy: .ci/envoy"]
async fn a_wrong_policy_is_refused_with_all_its_errors() {
    let wrong = r#"{"origins": ["https://app.example.com/"], "methods": ["patch"]}"#;
    let engine = engine();
    let (is_taken, log) = engine.validate(&cors(wrong)).expect("it runs");
    assert!(!is_taken, "{log}");
    for code in ["CORS-E09: origins: ", "CORS-E28: methods: "] {
        assert!(log.contains(code), "{code}: {log}");
    }
    let (is_taken, log) = engine.validate(&cors(POLICY)).expect("it runs");
    assert!(is_taken, "{log}");
    let (is_taken, log) = engine.validate(&cors("{")).expect("it runs");
    assert!(
        !is_taken && log.contains("the configuration cannot be read as a policy"),
        "{log}"
    );
}

#[tokio::test]
#[ignore = "needs an Envoy: .ci/envoy"]
async fn a_policy_is_replaced_while_it_runs_by_a_good_one_only() {
    let (envoy, _) = start(&[cors(POLICY)]).await;
    let listen = envoy.address(0);
    let from_other = [("origin", "https://other.example")];
    let ask = async || ask_http1(listen, "GET /", &from_other).await;
    assert_eq!(ask().await.status, 403);

    let wrong = POLICY.replace("example.com\"", "example.com/\"");
    envoy
        .replace(&[cors(&wrong)])
        .await
        .expect("it reads the file");
    assert!(
        envoy.log().contains("CORS-E09: origins: "),
        "{}",
        envoy.log()
    );
    let answer = ask_http1(listen, "GET /", &[("origin", LISTED)]).await;
    assert!(is_shared(&answer), "the old policy stays in force");

    let other = POLICY.replace("app.example.com", "other.example");
    envoy
        .replace(&[cors(&other)])
        .await
        .expect("it reads the file");
    let mut answer = ask().await;
    // The new listener takes over from the old one.
    for _ in 0..100 {
        if answer.status == 200 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        answer = ask().await;
    }
    let origin = answer.field("access-control-allow-origin");
    assert_eq!(
        (answer.status, origin),
        (200, Some("https://other.example"))
    );
}

/// Why it stands in this project: what Envoy's own filter does with the same requests.
#[tokio::test]
#[ignore = "needs an Envoy: .ci/envoy"]
async fn envoys_own_filter_differs() {
    let own: Value = json!({
        "allow_origin_string_match": [{"exact": LISTED}],
        "allow_methods": "PUT", "allow_headers": "content-type",
        "allow_credentials": true, "max_age": "3600",
    });
    let (envoy, runs) = start(&[Listener::of(Filter::Own(own))]).await;
    let server = envoy.address(0);
    let allowed = ask_http1(server, "GET /", &[("origin", LISTED)]).await;
    assert!(is_shared(&allowed));
    assert_eq!(allowed.field("vary"), None);
    let before = runs.load(Ordering::SeqCst);
    assert_eq!(
        ask_http1(server, "GET /", &[("origin", FOREIGN)])
            .await
            .status,
        200
    );
    assert_eq!(runs.load(Ordering::SeqCst), before + 1);
    let fields = [
        ("origin", LISTED),
        ("access-control-request-method", "DELETE"),
    ];
    let refused = ask_http1(server, "OPTIONS /", &fields).await;
    assert_eq!((refused.status, is_shared(&refused)), (200, true));
    let plain = ask_http1(server, "GET /own", &[]).await;
    assert_eq!(plain.field("access-control-allow-origin"), Some("*"));
}

/// The command, as people run it.
#[tokio::test]
#[ignore = "needs an Envoy: .ci/envoy"]
async fn the_command_serves_behind_an_envoy_until_it_is_stopped() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("policy.toml");
    std::fs::write(
        &path,
        format!("origins = [\"{LISTED}\"]\ncredentials = true\n"),
    )
    .expect("a file");
    let serve = |path: &Path| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cors"));
        command
            .args(["serve", "--adapter", "envoy", "--policy"])
            .arg(path);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().expect("the command runs")
    };
    let mut child = serve(&path);
    let mut line = String::new();
    let output = child.stdout.take().expect("a pipe");
    BufReader::new(output).read_line(&mut line).expect("a line");
    let address = line
        .trim()
        .strip_prefix("listening on http://")
        .expect("an address");
    let server: SocketAddr = address.parse().expect("an address");
    let allowed = ask_http1(server, "GET /get", &[("origin", LISTED)]).await;
    assert_eq!((allowed.status, is_shared(&allowed)), (200, true));
    let refused = ask_http1(server, "GET /get", &[("origin", FOREIGN)]).await;
    assert_eq!(refused.status, 403);
    let kill = Command::new("kill")
        .args(["-TERM", &child.id().to_string()])
        .status();
    assert!(kill.expect("kill runs").success());
    assert_eq!(child.wait().expect("a status").code(), Some(0));
    // The proxy is gone with it.
    assert!(TcpListener::bind(server).await.is_ok());

    std::fs::write(&path, "origins = [\"https://app.example.com/\"]\n").expect("a file");
    let refused = serve(&path).wait_with_output().expect("it ends");
    assert_eq!(refused.status.code(), Some(2));
    let error = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(
        error.contains("is not a valid policy:\nCORS-E09: origins: "),
        "{error}"
    );
}

/// Minutes of requests, each answer checked, while the policy is replaced again and again. `SOAK_SECONDS` says how
/// long; `.ci/envoy` leaves it out.
#[tokio::test]
#[ignore = "needs an Envoy, and minutes"]
async fn soak() {
    let listener = |policy| [cors(&serde_json::to_string(&policy).expect("JSON"))];
    let (envoy, _) = start(&listener(SOAKED[1])).await;
    let pause = Duration::from_millis(200);
    let (server, process) = (envoy.address(0), envoy.id());
    test_client::soak("Envoy", server, process, pause, async |policy| {
        let replaced = envoy.replace(&listener(policy)).await;
        replaced.expect("it reads the file");
    })
    .await;
}

/// What the filter costs Envoy, beside its own filter, one that does nothing, and none: processor time for
/// responses that Envoy gives itself, which are the cheapest there are. `.ci/envoy` leaves it out.
#[tokio::test]
#[ignore = "needs an Envoy, and a minute"]
async fn cost() {
    const ROUNDS: usize = 20;
    const REQUESTS: usize = 3_000;
    let own = json!({"allow_origin_string_match": [{"exact": LISTED}], "allow_credentials": true});
    let nothing = std::env::var("CORS_ENVOY_NOTHING");
    let nothing = nothing.expect("CORS_ENVOY_NOTHING=$(cors-envoy/build nothing)");
    let direct = json!({"status": 200, "body": {"inline_string": "direct"}});
    let mut envoys = Vec::new();
    for filter in [
        Filter::None,
        Filter::Own(own),
        Filter::Module(nothing.into()),
        Filter::Cors(POLICY.to_owned()),
    ] {
        let route = json!({"match": {"prefix": "/"}, "direct_response": direct});
        let (envoy, _) = start(&[Listener::of(filter).route(route)]).await;
        let quiet = envoy.administer("POST", "/logging?wasm=warning").await;
        quiet.expect("it logs less");
        envoys.push(envoy);
    }
    let mut least = [u64::MAX; 4];
    // By turns, as other programs come and go.
    for _ in 0..=ROUNDS {
        for (envoy, least) in envoys.iter().zip(&mut least) {
            let before = processor_time(envoy.id());
            ask_again_and_again(envoy.address(0), REQUESTS).await;
            *least = (*least).min(processor_time(envoy.id()) - before);
        }
    }
    let [none, others @ ..] = least;
    println!("processor time of an allowed request, direct response alone: 1");
    for (who, time) in [
        "Envoy's own filter",
        "a module that does nothing",
        "cors-envoy",
    ]
    .iter()
    .zip(others)
    {
        println!(
            "with {who}: {}.{:02}",
            time / none,
            time % none * 100 / none
        );
    }
}

/// On one connection, as fast as it answers.
async fn ask_again_and_again(server: SocketAddr, count: usize) {
    let mut stream = TcpStream::connect(server).await.expect("a server");
    let request = format!("GET / HTTP/1.1\r\nhost: api.test\r\norigin: {LISTED}\r\n\r\n");
    let mut buffer = [0; 4096];
    for _ in 0..count {
        stream
            .write_all(request.as_bytes())
            .await
            .expect("a request");
        let mut length = 0;
        while !buffer[..length].ends_with(b"direct") {
            length += stream
                .read(&mut buffer[length..])
                .await
                .expect("a response");
        }
    }
}

/// Of all threads of a process, in nanoseconds.
fn processor_time(id: u32) -> u64 {
    let threads = std::fs::read_dir(format!("/proc/{id}/task")).expect("it runs");
    let time = threads.map(|thread| {
        let thread = thread.expect("a thread").path().join("schedstat");
        let text = std::fs::read_to_string(thread).expect("it runs");
        let time = text.split(' ').next().expect("a field");
        time.parse::<u64>().expect("a number")
    });
    time.sum()
}
