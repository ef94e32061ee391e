//! A server on a device, in memory of a fixed size: HTTP/1.1 over a serial line.
//!
//! `run` sends it the bytes of `requests` and compares what it answers with `responses`.

#![no_std]
#![no_main]

mod board;

use core::fmt::{self, Write as _};

use board::SerialLine;
use cors_core::heapless::{HeaderList, OwnedPolicy, PolicyErrors, Settings};
use cors_core::{Body, Decision, Policy, RequestField};
use httparse::{Header, Request, Status};

/// The web application that switches the lamp is known when the device is built.
static LAMP: Policy<'_> = Policy::credentialed("https://app.example.com")
    .methods("PUT")
    .request_headers("authorization, content-type")
    .max_age(600);

const PLAIN_TEXT: (&str, &[u8]) = ("Content-Type", b"text/plain; charset=utf-8");

/// Status, headers and body.
type Response<'v> = (u16, HeaderList<'v, 6>, &'static str);

/// Returns whether the last request was answered.
fn main(line: &mut SerialLine) -> bool {
    let mut buffer = [0; 512];
    let file = receive(line, &mut buffer, b"\n").unwrap_or_default();
    let is_done = match thermometer(file) {
        Ok(policy) => serve(line, &policy.as_policy()),
        Err(error) => {
            let _ = writeln!(line, "{error}");
            false
        }
    };
    let (flash, stack) = (board::flash(), board::stack());
    let _ = writeln!(line, "{flash} bytes of flash, {stack} bytes of stack");
    is_done
}

/// Who may read the temperature is what the owner of the device says in its first line: a policy in JSON, of at
/// most 512 bytes.
///
/// Not inlined, so that what reading needs of the stack is free again when requests come.
#[inline(never)]
fn thermometer(file: &[u8]) -> Result<OwnedPolicy<256, 32>, FileError> {
    let (settings, _) =
        serde_json_core::from_slice::<Settings<256>>(file).map_err(FileError::Json)?;
    settings.build_in([0; 32]).map_err(FileError::Policy)
}

/// Why the owner's line is no policy.
enum FileError {
    Json(serde_json_core::de::Error),
    Policy(PolicyErrors<256>),
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json(error) => error.fmt(f),
            Self::Policy(errors) => errors.fmt(f),
        }
    }
}

/// Reads up to this end, if all of it has room.
fn receive<'b>(line: &mut SerialLine, buffer: &'b mut [u8], end: &[u8]) -> Option<&'b [u8]> {
    let mut length = 0;
    while !buffer.get(..length)?.ends_with(end) {
        *buffer.get_mut(length)? = line.receive();
        length += 1;
    }
    buffer.get(..length)
}

/// Answers requests up to the one that closes the connection. They have no bodies.
fn serve(line: &mut SerialLine, thermometer: &Policy<'_>) -> bool {
    loop {
        let mut buffer = [0; 1024];
        let mut fields = [httparse::EMPTY_HEADER; 16];
        let mut request = Request::new(&mut fields);
        let head = receive(line, &mut buffer, b"\r\n\r\n");
        match head.map(|head| request.parse(head)) {
            Some(Ok(Status::Complete(_))) => {}
            _ => {
                send(
                    line,
                    &(400, HeaderList::from_iter([PLAIN_TEXT]), "bad request\n"),
                );
                return false;
            }
        }
        let policy = match request.path {
            Some("/lamp") => &LAMP,
            _ => thermometer,
        };
        send(line, &answer(policy, &request));
        let mut lines = request.headers.iter();
        if lines.any(|line| line.name.eq_ignore_ascii_case("connection") && line.value == b"close")
        {
            return true;
        }
    }
}

fn answer<'v>(policy: &'v Policy<'_>, request: &'v Request<'_, 'v>) -> Response<'v> {
    let lines = |field: RequestField| {
        let is_asked = move |line: &&Header<'_>| line.name.eq_ignore_ascii_case(field.name());
        request
            .headers
            .iter()
            .filter(is_asked)
            .map(|line| line.value)
    };
    let method = request.method.unwrap_or_default();
    let decision = policy.decide(method.as_bytes(), lines);
    let (status, mut headers, body) = match decision {
        Decision::Forward(_) => handle(method, request.path.unwrap_or_default()),
        Decision::Respond { status, body, .. } => {
            let headers = match body {
                Body::Empty => HeaderList::new(),
                Body::OriginNotAllowed | Body::PreflightNotAllowed => {
                    HeaderList::from_iter([PLAIN_TEXT])
                }
            };
            (status, headers, body.as_str())
        }
    };
    let text = |field| policy.text(field).as_bytes();
    decision.edits().apply(&mut headers, text, lines);
    (status, headers, body)
}

/// What the device does. It knows nothing about CORS, but what it once was told to say.
fn handle<'v>(method: &str, path: &str) -> Response<'v> {
    let of_temperature = [
        PLAIN_TEXT,
        ("Access-Control-Allow-Origin", b"*"),
        ("X-Unit", b"degree Celsius"),
    ];
    let plain_text = || HeaderList::from_iter([PLAIN_TEXT]);
    match (method, path) {
        ("GET", "/temperature") => (200, of_temperature.into_iter().collect(), "21\n"),
        ("PUT", "/lamp") => (204, HeaderList::new(), ""),
        ("GET" | "PUT", _) => (404, plain_text(), "nothing is here\n"),
        _ => (405, plain_text(), "GET or PUT\n"),
    }
}

/// A response without one of its headers is not sent.
fn send(line: &mut SerialLine, (status, headers, body): &Response<'_>) {
    let (status, headers, body) = match headers.headers() {
        Ok(headers) => (*status, headers, *body),
        Err(_) => (500, [PLAIN_TEXT].as_slice(), "too many headers\n"),
    };
    let _ = write!(line, "HTTP/1.1 {status} \r\n");
    for (name, value) in headers {
        line.send(name.as_bytes());
        line.send(b": ");
        line.send(value);
        line.send(b"\r\n");
    }
    let _ = match status {
        204 => write!(line, "\r\n"),
        _ => write!(line, "content-length: {}\r\n\r\n{body}", body.len()),
    };
}
