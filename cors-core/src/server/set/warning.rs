//! What in a set of policies has no effect, or is likely to be a mistake.

use std::fmt;
use std::string::{String, ToString};
use std::vec::Vec;

use super::error::in_entry;
use super::{OwnedPolicy, PolicySet, host};
use crate::policy::Warning;

/// A warning about a [`PolicySet`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PolicySetWarning<'a> {
    /// A warning about the policy of an entry.
    Policy {
        /// The index of the entry, counted from 0; `None` if the policy stands alone.
        entry: Option<usize>,
        /// The warning.
        warning: Warning<'a>,
    },
    /// An earlier entry has the same path for this host, so this one is never used for it.
    Unreachable {
        /// The index of the entry, counted from 0.
        entry: usize,
        /// The host, as the entry names it; `None` stands for every host.
        host: Option<&'a str>,
        /// The index of the earlier entry.
        by: usize,
    },
}

impl PolicySetWarning<'_> {
    /// The code, which stays the same in later versions: `ERRORS.md` in the repository explains it.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Policy { warning, .. } => warning.kind().code(),
            Self::Unreachable { .. } => "CORS-W12",
        }
    }

    /// The index of the entry that it is about, counted from 0; `None` if the policy stands alone.
    #[must_use]
    pub const fn entry(&self) -> Option<usize> {
        match self {
            Self::Policy { entry, .. } => *entry,
            Self::Unreachable { entry, .. } => Some(*entry),
        }
    }
}

/// What was found, then what would be better.
impl fmt::Display for PolicySetWarning<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Policy {
                entry: Some(entry),
                warning,
            } => f.write_str(&in_entry(*entry, &warning.to_string())),
            Self::Policy { warning, .. } => warning.fmt(f),
            Self::Unreachable { entry, host, by } => {
                write!(f, "{}: policies[{entry}].", self.code())?;
                match host {
                    Some(host) => write!(f, "hosts: \"{host}\"")?,
                    None => f.write_str("path: every host")?,
                }
                write!(
                    f,
                    " has this path in policies[{by}] already, which is the one that is used; \
                     remove it here, or change the path"
                )
            }
        }
    }
}

impl PolicySet {
    /// Warnings about each policy, and about entries that are never used.
    #[must_use]
    pub fn warnings(&self) -> Vec<PolicySetWarning<'_>> {
        let mut warnings = Vec::new();
        for (entry, scoped) in self.entries().iter().enumerate() {
            let policy: &OwnedPolicy = scoped.policy();
            let of_policy = policy.warnings();
            let number = (!self.is_alone).then_some(entry);
            warnings.extend(of_policy.map(|warning| PolicySetWarning::Policy {
                entry: number,
                warning,
            }));
            let hosts: Vec<Option<&str>> = match scoped.of_hosts() {
                Some(hosts) => hosts.iter().map(String::as_str).map(Some).collect(),
                None => Vec::from([None]),
            };
            for (number, host) in hosts.iter().enumerate() {
                let again = hosts
                    .get(..number)
                    .is_some_and(|before| before.contains(host));
                let by = match again {
                    true => Some(entry),
                    false => self.first_with_same_path(entry, *host),
                };
                if let Some(by) = by {
                    let host = *host;
                    warnings.push(PolicySetWarning::Unreachable { entry, host, by });
                }
            }
        }
        warnings
    }

    fn first_with_same_path(&self, entry: usize, host: Option<&str>) -> Option<usize> {
        let group = match host.map(host::parse) {
            None => Some(&self.everywhere),
            Some(parsed) => match parsed? {
                (false, host) => self.hosts.get(&host),
                (true, host) => self.subdomains.get(&host),
            },
        };
        let own = self.paths.get(entry)?;
        let mut earlier = group?.iter().copied().take_while(|&other| other != entry);
        earlier.find(|&other| self.paths.get(other) == Some(own))
    }
}
