//! Runs cases against an adapter and reports every failure at once.

use std::collections::BTreeMap;
use std::fmt;
use std::io;

use cors_core::PolicyErrors;
use serde::Serialize;

use crate::suite::app::App;
use crate::suite::case::Case;
use crate::suite::exchange::{Line, Request, Response};
use crate::suite::files;
use crate::suite::policy::PolicyFile;

/// What is examined: anything that can protect an application with a policy.
///
/// ```no_run
/// # use conformance_tests::{Adapter, App, NotApplicable, PolicyFile, Request, Response};
/// struct Mine;
///
/// impl Adapter for Mine {
///     async fn exchange(
///         &self,
///         policy: &PolicyFile,
///         app: &App,
///         request: &Request,
///     ) -> Result<Response, NotApplicable> {
///         // Build a server whose routes call `app.handle()`, protect it with `policy`, send it
///         // `request`, give back what comes.
///         # let answer = app.handle().clone();
///         # Ok(answer)
///     }
/// }
///
/// # async fn run() {
/// let report = conformance_tests::run("mine", &Mine, &conformance_tests::cases(), &[]).await;
/// report.assert_passed();
/// # }
/// ```
#[allow(async_fn_in_trait, reason = "the suite runs on one thread")]
pub trait Adapter {
    /// Serves `app` behind `policy` and exchanges one request for its answer.
    ///
    /// # Errors
    ///
    /// If this adapter has no way to express the policy or to be sent the request.
    async fn exchange(
        &self,
        policy: &PolicyFile,
        app: &App,
        request: &Request,
    ) -> Result<Response, NotApplicable>;
}

/// Why a case says nothing about an adapter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotApplicable(pub String);

impl NotApplicable {
    /// For this reason.
    pub fn because(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }
}

/// The policy is wrong.
impl From<PolicyErrors<String>> for NotApplicable {
    fn from(errors: PolicyErrors<String>) -> Self {
        Self(errors.to_string())
    }
}

/// The request did not get there, or no response came back.
impl From<io::Error> for NotApplicable {
    fn from(error: io::Error) -> Self {
        Self(format!("the socket failed: {error}"))
    }
}

/// A case that an adapter is known not to pass, and why that is not its error.
pub type Difference = (&'static str, &'static str);

/// What came of a run.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Whom it is about.
    pub adapter: String,
    /// How many cases passed.
    pub passed: usize,
    /// The cases that it does not pass, as expected, and why that is not its error.
    pub listed: Vec<Difference>,
    /// The cases that say nothing about the adapter, and why.
    pub not_applicable: Vec<(String, NotApplicable)>,
    /// The cases that failed.
    pub failures: Vec<Failure>,
}

/// A case that failed.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The case's name.
    pub case: String,
    /// Where the case stands, as `cases/vary.toml:12`; nothing if there is no such case.
    pub place: String,
    /// The request.
    pub request: Request,
    /// What differs, a line each.
    pub differences: Vec<String>,
}

/// Runs these cases: all, or [some](crate::cases_named).
///
/// Those of `expected` must fail: one that passes, or that there is not, is reported, so that the list
/// stays exact. Those that are not among the cases to run say nothing.
pub async fn run(
    name: &str,
    adapter: &impl Adapter,
    cases: &[Case],
    expected: &[Difference],
) -> Report {
    let mut report = Report {
        adapter: name.to_owned(),
        ..Report::default()
    };
    let all = files::cases();
    for (name, _) in expected {
        if !cases.iter().chain(&all).any(|case| case.name == *name) {
            report.failures.push(Failure::of_no_case(name));
        }
    }
    for case in cases {
        let app = case.app();
        let answer = adapter.exchange(&case.policy, &app, &case.request).await;
        let mut differences = match answer {
            Ok(response) => compare(case, &app, &response),
            Err(reason) => {
                report.not_applicable.push((case.name.clone(), reason));
                continue;
            }
        };
        if let Some(listed) = expected.iter().find(|(name, _)| *name == case.name) {
            if !differences.is_empty() {
                report.listed.push(*listed);
                continue;
            }
            let (_, reason) = listed;
            differences = vec![format!("passes, though it is expected not to: {reason}")];
        }
        match differences.is_empty() {
            true => report.passed += 1,
            false => report.failures.push(Failure {
                case: case.name.clone(),
                place: case.place.clone(),
                request: case.request.clone(),
                differences,
            }),
        }
    }
    report
}

/// What differs between the answer that is right and the one that came.
fn compare(case: &Case, app: &App, got: &Response) -> Vec<String> {
    let mut differences = Vec::new();
    let mut check = |what: &str, want: String, got: String| {
        if want != got {
            differences.push(format!("{what}: want {want}, got {got}"));
        }
    };
    let want = &case.want;
    check("status", want.status.to_string(), got.status.to_string());
    check(
        "calls of the handler",
        usize::from(want.handler).to_string(),
        app.runs().to_string(),
    );
    let (want_fields, got_fields) = (fields(&want.lines), fields(&got.lines));
    for name in want_fields.keys().chain(got_fields.keys()) {
        let shown = |fields: &BTreeMap<String, Vec<String>>| match fields.get(name) {
            Some(values) => format!("{values:?}"),
            None => "no line".to_owned(),
        };
        check(name, shown(&want_fields), shown(&got_fields));
    }
    let body = match &want.body {
        Some(body) => Some(body.as_bytes()),
        None if case.request.method == "HEAD" || want.status == 204 => Some(&b""[..]),
        None if want.handler => Some(app.answer().body.as_slice()),
        None => None,
    };
    if let Some(body) = body {
        check(
            "body",
            body.escape_ascii().to_string(),
            got.body.escape_ascii().to_string(),
        );
    }
    differences.dedup();
    differences
}

/// Every `Access-Control-*`, `Vary` and `Timing-Allow-Origin` line: of fields that hold one value line by line, of lists
/// member by member, in order of the alphabet.
pub(crate) fn fields(lines: &[Line]) -> BTreeMap<String, Vec<String>> {
    let mut fields = BTreeMap::<_, Vec<_>>::new();
    for line in lines {
        let is_of_cors = line.name.starts_with("access-control-");
        if !is_of_cors && !["vary", "timing-allow-origin"].contains(&line.name.as_str()) {
            continue;
        }
        let values = fields.entry(line.name.clone()).or_default();
        let members = line
            .value
            .split(|&byte| byte == b',')
            .map(|member| member.trim_ascii().escape_ascii().to_string())
            .filter(|member| !member.is_empty());
        match line.name.as_str() {
            "access-control-allow-methods" => values.extend(members),
            "access-control-allow-headers" | "access-control-expose-headers" | "vary" => {
                values.extend(members.map(|member| member.to_ascii_lowercase()));
            }
            _ => values.push(line.value.escape_ascii().to_string()),
        }
    }
    for values in fields.values_mut() {
        values.sort_unstable();
    }
    fields
}

impl Report {
    /// Nothing failed.
    #[must_use]
    pub fn is_passed(&self) -> bool {
        self.failures.is_empty()
    }

    /// # Panics
    ///
    /// If a case failed, with all of them.
    #[track_caller]
    pub fn assert_passed(&self) {
        assert!(self.is_passed(), "{self}");
    }

    /// A file in TOML to keep, and to show to others: the version of the suite, and for each of these
    /// reports what passed, what did not, and why.
    ///
    /// ```
    /// # use conformance_tests::{Report, cases_named, reference::Core, run};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let report = run("mine", &Core, &cases_named("REQ-VARY-01")?, &[]).await;
    /// let file = Report::to_toml(&[report]);
    /// assert!(file.contains("adapter = \"mine\"\npassed = "));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    #[expect(
        clippy::missing_panics_doc,
        reason = "it has tables, texts and numbers"
    )]
    pub fn to_toml(reports: &[Self]) -> String {
        let entry = |report: &Self| Entry {
            adapter: report.adapter.clone(),
            passed: report.passed,
            failed: report
                .failures
                .iter()
                .map(|failure| (failure.case.clone(), failure.differences.clone()))
                .collect(),
            differs_as_listed: report.listed.iter().copied().collect(),
            not_applicable: report
                .not_applicable
                .iter()
                .map(|(case, NotApplicable(reason))| (case.clone(), reason.clone()))
                .collect(),
        };
        let file = File {
            suite: env!("CARGO_PKG_VERSION"),
            report: reports.iter().map(entry).collect(),
        };
        toml::to_string(&file).expect("what TOML has")
    }
}

#[derive(Serialize)]
struct File {
    suite: &'static str,
    report: Vec<Entry>,
}

#[derive(Serialize)]
struct Entry {
    adapter: String,
    passed: usize,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    failed: BTreeMap<String, Vec<String>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    differs_as_listed: BTreeMap<&'static str, &'static str>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    not_applicable: BTreeMap<String, String>,
}

impl Failure {
    fn of_no_case(name: &str) -> Self {
        Self {
            case: name.to_owned(),
            place: String::new(),
            request: Request {
                method: String::new(),
                path: String::new(),
                lines: Vec::new(),
            },
            differences: vec!["is expected to fail, but there is no such case".to_owned()],
        }
    }
}

/// A count, then every failure with request, got and want.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{}: {} cases passed, {} failed, {} differ as listed, {} not applicable",
            self.adapter,
            self.passed,
            self.failures.len(),
            self.listed.len(),
            self.not_applicable.len()
        )?;
        for failure in &self.failures {
            write!(f, "\n{failure}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place.as_str() {
            "" => writeln!(f, "{}", self.case)?,
            place => writeln!(f, "{} ({place})", self.case)?,
        }
        writeln!(f, "    {} {}", self.request.method, self.request.path)?;
        for line in self.request.lines.iter().take(8) {
            writeln!(f, "    {line}")?;
        }
        if let Some(more @ 1..) = self.request.lines.len().checked_sub(8) {
            writeln!(f, "    … ({more} more lines)")?;
        }
        for difference in &self.differences {
            writeln!(f, "  {difference}")?;
        }
        Ok(())
    }
}
