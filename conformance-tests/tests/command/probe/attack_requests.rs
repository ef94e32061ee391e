//! `--attack`: what is sent, how often, and when it ends.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::common::{
    PAGE, Raw, WITH, allowing, answer, attack, error, field, findings, json, run, text, three,
};

/// Requests that could change something are not sent; preflights ask for them.
#[test]
fn an_attack_changes_nothing() {
    for method in ["PUT", "post", "DELETE"] {
        let server = allowing(
            |origin| origin.starts_with(PAGE),
            "; acac: true; acam: PUT, DELETE",
        );
        let (exit, _, _) = attack(&server, &["--method", method]);
        assert_eq!(exit, Some(1), "{method}");
        let heads = server.heads();
        assert!(
            heads.iter().all(|head| head.starts_with("OPTIONS ")),
            "{method}"
        );
        let asked = heads.iter().all(|head| {
            field(head, "access-control-request-method") == Some(&*method.to_uppercase())
        });
        assert!(asked, "{method}");
        // One that the preflight does not let pass is not in.
        let server = allowing(|_| true, WITH);
        let allowed = attack(&server, &["--method", method]).1;
        assert_eq!(allowed.is_empty(), method != "post", "{allowed:?}");
    }
    let server = allowing(|_| false, "");
    attack(
        &server,
        &[
            "--method", "HEAD", "--header", "x-key: 1", "--cookie", "a=1",
        ],
    );
    for head in server.heads() {
        assert!(head.starts_with("HEAD "), "{head}");
        assert_eq!(
            (field(&head, "x-key"), field(&head, "cookie")),
            (Some("1"), Some("a=1"))
        );
    }
}

/// As many requests as `--help` says, no faster than is asked.
#[test]
fn requests_are_bounded_in_number_and_rate() {
    let help = String::from_utf8(run(&["--help"]).stdout).expect("a text");
    assert!(
        help.contains("at most 3 requests") && help.contains("at most 150"),
        "{help}"
    );
    let (_, attack) = help.split_once("--attack\n").expect("it is told");
    let (attack, _) = attack.split_once("--format").expect("more follows");
    assert!(attack.lines().all(|line| line.len() <= 100), "{attack}");
    for (rate, least) in [("100", 10), ("25", 40)] {
        let server = allowing(|_| true, WITH);
        let begin = Instant::now();
        text(&[&server.url, "--attack", "--rate", rate]);
        let elapsed = begin.elapsed();
        let count = server.heads().len();
        assert!((60..=150).contains(&count), "{count}");
        let least = Duration::from_millis(least) * u32::try_from(count - 1).expect("few");
        assert!(
            elapsed >= least,
            "{count} in {elapsed:?} with --rate {rate}"
        );
    }
    // The rate is kept between the few of a probe, too.
    let allowed = "200; acao: *; access-control-allow-headers: x-a";
    let server = three(allowed, allowed, allowed);
    let begin = Instant::now();
    findings(&server, &["--header", "x-a", "--rate", "5"]);
    assert_eq!(server.heads().len(), 3);
    assert!(begin.elapsed() >= Duration::from_millis(400));
}

/// A server that goes away ends the attack; one that says nothing to attackers does not.
#[test]
fn an_attack_on_a_server_that_does_not_answer() {
    let count = AtomicUsize::new(0);
    let server = Raw::start(move |_| match count.fetch_add(1, Ordering::Relaxed) {
        0 => answer("200"),
        _ => Vec::new(),
    });
    let attack = ["--attack", "--origin", PAGE, "--rate", "100"];
    let gone = error(&[&[&*server.url], &attack[..]].concat());
    let expected = "after 3 hostile origins: the response from";
    assert!(gone.contains(expected), "{gone}");
    assert_eq!(server.heads().len(), 5);

    // One that refuses attackers is asked for all of them, within the bound.
    let server = Raw::start(|head| match field(head, "origin") == Some(PAGE) {
        true => answer("200"),
        false => Vec::new(),
    });
    let (status, shown) = text(&[&[&*server.url], &attack[..]].concat());
    assert_eq!(status, Some(2));
    assert!(shown.contains("times no response\n"), "{shown}");
    assert!((80..=150).contains(&server.heads().len()));

    let is_refused = |origin: &str| origin == "null" || origin.contains("evilapp");
    let server = Raw::start(
        move |head| match field(head, "origin").is_some_and(is_refused) {
            true => Vec::new(),
            false => answer("200"),
        },
    );
    let trusted = "https://app.test";
    let arguments = [
        &server.url,
        "--attack",
        "--origin",
        trusted,
        "--rate",
        "100",
    ];
    let (status, shown) = text(&arguments);
    assert_eq!(status, Some(2));
    assert!(
        shown.contains("responses: 2 times no response, "),
        "{shown}"
    );
    let (_, report) = json(&arguments);
    assert_eq!(report["unknown"], 2);
    let silent = &report["attempts"][1];
    assert_eq!(
        (&silent["origin"], &silent["status"]),
        (&"null".into(), &Value::Null)
    );
    let why = silent["error"].as_str().expect("a text");
    assert!(why.contains("the connection is closed"), "{why}");
}
