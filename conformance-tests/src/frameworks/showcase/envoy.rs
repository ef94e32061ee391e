//! The showcase on axum, without CORS, behind an Envoy with cors-envoy; and in front of them a proxy that
//! shows what leaves the Envoy, and speaks TLS and HTTP/2 with pages.

use std::error::Error;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use ::axum::Router;
use ::axum::body::Body;
use ::axum::extract::Request;
use ::axum::http::{HeaderValue, StatusCode, header};
use ::axum::response::{IntoResponse, Response};
use hyper::client::conn::http1::handshake;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};

use super::axum::{routes, serve, watched};
use super::tls::Certificate;
use super::{Served, Showcase, Started, Stopped};
use crate::frameworks::envoy::{Engine, Envoy, Filter, Listener};

pub(super) async fn start(
    showcase: &Arc<Showcase>,
    listen: SocketAddr,
    certificate: Option<&Certificate>,
    stopped: Stopped,
) -> io::Result<Started> {
    let upstream = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let application = upstream.local_addr()?;
    tokio::spawn(::axum::serve(upstream, routes(showcase)).into_future());
    let engine = Engine::find().map_err(io::Error::other)?;
    let listeners = [listener(&showcase.policies())];
    let envoy = Envoy::start(&engine, &listeners, application).await;
    let envoy = Arc::new(envoy.map_err(io::Error::other)?);
    let address = envoy.address(0);
    let proxy = Router::new().fallback(async move |request: Request| {
        let response = pass(request, address).await;
        response
            .unwrap_or_else(|error| (StatusCode::BAD_GATEWAY, error.to_string()).into_response())
    });
    let kept = Arc::clone(&envoy);
    let replace = move |policies: &Served| {
        let (envoy, listeners) = (Arc::clone(&envoy), [listener(policies)]);
        tokio::spawn(async move { envoy.replace(&listeners).await });
    };
    let started = serve(
        watched(proxy, showcase),
        listen,
        certificate,
        stopped,
        replace,
    )
    .await?;
    let server = started.server;
    Ok(Started {
        server: Box::pin(async move {
            server.await;
            // Its process ends with the last of them.
            drop(kept);
        }),
        ..started
    })
}

fn listener(policies: &Served) -> Listener {
    let entries = policies.entries().iter().map(|entry| {
        let mut table = serde_json::to_value(entry.policy()).expect("a table");
        if let Some(hosts) = entry.of_hosts() {
            table["hosts"] = json!(hosts);
        }
        if let Some(path) = entry.of_path() {
            table["path"] = json!(path);
        }
        table
    });
    let entries: Vec<Value> = entries.collect();
    Listener::of(Filter::Cors(json!({"policies": entries}).to_string()))
}

async fn pass(
    mut request: Request,
    address: SocketAddr,
) -> Result<Response, Box<dyn Error + Send + Sync>> {
    let target = request
        .uri()
        .path_and_query()
        .map_or("/", |target| target.as_str());
    let target = target.parse()?;
    if let Some(authority) = request.uri().authority() {
        let host = HeaderValue::from_str(authority.as_str())?;
        request.headers_mut().entry(header::HOST).or_insert(host);
    }
    *request.uri_mut() = target;
    *request.version_mut() = ::axum::http::Version::HTTP_11;
    let asked = hyper::upgrade::on(&mut request);
    let stream = TcpStream::connect(address).await?;
    let (mut sender, connection) = handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection.with_upgrades());
    let mut response = sender.send_request(request).await?;
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        let answered = hyper::upgrade::on(&mut response);
        tokio::spawn(async move {
            if let (Ok(asked), Ok(answered)) = tokio::join!(asked, answered) {
                let (mut asked, mut answered) = (TokioIo::new(asked), TokioIo::new(answered));
                let _ = copy_bidirectional(&mut asked, &mut answered).await;
            }
        });
    }
    Ok(response.map(Body::new))
}
