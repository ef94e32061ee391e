//! Exchanges over sockets of tokio.

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use super::{bytes, carries, response};
use crate::suite::exchange::{Request, Response};
use crate::suite::run::NotApplicable;

/// No exchange on loopback takes longer.
const LIMIT: Duration = Duration::from_secs(10);

/// Sends one request on a connection of its own and reads the answer.
///
/// # Errors
///
/// If the connection fails, what comes is not HTTP/1.1, or nothing comes for ten seconds.
pub async fn exchange(address: SocketAddr, request: &Request) -> io::Result<Response> {
    timeout(LIMIT, async {
        let answer = send(address, &bytes(request)).await?;
        response(&answer, &request.method).ok_or_else(|| {
            let start = answer.get(..200).unwrap_or(&answer).escape_ascii();
            io::Error::other(format!("not an HTTP/1.1 response: {start}"))
        })
    })
    .await?
}

/// Sends one request to what `serve` makes of a listener on loopback, and reads the answer. The server ends with
/// the exchange.
///
/// # Errors
///
/// If HTTP/1.1 does not [carry](carries) the request, or the [exchange](exchange()) fails.
pub async fn served<T>(
    request: &Request,
    serve: impl AsyncFnOnce(TcpListener) -> T,
) -> Result<Response, NotApplicable> {
    carries(request)?;
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let mut exchange = pin!(exchange(listener.local_addr()?, request));
    tokio::select! {
        response = &mut exchange => Ok(response?),
        // One that serves a single connection is done before the answer is read.
        _ = serve(listener) => Ok(exchange.await?),
    }
}

/// Sends bytes on a connection of its own and reads until the other side closes it.
///
/// # Errors
///
/// If the connection fails.
pub async fn send(address: SocketAddr, bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(bytes).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    Ok(answer)
}
