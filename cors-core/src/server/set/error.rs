//! What is wrong with a set of policies.

use std::borrow::ToOwned;
use std::boxed::Box;
use std::fmt;
use std::format;
use std::string::{String, ToString};
use std::vec::Vec;

use super::{host, path};
use crate::server::heap::PolicyErrors;

/// Everything that is wrong with a [`PolicySet`](super::PolicySet), one error on each line.
#[derive(Clone)]
pub struct PolicySetErrors(Vec<PolicySetError>);

/// One error of [`PolicySetErrors`].
#[derive(Clone)]
pub struct PolicySetError {
    entry: Option<usize>,
    kind: PolicySetErrorKind,
    text: String,
    /// Of a policy.
    inner: Option<Box<PolicyErrors>>,
}

/// The kinds of [`PolicySetError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PolicySetErrorKind {
    /// The policy of an entry has errors of its own.
    Policy,
    /// Not a host: with a scheme, a port, a path, or upper-case letters.
    Host,
    /// A path that doesn't start with a slash.
    PathWithoutSlash,
    /// A path that ends with a slash.
    PathEndsWithSlash,
    /// A path with a query, a `*`, an empty segment, or dots that lead elsewhere.
    Path,
    /// A path with more than 16 segments.
    PathTooDeep,
    /// An empty list of hosts: no request would match.
    NoHosts,
    /// No policies at all.
    Empty,
}

impl PolicySetErrorKind {
    /// The code, which stays the same in later versions: `ERRORS.md` in the repository explains it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Policy => "",
            Self::Host => "CORS-E53",
            Self::PathWithoutSlash => "CORS-E54",
            Self::PathEndsWithSlash => "CORS-E55",
            Self::Path => "CORS-E56",
            Self::PathTooDeep => "CORS-E57",
            Self::NoHosts => "CORS-E58",
            Self::Empty => "CORS-E59",
        }
    }

    const fn setting(self) -> &'static str {
        match self {
            Self::Policy | Self::Empty => "policies",
            Self::Host | Self::NoHosts => "hosts",
            Self::PathWithoutSlash | Self::PathEndsWithSlash | Self::Path | Self::PathTooDeep => {
                "path"
            }
        }
    }

    /// What is wrong, and what would be right.
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Policy => ("is not a policy", ""),
            Self::Host => (
                "is not a host",
                "a host is a name or an address in lower case, without scheme, port and path, \
                 or *. and a name",
            ),
            Self::PathWithoutSlash => ("does not start with a slash", "a path starts with one"),
            Self::PathEndsWithSlash => (
                "ends with a slash",
                "a path matches everything below it without one",
            ),
            Self::Path => (
                "is not a plain path",
                "a path has no query, no *, no empty segments and no dots that lead elsewhere, \
                 and matches everything below it",
            ),
            Self::PathTooDeep => ("has more than 16 segments", "use the first of them"),
            Self::NoHosts => (
                "the list is empty",
                "list a host, or leave hosts out to match every host",
            ),
            Self::Empty => ("there is no policy", "add one with at least its origins"),
        }
    }
}

impl PolicySetError {
    /// The index of the entry, counted from 0; `None` if it is about the whole set.
    #[must_use]
    pub const fn entry(&self) -> Option<usize> {
        self.entry
    }

    /// The kind of error.
    #[must_use]
    pub const fn kind(&self) -> PolicySetErrorKind {
        self.kind
    }

    /// The key in a policy file: `hosts`, `path`, or `policies`.
    #[must_use]
    pub const fn setting(&self) -> &'static str {
        self.kind.setting()
    }

    /// The offending text: one host, or the path.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The errors of the entry's policy, if it is about that.
    #[must_use]
    pub fn policy_errors(&self) -> Option<&PolicyErrors> {
        self.inner.as_deref()
    }

    fn correction(&self) -> Option<String> {
        let text = self.text.as_str();
        let right = match self.kind {
            PolicySetErrorKind::Host => return host::correction(text),
            PolicySetErrorKind::PathWithoutSlash => format!("/{text}"),
            PolicySetErrorKind::PathEndsWithSlash => text.trim_end_matches('/').to_owned(),
            PolicySetErrorKind::Path => {
                let path = text.split(['?', '#']).next().unwrap_or_default();
                path.trim_end_matches('*').trim_end_matches('/').to_owned()
            }
            _ => return None,
        };
        let is_right = !right.is_empty() && path::decoded(&right).is_ok();
        is_right.then_some(right)
    }
}

impl PolicySetErrors {
    /// The errors, in the order of the entries.
    pub fn iter(&self) -> impl Iterator<Item = &PolicySetError> {
        self.0.iter()
    }
}

/// Collects errors.
#[derive(Default)]
pub(super) struct Problems(Vec<PolicySetError>);

impl Problems {
    pub(super) fn push(&mut self, entry: Option<usize>, kind: PolicySetErrorKind, text: &str) {
        self.0.push(PolicySetError {
            entry,
            kind,
            text: text.to_owned(),
            inner: None,
        });
    }

    pub(super) fn of_policy(&mut self, entry: usize, errors: PolicyErrors) {
        self.0.push(PolicySetError {
            entry: Some(entry),
            kind: PolicySetErrorKind::Policy,
            text: String::new(),
            inner: Some(Box::new(errors)),
        });
    }

    pub(super) fn or<T>(mut self, right: T) -> Result<T, PolicySetErrors> {
        self.0.sort_by_key(|error| error.entry);
        match self.0.is_empty() {
            true => Ok(right),
            false => Err(PolicySetErrors(self.0)),
        }
    }
}

/// The texts of an entry's policy, with the entry's name: `CORS-E09: policies[1].origins: …`.
pub(super) fn in_entry(entry: usize, text: &str) -> String {
    match text.split_once(": ") {
        Some((code, rest)) if code.starts_with("CORS-") => {
            format!("{code}: policies[{entry}].{rest}")
        }
        // So many more.
        _ => format!("policies[{entry}]: {text}"),
    }
}

/// A client's or a file's text, without what terminals obey; cut after 100 characters.
fn shown(text: &str) -> String {
    const MOST: usize = 100;
    let more = text.chars().nth(MOST).map_or("", |_| "…");
    let start: String = text.chars().take(MOST).collect();
    format!("{}{more}", start.escape_debug())
}

impl fmt::Display for PolicySetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let (Some(entry), Some(errors)) = (self.entry, &self.inner) {
            let text = errors.to_string();
            let lines = text.lines().map(|line| in_entry(entry, line));
            return f.write_str(&lines.collect::<Vec<_>>().join("\n"));
        }
        write!(f, "{}: ", self.kind.code())?;
        if let Some(entry) = self.entry {
            write!(f, "policies[{entry}].")?;
        }
        let (what, cure) = self.kind.words();
        write!(f, "{}: ", self.setting())?;
        if !matches!(
            self.kind,
            PolicySetErrorKind::NoHosts | PolicySetErrorKind::Empty
        ) {
            write!(f, "\"{}\" ", shown(&self.text))?;
        }
        write!(f, "{what}; {cure}")?;
        match self.correction() {
            Some(right) => write!(f, ": write \"{}\"", shown(&right)),
            None => Ok(()),
        }
    }
}

/// The text that [`Display`](fmt::Display) shows.
impl fmt::Debug for PolicySetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// One error on each line.
impl fmt::Display for PolicySetErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, error) in self.0.iter().enumerate() {
            if number > 0 {
                f.write_str("\n")?;
            }
            fmt::Display::fmt(error, f)?;
        }
        Ok(())
    }
}

/// The text that [`Display`](fmt::Display) shows, on lines of its own if there are several.
impl fmt::Debug for PolicySetErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.len() > 1 {
            f.write_str("\n")?;
        }
        fmt::Display::fmt(self, f)
    }
}

impl core::error::Error for PolicySetError {}
impl core::error::Error for PolicySetErrors {}
