//! What the log gets of a denial.

use tracing::field;

use crate::decision::{Denial, RequestHeaders, Shown};
use crate::field::RequestField;
use crate::policy::Policy;

/// Tells it; it is explained only if somebody listens.
pub(super) fn tell(policy: &Policy<'_>, denial: Denial, request: &impl RequestHeaders) {
    let first = |lines| request.lines(lines).next();
    let asked = || {
        let is_options = request.method() == b"OPTIONS";
        first(RequestField::RequestMethod).filter(|_| is_options)
    };
    tracing::info!(
        target: "cors",
        reason = denial.reason(),
        origin = first(RequestField::Origin).map(Shown).map(field::display),
        preflight = asked().is_some(),
        method = field::display(Shown(asked().unwrap_or(request.method()))),
        path = field::display(Shown(request.path())),
        headers = denial.header(request.lines(RequestField::RequestHeaders)).map(Shown).map(field::display),
        "{}",
        policy.explain(request.method(), |lines| request.lines(lines)).summary()
    );
}
