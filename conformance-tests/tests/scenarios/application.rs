//! What is served: the application under examination, with two routes that take their time.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use conformance_tests::App;
use cors_core::{OwnedPolicy, PolicyErrorKind, PolicySet, Settings};
use futures_util::stream::poll_fn;
use futures_util::{Stream, StreamExt};
use tokio::sync::{Notify, mpsc};

pub(crate) type Owned = OwnedPolicy<String, Vec<u32>>;

/// | path | answer |
/// |---|---|
/// | those of [`App`] | its |
/// | `/slow` | `slow`, once the gate is open |
/// | `/told` | a stream of what is told, as an event stream |
#[derive(Clone)]
pub(crate) struct Application {
    pub(crate) app: App,
    pub(crate) gate: Gate,
    pub(crate) told: Told,
}

impl Application {
    pub(crate) fn new(app: App) -> Self {
        Self {
            app,
            gate: Gate::default(),
            told: Told::default(),
        }
    }

    /// It answers 200, with no field of its own.
    pub(crate) fn plain() -> Self {
        Self::new(App::new(200, Vec::new()))
    }
}

/// Holds one request up.
#[derive(Clone, Default)]
pub(crate) struct Gate(Arc<[Notify; 2]>);

impl Gate {
    /// What the handler does.
    pub(crate) async fn pass(self) -> &'static str {
        let [reached, open] = &*self.0;
        reached.notify_one();
        open.notified().await;
        "slow"
    }

    /// A handler waits.
    pub(crate) async fn reached(&self) {
        self.0[0].notified().await;
    }

    pub(crate) fn open(&self) {
        self.0[1].notify_one();
    }
}

/// A stream that says nothing until it is told what.
#[derive(Clone, Default)]
pub(crate) struct Told(Arc<Mutex<Option<mpsc::Receiver<&'static str>>>>);

impl Told {
    /// Tells it; it ends when this is dropped.
    pub(crate) fn teller(&self) -> mpsc::Sender<&'static str> {
        let (tell, told) = mpsc::channel(1);
        *self.0.lock().expect("no panic") = Some(told);
        tell
    }

    /// What is told, for the first who asks.
    pub(crate) fn texts(&self) -> impl Stream<Item = &'static str> + Send + Sync + use<> {
        let mut told = self.0.lock().expect("no panic").take().expect("one reader");
        poll_fn(move |context| told.poll_recv(context))
    }

    /// The same, as events.
    pub(crate) fn events(&self) -> impl Stream<Item = String> + Send + Sync + use<> {
        self.texts().map(|text| format!("data:{text}\n\n"))
    }
}

/// Replaces a policy, unless there are these errors.
type TryReplace = dyn Fn(Settings<String>) -> Result<(), Vec<PolicyErrorKind>>;

/// How a policy is replaced.
pub(crate) struct Live {
    pub(crate) replace: Box<dyn Fn(Owned)>,
    pub(crate) try_replace: Box<TryReplace>,
}

/// Replaces several policies as one value.
pub(crate) type Replace = Box<dyn Fn(PolicySet)>;

/// The live policy of an adapter; they are types of its own.
macro_rules! live {
    ($policy:expr) => {{
        let (one, other) = ($policy.clone(), $policy.clone());
        $crate::application::Live {
            replace: Box::new(move |policy| one.replace(policy)),
            try_replace: Box::new(move |settings| {
                let replaced = other.try_replace(settings);
                replaced.map_err(|errors| errors.iter().map(|error| error.kind()).collect())
            }),
        }
    }};
}
pub(crate) use live;

/// The policy for a host or a path.
pub(crate) trait Find: Fn(&str) -> Option<Owned> + Clone + Send + Sync + 'static {}

impl<F: Fn(&str) -> Option<Owned> + Clone + Send + Sync + 'static> Find for F {}

/// Where the target of a request names one host and `Host` another, which no browser does.
#[derive(Clone, Copy)]
pub(crate) enum Own {
    /// The target is the server's.
    Target,
    /// The target is over HTTP/2, and `Host` over HTTP/1.1.
    TargetOfHttp2,
    /// None is.
    Neither,
}

/// A framework with a policy in one place: it serves the application on a port of its own, over HTTP/1.1
/// and HTTP/2, for as long as the test's runtime lives.
pub(crate) trait Form {
    /// What the framework adds to every answer, in alphabetical order.
    const SIGNATURE: &[&str] = &[];

    /// The `Content-Length` of a preflight's answer over HTTP/2.
    const LENGTH_OF_204: Option<&str> = None;

    /// It closes a connection on which a body of known length was not read.
    const CLOSES_UNREAD: bool = false;

    /// By what a page is known as the server's own.
    const OWN: Own = Own::Target;

    async fn serve(application: &Application, policy: Owned) -> SocketAddr;
}

/// An adapter: all the places where policies come from.
pub(crate) trait Adapter: Form {
    /// The policy that is in force, none at first.
    async fn live(application: &Application) -> (SocketAddr, Live);

    /// The policy that a function chooses by the request's authority.
    async fn by_host(application: &Application, find: impl Find) -> SocketAddr;

    /// Several policies, and what replaces them.
    async fn policies(application: &Application, set: PolicySet) -> (SocketAddr, Replace);

    /// The policy that is found by the request's path, after a moment.
    async fn looked_up(application: &Application, find: impl Find) -> SocketAddr;
}

/// An adapter that can be put around itself, in all the ways there are.
pub(crate) trait Nested: Adapter {
    async fn nested(application: &Application, outer: Owned, inner: Owned) -> Vec<SocketAddr>;
}
