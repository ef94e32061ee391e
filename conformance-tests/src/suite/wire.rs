//! Requests over a socket, byte for byte as a case has them.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::suite::exchange::{Line, Request, Response};
use crate::suite::run::NotApplicable;

/// No exchange on loopback takes longer.
const LIMIT: Duration = Duration::from_secs(10);

/// Frameworks refuse longer heads, in bytes.
const LONGEST_HEAD: usize = 8 * 1024;

/// HTTP/1.1 brings every byte of the request to the other side.
///
/// # Errors
///
/// If it cannot: control characters end a connection, white space around a value is dropped, and
/// servers refuse long heads. Such cases are for adapters without a socket.
pub fn carries(request: &Request) -> Result<(), NotApplicable> {
    let legal = |line: &Line| {
        let bytes = &line.value;
        bytes
            .iter()
            .all(|&byte| byte == b'\t' || !byte.is_ascii_control())
            && bytes.trim_ascii().len() == bytes.len()
    };
    let length: usize = request.lines.iter().map(|line| line.value.len() + 40).sum();
    match request.lines.iter().all(legal) && length <= LONGEST_HEAD {
        true => Ok(()),
        false => Err(NotApplicable::because(
            "HTTP/1.1 does not carry these bytes",
        )),
    }
}

/// Sends one request on a connection of its own and reads the answer.
///
/// # Errors
///
/// If the connection fails, what comes is not HTTP/1.1, or nothing comes for ten seconds.
pub async fn exchange(address: SocketAddr, request: &Request) -> io::Result<Response> {
    timeout(LIMIT, async {
        let answer = send(address, &bytes(request)).await?;
        read(&answer, &request.method).ok_or_else(|| {
            let start = answer.get(..200).unwrap_or(&answer).escape_ascii();
            io::Error::other(format!("not an HTTP/1.1 response: {start}"))
        })
    })
    .await?
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

/// The request in HTTP/1.1.
#[must_use]
pub fn bytes(request: &Request) -> Vec<u8> {
    let mut bytes = format!("{} {} HTTP/1.1\r\n", request.method, request.path).into_bytes();
    for line in &request.lines {
        bytes.extend_from_slice(line.name.as_bytes());
        bytes.extend_from_slice(b": ");
        bytes.extend_from_slice(&line.value);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"connection: close\r\n\r\n");
    bytes
}

fn read(answer: &[u8], method: &str) -> Option<Response> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut head = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(length) = head.parse(answer).ok()? else {
        return None;
    };
    let lines: Vec<_> = head
        .headers
        .iter()
        .map(|header| Line::new(header.name, header.value))
        .collect();
    let body = answer.get(length..)?;
    let chunked = lines.iter().any(|line| line.name == "transfer-encoding");
    // The applications under examination send a body in one piece.
    let body = match chunked && method != "HEAD" {
        true => body
            .split(|&byte| byte == b'\n')
            .nth(1)
            .map(|text| [text, b"\n"].concat())?,
        false => body.to_vec(),
    };
    Some(Response {
        status: head.code?,
        lines,
        body,
    })
}
