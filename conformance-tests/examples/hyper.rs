//! CORS for plain hyper, over the feature `http` of `cors-core`, judged by the suite over a socket:
//! `cargo run -p conformance-tests --example hyper`.

use std::convert::Infallible;
use std::sync::Arc;

use conformance_tests::adapters::core::route;
use conformance_tests::{
    Adapter, App, Line, NotApplicable, PolicyFile, Request, Response, cases, run, wire,
};
use cors_core::http::{Answer, Head, PreparedPolicy};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

/// The adapter: asks the policy, and then the service if the policy says so.
async fn cors<S>(
    policy: Arc<PreparedPolicy>,
    service: S,
    request: hyper::Request<Incoming>,
) -> Result<S::Response, S::Error>
where
    S: Service<hyper::Request<Incoming>, Response = hyper::Response<Full<Bytes>>>,
{
    let head = Head::of(&request);
    match policy.answer(&head) {
        Answer::Respond(respond) => Ok(respond.response(&head).map(Full::from)),
        Answer::Forward(forward) => {
            let mut response = service.call(request).await?;
            forward.edit(response.headers_mut());
            Ok(response)
        }
    }
}

/// The rest is for the suite: a server that answers one request as a case wants it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hyper;

impl Adapter for Hyper {
    async fn exchange(
        &self,
        policy: &PolicyFile,
        app: &App,
        request: &Request,
    ) -> Result<Response, NotApplicable> {
        wire::carries(request)?;
        let policy = policy
            .to_core()
            .map_err(|errors| NotApplicable::because_of(&errors))?;
        let policy = Arc::new(PreparedPolicy::from(policy));
        let app = app.clone();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("its address");
        let server = tokio::spawn(async move {
            let (stream, _) = listener.accept().await?;
            let handler = service_fn(async |request| Ok::<_, Infallible>(handle(&app, &request)));
            let service = service_fn(|request| cors(Arc::clone(&policy), &handler, request));
            let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
            connection.await.map_err(std::io::Error::other)
        });
        let response = wire::exchange(address, request).await;
        server.abort();
        response.map_err(|error| NotApplicable::because(error.to_string()))
    }
}

/// The application under examination.
fn handle(app: &App, request: &hyper::Request<Incoming>) -> hyper::Response<Full<Bytes>> {
    let answer = route(
        app,
        &Request {
            method: request.method().to_string(),
            path: request.uri().path().to_owned(),
            lines: Vec::new(),
        },
    );
    let mut response = hyper::Response::builder().status(answer.status);
    for Line { name, value } in answer.lines {
        response = response.header(name, value);
    }
    let body = Full::from(answer.body);
    response.body(body).expect("the case's answer")
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let report = run("plain hyper", &Hyper, &cases(), &[]).await;
    println!("{report}");
    report.assert_passed();
}
