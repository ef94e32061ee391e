//! `explain`, run as people run it: what is no origin, and what browsers send to a server of their
//! page's own, of its site, and elsewhere.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use crate::common;

/// Explains under a policy of a test's own.
fn explain(name: &str, policy: &str, arguments: &[&str]) -> Output {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("explain-{name}.toml"));
    fs::write(&path, policy).expect("a file");
    let mut command = Command::new(env!("CARGO_BIN_EXE_cors"));
    command.args(["explain", "--policy"]).arg(path);
    let command = command.args(arguments).stdin(Stdio::null());
    command.output().expect("the command runs")
}

/// The exit status, and what is printed; there is no error.
fn text(name: &str, policy: &str, arguments: &[&str]) -> (Option<i32>, String) {
    let output = explain(name, policy, arguments);
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{arguments:?}");
    let text = String::from_utf8(output.stdout).expect("a text");
    (output.status.code(), text)
}

const POLICY: &str = "origins = [\"https://app.example.com\"]\nmethods = [\"PUT\"]\n\
                      request_headers = [\"content-type\"]\n";

#[test]
fn what_is_no_origin_is_refused_with_the_cure() {
    for (origin, said) in [
        (
            "https://app.example.com/",
            "write \"https://app.example.com\"",
        ),
        ("app.example.com", "https://app.example.com"),
        (
            "https://APP.example.com",
            "write \"https://app.example.com\"",
        ),
        (
            "https://app.example.com:443",
            "write \"https://app.example.com\"",
        ),
        (
            "https://app.example.com/page",
            "--origin \"https://app.example.com/page\"",
        ),
        ("https://*.example.com", "is a pattern"),
        ("*", "--origin"),
        ("", "--origin"),
    ] {
        let output = explain("origin", POLICY, &["--origin", origin]);
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{origin}: {error}");
        assert_eq!(output.stdout, b"", "{origin}");
        assert!(
            error.starts_with("error: --origin ") && error.contains(said),
            "{error}"
        );
    }
    let (status, _) = text("origin", POLICY, &["--origin", "null"]);
    assert_eq!(status, Some(1));
}

#[test]
fn what_is_no_host_is_refused_with_the_cure() {
    for (host, said) in [
        ("https://api.example", "write one like \"api.example\""),
        ("api.example/v1", "write one like"),
        ("user@api.example", "write one like"),
        ("api.example:port", "write one like"),
        ("", "write one like"),
        ("a b", "write one like"),
    ] {
        let origin = ["--origin", "https://app.example.com", "--host", host];
        let output = explain("host", POLICY, &origin);
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{host}: {error}");
        assert!(
            error.starts_with("error: --host ") && error.contains(said),
            "{error}"
        );
    }
}

const OWN: &str =
    "allowed: the page is on the server's own origin, so its script can read the response\n";

/// With the site of the request by the exit status and what is said.
#[test]
fn a_page_of_the_servers_own_is_explained_as_browsers_ask() {
    for (origin, host, is_own) in [
        ("https://api.example", "api.example", true),
        ("https://api.example", "api.example:443", true),
        ("https://api.example:8443", "api.example:8443", true),
        ("http://localhost:3000", "localhost:3000", true),
        ("http://[::1]:3000", "[::1]:3000", true),
        // Another port is another origin, on the same site.
        ("https://api.example:8443", "api.example", false),
        ("https://www.api.example", "api.example", false),
        ("https://evil.example", "api.example", false),
        ("null", "api.example", false),
    ] {
        for method in ["POST", "GET"] {
            let arguments = ["--origin", origin, "--host", host, "--method", method];
            let (status, shown) = text("own", POLICY, &arguments);
            let expected = if is_own { Some(0) } else { Some(1) };
            assert_eq!(status, expected, "{arguments:?}: {shown}");
            assert_eq!(shown.ends_with(OWN), is_own, "{arguments:?}: {shown}");
            let has_origin = shown.contains(&format!("{method} from \"{origin}\""));
            assert_eq!(has_origin, !is_own || method == "POST", "{shown}");
        }
    }
    // None needs a preflight.
    let own = ["--origin", "https://api.example", "--method", "DELETE"];
    let (status, shown) = text("own", POLICY, &own);
    assert_eq!(status, Some(0), "{shown}");
    assert_eq!(
        shown,
        format!(
            "request: DELETE from \"https://api.example\"\n\
             origin: not allowed; no listed origin is similar\n\
             response: from the handler, without Access-Control-Allow-Origin; a same-origin request, or one that doesn't use CORS, needs none\n\n\
             {OWN}"
        )
    );
}

/// Without Sec-Fetch-* the server compares Origin and Host: seen where both are there.
#[test]
fn old_browsers_and_plain_http_leave_the_comparison_to_the_server() {
    // Under this policy the site that a browser tells is all that lets the page pass.
    let own = ["--origin", "https://api.example", "--method", "POST"];
    let old = [&own[..], &["--no-fetch-metadata"]].concat();
    let (status, shown) = text("old", POLICY, &old);
    assert_eq!(status, Some(0), "{shown}");
    assert!(shown.ends_with(OWN), "{shown}");

    let plain = [
        "--origin",
        "http://shop.lan",
        "--host",
        "shop.lan",
        "--method",
        "POST",
    ];
    let (status, shown) = text("old", POLICY, &plain);
    assert_eq!(status, Some(0), "{shown}");

    let foreign = ["--origin", "https://evil.example", "--no-fetch-metadata"];
    let (status, shown) = text("old", POLICY, &foreign);
    assert_eq!(status, Some(1), "{shown}");
    assert!(shown.contains("response: 403"), "{shown}");
}

/// Behind a proxy that replaces Host, the server does not know its own pages: that is told, and
/// `own_origins` mends it, whatever the browser sends.
#[test]
fn a_page_of_the_servers_own_behind_a_proxy() {
    let page = |origin| ["--origin", origin, "--host", "backend:8080"];
    let post = ["--method", "POST"];
    let old = ["--no-fetch-metadata"];
    for (name, policy, origin, more) in [
        ("proxy", POLICY, "https://shop.example", &old[..]),
        ("proxy", POLICY, "http://nas.lan", &[]),
    ] {
        let arguments = [&page(origin)[..], &post, more].concat();
        let (status, shown) = text(name, policy, &arguments);
        assert_eq!(status, Some(1), "{shown}");
        let told = "host: \"backend:8080\" doesn't match the origin; if this server sent the page, a proxy \
                    has replaced the Host header: pass it on unchanged, or list the origin in own_origins\n";
        assert!(shown.contains(told), "{shown}");
    }
    let own = format!("{POLICY}own_origins = [\"https://shop.example\", \"http://nas.lan\"]\n");
    for method in ["POST", "PUT", "DELETE"] {
        for (origin, more) in [
            ("https://shop.example", &[][..]),
            ("https://shop.example", &old),
            ("http://nas.lan", &[]),
        ] {
            let arguments = [&page(origin)[..], &["--method", method], more].concat();
            let (status, shown) = text("proxy-own", &own, &arguments);
            assert_eq!(status, Some(0), "{shown}");
            assert!(shown.starts_with("request: "), "{shown}");
            assert!(shown.ends_with(OWN), "{shown}");
        }
    }
    let evil = [&page("https://evil.example")[..], &post, &old].concat();
    let (status, shown) = text("proxy-own", &own, &evil);
    assert_eq!(status, Some(1), "{shown}");
}

/// A browser that is asked for the impossible sends nothing, whosever page it is.
#[test]
fn what_no_browser_sends_is_not_explained() {
    let arguments = ["--origin", "https://api.example", "--method", "TRACE"];
    let output = explain("impossible", POLICY, &arguments);
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{error}");
    assert!(
        error.contains("browsers do not send the request"),
        "{error}"
    );
}

#[test]
fn explain_tells_each_step_of_preflight_and_request() {
    let path = common::file("explained.toml", common::GOOD);
    let explain = |arguments: &[&str]| {
        let output = common::run(&[&["explain", "--policy", &path], arguments].concat());
        (output.status.code(), common::text(&output.stdout))
    };
    let origin = ["--origin", "https://app.example.com"];
    let (code, shown) = explain(
        &[
            &origin[..],
            &[
                "--method",
                "PUT",
                "--header",
                "content-type: application/json",
            ],
        ]
        .concat(),
    );
    assert_eq!(code, Some(0));
    assert_eq!(
        shown,
        r#"preflight: PUT from "https://app.example.com"
origin: allowed
method: PUT is allowed
headers: allowed
response: 204, without calling the handler

request: PUT from "https://app.example.com"
origin: allowed
response: from the handler, with Access-Control-Allow-Origin

allowed: the page's script can read the response
"#
    );
    let (code, shown) = explain(&["--origin", "http://app.example.com"]);
    assert_eq!(code, Some(1));
    assert!(
        shown.contains(r#"nearest is "https://app.example.com", which has another scheme"#),
        "{shown}"
    );
}

/// The last line says what failed, and what of it the browser sees.
#[test]
fn a_blocked_request_ends_with_the_reason() {
    for (arguments, end) in [
        (
            &["--origin", "https://evil.example"][..],
            "\n\nblocked: origin not allowed: the response has no Access-Control-Allow-Origin\n",
        ),
        (
            &["--origin", "https://app.example.com", "--method", "DELETE"],
            "\n\nblocked: method not allowed: the status of the preflight response is 403, not 200 \
             to 299\n",
        ),
        (
            &["--origin", "https://app.example.com", "--header", "x-a"],
            "\n\nblocked: request header not allowed: the status of the preflight response is 403, \
             not 200 to 299\n",
        ),
        (
            &["--origin", "https://app.example.com", "--credentials"],
            "\n\nblocked: the response has no `Access-Control-Allow-Credentials: true`\n",
        ),
    ] {
        let (status, shown) = text("blocked", POLICY, arguments);
        assert_eq!(status, Some(1), "{shown}");
        assert!(shown.ends_with(end), "{shown}");
    }
}
