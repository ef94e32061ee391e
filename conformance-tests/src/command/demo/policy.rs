//! The policy in force, and how the page puts another in its place.

use std::mem::take;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use conformance_tests::frameworks::showcase::Running;
use futures_util::future::join_all;
use serde::Serialize;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use crate::command::file::File;
use crate::command::lint::{Checked, Finding};
use crate::command::playground::Pages;

/// How long a policy may be, in bytes.
pub(super) const LONGEST: usize = 64 * 1024;

/// Servers of which all are under the same policy.
pub(super) struct InForce {
    servers: Mutex<Servers>,
    /// One policy is built at a time, in the order in which they come.
    edits: Semaphore,
}

struct Servers {
    running: Vec<Running>,
    /// The policy, as it was written.
    text: String,
}

impl InForce {
    /// Servers that started with this policy.
    pub(super) fn new(running: Vec<Running>, text: String) -> Self {
        Self {
            servers: Mutex::new(Servers { running, text }),
            edits: Semaphore::new(1),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Servers> {
        self.servers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// As [`edit`](Self::edit); a policy that takes long keeps no server from answering.
    async fn edit_aside(self: Arc<Self>, text: String) -> Response {
        let _one = self.edits.acquire().await;
        let this = Arc::clone(&self);
        let edited = spawn_blocking(move || this.edit(text)).await;
        edited.unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
    }

    /// Puts a policy in force if it is a good one, and tells what is known of it.
    fn edit(&self, text: String) -> Response {
        let file = File::new("policy.toml".to_owned(), text);
        let checked = Checked::of(&file);
        let (findings, more) = checked.shown();
        let answer = Answer {
            is_in_force: checked.policy.is_some(),
            findings: findings
                .iter()
                .map(|finding| Shown::new(&file.text, finding))
                .collect(),
            more,
        };
        let json = Json(&answer).into_response();
        if let Some(policy) = checked.policy {
            let mut servers = self.lock();
            for running in &servers.running {
                running.replace(policy.clone());
            }
            servers.text = file.text;
        }
        json
    }

    pub(super) async fn stop(&self) {
        let running = take(&mut self.lock().running);
        join_all(running.into_iter().map(Running::stop)).await;
    }
}

/// What became of a policy.
#[derive(Serialize)]
struct Answer<'c> {
    is_in_force: bool,
    findings: Vec<Shown<'c>>,
    more: usize,
}

/// A finding, for the page.
#[derive(Serialize)]
struct Shown<'c> {
    #[serde(flatten)]
    finding: &'c Finding,
    wrong: &'c str,
    right: &'c str,
    /// Where it begins and ends, as scripts count.
    place: Option<[usize; 2]>,
}

impl<'c> Shown<'c> {
    fn new(source: &str, finding: &'c Finding) -> Self {
        let (wrong, right) = finding.parts();
        let count = |byte| Some(source.get(..byte)?.encode_utf16().count());
        let place = finding.place.as_ref();
        Self {
            wrong,
            right,
            place: place.and_then(|place| Some([count(place.start)?, count(place.end)?])),
            finding,
        }
    }
}

/// `/policy` gives the text of the policy in force, and takes another from the page.
pub(super) fn routes(in_force: &Arc<InForce>) -> Router<Arc<Pages>> {
    let (shown, edited) = (Arc::clone(in_force), Arc::clone(in_force));
    let show = async move || shown.lock().text.clone();
    let edit =
        async move |State(pages): State<Arc<Pages>>, headers: HeaderMap, text: String| match pages
            .is_own(&headers)
        {
            true => edited.edit_aside(text).await,
            false => StatusCode::FORBIDDEN.into_response(),
        };
    let limit = DefaultBodyLimit::max(LONGEST);
    Router::new().route("/policy", get(show).post(edit).layer(limit))
}
