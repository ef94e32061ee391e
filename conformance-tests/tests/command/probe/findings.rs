//! What is wrong with the answers of a server, and what is said of it.

use super::common::{
    PAGE, Raw, answer, attack, field, findings, json, long, rows, said, three, words,
};

/// What the answer to the request itself can have wrong, each with a part of what is said.
const ANSWERS: &str = "
arguments     # answer                                      # code            # header # send # said
              # 200                                         # no-allow-origin # acao # list # is CORS enabled for this path
              # 200; vary: accept, origin                   # no-allow-origin # acao # -    # if it should, add it to the server
              # 200; acma: 1                                # no-allow-origin # acao # -    # if it should, add it to the server
              # 404                                         # no-allow-origin # acao # list # error responses need it, too
              # 302; location: /b                           # no-allow-origin # acao # list # in a redirect, too
              # 200; acao: https://b.test                   # other-origin    # acao # list # `https://b.test` is not `https://a.test`: the response is for another origin
              # 200; acao: https://a.test/                  # other-origin    # acao # page # no path
              # 200; acao: https://A.test                   # other-origin    # acao # page # lower case
              # 200; acao: http://a.test                    # other-origin    # acao # list # the scheme is different
              # 200; acao: a.test                           # other-origin    # acao # page # the scheme is missing
              # 200; acao: https://a.test:443               # other-origin    # acao # page # the default port
              # 200; acao: https://a.test:80                # other-origin    # acao # list # another origin
              # 200; acao: https://*.test                   # other-origin    # acao # list # do not support patterns
              # 200; acao: https://a.test, https://b.test   # other-origin    # acao # page # not a list
              # 200; acao: https://b.test https://a.test    # other-origin    # acao # page # not a list
              # 200; acao: 'https://a.test'                 # other-origin    # acao # page # without quotes
              # 200; acao: null                             # other-origin    # acao # list # does not mean nobody
              # 200; acao:                                  # other-origin    # acao # list # it is empty
              # 200; acao: *; acao: https://a.test          # several-lines   # acao # page # `*` and `https://a.test`: the response has 2 of these headers
--credentials # 200; acao: *                                # wildcard-with-credentials # acao # list # does not work for requests with credentials
--credentials # 200; acao: https://a.test                   # no-allow-credentials # acac # list # the header is missing
--cookie a=1  # 200; acao: https://a.test; acac: True       # no-allow-credentials # acac # page # `True` is not `true`
--credentials # 200; acao: https://a.test; acac: true; acac: true # no-allow-credentials # acac # page # 2 of these headers
";

#[test]
fn every_error_of_the_answer_is_found() {
    for [arguments, answer, code, header, send, part] in rows(ANSWERS) {
        let server = Raw::start(move |_| self::answer(answer));
        let (status, found, report) = findings(&server, &words(arguments));
        let expected = [format!("error {code} request {}", long(header))];
        assert_eq!((status, &*found), (Some(1), &expected[..]), "{answer}");
        let said = said(&report, code);
        assert!(said.contains(part), "{answer}: {said}");
        let credentials = match arguments {
            "" => "",
            _ => "access-control-allow-credentials: true | ",
        };
        // An origin that is not known to be allowed is not named.
        let origin = match send {
            "page" => PAGE,
            "list" => "<the page's origin, if it is in the server's list>",
            _ => {
                assert!(!said.contains(" | "), "{answer}: {said}");
                continue;
            }
        };
        let send = format!(" | access-control-allow-origin: {origin} | {credentials}vary: Origin");
        assert!(said.ends_with(&send), "{answer}: {said}");
    }
}

/// What the answer to the preflight can have wrong, each with a part of what is said of the last.
const PREFLIGHTS: &str = r#"
arguments    # answer                                        # codes  # said
--method PUT # 204                                           # no-allow-origin method-not-allowed # the header is missing; it must contain `PUT` | access-control-allow-methods: PUT
--method PUT # 301; acao: *; acam: PUT; location: https://x/ # preflight-status # redirects
--method PUT # 401; acao: *; acam: PUT                       # preflight-status # authentication
--method PUT # 403; acao: *; acam: PUT                       # preflight-status # a CSRF check
--method PUT # 404; acao: *; acam: PUT                       # preflight-status # no route handles OPTIONS
--method PUT # 405; acao: *; acam: PUT                       # preflight-status # no route handles OPTIONS
--method PUT # 418; acao: *; acam: PUT                       # preflight-status # the status is 418
--method PUT # 429; acao: *; acam: PUT                       # preflight-status # limits the rate
--method PUT # 500; acao: *; acam: PUT                       # preflight-status # fails | 204
--method PUT # 405; allow: PUT                               # no-allow-origin preflight-status method-not-allowed # `Allow` does not replace it
--method PUT # 200; acao: *; acam: put                       # method-not-allowed # `put` is not `PUT`: methods are case-sensitive | access-control-allow-methods: PUT
--method PUT # 200; acao: *; acam: GET, POST                 # method-not-allowed # does not contain `PUT` | access-control-allow-methods: GET, POST, PUT
--method PUT --credentials # 200; acao: https://a.test; acac: true; acam: * # method-not-allowed # for requests with credentials, `*` is a name like any other: list the names | access-control-allow-methods: PUT
--method PUT # 200; acao: *; acam: PUT, "X"                  # invalid-list # `\"X\"` is not a valid name
--method PUT # 200; acao: *; acam: PUT; acah: a b            # invalid-list # `a b` is not a valid name
--header X-A --header x-b # 200; acao: *                     # header-not-allowed # the header is missing; it must contain `x-a`, `x-b` | access-control-allow-headers: x-a, x-b
--header X-A --header x-b # 200; acao: *; acah: X-B, x-c     # header-not-allowed # does not contain `x-a` | access-control-allow-headers: X-B, x-c, x-a
--header x-a --credentials # 200; acao: https://a.test; acac: true; acah: * # header-not-allowed # list the names | access-control-allow-headers: x-a
--header authorization --credentials # 200; acao: https://a.test; acac: true; acah: * # header-not-allowed # for requests with credentials, `*` is a name
--header authorization # 200; acao: *; acah: x-a             # header-not-allowed # does not contain `authorization`
"#;

#[test]
fn every_error_of_the_preflight_is_found() {
    for [arguments, answer, codes, part] in rows(PREFLIGHTS) {
        let server = Raw::start(move |_| self::answer(answer));
        let (status, found, report) = findings(&server, &words(arguments));
        assert_eq!(status, Some(1), "{answer}");
        let expected: Vec<_> = words(codes)
            .into_iter()
            .map(|code| {
                let header = match code {
                    "no-allow-origin" => long("acao"),
                    "method-not-allowed" => long("acam"),
                    "invalid-list" if !answer.contains("acah") => long("acam"),
                    "header-not-allowed" | "invalid-list" => long("acah"),
                    _ => "-",
                };
                format!("error {code} preflight {header}")
            })
            .collect();
        assert_eq!(found, expected, "{answer}");
        let said = said(&report, words(codes).pop().expect("one"));
        assert!(said.contains(part), "{answer}: {said}");
        let heads = server.heads();
        assert_eq!(heads.len(), 1, "nothing follows a preflight that fails");
        assert!(heads[0].starts_with("OPTIONS / HTTP/1.1\r\n"), "{heads:?}");
    }
}

/// What is wrong though the page is served, each with a part of what is said. In answers to
/// preflights, OK is what lets the request pass.
const ADVICE: &str = "
arguments    # preflight           # answer       # finding                               # said
--method PUT # OK; acma: 600       # 200; acao: * #                                       #
--method PUT # OK; acma: 0         # 200; acao: * #                                       #
--method PUT # OK; acma: 7200      # 200; acao: * #                                       #
--method PUT # OK                  # 200; acao: * # note max-age-missing preflight acma   # 5 seconds
--method PUT # OK; acma: 7201      # 200; acao: * # note max-age-capped preflight acma    # Chromium for 7200
--method PUT # OK; acma: 99999999999999999999 # 200; acao: * # note max-age-invalid preflight acma # too large
--method PUT # OK; acma: -1        # 200; acao: * # note max-age-invalid preflight acma   # write `0`
--method PUT # OK; acma: 60s       # 200; acao: * # warning max-age-invalid preflight acma # `60s` is not a number
--method PUT # OK; acma: +60       # 200; acao: * # warning max-age-invalid preflight acma # `+60` is not a number
--method PUT # OK; acma: 6; acma: 6 # 200; acao: * # warning max-age-invalid preflight acma # 2 of these headers
--method PUT # 204; acao: *; acam: *; acma: 5 # 200; acao: * # note wildcard-not-cached preflight acam # Firefox does not cache what `*` allows
--method PUT # 204; acao: *; acam: *, PUT; acah: *; acma: 5 # 200; acao: * # #
--method POST --header x-a # 204; acao: *; acam: *; acah: *, X-A; acma: 5 # 200; acao: * # #
--method PUT --header x-a # OK; acah: *; acma: 5 # 200; acao: * # note wildcard-not-cached preflight acah # list the names
--method PUT # OK; acma: 5; aceh: x-a # 200; acao: * # warning expose-at-preflight preflight aceh # send it with the response to the request
--method PUT # OK; acma: 5; aceh: x-a # 200; acao: *; aceh: x-a #                         #
             #                     # 200; acao: *; aceh: x-a, x b # warning invalid-expose-list request aceh # `x b` is not a valid name
--credentials #                    # 200; acao: https://a.test; acac: true; aceh: * # warning wildcard-exposes-nothing request aceh # a name like any other
             #                     # 200; acao: *; aceh: *    #                             #
             #                     # 200; acao: *; acac: true # warning wildcard-and-credentials request acao # do not work together
             #                     # 200; acao: https://a.test; acac: True # warning credentials-not-true request acac # `True` does not allow credentials
             #                     # 200; acao: https://a.test; acac: true #                  #
--credentials #                    # 401; acao: https://a.test; acac: true; www-authenticate: Basic # note log-in-prompt request www-authenticate # Firefox may ask
             #                     # 401; acao: *; www-authenticate: Basic #                  #
--header cookie:a # # 200; acao: * # warning forbidden-header - - # use --cookie
--header Origin:https://b.test # # 200; acao: * # warning forbidden-header - - # use --origin
--header host:b.test # # 200; acao: * # warning forbidden-header - - # `host`
--header accept:a/b # # 200; acao: * # #
--header user-agent:x # OK; acah: user-agent; acma: 5 # 200; acao: * # note user-agent - - # Chromium drops
--method patch # 204; acao: *; acam: patch; acma: 5 # 200; acao: * # warning method-case - - # servers expect `PATCH`
--method post # # 200; acao: * # #
";

#[test]
fn what_is_wrong_though_the_page_is_served_is_told() {
    for [arguments, preflight, request, finding, part] in rows(ADVICE) {
        let preflight = preflight.replace("OK", "204; acao: *; acam: PUT");
        let server = three(&preflight, request, request);
        let (status, found, report) = findings(&server, &words(arguments));
        let words: Vec<_> = words(finding).into_iter().map(long).collect();
        let expected: Vec<_> = words.first().map(|_| words.join(" ")).into_iter().collect();
        assert_eq!(
            (status, &found),
            (Some(0), &expected),
            "{preflight} {request}"
        );
        if let Some(code) = words.get(1) {
            let said = said(&report, code);
            assert!(said.contains(part), "{preflight} {request}: {said}");
        }
    }
}

/// The standard refuses, today's browsers do not: the verdict is theirs.
#[test]
fn a_wildcard_and_authorization() {
    for (request, status) in [("200; acao: *", Some(0)), ("200", Some(1))] {
        let server = three("204; acao: *; acah: *; acma: 5", request, "200; acao: *");
        let (exit, found, report) = findings(&server, &["--header", "authorization: secret"]);
        assert_eq!(exit, status, "{request}");
        let warning = "warning header-not-allowed preflight access-control-allow-headers";
        assert!(found.iter().any(|one| one == warning), "{found:?}");
        let said = said(&report, "header-not-allowed");
        for part in ["the Fetch standard says", "browsers still accept it"] {
            assert!(said.contains(part), "{said}");
        }
        assert!(
            said.ends_with(" | access-control-allow-headers: *, authorization"),
            "{said}"
        );
        let heads = server.heads();
        assert_eq!(field(&heads[1], "authorization"), Some("secret"));
    }
    // So it is for attackers.
    let server = Raw::start(|head| match field(head, "origin") == Some("null") {
        true => answer("200; acao: null; acam: PUT; acah: *"),
        false => answer("200"),
    });
    let arguments = ["--method", "PUT", "--header", "authorization: a"];
    let (exit, allowed, _) = attack(&server, &arguments);
    let expected = ["danger null: null origin, anonymous".to_owned()];
    assert_eq!((exit, &*allowed), (Some(1), &expected[..]));
}

#[test]
fn a_page_that_anybody_can_be() {
    const NULL: &str = "200; acao: null; acac: true";
    let server = three("", NULL, NULL);
    let null = |arguments: &[&str]| {
        let (status, report) = json(&[&[&*server.url, "--origin", "null"], arguments].concat());
        (status, said(&report, "null-allowed"))
    };
    let (status, anonymous) = null(&[]);
    assert_eq!(status, Some(0));
    assert!(anonymous.contains("the same as `*`"), "{anonymous}");
    let (status, credentialed) = null(&["--credentials"]);
    assert_eq!(status, Some(0));
    assert!(credentialed.contains("do not allow it"), "{credentialed}");

    // Nobody is told to let it in.
    let server = three("", "200", "200");
    let (_, report) = json(&[&server.url, "--origin", "null", "--credentials"]);
    let refused = said(&report, "no-allow-origin");
    assert!(refused.ends_with(
        "do not fix this: any page can send the origin `null`, so it would let every page in"
    ));
    let (_, report) = json(&[&server.url, "--origin", "null"]);
    let refused = said(&report, "no-allow-origin");
    assert!(
        refused.ends_with(" | access-control-allow-origin: *"),
        "{refused}"
    );
}
