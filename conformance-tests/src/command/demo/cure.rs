//! Why a page was blocked, and what would have to change in the policy.

use conformance_tests::model_browser::{CheckFailure, Credentials, Fetch, Outcome, Refusal};
use conformance_tests::reference::respond;
use conformance_tests::{App, Request};
use cors_core::{Denial, Policy, PolicyErrorKind, RequestField};
use serde::Serialize;

use super::edit::Change;
use crate::command::file::File;

/// What the policy in force makes of a page that was blocked.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Verdict {
    /// The policy allows the page's origin: what was blocked was meant to work. Otherwise the page
    /// is kept out. Nothing if no server saw the page.
    is_page_allowed: Option<bool>,
    /// The changes, as the text of a button, if some would help.
    cure: Option<String>,
    /// The policy with them.
    text: Option<String>,
    /// Why the changes that would help are no policy.
    obstacle: Option<String>,
}

/// A policy needs no more changes at once.
const MOST: usize = 8;

/// Of what a server saw of a check that was blocked, in order.
///
/// The changes are tried: they are a cure only if the model browser then lets the page read.
pub(super) fn verdict(text: &str, seen: &[Request], with_credentials: bool) -> Verdict {
    let origins = seen.iter().flat_map(|request| request.values("origin"));
    let mut origins = origins.map(|origin| String::from_utf8_lossy(origin).into_owned());
    let Some(page) = origins.next() else {
        return Verdict::default();
    };
    let is_page_allowed = policy(text).is_ok_and(|policy| policy.allows_origin(page.as_bytes()));
    let verdict = Verdict {
        is_page_allowed: Some(is_page_allowed),
        ..Verdict::default()
    };
    let page = origins.last().unwrap_or(page);
    let fetch = seen
        .last()
        .and_then(|last| fetch(last, &page, with_credentials));
    match fetch.map(|fetch| changes(text, &fetch)) {
        Some(Ok((changes, text))) => Verdict {
            cure: Some(words(&changes)),
            text: Some(text),
            ..verdict
        },
        Some(Err(obstacle)) => Verdict {
            obstacle,
            ..verdict
        },
        None => verdict,
    }
}

type Built = cors_core::OwnedPolicy<String, Vec<u32>>;

/// The policy of a text, or the first of its errors.
fn policy(text: &str) -> Result<Built, (Option<PolicyErrorKind>, String)> {
    let file = File::new(String::new(), text.to_owned());
    let settings = file.settings().map_err(|error| (None, error.to_string()))?;
    settings.build().map_err(|errors| {
        let first = errors.iter().next();
        let text = first.as_ref().map(ToString::to_string);
        (first.map(|error| error.kind()), text.unwrap_or_default())
    })
}

/// What the page's script asked with, as far as the server can see it.
fn fetch(last: &Request, page: &str, with_credentials: bool) -> Option<Fetch> {
    let value = |name: &'static str| last.values(name).next().map(String::from_utf8_lossy);
    let asked = value("access-control-request-method").filter(|_| last.method == "OPTIONS");
    let names = match &asked {
        Some(_) => value("access-control-request-headers").unwrap_or_default(),
        None => "".into(),
    };
    let names = names.split(',').filter(|name| !name.is_empty());
    // Of a safelisted header, a value that needs a preflight: one that is too long.
    let headers = names.map(|name| (name.trim().to_owned(), vec![b'1'; 129]));
    let fetch = Fetch {
        method: asked.as_deref().unwrap_or(&last.method).to_owned(),
        headers: headers.collect(),
        credentials: match with_credentials {
            true => Credentials::Include,
            false => Credentials::Omit,
        },
        upload_listener: asked.is_some(),
        ..Fetch::get(page)
    };
    fetch.validate().is_ok().then_some(fetch)
}

/// The changes under which the page can read, and the policy with them; or why there are none, if
/// that can be said.
fn changes(text: &str, fetch: &Fetch) -> Result<(Vec<Change>, String), Option<String>> {
    let (mut text, mut changes) = (text.to_owned(), Vec::new());
    while changes.len() < MOST {
        let change = match policy(&text) {
            Ok(policy) => match refusal(&policy.as_policy(), fetch) {
                None if changes.is_empty() => return Err(None),
                None => return Ok((changes, text)),
                Some(refusal) => next(&policy.as_policy(), fetch, &refusal),
            },
            Err((Some(PolicyErrorKind::InsecureOrigin), _)) => Some(Change::TurnOn(
                "dangerously_allow_insecure_origins".to_owned(),
            )),
            Err((_, obstacle)) => return Err(Some(obstacle)),
        };
        // One that is made already is of no use.
        let change = change
            .filter(|change| !changes.contains(change))
            .ok_or(None)?;
        text = change.make(&text).ok_or(None)?.text;
        changes.push(change);
    }
    Err(None)
}

/// Why a browser does not let the page read, if it does not.
fn refusal(policy: &Policy<'_>, fetch: &Fetch) -> Option<Refusal> {
    let app = App::new(200, Vec::new());
    let answer = async |request: Request| respond(policy, &app, &request);
    let outcome = futures_util::FutureExt::now_or_never(fetch.run(answer))?;
    match outcome {
        Outcome::Shared { .. } => None,
        Outcome::Refused(refusal) => Some(refusal),
    }
}

/// The change that the decision asks for; or, where that allows the request, the browser.
fn next(policy: &Policy<'_>, fetch: &Fetch, refusal: &Refusal) -> Option<Change> {
    let request = match fetch.is_preflighted() {
        true => fetch.preflight(),
        false => fetch.actual(),
    };
    let lines = |field: RequestField| request.values(field.name());
    let add = |list: &str, entry: &str| Some(Change::Add(list.to_owned(), entry.to_owned()));
    match policy.decide(request.method.as_bytes(), lines).denial() {
        Some(Denial::OriginNotAllowed) => add("origins", &fetch.page),
        Some(Denial::MethodNotAllowed) => add("methods", &fetch.normalized_method()),
        Some(denial @ Denial::HeaderNotAllowed(_)) => {
            let name = denial.header(lines(RequestField::RequestHeaders))?;
            add("request_headers", &String::from_utf8_lossy(name))
        }
        Some(_) => None,
        None => match refusal {
            Refusal::Preflight(failure) | Refusal::Actual(failure) => match failure {
                CheckFailure::WildcardWithCredentials => add("credentialed_origins", &fetch.page),
                CheckFailure::NoAllowCredentials => Some(Change::TurnOn("credentials".to_owned())),
                CheckFailure::NoAllowOrigin | CheckFailure::OtherOrigin(_) => None,
            },
            _ => None,
        },
    }
}

/// "add a, b to c and set d = true".
fn words(changes: &[Change]) -> String {
    let lists = changes.chunk_by(|one, other| one.list().is_some() && one.list() == other.list());
    let lists: Vec<_> = lists
        .map(|changes| match changes {
            [Change::Add(list, first), others @ ..] => {
                let others = others.iter().filter_map(Change::entry);
                let others: String = others.flat_map(|entry| [", ", entry]).collect();
                format!("add {first}{others} to {list}")
            }
            changes => changes.iter().map(ToString::to_string).collect(),
        })
        .collect();
    match lists.as_slice() {
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        all => all.concat(),
    }
}

#[cfg(test)]
mod tests {
    use conformance_tests::Line;

    use super::*;

    const LIST: &str = "origins = [\"https://app.example\"]\n";

    fn request(method: &str, lines: &[(&str, &str)]) -> Request {
        let lines = lines.iter().map(|(name, value)| Line::new(name, value));
        Request {
            method: method.to_owned(),
            path: "/".to_owned(),
            lines: lines.collect(),
        }
    }

    fn get(origin: &str) -> Request {
        request("GET", &[("origin", origin)])
    }

    fn preflight(origin: &str, method: &str, headers: &str) -> Request {
        let mut lines = vec![
            ("origin", origin),
            ("access-control-request-method", method),
        ];
        if !headers.is_empty() {
            lines.push(("access-control-request-headers", headers));
        }
        request("OPTIONS", &lines)
    }

    /// The words and the policy.
    fn cure(text: &str, seen: &[Request], with_credentials: bool) -> (String, String) {
        let verdict = verdict(text, seen, with_credentials);
        assert_eq!(verdict.obstacle, None);
        (
            verdict.cure.expect("a cure"),
            verdict.text.expect("a policy"),
        )
    }

    #[test]
    fn a_page_of_no_listed_origin_is_kept_out() {
        let verdict = verdict(LIST, &[get("https://evil.example")], false);
        assert_eq!(verdict.is_page_allowed, Some(false));
        let cured = "origins = [\"https://app.example\", \"https://evil.example\"]\n";
        assert_eq!(verdict.text.as_deref(), Some(cured));
        let words = "add https://evil.example to origins";
        assert_eq!(verdict.cure.as_deref(), Some(words));
    }

    #[test]
    fn all_that_a_preflight_lacks_is_added_at_once() {
        let seen = [preflight(
            "https://app.example",
            "PUT",
            "authorization,x-foo",
        )];
        let (words, text) = cure(LIST, &seen, true);
        assert_eq!(
            words,
            "add PUT to methods, add authorization, x-foo to request_headers \
             and set credentials = true"
        );
        assert_eq!(
            text,
            "origins = [\"https://app.example\"]\nmethods = [\"PUT\"]\n\
             request_headers = [\"authorization\", \"x-foo\"]\ncredentials = true\n"
        );
        assert_eq!(verdict(LIST, &seen, true).is_page_allowed, Some(true));
    }

    #[test]
    fn any_header_does_not_cover_authorization() {
        let policy = "origins = [\"*\"]\nrequest_headers = [\"*\"]\n";
        let seen = [preflight("https://a.example", "GET", "authorization")];
        let (words, _) = cure(policy, &seen, false);
        assert_eq!(words, "add authorization to request_headers");
    }

    /// The decision allows what is then blocked: the browser asked with credentials.
    #[test]
    fn cookies_need_credentials() {
        let seen = [get("https://app.example")];
        assert_eq!(cure(LIST, &seen, true).0, "set credentials = true");
        let public = "origins = [\"*\"]\n";
        assert_eq!(
            cure(public, &seen, true).0,
            "add https://app.example to credentialed_origins"
        );
        let seen = [get("http://app.example")];
        assert_eq!(
            cure(public, &seen, true).0,
            "add http://app.example to credentialed_origins and \
             set dangerously_allow_insecure_origins = true"
        );
        assert_eq!(verdict(LIST, &[], true), Verdict::default());
    }

    #[test]
    fn what_no_policy_can_allow_has_no_cure() {
        let policy = "origins = [\"https://app.example\"]\nmethods = [\"PATCH\"]\n";
        for (seen, obstacle) in [
            (
                preflight("https://app.example", "patch", ""),
                Some("CORS-E28"),
            ),
            (get("null"), Some("CORS-E03")),
            // Nothing is known to be wrong.
            (get("https://app.example"), None),
        ] {
            let verdict = verdict(policy, &[seen], false);
            assert_eq!((verdict.cure, verdict.text), (None, None));
            let found = verdict.obstacle;
            assert_eq!(found.is_some(), obstacle.is_some(), "{found:?}");
            let found = found.unwrap_or_default();
            assert!(found.starts_with(obstacle.unwrap_or_default()), "{found}");
        }
    }

    /// After a redirect to another origin the page's origin is `null`.
    #[test]
    fn a_page_that_is_allowed_stays_so_behind_a_redirect() {
        let seen = [get("https://app.example"), get("null")];
        let verdict = verdict(LIST, &seen, false);
        assert_eq!(verdict.is_page_allowed, Some(true));
        assert_eq!(verdict.cure, None);
    }
}
