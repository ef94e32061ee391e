use super::preflight::asked;
use super::*;
use conformance_tests::cases;

const PASSES: &str = "passes";
const FAILS: &str = "fails";
const CHOICE: &str = "is a choice";

const A: &str = "access-control-allow-origin: https://a.test";
const EVIL: &str = "access-control-allow-origin: https://evil.test";
const ANY: &str = "access-control-allow-origin: *";
const CREDENTIALS: &str = "access-control-allow-credentials: true";
const METHODS: &str = "access-control-allow-methods: PUT, DELETE";
const HEADERS: &str = "access-control-allow-headers: x-foo";
const EXPOSE: &str = "access-control-expose-headers: x-a";
const AGE: &str = "access-control-max-age: 600";
const VARY: &str = "vary: Accept, Origin, Access-Control-Request-Method";

/// An answer and the verdict on it.
type Row = (u16, &'static [&'static str], &'static str);

/// Answers of the handler.
async fn handled(name: &str, rows: &[Row]) {
    judge(name, true, rows).await;
}

/// Answers without the handler.
async fn unhandled(name: &str, rows: &[Row]) {
    judge(name, false, rows).await;
}

async fn judge(name: &str, runs: bool, rows: &[Row]) {
    let case = cases().into_iter().find(|case| case.name == name);
    let case = case.unwrap_or_else(|| panic!("no case {name:?}"));
    for &(status, lines, expected) in rows {
        let app = case.app();
        let body = match runs {
            true => app.handle().body.clone(),
            false => Vec::new(),
        };
        let texts = lines.iter().map(|line| line.split_once(": "));
        let response = Response {
            status,
            lines: texts
                .map(|text| text.expect("a colon"))
                .map(|(name, value)| Line::new(name, value))
                .collect(),
            body,
        };
        let verdict = match fair(&case, &app, &response).await {
            Verdict::Passes => PASSES,
            Verdict::Fails(_) => FAILS,
            Verdict::NotApplicable(_) => CHOICE,
        };
        assert_eq!(verdict, expected, "{name}: {status} {lines:?}");
    }
}

#[tokio::test]
async fn preflights_that_are_to_succeed() {
    let name = "REQ-HDR-01 a listed name";
    let rows: &[Row] = &[
        (204, &[A, "access-control-allow-headers: *", AGE], PASSES),
        (200, &[A, METHODS, HEADERS, AGE], PASSES),
        (204, &[A, HEADERS, AGE], PASSES),
        (204, &[A, HEADERS, AGE, VARY, EXPOSE], PASSES),
        (204, &[ANY, HEADERS, AGE], PASSES),
        (404, &[A, METHODS, HEADERS, AGE], FAILS),
        (204, &[METHODS, HEADERS, AGE], FAILS),
        (204, &[EVIL, METHODS, HEADERS, AGE], FAILS),
        (204, &[A, A, METHODS, HEADERS, AGE], FAILS),
        (204, &[A, METHODS, AGE], FAILS),
        (204, &[A, METHODS, HEADERS], FAILS),
        (204, &[A, METHODS, HEADERS, AGE, AGE], FAILS),
        (204, &[A, HEADERS, "access-control-max-age: 9"], FAILS),
        (204, &[A, CREDENTIALS, HEADERS, AGE], FAILS),
    ];
    unhandled(name, rows).await;
}

#[tokio::test]
async fn preflights_that_are_to_fail() {
    unhandled(
        "REQ-PFL-04 a foreign origin fails",
        &[
            (200, &[METHODS, AGE], PASSES),
            (200, &[A, METHODS], PASSES),
            (200, &[EVIL, METHODS], FAILS),
            (200, &[ANY, METHODS], FAILS),
            (403, &[ANY, METHODS], PASSES),
        ],
    )
    .await;
    // The browser compares.
    unhandled(
        "REQ-PFL-06 an unlisted method of an allowed origin",
        &[
            (200, &[A, METHODS], PASSES),
            (200, &[A, "access-control-allow-methods: PURGE"], FAILS),
        ],
    )
    .await;
    unhandled(
        "REQ-HDR-05 an unlisted name in the second line",
        &[
            (200, &[A, HEADERS], PASSES),
            (
                200,
                &[A, HEADERS, "access-control-allow-headers: x-evil"],
                FAILS,
            ),
        ],
    )
    .await;
    unhandled(
        "REQ-HDR-12 any header is not authorization",
        &[
            (200, &[ANY, "access-control-allow-headers: *"], PASSES),
            (
                200,
                &[ANY, "access-control-allow-headers: authorization"],
                FAILS,
            ),
        ],
    )
    .await;
}

/// No browser asks for it, or not in this odd way.
#[tokio::test]
async fn preflights_that_no_browser_sends() {
    let all_granted: &[Row] = &[(200, &[A, METHODS, HEADERS], PASSES)];
    for name in [
        "REQ-METH-10 any method is not TRACE",
        "REQ-METH-02 put is not PUT",
        "REQ-CLS-12 two request methods fail",
        "REQ-HDR-06 17 empty elements",
        "H47 forbidden name",
    ] {
        unhandled(name, all_granted).await;
    }
}

#[tokio::test]
async fn the_handler_of_a_preflight() {
    let name = "REQ-CLS-15 a preflight does not call the handler";
    unhandled(name, &[(200, &[A, METHODS, AGE], PASSES)]).await;
    handled(name, &[(200, &[A, METHODS, AGE], FAILS)]).await;
}

#[tokio::test]
async fn origins_that_are_allowed() {
    handled(
        "REQ-ORIGIN-01 a listed origin",
        &[
            (200, &[A, EXPOSE, VARY], PASSES),
            (200, &[A], FAILS),
            (200, &[EXPOSE], FAILS),
            (201, &[A, EXPOSE], FAILS),
            (200, &[A, EXPOSE, CREDENTIALS], FAILS),
            // The cases of REQ-VARY ask about it.
            (200, &[A, EXPOSE], PASSES),
        ],
    )
    .await;
    unhandled(
        "REQ-ORIGIN-01 a listed origin",
        &[(200, &[A, EXPOSE], FAILS)],
    )
    .await;
    handled(
        "REQ-CRED-01 credentials are allowed with true",
        &[
            (200, &[A, EXPOSE, CREDENTIALS], PASSES),
            (200, &[A, EXPOSE], FAILS),
            (200, &[ANY, EXPOSE, CREDENTIALS], FAILS),
        ],
    )
    .await;
}

#[tokio::test]
async fn the_handler_s_body() {
    let name = "REQ-ORIGIN-01 a listed origin";
    let case = cases().into_iter().find(|case| case.name == name);
    let case = case.expect("a case of the suite");
    let app = case.app();
    let mut response = app.handle().clone();
    for line in [A, EXPOSE] {
        let (name, value) = line.split_once(": ").expect("a colon");
        response.lines.push(Line::new(name, value));
    }
    assert_eq!(fair(&case, &app, &response).await, Verdict::Passes);
    response.body.clear();
    assert_ne!(fair(&case, &app, &response).await, Verdict::Passes);
}

#[tokio::test]
async fn origins_that_are_not_allowed() {
    let name = "REQ-ORIGIN-01 an unlisted origin";
    handled(
        name,
        &[
            (200, &[], PASSES),
            (200, &[A, CREDENTIALS, EXPOSE], PASSES),
            (200, &[EVIL], FAILS),
            (200, &[ANY], FAILS),
        ],
    )
    .await;
    unhandled(name, &[(403, &[], PASSES), (400, &[], PASSES)]).await;
    unhandled(
        "REQ-ORIGIN-18 an empty Origin",
        &[(403, &[], PASSES), (500, &[], FAILS)],
    )
    .await;
    handled(
        "REQ-ORIGIN-17 a listed and another Origin line",
        &[(200, &[A], PASSES), (200, &[EVIL], FAILS)],
    )
    .await;
    handled(
        "REQ-ORIGIN-17 two Origin lines under a public policy",
        &[(200, &[ANY, EXPOSE], PASSES), (200, &[A, EXPOSE], PASSES)],
    )
    .await;
    handled(
        "REQ-ACAO-06 no Access-Control field for a foreign origin",
        &[(200, &[], PASSES), (200, &[EXPOSE], FAILS)],
    )
    .await;
}

#[tokio::test]
async fn requests_that_do_not_ask_to_share() {
    let name = "REQ-CLS-05 a same-origin POST is answered";
    handled(name, &[(200, &[], PASSES)]).await;
    unhandled(name, &[(403, &[], FAILS)]).await;
    let name = "REQ-CLS-02 OPTIONS without Origin or request method reaches the handler";
    handled(name, &[(200, &[], PASSES)]).await;
    unhandled(name, &[(200, &[], FAILS)]).await;
    // Only those of REQ-CLS ask whether OPTIONS reaches the handler.
    let name = "REQ-VARY-09 no Vary on an actual OPTIONS";
    unhandled(name, &[(200, &[], PASSES), (200, &[A, VARY], PASSES)]).await;
}

#[tokio::test]
async fn the_framework_s_own_answers() {
    unhandled(
        "REQ-STAT-03 the framework's 405",
        &[
            (405, &[A, EXPOSE], PASSES),
            (404, &[A, EXPOSE], PASSES),
            (403, &[A, EXPOSE], FAILS),
            (405, &[], FAILS),
        ],
    )
    .await;
}

#[tokio::test]
async fn choices() {
    handled(
        "REQ-ACAO-02 a handler cannot let a foreign origin in",
        &[(200, &[], PASSES), (200, &[ANY], CHOICE)],
    )
    .await;
    unhandled(
        "REQ-VARY-08 Vary on a failed preflight if asked for",
        &[(403, &[], CHOICE), (403, &["vary: *"], PASSES)],
    )
    .await;
}

#[tokio::test]
async fn caches_under_a_list() {
    handled(
        "REQ-VARY-01 no Origin",
        &[
            (200, &[VARY], PASSES),
            (200, &["vary: *"], PASSES),
            (200, &[], FAILS),
            (200, &["vary: x-origin"], FAILS),
        ],
    )
    .await;
    unhandled(
        "REQ-VARY-13 404 without an Origin",
        &[(404, &[VARY], PASSES), (404, &[], FAILS)],
    )
    .await;
    let name = "REQ-VARY-01 a foreign origin";
    handled(name, &[(200, &[VARY], PASSES), (200, &[], FAILS)]).await;
    // No cache keeps it.
    unhandled(name, &[(403, &[], PASSES)]).await;
    handled(
        "REQ-VARY-01 a listed origin",
        &[
            (200, &[A, EXPOSE, VARY], PASSES),
            (200, &[A, EXPOSE], FAILS),
        ],
    )
    .await;
    // Right for whoever gets it.
    handled(
        "REQ-VARY-01 one listed origin",
        &[(200, &[A, EXPOSE], PASSES), (200, &[], FAILS)],
    )
    .await;
    handled(
        "REQ-VARY-03 two lines",
        &[
            (200, &[A, EXPOSE, VARY], FAILS),
            (200, &[A, EXPOSE, VARY, "vary: accept-language"], PASSES),
        ],
    )
    .await;
}

#[tokio::test]
async fn caches_under_a_public_policy() {
    handled(
        "REQ-VARY-02 a public policy",
        &[
            (200, &[ANY, EXPOSE], PASSES),
            (200, &[A, EXPOSE, VARY], PASSES),
            (200, &[A, EXPOSE], FAILS),
        ],
    )
    .await;
    handled(
        "REQ-ACAO-05 a public policy answers without an Origin",
        &[
            (200, &[ANY, EXPOSE], PASSES),
            (200, &[VARY], PASSES),
            (200, &[], FAILS),
        ],
    )
    .await;
}

/// Else the judge would have nothing to say about them.
#[test]
fn a_browser_may_ask_for_whatever_is_to_succeed() {
    let mut count = 0;
    for case in cases() {
        let app = case.app();
        let exchange = Exchange::new(&case, &app, &Response::default());
        // With `debug`, what fails is answered with an ok status, too.
        if is_preflight(&case) && exchange.shares && !case.policy.debug {
            count += 1;
            let fetch = asked(&case, &exchange.pages[0].origin).expect("one method");
            assert!(naive::allows(&case.policy, &fetch), "{}", case.name);
        }
    }
    assert!(count > 50, "{count}");
}

/// A name that begins no case would excuse nothing, or ask nothing.
#[test]
fn the_lists_name_cases() {
    let questions = [
        question::HANDLER,
        question::OPTIONS,
        question::CACHES,
        question::SILENCE,
        question::MALFORMED,
    ];
    let choices = CHOICES.map(|(start, _)| start);
    for start in questions.concat().into_iter().chain(choices) {
        let mut cases = cases().into_iter();
        assert!(cases.any(|case| case.name.starts_with(start)), "{start}");
    }
}
