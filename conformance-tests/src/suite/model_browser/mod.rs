//! A model browser: the client's side of the
//! [CORS protocol](https://fetch.spec.whatwg.org/#http-cors-protocol), written down from the Fetch
//! standard, each branch with the number of its step.
//!
//! It is an oracle for servers, so it shares neither code nor constants with the crates that it
//! judges, and it follows the standard where browsers do not: `*` does not cover `authorization`.
//!
//! Nothing is remembered: no preflight cache, no HTTP cache. Redirects are not followed; one that
//! passes the CORS check is shared like any other answer. Of the headers that a browser adds by
//! itself there are only those that CORS, or a server that knows CORS, looks at.

mod check;
mod headers;
mod refusal;
mod safelists;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::convert::Infallible;

use crate::suite::exchange::{Line, Request, Response};

pub use headers::is_token;
pub use refusal::{CheckFailure, Refusal};
pub use safelists::is_safelisted_method;

use self::headers::{normalize, token};
use self::safelists::{is_forbidden_header, is_forbidden_method, is_safelisted};

/// What a page asks of another origin with `fetch()`, or with `XMLHttpRequest`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetch {
    /// The page's serialized origin, `https://a.test` or `null`; never the server's own.
    pub page: String,
    /// The method, as the script writes it.
    pub method: String,
    /// The headers that the script sets, in order, as it writes them.
    pub headers: Vec<(String, Vec<u8>)>,
    /// Whether cookies are sent.
    pub credentials: Credentials,
    /// The path.
    pub path: String,
    /// Something listens to the progress of the upload, which sets the
    /// [use-CORS-preflight flag](https://fetch.spec.whatwg.org/#use-cors-preflight-flag).
    pub upload_listener: bool,
}

/// The [credentials mode](https://fetch.spec.whatwg.org/#concept-request-credentials-mode); for
/// another origin, `same-origin` is the same as `omit`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credentials {
    /// `omit`: no cookies.
    Omit,
    /// `include`: cookies.
    Include,
}

/// What the page gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The response, [filtered](https://fetch.spec.whatwg.org/#concept-filtered-response-cors).
    Shared {
        /// The status code.
        status: u16,
        /// The names, in lower case, of the headers that a script can read: sorted, each once.
        exposed: Vec<String>,
        /// The body, whole.
        body: Vec<u8>,
    },
    /// A `TypeError`.
    Refused(Refusal),
}

impl Fetch {
    /// A GET of `/` without credentials.
    #[must_use]
    pub fn get(page: &str) -> Self {
        Self {
            page: page.to_owned(),
            method: "GET".to_owned(),
            headers: Vec::new(),
            credentials: Credentials::Omit,
            path: "/".to_owned(),
            upload_listener: false,
        }
    }

    /// Fetches: sends a preflight if one is needed, then the request, unless something is wrong
    /// on the way.
    pub async fn run<F: AsyncFnMut(Request) -> Response>(&self, mut send: F) -> Outcome {
        let send = async |request| Ok::<_, Infallible>(send(request).await);
        let Ok(outcome) = self.try_run(send).await;
        outcome
    }

    /// The same over a network that can fail: <https://fetch.spec.whatwg.org/#concept-http-fetch>.
    ///
    /// # Errors
    ///
    /// The first of `send`; nothing is sent after it.
    pub async fn try_run<E, F>(&self, mut send: F) -> Result<Outcome, E>
    where
        F: AsyncFnMut(Request) -> Result<Response, E>,
    {
        if let Err(refusal) = self.validate() {
            return Ok(Outcome::Refused(refusal));
        }
        // Step 4.1
        if self.is_preflighted() {
            let answer = send(self.preflight()).await?;
            if let Err(refusal) = self.check_preflight(&answer) {
                return Ok(Outcome::Refused(refusal));
            }
        }
        // Step 4.3
        let response = send(self.actual()).await?;
        // Step 4.4: a preflight that succeeds does not speak for the response that follows.
        Ok(match self.check(&response) {
            Err(failure) => Outcome::Refused(Refusal::Actual(failure)),
            Ok(()) => Outcome::Shared {
                status: response.status,
                exposed: self.exposed(&response),
                body: response.body,
            },
        })
    }

    /// A browser sends the request at all.
    ///
    /// # Errors
    ///
    /// What `fetch()` throws before anything is sent.
    pub fn validate(&self) -> Result<(), Refusal> {
        // https://fetch.spec.whatwg.org/#dom-request step 25.2
        let method = self.method.as_bytes();
        if token(method).is_none() || is_forbidden_method(method) {
            return Err(Refusal::ForbiddenMethod(self.method.clone()));
        }
        // https://fetch.spec.whatwg.org/#headers-validate step 1
        for (name, value) in &self.headers {
            let is_cut = normalize(value).iter().any(|byte| b"\0\n\r".contains(byte));
            if is_cut || token(name.as_bytes()).is_none() {
                return Err(Refusal::InvalidHeader(name.clone()));
            }
        }
        Ok(())
    }

    /// The method as it is sent.
    ///
    /// [Normalizing](https://fetch.spec.whatwg.org/#concept-method-normalize) leaves `patch` alone.
    #[must_use]
    pub fn normalized_method(&self) -> String {
        let upper = self.method.to_ascii_uppercase();
        match upper.as_str() {
            "DELETE" | "GET" | "HEAD" | "OPTIONS" | "POST" | "PUT" => upper,
            _ => self.method.clone(),
        }
    }

    /// What the server must allow, in lower case: the
    /// [CORS-unsafe request-header names](https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names).
    #[must_use]
    pub fn unsafe_names(&self) -> BTreeSet<String> {
        // Step 4
        let headers = self.header_list();
        let safelisted = headers.iter().filter(|line| is_safelisted(line));
        // Step 5
        let size: usize = safelisted.map(|line| line.value.len()).sum();
        let unsafe_lines = headers
            .into_iter()
            .filter(|line| size > 1024 || !is_safelisted(line));
        // Step 6
        unsafe_lines.map(|line| line.name).collect()
    }

    /// A preflight comes first:
    /// [main fetch](https://fetch.spec.whatwg.org/#concept-main-fetch), step 12.
    #[must_use]
    pub fn is_preflighted(&self) -> bool {
        self.upload_listener
            || !is_safelisted_method(&self.normalized_method())
            || !self.unsafe_names().is_empty()
    }

    /// The [CORS-preflight request](https://fetch.spec.whatwg.org/#cors-preflight-fetch-0), steps
    /// 1 to 5; never with credentials.
    #[must_use]
    pub fn preflight(&self) -> Request {
        // Steps 2 and 3
        let mut lines = vec![
            Line::new("accept", "*/*"),
            Line::new("access-control-request-method", self.normalized_method()),
        ];
        // Steps 4 and 5
        let names: Vec<String> = self.unsafe_names().into_iter().collect();
        if !names.is_empty() {
            lines.push(Line::new("access-control-request-headers", names.join(",")));
        }
        self.request("OPTIONS", lines)
    }

    /// The request itself.
    #[must_use]
    pub fn actual(&self) -> Request {
        let mut lines = self.header_list();
        if self.credentials == Credentials::Include {
            lines.push(Line::new("cookie", "session=1"));
        }
        self.request(&self.normalized_method(), lines)
    }

    /// With the fields that every request to another origin has, if the page is to read the answer.
    fn request(&self, method: &str, lines: Vec<Line>) -> Request {
        let always = vec![
            Line::new("host", "api.test"),
            // https://fetch.spec.whatwg.org/#append-a-request-origin-header step 3
            Line::new("origin", &self.page),
            // https://w3c.github.io/webappsec-fetch-metadata/#fetch-integration
            Line::new("sec-fetch-mode", "cors"),
            Line::new("sec-fetch-site", "cross-site"),
        ];
        Request {
            method: method.to_owned(),
            path: self.path.clone(),
            lines: [always, lines].concat(),
        }
    }

    /// The script's headers, as far as it may set them, and `Accept`.
    fn header_list(&self) -> Vec<Line> {
        // https://fetch.spec.whatwg.org/#concept-headers-append
        let headers = self.headers.iter();
        let headers = headers.map(|(name, value)| Line::new(name, normalize(value)));
        let mut lines: Vec<Line> = headers.filter(|line| !is_forbidden_header(line)).collect();
        // https://fetch.spec.whatwg.org/#concept-fetch step 12
        if !lines.iter().any(|line| line.name == "accept") {
            lines.push(Line::new("accept", "*/*"));
        }
        lines
    }
}
