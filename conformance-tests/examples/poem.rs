//! CORS for poem, over the feature `http` of `cors-core`. The suite tests it in process and over a
//! socket: `cargo test --manifest-path conformance-tests/strangers/Cargo.toml`.

use std::sync::Arc;

use conformance_tests::{Adapter, App, Line, NotApplicable, PolicyFile, Request, Response, wire};
use cors_core::http::{Answer, Head, PreparedPolicy};
use poem::http::{HeaderName, HeaderValue, Method, StatusCode, Uri};
use poem::listener::TcpAcceptor;
use poem::{Endpoint, EndpointExt, Middleware, Route, RouteMethod, Server, endpoint::make_sync};

/// The adapter: a middleware for the whole application.
#[derive(Clone, Debug)]
pub(crate) struct Cors(Arc<PreparedPolicy>);

impl<E: Endpoint> Middleware<E> for Cors {
    type Output = CorsEndpoint<E>;

    fn transform(&self, endpoint: E) -> CorsEndpoint<E> {
        CorsEndpoint(Arc::clone(&self.0), endpoint)
    }
}

/// Asks the policy, and then the endpoint if the policy says so.
#[derive(Debug)]
pub(crate) struct CorsEndpoint<E>(Arc<PreparedPolicy>, E);

impl<E: Endpoint> Endpoint for CorsEndpoint<E> {
    type Output = poem::Response;

    async fn call(&self, request: poem::Request) -> poem::Result<poem::Response> {
        let Self(policy, endpoint) = self;
        let forward = {
            let uri = request.original_uri();
            let head = Head::new(
                request.method(),
                uri,
                request.headers(),
                request.extensions(),
            );
            match Arc::clone(policy).answer(&head) {
                Answer::Forward(forward) => forward,
                Answer::Respond(respond) => {
                    let (head, body) = respond.response(&head).into_parts();
                    let mut response = poem::Response::from(body.into_owned());
                    response.set_status(head.status);
                    *response.headers_mut() = head.headers;
                    *response.extensions_mut() = head.extensions;
                    return Ok(response);
                }
            }
        };
        // Unlike `call`, it makes a response of an error, while its headers can still be edited.
        let mut response = endpoint.get_response(request).await;
        forward.edit(response.headers_mut());
        Ok(response)
    }
}

/// The rest is for the suite: the application, and a server that answers one request as a case wants it.
fn application(policy: &PolicyFile, app: &App) -> Result<impl Endpoint + 'static, NotApplicable> {
    let policy = policy.to_core()?;
    let handler = |app: &App| {
        let app = app.clone();
        make_sync(move |_| answer(&app))
    };
    let get = RouteMethod::new().get(handler(app));
    let routes = Route::new().at("/", handler(app)).at("/get", get);
    Ok(routes.with(Cors(Arc::new(policy.into()))))
}

fn answer(app: &App) -> poem::Response {
    let answer = app.handle();
    let mut response = poem::Response::from(answer.body.clone());
    response.headers_mut().clear();
    response.set_status(StatusCode::from_u16(answer.status).expect("a status"));
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
        let method =
            Method::from_bytes(request.method.as_bytes()).map_err(|error| unheld(&error))?;
        let uri: Uri = request.path.parse().map_err(|error| unheld(&error))?;
        let mut typed = poem::Request::builder().method(method).uri(uri).finish();
        for line in &request.lines {
            let name: HeaderName = line.name.parse().map_err(|error| unheld(&error))?;
            let value = HeaderValue::from_bytes(&line.value).map_err(|error| unheld(&error))?;
            typed.headers_mut().append(name, value);
        }
        let (head, body) = application(policy, app)?
            .get_response(typed)
            .await
            .into_parts();
        let lines = head.headers.iter();
        let body = body.into_vec().await.expect("a body in memory");
        Ok(Response {
            status: head.status.as_u16(),
            lines: lines
                .map(|(name, value)| Line::new(name.as_str(), value))
                .collect(),
            // Over a socket, hyper leaves it out.
            body: if request.method == "HEAD" {
                Vec::new()
            } else {
                body
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
        let application = application(policy, app)?;
        let serve = async |listener| {
            let acceptor = TcpAcceptor::from_tokio(listener).expect("an acceptor");
            Server::new_with_acceptor(acceptor).run(application).await
        };
        wire::served(request, serve).await
    }
}
