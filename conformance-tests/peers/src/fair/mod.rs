//! A judge for libraries that were not written for this suite.

mod actual;
mod caching;
mod preflight;

use conformance_tests::App;
use conformance_tests::Case;
use conformance_tests::NotApplicable;
use conformance_tests::naive;
use conformance_tests::{Line, Response};

/// What the judge says about an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Browsers and caches do what they should.
    Passes,
    /// They do not, for these reasons.
    Fails(Vec<String>),
    /// It differs from the wanted answer in what this project chose, and others need not.
    NotApplicable(NotApplicable),
}

/// The cases that ask about errors which show in every answer or in none, by the beginning of their
/// names. Elsewhere one such error would count a hundred times, under the ids of requirements that
/// are kept.
mod question {
    /// Whether a preflight calls the handler.
    pub(super) const HANDLER: &[&str] = &["REQ-CLS-15"];
    /// Whether OPTIONS that is no preflight is a request like any other.
    pub(super) const OPTIONS: &[&str] = &["REQ-CLS-"];
    /// What caches are told.
    pub(super) const CACHES: &[&str] = &["REQ-VARY-", "REQ-ADP-10", "REQ-MIX-"];
    /// Whether an origin that is not allowed is told anything.
    pub(super) const SILENCE: &[&str] = &["REQ-ACAO-06", "REQ-EXP-07"];
    /// Whether an origin that is none is the server's error.
    pub(super) const MALFORMED: &[&str] = &["REQ-ORIGIN-"];
}

/// What this project chose among answers that are right, by the beginning of the case's name.
const CHOICES: [(&str, &str); 14] = [
    ("O133", "how long an origin may be is a choice"),
    ("REQ-ACAO-02 a handler cannot", OWN_FIELDS),
    (
        "REQ-CRED-02 without credentials there is no field",
        OWN_FIELDS,
    ),
    ("REQ-EXP-09", OWN_FIELDS),
    ("REQ-MIX-02 a handler cannot", OWN_FIELDS),
    ("REQ-MIX-07", OWN_FIELDS),
    ("REQ-OWN-10 with credentials", OWN_FIELDS),
    ("REQ-TAO-03", TIMING),
    ("REQ-TAO-05", OWN_FIELDS),
    ("REQ-MIX-03", "without an Origin nobody asks to share"),
    ("REQ-HDR-06 16 empty", EMPTY),
    ("REQ-STAT-07 a handler cannot share", OWN_FIELDS),
    ("REQ-VARY-08 Vary on a preflight if", OPTION),
    ("REQ-VARY-08 Vary on a failed preflight if", OPTION),
];
const EMPTY: &str = "how many empty elements are reasonable is a choice";
const TIMING: &str = "`Timing-Allow-Origin` is an option of this project";
const OPTION: &str = "`Vary` on preflights is an option of this project";
const OWN_FIELDS: &str = "what becomes of the handler's own CORS fields is a choice";

/// Judges an answer by what a browser and a cache make of it, not by how it looks.
///
/// So these do not matter:
///
/// * which ok status answers a preflight, which status refuses one, and what a refusal tells;
/// * whether a grant is listed, mirrored or `*`, if it allows what the policy does;
/// * whether an actual request of an origin that is not allowed is refused or forwarded, if its
///   page cannot read the answer; but same-origin requests, navigations and those of mode
///   `no-cors` do not ask to share anything, and must reach the handler;
/// * how a request is answered that no browser sends, if nobody gets in by it;
/// * what is too much and does no harm: fields, members of `Vary`.
///
/// An error that shows in every answer, or in none, counts in the cases that ask about it: no `Vary`,
/// fields for an origin that is not allowed, 500 for one that is none, OPTIONS that does not reach
/// the handler.
///
/// A case that fails in what this project chose among answers that are right is not applicable:
/// what becomes of the handler's own CORS fields, how many empty elements are reasonable, how long
/// an origin may be, whether preflights carry `Vary`.
#[must_use]
pub async fn fair(case: &Case, app: &App, response: &Response) -> Verdict {
    let exchange = Exchange::new(case, app, response);
    let mut errors = match is_preflight(case) {
        true => exchange.preflight().await,
        false => exchange.actual().await,
    };
    if exchange.asks(question::MALFORMED) && response.status >= 500 {
        errors.push(format!("the answer is {}", response.status));
    }
    let mut choices = CHOICES.iter();
    match choices.find(|(start, _)| case.name.starts_with(start)) {
        _ if errors.is_empty() => Verdict::Passes,
        Some((_, reason)) => Verdict::NotApplicable(NotApplicable::because(*reason)),
        None => Verdict::Fails(errors),
    }
}

struct Exchange<'e> {
    case: &'e Case,
    app: &'e App,
    response: Response,
    /// Those that may have sent the request, one for each `Origin` line.
    pages: Vec<Page>,
    /// The answer is to be shared.
    shares: bool,
}

/// An origin as a text that the model browser takes, whatever its bytes.
struct Page {
    origin: String,
    is_allowed: bool,
    has_credentials: bool,
}

impl<'e> Exchange<'e> {
    fn new(case: &'e Case, app: &'e App, response: &Response) -> Self {
        let escaped = |text: &[u8]| text.escape_ascii().to_string();
        let mut response = response.clone();
        for line in &mut response.lines {
            if line.name == "access-control-allow-origin" {
                line.value = escaped(&line.value).into();
            }
        }
        let origins = case.request.values("origin");
        let mut wanted = case.want.lines.iter();
        Self {
            case,
            app,
            response,
            pages: origins
                .map(|origin| Page {
                    origin: escaped(origin),
                    is_allowed: naive::allows_origin(&case.policy, origin),
                    has_credentials: naive::allows_credentials(&case.policy, origin),
                })
                .collect(),
            // What a refused preflight tells beside is a choice.
            shares: (!is_preflight(case) || (200..300).contains(&case.want.status))
                && wanted.any(|line| line.name == "access-control-allow-origin"),
        }
    }

    fn asks(&self, about: &[&str]) -> bool {
        about.iter().any(|start| self.case.name.starts_with(start))
    }
}

fn is_preflight(case: &Case) -> bool {
    let request = &case.request;
    let has = |name| request.values(name).next().is_some();
    request.method == "OPTIONS" && has("origin") && has("access-control-request-method")
}

/// The members of a list, of all lines, in lower case.
fn members(lines: &[Line], name: &str) -> Vec<String> {
    let lines = lines.iter().filter(|line| line.name == name);
    let members = lines.flat_map(|line| line.value.split(|&byte| byte == b','));
    let members =
        members.map(|member| String::from_utf8_lossy(member.trim_ascii()).to_ascii_lowercase());
    members.filter(|member| !member.is_empty()).collect()
}

#[cfg(test)]
mod tests;
