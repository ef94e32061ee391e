//! Redirects: told, and not followed.

use std::net::TcpListener;
use std::process::Command;

use super::common::{PAGE, Raw, answer, findings, rows, said, text, three, words};

/// Rows: status and location, method, and what is said of it.
#[test]
fn redirects_are_told_and_not_followed() {
    let elsewhere = TcpListener::bind("127.0.0.1:0").expect("a port");
    elsewhere.set_nonblocking(true).expect("a socket");
    let other = elsewhere.local_addr().expect("an address");
    for status in [301, 302, 303, 307, 308] {
        for location in [format!("http://{other}/x"), "/next?a".to_owned()] {
            let answer = format!(
                "{status}; access-control-allow-origin: https://a.test; location: {location}"
            );
            let allowed = "204; access-control-allow-origin: *; acam: PUT";
            let server = Raw::start(move |head| {
                self::answer(if head.starts_with("OPTIONS") {
                    allowed
                } else {
                    &answer
                })
            });
            for (method, next) in [
                ("GET", "GET"),
                ("POST", if status < 304 { "GET" } else { "POST" }),
                ("PUT", if status == 303 { "GET" } else { "PUT" }),
            ] {
                let (exit, found, report) = findings(&server, &["--method", method]);
                assert_eq!(exit, Some(1));
                assert_eq!(found[0], "error redirect request location");
                let said = said(&report, "redirect");
                let (page, is_elsewhere) = match location.starts_with('/') {
                    true => (PAGE, false),
                    false => ("null", true),
                };
                let url = match is_elsewhere {
                    true => location.clone(),
                    false => format!("'{}next?a'", server.url),
                };
                let end = format!("cors probe {url} --origin {page} --method {next}");
                assert!(
                    said.starts_with(&format!("the {status} redirects the browser")),
                    "{said}"
                );
                assert!(said.ends_with(&end), "{said}\n{end}");
                assert_eq!(
                    said.contains("leaves the server's origin"),
                    is_elsewhere,
                    "{said}"
                );
                assert_eq!(
                    said.contains("Firefox"),
                    is_elsewhere && method == "PUT",
                    "{said}"
                );
            }
        }
    }
    // Some go nowhere.
    for (location, part) in [
        ("ftp://x.test/", "cannot follow `ftp://x.test/`"),
        ("http://[", "cannot follow `http://[`"),
        ("http://u@x.test/", "contains a user name"),
        ("http://:p@x.test/", "contains a user name"),
        (
            "http://x.test:6000/",
            "browsers do not connect to port 6000, so they do not follow `http://x.test:6000/`",
        ),
        ("//x_y.test:6000/", "browsers do not connect to port 6000"),
    ] {
        let server = Raw::start(move |_| {
            self::answer(&format!(
                "302; access-control-allow-origin: *; location: {location}"
            ))
        });
        let (exit, _, report) = findings(&server, &[]);
        let said = said(&report, "redirect");
        assert!(exit == Some(1) && said.contains(part), "{said}");
    }
    // Without a location, or with another status, the script gets it.
    for answer in [
        "302; access-control-allow-origin: *",
        "304; access-control-allow-origin: *; location: /",
    ] {
        let server = three("", answer, answer);
        assert_eq!(findings(&server, &[]).0, Some(0), "{answer}");
    }
    // A preflight is not redirected, either.
    let server = Raw::start(move |_| answer(&format!("307; location: http://{other}/")));
    findings(&server, &["--method", "PUT"]);
    text(&[&server.url, "--attack", "--rate", "100"]);
    let connection = elsewhere.accept().map(|_| ());
    assert_eq!(
        connection.map_err(|error| error.kind()),
        Err(std::io::ErrorKind::WouldBlock)
    );
}

/// The words that a shell makes of the command that is said to ask at the next URL.
fn words_of_a_shell(said: &str) -> Vec<String> {
    let (_, command) = said.split_once(" cors ").expect("a command");
    let output = Command::new("sh")
        .args(["-c", &format!("printf '%s\\n' {command}")])
        .output()
        .expect("a shell");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{command}");
    let words = String::from_utf8(output.stdout).expect("a text");
    words.lines().map(str::to_owned).collect()
}

/// Rows: status, location, arguments, and what the command asks there instead of them, with
/// `_` for a space in a word.
const NEXT: &str = r#"
status # location                   # arguments                       # next
302    # /a'$(exit)'`exit`;exit|&<> # --method GET                    # --method GET
302    # //x.test/?a'b'exit`        # --method GET                    # --method GET
307    # /                          # --method A`b|&$'                # --method A`b|&$'
307    # /                          # --method=-a                     # --method=-a
307    # /                          # --method post --header X-A:a'b$(exit)`"\! --header x-b # --method POST --header X-A:_a'b$(exit)`"\! --header x-b:_1
307    # /                          # --method PUT --header content-type:a/b --credentials # --method PUT --header content-type:_a/b --credentials
302    # /                          # --method PUT --header content-type:a/b # --method PUT --header content-type:_a/b
302    # /                          # --method POST --header Content-Type:a/b --header content-language:de --header x-a:b # --method GET --header x-a:_b
303    # /                          # --method PUT --header content-type:a/b # --method GET
303    # /                          # --method GET --header content-type:a/b # --method GET --header content-type:_a/b
307    # /                          # --method GET --header authorization:secret --header cookie:secret --header host:b --cookie secret=1 # --method GET --credentials
307    # //x.test/                  # --method GET --header authorization:secret # --method GET
"#;

#[test]
fn a_redirect_is_asked_after_with_the_same_question() {
    for [status, location, arguments, next] in rows(NEXT) {
        let answers = [
            "204; acao: https://a.test; acac: true; acam: PUT, A`b|&$', -a; acah: x-a, x-b, \
             content-type, authorization"
                .to_owned(),
            format!("{status}; acao: https://a.test; acac: true; location: placeholder"),
        ];
        let server = Raw::start(move |head| {
            let answer = &answers[usize::from(!head.starts_with("OPTIONS"))];
            let answer = String::from_utf8(self::answer(answer)).expect("a text");
            answer.replace("placeholder", location).into_bytes()
        });
        let (_, _, report) = findings(&server, &words(arguments));
        let said = said(&report, "redirect");
        assert!(!said.contains("secret"), "{said}");
        for (given, tip) in [
            ("--cookie", "--cookie again"),
            ("authorization", "--header authorization"),
        ] {
            let is_given = arguments.contains(given) && !location.starts_with("//");
            assert!(!is_given || said.contains(tip), "{said}");
        }
        let base = url::Url::parse(&server.url).expect("a URL");
        let mut url = base.join(location).expect("a URL");
        url.set_fragment(None);
        let page = match url.origin() == base.origin() {
            true => PAGE,
            false => "null",
        };
        let next = words(next).into_iter().map(|word| word.replace('_', " "));
        let start = ["probe", url.as_str(), "--origin", page].map(str::to_owned);
        let expected: Vec<_> = start.into_iter().chain(next).collect();
        assert_eq!(words_of_a_shell(&said), expected, "{said}");
    }
    // Nothing is without end.
    let location = format!("/{}", "a".repeat(5000));
    let server = Raw::start(move |_| {
        answer(&format!(
            "302; access-control-allow-origin: *; location: {location}"
        ))
    });
    let (_, _, report) = findings(&server, &[]);
    let said = said(&report, "redirect");
    assert!(
        said.len() < 500 && said.contains("too long to print a command for it"),
        "{said}"
    );
}
