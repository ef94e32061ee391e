//! `--attack`: whom a server lets in.

use super::common::{PAGE, Raw, WITH, allowing, answer, attack, field, text};

/// Rows: whom a server lets in, with which lines; the exit status, and what is among the findings.
#[test]
fn attackers_that_get_in_are_found() {
    type Server = (fn(&str) -> bool, &'static str);
    let rows: [(Server, Option<i32>, &[&str]); 14] = [
        ((|origin| origin == PAGE, WITH), Some(0), &[]),
        ((|_| false, WITH), Some(0), &[]),
        (
            (|_| true, WITH),
            Some(1),
            &[
                "danger https://evil.com: any origin, credentials",
                "danger null: null origin, credentials",
            ],
        ),
        (
            (|_| true, ""),
            Some(0),
            &["nothing https://evil.com: any origin, anonymous"],
        ),
        (
            (|origin| origin == "null", WITH),
            Some(1),
            &["danger null: null origin, credentials"],
        ),
        (
            (|origin| origin == "null", ""),
            Some(1),
            &["danger null: null origin, anonymous"],
        ),
        (
            (|origin| origin.starts_with(PAGE), WITH),
            Some(1),
            &[
                "danger https://a.test.evil.com: prefix match, credentials",
                "warning https://a.test:8443: port, credentials",
                "harmless https://a.test/: not an origin, credentials",
            ],
        ),
        (
            (|origin| origin.starts_with(PAGE), ""),
            Some(1),
            &["danger https://a.test.evil.com: prefix match, anonymous"],
        ),
        (
            (|origin| origin.ends_with("a.test"), WITH),
            Some(1),
            &[
                "danger https://evila.test: suffix match, credentials",
                "danger http://a.test: scheme confusion, credentials",
            ],
        ),
        (
            (
                |origin| origin.starts_with("https://") && origin.ends_with(".a.test"),
                WITH,
            ),
            Some(0),
            &["warning https://evil.com.a.test: suffix match, credentials"],
        ),
        (
            (|origin| origin == "http://a.test", WITH),
            Some(1),
            &["danger http://a.test: scheme confusion, credentials"],
        ),
        (
            (|origin| origin == "http://a.test", ""),
            Some(0),
            &["warning http://a.test: scheme confusion, anonymous"],
        ),
        (
            (|origin| origin == "https://axtest", WITH),
            Some(1),
            &["danger https://axtest: unescaped dot, credentials"],
        ),
        (
            (|origin| origin == "https://A.TEST", WITH),
            Some(0),
            &["harmless https://A.TEST: case, credentials"],
        ),
    ];
    for ((is_allowed, lines), status, expected) in rows {
        let server = allowing(is_allowed, lines);
        let (exit, allowed, _) = attack(&server, &[]);
        assert_eq!(exit, status, "{allowed:#?}");
        for one in expected {
            assert!(
                allowed.iter().any(|allowed| allowed == one),
                "no {one} in {allowed:#?}"
            );
        }
        assert_eq!(allowed.is_empty(), expected.is_empty(), "{allowed:#?}");
    }
}

/// What everybody may read is no finding, also where someone may read more.
#[test]
fn what_is_public_is_no_finding() {
    let server = Raw::start(|_| answer("200; acao: *; acac: true"));
    let (exit, allowed, _) = attack(&server, &[]);
    assert_eq!(exit, Some(0));
    assert!(
        allowed
            .iter()
            .all(|one| one.starts_with("nothing ") || one.starts_with("harmless "))
    );
    assert!(allowed.contains(&"nothing https://evil.com: any origin, public".to_owned()));

    let server = Raw::start(|head| {
        let origin = field(head, "origin").unwrap_or_default();
        match origin.starts_with(PAGE) {
            true => answer(&format!("200; acao: {origin}{WITH}")),
            false => answer("200; acao: *"),
        }
    });
    let (exit, allowed, _) = attack(&server, &[]);
    assert_eq!(exit, Some(1));
    assert!(
        allowed.contains(&"danger https://a.test.evil.com: prefix match, credentials".to_owned())
    );
}

/// What is trusted is the server's own origin, unless told.
#[test]
fn the_report_of_an_attack() {
    let reflecting = allowing(|_| true, WITH);
    let (status, shown) = text(&[&reflecting.url, "--attack", "--rate", "100"]);
    assert_eq!(status, Some(1));
    let own = reflecting.url.trim_end_matches('/');
    let count = reflecting.heads().len() - 1;
    let expected = format!(
        "{own}/: GET from {count} hostile origins
the trusted origin {own} can read responses with credentials

danger: https://evil.com (any origin) can read responses with credentials: so can every page
danger: null (null origin) can read responses with credentials: any page can send it, from a sandboxed frame
and so can {} others, because every origin can
responses: {count} times 200
every page on the web can read what its visitor may read; compare Origin with a list, byte for byte
",
        count - 2
    );
    assert_eq!(shown, expected);

    let loose = allowing(|origin| origin.starts_with(PAGE), WITH);
    let (_, shown) = text(&[&loose.url, "--attack", "--origin", PAGE, "--rate", "100"]);
    let lines: Vec<_> = shown.lines().collect();
    let danger = "danger: https://a.test.evil.com (prefix match) can read responses with credentials: anyone can register that name";
    assert!(lines.contains(&danger), "{shown}");
    let levels: Vec<_> = lines
        .iter()
        .filter_map(|line| line.split_once(": ").map(|(level, _)| level))
        .filter(|level| ["danger", "warning", "harmless"].contains(level))
        .collect();
    assert!(
        levels.is_sorted() && levels.contains(&"warning")
            || levels.windows(2).all(|two| rank(two[0]) <= rank(two[1])),
        "{levels:?}"
    );
    assert!(
        shown.ends_with("attackers get past the list of origins; compare origins byte for byte\n"),
        "{shown}"
    );

    let closed = allowing(|_| false, WITH);
    let (_, shown) = text(&[&closed.url, "--attack", "--origin", PAGE, "--rate", "100"]);
    assert!(
        shown.contains("the trusted origin https://a.test is not allowed"),
        "{shown}"
    );
    assert!(
        shown.ends_with("no hostile page can read responses\n"),
        "{shown}"
    );

    let public = allowing(|_| true, "");
    let (_, shown) = text(&[&public.url, "--attack", "--origin", PAGE, "--rate", "100"]);
    assert!(
        shown.contains("public: every page can read responses"),
        "{shown}"
    );

    let busy = Raw::start(|_| answer("429"));
    let (_, shown) = text(&[&busy.url, "--attack", "--origin", PAGE, "--rate", "100"]);
    assert!(
        shown.contains("times 429 (too many requests: use a lower --rate)"),
        "{shown}"
    );
}

/// Rows: what attackers are answered; for how many of their origins that tells nothing (of one only,
/// or of all), and the exit status.
#[test]
fn what_is_not_known_is_no_clean_bill() {
    let evil = |head: &str| field(head, "origin") == Some("https://evil.com");
    for (one, others, is_all, status) in [
        ("429", "200", false, Some(2)),
        ("503", "200", false, Some(2)),
        ("", "200", false, Some(2)),
        ("429; acao: *", "200", false, Some(2)),
        ("429; acao: ORIGIN; acac: true", "200", false, Some(1)),
        ("503", "200; acao: ORIGIN; acac: true", false, Some(1)),
        ("503", "429", true, Some(2)),
        // It may be public.
        ("503", "200; acao: ORIGIN", true, Some(2)),
        ("404", "500", false, Some(0)),
    ] {
        let server = Raw::start(move |head| {
            let origin = field(head, "origin").unwrap_or_default();
            match if evil(head) { one } else { others } {
                "" => Vec::new(),
                short => answer(&short.replace("ORIGIN", origin)),
            }
        });
        let (exit, _, report) = attack(&server, &[]);
        assert_eq!(exit, status, "{one} / {others}");
        let count = report["attempts"].as_array().expect("a list").len();
        let is_known = one.contains("true") || one == "404";
        let unknown = match is_all {
            true => count,
            false => usize::from(!is_known),
        };
        assert_eq!(report["unknown"], unknown, "{one} / {others}");
        let (_, shown) = text(&[&server.url, "--attack", "--origin", PAGE, "--rate", "100"]);
        let line =
            format!("unknown for {unknown} of {count} origins: no response, or 429 or 503\n");
        assert_eq!(shown.contains(&line), unknown > 0, "{shown}");
        assert_eq!(
            shown.ends_with(
                "no danger was found, but the result is incomplete: try again with a lower --rate\n"
            ),
            status == Some(2),
            "{shown}"
        );
    }
}

fn rank(level: &str) -> usize {
    ["danger", "warning", "harmless"]
        .iter()
        .position(|one| *one == level)
        .expect("a level")
}
