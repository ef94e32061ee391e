//! What caches would make of the answers.

use super::common::{field, findings, rows, three};

/// The answer with `Origin`, the one without, and which of them lacks what.
const CACHES: &str = "
with                            # without                      # lacks
200; acao: https://a.test       # 200                          # request vary: Origin, without-origin vary: Origin
200; acao: https://a.test       # 200; vary: x-origin, accept  # request vary: Origin, without-origin vary: Origin
200; acao: https://a.test       # 200; acao: *                 # request vary: Origin, without-origin vary: Origin
200; acao: https://a.test       # 200; acao: https://b.test    # request vary: Origin, without-origin vary: Origin
200; acao: https://a.test; aceh: x # 200; acao: https://a.test # request vary: Origin, without-origin vary: Origin
200; acao: https://a.test; acac: true # 200; acao: https://a.test # request vary: Origin, without-origin vary: Origin
200; acao: https://a.test       # 200; vary: Origin            # request vary: Origin
200; acao: https://a.test; vary: Accept, ORIGIN # 200          # without-origin vary: Origin
200; acao: https://a.test; vary: Accept, ORIGIN # 403; vary: Origin #
200; acao: https://a.test; vary: Accept, ORIGIN # 200; vary: * #
200; acao: https://a.test; vary: Origin # 200; acao: https://a.test #
200; acao: https://a.test       # 200; acao: https://a.test    #
200; acao: https://a.test; cache-control: private, No-Store # 200 #
200; acao: *                    # 200; acao: *                 #
200; acao: *                    # 200                          # request access-control-allow-origin: *, without-origin access-control-allow-origin: *
";

#[test]
fn what_caches_make_of_the_answers() {
    for [with, without, expected] in rows(CACHES) {
        let server = three("", with, without);
        let (status, found, report) = findings(&server, &[]);
        let findings = report["findings"].as_array().expect("a list").iter();
        let lacks: Vec<_> = findings
            .map(|one| [&one["answer"], &one["send"][0]].map(|text| text.as_str().expect("a text")))
            .map(|[answer, send]| format!("{answer} {send}"))
            .collect();
        assert_eq!(
            (status, &*lacks.join(", ")),
            (Some(0), expected),
            "{with} / {without}"
        );
        let is_of_vary =
            |one: &String| one.starts_with("warning vary-origin ") && one.ends_with(" vary");
        assert!(found.iter().all(is_of_vary), "{found:?}");
    }
}

/// What may change something is not sent twice; what nobody reads needs no second look.
#[test]
fn the_second_look_is_for_get_and_head() {
    const ECHO: &str = "200; access-control-allow-origin: https://a.test";
    let mut counts = Vec::new();
    for (method, answer) in [
        ("GET", ECHO),
        ("HEAD", ECHO),
        ("POST", ECHO),
        ("GET", "200"),
    ] {
        let server = three("", answer, answer);
        findings(&server, &["--method", method]);
        let heads = server.heads();
        assert!(
            heads
                .iter()
                .all(|head| head.starts_with(&format!("{method} / ")))
        );
        if let [_, second] = heads.as_slice() {
            assert_eq!(field(second, "origin"), None);
            assert_eq!(field(second, "sec-fetch-mode"), Some("no-cors"));
        }
        counts.push(heads.len());
    }
    assert_eq!(counts, [2, 2, 1, 1]);
}
