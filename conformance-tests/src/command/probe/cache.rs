//! What caches make of the answers: one that was stored for a request is given to another unless
//! `Vary` tells them apart.

use conformance_tests::model_browser::Fetch;
use conformance_tests::{Line, Request, Response};

use super::finding::{Finding, Part, Severity};
use super::{is_safe, list};

/// What decides whether an answer is for a page, and which of its headers.
const FIELDS: [&str; 3] = [
    "access-control-allow-origin",
    "access-control-allow-credentials",
    "access-control-expose-headers",
];

/// The same request as an `<img>` or a navigation sends it: without `Origin`.
pub(super) fn without_origin(fetch: &Fetch) -> Request {
    let mut request = fetch.actual();
    request.lines.retain(|line| line.name != "origin");
    for line in &mut request.lines {
        if line.name == "sec-fetch-mode" {
            *line = Line::new("sec-fetch-mode", "no-cors");
        }
    }
    request
}

/// Caches may keep the answer, and asking again changes nothing.
pub(super) fn is_stored(fetch: &Fetch, answer: &Response) -> bool {
    is_safe(fetch)
        && !list(answer, "cache-control")
            .iter()
            .any(|one| one.eq_ignore_ascii_case("no-store"))
}

/// One of the two is given for the other, and should not be.
pub(super) fn findings(with: &Response, without: &Response) -> Vec<Finding> {
    let is_same = |name: &str| with.values(name).eq(without.values(name));
    let Some(field) = FIELDS.into_iter().find(|field| !is_same(field)) else {
        return Vec::new();
    };
    let is_any = with.values(FIELDS[0]).eq([b"*"]);
    let parts = [(Part::Request, with), (Part::WithoutOrigin, without)];
    let unvaried = parts.into_iter().filter(|(_, answer)| !varies(answer));
    let findings = unvaried.map(|(part, _)| {
        let message = format!(
            "{field} depends on the request's Origin, but Vary does not say so: a cache may \
             serve {} to pages that it is not for",
            match part {
                Part::WithoutOrigin => {
                    "the response without Origin (for an <img>, a link, a crawler)"
                }
                _ => "the response for this page",
            }
        );
        let finding = Finding::new(Severity::Warning, "vary-origin", message).of(part, "vary");
        match is_any {
            // Nothing needs to depend on it.
            true => finding.send(["access-control-allow-origin: *"]),
            false => finding.send(["vary: Origin"]),
        }
    });
    findings.collect()
}

/// Caches tell answers to other origins from this one.
fn varies(answer: &Response) -> bool {
    list(answer, "vary")
        .iter()
        .any(|member| member == "*" || member.eq_ignore_ascii_case("origin"))
}
