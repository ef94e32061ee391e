//! Certificates.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::thread;

use super::common::{PAGE, Raw, answer, error, findings};

impl Raw {
    /// A server that talks first.
    fn greet(greeting: &'static [u8]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}/", listener.local_addr().expect("an address"));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.expect("a connection");
                let _ = stream.read(&mut [0; 4096]);
                let _ = stream.write_all(greeting);
            }
        });
        Self {
            url,
            requests: Arc::default(),
        }
    }
}

/// A server with a certificate that nobody vouches for.
fn tls() -> Raw {
    let certified = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a key");
    let key = rustls::pki_types::PrivatePkcs8KeyDer::from(certified.signing_key.serialize_der());
    let config = rustls::ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![certified.cert.der().clone()], key.into())
        .expect("a certificate");
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let connection = rustls::ServerConnection::new(Arc::clone(&config)).expect("TLS");
            let mut stream = rustls::StreamOwned::new(connection, stream.expect("a connection"));
            let mut head = [0; 4096];
            if stream.read(&mut head).is_ok() {
                let _ = stream.write_all(&answer("200; acao: *"));
            }
            stream.conn.send_close_notify();
            let _ = stream.flush();
        }
    });
    Raw {
        url: format!("https://localhost:{port}/"),
        requests: Arc::default(),
    }
}

#[test]
fn tls_is_checked_unless_it_is_not_to_be() {
    let server = tls();
    let refused = error(&[&server.url, "--origin", PAGE]);
    assert!(
        refused.contains("the TLS connection to") && refused.contains("use --insecure"),
        "{refused}"
    );
    assert_eq!(findings(&server, &["--insecure"]).0, Some(0));

    let plain = server.url.replace("https:", "http:");
    let error_text = error(&[&plain, "--origin", PAGE]);
    assert!(error_text.contains("write https://"), "{error_text}");
    // A handshake has no end that a server of HTTP would wait for.
    let plain = Raw::greet(b"HTTP/1.1 400 x\r\n\r\n");
    let error_text = error(&[&plain.url.replace("http:", "https:"), "--origin", PAGE]);
    assert!(error_text.contains("write http://"), "{error_text}");
}
