//! CORS for salvo, over the feature `http` of `cors-core`. The suite tests it in process and over a
//! socket: `cargo test --manifest-path conformance-tests/strangers/Cargo.toml`.

use std::sync::Arc;

use conformance_tests::{Adapter, App, Line, NotApplicable, PolicyFile, Request, Response, wire};
use cors_core::http::{Answer, Head, PreparedPolicy};
use salvo_core::conn::{SocketAddr, tcp::TcpAcceptor};
use salvo_core::http::body::ResBody;
use salvo_core::http::uri::Scheme;
use salvo_core::http::{HeaderName, HeaderValue, StatusCode};
use salvo_core::{ConnCtrl, Depot, FlowCtrl, Handler, Router, Server, Service, async_trait};

/// The adapter: a hoop for the whole service, so that it sees what no route matches.
#[derive(Clone, Debug)]
pub(crate) struct Cors(Arc<PreparedPolicy>);

#[async_trait]
impl Handler for Cors {
    /// Asks the policy, and then the other handlers if the policy says so.
    async fn handle(
        &self,
        request: &mut salvo_core::Request,
        depot: &mut Depot,
        response: &mut salvo_core::Response,
        flow: &mut FlowCtrl,
    ) {
        let forward = {
            let (method, uri) = (request.method(), request.uri());
            let head = Head::new(method, uri, request.headers(), request.extensions());
            match Arc::clone(&self.0).answer(&head) {
                Answer::Forward(forward) => forward,
                Answer::Respond(respond) => {
                    let own = respond.response(&head);
                    response.merge_hyper(own.map(|text| text.into_owned()));
                    return flow.skip_rest();
                }
            }
        };
        flow.call_next(request, depot, response).await;
        forward.edit(response.headers_mut());
    }
}

/// The rest is for the suite: the application, and a server that answers one request as a case wants it.
fn application(policy: &PolicyFile, app: &App) -> Result<Service, NotApplicable> {
    let policy = policy.to_core()?;
    let fixed = || Fixed(app.clone());
    let get = Router::with_path("get").get(fixed()).head(fixed());
    let routes = Router::new().push(Router::new().goal(fixed())).push(get);
    Ok(Service::new(routes).hoop(Cors(Arc::new(policy.into()))))
}

struct Fixed(App);

#[async_trait]
impl Handler for Fixed {
    async fn handle(
        &self,
        _: &mut salvo_core::Request,
        _: &mut Depot,
        response: &mut salvo_core::Response,
        _: &mut FlowCtrl,
    ) {
        let answer = self.0.handle();
        response.status_code(StatusCode::from_u16(answer.status).expect("a status"));
        for line in &answer.lines {
            let name: HeaderName = line.name.parse().expect("a header's name");
            let value = HeaderValue::from_bytes(line.value.as_slice()).expect("a header's value");
            response.headers_mut().append(name, value);
        }
        response.body(answer.body.clone());
    }
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
        let mut typed = http::Request::builder()
            .method(request.method.as_str())
            .uri(&request.path);
        for line in &request.lines {
            typed = typed.header(&line.name, line.value.as_slice());
        }
        let typed = typed.body(String::new());
        let typed = typed.map_err(|error| NotApplicable::because(error.to_string()))?;
        let typed = salvo_core::Request::from_hyper(typed, Scheme::HTTP);
        let (here, there) = (SocketAddr::Unknown, SocketAddr::Unknown);
        let response = application(policy, app)?
            .hyper_handler(here, there, Scheme::HTTP, None, ConnCtrl::new(), None)
            .handle(typed)
            .await;
        let (head, body) = response.into_hyper().into_parts();
        let lines = head.headers.iter();
        Ok(Response {
            status: head.status.as_u16(),
            lines: lines
                .map(|(name, value)| Line::new(name.as_str(), value))
                .collect(),
            body: match body {
                ResBody::None => Vec::new(),
                ResBody::Once(bytes) => bytes.to_vec(),
                other => panic!("a body in memory, not {other:?}"),
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
            let acceptor = TcpAcceptor::try_from(listener).expect("an acceptor");
            Server::new(acceptor).serve(application).await;
        };
        wire::served(request, serve).await
    }
}
