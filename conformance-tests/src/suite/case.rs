//! Cases: a policy, a request, and the answer that is right.

use serde::Deserialize;

use crate::suite::app::App;
use crate::suite::exchange::{Line, Request};
use crate::suite::policy::PolicyFile;

/// A policy, a request, and the answer that is right.
#[derive(Clone, Debug)]
pub struct Case {
    /// Begins with the id of a requirement (see `requirements.md`), and is unique.
    pub name: String,
    /// Where it stands, as `cases/vary.toml:12`.
    pub place: String,
    /// What the server allows.
    pub policy: PolicyFile,
    /// What the client sends.
    pub request: Request,
    /// What the application answers if it is asked.
    pub answer: Answer,
    /// The answer that is right.
    pub want: Want,
}

impl Case {
    /// The application that the case wants, not yet asked.
    #[must_use]
    pub fn app(&self) -> App {
        App::new(self.answer.status, self.answer.lines.clone())
    }
}

/// What the application answers if it is asked.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The field lines.
    pub lines: Vec<Line>,
}

/// The answer that is right.
#[derive(Clone, Debug)]
pub struct Want {
    /// The status code.
    pub status: u16,
    /// Whether the handler runs.
    pub handler: bool,
    /// Every `Access-Control-*` and `Vary` line.
    pub lines: Vec<Line>,
    /// The body, where the case looks at it.
    pub body: Option<String>,
}

/// A policy and what is wrong with it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Configuration {
    /// Begins with the id of a requirement (see `requirements.md`), and is unique.
    pub name: String,
    /// The policy.
    pub policy: PolicyFile,
    /// The kinds of all its errors, by name; none if it is good.
    pub errors: Vec<String>,
}
