//! What cannot be asked.

use std::net::TcpListener;

use super::common::{PAGE, error};

#[test]
fn what_cannot_be_asked_is_an_error_that_teaches() {
    let unused = TcpListener::bind("127.0.0.1:0").expect("a port");
    let closed = format!("http://{}/", unused.local_addr().expect("an address"));
    drop(unused);
    let x = "http://x.test/";
    for (arguments, part) in [
        (
            &["localhost:3000", "--origin", PAGE][..],
            "write \"http://localhost:3000\"",
        ),
        (
            &["/path", "--origin", PAGE],
            "\"/path\" is not a URL: write \"http://localhost:3000/path\"",
        ),
        (&["http://", "--origin", PAGE], "is not a URL: empty host"),
        (
            &["ws://x.test/", "--origin", PAGE],
            "the server itself must look at Origin",
        ),
        (&["ftp://x.test/", "--origin", PAGE], "has the scheme ftp"),
        (
            &["http://u:p@x.test/", "--origin", PAGE],
            "--header \"authorization: Basic",
        ),
        (
            &["http://x.test:6000/", "--origin", PAGE],
            "browsers do not connect to port 6000",
        ),
        (
            &[x, "--origin", "https://a.test/"],
            "write \"https://a.test\"",
        ),
        (
            &[x, "--origin", "https://A.test"],
            "write \"https://a.test\"",
        ),
        (
            &[x, "--origin", "https://a.test:443"],
            "write \"https://a.test\"",
        ),
        (
            &[x, "--origin", "https://a.test/path"],
            "contains a path, query or fragment",
        ),
        (&[x, "--origin", "a.test"], "--origin \"a.test\""),
        (&[x, "--origin", "https://*.a.test"], "is a pattern, but"),
        (&[x, "--origin", "*"], "is a pattern, but a page has one"),
        (&[x, "--origin", "NULL"], "--origin \"NULL\""),
        (&[x, "--origin", "http://x.test"], "is the server's own"),
        (
            &[x, "--origin", PAGE, "--method", "trace"],
            "scripts cannot send the method `trace`",
        ),
        (
            &[x, "--origin", PAGE, "--method", "A B"],
            "scripts cannot send the method `A B`",
        ),
        (
            &[x, "--origin", PAGE, "--header", "a b: c"],
            "requests cannot have the header `a b`",
        ),
        (
            &[x, "--origin", PAGE, "--header", "a: \x01"],
            "the request cannot be sent",
        ),
        (
            &[x, "--origin", PAGE, "--cookie", "a\nb"],
            "--cookie contains a line break",
        ),
        (
            &[x, "--origin", PAGE, "--header", "x-a: b\nc"],
            "the value of `x-a` contains a line break",
        ),
        (
            &["", "--origin", PAGE],
            "URL is empty: write one like \"http://localhost:3000/\"",
        ),
        (&[x, "--attack", "--origin", "null"], "has no host"),
        (
            &[x, "--attack", "--origin", "https://a.test/"],
            "write \"https://a.test\"",
        ),
        (&[x], "--origin <ORIGIN>"),
        (&[x, "--origin", PAGE, "--rate", "0"], "1..=100"),
        (&[x, "--origin", PAGE, "--rate", "101"], "1..=100"),
        (&[x, "--origin", PAGE, "--timeout", "0"], "1..=300"),
        (
            &["http://nowhere.invalid/", "--origin", PAGE],
            "the host \"nowhere.invalid\" does not exist",
        ),
        (&[&closed, "--origin", PAGE], "nothing listens at"),
        (&[&closed, "--attack"], "nothing listens at"),
    ] {
        let error = error(arguments);
        assert!(error.contains(part), "{arguments:?}: {error}");
    }
}
