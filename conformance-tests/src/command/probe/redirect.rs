//! What a redirect means for the page: <https://fetch.spec.whatwg.org/#concept-http-redirect-fetch>.

use conformance_tests::Response;
use conformance_tests::model_browser::{Credentials, Fetch};
use url::Url;

use super::finding::{Finding, Part, Severity};
use super::shown;
use super::target::is_refused_port;

/// A longer URL is not asked for in a command: reports are to end.
const LONGEST: usize = 2000;

/// Where a browser goes from this answer, which passes the CORS check; nothing if it stays.
pub(super) fn finding(fetch: &Fetch, url: &Url, answer: &Response) -> Option<Finding> {
    if !matches!(answer.status, 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let location = answer.values("location").next()?;
    let status = answer.status;
    let error = |message: String| {
        Finding::new(Severity::Error, "redirect", message).of(Part::Request, "location")
    };
    let shown_location = shown(location);
    let next = str::from_utf8(location)
        .ok()
        .and_then(|text| url.join(text).ok());
    let Some(mut next) = next.filter(|next| matches!(next.scheme(), "http" | "https")) else {
        return Some(error(format!("browsers cannot follow `{shown_location}`")));
    };
    if !next.username().is_empty() || next.password().is_some() {
        return Some(error(format!(
            "`{shown_location}` contains a user name, and browsers refuse to follow that to an \
             origin other than the page's"
        )));
    }
    if is_refused_port(&next) {
        return Some(error(format!(
            "browsers do not connect to port {}, so they do not follow `{shown_location}`",
            next.port().unwrap_or_default()
        )));
    }
    next.set_fragment(None);
    let is_elsewhere = next.origin() != url.origin();
    let because = match is_elsewhere {
        true => " with the origin `null` (the redirect leaves the server's origin)",
        false => "",
    };
    let preflight = match is_elsewhere && fetch.is_preflighted() {
        true => "; Firefox sends the page's own origin with the preflight",
        false => "",
    };
    let ask = match next.as_str().len() {
        ..=LONGEST => ask(fetch, status, &next, is_elsewhere),
        _ => format!(", and `{shown_location}` is too long to print a command for it"),
    };
    Some(error(format!(
        "the {status} redirects the browser{because}, and the script reads the response from there \
         instead{preflight}; probe does not follow redirects{ask}"
    )))
}

/// How the next URL is asked what a browser asks there. Secrets are not printed.
fn ask(fetch: &Fetch, status: u16, next: &Url, is_elsewhere: bool) -> String {
    let page = match is_elsewhere {
        // https://fetch.spec.whatwg.org/#concept-request-tainted-origin
        true => "null",
        false => &fetch.page,
    };
    let old_method = fetch.normalized_method();
    let method = method_after(status, &old_method);
    let mut command = format!(
        "cors probe {} {} {}",
        quoted(next.as_str()),
        option("--origin", page),
        option("--method", method)
    );
    let mut again = Vec::new();
    let anonymous = Fetch {
        credentials: Credentials::Omit,
        ..fetch.clone()
    };
    let sent = anonymous.actual();
    for (name, value) in &fetch.headers {
        let lower = name.to_ascii_lowercase();
        let is_sent = sent.values(&lower).any(|one| one == value.trim_ascii());
        let is_kept = match lower.as_str() {
            // Step 12.2: they are about a body, and there is none any more.
            "content-encoding" | "content-language" | "content-location" | "content-type" => {
                method == old_method
            }
            // Step 13
            "authorization" => !is_elsewhere,
            _ => true,
        };
        if !is_sent || !is_kept {
            continue;
        }
        if lower == "authorization" {
            again.push("--header authorization");
            continue;
        }
        let header = format!("{name}: {}", String::from_utf8_lossy(value));
        command = format!("{command} {}", option("--header", &header));
    }
    if fetch.credentials == Credentials::Include {
        command += " --credentials";
        again.push("--cookie");
    }
    match again.as_slice() {
        [] => format!(": run {command}"),
        again => format!(
            ": run this command, and add {} again, which is not shown here: {command}",
            again.join(" and ")
        ),
    }
}

/// Step 12.
fn method_after(status: u16, method: &str) -> &str {
    match (status, method) {
        (303, "HEAD") => method,
        (301 | 302, "POST") | (303, _) => "GET",
        _ => method,
    }
}

/// The option and its value, as words of a POSIX shell.
fn option(name: &str, value: &str) -> String {
    match value.starts_with('-') {
        // It is no other option.
        true => format!("{name}={}", quoted(value)),
        false => format!("{name} {}", quoted(value)),
    }
}

/// One word of a [POSIX shell](https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_02_02),
/// whatever is in it.
fn quoted(word: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-./:_".contains(&byte);
    match !word.is_empty() && word.bytes().all(is_plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}
