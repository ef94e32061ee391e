//! What the tests share: a policy, requests, answers, and clients of a server on a real socket.

use std::convert::Infallible;
use std::fmt::Debug;
use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use cors_warp::Policy;
use http_body_util::BodyExt;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tower::{Service, ServiceExt};
use warp::http::{HeaderMap, Request, Response};
use warp::hyper::body::Incoming;
use warp::{Filter, Reply};

pub(crate) const LISTED: &str = "https://app.example.com";
pub(crate) const FOREIGN: &str = "https://evil.example";

pub(crate) const POLICY: Policy = Policy::credentialed(LISTED)
    .methods("PUT")
    .request_headers("content-type")
    .max_age(3600);

/// A request without a body: `request("GET /", &[("origin", LISTED)])`.
pub(crate) fn request(line: &str, fields: &[(&str, &str)]) -> Request<String> {
    let (method, target) = line.split_once(' ').expect("a method and a target");
    let request = Request::builder().method(method).uri(target);
    fields
        .iter()
        .fold(request, |request, &(name, value)| {
            request.header(name, value)
        })
        .body(String::new())
        .expect("a legal request")
}

/// The preflight of a `PUT` of JSON.
pub(crate) fn preflight(target: &str, origin: &str) -> Request<String> {
    request(
        &format!("OPTIONS {target}"),
        &[
            ("origin", origin),
            ("access-control-request-method", "PUT"),
            ("access-control-request-headers", "content-type"),
        ],
    )
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    async fn of<B>(response: Response<B>) -> Self
    where
        B: http_body::Body,
        B::Error: Debug,
    {
        let (head, body) = response.into_parts();
        let body = body.collect().await.expect("a whole body").to_bytes();
        Self {
            status: head.status.as_u16(),
            headers: head.headers,
            body: String::from_utf8(body.into()).expect("a text"),
        }
    }

    /// The lines that matter to CORS, in alphabetical order.
    pub(crate) fn cors(&self) -> Vec<String> {
        let mut lines: Vec<_> = self
            .headers
            .iter()
            .filter(|(name, _)| *name == "vary" || name.as_str().starts_with("access-control-"))
            .map(|(name, value)| format!("{name}: {}", value.to_str().expect("ASCII")))
            .collect();
        lines.sort();
        lines
    }

    /// The status, and whether the browser lets a page of the listed origin read the response.
    pub(crate) fn outcome(&self) -> (u16, bool) {
        let mut lines = self.headers.get_all("access-control-allow-origin").iter();
        let line = lines.next();
        assert!(lines.next().is_none(), "several lines: {:?}", self.headers);
        (self.status, line.is_some_and(|origin| origin == LISTED))
    }
}

/// What a filter answers that rejects nothing.
pub(crate) async fn ask<F, R>(filter: &F, request: Request<String>) -> Answer
where
    F: Filter<Extract = (R,), Error = Infallible> + Clone,
    R: Reply,
{
    ask_service(&warp::service(filter.clone()), request).await
}

/// What a clone of the service answers.
pub(crate) async fn ask_service<S, A, B>(service: &S, request: Request<A>) -> Answer
where
    S: Service<Request<A>, Response = Response<B>, Error = Infallible> + Clone,
    B: http_body::Body,
    B::Error: Debug,
{
    let response = within(service.clone().oneshot(request)).await;
    Answer::of(response.unwrap_or_else(|never| match never {})).await
}

/// Serves a filter on a port of its own, for as long as the test's runtime lives.
pub(crate) async fn serve<F, R>(filter: F) -> SocketAddr
where
    F: Filter<Extract = (R,), Error = Infallible> + Clone + Send + Sync + 'static,
    R: Reply,
{
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let boxed = filter.map(|reply: R| reply.into_response()).boxed();
    tokio::spawn(warp::serve(boxed).incoming(listener).run());
    address
}

/// Serves a service in the same way, which takes more than warp's server.
pub(crate) async fn serve_service<S, B>(service: S) -> SocketAddr
where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible>
        + Clone
        + Send
        + 'static,
    S::Future: Send,
    B: http_body::Body<Data: Send, Error: std::error::Error + Send + Sync> + Send + 'static,
{
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let service = TowerToHyperService::new(service.clone());
            tokio::spawn(async move {
                auto::Builder::new(TokioExecutor::new())
                    .serve_connection_with_upgrades(TokioIo::new(stream), service)
                    .await
            });
        }
    });
    address
}

/// What the server answers over HTTP/2, without TLS; the request's target is absolute.
pub(crate) async fn ask_http2(server: SocketAddr, request: Request<String>) -> Answer {
    let stream = TcpStream::connect(server).await.expect("a connection");
    let client = hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream));
    let (mut sender, connection) = within(client).await.expect("HTTP/2");
    tokio::spawn(connection);
    let response = within(sender.send_request(request)).await;
    within(Answer::of(response.expect("a response"))).await
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
