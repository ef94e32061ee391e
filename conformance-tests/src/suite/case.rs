//! Cases: a policy, a request, and the answer that is right.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::suite::app::App;
use crate::suite::exchange::{Line, Request};
use crate::suite::policy::PolicyFile;

/// The files of the `cases` folder, which is the whole suite.
const POLICIES: &str = include_str!("../../cases/policies.toml");
const CONFIGURATIONS: &str = include_str!("../../cases/config.toml");
const FILES: [&str; 20] = [
    include_str!("../../cases/classification.toml"),
    include_str!("../../cases/debug.toml"),
    include_str!("../../cases/denied.toml"),
    include_str!("../../cases/expose.toml"),
    include_str!("../../cases/many.toml"),
    include_str!("../../cases/methods.toml"),
    include_str!("../../cases/mixed.toml"),
    include_str!("../../cases/origin.toml"),
    include_str!("../../cases/own.toml"),
    include_str!("../../cases/pattern.toml"),
    include_str!("../../cases/preflight.toml"),
    include_str!("../../cases/private-network.toml"),
    include_str!("../../cases/refused-preflight.toml"),
    include_str!("../../cases/request-headers.toml"),
    include_str!("../../cases/sharing.toml"),
    include_str!("../../cases/status.toml"),
    include_str!("../../cases/timing.toml"),
    include_str!("../../cases/vary.toml"),
    include_str!("../../cases/vectors-origin.toml"),
    include_str!("../../cases/vectors-preflight.toml"),
];

/// A policy, a request, and the answer that is right.
#[derive(Clone, Debug)]
pub struct Case {
    /// Begins with the id of a requirement (see `requirements.md`), and is unique.
    pub name: String,
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

/// All cases.
///
/// # Panics
///
/// If a file of the suite is not what it should be.
#[must_use]
pub fn all() -> Vec<Case> {
    let policies: BTreeMap<String, PolicyFile> = read(POLICIES);
    FILES
        .iter()
        .flat_map(|file| read::<CaseFile>(file).case)
        .map(|case| case.resolve(&policies))
        .collect()
}

/// All configurations.
///
/// # Panics
///
/// If the file of the suite is not what it should be.
#[must_use]
pub fn configurations() -> Vec<Configuration> {
    read::<ConfigurationFile>(CONFIGURATIONS).config
}

fn read<'t, T: Deserialize<'t>>(text: &'t str) -> T {
    toml::from_str(text).unwrap_or_else(|error| panic!("a file of the suite is wrong: {error}"))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConfigurationFile {
    config: Vec<Configuration>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseFile {
    case: Vec<CaseText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseText {
    name: String,
    policy: String,
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
#[serde(untagged)]
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
    fn resolve(self) -> Vec<Line> {
        match self {
            Self::Text(text) => {
                let (name, value) = text
                    .split_once(':')
                    .unwrap_or_else(|| panic!("no colon in the line {text:?}"));
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
        }
    }
}

fn resolve(lines: Vec<LineText>) -> Vec<Line> {
    lines.into_iter().flat_map(LineText::resolve).collect()
}

impl CaseText {
    fn resolve(self, policies: &BTreeMap<String, PolicyFile>) -> Case {
        let policy = policies
            .get(&self.policy)
            .unwrap_or_else(|| panic!("{}: no policy {}", self.name, self.policy));
        let mut lines = resolve(self.request);
        if !lines.iter().any(|line| line.name == "host") {
            lines.insert(0, Line::new("host", "api.test"));
        }
        Case {
            name: self.name,
            policy: policy.clone(),
            request: Request {
                method: self.method,
                path: self.path,
                lines,
            },
            answer: Answer {
                status: self.app.status,
                lines: resolve(self.app.headers),
            },
            want: Want {
                status: self.want.status,
                handler: self.want.handler,
                lines: resolve(self.want.headers),
                body: self.want.body,
            },
        }
    }
}
