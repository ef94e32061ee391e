//! A demo application behind a policy, on each framework, that shows every exchange to whoever
//! watches. Browsers are sent to it.
//!
//! | path | answer |
//! |---|---|
//! | `/` | `hello`; `options` to OPTIONS |
//! | `/get` | `hello`, to GET alone |
//! | `/headers?status=404` | that status, with `X-A`, `X-B` and a cookie |
//! | `/cached`, `/etag` | what a cache may keep for ten minutes, or must revalidate |
//! | `/login`, `/json`, `/module.js`, `/script.js`, `/image.png`, `/font.ttf`, `/page` | as they say |
//! | `/redirect?status=307&to=URL` | a redirect |
//! | `/fail`, `/panic` | 500, by the handler and by the framework |
//! | `/private` | 401, by what stands between CORS and the handler |
//! | `/number/7` | `7`; anything but a number is refused by the framework |
//! | `/events` | an event stream that ends after two events |
//! | `/socket` | a WebSocket that says `hello` to an allowed origin, and no more |
//! | any other | the framework's 404 |
//!
//! Answers of a handler have the field `X-Handled`.

mod actix;
mod answer;
mod axum;
mod budget;
mod envoy;
mod rocket;
mod tls;
mod warp;

use std::fmt;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use cors_core::{Choice, Policy, PolicySet};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;

pub use answer::{FRAME, RUNNER};
pub use tls::{Certificate, TlsListener};

use self::budget::Budget;
use super::Framework;
use crate::suite::exchange::{Line, Request, Response};

/// The policies that a showcase is served under: one for all requests, or several.
pub type Served = PolicySet;

/// One exchange, as it was outside of CORS.
#[derive(Clone, Debug)]
pub struct Seen {
    /// What came; over HTTP/2 with `host` for `:authority`.
    pub request: Request,
    /// What left, without its body.
    pub response: Response,
    /// The policy's [explanation](cors_core::Explanation); while explanations take too much of the
    /// server's time, its [summary](cors_core::Explanation::summary).
    pub explanation: String,
}

/// What all parts of a showcase share.
struct Showcase {
    policies: RwLock<Arc<Served>>,
    watch: Box<dyn Fn(Seen) + Send + Sync>,
    explaining: Budget,
}

impl Showcase {
    fn policies(&self) -> Arc<Served> {
        Arc::clone(&self.policies.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// A policy lets this origin open a WebSocket, which CORS does not guard.
    fn allows_origin(&self, origin: Option<&[u8]>) -> bool {
        let policies = self.policies();
        let mut entries = policies.entries().iter();
        origin.is_some_and(|origin| entries.any(|entry| entry.policy().allows_origin(origin)))
    }

    fn explain(&self, request: &Request) -> String {
        let policies = self.policies();
        let host = request.values("host").next();
        let host = host.and_then(|host| std::str::from_utf8(host).ok());
        let path = request.path.split('?').next().unwrap_or_default();
        let choice = policies.choose(host, path.as_bytes());
        let policy = match choice {
            Choice::Policy(_, policy) => policy.as_policy(),
            Choice::Nobody => Policy::nobody(),
            Choice::Untouched => return choice.to_string(),
        };
        let which = match policies.entries().len() {
            1 => String::new(),
            _ => format!("{choice}\n"),
        };
        let explanation = policy.explain(request.method.as_bytes(), |field| {
            request.values(field.name())
        });
        // A long list is read for it, to find the origin that is nearest.
        let whole = self.explaining.spend(|| explanation.to_string());
        which + &whole.unwrap_or_else(|| explanation.summary().to_string())
    }

    fn show(&self, request: Request, explanation: String, status: u16, lines: Vec<Line>) {
        (self.watch)(Seen {
            request,
            response: Response {
                status,
                lines,
                body: Vec::new(),
            },
            explanation,
        });
    }
}

/// The head of a request; over HTTP/2 the authority stands in place of `Host`.
fn head(
    method: &impl ToString,
    target: String,
    authority: Option<&str>,
    mut lines: Vec<Line>,
) -> Request {
    if let Some(authority) = authority
        && !lines.iter().any(|line| line.name == "host")
    {
        lines.insert(0, Line::new("host", authority));
    }
    Request {
        method: method.to_string(),
        path: target,
        lines,
    }
}

/// How to put other policies in force.
type Replace = Box<dyn Fn(&Served) + Send + Sync>;
type Server = Pin<Box<dyn Future<Output = ()> + Send>>;

/// What a framework makes of a showcase.
struct Started {
    address: SocketAddr,
    replace: Replace,
    server: Server,
}

/// A showcase that is served.
pub struct Running {
    /// Where.
    pub address: SocketAddr,
    showcase: Arc<Showcase>,
    replace: Replace,
    stop: oneshot::Sender<()>,
    server: JoinHandle<()>,
}

impl fmt::Debug for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a showcase at {}", self.address)
    }
}

impl Running {
    /// Serves the showcase under this policy, or these policies.
    ///
    /// # Errors
    ///
    /// If nothing can listen at the address.
    pub async fn start(
        framework: Framework,
        policies: impl Into<Served>,
        listen: SocketAddr,
        certificate: Option<&Certificate>,
        watch: impl Fn(Seen) + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let showcase = Arc::new(Showcase {
            policies: RwLock::new(Arc::new(policies.into())),
            watch: Box::new(watch),
            explaining: Budget::default(),
        });
        let (stop, stopped) = oneshot::channel();
        let stopped = Stopped(stopped);
        let Started {
            address,
            replace,
            server,
        } = match framework {
            Framework::Axum => axum::start(&showcase, listen, certificate, stopped).await?,
            Framework::Actix => actix::start(&showcase, listen, certificate, stopped)?,
            Framework::Rocket => rocket::start(&showcase, listen, certificate, stopped).await?,
            Framework::Warp => warp::start(&showcase, listen, certificate, stopped).await?,
            Framework::Envoy => envoy::start(&showcase, listen, certificate, stopped).await?,
        };
        Ok(Self {
            address,
            showcase,
            replace,
            stop,
            server: tokio::spawn(server),
        })
    }

    /// From now on these policies are in force.
    pub fn replace(&self, policies: impl Into<Served>) {
        let policies = policies.into();
        (self.replace)(&policies);
        *self
            .showcase
            .policies
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Arc::new(policies);
    }

    /// Finishes what is under way, for at most two seconds.
    pub async fn stop(self) {
        let Self {
            stop, mut server, ..
        } = self;
        let _ = stop.send(());
        if timeout(Duration::from_secs(2), &mut server).await.is_err() {
            server.abort();
        }
    }
}

/// Ends when the server is to stop.
struct Stopped(oneshot::Receiver<()>);

impl Stopped {
    async fn wait(self) {
        let _ = self.0.await;
    }
}
