//! What the tests of the adapters share, whatever the framework: a policy and origins to ask it from,
//! answers, and clients of a server on a real socket.

#![forbid(unsafe_code)]

mod answer;
mod connection;
mod log;
mod outcome;
mod service;
mod soak;

use std::future::Future;
use std::time::Duration;

use cors_core::Policy;

pub use answer::Answer;
pub use connection::{Connection, ask_http1, ask_http2};
pub use log::Log;
pub use outcome::{
    BARE, COVERED, COVERED_404, LISTED_ONLY, NOBODY, Outcome, SHARED, UNCOVERED, UNCOVERED_404,
    assert_outcomes, outcomes,
};
pub use service::{ask_service, preflight, request, serve_service};
pub use soak::{SOAKED, soak};

/// The origin that [`POLICY`] lists.
pub const LISTED: &str = "https://app.example.com";

/// An origin that it does not.
pub const FOREIGN: &str = "https://evil.example";

/// The body of a request that is refused.
pub const REFUSAL: &str = "origin not allowed by the CORS policy\n";

/// What most tests put around an application.
pub const POLICY: Policy<'static> = Policy::credentialed(LISTED)
    .methods("PUT")
    .request_headers("content-type")
    .max_age(3600);

/// Field lines of a request: `&[("origin", LISTED)]`.
pub type Fields<'f> = &'f [(&'f str, &'f str)];

/// The fields of the preflight of a `PUT` of JSON.
#[must_use]
pub const fn preflight_from(origin: &str) -> [(&str, &str); 3] {
    [
        ("origin", origin),
        ("access-control-request-method", "PUT"),
        ("access-control-request-headers", "content-type"),
    ]
}

/// A test that waits in vain fails instead of hanging.
///
/// # Panics
///
/// After ten seconds.
pub async fn within<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(Duration::from_secs(10), future)
        .await
        .expect("an answer in time")
}
