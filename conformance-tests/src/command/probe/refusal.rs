//! Why a browser refuses: which header of which answer is to blame.

use conformance_tests::model_browser::{CheckFailure, Credentials, Fetch, Refusal, is_token};
use conformance_tests::{Line, Response};

use super::finding::{Finding, Meant, Part, Severity, sharing_lines};
use super::{list, shown};

const ORIGIN: &str = "access-control-allow-origin";
const CREDENTIALS: &str = "access-control-allow-credentials";
const METHODS: &str = "access-control-allow-methods";
const HEADERS: &str = "access-control-allow-headers";

/// The answer to a preflight as today's browsers take it: without credentials, `*` also covers
/// `authorization`, which the Fetch standard wants named.
pub(super) fn as_today(fetch: &Fetch, mut answer: Response) -> Response {
    let has_wildcard = list(&answer, HEADERS).iter().any(|one| one == "*");
    if has_wildcard && fetch.credentials == Credentials::Omit {
        answer.lines.push(Line::new(HEADERS, "authorization"));
    }
    answer
}

/// Everything that is wrong with the answer to the preflight.
pub(super) fn of_preflight(fetch: &Fetch, answer: &Response) -> Vec<Finding> {
    let mut refusals = fetch.preflight_refusals(answer);
    let is_list = |one: &Refusal| {
        matches!(
            one,
            Refusal::MethodNotAllowed(_) | Refusal::HeaderNotAllowed(_)
        )
    };
    match refusals.first() {
        Some(Refusal::Preflight(CheckFailure::NoAllowOrigin)) if is_refused(answer) => {
            // All else follows from it.
            refusals.truncate(1);
        }
        // CORS refuses what it does not allow, and tells this page what.
        Some(Refusal::PreflightStatus(403)) if refusals.iter().any(is_list) => {
            refusals.remove(0);
        }
        _ => {}
    }
    let status_is_wrong = refusals
        .iter()
        .any(|refusal| matches!(refusal, Refusal::PreflightStatus(_)));
    let mut names = Vec::new();
    let mut findings = Vec::new();
    for refusal in refusals {
        findings.push(match refusal {
            Refusal::Preflight(failure) => {
                let why = match status_is_wrong {
                    // It explains this, too.
                    true => "",
                    false => who_answers_without(answer),
                };
                check(fetch, &failure, Part::Preflight, answer, why)
            }
            Refusal::PreflightStatus(status) => Finding::new(
                Severity::Error,
                "preflight-status",
                format!(
                    "the status is {status}, and browsers accept only 200 to 299; {}",
                    cause(status)
                ),
            )
            .of_answer(Part::Preflight)
            .send(["204"]),
            Refusal::InvalidList(field) => Finding::new(
                Severity::Error,
                "invalid-list",
                format!(
                    "`{}` is not a valid name, so browsers reject the whole list",
                    shown(invalid_member(answer, field))
                ),
            )
            .of(Part::Preflight, field),
            Refusal::MethodNotAllowed(method) => method_not_allowed(fetch, &method, answer),
            Refusal::HeaderNotAllowed(name) => {
                names.push(name);
                continue;
            }
            // Nothing was sent, or this is no preflight.
            refusal => Finding::new(Severity::Error, "refused", refusal.to_string()),
        });
    }
    // These come last.
    if !names.is_empty() {
        findings.push(headers_not_allowed(fetch, &names, answer));
    }
    findings
}

/// What is wrong with the answer to the request.
pub(super) fn of_request(fetch: &Fetch, answer: &Response) -> Option<Finding> {
    if answer.status == 101 {
        let message = "a 101 switches to a protocol that no script asked for, and browsers treat \
            that as a network error";
        let finding = Finding::new(Severity::Error, "switching-protocols", message);
        return Some(finding.of_answer(Part::Request));
    }
    let failure = fetch.check(answer).err()?;
    let why = match answer.status {
        _ if is_refused(answer) => who_answers_without(answer),
        300..=399 => "; browsers look for it in a redirect, too, before they follow it",
        400..=599 => {
            "; error responses need it, too, or the page cannot see the error: put CORS in front \
             of whatever sends this response"
        }
        _ => who_answers_without(answer),
    };
    Some(check(fetch, &failure, Part::Request, answer, why))
}

/// Why there is no `Access-Control-Allow-Origin`, as far as the answer tells.
fn who_answers_without(answer: &Response) -> &'static str {
    match (knows_cors(answer), is_refused(answer)) {
        (true, _) => {
            "; the server uses CORS and does not allow this origin: if it should, add it to the \
             server's list"
        }
        (false, true) => {
            "; the server does not allow this origin, or something in front of it refuses the \
             request (a firewall, a CSRF check): if the page should be allowed, add its origin \
             to the server's list"
        }
        (false, false) => "; is CORS enabled for this path, and is this origin in its list?",
    }
}

fn knows_cors(answer: &Response) -> bool {
    let names_it = |line: &Line| line.name.starts_with("access-control-");
    answer.lines.iter().any(names_it)
        || list(answer, "vary")
            .iter()
            .any(|member| member.eq_ignore_ascii_case("origin"))
}

/// An answer without `Access-Control-Allow-Origin` is the server's word on the origin.
fn is_refused(answer: &Response) -> bool {
    answer.values(ORIGIN).next().is_none() && (knows_cors(answer) || answer.status == 403)
}

fn check(
    fetch: &Fetch,
    failure: &CheckFailure,
    part: Part,
    answer: &Response,
    why_none: &str,
) -> Finding {
    let (header, code, message, meant) = match failure {
        CheckFailure::NoAllowOrigin => (
            ORIGIN,
            "no-allow-origin",
            format!("the header is missing{why_none}"),
            match is_refused(answer) {
                true => Meant::Refused,
                false => Meant::Unknown,
            },
        ),
        CheckFailure::WildcardWithCredentials => (
            ORIGIN,
            "wildcard-with-credentials",
            "`*` does not work for requests with credentials".to_owned(),
            Meant::Unknown,
        ),
        CheckFailure::OtherOrigin(_) => {
            let values: Vec<_> = answer.values(ORIGIN).collect();
            let (code, why, meant) = difference(&values, &fetch.page);
            let values: Vec<_> = values.into_iter().map(shown).collect();
            let values = values.join("` and `");
            (
                ORIGIN,
                code,
                match code {
                    "several-lines" => format!("`{values}`: {why}"),
                    _ => format!("`{values}` is not `{}`: {why}", fetch.page),
                },
                meant,
            )
        }
        CheckFailure::NoAllowCredentials => {
            let values: Vec<_> = answer.values(CREDENTIALS).collect();
            let message = match values.as_slice() {
                [] => {
                    "the header is missing, so browsers block requests with credentials".to_owned()
                }
                [value] => format!(
                    "`{}` is not `true`: browsers compare it byte for byte",
                    shown(value)
                ),
                [..] => two_lines(values.len()),
            };
            let meant = match values.is_empty() {
                // It may send every origin back.
                true => Meant::Unknown,
                false => Meant::Page,
            };
            (CREDENTIALS, "no-allow-credentials", message, meant)
        }
    };
    let message = match (fetch.page.as_str(), fetch.credentials) {
        ("null", Credentials::Include) => {
            format!(
                "{message}; but do not fix this: any page can send the origin `null`, so it \
                 would let every page in"
            )
        }
        _ => message,
    };
    Finding::new(Severity::Error, code, message)
        .of(part, header)
        .send(sharing_lines(fetch, meant))
}

fn two_lines(count: usize) -> String {
    format!(
        "the response has {count} of these headers, and browsers join their values: two parts of \
         the server set it, and only one should"
    )
}

/// How these values differ from the page's origin, and whether they mean it.
fn difference(values: &[&[u8]], page: &str) -> (&'static str, String, Meant) {
    let meant = |is_page| match is_page {
        true => Meant::Page,
        false => Meant::Unknown,
    };
    let [value] = values else {
        let meant = meant(values.contains(&page.as_bytes()));
        return ("several-lines", two_lines(values.len()), meant);
    };
    let other = |why: &str| ("other-origin", why.to_owned(), Meant::Unknown);
    let nearly = |why: &str| ("other-origin", why.to_owned(), Meant::Page);
    let value = String::from_utf8_lossy(value);
    let host = |origin: &str| origin.split_once("://").map(|(_, host)| host.to_owned());
    let default_port = match page.starts_with("https:") {
        true => ":443",
        false => ":80",
    };
    match &*value {
        "" => other("it is empty; leave the header out for pages that are not allowed"),
        "null" => other(
            "`null` does not mean nobody; leave the header out for pages that are not allowed",
        ),
        list if list.contains([',', ' ']) => (
            "other-origin",
            "browsers accept one origin, not a list; send back the request's Origin if it is in \
             the list"
                .to_owned(),
            meant(list.split([',', ' ']).any(|one| one == page)),
        ),
        pattern if pattern.contains('*') => other(
            "browsers do not support patterns; send back the request's Origin if it matches the \
             pattern",
        ),
        same if same.eq_ignore_ascii_case(page) => {
            nearly("browsers compare origins byte for byte, and send lower case")
        }
        quoted if quoted.trim_matches(['"', '\'', '<', '>']) == page => {
            nearly("write it without quotes")
        }
        longer
            if longer
                .strip_prefix(page)
                .is_some_and(|rest| rest.starts_with('/')) =>
        {
            nearly("an origin has no path, not even a trailing slash")
        }
        port if port.strip_suffix(default_port) == Some(page) => {
            nearly("browsers leave out the default port")
        }
        bare if host(page).is_some_and(|host| host == bare) => nearly("the scheme is missing"),
        scheme if host(page).is_some() && host(scheme) == host(page) => {
            other("the scheme is different")
        }
        _ => other(
            "the response is for another origin; if this one should be allowed, add it to the \
             server's list",
        ),
    }
}

/// Who answers a preflight with such a status.
fn cause(status: u16) -> &'static str {
    match status {
        300..=399 => {
            "something in front of CORS redirects the preflight (http to https, a trailing \
             slash, a login), and browsers do not follow: let CORS answer first"
        }
        401 | 407 => {
            "something in front of CORS asks for authentication, and browsers send preflights \
             without credentials: let CORS answer first, or let OPTIONS through"
        }
        403 => {
            "the server does not allow this page, or something in front of it refuses the \
             preflight (a firewall, a CSRF check)"
        }
        404 | 405 | 501 => {
            "no route handles OPTIONS, and the preflight reaches a router before it reaches \
             CORS: let CORS answer first"
        }
        429 => "something in front of CORS limits the rate of requests",
        500..=599 => "something in front of CORS fails",
        _ => "something in front of CORS answers the preflight",
    }
}

/// The first member that makes a list invalid.
pub(super) fn invalid_member<'a>(answer: &'a Response, field: &'a str) -> &'a [u8] {
    let invalid = answer
        .values(field)
        .flat_map(|value| value.split(|&byte| byte == b','))
        .map(<[u8]>::trim_ascii)
        .find(|member| !member.is_empty() && !is_token(member));
    invalid.unwrap_or_default()
}

fn method_not_allowed(fetch: &Fetch, method: &str, answer: &Response) -> Finding {
    let members = list(answer, METHODS);
    let why = if members.iter().any(|member| member == "*") {
        wildcard_with_credentials()
    } else if let Some(other) = members.iter().find(|one| one.eq_ignore_ascii_case(method)) {
        format!("`{other}` is not `{method}`: methods are case-sensitive")
    } else if !members.is_empty() {
        format!("the list does not contain `{method}`")
    } else if answer.values("allow").next().is_some() {
        format!(
            "the header is missing, and `Allow` does not replace it; it must contain `{method}`"
        )
    } else {
        format!("the header is missing; it must contain `{method}`")
    };
    Finding::new(Severity::Error, "method-not-allowed", why)
        .of(Part::Preflight, METHODS)
        .send([with(fetch, METHODS, members, &[method.to_owned()])])
}

fn headers_not_allowed(fetch: &Fetch, names: &[String], answer: &Response) -> Finding {
    let members = list(answer, HEADERS);
    let has_wildcard = members.iter().any(|member| member == "*");
    let missing = names.join("`, `");
    let mut severity = Severity::Error;
    let why = match (has_wildcard, fetch.credentials) {
        (true, Credentials::Include) => wildcard_with_credentials(),
        // `authorization`.
        (true, Credentials::Omit) => {
            severity = Severity::Warning;
            format!(
                "the Fetch standard says that `*` does not cover `{missing}`; browsers still \
                 accept it, but that may end: list it by name"
            )
        }
        _ if members.is_empty() => format!("the header is missing; it must contain `{missing}`"),
        _ => format!("the list does not contain `{missing}`"),
    };
    Finding::new(severity, "header-not-allowed", why)
        .of(Part::Preflight, HEADERS)
        .send([with(fetch, HEADERS, members, names)])
}

fn wildcard_with_credentials() -> String {
    "for requests with credentials, `*` is a name like any other: list the names".to_owned()
}

/// The list, with what is missing in it.
fn with(fetch: &Fetch, field: &str, mut members: Vec<String>, wanted: &[String]) -> String {
    if fetch.credentials == Credentials::Include {
        members.retain(|member| member != "*");
    }
    for one in wanted {
        // Names have no case; of a method in another case, this is the one that is asked for.
        members.retain(|member| !member.eq_ignore_ascii_case(one));
        members.push(one.clone());
    }
    format!("{field}: {}", members.join(", "))
}
