//! CORS for picoserve, a server for devices: no allocator, and room for a fixed number of headers. The
//! suite tests it over a socket: `cargo test --manifest-path conformance-tests/strangers/Cargo.toml`.

use core::{array, fmt};

use conformance_tests::{
    Adapter, App, Difference, NotApplicable, PolicyFile, Request, Response, wire,
};
use cors_core::heapless::HeaderList;
use cors_core::{Body, Decision, Policy, RequestField};
use picoserve::io::Read;
use picoserve::request::RequestParts;
use picoserve::response::{
    self, Connection, HeadersIter, IntoResponse as _, NoContent, Response as Answer,
    ResponseWriter, StatusCode,
};
use picoserve::routing::{Layer, MethodHandlerService, Next, RequestHandlerService, get_service};
use picoserve::{Config, ResponseSent, Router, Server};
use tokio::net::TcpListener;

/// The adapter: a layer for the whole router.
#[derive(Clone, Debug)]
pub(crate) struct Cors<'p>(Policy<'p>);

/// A preflight's response has up to seven headers of a policy, one of them once for each line of the
/// request that is echoed.
const ROOM: usize = 12;

impl<S, P> Layer<S, P> for Cors<'_> {
    type NextState = S;
    type NextPathParameters = P;

    /// Asks the policy, and then the other layers if the policy says so.
    async fn call_layer<
        'a,
        R: Read + 'a,
        N: Next<'a, R, S, P>,
        W: ResponseWriter<Error = R::Error>,
    >(
        &self,
        next: N,
        state: &S,
        parameters: P,
        request: RequestParts<'_>,
        writer: W,
    ) -> Result<ResponseSent, W::Error> {
        let Self(policy) = self;
        let lines = |field: RequestField| {
            let lines = request.headers().into_iter();
            let lines = lines.filter(move |(name, _)| *name == field.name());
            lines.map(|(_, value)| value.as_raw())
        };
        let decision = policy.decide(request.method().as_bytes(), lines);
        let mut headers = HeaderList::new();
        let text = |field| policy.text(field).as_bytes();
        decision.edits().apply(&mut headers, text, lines);
        let writer = Adding { writer, headers };
        let Decision::Respond { status, body, .. } = decision else {
            return next.run(state, parameters, writer).await;
        };
        let (refusal, status) = (policy.refusal(lines), StatusCode::new(status));
        let text = fmt::from_fn(|f| match body {
            Body::PreflightNotAllowed => write!(f, "{refusal}"),
            _ => f.write_str(body.as_str()),
        });
        let connection = next.into_connection().await?;
        match body == Body::Empty || request.method() == "HEAD" {
            true => Answer::empty(status).write_to(connection, writer).await,
            false => {
                (status, format_args!("{text}"))
                    .write_to(connection, writer)
                    .await
            }
        }
    }
}

/// Adds headers to a response, whatever its status. What a handler set stays: picoserve shows it to
/// no layer.
struct Adding<'v, W> {
    writer: W,
    headers: HeaderList<'v, ROOM>,
}

impl<W: ResponseWriter> ResponseWriter for Adding<'_, W> {
    type Error = W::Error;

    async fn write_response<R: Read<Error = W::Error>, H: HeadersIter, B: response::Body>(
        self,
        connection: Connection<'_, R>,
        response: Answer<H, B>,
    ) -> Result<ResponseSent, W::Error> {
        let Ok(headers) = self.headers.headers() else {
            // Not one header of a response is lost without a word.
            let status = StatusCode::INTERNAL_SERVER_ERROR;
            let response = Answer::new(status, "more headers than there is room for\n");
            return self.writer.write_response(connection, response).await;
        };
        // A policy has no other texts than ASCII, and lets no others through.
        let text = |value| core::str::from_utf8(value).unwrap_or_default();
        let headers: [_; ROOM] = array::from_fn(|index| {
            let header = headers.get(index);
            header.map(|&(name, value)| (name, text(value)))
        });
        let response = response.with_headers(headers);
        self.writer.write_response(connection, response).await
    }
}

/// The rest is for the suite: the application, and a server that answers one request as a case wants it.
struct Fixed(App);

impl RequestHandlerService for Fixed {
    async fn call_request_handler_service<R: Read, W: ResponseWriter<Error = R::Error>>(
        &self,
        (): &(),
        (): (),
        request: picoserve::request::Request<'_, R>,
        writer: W,
    ) -> Result<ResponseSent, W::Error> {
        let answer = self.0.handle();
        let lines = answer.lines.iter();
        let lines: Vec<_> = lines
            .map(|line| (line.name.as_str(), String::from_utf8_lossy(&line.value)))
            .collect();
        let (status, lines) = (StatusCode::new(answer.status), lines.as_slice());
        let is_head = request.parts.method() == "HEAD";
        let connection = request.body_connection.finalize().await?;
        match is_head {
            true => {
                (status, lines, NoContent)
                    .write_to(connection, writer)
                    .await
            }
            false => {
                (status, lines, answer.body.as_slice())
                    .write_to(connection, writer)
                    .await
            }
        }
    }
}

impl MethodHandlerService for Fixed {
    async fn call_method_handler_service<R: Read, W: ResponseWriter<Error = R::Error>>(
        &self,
        state: &(),
        parameters: (),
        _: &str,
        request: picoserve::request::Request<'_, R>,
        writer: W,
    ) -> Result<ResponseSent, W::Error> {
        self.call_request_handler_service(state, parameters, request, writer)
            .await
    }
}

/// Served on a loopback socket.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Served;

impl Adapter for Served {
    async fn exchange(
        &self,
        policy: &PolicyFile,
        app: &App,
        request: &Request,
    ) -> Result<Response, NotApplicable> {
        let policy = policy.to_core()?;
        let router = Router::new()
            .route_service("/", Fixed(app.clone()))
            .route("/get", get_service(Fixed(app.clone())))
            .layer(Cors(policy.as_policy()));
        let serve = async |listener: TcpListener| {
            let (stream, _) = listener.accept().await.expect("a client");
            let (config, mut buffer) = (Config::const_default(), [0; 16 * 1024]);
            let server = Server::new_tokio(&router, &config, &mut buffer);
            // How the connection ended is seen by the client.
            let _ = server.serve(stream).await;
        };
        wire::served(request, serve).await
    }
}

const KEPT: &str = "picoserve shows no layer what a handler set, so it stays";
const TWO_LINES: &str = "picoserve shows no layer the handler's `Vary`, so there are two lines";

/// What picoserve cannot do.
pub(crate) const DIFFERENCES: &[Difference] = &[
    (
        "REQ-ACAO-02 a handler cannot claim anything but what it exposes",
        KEPT,
    ),
    (
        "REQ-ACAO-02 a handler cannot claim anything for a foreign origin",
        KEPT,
    ),
    (
        "REQ-ACAO-02 a handler cannot claim anything for a page of the server",
        KEPT,
    ),
    (
        "REQ-ACAO-02 a handler cannot claim anything for a page that asks for no CORS",
        KEPT,
    ),
    (
        "REQ-ACAO-02 a handler cannot claim anything without an Origin",
        KEPT,
    ),
    ("REQ-ACAO-02 a handler cannot let a foreign origin in", KEPT),
    (
        "REQ-ACAO-02 a handler cannot let anybody in without an Origin",
        KEPT,
    ),
    ("REQ-ACAO-02 a handler cannot narrow a public policy", KEPT),
    ("REQ-ACAO-02 a handler that says * does not decide", KEPT),
    ("REQ-ACAO-02 two lines of a handler become one", KEPT),
    ("REQ-AGE-07 no time on an actual response", KEPT),
    ("REQ-CRED-02 without credentials there is no field", KEPT),
    ("REQ-MIX-02 a handler cannot allow credentials", KEPT),
    (
        "REQ-OWN-10 with credentials there is nothing shared either",
        KEPT,
    ),
    (
        "REQ-STAT-07 a handler cannot share with an exempt request",
        KEPT,
    ),
    ("REQ-TAO-05 a handler's own is replaced", KEPT),
    (
        "REQ-TAO-05 a handler's own is taken back where the origin is not allowed",
        KEPT,
    ),
    ("REQ-VARY-03 Origin among others", TWO_LINES),
    ("REQ-VARY-03 origin in the second line", TWO_LINES),
    ("REQ-VARY-03 origin is there", TWO_LINES),
    ("REQ-VARY-04 a star covers everything", TWO_LINES),
];
