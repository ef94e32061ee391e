use std::sync::OnceLock;

use cors_core::Denial;
use rocket::Request;

/// Why a request is denied, if it is: for fairings, routes and catchers that count denied requests, log
/// them, or send another body.
///
/// It is known when routes are tried, also where
/// [`forward_denied`](crate::Policy::forward_denied) lets the request reach its route.
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
