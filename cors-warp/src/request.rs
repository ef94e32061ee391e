//! The stages before the wrapped filter.

use std::cell::Cell;
use std::convert::Infallible;
use std::future::{Future, Ready, ready};
use std::pin::Pin;
use std::sync::Arc;

use cors_core::RequestHeaders;
use cors_core::http::{Answer, Forward, PreparedPolicy, Respond};
use warp::reply::Response;
use warp::{Filter, Rejection, Reply};

use crate::headers::{Head, Target};
use crate::source::{ByRequest, LookUp};

// What a filter leaves here the next one takes, within one poll of one request's future: nothing
// comes between, and no function of the user's is called while something is left. What warp would
// carry instead are copies: of the header map, of a boxed rejection.
thread_local! {
    static TARGET: Cell<Option<Target>> = const { Cell::new(None) };
    static DECIDED: Cell<Option<Decided>> = const { Cell::new(None) };
    static LOOKING: Cell<Option<LookingUp>> = const { Cell::new(None) };
    static FOUND: Cell<Option<Arc<PreparedPolicy>>> = const { Cell::new(None) };
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
    policy: impl Fn() -> Option<Arc<PreparedPolicy>> + Clone + Send + Sync + 'static,
) -> impl Filter<Extract = (Forward,), Error = Rejection> + Clone + Send + Sync + 'static {
    // The only way to see a request's head without a copy of it.
    let look = warp::log::custom(move |request| {
        let head = Head::of(&request, &Target::Unread);
        let decided = policy().map(|policy| decide(policy, &head));
        DECIDED.set(decided);
    });
    warp::any()
        .map(warp::reply)
        .with(look)
        .and_then(|_| ready(take_forward()))
}

/// [`forward`] for a policy that is chosen by the head with its target.
pub(crate) fn choose<F>(
    source: Arc<ByRequest<F>>,
) -> impl Filter<Extract = (Forward,), Error = Rejection> + Clone + Send + Sync + 'static
where
    F: Fn(&Head<'_>) -> Option<Arc<PreparedPolicy>> + Send + Sync + 'static,
{
    let look = warp::log::custom(move |request| {
        let target = TARGET.take().unwrap_or_default();
        let head = Head::of(&request, &target);
        let decided = decide(source.policy(&head), &head);
        DECIDED.set(Some(decided));
    });
    target().with(look).and_then(|_| ready(take_forward()))
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
pub(crate) fn read()
-> impl Filter<Extract = (Forward,), Error = Rejection> + Clone + Send + Sync + 'static {
    let look = warp::log::custom(|request| {
        let (target, unread) = (TARGET.take(), DECIDED.take());
        if let (Some(target), Some(Decided::Unread(policy))) = (target, unread) {
            let decided = decide(policy, &Head::of(&request, &target));
            DECIDED.set(Some(decided));
        }
    });
    target().with(look).and_then(|_| ready(take_forward()))
}

/// Leaves the target of the request.
fn target() -> impl Filter<Extract = (impl Reply,), Error = Infallible> + Clone + Send + Sync {
    warp::host::optional()
        .map(Target::Read)
        .or_else(|_| ready(Ok::<_, Infallible>((Target::Contradicted,))))
        .map(|target| {
            TARGET.set(Some(target));
            warp::reply()
        })
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

fn decide(policy: Arc<PreparedPolicy>, head: &Head<'_>) -> Decided {
    let decision = policy.policy().decide_for(head);
    if head.is_missing() {
        return Decided::Unread(policy);
    }
    policy.policy().tell(decision, head);
    match Answer::of(policy, decision, head) {
        Answer::Forward(forward) => Decided::Forward(forward),
        Answer::Respond(answer) => Decided::Respond(respond(&answer, head)),
    }
}

/// warp makes bodies only together with a response.
fn respond(respond: &Respond, head: &Head<'_>) -> Response {
    match respond.body(head) {
        text if text.is_empty() || head.method() == b"HEAD" => {
            let (parts, _) = respond.response(head).into_parts();
            http::Response::from_parts(parts, Response::default().into_body())
        }
        text => {
            let mut response = text.into_response();
            respond.edit_response(&mut response, head);
            response
        }
    }
}

type LookingUp = Pin<Box<dyn Future<Output = Arc<PreparedPolicy>> + Send>>;

/// Leaves the policy that a look-up finds for [`found`].
pub(crate) fn look_up<Find, Fut>(
    source: Arc<LookUp<Find, Fut>>,
) -> impl Filter<Extract = (), Error = Infallible> + Clone + Send + Sync + 'static
where
    Find: Fn(&Head<'_>) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Option<Arc<PreparedPolicy>>> + Send + 'static,
{
    let look = warp::log::custom(move |request| {
        let target = TARGET.take().unwrap_or_default();
        let looking: LookingUp = Box::pin(source.find(&Head::of(&request, &target)));
        LOOKING.set(Some(looking));
    });
    target()
        .with(look)
        .then(|_| {
            let looking = LOOKING.take();
            async {
                if let Some(looking) = looking {
                    let policy = looking.await;
                    FOUND.set(Some(policy));
                }
            }
        })
        .untuple_one()
}

/// What [`look_up`] has found.
pub(crate) fn found() -> Option<Arc<PreparedPolicy>> {
    FOUND.take()
}
