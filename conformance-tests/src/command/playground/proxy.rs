//! A reverse proxy that replaces `Host`, as many do: in front of every server, each under a path.

use std::collections::BTreeMap;
use std::error::Error;
use std::net::SocketAddr;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hyper::client::conn::http1::handshake;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};

/// Under this name it also takes away what tells where a request comes from. So it stands for a
/// server over plain http, to which browsers tell nothing of the kind; loopback is no such server.
pub(super) const PLAIN: &str = "plain";

/// Serves the servers at these addresses, each under its path, until the program ends.
pub(crate) fn forward(socket: TcpListener, addresses: BTreeMap<String, SocketAddr>) {
    let app = Router::new().fallback(async move |request: Request| {
        let is_plain = request.headers().get(header::HOST).is_some_and(|host| {
            host.as_bytes()
                .strip_prefix(PLAIN.as_bytes())
                .is_some_and(|rest| rest.starts_with(b"."))
        });
        let target = target(&addresses, request.uri().path_and_query());
        match target {
            None => StatusCode::NOT_FOUND.into_response(),
            Some((address, path)) => pass(request, address, &path, is_plain)
                .await
                .unwrap_or_else(|error| {
                    (StatusCode::BAD_GATEWAY, error.to_string()).into_response()
                }),
        }
    });
    tokio::spawn(async { axum::serve(socket, app).await });
}

/// The server that a path is of, and what is left of the path there.
fn target(
    addresses: &BTreeMap<String, SocketAddr>,
    path: Option<&axum::http::uri::PathAndQuery>,
) -> Option<(SocketAddr, String)> {
    let path = path?.as_str();
    let mut targets = addresses.iter().filter_map(|(prefix, address)| {
        let rest = path.strip_prefix(prefix.as_str())?;
        rest.starts_with('/').then(|| (*address, rest.to_owned()))
    });
    targets.next()
}

async fn pass(
    mut request: Request,
    address: SocketAddr,
    path: &str,
    is_plain: bool,
) -> Result<Response, Box<dyn Error + Send + Sync>> {
    *request.uri_mut() = path.parse()?;
    let headers = request.headers_mut();
    headers.insert(header::HOST, HeaderValue::from_static("backend.internal"));
    if is_plain {
        for name in [
            "sec-fetch-dest",
            "sec-fetch-mode",
            "sec-fetch-site",
            "sec-fetch-user",
        ] {
            headers.remove(name);
        }
    }
    let stream = TcpStream::connect(address).await?;
    let (mut sender, connection) = handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let response = sender.send_request(request).await?;
    Ok(response.map(Body::new))
}
