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

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::fmt;

use crate::suite::exchange::{Line, Request, Response};

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

/// Why a page gets nothing; its script does not learn it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The method is no token, or a
    /// [forbidden method](https://fetch.spec.whatwg.org/#forbidden-method); nothing was sent.
    ForbiddenMethod(String),
    /// The name or the value of this header cannot stand in a request; nothing was sent.
    InvalidHeader(String),
    /// The answer to the preflight fails the CORS check.
    Preflight(CheckFailure),
    /// The answer to the preflight does not have an
    /// [ok status](https://fetch.spec.whatwg.org/#ok-status).
    PreflightStatus(u16),
    /// A member of this field of the answer to the preflight is not a token.
    InvalidList(&'static str),
    /// `Access-Control-Allow-Methods` does not cover this method.
    MethodNotAllowed(String),
    /// `Access-Control-Allow-Headers` does not cover this header.
    HeaderNotAllowed(String),
    /// The answer to the request itself fails the CORS check.
    Actual(CheckFailure),
}

/// Why a [CORS check](https://fetch.spec.whatwg.org/#concept-cors-check) fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CheckFailure {
    /// There is no `Access-Control-Allow-Origin`.
    NoAllowOrigin,
    /// `Access-Control-Allow-Origin` is `*`, and the request has credentials.
    WildcardWithCredentials,
    /// `Access-Control-Allow-Origin` is this, and not the page's origin.
    OtherOrigin(String),
    /// `Access-Control-Allow-Credentials` is not `true`, and the request has credentials.
    NoAllowCredentials,
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

    /// Why a browser would not go on from this answer to the preflight.
    fn check_preflight(&self, response: &Response) -> Result<(), Refusal> {
        let first = self.preflight_refusals(response).into_iter().next();
        first.map_or(Ok(()), Err)
    }

    /// All that is wrong with an answer to the preflight, in the order in which a browser looks; it
    /// stops at the first: [CORS-preflight fetch](https://fetch.spec.whatwg.org/#cors-preflight-fetch-0),
    /// steps 7 and 8.
    #[must_use]
    pub fn preflight_refusals(&self, response: &Response) -> Vec<Refusal> {
        let mut refusals = Vec::new();
        // Step 7: checked with this request's credentials mode, not with the preflight's.
        refusals.extend(self.check(response).map_err(Refusal::Preflight).err());
        if !(200..=299).contains(&response.status) {
            refusals.push(Refusal::PreflightStatus(response.status));
        }
        // Steps 7.1 to 7.3
        let mut extract = |name| extract(response, name).map_err(|refusal| refusals.push(refusal));
        let methods = extract("access-control-allow-methods");
        let names = extract("access-control-allow-headers");
        let method = self.normalized_method();
        if let Ok(methods) = methods {
            // Step 7.4
            let methods = match methods {
                None if self.upload_listener => vec![method.clone()],
                methods => methods.unwrap_or_default(),
            };
            // Step 7.5
            if !methods.contains(&method)
                && !is_safelisted_method(&method)
                && !self.is_covered_by_wildcard(&methods)
            {
                refusals.push(Refusal::MethodNotAllowed(method));
            }
        }
        if let Ok(names) = names {
            let names = names.unwrap_or_default();
            for name in self.unsafe_names() {
                // Step 7.6: the one CORS non-wildcard request-header name; it is never safelisted.
                let is_covered = name != "authorization" && self.is_covered_by_wildcard(&names);
                // Step 7.7
                if !is_covered && !holds(&names, &name) {
                    refusals.push(Refusal::HeaderNotAllowed(name));
                }
            }
        }
        refusals
    }

    /// `*` stands in the list, and the request has no credentials, with which it is a mere name.
    fn is_covered_by_wildcard(&self, list: &[String]) -> bool {
        self.credentials == Credentials::Omit && list.iter().any(|member| member == "*")
    }

    /// The [CORS check](https://fetch.spec.whatwg.org/#concept-cors-check).
    ///
    /// # Errors
    ///
    /// Why the page does not get this response.
    pub fn check(&self, response: &Response) -> Result<(), CheckFailure> {
        let include = self.credentials == Credentials::Include;
        match get(response, "access-control-allow-origin").as_deref() {
            // Steps 1 and 2
            None => Err(CheckFailure::NoAllowOrigin),
            // Step 3
            Some(b"*") if !include => Ok(()),
            // Step 4
            Some(b"*") => Err(CheckFailure::WildcardWithCredentials),
            Some(other) if other != self.page.as_bytes() => {
                Err(CheckFailure::OtherOrigin(other.escape_ascii().to_string()))
            }
            // Step 5
            Some(_) if !include => Ok(()),
            // Steps 6 to 8
            Some(_) => match get(response, "access-control-allow-credentials").as_deref() {
                Some(b"true") => Ok(()),
                _ => Err(CheckFailure::NoAllowCredentials),
            },
        }
    }

    /// [Main fetch](https://fetch.spec.whatwg.org/#concept-main-fetch), step 14.1, and the
    /// [CORS filtered response](https://fetch.spec.whatwg.org/#concept-filtered-response-cors).
    fn exposed(&self, response: &Response) -> Vec<String> {
        // Step 14.1.1: from a list with an invalid member, nothing is taken.
        let listed = extract(response, "access-control-expose-headers");
        let listed = listed.ok().flatten().unwrap_or_default();
        // Step 14.1.2
        let all = self.is_covered_by_wildcard(&listed);
        let names = response.lines.iter().map(|line| line.name.clone());
        let is_exposed = |name: &String| match name.as_str() {
            // https://fetch.spec.whatwg.org/#forbidden-response-header-name
            "set-cookie" | "set-cookie2" => false,
            // Step 14.1.3
            name => is_one_of(SAFELISTED_NAMES, name) || all || holds(&listed, name),
        };
        let exposed: BTreeSet<String> = names.filter(is_exposed).collect();
        exposed.into_iter().collect()
    }
}

/// <https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name>
const SAFELISTED_NAMES: &str = "cache-control content-language content-length content-type expires \
    last-modified pragma";

/// <https://fetch.spec.whatwg.org/#forbidden-request-header>, step 1.
const FORBIDDEN_NAMES: &str = "accept-charset accept-encoding access-control-request-headers \
    access-control-request-method connection content-length cookie cookie2 date dnt expect host \
    keep-alive origin referer set-cookie te trailer transfer-encoding upgrade via";

/// A [CORS-safelisted method](https://fetch.spec.whatwg.org/#cors-safelisted-method), which no server
/// need allow.
#[must_use]
pub fn is_safelisted_method(method: &str) -> bool {
    matches!(method, "GET" | "HEAD" | "POST")
}

/// <https://fetch.spec.whatwg.org/#forbidden-method>
fn is_forbidden_method(method: &[u8]) -> bool {
    let method = method.to_ascii_uppercase();
    matches!(method.as_slice(), b"CONNECT" | b"TRACE" | b"TRACK")
}

/// <https://fetch.spec.whatwg.org/#forbidden-request-header>
fn is_forbidden_header(line: &Line) -> bool {
    match line.name.as_str() {
        // Step 1
        name if is_one_of(FORBIDDEN_NAMES, name) => true,
        // Step 2
        name if name.starts_with("proxy-") || name.starts_with("sec-") => true,
        // Step 3
        "x-http-method" | "x-http-method-override" | "x-method-override" => {
            let methods = split(&line.value);
            methods.iter().any(|method| is_forbidden_method(method))
        }
        // Step 4
        _ => false,
    }
}

/// <https://fetch.spec.whatwg.org/#cors-safelisted-request-header>
fn is_safelisted(line: &Line) -> bool {
    let value = line.value.as_slice();
    let has_unsafe_byte = value.iter().any(|&byte| is_unsafe(byte));
    let is_of_language = |byte: &u8| byte.is_ascii_alphanumeric() || b" *,-.;=".contains(byte);
    match line.name.as_str() {
        // Step 1
        _ if value.len() > 128 => false,
        // Step 2
        "accept" => !has_unsafe_byte,
        "accept-language" | "content-language" => value.iter().all(is_of_language),
        "content-type" if has_unsafe_byte => false,
        "content-type" => matches!(
            essence(value).as_deref(),
            Some("application/x-www-form-urlencoded" | "multipart/form-data" | "text/plain")
        ),
        "range" => is_range_with_a_start(value),
        _ => false,
    }
}

/// <https://fetch.spec.whatwg.org/#cors-unsafe-request-header-byte>
fn is_unsafe(byte: u8) -> bool {
    (byte < 0x20 && byte != b'\t') || b"\"():<>?@[\\]{}\x7f".contains(&byte)
}

/// `type/subtype`, in lower case, of what
/// [parses as a MIME type](https://mimesniff.spec.whatwg.org/#parse-a-mime-type); its parameters
/// never make it fail.
fn essence(value: &[u8]) -> Option<String> {
    let slash = value.iter().position(|&byte| byte == b'/')?;
    let (kind, rest) = value.split_at(slash);
    let subtype = rest[1..].split(|&byte| byte == b';').next()?;
    let (kind, subtype) = (token(kind)?, token(subtype.trim_ascii_end())?);
    Some(format!("{kind}/{subtype}").to_ascii_lowercase())
}

/// A [single range](https://fetch.spec.whatwg.org/#simple-range-header-value) without white space,
/// and not one that counts from the end.
fn is_range_with_a_start(value: &[u8]) -> bool {
    let value = str::from_utf8(value).unwrap_or_default();
    let range = value.strip_prefix("bytes=");
    let Some((start, end)) = range.and_then(|range| range.split_once('-')) else {
        return false;
    };
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    // A number may have a hundred digits; texts of the same length compare as their numbers do.
    let number = |text: &str| format!("{text:0>128}");
    !start.is_empty()
        && is_digits(start)
        && is_digits(end)
        && (end.is_empty() || number(start) <= number(end))
}

/// [Normalizes](https://fetch.spec.whatwg.org/#concept-header-value-normalize) a header's value.
fn normalize(value: &[u8]) -> &[u8] {
    trim(value, b"\n\r\t ")
}

/// [Gets](https://fetch.spec.whatwg.org/#concept-header-list-get) a field: its lines as one.
fn get(response: &Response, name: &str) -> Option<Vec<u8>> {
    let values: Vec<_> = response.values(name).collect();
    (!values.is_empty()).then(|| values.join(&b", "[..]))
}

/// [Gets, decodes, and splits](https://fetch.spec.whatwg.org/#header-value-get-decode-and-split)
/// a value: a comma in a quoted string does not part.
fn split(value: &[u8]) -> Vec<&[u8]> {
    let (mut quoted, mut escaped) = (false, false);
    let parts = value.split(|byte| {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = quoted,
            b'"' => quoted = !quoted,
            _ => {}
        }
        *byte == b',' && !quoted
    });
    parts.map(|part| trim(part, b"\t ")).collect()
}

/// [Extracts header list values](https://fetch.spec.whatwg.org/#extract-header-list-values) of
/// `#method` or `#field-name`: the members of all lines, or `None` without a line.
///
/// Empty elements are [ignored](https://www.rfc-editor.org/rfc/rfc9110.html#section-5.6.1.2).
fn extract(response: &Response, name: &'static str) -> Result<Option<Vec<String>>, Refusal> {
    let lines: Vec<_> = response.values(name).collect();
    if lines.is_empty() {
        return Ok(None);
    }
    let mut members = Vec::new();
    for element in lines.join(&b',').split(|&byte| byte == b',') {
        match trim(element, b"\t ") {
            [] => {}
            member => members.push(token(member).ok_or(Refusal::InvalidList(name))?),
        }
    }
    Ok(Some(members))
}

fn is_one_of(names: &str, name: &str) -> bool {
    names.split(' ').any(|one| one == name)
}

/// The name is in the list, in whatever case.
fn holds(list: &[String], name: &str) -> bool {
    list.iter().any(|one| one.eq_ignore_ascii_case(name))
}

/// A [token](https://www.rfc-editor.org/rfc/rfc9110.html#section-5.6.2): a method, a field name.
#[must_use]
pub fn is_token(text: &[u8]) -> bool {
    token(text).is_some()
}

/// The text of a [token](https://www.rfc-editor.org/rfc/rfc9110.html#section-5.6.2).
fn token(text: &[u8]) -> Option<String> {
    let text = str::from_utf8(text).ok().filter(|text| !text.is_empty())?;
    let is_tchar = |one: char| one.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(one);
    text.chars().all(is_tchar).then(|| text.to_owned())
}

/// Without these bytes at both ends.
fn trim<'a>(mut text: &'a [u8], bytes: &[u8]) -> &'a [u8] {
    while let [first, rest @ ..] = text
        && bytes.contains(first)
    {
        text = rest;
    }
    while let [rest @ .., last] = text
        && bytes.contains(last)
    {
        text = rest;
    }
    text
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ForbiddenMethod(method) => write!(f, "scripts cannot send the method `{method}`"),
            Self::InvalidHeader(name) => write!(f, "requests cannot have the header `{name}`"),
            Self::Preflight(failure) => write!(f, "the preflight response {failure}"),
            Self::PreflightStatus(status) => {
                write!(
                    f,
                    "the status of the preflight response is {status}, not 200 to 299"
                )
            }
            Self::InvalidList(field) => write!(f, "the preflight response has an invalid {field}"),
            Self::MethodNotAllowed(method) => write!(
                f,
                "the preflight response does not allow the method `{method}`"
            ),
            Self::HeaderNotAllowed(name) => write!(
                f,
                "the preflight response does not allow the header `{name}`"
            ),
            Self::Actual(failure) => write!(f, "the response {failure}"),
        }
    }
}

impl fmt::Display for CheckFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoAllowOrigin => write!(f, "has no Access-Control-Allow-Origin"),
            Self::WildcardWithCredentials => write!(
                f,
                "has `Access-Control-Allow-Origin: *`, which does not work with credentials"
            ),
            Self::OtherOrigin(origin) => write!(
                f,
                "has Access-Control-Allow-Origin for another origin, `{origin}`"
            ),
            Self::NoAllowCredentials => {
                write!(f, "has no `Access-Control-Allow-Credentials: true`")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "https://a.test";

    type Lines = [(&'static str, &'static str)];

    fn fetch(method: &str, headers: &Lines, credentials: Credentials) -> Fetch {
        let headers = headers.iter();
        Fetch {
            method: method.to_owned(),
            headers: headers
                .map(|&(name, value)| (name.to_owned(), value.into()))
                .collect(),
            credentials,
            ..Fetch::get(PAGE)
        }
    }

    fn response(status: u16, lines: &Lines) -> Response {
        let lines = lines.iter();
        Response {
            status,
            lines: lines.map(|(name, value)| Line::new(name, value)).collect(),
            body: b"hello".to_vec(),
        }
    }

    fn asked(request: &Request) -> Vec<String> {
        let lines = request.lines.iter();
        let mut lines: Vec<_> = lines.map(ToString::to_string).collect();
        lines.sort();
        lines
    }

    /// What the page gets, and which requests were sent for it.
    async fn run(fetch: &Fetch, mut answers: Vec<Response>) -> (Outcome, Vec<Request>) {
        let mut requests = Vec::new();
        let outcome = fetch.run(async |request| {
            requests.push(request);
            answers.remove(0)
        });
        (outcome.await, requests)
    }

    #[test]
    fn safelisted_request_headers() {
        let long = |length: usize| "a".repeat(length);
        let plain = |length: usize| format!("{:a<length$}", "text/plain;");
        let range = |length: usize| format!("{:0<length$}-", "bytes=");
        for (name, value, expected) in [
            ("Accept", "text/html, */*;q=0.8", true),
            ("accept", "", true),
            ("accept", "\t\u{e4}", true),
            ("accept", "a(b", false),
            ("accept", &long(128), true),
            ("accept", &long(129), false),
            ("Accept-Language", "de-DE, en;q=0.5, *", true),
            ("accept-language", "en_US", false),
            ("accept-language", "a/b", false),
            ("accept-language", "\t", false),
            ("accept-language", &long(129), false),
            ("Content-Language", "de-DE, en;q=0.5, *", true),
            ("content-language", "en_US", false),
            ("content-language", &long(129), false),
            ("Content-Type", "text/plain", true),
            ("content-type", "TEXT/Plain ;charset=utf-8", true),
            ("content-type", "text/plain;;=, /\u{e4}", true),
            ("content-type", "multipart/form-data; boundary=x", true),
            ("content-type", "application/x-www-form-urlencoded", true),
            ("content-type", "text/plain; charset=\"utf-8\"", false),
            ("content-type", "text/plain, application/json", false),
            ("content-type", "application/json", false),
            ("content-type", "text/plain2", false),
            ("content-type", "text /plain", false),
            ("content-type", "text/ plain", false),
            ("content-type", "text", false),
            ("content-type", "text/", false),
            ("content-type", "/plain", false),
            ("content-type", "", false),
            ("content-type", &plain(128), true),
            ("content-type", &plain(129), false),
            ("Range", "bytes=0-", true),
            ("range", "bytes=5-5", true),
            ("range", "bytes=9-10", true),
            ("range", "bytes=010-9", false),
            ("range", "bytes=9-0010", true),
            ("range", "bytes=10-9", false),
            ("range", "bytes=-5", false),
            ("range", "bytes=-", false),
            ("range", "bytes=5", false),
            ("range", "bytes= 0-", false),
            ("range", "bytes=0-1,3-4", false),
            ("range", "bytes=x-", false),
            ("range", "bytes=0-x", false),
            ("range", "Bytes=0-", false),
            ("range", "items=0-", false),
            ("range", &range(127), true),
            ("range", &range(128), false),
            ("x-other", "", false),
            ("authorization", "a", false),
        ] {
            let line = Line::new(name, value);
            assert_eq!(is_safelisted(&line), expected, "{line}");
        }
    }

    #[test]
    fn unsafe_bytes() {
        let delimiters = [
            0x22, 0x28, 0x29, 0x3a, 0x3c, 0x3e, 0x3f, 0x40, 0x5b, 0x5c, 0x5d, 0x7b, 0x7d, 0x7f,
        ];
        for byte in 0..=0xff {
            let expected = match byte {
                0x09 => false,
                0x00..=0x1f => true,
                _ => delimiters.contains(&byte),
            };
            assert_eq!(is_unsafe(byte), expected, "{byte:#x}");
        }
    }

    /// Rows: bytes of `Content-Language`, of `Accept` (else `*/*`, which the browser adds).
    #[test]
    fn more_than_1024_bytes_are_unsafe_together() {
        for (language, accept, expected) in [
            (1021, None, "x-a,x-b"),
            (1022, None, "accept,content-language,x-a,x-b"),
            (924, Some(100), "x-a,x-b"),
            (925, Some(100), "accept,content-language,x-a,x-b"),
            (924, Some(129), "accept,x-a,x-b"),
        ] {
            let mut fetch = fetch("GET", &[("X-B", "1"), ("x-a", "1")], Credentials::Omit);
            let value = [b'a'; 1024];
            let languages = value[..language].chunks(128);
            let lines = languages.map(|value| ("Content-Language", value));
            let lines = lines.chain(accept.map(|length| ("Accept", &value[..length])));
            for (name, value) in lines {
                fetch.headers.push((name.to_owned(), value.to_vec()));
            }
            let names: Vec<_> = fetch.unsafe_names().into_iter().collect();
            assert_eq!(names.join(","), expected, "{language} {accept:?}");
        }
    }

    #[test]
    fn methods_are_normalized() {
        for (method, expected) in [
            ("delete", "DELETE"),
            ("Get", "GET"),
            ("heaD", "HEAD"),
            ("options", "OPTIONS"),
            ("post", "POST"),
            ("pUt", "PUT"),
            ("patch", "patch"),
            ("PATCH", "PATCH"),
            ("eGg", "eGg"),
        ] {
            let fetch = fetch(method, &[], Credentials::Omit);
            assert_eq!(fetch.normalized_method(), expected);
            assert_eq!(fetch.actual().method, expected);
            assert_eq!(fetch.preflight().method, "OPTIONS");
            let sent = fetch.preflight();
            let sent: Vec<_> = sent.values("access-control-request-method").collect();
            assert_eq!(sent, [expected.as_bytes()]);
        }
    }

    #[test]
    fn forbidden_headers_are_dropped() {
        for (name, value, dropped) in [
            ("Accept-Charset", "a", true),
            ("accept-encoding", "a", true),
            ("Access-Control-Request-Headers", "a", true),
            ("access-control-request-method", "a", true),
            ("connection", "a", true),
            ("content-length", "1", true),
            ("cookie", "a", true),
            ("cookie2", "a", true),
            ("date", "a", true),
            ("DNT", "1", true),
            ("expect", "a", true),
            ("host", "a", true),
            ("keep-alive", "a", true),
            ("Origin", "https://b.test", true),
            ("referer", "a", true),
            ("set-cookie", "a", true),
            ("te", "a", true),
            ("trailer", "a", true),
            ("transfer-encoding", "a", true),
            ("upgrade", "a", true),
            ("via", "a", true),
            ("Proxy-X", "a", true),
            ("proxy", "a", false),
            ("Sec-Fetch-Site", "same-origin", true),
            ("sec", "a", false),
            ("x-sec-a", "a", false),
            ("user-agent", "a", false),
            ("access-control-allow-origin", "a", false),
            ("X-HTTP-Method", "Trace", true),
            ("x-http-method-override", "PUT,\t connect ", true),
            ("x-method-override", "a\"b\", track", true),
            ("x-method-override", "PUT", false),
            ("x-method-override", "TRACE PUT", false),
            ("x-method-override", "\"TRACE\"", false),
            ("x-method-override", "\"a,TRACE,b\"", false),
            ("x-method-override", "\"a\\\",TRACE,b\"", false),
            ("x-method-override", "\"a\\\\\",TRACE,b", true),
            ("x-method-override", "a\\,TRACE", true),
            ("x-method-override", "a\\\",TRACE,\"", false),
            ("x-method", "TRACE", false),
        ] {
            let fetch = fetch("GET", &[(name, value)], Credentials::Omit);
            let line = Line::new(name, value);
            assert_eq!(!fetch.actual().lines.contains(&line), dropped, "{line}");
            assert_eq!(!fetch.is_preflighted(), dropped, "{line}");
        }
    }

    #[test]
    fn some_requests_are_never_sent() {
        for (method, name, value, expected) in [
            ("GET", "x-a", " \n", Ok(())),
            (
                "!#$%&'*+-.^_`|~1aZ",
                "!#$%&'*+-.^_`|~1aZ",
                "\u{1}\u{e4}\"",
                Ok(()),
            ),
            (
                "CONNECT",
                "x-a",
                "",
                Err(Refusal::ForbiddenMethod("CONNECT".into())),
            ),
            (
                "trace",
                "x-a",
                "",
                Err(Refusal::ForbiddenMethod("trace".into())),
            ),
            (
                "Track",
                "x-a",
                "",
                Err(Refusal::ForbiddenMethod("Track".into())),
            ),
            ("", "x-a", "", Err(Refusal::ForbiddenMethod(String::new()))),
            (
                "A B",
                "x-a",
                "",
                Err(Refusal::ForbiddenMethod("A B".into())),
            ),
            (
                "\u{e4}",
                "x-a",
                "",
                Err(Refusal::ForbiddenMethod("\u{e4}".into())),
            ),
            ("GET", "", "a", Err(Refusal::InvalidHeader(String::new()))),
            ("GET", "x a", "a", Err(Refusal::InvalidHeader("x a".into()))),
            (
                "GET",
                "x-a",
                "a\nb",
                Err(Refusal::InvalidHeader("x-a".into())),
            ),
            (
                "GET",
                "x-a",
                "a\rb",
                Err(Refusal::InvalidHeader("x-a".into())),
            ),
            (
                "GET",
                "x-a",
                "\0",
                Err(Refusal::InvalidHeader("x-a".into())),
            ),
        ] {
            let fetch = fetch(method, &[("x-b", "b"), (name, value)], Credentials::Omit);
            assert_eq!(fetch.validate(), expected, "{method} {name} {value:?}");
        }
    }

    #[test]
    fn what_is_sent() {
        let headers = [
            ("X-B", " \t2\r\n"),
            ("x-a", "1"),
            ("X-b", "3"),
            ("Range", "bytes=0-"),
        ];
        let mut fetch = fetch("put", &headers, Credentials::Include);
        fetch.path = "/get".into();
        let preflight = fetch.preflight();
        assert_eq!((&*preflight.method, &*preflight.path), ("OPTIONS", "/get"));
        let expected = [
            "accept: */*",
            "access-control-request-headers: x-a,x-b",
            "access-control-request-method: PUT",
            "host: api.test",
            "origin: https://a.test",
            "sec-fetch-mode: cors",
            "sec-fetch-site: cross-site",
        ];
        assert_eq!(asked(&preflight), expected);
        let actual = fetch.actual();
        assert_eq!((&*actual.method, &*actual.path), ("PUT", "/get"));
        let expected = [
            "accept: */*",
            "cookie: session=1",
            "host: api.test",
            "origin: https://a.test",
            "range: bytes=0-",
            "sec-fetch-mode: cors",
            "sec-fetch-site: cross-site",
            "x-a: 1",
            "x-b: 2",
            "x-b: 3",
        ];
        assert_eq!(asked(&actual), expected);
        let null = Fetch::get("null");
        let expected = [
            "accept: */*",
            "host: api.test",
            "origin: null",
            "sec-fetch-mode: cors",
            "sec-fetch-site: cross-site",
        ];
        assert_eq!(asked(&null.actual()), expected);
        let none = null.preflight();
        assert_eq!(none.values("access-control-request-headers").count(), 0);
    }

    #[test]
    fn what_is_preflighted() {
        for (method, headers, upload_listener, expected) in [
            ("GET", &[][..], false, false),
            ("head", &[], false, false),
            ("POST", &[("content-type", "text/plain")], false, false),
            ("POST", &[], true, true),
            ("POST", &[("content-type", "application/json")], false, true),
            ("PUT", &[], false, true),
            ("OPTIONS", &[], false, true),
            ("patch", &[], false, true),
        ] {
            let mut fetch = fetch(method, headers, Credentials::Omit);
            fetch.upload_listener = upload_listener;
            assert_eq!(fetch.is_preflighted(), expected, "{fetch:?}");
        }
    }

    #[test]
    fn cors_check() {
        use CheckFailure::{NoAllowCredentials, NoAllowOrigin, WildcardWithCredentials};
        use Credentials::{Include, Omit};
        const ORIGIN: &str = "access-control-allow-origin";
        const CREDENTIALS: (&str, &str) = ("access-control-allow-credentials", "true");
        let other = |origin: &str| Err(CheckFailure::OtherOrigin(origin.to_owned()));
        for (page, credentials, lines, expected) in [
            (PAGE, Omit, &[][..], Err(NoAllowOrigin)),
            (PAGE, Include, &[CREDENTIALS], Err(NoAllowOrigin)),
            (PAGE, Omit, &[(ORIGIN, "*")], Ok(())),
            ("null", Omit, &[(ORIGIN, "*")], Ok(())),
            (
                PAGE,
                Include,
                &[(ORIGIN, "*"), CREDENTIALS],
                Err(WildcardWithCredentials),
            ),
            (PAGE, Omit, &[(ORIGIN, PAGE)], Ok(())),
            (PAGE, Omit, &[(ORIGIN, PAGE), CREDENTIALS], Ok(())),
            (PAGE, Include, &[(ORIGIN, PAGE), CREDENTIALS], Ok(())),
            (PAGE, Include, &[(ORIGIN, PAGE)], Err(NoAllowCredentials)),
            (
                PAGE,
                Include,
                &[(ORIGIN, PAGE), (CREDENTIALS.0, "True")],
                Err(NoAllowCredentials),
            ),
            (
                PAGE,
                Include,
                &[(ORIGIN, PAGE), (CREDENTIALS.0, "*")],
                Err(NoAllowCredentials),
            ),
            (
                PAGE,
                Include,
                &[(ORIGIN, PAGE), CREDENTIALS, CREDENTIALS],
                Err(NoAllowCredentials),
            ),
            ("null", Omit, &[(ORIGIN, "null")], Ok(())),
            ("null", Include, &[(ORIGIN, "null"), CREDENTIALS], Ok(())),
            ("null", Omit, &[], Err(NoAllowOrigin)),
            (PAGE, Omit, &[(ORIGIN, "")], other("")),
            (PAGE, Omit, &[(ORIGIN, "null")], other("null")),
            (
                PAGE,
                Omit,
                &[(ORIGIN, "https://A.test")],
                other("https://A.test"),
            ),
            (
                PAGE,
                Omit,
                &[(ORIGIN, "https://a.test/")],
                other("https://a.test/"),
            ),
            (
                PAGE,
                Omit,
                &[(ORIGIN, PAGE), (ORIGIN, PAGE)],
                other("https://a.test, https://a.test"),
            ),
            (PAGE, Omit, &[(ORIGIN, "*"), (ORIGIN, "*")], other("*, *")),
            (
                PAGE,
                Include,
                &[(ORIGIN, "https://b.test"), CREDENTIALS],
                other("https://b.test"),
            ),
        ] {
            let fetch = Fetch {
                credentials,
                ..Fetch::get(page)
            };
            assert_eq!(
                fetch.check(&response(200, lines)),
                expected,
                "{page} {lines:?}"
            );
        }
    }

    /// What comes of an answer to the preflight with these lines, which passes the CORS check.
    fn preflighted(fetch: &Fetch, methods: &[&str], names: &[&str]) -> Result<(), Refusal> {
        let allowed = [
            ("access-control-allow-origin", PAGE),
            ("access-control-allow-credentials", "true"),
        ];
        let mut answer = response(204, &allowed);
        let methods = methods
            .iter()
            .map(|list| Line::new("access-control-allow-methods", list));
        let names = names
            .iter()
            .map(|list| Line::new("access-control-allow-headers", list));
        answer.lines.extend(methods.chain(names));
        fetch.check_preflight(&answer)
    }

    #[test]
    fn allowed_methods() {
        use Credentials::{Include, Omit};
        let refused = |method: &str| Err(Refusal::MethodNotAllowed(method.to_owned()));
        let invalid = || Err(Refusal::InvalidList("access-control-allow-methods"));
        for (method, credentials, methods, expected) in [
            ("GET", Omit, &[][..], Ok(())),
            ("head", Include, &["PUT"], Ok(())),
            ("POST", Omit, &[""], Ok(())),
            ("PUT", Omit, &[], refused("PUT")),
            ("PUT", Omit, &[""], refused("PUT")),
            ("PUT", Omit, &["PUT"], Ok(())),
            ("put", Include, &["DELETE ,\t, PUT,"], Ok(())),
            ("PUT", Omit, &["DELETE", "PUT"], Ok(())),
            ("PUT", Omit, &["put"], refused("PUT")),
            ("PUT", Omit, &["PUTT, PU"], refused("PUT")),
            ("patch", Omit, &["PATCH"], refused("patch")),
            ("PUT", Omit, &["*"], Ok(())),
            ("PUT", Omit, &["DELETE, *"], Ok(())),
            ("PUT", Include, &["*"], refused("PUT")),
            ("PUT", Include, &["*, PUT"], Ok(())),
            ("*", Include, &["*"], Ok(())),
            ("PUT", Omit, &["PUT, BAD METHOD"], invalid()),
            ("PUT", Omit, &["PUT", "\"X\""], invalid()),
            ("GET", Omit, &["PUT;"], invalid()),
        ] {
            let fetch = fetch(method, &[], credentials);
            let outcome = preflighted(&fetch, methods, &[]);
            assert_eq!(outcome, expected, "{method} {methods:?}");
        }
    }

    #[test]
    fn allowed_headers() {
        use Credentials::{Include, Omit};
        let refused = |name: &str| Err(Refusal::HeaderNotAllowed(name.to_owned()));
        let invalid = || Err(Refusal::InvalidList("access-control-allow-headers"));
        for (header, credentials, names, expected) in [
            ("Accept", Omit, &[][..], Ok(())),
            ("X-A", Omit, &[], refused("x-a")),
            ("X-A", Omit, &["x-a"], Ok(())),
            ("x-a", Include, &["X-A"], Ok(())),
            ("X-A", Omit, &["x-b,", ",x-a"], Ok(())),
            ("X-A", Omit, &["x-b, x-a2"], refused("x-a")),
            ("X-A", Omit, &["*"], Ok(())),
            ("X-A", Include, &["*"], refused("x-a")),
            ("X-A", Include, &["*, x-a"], Ok(())),
            ("Authorization", Omit, &["*"], refused("authorization")),
            ("Authorization", Omit, &["*,AUTHORIZATION"], Ok(())),
            ("Authorization", Include, &["authorization"], Ok(())),
            ("X-A", Omit, &["x-a, bad name"], invalid()),
            ("X-A", Omit, &["x-a", "x-b\u{b}"], invalid()),
            ("X-A", Omit, &["x-a\u{e4}"], invalid()),
            ("Accept", Omit, &["@"], invalid()),
        ] {
            let fetch = fetch("GET", &[(header, "1")], credentials);
            let outcome = preflighted(&fetch, &[], names);
            assert_eq!(outcome, expected, "{header} {names:?}");
        }
        // A browser looks at the method first.
        let both = fetch("PUT", &[("x-a", "1")], Omit);
        let refusal = Refusal::MethodNotAllowed("PUT".to_owned());
        assert_eq!(preflighted(&both, &[], &[]), Err(refusal));
        assert_eq!(preflighted(&both, &["PUT"], &[]), refused("x-a"));
    }

    /// The flag stands in for a list that is missing, not for one that lacks the method.
    #[test]
    fn upload_listener() {
        let mut fetch = fetch("PUT", &[], Credentials::Omit);
        fetch.upload_listener = true;
        assert_eq!(preflighted(&fetch, &[], &[]), Ok(()));
        for list in ["", "DELETE"] {
            let expected = Err(Refusal::MethodNotAllowed("PUT".to_owned()));
            assert_eq!(preflighted(&fetch, &[list], &[]), expected);
        }
    }

    #[test]
    fn preflight_status() {
        let fetch = fetch("POST", &[], Credentials::Omit);
        for (status, is_ok) in [
            (199, false),
            (200, true),
            (204, true),
            (299, true),
            (300, false),
            (304, false),
            (403, false),
        ] {
            let expected = match is_ok {
                true => Ok(()),
                false => Err(Refusal::PreflightStatus(status)),
            };
            let answer = response(status, &[("access-control-allow-origin", "*")]);
            assert_eq!(fetch.check_preflight(&answer), expected);
        }
        // The CORS check comes first.
        let expected = Err(Refusal::Preflight(CheckFailure::NoAllowOrigin));
        assert_eq!(fetch.check_preflight(&response(403, &[])), expected);
    }

    /// A browser stops at the first; who mends a server wants to know them all.
    #[test]
    fn all_that_is_wrong_with_a_preflight() {
        let fetch = fetch("PUT", &[("x-a", "1"), ("x-b", "1")], Credentials::Omit);
        let expected = [
            Refusal::Preflight(CheckFailure::NoAllowOrigin),
            Refusal::PreflightStatus(405),
            Refusal::MethodNotAllowed("PUT".to_owned()),
            Refusal::HeaderNotAllowed("x-a".to_owned()),
            Refusal::HeaderNotAllowed("x-b".to_owned()),
        ];
        assert_eq!(fetch.preflight_refusals(&response(405, &[])), expected);
        // Lists that are none come before what is not in the others.
        let lists = [
            ("access-control-allow-origin", "*"),
            ("access-control-allow-methods", "GET"),
            ("access-control-allow-headers", "x a"),
        ];
        let expected = [
            Refusal::InvalidList("access-control-allow-headers"),
            Refusal::MethodNotAllowed("PUT".to_owned()),
        ];
        assert_eq!(fetch.preflight_refusals(&response(204, &lists)), expected);
        let lists = [lists[0], ("access-control-allow-methods", "P T"), lists[2]];
        let expected = [
            Refusal::InvalidList("access-control-allow-methods"),
            Refusal::InvalidList("access-control-allow-headers"),
        ];
        assert_eq!(fetch.preflight_refusals(&response(204, &lists)), expected);
    }

    /// An answer that does not come ends it; what was answered before does not count.
    #[tokio::test]
    async fn a_network_that_fails() {
        let fetch = fetch("PUT", &[], Credentials::Omit);
        let lines = [
            ("access-control-allow-origin", PAGE),
            ("access-control-allow-methods", "PUT"),
        ];
        let mut answers = vec![Err("cut"), Ok(response(204, &lines))];
        for sent in [2, 1] {
            let mut count = 0;
            let mut left = answers.clone();
            let outcome = fetch.try_run(async |_| {
                count += 1;
                left.pop().expect("no request follows a failure")
            });
            assert_eq!((outcome.await, count), (Err("cut"), sent));
            answers.pop();
        }
    }

    #[test]
    fn exposed_headers() {
        use Credentials::{Include, Omit};
        const SAFELISTED: &str = "cache-control content-language content-length content-type \
            expires last-modified pragma";
        const ALL: &str = "access-control-expose-headers cache-control content-language \
            content-length content-type etag expires last-modified pragma x-a";
        for (credentials, lists, expected) in [
            (Omit, &[][..], ""),
            (Omit, &["X-A, x-missing"], "x-a"),
            (Include, &["X-A"], "x-a"),
            (Omit, &["etag", ",x-a ,"], "etag x-a"),
            (Omit, &["x-a, bad name"], ""),
            (Omit, &["x-a", "\"etag\""], ""),
            (Omit, &["set-cookie, Set-Cookie2"], ""),
            (Include, &["*"], ""),
            (Include, &["*, x-a"], "x-a"),
            (Omit, &["*"], ALL),
            (Omit, &["x-a, *"], ALL),
        ] {
            let fetch = fetch("GET", &[], credentials);
            let mut answer = response(200, &[("ETag", "1"), ("x-a", "1"), ("x-a", "2")]);
            for name in SAFELISTED.split(' ').chain(["set-cookie", "set-cookie2"]) {
                answer.lines.push(Line::new(name, "1"));
            }
            for list in lists {
                answer
                    .lines
                    .push(Line::new("access-control-expose-headers", list));
            }
            let mut expected: Vec<_> = match expected {
                ALL => ALL.split(' ').collect(),
                more => SAFELISTED
                    .split(' ')
                    .chain(more.split_whitespace())
                    .collect(),
            };
            expected.sort_unstable();
            assert_eq!(
                fetch.exposed(&answer),
                expected,
                "{credentials:?} {lists:?}"
            );
        }
    }

    #[tokio::test]
    async fn a_preflight_comes_first() {
        let fetch = fetch("PUT", &[], Credentials::Omit);
        let allowed = ("access-control-allow-origin", PAGE);
        let preflight = response(204, &[allowed, ("access-control-allow-methods", "PUT")]);
        let actual = response(
            500,
            &[allowed, ("content-type", "text/plain"), ("x-a", "1")],
        );
        let (outcome, requests) = run(&fetch, vec![preflight.clone(), actual]).await;
        let shared = Outcome::Shared {
            status: 500,
            exposed: vec!["content-type".to_owned()],
            body: b"hello".to_vec(),
        };
        assert_eq!(outcome, shared);
        assert_eq!(requests, [fetch.preflight(), fetch.actual()]);

        // It does not speak for the response that follows.
        let (outcome, requests) = run(&fetch, vec![preflight, response(200, &[])]).await;
        let refusal = Refusal::Actual(CheckFailure::NoAllowOrigin);
        assert_eq!(outcome, Outcome::Refused(refusal));
        assert_eq!(requests.len(), 2);

        // Nothing follows if it fails.
        let (outcome, requests) = run(&fetch, vec![response(204, &[allowed])]).await;
        let refusal = Refusal::MethodNotAllowed("PUT".to_owned());
        assert_eq!(outcome, Outcome::Refused(refusal));
        assert_eq!(requests, [fetch.preflight()]);
    }

    #[tokio::test]
    async fn not_everything_is_preflighted_or_sent() {
        let get = fetch("GET", &[], Credentials::Include);
        let (outcome, requests) = run(&get, vec![response(200, &[])]).await;
        let refusal = Refusal::Actual(CheckFailure::NoAllowOrigin);
        assert_eq!(outcome, Outcome::Refused(refusal));
        assert_eq!(requests, [get.actual()]);

        let trace = fetch("TRACE", &[], Credentials::Omit);
        let (outcome, requests) = run(&trace, Vec::new()).await;
        let refusal = Refusal::ForbiddenMethod("TRACE".to_owned());
        assert_eq!(outcome, Outcome::Refused(refusal));
        assert_eq!(requests, []);
    }

    #[test]
    fn why_a_page_gets_nothing() {
        use CheckFailure::{
            NoAllowCredentials, NoAllowOrigin, OtherOrigin, WildcardWithCredentials,
        };
        for (refusal, expected) in [
            (
                Refusal::ForbiddenMethod("TRACE".into()),
                "scripts cannot send the method `TRACE`",
            ),
            (
                Refusal::InvalidHeader("x a".into()),
                "requests cannot have the header `x a`",
            ),
            (
                Refusal::Preflight(NoAllowOrigin),
                "the preflight response has no Access-Control-Allow-Origin",
            ),
            (
                Refusal::PreflightStatus(301),
                "the status of the preflight response is 301, not 200 to 299",
            ),
            (
                Refusal::InvalidList("access-control-allow-methods"),
                "the preflight response has an invalid access-control-allow-methods",
            ),
            (
                Refusal::MethodNotAllowed("PUT".into()),
                "the preflight response does not allow the method `PUT`",
            ),
            (
                Refusal::HeaderNotAllowed("x-a".into()),
                "the preflight response does not allow the header `x-a`",
            ),
            (
                Refusal::Actual(WildcardWithCredentials),
                "the response has `Access-Control-Allow-Origin: *`, which does not work with \
                 credentials",
            ),
            (
                Refusal::Actual(OtherOrigin("null".into())),
                "the response has Access-Control-Allow-Origin for another origin, `null`",
            ),
            (
                Refusal::Actual(NoAllowCredentials),
                "the response has no `Access-Control-Allow-Credentials: true`",
            ),
        ] {
            assert_eq!(refusal.to_string(), expected);
        }
    }
}
