//! Several policies as one value, each for some hosts and paths.

mod error;
#[cfg(feature = "serde")]
mod file;
mod host;
mod path;
mod prepared;
mod warning;

pub use error::{PolicySetError, PolicySetErrorKind, PolicySetErrors};
pub use prepared::PreparedPolicies;
pub use warning::PolicySetWarning;

use std::collections::BTreeMap;
use std::fmt;
use std::string::String;
use std::vec::Vec;

use self::error::Problems;
use self::path::Segments;
use super::heap::{OwnedPolicy, Settings};
use crate::policy::Policy;

/// Several policies for one server, each for some hosts and paths: what a server with several hosts, or
/// a gateway in front of several services, keeps as one value.
///
/// ```
/// use cors_core::{Choice, Policy, PolicySet, PolicySetErrors, Scoped};
///
/// let set = PolicySet::new([
///     Scoped::new(Policy::public()).path("/fonts"),
///     Scoped::new(Policy::credentialed("https://app.example.com").methods("PUT"))
///         .hosts(["api.example.com", "*.tenant.example"])
///         .path("/v1"),
/// ])?;
/// assert!(matches!(set.choose(Some("api.example.com:8443"), b"/v1/items"), Choice::Policy(1, _)));
/// assert!(matches!(set.choose(Some("api.example.com"), b"/fonts/a.woff2"), Choice::Policy(0, _)));
/// assert!(matches!(set.choose(Some("api.example.com"), b"/v10"), Choice::Untouched));
/// # Ok::<(), PolicySetErrors>(())
/// ```
///
/// # Which policy a request gets
///
/// Of the entries that match the request's host **and** path:
///
/// 1. the one with the most specific host: an exact host before `*.tenant.example`, which is before
///    `*.example`, which is before an entry without hosts;
/// 2. of several, the one with the longest path. A path matches itself and everything below it: `/v1`
///    matches `/v1` and `/v1/items`, not `/v10`.
///
/// If no entry matches, the request and its response are left as they are: nobody is refused, and no
/// header is added or removed.
///
/// Hosts are compared without port, final dot and upper case. `*.` stands for one or more labels, so
/// `*.example.com` doesn't match `example.com`.
///
/// What browsers encode in a path is compared decoded: `/%C3%BC` is `/ü`. Servers disagree about what some
/// paths mean: `/a//v1`, `/%761`, `/v1%2Fitems`, `/v1\items`, `/v1;x`, `/V1`. Such a path gets a policy only if
/// all ways to read it lead to the same one, or to none; otherwise **no other origin is allowed**, so that no
/// page can choose the looser of two policies by writing a path in another way. Unless the host has one policy
/// for all paths, the same is true where these ways differ too much: if a path has `..`, encoded or not, which
/// browsers never send as a segment of its own, if it begins with two slashes, or if a `;` is followed, before
/// the next `/`, by `\` or an encoded slash.
///
/// The ways that are compared: what is encoded is decoded once; encoded slashes and `\` are slashes or text;
/// parameters (`;x`) and empty segments are kept or left out, dots kept or resolved; case matters or not. A
/// server that decodes twice, or leaves out the ends of names, needs one policy for all its paths.
///
/// # Policy file
///
/// With the feature `serde`, a set is read from a file that has an entry for each policy, with the keys
/// of a [policy file](Settings#policy-file) and `hosts` and `path`. A file with a single policy is a set,
/// too: its policy is for all requests.
///
/// ```json
/// {
///   "policies": [
///     { "path": "/fonts", "origins": ["*"] },
///     { "hosts": ["api.example.com", "*.tenant.example"], "path": "/v1",
///       "origins": ["https://app.example.com"], "credentials": true }
///   ]
/// }
/// ```
#[derive(Clone, Debug)]
pub struct PolicySet<P = OwnedPolicy> {
    entries: Vec<Scoped<P>>,
    /// The path of each entry, decoded.
    paths: Vec<Vec<Vec<u8>>>,
    /// The entries of each host, those with longer paths first. Trees, because a hash map here would make
    /// the compiler inline less of those of frameworks: Rocket's requests took 3 000 instructions more.
    hosts: BTreeMap<String, Vec<usize>>,
    /// The same for what follows `*.`.
    subdomains: BTreeMap<String, Vec<usize>>,
    /// What follows `*.` has no more labels than this.
    most_labels: usize,
    /// The entries for every host.
    everywhere: Vec<usize>,
    /// Some entry's path has upper case.
    has_upper_case: bool,
    /// It is a policy without an entry.
    is_alone: bool,
}

/// A policy, and the hosts and the path that it is for: an entry of a [`PolicySet`].
#[derive(Clone, Debug)]
pub struct Scoped<P = OwnedPolicy> {
    hosts: Option<Vec<String>>,
    path: Option<String>,
    policy: P,
}

impl<P> Scoped<P> {
    /// The policy for every host and path, as long as nothing else is said.
    pub fn new<Q>(policy: Q) -> Self
    where
        P: From<Q>,
    {
        Self {
            hosts: None,
            path: None,
            policy: policy.into(),
        }
    }

    /// Only for these hosts: `api.example.com`, or `*.example.com` for all its subdomains.
    #[must_use]
    pub fn hosts<H: Into<String>>(mut self, hosts: impl IntoIterator<Item = H>) -> Self {
        self.hosts = Some(hosts.into_iter().map(Into::into).collect());
        self
    }

    /// Only for this path and all below it: `/v1`.
    #[must_use]
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// The policy.
    pub const fn policy(&self) -> &P {
        &self.policy
    }

    /// The policy, without its hosts and path.
    pub fn into_policy(self) -> P {
        self.policy
    }

    /// The hosts, as they were written; `None` stands for every host.
    #[must_use]
    pub fn of_hosts(&self) -> Option<&[String]> {
        self.hosts.as_deref()
    }

    /// The path, as it was written; `None` stands for every path.
    #[must_use]
    pub fn of_path(&self) -> Option<&str> {
        self.path.as_deref()
    }

    fn map<Q>(self, convert: impl FnOnce(P) -> Q) -> Scoped<Q> {
        Scoped {
            hosts: self.hosts,
            path: self.path,
            policy: convert(self.policy),
        }
    }
}

/// What a [`PolicySet`] has for a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice<'s, P> {
    /// The index of an entry, counted from 0, and its policy.
    Policy(usize, &'s P),
    /// No entry matches: the request and its response are none of CORS's business.
    Untouched,
    /// The path can be read in two ways that lead to different entries: no other origin is allowed.
    Nobody,
}

/// Which entry is used, or why none is.
impl<P> fmt::Display for Choice<'_, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Policy(entry, _) => write!(f, "policies[{entry}]"),
            Self::Untouched => f.write_str(
                "no policy is for this host and path: the request and its response stay as they are",
            ),
            Self::Nobody => f.write_str(
                "servers read this path in two ways that lead to different policies: \
                 no other origin is allowed",
            ),
        }
    }
}

impl PolicySet {
    /// A set of these policies.
    ///
    /// # Errors
    ///
    /// Returns everything that is wrong with hosts and paths. A set without any policy is an error, too.
    pub fn new(entries: impl IntoIterator<Item = Scoped>) -> Result<Self, PolicySetErrors> {
        let mut problems = Problems::default();
        let set = Self::of(entries.into_iter().collect(), &mut problems);
        problems.or(set)
    }

    /// A set of policies that are built from these settings.
    ///
    /// ```
    /// use cors_core::heap::Settings;
    /// use cors_core::{PolicySet, Scoped};
    ///
    /// let site: Settings = Settings::new().origins(["https://app.example.com/"]);
    /// let errors = PolicySet::build([Scoped::new(site).path("v1")]).unwrap_err();
    /// assert_eq!(
    ///     errors.to_string(),
    ///     "CORS-E09: policies[0].origins: \"https://app.example.com/\" ends with a slash; \
    ///      an origin has no path: write \"https://app.example.com\"\n\
    ///      CORS-E54: policies[0].path: \"v1\" does not start with a slash; \
    ///      a path starts with one: write \"/v1\"",
    /// );
    /// ```
    ///
    /// # Errors
    ///
    /// Returns everything that is wrong with the settings, hosts and paths.
    pub fn build(
        entries: impl IntoIterator<Item = Scoped<Settings>>,
    ) -> Result<Self, PolicySetErrors> {
        let mut problems = Problems::default();
        let mut built = Vec::new();
        for (entry, scoped) in entries.into_iter().enumerate() {
            let mut errors = None;
            built.push(scoped.map(|settings| match settings.build() {
                Ok(policy) => policy,
                Err(found) => {
                    errors = Some(found);
                    OwnedPolicy::from(Policy::nobody())
                }
            }));
            if let Some(errors) = errors {
                problems.of_policy(entry, errors);
            }
        }
        let set = Self::of(built, &mut problems);
        problems.or(set)
    }
}

/// The policy for all requests.
impl From<OwnedPolicy> for PolicySet {
    fn from(policy: OwnedPolicy) -> Self {
        let entry = Vec::from([Scoped::new(policy)]);
        Self {
            is_alone: true,
            ..Self::of(entry, &mut Problems::default())
        }
    }
}

/// The policy for all requests.
impl From<Policy<'static>> for PolicySet {
    fn from(policy: Policy<'static>) -> Self {
        OwnedPolicy::from(policy).into()
    }
}

impl<P> PolicySet<P> {
    fn of(entries: Vec<Scoped<P>>, problems: &mut Problems) -> Self {
        let mut set = Self {
            entries: Vec::new(),
            paths: Vec::new(),
            hosts: BTreeMap::new(),
            subdomains: BTreeMap::new(),
            most_labels: 0,
            everywhere: Vec::new(),
            has_upper_case: false,
            is_alone: false,
        };
        if entries.is_empty() {
            problems.push(None, PolicySetErrorKind::Empty, "");
        }
        for scoped in entries {
            set.add(scoped, problems);
        }
        let Self {
            paths,
            hosts,
            subdomains,
            everywhere,
            ..
        } = &mut set;
        let length = |entry: &usize| core::cmp::Reverse(paths.get(*entry).map_or(0, Vec::len));
        let of_hosts = hosts.values_mut().chain(subdomains.values_mut());
        for entries in of_hosts.chain([everywhere]) {
            // Stable: of two with the same path the first is used.
            entries.sort_by_key(length);
        }
        set
    }

    fn add(&mut self, scoped: Scoped<P>, problems: &mut Problems) {
        let entry = self.entries.len();
        match &scoped.hosts {
            None => self.everywhere.push(entry),
            Some(hosts) => {
                if hosts.is_empty() {
                    problems.push(Some(entry), PolicySetErrorKind::NoHosts, "");
                }
                for text in hosts {
                    self.add_host(entry, text, problems);
                }
            }
        }
        let path = scoped.path.as_deref().unwrap_or("/");
        let path = path::decoded(path).unwrap_or_else(|kind| {
            problems.push(Some(entry), kind, path);
            Vec::new()
        });
        let mut bytes = path.iter().flatten();
        self.has_upper_case |= bytes.any(u8::is_ascii_uppercase);
        self.paths.push(path);
        self.entries.push(scoped);
    }

    fn add_host(&mut self, entry: usize, text: &str, problems: &mut Problems) {
        let Some((has_subdomains, host)) = host::parse(text) else {
            problems.push(Some(entry), PolicySetErrorKind::Host, text);
            return;
        };
        let hosts = match has_subdomains {
            false => &mut self.hosts,
            true => &mut self.subdomains,
        };
        if has_subdomains {
            self.most_labels = self.most_labels.max(host::labels(&host).count());
        }
        hosts.entry(host).or_default().push(entry);
    }

    /// The policy for a request to this authority (a host, and the port if there is one) and this path,
    /// which are those of the request target, without its query.
    ///
    /// Costs O(bytes of the path + configured paths of the host), and a binary search for each label
    /// of the host. Does not allocate.
    #[must_use]
    pub fn choose(&self, authority: Option<&str>, path: &[u8]) -> Choice<'_, P> {
        if self.is_alone {
            return self.found(Some(0));
        }
        let mut buffer = [0; host::MAX_LENGTH];
        let host = authority.and_then(|authority| host::normal(authority, &mut buffer));
        let literal = self.search(host, &Segments::literal(path));
        if path::has_one_reading(path) && !self.has_upper_case {
            return self.found(literal);
        }
        let lenient = Segments::lenient(path);
        if lenient.leads_anywhere() {
            // What is left depends on what the server counts as a segment: any path is possible.
            let first = self.candidates(host).next();
            let is_for_all = |&entry: &usize| self.paths.get(entry).is_some_and(Vec::is_empty);
            return match first.is_none_or(|entry| is_for_all(&entry)) {
                true => self.found(first),
                false => Choice::Nobody,
            };
        }
        // An entry's path has nothing that servers read in two ways, but for case. What begins with it
        // literally begins with it in every reading, and what begins with it in any reading begins with it
        // leniently: if these two agree, all do.
        match literal == self.search(host, &lenient) {
            true => self.found(literal),
            false => Choice::Nobody,
        }
    }

    fn found(&self, entry: Option<usize>) -> Choice<'_, P> {
        match entry.and_then(|entry| Some((entry, self.entries.get(entry)?))) {
            Some((entry, scoped)) => Choice::Policy(entry, &scoped.policy),
            None => Choice::Untouched,
        }
    }

    fn search(&self, host: Option<&str>, path: &Segments<'_>) -> Option<usize> {
        self.candidates(host)
            .find(|&entry| self.paths.get(entry).is_some_and(|own| path.begins(own)))
    }

    /// The entries for this host, the most specific first.
    fn candidates(&self, host: Option<&str>) -> impl Iterator<Item = usize> {
        let exact = host.and_then(|host| self.hosts.get(host));
        let parents = host.into_iter().flat_map(host::parents);
        // The longest first.
        let near = parents.filter(|parent| host::labels(parent).count() <= self.most_labels);
        let near = near.filter_map(|parent| self.subdomains.get(parent));
        let groups = exact.into_iter().chain(near).chain([&self.everywhere]);
        groups.flatten().copied()
    }

    /// The entries, in the order in which they were given.
    #[must_use]
    pub fn entries(&self) -> &[Scoped<P>] {
        &self.entries
    }

    /// A set with the same hosts and paths, and what `convert` makes of each policy.
    pub fn map<Q>(self, mut convert: impl FnMut(P) -> Q) -> PolicySet<Q> {
        let entries = self.entries.into_iter();
        PolicySet {
            entries: entries.map(|scoped| scoped.map(&mut convert)).collect(),
            paths: self.paths,
            hosts: self.hosts,
            subdomains: self.subdomains,
            most_labels: self.most_labels,
            everywhere: self.everywhere,
            has_upper_case: self.has_upper_case,
            is_alone: self.is_alone,
        }
    }
}
