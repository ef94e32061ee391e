//! What a redirect means for the page: <https://fetch.spec.whatwg.org/#concept-http-redirect-fetch>.

use conformance_tests::Response;
use conformance_tests::browser::Fetch;
use url::Url;

use super::finding::{Finding, Part, Severity};
use super::shown;

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
    let Some(next) = next.filter(|next| matches!(next.scheme(), "http" | "https")) else {
        return Some(error(format!("browsers cannot follow `{shown_location}`")));
    };
    if !next.username().is_empty() || next.password().is_some() {
        return Some(error(format!(
            "`{shown_location}` has a user name in it, and browsers refuse to follow that to \
             another origin than the page's"
        )));
    }
    let is_elsewhere = next.origin() != url.origin();
    let page = match is_elsewhere {
        // https://fetch.spec.whatwg.org/#concept-request-tainted-origin
        true => "null",
        false => &fetch.page,
    };
    let method = fetch.normalized_method();
    let method = method_after(status, &method);
    let because = match is_elsewhere {
        true => ", as a page of `null`, because the redirect leaves the server's origin",
        false => "",
    };
    let preflight = match is_elsewhere && fetch.is_preflighted() {
        true => "; Firefox sends the page's own origin with the preflight there",
        false => "",
    };
    let next = shown(next.as_str().as_bytes());
    Some(error(format!(
        "{status} sends the browser on{because}, and the script gets that answer instead of this \
         one{preflight}; the probe does not follow, ask there: \
         conformance-tests probe '{next}' --origin {page} --method {method}"
    )))
}

/// Step 12.
fn method_after(status: u16, method: &str) -> &str {
    match (status, method) {
        (303, "HEAD") => method,
        (301 | 302, "POST") | (303, _) => "GET",
        _ => method,
    }
}
