//! What is wrong though this page is served, and where browsers differ.

use conformance_tests::Response;
use conformance_tests::model_browser::{Credentials, Fetch, is_safelisted_method, is_token};
use url::Url;

use super::finding::{Finding, Part, Severity};
use super::target::is_trustworthy;
use super::{list, shown};

const EXPOSED: &str = "access-control-expose-headers";
const MAX_AGE: &str = "access-control-max-age";

/// A page over https may not ask a server over http: its content would be mixed.
pub(super) fn browsers_send(fetch: &Fetch, url: &Url) -> bool {
    !fetch.page.starts_with("https://") || is_trustworthy(url)
}

/// About what is asked, before anything is answered.
pub(super) fn of_fetch(fetch: &Fetch, url: &Url) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !browsers_send(fetch, url) {
        findings.push(Finding::new(
            Severity::Error,
            "mixed-content",
            "browsers block requests from an https page to an http server, and send nothing; \
             serve over https",
        ));
    }
    let sent = fetch.actual();
    for (name, value) in &fetch.headers {
        let name = name.to_ascii_lowercase();
        // What is sent instead is the browser's own.
        let is_sent = sent.values(&name).any(|one| one == value.trim_ascii());
        if is_sent {
            continue;
        }
        let tip = match name.as_str() {
            "cookie" => "; use --cookie for the browser's cookies",
            "origin" => "; use --origin for the page's",
            _ => "",
        };
        findings.push(Finding::new(
            Severity::Warning,
            "forbidden-header",
            format!("scripts cannot set `{name}`, so it is left out{tip}"),
        ));
    }
    if fetch
        .headers
        .iter()
        .any(|(name, _)| name.eq_ignore_ascii_case("user-agent"))
    {
        findings.push(Finding::new(
            Severity::Note,
            "user-agent",
            "Chromium drops a `user-agent` set by a script; other browsers send it, after a \
             preflight",
        ));
    }
    let method = fetch.normalized_method();
    if method.bytes().any(|byte| byte.is_ascii_lowercase()) {
        findings.push(Finding::new(
            Severity::Warning,
            "method-case",
            format!(
                "browsers send `{method}` as it is written, but servers expect `{}`: browsers \
                 change only DELETE, GET, HEAD, OPTIONS, POST and PUT to upper case",
                method.to_ascii_uppercase()
            ),
        ));
    }
    findings
}

/// About the answer to a preflight, which lets the request pass.
pub(super) fn of_preflight(fetch: &Fetch, answer: &Response) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(max_age(answer));
    let method = fetch.normalized_method();
    let method = (!is_safelisted_method(&method)).then_some(method);
    for (header, asked) in [
        ("access-control-allow-methods", method.into_iter().collect()),
        ("access-control-allow-headers", fetch.unsafe_names()),
    ] {
        let members = list(answer, header);
        let is_listed = |one: &String| {
            members
                .iter()
                .any(|member| member.eq_ignore_ascii_case(one))
        };
        // What is not listed passes by `*`.
        if !asked.iter().all(is_listed) {
            findings.push(
                Finding::new(
                    Severity::Note,
                    "wildcard-not-cached",
                    "Firefox does not cache what `*` allows, and sends a preflight before every \
                     request; list the names",
                )
                .of(Part::Preflight, header),
            );
        }
    }
    findings
}

fn max_age(answer: &Response) -> Option<Finding> {
    let values: Vec<_> = answer.values(MAX_AGE).collect();
    let text = values.first().and_then(|value| str::from_utf8(value).ok());
    let seconds = text.filter(|text| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()));
    let note = |code, message: String| Finding::new(Severity::Note, code, message);
    let finding = match (values.as_slice(), seconds.map(str::parse::<i64>)) {
        ([], _) => note(
            "max-age-missing",
            "the header is missing, so browsers cache this response for 5 seconds".to_owned(),
        ),
        ([_], Some(Ok(0..=7200))) => return None,
        ([_], Some(Ok(_))) => {
            let message = "Safari caches a preflight response for at most 600 seconds, Chromium \
                for 7200, Firefox for 86400";
            return Some(note("max-age-capped", message.to_owned()).of(Part::Preflight, MAX_AGE));
        }
        ([_], Some(Err(_))) => note(
            "max-age-invalid",
            "the number is too large: Chromium caches this response for 5 seconds".to_owned(),
        ),
        ([b"-1"], _) => note(
            "max-age-invalid",
            "`-1` is not a number of seconds: the standard says 5, but browsers do not cache \
             this response; write `0` if you mean that"
                .to_owned(),
        ),
        ([value, rest @ ..], _) => {
            let what = match rest {
                [] => format!("`{}` is not a number of seconds", shown(value)),
                [..] => format!("the response has {} of these headers", values.len()),
            };
            let message =
                format!("{what}: Chromium caches this response for 5 seconds, Firefox not at all");
            Finding::new(Severity::Warning, "max-age-invalid", message)
        }
    };
    let finding = finding.of(Part::Preflight, MAX_AGE);
    Some(finding.send(["access-control-max-age: 7200"]))
}

/// About the answer to the request; and about what the preflight's answer has and this one lacks.
pub(super) fn of_request(
    fetch: &Fetch,
    preflight: Option<&Response>,
    answer: &Response,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(exposed(fetch, preflight, answer));
    findings.extend(credentials(fetch, answer));
    if fetch.page == "null" && answer.values(ORIGIN).any(|value| value == b"null") {
        let whom = match fetch.credentials {
            Credentials::Include => "and could read what the user may read; do not allow it",
            Credentials::Omit => "so this is the same as `*`; write `*` if you mean that",
        };
        findings.push(
            Finding::new(
                Severity::Warning,
                "null-allowed",
                format!("any page can send `null` (from a sandboxed frame), {whom}"),
            )
            .of(Part::Request, ORIGIN),
        );
    }
    let asks = answer.status == 401 && answer.values("www-authenticate").next().is_some();
    if asks && fetch.credentials == Credentials::Include {
        findings.push(
            Finding::new(
                Severity::Note,
                "log-in-prompt",
                "for a 401 with this header, Firefox may ask the user for a password, although \
                 the standard forbids it",
            )
            .of(Part::Request, "www-authenticate"),
        );
    }
    findings
}

const ORIGIN: &str = "access-control-allow-origin";
const CREDENTIALS: &str = "access-control-allow-credentials";

/// `Access-Control-Allow-Credentials` does not do what it looks like, though nobody asked for it.
fn credentials(fetch: &Fetch, answer: &Response) -> Option<Finding> {
    let values: Vec<_> = answer.values(CREDENTIALS).collect();
    if values.is_empty() || fetch.credentials == Credentials::Include {
        return None;
    }
    let (code, header, message) = if values != [b"true"] {
        let message = format!(
            "`{}` does not allow credentials: send `true` once, or leave the header out",
            values
                .into_iter()
                .map(shown)
                .collect::<Vec<_>>()
                .join("` and `")
        );
        ("credentials-not-true", CREDENTIALS, message)
    } else if answer.values(ORIGIN).any(|value| value == b"*") {
        let message = "`*` and `access-control-allow-credentials: true` do not work together: \
            browsers block requests with credentials; list the origins, or leave out `true`";
        ("wildcard-and-credentials", ORIGIN, message.to_owned())
    } else {
        return None;
    };
    Some(Finding::new(Severity::Warning, code, message).of(Part::Request, header))
}

/// Headers that should be readable, and are not.
fn exposed(fetch: &Fetch, preflight: Option<&Response>, answer: &Response) -> Option<Finding> {
    let warning = |code, message: &str| Finding::new(Severity::Warning, code, message);
    let has_list = |answer: &Response| answer.values(EXPOSED).next().is_some();
    if !has_list(answer) {
        return preflight.is_some_and(has_list).then(|| {
            let message = "the header has no effect in a preflight response; send it with the \
                response to the request itself";
            warning("expose-at-preflight", message).of(Part::Preflight, EXPOSED)
        });
    }
    let members = list(answer, EXPOSED);
    let mut invalid = members.iter().filter(|member| !is_token(member.as_bytes()));
    let finding = if let Some(invalid) = invalid.next() {
        let message =
            format!("`{invalid}` is not a valid name, so browsers expose no header at all");
        warning("invalid-expose-list", &message)
    } else if fetch.credentials == Credentials::Include && members.iter().any(|one| one == "*") {
        let message = "for requests with credentials, `*` is a name like any other: list the names";
        warning("wildcard-exposes-nothing", message)
    } else {
        return None;
    };
    Some(finding.of(Part::Request, EXPOSED))
}
