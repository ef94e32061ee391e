//! The policy in force, and how the page puts another in its place.

use std::mem::take;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use conformance_tests::frameworks::showcase::Running;
use futures_util::future::join_all;
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use super::asking::Asking;
use super::edit::{Change, Edited};
use super::rust;
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
    /// The origins that the page has buttons for.
    origins: Vec<String>,
}

struct Servers {
    running: Vec<Running>,
    /// The policy, as it was written.
    text: String,
}

impl InForce {
    /// Servers that started with this policy.
    pub(super) fn new(running: Vec<Running>, text: String, origins: Vec<String>) -> Self {
        Self {
            servers: Mutex::new(Servers { running, text }),
            edits: Semaphore::new(1),
            origins,
        }
    }

    /// The policy, as it was written.
    pub(super) fn text(&self) -> String {
        self.lock().text.clone()
    }

    /// Lets one at a time build policies, so that the servers answer meanwhile.
    pub(super) async fn aside<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, StatusCode> {
        let _one = self.edits.acquire().await;
        let done = spawn_blocking(work).await;
        done.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn lock(&self) -> MutexGuard<'_, Servers> {
        self.servers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// As [`edit`](Self::edit); a policy that takes long keeps no server from answering.
    async fn edit_aside(self: Arc<Self>, text: String) -> Response {
        let this = Arc::clone(&self);
        let edited = self.aside(move || this.edit(text)).await;
        edited.into_response()
    }

    /// Puts a policy in force if it is a good one, and tells what is known of it.
    fn edit(&self, text: String) -> Response {
        let file = File::new("policy.toml".to_owned(), text);
        let checked = Checked::of(&file);
        let (findings, more) = checked.shown();
        let origins = self.origins.iter();
        let answer = Answer {
            is_in_force: checked.policy.is_some(),
            origins: origins
                .map(|origin| Asking::new(origin, &file, &checked))
                .collect(),
            rust: checked.policy.as_ref().and_then(|_| rust::code(&file.text)),
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
    /// Those that the page has buttons for.
    origins: Vec<Asking<'c>>,
    /// The policy as a program has it.
    rust: Option<String>,
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
        let place = finding.place.as_ref();
        Self {
            wrong,
            right,
            place: place.and_then(|place| counted(source, place)),
            finding,
        }
    }
}

/// Where it begins and ends, as scripts count.
fn counted(text: &str, place: &Range<usize>) -> Option<[usize; 2]> {
    let count = |byte| Some(text.get(..byte)?.encode_utf16().count());
    Some([count(place.start)?, count(place.end)?])
}

/// A policy that the page has, and what is to be done with it.
#[derive(Deserialize)]
struct Asked {
    text: String,
    change: Change,
}

/// A policy that was changed.
#[derive(Serialize)]
struct Changed {
    text: String,
    place: Option<[usize; 2]>,
}

fn change(Asked { text, change }: &Asked) -> Response {
    match change.make(text) {
        Some(Edited { text, place }) => Json(Changed {
            place: counted(&text, &place),
            text,
        })
        .into_response(),
        None => StatusCode::UNPROCESSABLE_ENTITY.into_response(),
    }
}

/// `/policy` gives the text of the policy in force, and takes another from the page; `/change` gives
/// a text with a change.
pub(super) fn routes(in_force: &Arc<InForce>) -> Router<Arc<Pages>> {
    let (shown, edited) = (Arc::clone(in_force), Arc::clone(in_force));
    let show = async move || shown.text();
    let edit =
        async move |State(pages): State<Arc<Pages>>, headers: HeaderMap, text: String| match pages
            .is_own(&headers)
        {
            true => edited.edit_aside(text).await,
            false => StatusCode::FORBIDDEN.into_response(),
        };
    let change =
        async |State(pages): State<Arc<Pages>>, headers: HeaderMap, asked: Json<Asked>| match pages
            .is_own(&headers)
        {
            true => change(&asked),
            false => StatusCode::FORBIDDEN.into_response(),
        };
    let limit = DefaultBodyLimit::max(LONGEST);
    // In JSON a text may be longer.
    let in_json = DefaultBodyLimit::max(7 * LONGEST);
    Router::new()
        .route("/policy", get(show).post(edit).layer(limit))
        .route("/change", post(change).layer(in_json))
}
