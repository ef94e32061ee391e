//! What the browser's console says of a blocked response, in the browser's own words: those of
//! Chromium 156 and Firefox 153.

use conformance_tests::Response;
use conformance_tests::model_browser::{CheckFailure, Fetch, Refusal};
use serde::Serialize;
use url::Url;

use super::refusal::invalid_member;

const ORIGIN: &str = "access-control-allow-origin";
const CREDENTIALS: &str = "access-control-allow-credentials";

/// Why the console says that a request was blocked: the words behind "blocked by CORS policy:", and
/// those in "(Reason: …)".
#[derive(Debug, Serialize)]
pub(super) struct Console {
    pub(super) chromium: String,
    pub(super) firefox: String,
}

impl Console {
    /// Of the answer that is refused; nothing if consoles say nothing of CORS.
    pub(super) fn new(fetch: &Fetch, refusal: &Refusal, answer: &Response) -> Option<Self> {
        let (chromium, firefox) = match refusal {
            Refusal::Preflight(failure) if is_redirect(answer) => {
                let (_, firefox) = check(failure, answer);
                (of_preflight(REDIRECT), firefox)
            }
            Refusal::Preflight(failure) => {
                let (chromium, firefox) = check(failure, answer);
                (of_preflight(&chromium), firefox)
            }
            Refusal::PreflightStatus(_) if is_redirect(answer) => (
                of_preflight(REDIRECT),
                "CORS request external redirect not allowed".to_owned(),
            ),
            Refusal::PreflightStatus(_) => (
                of_preflight("It does not have HTTP ok status."),
                "CORS preflight response did not succeed".to_owned(),
            ),
            Refusal::InvalidList(field) => {
                let name = match *field {
                    "access-control-allow-methods" => "Access-Control-Allow-Methods",
                    _ => "Access-Control-Allow-Headers",
                };
                let invalid = quoted(invalid_member(answer, field));
                (
                    format!("Cannot parse {name} response header field in preflight response."),
                    format!("invalid token ‘{invalid}’ in CORS header ‘{name}’"),
                )
            }
            Refusal::MethodNotAllowed(_) => (
                format!(
                    "Method {} is not allowed by Access-Control-Allow-Methods in preflight response.",
                    fetch.normalized_method()
                ),
                "Did not find method in CORS header ‘Access-Control-Allow-Methods’".to_owned(),
            ),
            Refusal::HeaderNotAllowed(name) => (
                format!(
                    "Request header field {name} is not allowed by Access-Control-Allow-Headers in \
                     preflight response."
                ),
                format!(
                    "header ‘{name}’ is not allowed according to header \
                     ‘Access-Control-Allow-Headers’ from CORS preflight response"
                ),
            ),
            Refusal::Actual(failure) => check(failure, answer),
            Refusal::ForbiddenMethod(_) | Refusal::InvalidHeader(_) => return None,
        };
        Some(Self { chromium, firefox })
    }
}

const REDIRECT: &str = "Redirect is not allowed for a preflight request.";

fn of_preflight(why: &str) -> String {
    format!("Response to preflight request doesn't pass access control check: {why}")
}

/// Engines follow it, or refuse to.
fn is_redirect(answer: &Response) -> bool {
    matches!(answer.status, 301 | 302 | 303 | 307 | 308)
        && answer.values("location").next().is_some()
}

fn check(failure: &CheckFailure, answer: &Response) -> (String, String) {
    let values = |name| {
        let values = answer.values(name).map(quoted);
        values.collect::<Vec<_>>().join(", ")
    };
    match failure {
        CheckFailure::NoAllowOrigin => (
            "No 'Access-Control-Allow-Origin' header is present on the requested resource."
                .to_owned(),
            "CORS header ‘Access-Control-Allow-Origin’ missing".to_owned(),
        ),
        CheckFailure::WildcardWithCredentials => (
            "The value of the 'Access-Control-Allow-Origin' header in the response must not be the \
             wildcard '*' when the request's credentials mode is 'include'."
                .to_owned(),
            "Credential is not supported if the CORS header ‘Access-Control-Allow-Origin’ is ‘*’"
                .to_owned(),
        ),
        CheckFailure::OtherOrigin(_) => {
            let value = values(ORIGIN);
            let what = match () {
                () if value.contains([' ', ',']) => {
                    format!("contains multiple values '{value}', but only one is allowed")
                }
                () if value != "null" && Url::parse(&value).is_err() => {
                    format!("contains the invalid value '{value}'")
                }
                () => format!("has a value '{value}' that is not equal to the supplied origin"),
            };
            (
                format!(
                    "The 'Access-Control-Allow-Origin' header {what}. Have the server send the \
                     header with a valid value."
                ),
                format!("CORS header ‘Access-Control-Allow-Origin’ does not match ‘{value}’"),
            )
        }
        CheckFailure::NoAllowCredentials => (
            format!(
                "The value of the 'Access-Control-Allow-Credentials' header in the response is \
                 '{}' which must be 'true' when the request's credentials mode is 'include'.",
                values(CREDENTIALS)
            ),
            "expected ‘true’ in CORS header ‘Access-Control-Allow-Credentials’".to_owned(),
        ),
    }
}

/// As the console shows it, which leaves quotes alone; the rest is escaped, and cut.
fn quoted(value: &[u8]) -> String {
    const MOST: usize = 200;
    let start = value.iter().take(MOST);
    let mut text: String = start
        .flat_map(|&byte| match byte {
            b'\'' | b'"' => vec![char::from(byte)],
            other => other.escape_ascii().map(char::from).collect(),
        })
        .collect();
    if value.len() > MOST {
        text.push('…');
    }
    text
}
