//! What the tests share: a policy, requests, answers, and clients of a server on a real socket.

use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use cors_rocket::Policy;
use http_body_util::{BodyExt, Empty};
use hyper::body::Bytes;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rocket::config::{LogLevel, Shutdown};
use rocket::fairing::AdHoc;
use rocket::http::{Header, Method};
use rocket::local::asynchronous::{Client, LocalRequest, LocalResponse};
use rocket::{Build, Config, Rocket};
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::sync::oneshot;

pub(crate) const LISTED: &str = "https://app.example.com";
pub(crate) const FOREIGN: &str = "https://evil.example";

pub(crate) const POLICY: Policy = Policy::credentialed(LISTED)
    .methods("PUT")
    .request_headers("content-type")
    .max_age(3600);

/// Logs nothing, takes any free port, and stops at once.
pub(crate) fn config() -> Config {
    Config {
        port: 0,
        log_level: LogLevel::Off,
        shutdown: Shutdown {
            ctrlc: false,
            signals: [].into(),
            grace: 0,
            mercy: 0,
            ..Shutdown::default()
        },
        ..Config::release_default()
    }
}

pub(crate) async fn launch(application: Rocket<Build>) -> Client {
    let client = Client::untracked(application).await;
    client.expect("an application that launches")
}

/// A request without a body: `request(&client, "GET /", &[("origin", LISTED)])`.
pub(crate) fn request<'c>(
    client: &'c Client,
    line: &str,
    fields: &[(&'static str, &str)],
) -> LocalRequest<'c> {
    let (method, target) = line.split_once(' ').expect("a method and a target");
    let method: Method = method.parse().expect("a method of Rocket's");
    let mut request = client.req(method, target.to_owned());
    for &(name, value) in fields {
        request.add_header(Header::new(name, value.to_owned()));
    }
    request
}

/// What comes of such a request.
pub(crate) async fn ask(client: &Client, line: &str, fields: &[(&'static str, &str)]) -> Answer {
    let request = request(client, line, fields);
    Answer::of(within(request.dispatch()).await).await
}

/// What comes of the preflight of a `PUT` of JSON.
pub(crate) async fn preflight(client: &Client, target: &str, origin: &str) -> Answer {
    let fields = [
        ("origin", origin),
        ("access-control-request-method", "PUT"),
        ("access-control-request-headers", "content-type"),
    ];
    ask(client, &format!("OPTIONS {target}"), &fields).await
}

#[derive(Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) lines: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) async fn of(response: LocalResponse<'_>) -> Self {
        let headers = response.headers().iter();
        let lines = headers.map(|line| (line.name.as_str().to_lowercase(), line.value.into()));
        Self {
            status: response.status().code,
            lines: lines.collect(),
            body: within(response.into_string()).await.unwrap_or_default(),
        }
    }

    pub(crate) fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let lines = self.lines.iter().filter(move |line| line.0 == name);
        lines.map(|line| line.1.as_str())
    }

    /// The lines that matter to CORS, in alphabetical order.
    pub(crate) fn cors(&self) -> Vec<String> {
        let matter = |name: &str| name == "vary" || name.starts_with("access-control-");
        let mut lines: Vec<_> = self
            .lines
            .iter()
            .filter(|(name, _)| matter(name))
            .map(|(name, value)| format!("{name}: {value}"))
            .collect();
        lines.sort();
        lines
    }

    /// The status, and whether the browser lets a page of the listed origin read the response.
    pub(crate) fn outcome(&self) -> (u16, bool) {
        let mut lines = self.values("access-control-allow-origin");
        let line = lines.next();
        assert!(lines.next().is_none(), "several lines: {:?}", self.lines);
        (self.status, line == Some(LISTED))
    }
}

/// Serves on a port of its own while the test asks, and stops.
pub(crate) async fn serve(application: Rocket<Build>, test: impl AsyncFnOnce(SocketAddr)) {
    let (tell, told) = oneshot::channel();
    let liftoff = AdHoc::on_liftoff("address", |rocket| {
        let address = (rocket.config().address, rocket.config().port).into();
        let shutdown = rocket.shutdown();
        Box::pin(async move { tell.send((address, shutdown)).expect("a test that waits") })
    });
    let server = tokio::spawn(application.attach(liftoff).launch());
    let (address, shutdown) = within(told).await.expect("an application that launches");
    test(address).await;
    shutdown.notify();
    let stopped = within(server).await.expect("a server that does not panic");
    stopped.expect("a server that stops");
}

/// What the server answers over HTTP/2, without TLS; the request's target is absolute.
pub(crate) async fn ask_http2(
    server: SocketAddr,
    line: &str,
    fields: &[(&'static str, &str)],
) -> Answer {
    let (method, target) = line.split_once(' ').expect("a method and a target");
    let request = hyper::Request::builder().method(method).uri(target);
    let request = fields
        .iter()
        .fold(request, |request, &(name, value)| {
            request.header(name, value)
        })
        .body(Empty::<Bytes>::new())
        .expect("a legal request");

    let stream = TcpStream::connect(server).await.expect("a connection");
    let client = hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream));
    let (mut sender, connection) = within(client).await.expect("HTTP/2");
    tokio::spawn(connection);
    let response = within(sender.send_request(request)).await;
    let (head, body) = response.expect("a response").into_parts();
    let body = within(body.collect()).await.expect("a whole body");
    let text = |bytes: &[u8]| String::from_utf8(bytes.into()).expect("a text");
    Answer {
        status: head.status.as_u16(),
        lines: head
            .headers
            .iter()
            .map(|(name, value)| (name.to_string(), text(value.as_bytes())))
            .collect(),
        body: text(&body.to_bytes()),
    }
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
    /// form, but for the time of day.
    pub(crate) async fn exchange(&mut self, request: &str) -> String {
        self.send(request.replace('\n', "\r\n").as_bytes()).await;
        self.head().await
    }

    pub(crate) async fn head(&mut self) -> String {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.extend(self.read(1).await);
        }
        String::from_utf8(head)
            .expect("a text")
            .split_inclusive("\r\n")
            .filter(|line| !line.starts_with("date: "))
            .collect::<String>()
            .replace("\r\n", "\n")
    }

    pub(crate) async fn read(&mut self, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        within(self.0.read_exact(&mut bytes)).await.expect("bytes");
        bytes
    }
}

/// A test that waits in vain fails instead of hanging.
pub(crate) async fn within<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(Duration::from_secs(10), future)
        .await
        .expect("an answer in time")
}
