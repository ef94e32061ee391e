//! CORS for ntex, which has header types of its own. The suite tests it in process and over a socket:
//! `cargo test --manifest-path conformance-tests/strangers/Cargo.toml`.

use std::sync::Arc;

use conformance_tests::{Adapter, App, Line, NotApplicable, PolicyFile, Request, Response, wire};
use cors_core::{
    Answer, Edits, Prepared, PreparedValue, RequestField, RequestHeaders, ResponseField,
    ResponseHeaders,
};
use ntex::http::header::{HeaderMap, HeaderName, HeaderValue, VARY};
use ntex::http::{HttpService, Method, StatusCode};
use ntex::rt::from_tcp_stream;
use ntex::service::cfg::SharedCfg;
use ntex::service::{Middleware, Service, ServiceCtx, ServiceFactory as _};
use ntex::web::{self, HttpResponse, WebRequest, WebResponse, test};
use tokio::net::TcpListener;

/// The adapter: a middleware for the whole application.
#[derive(Clone, Debug)]
pub(crate) struct Cors(Arc<Prepared<Value>>);

impl<S> Middleware<S, SharedCfg> for Cors {
    type Service = CorsService<S>;

    fn create(&self, service: S, _: SharedCfg) -> CorsService<S> {
        let policy = Arc::clone(&self.0);
        CorsService { policy, service }
    }
}

/// Asks the policy, and then the service if the policy says so.
#[derive(Debug)]
pub(crate) struct CorsService<S> {
    policy: Arc<Prepared<Value>>,
    service: S,
}

impl<S, E> Service<WebRequest<E>> for CorsService<S>
where
    S: Service<WebRequest<E>, Response = WebResponse>,
{
    type Response = WebResponse;
    type Error = S::Error;

    ntex::forward_poll!(service);
    ntex::forward_ready!(service);
    ntex::forward_shutdown!(service);

    async fn call(
        &self,
        request: WebRequest<E>,
        context: ServiceCtx<'_, Self>,
    ) -> Result<WebResponse, S::Error> {
        let forward = match Arc::clone(&self.policy).answer(&Head(&request)) {
            Answer::Forward(forward) => forward,
            Answer::Respond(respond) => {
                let status = StatusCode::from_u16(respond.status()).expect("a status of the core");
                let text = respond.body(&Head(&request)).into_owned();
                let mut response = match text.is_empty() {
                    true => HttpResponse::new(status),
                    false => HttpResponse::build(status)
                        .content_type("text/plain; charset=utf-8")
                        .body(text),
                };
                respond.edit(&mut Headers(response.headers_mut()), &Head(&request));
                return Ok(request.into_response(response));
            }
        };
        // Handlers' errors are responses here.
        let mut response = context.call(&self.service, request).await?;
        forward.edit(&mut Headers(response.headers_mut()));
        Ok(response)
    }
}

/// What a decision reads.
struct Head<'r, E>(&'r WebRequest<E>);

impl<E> RequestHeaders for Head<'_, E> {
    type Value = Value;

    fn method(&self) -> &[u8] {
        self.0.method().as_str().as_bytes()
    }

    fn path(&self) -> &[u8] {
        self.0.uri().path().as_bytes()
    }

    fn lines(&self, field: RequestField) -> impl Iterator<Item = &[u8]> {
        // HTTP/2 has `:authority` in place of `Host`.
        let authority = self.0.uri().authority();
        let authority = authority.filter(|_| field == RequestField::Host);
        let lines = match authority {
            Some(_) => None,
            None => Some(self.0.headers().get_all(field.name())),
        };
        let lines = lines.into_iter().flatten().map(HeaderValue::as_bytes);
        authority
            .map(|host| host.as_str().as_bytes())
            .into_iter()
            .chain(lines)
    }

    fn values(&self, field: RequestField) -> impl Iterator<Item = Value> {
        self.0.headers().get_all(field.name()).cloned().map(Value)
    }
}

/// A header value that is created once. Clones are reference counts.
#[derive(Clone, Debug)]
pub(crate) struct Value(HeaderValue);

impl PreparedValue for Value {
    type Ready = ();

    fn from_static(text: &'static str) -> Self {
        Self(HeaderValue::from_static(text))
    }

    fn from_text(text: &str) -> Self {
        Self(HeaderValue::from_str(text).expect("a policy's texts are visible ASCII"))
    }

    fn ready(_: Edits, _: &[Self; ResponseField::ALL.len()]) {}
}

/// The headers of a response.
struct Headers<'h>(&'h mut HeaderMap);

impl ResponseHeaders for Headers<'_> {
    type Value = Value;

    fn value(text: &'static str) -> Value {
        Value::from_static(text)
    }

    fn names(&self, mut tell: impl FnMut(&str)) {
        self.0.keys().for_each(|name| tell(name.as_str()));
    }

    fn vary(&self, mut tell: impl FnMut(&[u8])) {
        let lines = self.0.get_all(VARY);
        lines.for_each(|line| tell(line.as_bytes()));
    }

    fn append(&mut self, field: ResponseField, value: Value) {
        let name = HeaderName::from_static(field.name());
        self.0.append(name, value.0);
    }

    fn retain(&mut self, keep: impl Fn(&str) -> bool) {
        let names: Vec<HeaderName> = self.0.keys().cloned().collect();
        for name in names.iter().filter(|name| !keep(name.as_str())) {
            self.0.remove(name);
        }
    }
}

/// The rest is for the suite: the application, and a server that answers one request as a case wants it.
macro_rules! application {
    ($policy:expr, $app:expr) => {{
        let (any, get, head) = ($app.clone(), $app.clone(), $app.clone());
        let get = web::get().to(move || answer(get.clone()));
        let head = web::head().to(move || answer(head.clone()));
        web::App::new()
            .middleware(Cors($policy))
            .service(web::resource("/").to(move || answer(any.clone())))
            .service(web::resource("/get").route(get).route(head))
    }};
}

fn prepared(policy: &PolicyFile) -> Result<Arc<Prepared<Value>>, NotApplicable> {
    Ok(Arc::new(policy.to_core()?.into()))
}

async fn answer(app: App) -> HttpResponse {
    let answer = app.handle();
    let status = StatusCode::from_u16(answer.status).expect("a status");
    let mut response = HttpResponse::build(status).body(answer.body.clone());
    response.headers_mut().clear();
    for line in &answer.lines {
        let name: HeaderName = line.name.parse().expect("a header's name");
        let value = HeaderValue::from_bytes(&line.value).expect("a header's value");
        response.headers_mut().append(name, value);
    }
    response
}

/// Called in process.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Called;

impl Adapter for Called {
    async fn exchange(
        &self,
        policy: &PolicyFile,
        app: &App,
        request: &Request,
    ) -> Result<Response, NotApplicable> {
        let unheld = |error: &dyn ToString| NotApplicable::because(error.to_string());
        let method = Method::from_bytes(request.method.as_bytes());
        let method = method.map_err(|error| unheld(&error))?;
        let mut typed = test::TestRequest::with_uri(&request.path).method(method);
        for line in &request.lines {
            let name: HeaderName = line.name.parse().map_err(|error| unheld(&error))?;
            let value = HeaderValue::from_bytes(&line.value).map_err(|error| unheld(&error))?;
            typed = typed.header(name, value);
        }
        let service = test::init_service(application!(prepared(policy)?, app)).await;
        let response = test::call_service(&service, typed.to_request()).await;
        let status = response.status().as_u16();
        let lines = response.headers().iter();
        let lines = lines
            .map(|(name, value)| Line::new(name.as_str(), value))
            .collect();
        let body = test::read_body(response).await.to_vec();
        Ok(Response {
            status,
            lines,
            // Over a socket, ntex leaves it out.
            body: match request.method == "HEAD" {
                true => Vec::new(),
                false => body,
            },
        })
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
        let configuration = SharedCfg::default();
        let server = HttpService::h1(application!(prepared(policy)?, app));
        let server = server.pipeline(configuration.clone()).await;
        let server = server.expect("a service that needs nothing");
        let serve = async |listener: TcpListener| {
            let (stream, _) = listener.accept().await.expect("a client");
            let stream = stream.into_std().expect("a stream");
            let stream = from_tcp_stream(stream, configuration).expect("a stream");
            // How the connection ended is seen by the client.
            let _ = server.call(stream).await;
        };
        wire::served(request, serve).await
    }
}
