//! Requests over a socket, byte for byte as a case has them.

#[cfg(feature = "tokio")]
mod socket;

use crate::suite::exchange::{Line, Request, Response};
use crate::suite::run::NotApplicable;

#[cfg(feature = "tokio")]
pub use socket::{exchange, send, served};

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

/// The response to a request of this method, if these bytes are one in HTTP/1.1.
#[must_use]
pub fn response(answer: &[u8], method: &str) -> Option<Response> {
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
    let body = match chunked && method != "HEAD" {
        true => without_chunks(body)?,
        false => body.to_vec(),
    };
    Some(Response {
        status: head.code?,
        lines,
        body,
    })
}

/// <https://www.rfc-editor.org/rfc/rfc9112.html#section-7.1>
fn without_chunks(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let httparse::Status::Complete((start, length)) = httparse::parse_chunk_size(rest).ok()?
        else {
            return None;
        };
        if length == 0 {
            return Some(body);
        }
        let end = start.checked_add(usize::try_from(length).ok()?)?;
        body.extend_from_slice(rest.get(start..end)?);
        rest = rest.get(end..)?.strip_prefix(b"\r\n")?;
    }
}
