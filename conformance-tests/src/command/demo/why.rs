//! Why a check was blocked, for the page.

use std::collections::HashSet;
use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use conformance_tests::Request;

use super::cure::{Verdict, verdict};
use super::policy::InForce;
use crate::command::playground::{Of, Pages};

/// `/why` gives the verdict on a check that was blocked; `with_credentials` are the checks that ask
/// with cookies.
pub(super) fn routes(
    in_force: &Arc<InForce>,
    with_credentials: HashSet<String>,
) -> Router<Arc<Pages>> {
    let (in_force, with_credentials) = (Arc::clone(in_force), Arc::new(with_credentials));
    let why = async move |State(pages): State<Arc<Pages>>, Query(of): Query<Of>| {
        why(&pages, &in_force, &with_credentials, &of).await
    };
    Router::new().route("/why", get(why))
}

async fn why(
    pages: &Pages,
    in_force: &InForce,
    with_credentials: &HashSet<String>,
    of: &Of,
) -> Result<Json<Verdict>, StatusCode> {
    let seen = pages.log.of(&of.framework, &of.check);
    let seen: Vec<Request> = seen.into_iter().map(|seen| seen.request).collect();
    // The name of a check, and behind it that of a run.
    let (name, _) = of.check.split_once('~').unwrap_or((&of.check, ""));
    let is_with_credentials = with_credentials.contains(name);
    let text = in_force.text();
    let verdict = in_force.aside(move || verdict(&text, &seen, is_with_credentials));
    Ok(Json(verdict.await?))
}
