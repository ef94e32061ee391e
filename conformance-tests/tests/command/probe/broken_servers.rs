//! Servers that never end, and those that do not speak HTTP.

use std::io::Write;
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use super::common::{PAGE, Raw, command, error, findings, three};

#[test]
fn proxies_of_the_environment_are_not_used() {
    let proxy = TcpListener::bind("127.0.0.1:0").expect("a port");
    proxy.set_nonblocking(true).expect("a socket");
    let address = format!("http://{}", proxy.local_addr().expect("an address"));
    let server = three("", "200; acao: *", "200; acao: *");
    let mut command = command(&[&server.url, "--origin", PAGE]);
    for name in ["http_proxy", "https_proxy", "all_proxy"] {
        command
            .env(name, &address)
            .env(name.to_uppercase(), &address);
    }
    command.env_remove("no_proxy").env_remove("NO_PROXY");
    assert!(command.output().expect("the command runs").status.success());
    assert!(proxy.accept().is_err(), "the proxy is asked");
}

/// A body has no end, a head has none, and nothing comes at all: each is over soon.
#[test]
fn servers_that_never_end() {
    let sent = Arc::new(Mutex::new(0_usize));
    let count = Arc::clone(&sent);
    let server = Raw::converse(move |mut stream, _| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\naccess-control-allow-origin: *\r\n\r\n");
        while stream.write_all(&[b'a'; 4096]).is_ok() {
            *count.lock().expect("no panic") += 4096;
        }
    });
    let begin = Instant::now();
    assert_eq!(findings(&server, &[]).0, Some(0));
    assert!(begin.elapsed() < Duration::from_secs(30));
    assert!(
        *sent.lock().expect("no panic") < 32 << 20,
        "the body is read"
    );

    let server = Raw::converse(|mut stream, _| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n");
        while stream.write_all(&b"x-a: a\r\n".repeat(100)).is_ok() {}
    });
    let endless = error(&[&server.url, "--origin", PAGE]);
    let expected = "the response has more than 128 headers, which is too many for probe\n";
    assert!(endless.ends_with(expected), "{endless}");

    let server = Raw::converse(|mut stream, _| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nx-a: ");
        while stream.write_all(&[b'a'; 1000]).is_ok() {}
    });
    let endless = error(&[&server.url, "--origin", PAGE]);
    let expected = "the response has more than 64 KiB of headers, which is too much for probe\n";
    assert!(endless.ends_with(expected), "{endless}");

    let silent = Raw::converse(|_, _| thread::sleep(Duration::from_secs(60)));
    let dripping = Raw::converse(|mut stream, _| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nx-a: ");
        while stream.write_all(b"a").is_ok() {
            thread::sleep(Duration::from_millis(100));
        }
    });
    for server in [silent, dripping] {
        let begin = Instant::now();
        let late = error(&[
            &server.url,
            "--origin",
            PAGE,
            "--timeout",
            "1",
            "--method",
            "PUT",
        ]);
        assert!(begin.elapsed() < Duration::from_secs(30));
        let expected = format!(
            "error: preflight: no response from {} within 1 second; use --timeout to wait longer\n",
            server.url
        );
        assert_eq!(late, expected);
    }
}

/// Rows: what is answered, and what is said.
#[test]
fn what_is_not_http_is_an_error() {
    for (answer, part) in [
        (&b"SSH-2.0-OpenSSH_9.6\r\n"[..], "is not HTTP"),
        (b"", "the connection is closed"),
        (b"HTTP/1.1 200 OK\r\nx-a", "the connection is closed"),
        (b"HTTP/1.1 999999 OK\r\n\r\n", "is not HTTP"),
        (
            b"\x15\x03\x03\x00\x02\x02\x46",
            "if the server uses TLS, write https://",
        ),
    ] {
        let server = Raw::start(move |_| answer.to_vec());
        let error = error(&[&server.url, "--origin", PAGE]);
        assert!(
            error.contains(part) && error.contains(&server.url),
            "{error}"
        );
        assert!(!error.contains('\x1b'), "{error}");
    }
    // This is, but cannot be read.
    for value in ["\x1b[31m", "a\0b", "\x7f", "a\rb"] {
        let server =
            Raw::start(move |_| format!("HTTP/1.1 200 OK\r\nx-a: {value}\r\n\r\n").into_bytes());
        let error = error(&[&server.url, "--origin", PAGE]);
        let expected = format!(
            "error: request: {}: the response has a header with a control character, which probe does \
             not read\n",
            server.url
        );
        assert_eq!(error, expected, "{value:?}");
    }
    // The old version, and an answer before the answer, are.
    for start in [
        "HTTP/1.0 200 OK\r\n",
        "HTTP/1.1 103 Early\r\nlink: a\r\n\r\nHTTP/1.1 200 OK\r\n",
    ] {
        let server = Raw::start(move |_| {
            format!("{start}access-control-allow-origin: *\r\n\r\n").into_bytes()
        });
        assert_eq!(findings(&server, &[]).0, Some(0), "{start}");
    }
}
