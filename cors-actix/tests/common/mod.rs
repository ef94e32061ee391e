//! What the tests share: a policy, requests, answers, and clients of a server on a real socket.

use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use actix_web::body::{self, MessageBody};
use actix_web::dev::{Service, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::test::{TestRequest, init_service};
use actix_web::{App, Error, HttpServer};
use cors_actix::Policy;
use http_body_util::{BodyExt, Empty};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

pub(crate) const LISTED: &str = "https://app.example.com";
pub(crate) const FOREIGN: &str = "https://evil.example";

pub(crate) const POLICY: Policy = Policy::credentialed(LISTED)
    .methods("PUT")
    .request_headers("content-type")
    .max_age(3600);

/// The fields of a preflight of a `PUT` of JSON, but for its `Origin`.
const ASKS: [(&str, &str); 2] = [
    ("access-control-request-method", "PUT"),
    ("access-control-request-headers", "content-type"),
];

/// A request without a body: `request("GET /", &[("origin", LISTED)])`.
pub(crate) fn request(line: &str, fields: &[(&str, &str)]) -> TestRequest {
    let (method, target) = line.split_once(' ').expect("a method and a target");
    let method = Method::from_bytes(method.as_bytes()).expect("a method");
    let request = TestRequest::with_uri(target).method(method);
    fields
        .iter()
        .copied()
        .fold(request, TestRequest::append_header)
}

/// The preflight of a `PUT` of JSON.
pub(crate) fn preflight(target: &str, origin: &str) -> TestRequest {
    let request = request(&format!("OPTIONS {target}"), &[("origin", origin)]);
    ASKS.into_iter().fold(request, TestRequest::append_header)
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// In no order but that of the lines of one field.
    pub(crate) lines: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Answer {
    fn new<'l>(status: u16, lines: impl Iterator<Item = (&'l str, &'l [u8])>, body: &[u8]) -> Self {
        let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
        Self {
            status,
            lines: lines
                .map(|(name, value)| (name.into(), text(value)))
                .collect(),
            body: text(body),
        }
    }

    /// The value of a field that has one line at most.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        let mut lines = self.lines.iter().filter(|line| line.0 == name);
        let line = lines.next();
        assert!(lines.next().is_none(), "several lines: {:?}", self.lines);
        line.map(|line| &*line.1)
    }

    /// The lines that matter to CORS, in alphabetical order.
    pub(crate) fn cors(&self) -> Vec<String> {
        let mut lines: Vec<_> = self
            .lines
            .iter()
            .filter(|(name, _)| name == "vary" || name.starts_with("access-control-"))
            .map(|(name, value)| format!("{name}: {value}"))
            .collect();
        lines.sort();
        lines
    }

    /// The status, and whether the browser lets a page of the listed origin read the response.
    pub(crate) fn outcome(&self) -> (u16, bool) {
        let origin = self.field("access-control-allow-origin");
        (self.status, origin == Some(LISTED))
    }
}

/// What a new app answers. An error becomes a response as it does in a server.
pub(crate) async fn ask<T, B>(app: impl Fn() -> App<T>, request: TestRequest) -> Answer
where
    T: ServiceFactory<
            ServiceRequest,
            Config = (),
            Response = ServiceResponse<B>,
            Error = Error,
            InitError = (),
        > + 'static,
    B: MessageBody + 'static,
{
    let service = init_service(app()).await;
    let answer = within(service.call(request.to_request())).await;
    let response = match answer {
        Ok(response) => response.map_into_boxed_body().into_parts().1,
        Err(error) => error.error_response(),
    };
    let (head, body) = response.into_parts();
    let body = within(body::to_bytes(body)).await.expect("a whole body");
    let lines = head.headers().iter();
    Answer::new(
        head.status().as_u16(),
        lines.map(|(name, value)| (name.as_str(), value.as_bytes())),
        &body,
    )
}

/// Serves HTTP/1.1 and HTTP/2 on a port of its own, for as long as the test's runtime lives.
pub(crate) fn serve<T, B>(app: impl Fn() -> App<T> + Clone + Send + 'static) -> SocketAddr
where
    T: ServiceFactory<
            ServiceRequest,
            Config = (),
            Response = ServiceResponse<B>,
            Error = Error,
            InitError = (),
        > + 'static,
    B: MessageBody + 'static,
{
    let server = HttpServer::new(app)
        .workers(1)
        .disable_signals()
        .bind_auto_h2c(("127.0.0.1", 0))
        .expect("a port");
    let address = server.addrs()[0];
    tokio::spawn(server.run());
    address
}

/// What the server answers over HTTP/2, without TLS; the target is absolute.
pub(crate) async fn ask_http2(server: SocketAddr, line: &str, fields: &[(&str, &str)]) -> Answer {
    let (method, target) = line.split_once(' ').expect("a method and a target");
    let request = http::Request::builder().method(method).uri(target);
    let request = fields
        .iter()
        .fold(request, |request, &(name, value)| {
            request.header(name, value)
        })
        .body(Empty::<bytes::Bytes>::new())
        .expect("a legal request");
    let stream = TcpStream::connect(server).await.expect("a connection");
    let client = hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream));
    let (mut sender, connection) = within(client).await.expect("HTTP/2");
    tokio::spawn(connection);
    let response = within(sender.send_request(request)).await;
    let (head, body) = response.expect("a response").into_parts();
    let body = within(body.collect())
        .await
        .expect("a whole body")
        .to_bytes();
    let lines = head.headers.iter();
    Answer::new(
        head.status.as_u16(),
        lines.map(|(name, value)| (name.as_str(), value.as_bytes())),
        &body,
    )
}

/// A client that shows the bytes of HTTP/1.1.
pub(crate) struct Connection(BufReader<TcpStream>);

impl Connection {
    pub(crate) async fn open(server: SocketAddr) -> Self {
        let stream = TcpStream::connect(server).await.expect("a connection");
        Self(BufReader::new(stream))
    }

    pub(crate) async fn send(&mut self, bytes: &[u8]) {
        within(self.0.write_all(bytes)).await.expect("sent");
    }

    /// Sends a request, whose lines end in `\n` here, and gives the head of the answer in the same
    /// form: the status line, then the fields in alphabetical order, but for the time of day.
    pub(crate) async fn exchange(&mut self, request: &str) -> String {
        self.send(request.replace('\n', "\r\n").as_bytes()).await;
        self.head().await
    }

    /// The head of an answer.
    pub(crate) async fn head(&mut self) -> String {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.extend(self.read(1).await);
        }
        let head = String::from_utf8(head)
            .expect("a text")
            .replace("\r\n", "\n");
        let (status, fields) = head.trim_end().split_once('\n').unwrap_or((&head, ""));
        let mut fields: Vec<_> = fields
            .lines()
            .filter(|line| !line.starts_with("date: "))
            .collect();
        fields.sort_unstable();
        format!("{status}\n{}\n", fields.join("\n"))
    }

    pub(crate) async fn read(&mut self, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        within(self.0.read_exact(&mut bytes)).await.expect("bytes");
        bytes
    }

    /// All that still comes until the server closes the connection.
    pub(crate) async fn rest(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        within(self.0.read_to_end(&mut bytes))
            .await
            .expect("an end");
        bytes
    }
}

/// A test that waits in vain fails instead of hanging.
pub(crate) async fn within<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(Duration::from_secs(10), future)
        .await
        .expect("an answer in time")
}
