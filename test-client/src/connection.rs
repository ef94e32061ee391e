use std::net::SocketAddr;

use http::Request;
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use crate::{Answer, Fields, request, within};

type Empty = http_body_util::Empty<hyper::body::Bytes>;

async fn connect(server: SocketAddr) -> TcpStream {
    TcpStream::connect(server).await.expect("a connection")
}

/// What the server answers over HTTP/1.1; the host is `api.test` unless the fields name one.
///
/// # Panics
///
/// If it does not answer, or not in time.
pub async fn ask_http1(server: SocketAddr, line: &str, fields: Fields<'_>) -> Answer {
    let mut request: Request<Empty> = request(line, fields);
    let api = http::HeaderValue::from_static("api.test");
    request.headers_mut().entry("host").or_insert(api);
    let client = http1::handshake(TokioIo::new(connect(server).await));
    let (mut sender, connection) = within(client).await.expect("HTTP/1.1");
    tokio::spawn(connection);
    let response = within(sender.send_request(request)).await;
    Answer::of(response.expect("a response")).await
}

/// What the server answers over HTTP/2, without TLS. A target that is only a path is one of
/// `http://api.test`.
///
/// # Panics
///
/// If it does not answer, or not in time.
pub async fn ask_http2(server: SocketAddr, line: &str, fields: Fields<'_>) -> Answer {
    let request: Request<Empty> = request(&line.replacen(" /", " http://api.test/", 1), fields);
    let stream = TokioIo::new(connect(server).await);
    let client = http2::handshake(TokioExecutor::new(), stream);
    let (mut sender, connection) = within(client).await.expect("HTTP/2");
    tokio::spawn(connection);
    let response = within(sender.send_request(request)).await;
    Answer::of(response.expect("a response")).await
}

/// A client that shows the bytes of HTTP/1.1.
#[derive(Debug)]
pub struct Connection(BufReader<TcpStream>);

impl Connection {
    /// A new one.
    ///
    /// # Panics
    ///
    /// If nobody listens.
    pub async fn open(server: SocketAddr) -> Self {
        Self(BufReader::new(connect(server).await))
    }

    /// Sends these.
    ///
    /// # Panics
    ///
    /// If the other side does not take them in time.
    pub async fn send(&mut self, bytes: &[u8]) {
        within(self.0.write_all(bytes)).await.expect("sent");
    }

    /// Sends a request, whose lines end in `\n` here, and gives the [head](Self::head) of the answer.
    ///
    /// # Panics
    ///
    /// If there is none in time.
    pub async fn exchange(&mut self, request: &str) -> String {
        self.send(request.replace('\n', "\r\n").as_bytes()).await;
        self.head().await
    }

    /// The head of an answer: the status line, then the fields in alphabetical order, but for the
    /// time of day. Each line ends in `\n`.
    ///
    /// # Panics
    ///
    /// If there is none in time.
    pub async fn head(&mut self) -> String {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.extend(self.read(1).await);
        }
        let head = String::from_utf8(head).expect("a text");
        let mut lines: Vec<_> = head
            .trim_end()
            .split("\r\n")
            .filter(|line| !line.starts_with("date: "))
            .collect();
        lines[1..].sort_unstable();
        lines.join("\n") + "\n"
    }

    /// So many bytes.
    ///
    /// # Panics
    ///
    /// If they do not come in time.
    pub async fn read(&mut self, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        within(self.0.read_exact(&mut bytes)).await.expect("bytes");
        bytes
    }

    /// All that still comes until the server closes the connection.
    ///
    /// # Panics
    ///
    /// If it does not in time.
    pub async fn rest(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        within(self.0.read_to_end(&mut bytes))
            .await
            .expect("an end");
        bytes
    }
}
