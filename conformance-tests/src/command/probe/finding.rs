//! What is said about an answer.

use std::fmt;

use conformance_tests::model_browser::{Credentials, Fetch};
use serde::Serialize;

/// What is wrong with a header of an answer, and what the server should send instead.
#[derive(Debug, Serialize)]
pub(super) struct Finding {
    pub(super) severity: Severity,
    /// For programs; the same from version to version.
    pub(super) code: &'static str,
    /// The answer to blame.
    answer: Option<Part>,
    /// The header to blame.
    header: Option<&'static str>,
    message: String,
    /// The lines that the answer should have instead; a number is its status.
    send: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Severity {
    /// For this the script cannot read the answer.
    Error,
    /// The page is served, but others may not be, or too many are.
    Warning,
    /// Where browsers differ.
    Note,
}

/// A request of the probe, or its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Part {
    Preflight,
    Request,
    WithoutOrigin,
}

impl Finding {
    pub(super) fn new(severity: Severity, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            severity,
            code,
            answer: None,
            header: None,
            message: message.into(),
            send: Vec::new(),
        }
    }

    /// The header of the answer that is to blame.
    pub(super) fn of(mut self, answer: Part, header: &'static str) -> Self {
        self.header = Some(header);
        self.of_answer(answer)
    }

    /// The answer that is to blame, whatever its headers.
    pub(super) fn of_answer(mut self, answer: Part) -> Self {
        self.answer = Some(answer);
        self
    }

    pub(super) fn send(mut self, lines: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.send.extend(lines.into_iter().map(Into::into));
        self
    }
}

/// Whether the server means to share its answers with the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meant {
    /// The answer names the page's origin, and something is wrong with how.
    Page,
    /// That does not show, and the page may be an attacker's.
    Unknown,
    /// It shows that it does not.
    Refused,
}

/// The lines with which an answer is for the page. An origin that is not known to be allowed is not
/// named: nobody is to copy an attacker's.
pub(super) fn sharing_lines(fetch: &Fetch, meant: Meant) -> Vec<String> {
    let page = match (meant, fetch.page.as_str(), fetch.credentials) {
        // What is for `null` with credentials is for everybody.
        (Meant::Refused, ..) | (_, "null", Credentials::Include) => return Vec::new(),
        (_, "null", Credentials::Omit) => return vec!["access-control-allow-origin: *".to_owned()],
        (Meant::Page, page, _) => page,
        (Meant::Unknown, ..) => "<the page's origin, if it is in the server's list>",
    };
    let mut lines = vec![format!("access-control-allow-origin: {page}")];
    if fetch.credentials == Credentials::Include {
        lines.push("access-control-allow-credentials: true".to_owned());
    }
    lines.push("vary: Origin".to_owned());
    lines
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        })
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Preflight => "preflight",
            Self::Request => "request",
            Self::WithoutOrigin => "request without Origin",
        })
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{}]: ", self.severity, self.code)?;
        if let Some(answer) = self.answer {
            write!(f, "{answer}: ")?;
        }
        if let Some(header) = self.header {
            write!(f, "{header}: ")?;
        }
        writeln!(f, "{}", self.message)?;
        self.send
            .iter()
            .try_for_each(|line| writeln!(f, "  send: {line}"))
    }
}
