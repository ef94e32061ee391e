use std::cell::{Cell, RefCell};
use std::convert::Infallible;
use std::future::{Future, ready};
use std::pin::Pin;
use std::sync::Arc;

use cors_core::{Decision, Edit, Edits, RequestField, ResponseField};
use http::header::{self, HOST, HeaderName, HeaderValue, ORIGIN};
use http::uri::Authority;
use warp::log::Info;
use warp::reply::Response;
use warp::{Filter, Rejection};

use crate::policy::PreparedPolicy;
use crate::source::PolicySource;

// What a filter leaves here the next one takes, within one poll of one request's future: nothing
// comes between. What warp would carry instead are copies: of the header map, of a boxed rejection.
thread_local! {
    static TARGET: Cell<Target> = const { Cell::new(Target::Unread) };
    static DECIDED: RefCell<Option<Decided>> = const { RefCell::new(None) };
}

/// A decision, with what it needs of the request.
enum Decided {
    Forward(Forward),
    Respond(Response),
}

/// The edits of the response to come, whose they are, and the value that they echo.
pub(crate) struct Forward {
    prepared: Arc<PreparedPolicy>,
    edits: Edits,
    origin: Option<HeaderValue>,
}

impl Forward {
    /// The response of the wrapped filter, edited.
    pub(crate) fn edit(self, mut response: Response) -> Response {
        let headers = response.headers_mut();
        self.prepared
            .apply(self.edits, headers, |_| self.origin.as_ref());
        response
    }
}

/// The authority of the request's target, which warp shows to nobody but together with `Host`.
#[derive(Default)]
enum Target {
    /// It costs an allocation, and few decisions need it.
    #[default]
    Unread,
    /// It is not that of the `Host` line, or this is none.
    Contradicted,
    /// The same as that of the `Host` line, if there are both.
    Read(Option<Authority>),
}

/// Decides; [`forward`] or [`answer`] take it from here.
pub(crate) fn decide(
    source: &PolicySource,
) -> impl Filter<Extract = (), Error = Infallible> + Clone + Send + Sync + use<> {
    let unread = warp::any().map(|| Target::Unread);
    let read = warp::host::optional()
        .map(Target::Read)
        .or_else(|_| ready(Ok::<_, Infallible>((Target::Contradicted,))));
    let is_decided = || match DECIDED.with_borrow(Option::is_some) {
        true => Ok(()),
        false => Err(warp::reject()),
    };
    decide_with(unread, source)
        .and_then(move || ready(is_decided()))
        .untuple_one()
        .or(decide_with(read, source))
        .unify()
}

fn decide_with<F>(
    target: F,
    source: &PolicySource,
) -> impl Filter<Extract = (), Error = Infallible> + Clone + Send + Sync + use<F>
where
    F: Filter<Extract = (Target,), Error = Infallible> + Clone + Send + Sync,
{
    let source = source.clone();
    // The only way to see a request's head without a copy of it.
    let look = warp::log::custom(move |info| {
        DECIDED.set(decided(source.policy(&info), &info, &TARGET.take()));
    });
    target
        .map(|target| {
            TARGET.set(target);
            warp::reply()
        })
        .with(look)
        .map(|_| ())
        .untuple_one()
}

type LookUp = Pin<Box<dyn Future<Output = Option<Arc<PreparedPolicy>>> + Send>>;

/// Leaves the policy that a look-up finds for [`decide`].
pub(crate) fn look_up<Find, Fut>(
    find: Find,
) -> impl Filter<Extract = (), Error = Infallible> + Clone + Send + Sync + use<Find, Fut>
where
    Find: Fn(&Info<'_>) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Option<Arc<PreparedPolicy>>> + Send + 'static,
{
    thread_local! {
        static LOOKING: RefCell<Option<LookUp>> = const { RefCell::new(None) };
    }
    let look = warp::log::custom(move |info| LOOKING.set(Some(Box::pin(find(&info)))));
    warp::any()
        .map(warp::reply)
        .with(look)
        .then(|_| {
            let looking = LOOKING.take();
            async {
                let policy = match looking {
                    Some(looking) => looking.await,
                    None => None,
                };
                PolicySource::leave(policy);
            }
        })
        .untuple_one()
}

/// Passes if the decision is to forward.
pub(crate) fn forward() -> impl Filter<Extract = (Forward,), Error = Rejection> + Clone + Send + Sync
{
    let forward = || match DECIDED.take() {
        Some(Decided::Forward(forward)) => Ok(forward),
        other => {
            DECIDED.set(other);
            Err(warp::reject())
        }
    };
    warp::any().and_then(move || ready(forward()))
}

/// The response, if the decision is not to forward.
pub(crate) fn answer()
-> impl Filter<Extract = (Response,), Error = Infallible> + Clone + Send + Sync {
    warp::any().map(|| match DECIDED.take() {
        Some(Decided::Respond(response)) => response,
        Some(Decided::Forward(_)) | None => unreachable!("`forward` passes or leaves the response"),
    })
}

/// Nothing if it takes a target that has not been read.
fn decided(prepared: Arc<PreparedPolicy>, request: &Info<'_>, target: &Target) -> Option<Decided> {
    let headers = request.request_headers();
    let is_missing = Cell::new(false);
    let method = request.method().as_str().as_bytes();
    let lines = |field| {
        let (authority, values) = match (field, target) {
            (RequestField::Host, Target::Unread) => {
                is_missing.set(true);
                (None, None)
            }
            (RequestField::Host, Target::Contradicted) => (None, None),
            (RequestField::Host, Target::Read(authority)) if !headers.contains_key(HOST) => {
                (authority.as_ref(), None)
            }
            _ => (None, Some(headers.get_all(name(field)))),
        };
        let authority = authority.map(|authority| authority.as_str().as_bytes());
        let values = values.into_iter().flatten().map(HeaderValue::as_bytes);
        authority.into_iter().chain(values)
    };
    let decision = prepared.policy.decide(method, lines);
    #[cfg(feature = "tracing")]
    if decision.denial().is_some() && !is_missing.get() {
        let policy = prepared.policy.as_policy();
        tracing::info!(target: "cors", "{}", policy.explain(method, lines).summary());
    }
    match decision {
        _ if is_missing.get() => None,
        Decision::Forward(edits) => Some(Decided::Forward(Forward {
            prepared,
            edits,
            origin: match edits.of(ResponseField::AllowOrigin) {
                Some(Edit::Echo(field)) => headers.get(name(field)).cloned(),
                _ => None,
            },
        })),
        Decision::Respond {
            status,
            body,
            edits,
        } => Some(Decided::Respond(
            prepared.respond(status, edits, headers, body),
        )),
    }
}

pub(crate) const fn name(field: RequestField) -> HeaderName {
    match field {
        RequestField::Origin => ORIGIN,
        RequestField::RequestMethod => header::ACCESS_CONTROL_REQUEST_METHOD,
        RequestField::RequestHeaders => header::ACCESS_CONTROL_REQUEST_HEADERS,
        RequestField::Host => HOST,
        RequestField::SecFetchMode => HeaderName::from_static("sec-fetch-mode"),
        RequestField::SecFetchSite => HeaderName::from_static("sec-fetch-site"),
    }
}
