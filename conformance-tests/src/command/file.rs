//! A policy file, or the table of a larger one that is a policy.

mod keys;
mod places;
mod read;
mod tree;

use std::error::Error;
use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

use cors_core::{OwnedPolicy, PolicySet, Scoped, Settings};

use self::places::Lines;
pub(super) use self::places::Places;
use self::tree::{Root, Tree};

#[cfg(test)]
pub(super) use self::keys::known;

/// Which file, and what of it.
#[derive(Debug, clap::Args)]
pub(super) struct Table {
    /// Read the policy from this table of a larger file: cors, server.cors, site.0.cors
    #[arg(long, value_name = "NAME")]
    table: Option<String>,
}

/// A file that was read.
pub(super) struct File {
    pub(super) path: String,
    pub(super) text: String,
    /// The name of the table that is the policy, if the file is more than that.
    table: Option<String>,
}

impl File {
    pub(super) fn read(path: &Path, table: &Table) -> Result<Self, String> {
        let text = read::text(path).map_err(|why| format!("{}: {why}", path.display()))?;
        Ok(Self {
            table: table.table.clone(),
            ..Self::new(path.display().to_string(), text)
        })
    }

    /// A policy that somebody wrote elsewhere.
    pub(super) fn new(path: String, text: String) -> Self {
        Self {
            path,
            text,
            table: None,
        }
    }

    pub(super) fn is_json(&self) -> bool {
        PathBuf::from(&self.path)
            .extension()
            .is_some_and(|extension| extension.eq_ignore_ascii_case("json"))
    }

    /// The policy alone, in TOML, if the file is more than that.
    #[cfg(feature = "full")]
    pub(super) fn alone(self) -> Result<Self, Unreadable> {
        if self.table.is_none() {
            return Ok(self);
        }
        let text = self.with_tree(|tree| tree.to_toml().map_err(|problem| vec![problem]))?;
        Ok(Self::new(self.path, text))
    }

    /// The policy or the policies alone, in JSON.
    #[cfg(feature = "full")]
    pub(super) fn to_json(&self) -> Result<String, Unreadable> {
        self.with_tree(|tree| tree.to_json().map_err(|problem| vec![problem]))
    }

    /// What the file says, if it is one policy.
    pub(super) fn settings(&self) -> Result<Settings<String>, Unreadable> {
        self.with_tree(|tree| {
            let (unknown, settings) = match self.is_entry() {
                true => (
                    keys::unknown(tree, false, &keys::of_entry()),
                    tree.entry().map(Scoped::into_policy),
                ),
                false => (
                    keys::unknown(tree, self.table.is_none(), keys::known()),
                    tree.settings(),
                ),
            };
            match unknown.is_empty() {
                true => settings.map_err(|problem| vec![problem]),
                false => Err(unknown),
            }
        })
    }

    /// `--table policies.0`.
    fn is_entry(&self) -> bool {
        let mut parts = self.table.iter().flat_map(|name| name.rsplit('.'));
        parts
            .next()
            .is_some_and(|last| last.parse::<usize>().is_ok())
            && parts.next() == Some(tree::POLICIES)
    }

    /// What the file says, if it is several policies.
    pub(super) fn entries(&self) -> Result<Option<Vec<Scoped<Settings<String>>>>, Unreadable> {
        self.with_tree(|tree| {
            let Some(entries) = tree.scoped() else {
                return Ok(None);
            };
            let mut problems = keys::beside_policies(tree);
            let mut scoped = Vec::new();
            let known = keys::of_entry();
            for entry in entries {
                match keys::unknown(entry, false, &known) {
                    unknown if unknown.is_empty() => match entry.entry() {
                        Ok(entry) => scoped.push(entry),
                        Err(problem) => problems.push(problem),
                    },
                    unknown => problems.extend(unknown),
                }
            }
            match problems.is_empty() {
                true => Ok(Some(scoped)),
                false => Err(problems),
            }
        })
    }

    /// The policies of the file, or its one for all requests; the error names everything that is wrong.
    pub(super) fn policies(&self) -> Result<PolicySet, String> {
        let entries = self.entries().map_err(|error| error.to_string())?;
        let Some(entries) = entries else {
            return self.policy().map(PolicySet::from);
        };
        PolicySet::build(entries).map_err(|errors| {
            let codes = errors.iter().flat_map(|error| match error.policy_errors() {
                Some(errors) => errors.iter().map(|error| error.kind().code()).collect(),
                None => vec![error.kind().code()],
            });
            self.invalid(&errors, "valid set of policies", codes)
        })
    }

    fn with_tree<T>(
        &self,
        read: impl FnOnce(Tree<'_>) -> Result<T, Vec<Problem>>,
    ) -> Result<T, Unreadable> {
        let read = || {
            let root = Root::parse(&self.text, self.is_json())?;
            let policy = match &self.table {
                Some(name) => root.tree().table(name)?,
                None => root.tree(),
            };
            Ok(read(policy))
        };
        let read = read().unwrap_or_else(|problem| Err(vec![problem]));
        read.map_err(|problems| Unreadable::new(self, problems))
    }

    /// The policy of the file; the error names everything that is wrong with it.
    pub(super) fn policy(&self) -> Result<OwnedPolicy<String, Vec<u32>>, String> {
        let settings = self.settings().map_err(|error| error.to_string())?;
        settings.build().map_err(|errors| {
            let codes = errors.iter().map(|error| error.kind().code());
            self.invalid(&errors, "valid policy", codes)
        })
    }

    fn invalid<'c>(
        &self,
        errors: &impl fmt::Display,
        what: &str,
        codes: impl IntoIterator<Item = &'c str>,
    ) -> String {
        let path = &self.path;
        let table = match &self.table {
            Some(name) => format!(" --table {name}"),
            None => String::new(),
        };
        format!(
            "{path} is not a {what}:\n{errors}\n\
             {}; `cors lint {path}{table}` shows the lines",
            explained(codes)
        )
    }

    /// Where its entries stand.
    pub(super) fn places(&self) -> Places<'_> {
        Places::new(&self.text, self.is_json(), self.table.as_deref())
    }
}

/// Why a file says nothing that could be a policy; its text tells the file and the line.
#[derive(Debug)]
pub(super) struct Unreadable {
    shown: String,
    pub(super) problems: Vec<Problem>,
}

/// One thing that is wrong with a file.
#[derive(Debug)]
pub(super) struct Problem {
    /// For programs.
    pub(super) code: &'static str,
    /// The key that is wrong, if it is a key.
    pub(super) key: String,
    pub(super) message: String,
    pub(super) place: Option<Range<usize>>,
}

impl Unreadable {
    fn new(file: &File, problems: Vec<Problem>) -> Self {
        let lines = Lines::new(&file.text);
        let shown = problems.iter().map(|problem| {
            let place = problem.place.as_ref();
            let message = cut(&problem.message);
            match place.and_then(|place| lines.line_and_column(place.start)) {
                Some((line, column)) => format!("{}:{line}:{column}: {message}", file.path),
                None => format!("{}: {message}", file.path),
            }
        });
        Self {
            shown: shown.collect::<Vec<_>>().join("\n"),
            problems,
        }
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl Error for Unreadable {}

/// Where codes are explained, each named once.
pub(super) fn explained<'c>(codes: impl IntoIterator<Item = &'c str>) -> String {
    let mut named = Vec::new();
    for code in codes {
        if !named.contains(&code) {
            named.push(code);
        }
    }
    format!("see {} in ERRORS.md", named.join(", "))
}

/// A message without the middle, if it quotes a value that is very long.
fn cut(message: &str) -> String {
    const MOST: usize = 1000;
    const EITHER: usize = 200;
    let count = message.chars().count();
    if count <= MOST {
        return message.to_owned();
    }
    let start: String = message.chars().take(EITHER).collect();
    let end: String = message.chars().skip(count - EITHER).collect();
    format!("{start}…{end}")
}
