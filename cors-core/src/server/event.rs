//! The log event for a denial.

use tracing::field;

use super::heap::OwnedPolicy;
use crate::decision::{Denial, Names, RequestHeaders, Shown, Summary};
use crate::field::RequestField;

/// Logs it. Nothing is looked up for it unless there is a subscriber.
#[cold]
#[inline(never)]
pub(super) fn tell(policy: &OwnedPolicy, denial: Denial, request: &impl RequestHeaders) {
    let first = |field| request.lines(field).next();
    let shown = |text| field::display(Shown(text));
    let requested_method = || match request.method() {
        b"OPTIONS" => first(RequestField::RequestMethod),
        _ => None,
    };
    let refusal = || match denial {
        Denial::SeveralOrigins | Denial::OriginNotAllowed => None,
        _ => Some(policy.refusal_of(request)).filter(|refusal| refusal.names().next().is_some()),
    };
    tracing::info!(
        target: "cors",
        reason = denial.reason(),
        origin = first(RequestField::Origin).map(shown),
        preflight = requested_method().is_some(),
        method = shown(requested_method().unwrap_or(request.method())),
        path = shown(request.path()),
        headers = refusal().map(|refusal| field::display(Names(refusal))),
        "{}",
        Summary {
            method: request.method(),
            origin: first(RequestField::Origin),
            requested_method: requested_method(),
            denial: Some(denial),
        }
    );
}
