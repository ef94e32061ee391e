//! A case as people write it.

use serde::Deserialize;

use crate::suite::case::{Answer, Case, Want};
use crate::suite::exchange::{Line, Request};
use crate::suite::policy::PolicyFile;

/// A case as its file has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CaseText {
    pub(super) name: String,
    pub(super) policy: String,
    #[serde(default = "get")]
    method: String,
    #[serde(default = "root")]
    path: String,
    #[serde(default)]
    request: Vec<LineText>,
    #[serde(default)]
    app: AnswerText,
    want: WantText,
}

fn get() -> String {
    "GET".to_owned()
}

fn root() -> String {
    "/".to_owned()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct AnswerText {
    status: u16,
    headers: Vec<LineText>,
}

impl Default for AnswerText {
    fn default() -> Self {
        Self {
            status: 200,
            headers: Vec::new(),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WantText {
    status: u16,
    handler: bool,
    #[serde(default)]
    headers: Vec<LineText>,
    body: Option<String>,
}

/// `"name: value"`, or a table for values that such a text cannot hold.
#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "expected \"name: value\", or a table with `name` and with `bytes` or `parts`"
)]
enum LineText {
    Text(String),
    Parts {
        name: String,
        parts: Vec<(String, usize)>,
        #[serde(default = "once")]
        lines: usize,
    },
    Bytes {
        name: String,
        bytes: Vec<u8>,
    },
}

fn once() -> usize {
    1
}

impl LineText {
    fn lines(self) -> Result<Vec<Line>, String> {
        Ok(match self {
            Self::Text(text) => {
                let (name, value) = text
                    .split_once(':')
                    .ok_or_else(|| format!("no colon in {text:?}; a line is \"name: value\""))?;
                vec![Line::new(name, value.strip_prefix(' ').unwrap_or(value))]
            }
            Self::Parts { name, parts, lines } => {
                let value: String = parts
                    .iter()
                    .map(|(text, times)| text.repeat(*times))
                    .collect();
                vec![Line::new(&name, value); lines]
            }
            Self::Bytes { name, bytes } => vec![Line::new(&name, bytes)],
        })
    }
}

fn lines(texts: Vec<LineText>) -> Result<Vec<Line>, String> {
    let mut lines = Vec::new();
    for text in texts {
        lines.extend(text.lines()?);
    }
    Ok(lines)
}

impl CaseText {
    /// The case, which stands there and has this policy.
    pub(super) fn case(self, place: String, policy: PolicyFile) -> Result<Case, String> {
        let mut request = lines(self.request)?;
        if !request.iter().any(|line| line.name == "host") {
            request.insert(0, Line::new("host", "api.test"));
        }
        Ok(Case {
            name: self.name,
            place,
            policy,
            request: Request {
                method: self.method,
                path: self.path,
                lines: request,
            },
            answer: Answer {
                status: self.app.status,
                lines: lines(self.app.headers)?,
            },
            want: Want {
                status: self.want.status,
                handler: self.want.handler,
                lines: lines(self.want.headers)?,
                body: self.want.body,
            },
        })
    }
}
