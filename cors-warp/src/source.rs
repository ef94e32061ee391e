//! Where the policy for a request comes from.

use std::cell::Cell;
use std::fmt;
use std::sync::{Arc, LazyLock};

use cors_core::Policy;
use cors_core::http::{LivePolicy, OwnedPolicy, PreparedPolicy};
use warp::log::Info;

type Choose = dyn Fn(&Info<'_>) -> Option<Arc<PreparedPolicy>> + Send + Sync;

/// Where [`cors`](crate::cors) gets its policy from: a [`Policy`], an [`OwnedPolicy`], a
/// [`LivePolicy`], a function.
#[derive(Clone)]
pub struct PolicySource(Source);

#[derive(Clone)]
enum Source {
    Fixed(Arc<PreparedPolicy>),
    Live(LivePolicy),
    ByRequest(Arc<Choose>),
    LookedUp,
}

thread_local! {
    /// What a look-up has left for the filter behind it, within one poll.
    static FOUND: Cell<Option<Arc<PreparedPolicy>>> = const { Cell::new(None) };
}

impl PolicySource {
    /// The policy that the function chooses by a request: its host, its path, its fields. Without a
    /// policy nothing is shared.
    ///
    /// Keep policies prepared; the function is called once for every request.
    ///
    /// ```
    /// use std::{collections::HashMap, sync::Arc};
    /// use cors_warp::{Policy, PolicySource, PreparedPolicy, cors};
    /// use warp::Filter;
    ///
    /// let tenants = HashMap::from([
    ///     ("a.example", Policy::anonymous("https://app.a.example")),
    ///     ("b.example", Policy::credentialed("https://app.b.example").methods("PUT")),
    /// ])
    /// .into_iter()
    /// .map(|(host, policy)| (host, Arc::new(PreparedPolicy::from(policy))))
    /// .collect::<HashMap<_, _>>();
    ///
    /// let source = PolicySource::by_request(move |request| {
    ///     let host = request.request_headers().get("host")?.to_str().ok()?;
    ///     tenants.get(host).cloned()
    /// });
    /// let routes = cors(source, warp::any().map(|| "hello"));
    /// ```
    pub fn by_request<F>(choose: F) -> Self
    where
        F: Fn(&Info<'_>) -> Option<Arc<PreparedPolicy>> + Send + Sync + 'static,
    {
        Self(Source::ByRequest(Arc::new(choose)))
    }

    /// What [`leave`](Self::leave) has left.
    pub(crate) const LOOKED_UP: Self = Self(Source::LookedUp);

    pub(crate) fn leave(policy: Option<Arc<PreparedPolicy>>) {
        FOUND.set(policy);
    }

    pub(crate) fn policy(&self, request: &Info<'_>) -> Arc<PreparedPolicy> {
        match &self.0 {
            Source::Fixed(policy) => Arc::clone(policy),
            Source::Live(policy) => policy.load(),
            Source::ByRequest(choose) => or_nobody(choose(request)),
            Source::LookedUp => or_nobody(FOUND.take()),
        }
    }
}

/// Who has no policy shares with nobody.
fn or_nobody(policy: Option<Arc<PreparedPolicy>>) -> Arc<PreparedPolicy> {
    static NOBODY: LazyLock<Arc<PreparedPolicy>> =
        LazyLock::new(|| Arc::new(Policy::nobody().into()));
    policy.unwrap_or_else(|| Arc::clone(&NOBODY))
}

impl From<Policy<'static>> for PolicySource {
    fn from(policy: Policy<'static>) -> Self {
        PreparedPolicy::from(policy).into()
    }
}

impl From<OwnedPolicy> for PolicySource {
    fn from(policy: OwnedPolicy) -> Self {
        PreparedPolicy::from(policy).into()
    }
}

impl From<PreparedPolicy> for PolicySource {
    fn from(policy: PreparedPolicy) -> Self {
        Self(Source::Fixed(Arc::new(policy)))
    }
}

impl From<&LivePolicy> for PolicySource {
    fn from(policy: &LivePolicy) -> Self {
        Self(Source::Live(policy.clone()))
    }
}

impl fmt::Debug for PolicySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Source::Fixed(policy) => policy.fmt(f),
            Source::Live(policy) => policy.fmt(f),
            Source::ByRequest(_) => f.write_str("ByRequest"),
            Source::LookedUp => f.write_str("LookedUp"),
        }
    }
}
