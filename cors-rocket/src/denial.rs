use std::sync::OnceLock;

use cors_core::Denial;
use rocket::Request;

/// Why a request does not get what it asked for, if it does not: for other fairings, routes and
/// catchers that count refusals, log them, or give them another body.
///
/// It is known when routes are tried, also where [`Policy::forward_denied`](crate::Policy) lets the
/// request reach its own.
///
/// ```
/// use cors_rocket::{Cors, Policy, denial};
/// use rocket::fairing::AdHoc;
///
/// let app = rocket::build()
///     .attach(AdHoc::on_response("refusals", |request, response| Box::pin(async move {
///         if let Some(denial) = denial(request) {
///             response.set_raw_header("X-Refused", denial.reason());
///         }
///     })))
///     .attach(Cors::new(Policy::anonymous("https://app.example.com")));
/// ```
#[must_use]
pub fn denial(request: &Request<'_>) -> Option<Denial> {
    request.local_cache(Kept::default).0.get().copied()
}

/// Keeps it in the request's cache.
pub(crate) fn keep(denial: Option<Denial>, request: &Request<'_>) {
    if let Some(denial) = denial {
        let _ = request.local_cache(Kept::default).0.set(denial);
    }
}

#[derive(Default)]
struct Kept(OnceLock<Denial>);
