//! What handlers answer, whatever the framework.

use std::time::Duration;

use futures_util::{Stream, StreamExt, stream};

use crate::suite::exchange::{Line, Request, Response};

/// Where [`answer`] answers every method.
pub(super) const PATHS: [&str; 13] = [
    "/",
    "/headers",
    "/cached",
    "/etag",
    "/login",
    "/json",
    "/module.js",
    "/script.js",
    "/image.png",
    "/font.ttf",
    "/page",
    "/redirect",
    "/fail",
];

/// What runs checks in a page.
pub const RUNNER: &str = include_str!("assets/runner.js");

/// A page that runs checks for the page around it; `/page` of the showcase.
pub const FRAME: &str = concat!(
    "<!doctype html><meta charset=utf-8><title>frame</title><body><script>",
    include_str!("assets/runner.js"),
    "</script>",
);

/// A handler answered.
pub(super) const HANDLED: (&str, &str) = ("x-handled", "1");

/// What a WebSocket says.
pub(super) const HELLO: &str = "hello";

pub(super) fn answer(request: &Request) -> Response {
    let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
    // A script's type: others may be kept from a page that asks for no CORS, and from its cache.
    let script = ("content-type", "text/javascript");
    match path {
        "/" if request.method == "OPTIONS" => text(200, "options\n", &[]),
        "/headers" => match status(query, 200) {
            Some(status) => text(
                status,
                "hello\n",
                &[("x-a", "1"), ("x-b", "2"), ("set-cookie", "c=1")],
            ),
            None => text(400, "a status is 200 to 599\n", &[]),
        },
        "/cached" => response(200, b"hello\n", &[script, ("cache-control", "max-age=600")]),
        "/etag" => {
            let fields = [script, ("etag", "\"1\""), ("cache-control", "no-cache")];
            match request.values("if-none-match").next() {
                Some(b"\"1\"") => response(304, b"", &fields),
                _ => response(200, b"hello\n", &fields),
            }
        }
        "/login" => text(
            200,
            "hello\n",
            &[("set-cookie", "session=1; Path=/; SameSite=Lax")],
        ),
        "/json" => of("application/json", br#"{"hello":1}"#),
        "/module.js" => of(
            "text/javascript",
            b"export default 'hello'; globalThis.said = 'hello'\n",
        ),
        "/script.js" => of("text/javascript", b"globalThis.said = 'hello'\n"),
        "/image.png" => of("image/png", include_bytes!("assets/image.png")),
        "/font.ttf" => of("font/ttf", include_bytes!("assets/font.ttf")),
        "/page" => of("text/html", FRAME.as_bytes()),
        // The last parameter: what follows is not decoded.
        "/redirect" => match (query.split_once("to="), status(query, 302)) {
            (Some((_, target)), Some(status)) if is_visible(target) => {
                text(status, "", &[("location", target)])
            }
            _ => text(400, "write ?status=302&to=URL\n", &[]),
        },
        "/fail" => text(500, "", &[]),
        _ => text(200, "hello\n", &[]),
    }
}

fn is_visible(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The status that is asked for, if a handler can give it.
fn status(query: &str, usual: u16) -> Option<u16> {
    match parameter(query, "status") {
        Some(status) => status
            .parse()
            .ok()
            .filter(|status| (200..600).contains(status)),
        None => Some(usual),
    }
}

fn parameter<'q>(query: &'q str, name: &str) -> Option<&'q str> {
    query.split('&').find_map(|part| {
        let (key, value) = part.split_once('=')?;
        (key == name).then_some(value)
    })
}

fn of(kind: &str, body: &[u8]) -> Response {
    response(200, body, &[("content-type", kind)])
}

/// For another origin's resource timing, which tells a page the protocol, the handler says so.
fn text(status: u16, body: &str, fields: &[(&str, &str)]) -> Response {
    let always = [
        ("content-type", "text/plain; charset=utf-8"),
        ("timing-allow-origin", "*"),
    ];
    response(status, body.as_bytes(), &[&always, fields].concat())
}

fn response(status: u16, body: &[u8], fields: &[(&str, &str)]) -> Response {
    let fields = fields.iter().chain(&[HANDLED]);
    Response {
        status,
        lines: fields.map(|(name, value)| Line::new(name, value)).collect(),
        body: body.to_vec(),
    }
}

/// The numbers of two events, the second a moment later.
pub(super) fn events(last: Option<u32>) -> impl Stream<Item = u32> + Send + Sync + 'static {
    let first = last.map_or(1, |last| last.saturating_add(1));
    let later = stream::once(async move {
        tokio::time::sleep(Duration::from_millis(20)).await;
        first.saturating_add(1)
    });
    stream::once(async move { first }).chain(later)
}

/// How long a browser waits before it asks for more events.
pub(super) const RETRY: Duration = Duration::from_millis(10);
