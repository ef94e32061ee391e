//! The stages before the wrapped filter.

use std::cell::Cell;
use std::convert::Infallible;
use std::future::{Future, Ready, ready};
use std::pin::Pin;
use std::sync::Arc;

use cors_core::RequestHeaders;
use cors_core::http::{Answer, Forward, PreparedPolicy, Respond};
use http::StatusCode;
use warp::log::Info;
use warp::reply::Response;
use warp::{Filter, Rejection, Reply};

use crate::headers::{Head, Target};
use crate::source::PolicySource;

// What a filter leaves here the next one takes, within one poll of one request's future: nothing
// comes between. What warp would carry instead are copies: of the header map, of a boxed rejection.
thread_local! {
    static TARGET: Cell<Option<(Target, Arc<PreparedPolicy>)>> = const { Cell::new(None) };
    static DECIDED: Cell<Option<Decided>> = const { Cell::new(None) };
}

enum Decided {
    Forward(Forward),
    Respond(Response),
    /// This policy's decision takes the target.
    Unread(Arc<PreparedPolicy>),
}

/// Decides without the target; passes if the decision is to forward. [`answer`] takes another one
/// from here, and [`read`] where there is none yet.
pub(crate) fn forward(
    source: PolicySource,
) -> impl Filter<Extract = (Forward,), Error = Rejection> + Clone + Send + Sync {
    // The only way to see a request's head without a copy of it.
    let look = warp::log::custom(move |request| {
        let policy = source.policy(&request);
        DECIDED.set(Some(decide(policy, &request, &Target::Unread)));
    });
    warp::any()
        .map(warp::reply)
        .with(look)
        .and_then(|_| ready(take_forward()))
}

/// The response, if the decision is not to forward.
pub(crate) fn answer(rejection: Rejection) -> Ready<Result<(Response,), Rejection>> {
    ready(match DECIDED.take() {
        Some(Decided::Respond(response)) => Ok((response,)),
        undecided => {
            DECIDED.set(undecided);
            Err(rejection)
        }
    })
}

/// [`forward`] for the few decisions that take the target.
pub(crate) fn read() -> impl Filter<Extract = (Forward,), Error = Rejection> + Clone + Send + Sync {
    let look = warp::log::custom(|request| {
        let decided = TARGET.take();
        DECIDED.set(decided.map(|(target, policy)| decide(policy, &request, &target)));
    });
    warp::host::optional()
        .map(Target::Read)
        .or_else(|_| ready(Ok::<_, Infallible>((Target::Contradicted,))))
        .map(|target| {
            TARGET.set(match DECIDED.take() {
                Some(Decided::Unread(policy)) => Some((target, policy)),
                _ => None,
            });
            warp::reply()
        })
        .with(look)
        .and_then(|_| ready(take_forward()))
}

fn take_forward() -> Result<Forward, Rejection> {
    match DECIDED.take() {
        Some(Decided::Forward(forward)) => Ok(forward),
        other => {
            DECIDED.set(other);
            Err(warp::reject())
        }
    }
}

fn decide(policy: Arc<PreparedPolicy>, request: &Info<'_>, target: &Target) -> Decided {
    let head = Head::of(request, target);
    let decision = policy.policy().decide_for(&head);
    if head.is_missing() {
        return Decided::Unread(policy);
    }
    policy.policy().tell(decision, &head);
    match Answer::of(policy, decision, &head) {
        Answer::Forward(forward) => Decided::Forward(forward),
        Answer::Respond(answer) => Decided::Respond(respond(&answer, &head)),
    }
}

/// warp makes bodies only together with a response.
fn respond(respond: &Respond, head: &Head<'_>) -> Response {
    match respond.body().as_str() {
        text if text.is_empty() || head.method() == b"HEAD" => {
            let (parts, _) = respond.response(head).into_parts();
            http::Response::from_parts(parts, Response::default().into_body())
        }
        text => {
            let mut response = text.into_response();
            *response.status_mut() =
                StatusCode::from_u16(respond.status()).unwrap_or(StatusCode::FORBIDDEN);
            respond.edit(response.headers_mut(), head);
            response
        }
    }
}

type LookUp = Pin<Box<dyn Future<Output = Option<Arc<PreparedPolicy>>> + Send>>;

/// Leaves the policy that a look-up finds for [`forward`].
pub(crate) fn look_up<Find, Fut>(
    find: Find,
) -> impl Filter<Extract = (), Error = Infallible> + Clone + Send + Sync + use<Find, Fut>
where
    Find: Fn(&Info<'_>) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Option<Arc<PreparedPolicy>>> + Send + 'static,
{
    thread_local! {
        static LOOKING: Cell<Option<LookUp>> = const { Cell::new(None) };
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
