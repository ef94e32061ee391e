//! CORS for plain hyper, over the feature `http` of `cors-core`, judged by the suite over a socket:
//! `cargo run -p conformance-tests --example hyper`.

use std::borrow::Cow;
use std::sync::Arc;

use conformance_tests::{Adapter, App, NotApplicable, PolicyFile, Request, Response};
use conformance_tests::{cases, frameworks::axum::router, run, wire};
use cors_core::http::{Answer, Head, PreparedPolicy};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use tokio::net::TcpListener;

/// The adapter: asks the policy, and then the service if the policy says so.
async fn cors<S, B: From<Cow<'static, str>>>(
    policy: Arc<PreparedPolicy>,
    service: S,
    request: hyper::Request<Incoming>,
) -> Result<S::Response, S::Error>
where
    S: Service<hyper::Request<Incoming>, Response = hyper::Response<B>>,
{
    let head = Head::of(&request);
    match policy.answer(&head) {
        Answer::Respond(respond) => Ok(respond.response(&head).map(B::from)),
        Answer::Forward(forward) => {
            let mut response = service.call(request).await?;
            forward.edit_response(&mut response);
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
        let policy = Arc::new(PreparedPolicy::from(policy.to_core()?));
        let handler = TowerToHyperService::new(router(app));
        let serve = async |listener: TcpListener| {
            let (stream, _) = listener.accept().await.expect("a client");
            let service = service_fn(|request| cors(Arc::clone(&policy), &handler, request));
            let server = http1::Builder::new();
            server.serve_connection(TokioIo::new(stream), service).await
        };
        wire::served(request, serve).await
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let report = run("plain hyper", &Hyper, &cases(), &[]).await;
    println!("{report}");
    report.assert_passed();
}
