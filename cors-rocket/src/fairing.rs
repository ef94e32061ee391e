use std::borrow::Cow;
use std::future::{Future, poll_fn, ready};
use std::io::Cursor;
use std::sync::Arc;
use std::task::Poll;

use cors_core::{Decision, PolicySource, RequestHeaders};
use log::{error, warn};
use rocket::fairing::{self, Fairing, Info, Kind};
use rocket::futures::future::BoxFuture;
use rocket::http::{Method, Status};
use rocket::route::{Handler, Outcome};
use rocket::{Build, Data, Request, Response, Rocket, Route};

use crate::denial::keep;
use crate::headers::{Head, Headers};
use crate::mount::Mounts;
use crate::policy::{LivePolicies, LivePolicy, PreparedPolicy};
use crate::source::{Source, by_request, look_up};

/// A fairing that lets pages from other origins use an application, as far as a
/// [`Policy`](crate::Policy) allows it.
///
/// It answers preflights, blocks requests from origins that aren't allowed, and adds CORS headers to
/// every response, including errors.
///
/// Attach it last: Rocket runs response fairings in the order in which they are attached, and later ones
/// can undo what it does. If it is attached twice, the last one wins.
///
/// ```
/// use cors_rocket::{Cors, Policy};
///
/// static POLICY: Policy = Policy::credentialed("https://app.example.com").methods("PUT");
///
/// #[rocket::get("/")]
/// fn hello() -> &'static str {
///     "hello"
/// }
///
/// let app = rocket::build()
///     .mount("/", rocket::routes![hello])
///     .attach(Cors::new(POLICY));
/// ```
#[derive(Clone, Debug)]
pub struct Cors {
    mounts: Vec<(String, Source)>,
    elsewhere: Option<Source>,
}

impl Cors {
    /// Creates a fairing with this policy for all paths: a [`Policy`](crate::Policy), an
    /// [`OwnedPolicy`](crate::OwnedPolicy), a [`LivePolicy`], or any other [`PolicySource`].
    #[must_use]
    pub fn new<P>(policy: P) -> Self
    where
        P: PolicySource<PreparedPolicy, Source: Into<Source>>,
    {
        Self {
            mounts: Vec::new(),
            elsewhere: Some(policy.into_source().into()),
        }
    }

    /// Creates a fairing whose policy can be replaced while the server runs.
    #[must_use]
    pub fn live(policy: &LivePolicy) -> Self {
        Self::new(policy)
    }

    /// Creates a fairing with a function that chooses the policy for each request; see [`by_request`].
    ///
    /// ```
    /// # use std::{collections::HashMap, sync::Arc};
    /// # use cors_rocket::{Cors, PreparedPolicy};
    /// # let tenants = HashMap::<&str, Arc<PreparedPolicy>>::new();
    /// let cors = Cors::by_request(move |request| {
    ///     tenants.get(request.host()?.domain().as_str()).cloned()
    /// });
    /// ```
    #[must_use]
    pub fn by_request<F>(choose: F) -> Self
    where
        F: Fn(&Request<'_>) -> Option<Arc<PreparedPolicy>> + Send + Sync + 'static,
    {
        Self::new(by_request(choose))
    }

    /// Creates a fairing with several policies, by host and path: a [`PolicySet`](crate::PolicySet), or
    /// [`LivePolicies`] that are replaced while the server runs. Requests that no entry matches are left as
    /// they are.
    ///
    /// ```
    /// use cors_rocket::{Cors, Policy, PolicySet, PolicySetErrors, Scoped};
    ///
    /// let set = PolicySet::new([Scoped::new(Policy::public()).path("/fonts")])?;
    /// let cors = Cors::policies(set);
    /// # Ok::<(), PolicySetErrors>(())
    /// ```
    #[must_use]
    pub fn policies(set: impl Into<LivePolicies>) -> Self {
        let live: LivePolicies = set.into();
        Self::new(live)
    }

    /// Creates a fairing with an async function that looks up the policy for each request; see
    /// [`look_up`].
    #[must_use]
    pub fn look_up<F, Fut>(find: F) -> Self
    where
        F: Fn(&Request<'_>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Option<Arc<PreparedPolicy>>> + Send + 'static,
    {
        Self::new(look_up(find))
    }

    /// Creates a fairing with the policy from Rocket's own configuration, under the key `cors`:
    ///
    /// ```toml
    /// [default.cors]
    /// origins = ["https://app.example.com"]
    /// credentials = true
    /// ```
    ///
    /// The keys are those of a [policy file](cors_core::Settings#policy-file). If the key is missing or
    /// the policy is invalid, the launch is aborted; the log names every error, the key and the file.
    #[cfg(feature = "serde")]
    #[must_use]
    pub fn configured() -> Self {
        Self {
            mounts: Vec::new(),
            elsewhere: Some(Source::Configured),
        }
    }

    /// Creates a fairing with a policy for a prefix and the paths below it; other paths have no CORS
    /// headers. See [`mount`](Self::mount).
    #[must_use]
    pub fn mounted<P>(prefix: impl Into<String>, policy: P) -> Self
    where
        P: PolicySource<PreparedPolicy, Source: Into<Source>>,
    {
        let nowhere = Self {
            mounts: Vec::new(),
            elsewhere: None,
        };
        nowhere.mount(prefix, policy)
    }

    /// Adds another policy for a prefix and the paths below it.
    ///
    /// Prefixes are compared as Rocket compares paths, by their decoded segments: `/api` is a
    /// prefix of `/api/users`, not of `/apiary`. If several match, only the longest counts.
    ///
    /// An invalid prefix aborts the launch, with the reason in the log: it must be a path without a query
    /// or empty segments, and have no policy yet.
    ///
    /// ```
    /// use cors_rocket::{Cors, Policy};
    ///
    /// const ACCOUNT: Policy = Policy::credentialed("https://app.example.com").methods("PUT");
    ///
    /// let cors = Cors::new(Policy::public()).mount("/account", ACCOUNT);
    /// ```
    #[must_use]
    pub fn mount<P>(mut self, prefix: impl Into<String>, policy: P) -> Self
    where
        P: PolicySource<PreparedPolicy, Source: Into<Source>>,
    {
        let source = policy.into_source().into();
        self.mounts.push((prefix.into(), source));
        self
    }
}

#[rocket::async_trait]
impl Fairing for Cors {
    fn info(&self) -> Info {
        Info {
            name: "CORS",
            kind: Kind::Ignite | Kind::Response | Kind::Singleton,
        }
    }

    async fn on_ignite(&self, rocket: Rocket<Build>) -> fairing::Result {
        let elsewhere = self.elsewhere.clone();
        let resolved = elsewhere.map(|source| source.resolve(rocket.figment()));
        let mounts = match resolved.transpose() {
            Ok(elsewhere) => Mounts::new(&self.mounts, elsewhere),
            Err(error) => Err(vec![error]),
        };
        match mounts {
            Ok(mounts) => {
                for method in mounts.methods().filter(|method| !is_known(method)) {
                    warn!("CORS: method {method} is allowed, but Rocket answers it with 400");
                }
                Ok(rocket.mount("/", METHODS.map(gate)).manage(mounts))
            }
            Err(errors) => {
                for error in errors {
                    error!("CORS: {error}");
                }
                Err(rocket)
            }
        }
    }

    // What the macro makes of an `async fn`, but for its future: an empty one, which is ready, needs
    // no allocation.
    fn on_response<'r, 'cors, 'request, 'response, 'future>(
        &'cors self,
        request: &'r Request<'request>,
        response: &'response mut Response<'r>,
    ) -> BoxFuture<'future, ()>
    where
        'r: 'future,
        'cors: 'future,
        'request: 'future,
        'response: 'future,
    {
        let Some(source) = Mounts::source(request) else {
            return Box::pin(poll_fn(|_| Poll::Ready(())));
        };
        let Some(policy) = source.policy(request) else {
            return Box::pin(async move {
                edit(source.look_up_policy(request).await, request, response);
            });
        };
        edit(policy, request, response);
        Box::pin(poll_fn(|_| Poll::Ready(())))
    }
}

/// Makes the response what the policy decides.
///
/// It decides once more, which costs less than to keep what was decided: request and policy are the
/// same. Should an [`OriginSet`](cors_core::OriginSet) have changed in between, nothing is shared that
/// it does not allow now.
fn edit<'r>(policy: &'r PreparedPolicy, request: &'r Request<'_>, response: &mut Response<'r>) {
    let (head, policy) = (Head(request), policy.policy());
    let decision = policy.decide_for(&head);
    if let Decision::Respond { status, .. } = decision {
        // What other fairings have made of it.
        response.set_status(Status::new(status));
    }
    let text = |field| policy.text(field);
    decision
        .edits()
        .apply(&mut Headers(response), text, |field| head.values(field));
}

/// Every method that Rocket has.
const METHODS: [Method; 9] = [
    Method::Get,
    Method::Put,
    Method::Post,
    Method::Delete,
    Method::Options,
    Method::Head,
    Method::Trace,
    Method::Connect,
    Method::Patch,
];

fn is_known(method: &str) -> bool {
    METHODS.iter().any(|known| known.as_str() == method)
}

/// A route that is tried before all others: only a route can answer in place of another.
fn gate(method: Method) -> Route {
    let mut route = Route::ranked(isize::MIN, method, "/<_..>", Gate);
    route.name = Some("CORS".into());
    route
}

/// Answers what no handler may see, and forwards everything else.
#[derive(Clone)]
struct Gate;

impl Handler for Gate {
    // What the macro makes of an `async fn`, but for what need not be waited for.
    fn handle<'r, 'gate, 'request, 'future>(
        &'gate self,
        request: &'r Request<'request>,
        data: Data<'r>,
    ) -> BoxFuture<'future, Outcome<'r>>
    where
        'r: 'future,
        'gate: 'future,
        'request: 'future,
    {
        let Some(source) = Mounts::source(request) else {
            return Box::pin(ready(forward(data)));
        };
        match source.policy(request) {
            Some(policy) => Box::pin(ready(pass(policy, request, data))),
            None => Box::pin(async move {
                let policy = source.look_up_policy(request).await;
                pass(policy, request, data)
            }),
        }
    }
}

fn pass<'r>(policy: &PreparedPolicy, request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r> {
    let (head, policy) = (Head(request), policy.policy());
    let decision = policy.decide_for(&head);
    policy.tell(decision, &head);
    keep(decision.denial(), request);
    match decision {
        Decision::Respond { status, body, .. } => {
            Outcome::Success(respond(status, policy.text_of(body, &head)))
        }
        Decision::Forward(_) => forward(data),
    }
}

/// With the status that a request has before it meets a route.
fn forward(data: Data<'_>) -> Outcome<'_> {
    Outcome::forward(data, Status::NotFound)
}

/// A response that no handler gives; its headers are still to be edited.
fn respond<'r>(status: u16, text: Cow<'static, str>) -> Response<'r> {
    let mut response = Response::new();
    response.set_status(Status::new(status));
    if !text.is_empty() {
        response.set_raw_header("Content-Type", "text/plain; charset=utf-8");
        let length = text.len();
        match text {
            Cow::Borrowed(text) => response.set_sized_body(length, Cursor::new(text)),
            Cow::Owned(text) => response.set_sized_body(length, Cursor::new(text)),
        }
    }
    response
}
