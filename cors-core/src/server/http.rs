//! Everything that an adapter over [`http`](::http) 1.x needs.
//!
//! ```
//! use std::borrow::Cow;
//! use std::sync::Arc;
//! use cors_core::http::{Answer, Head, PreparedPolicy};
//! use http::{Request, Response};
//!
//! type Served = Response<Cow<'static, str>>;
//!
//! fn serve(policy: &Arc<PreparedPolicy>, request: Request<()>) -> Served {
//!     let head = Head::of(&request);
//!     match Arc::clone(policy).answer(&head) {
//!         Answer::Respond(respond) => respond.response(&head),
//!         Answer::Forward(forward) => {
//!             let mut response = handle(request);
//!             forward.edit_response(&mut response);
//!             response
//!         }
//!     }
//! }
//!
//! fn handle(_: Request<()>) -> Served {
//!     Response::new("hello".into())
//! }
//!
//! let policy = Arc::new(cors_core::Policy::anonymous("https://app.example.com").into());
//! let request = Request::get("/").header("origin", "https://app.example.com");
//! let response = serve(&policy, request.body(())?);
//! assert_eq!(response.headers()["access-control-allow-origin"], "https://app.example.com");
//! assert_eq!(response.headers()["vary"], "Origin");
//! # Ok::<(), http::Error>(())
//! ```

use core::cell::OnceCell;
use std::borrow::Cow;

use ::http::header::{self, GetAll, HeaderMap, HeaderName, HeaderValue, ValueIter};
use ::http::{Extensions, Method, Request, Response, StatusCode, Uri};
use bytes::Bytes;

use super::answer;
pub use super::heap::{OwnedPolicy, PolicyErrors, Settings};
use super::prepared::{Prepared, PreparedValue};
use super::set::PreparedPolicies;
pub use super::set::{PolicySet, PolicySetErrors, Scoped};
use crate::decision::{Denial, Edits, RequestHeaders, ResponseHeaders};
use crate::field::{RequestField, ResponseField};

/// A policy that is prepared for requests, with header values that are created once: what an adapter's
/// `by_request` and `look_up` return, in an [`Arc`](std::sync::Arc).
///
/// ```
/// use cors_core::Policy;
/// use cors_core::http::{OwnedPolicy, PolicyErrors, PreparedPolicy, Settings};
///
/// let written = PreparedPolicy::from(Policy::public());
/// let read: OwnedPolicy = Settings::new().origins(["https://app.example.com"]).build()?;
/// let read = PreparedPolicy::from(read);
/// # Ok::<(), PolicyErrors>(())
/// ```
///
/// All its methods: [`cors_core::Prepared`](crate::Prepared).
pub type PreparedPolicy = Prepared<HeaderValue>;

/// A policy that can be replaced while the server runs. Clones share the policy.
///
/// Each response uses exactly one policy: the one that is current when the request arrives.
///
/// ```
/// use cors_core::Policy;
/// use cors_core::http::{LivePolicy, PolicyErrors, Settings};
///
/// let live = LivePolicy::new(Policy::nobody());
///
/// // Later, whenever the settings change:
/// live.try_replace(Settings::new().origins(["https://app.example.com"]))?;
/// # Ok::<(), PolicyErrors>(())
/// ```
///
/// All its methods: [`cors_core::LivePolicy`](crate::LivePolicy).
#[doc(alias("reload", "swap"))]
pub type LivePolicy = super::LivePolicy<PreparedPolicy>;

/// Several policies, by host and path, that can be replaced as one value while the server runs. Clones
/// share them.
///
/// ```
/// use cors_core::http::{LivePolicies, PolicySet, PolicySetErrors, Scoped};
/// use cors_core::Policy;
///
/// let set = |path| PolicySet::new([Scoped::new(Policy::public()).path(path)]);
/// let live = LivePolicies::new(set("/fonts")?);
///
/// // Later, whenever the file changes:
/// live.replace(set("/static")?);
/// # Ok::<(), PolicySetErrors>(())
/// ```
pub type LivePolicies = super::LivePolicy<PreparedPolicies<HeaderValue>>;

/// What to do with a request: call the handler, or respond at once. See
/// [`cors_core::Answer`](crate::Answer).
pub type Answer = answer::Answer<HeaderValue>;

/// The edits to make to the handler's response. See [`cors_core::Forward`](crate::Forward).
pub type Forward = answer::Forward<HeaderValue>;

/// A response that doesn't come from the handler. See [`cors_core::Respond`](crate::Respond).
pub type Respond = answer::Respond<HeaderValue>;

/// The parts of a request that a policy can be chosen by: method, URI, headers and extensions.
#[derive(Debug)]
pub struct Head<'r> {
    /// The method.
    pub method: &'r Method,
    /// The request target.
    pub uri: &'r Uri,
    /// The headers.
    pub headers: &'r HeaderMap,
    /// The extensions, in which other middleware leaves what it knows about the request.
    pub extensions: &'r Extensions,
    lines: HeaderLines<'r>,
}

impl<'r> Head<'r> {
    /// The head of this request.
    #[inline]
    pub fn of<B>(request: &'r Request<B>) -> Self {
        Self::new(
            request.method(),
            request.uri(),
            request.headers(),
            request.extensions(),
        )
    }

    /// The head of a framework's own request. With HTTP/2, the authority of the request is that of `uri`.
    #[inline]
    #[must_use]
    pub fn new(
        method: &'r Method,
        uri: &'r Uri,
        headers: &'r HeaderMap,
        extensions: &'r Extensions,
    ) -> Self {
        Self {
            method,
            uri,
            headers,
            extensions,
            lines: HeaderLines::of(headers),
        }
    }

    /// The host, and the port if there is one, under which the client reaches the server: the authority
    /// of the request target, which HTTP/2 has, or else the `Host` header. `None` if there is neither,
    /// or more than one `Host`.
    #[must_use]
    pub fn authority(&self) -> Option<&str> {
        RequestHeaders::authority(self)
    }
}

impl RequestHeaders for Head<'_> {
    type Value = HeaderValue;

    #[inline]
    fn method(&self) -> &[u8] {
        self.method.as_str().as_bytes()
    }

    #[inline]
    fn path(&self) -> &[u8] {
        self.uri.path().as_bytes()
    }

    #[inline]
    fn lines(&self, field: RequestField) -> impl Iterator<Item = &[u8]> {
        // HTTP/2 has `:authority`, and a proxy's absolute target counts more than `Host`
        // (https://www.rfc-editor.org/rfc/rfc9112.html#section-3.2.2).
        match field {
            RequestField::Host => match self.uri.authority() {
                Some(authority) => Lines::Authority(Some(authority.as_str())),
                None => self.lines.of_field(field),
            },
            _ => self.lines.of_field(field),
        }
    }

    #[inline]
    fn values(&self, field: RequestField) -> impl Iterator<Item = HeaderValue> {
        self.lines.values(field)
    }
}

/// The request headers that a decision reads, each looked up once.
#[derive(Debug)]
pub struct HeaderLines<'r> {
    headers: &'r HeaderMap,
    // What may be echoed is asked for twice, and looked up once.
    origins: GetAll<'r, HeaderValue>,
    methods: OnceCell<GetAll<'r, HeaderValue>>,
    names: OnceCell<GetAll<'r, HeaderValue>>,
}

impl<'r> HeaderLines<'r> {
    /// Those of this map.
    #[inline]
    #[must_use]
    pub fn of(headers: &'r HeaderMap) -> Self {
        Self {
            headers,
            // The only look-up of a name by value: the compiler inlines it, and hashes the name.
            origins: headers.get_all(header::ORIGIN),
            methods: OnceCell::new(),
            names: OnceCell::new(),
        }
    }

    /// The lines of this header.
    #[inline]
    #[must_use]
    pub fn of_field(&self, field: RequestField) -> Lines<'r> {
        Lines::Headers(self.iter(field))
    }

    /// The lines of this header, as header values.
    #[inline]
    pub fn values(&self, field: RequestField) -> impl Iterator<Item = HeaderValue> + use<'r> {
        self.iter(field).cloned()
    }

    #[inline]
    fn iter(&self, field: RequestField) -> ValueIter<'r, HeaderValue> {
        let look_up = || self.headers.get_all(name(field));
        match field {
            RequestField::Origin => self.origins.iter(),
            RequestField::RequestMethod => self.methods.get_or_init(look_up).iter(),
            RequestField::RequestHeaders => self.names.get_or_init(look_up).iter(),
            _ => look_up().iter(),
        }
    }
}

/// The lines of a request header.
#[derive(Debug)]
pub enum Lines<'r> {
    /// Lines from a map.
    Headers(ValueIter<'r, HeaderValue>),
    /// The authority of a request target, in place of the `Host` header.
    Authority(Option<&'r str>),
}

impl<'r> Iterator for Lines<'r> {
    type Item = &'r [u8];

    #[inline]
    fn next(&mut self) -> Option<&'r [u8]> {
        match self {
            Self::Headers(lines) => lines.next().map(HeaderValue::as_bytes),
            Self::Authority(authority) => authority.take().map(str::as_bytes),
        }
    }
}

fn name(field: RequestField) -> &'static HeaderName {
    static SEC_FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");
    static SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
    match field {
        RequestField::Origin => &header::ORIGIN,
        RequestField::RequestMethod => &header::ACCESS_CONTROL_REQUEST_METHOD,
        RequestField::RequestHeaders => &header::ACCESS_CONTROL_REQUEST_HEADERS,
        RequestField::Host => &header::HOST,
        RequestField::SecFetchMode => &SEC_FETCH_MODE,
        RequestField::SecFetchSite => &SEC_FETCH_SITE,
    }
}

const fn response_name(field: ResponseField) -> HeaderName {
    match field {
        ResponseField::AllowOrigin => header::ACCESS_CONTROL_ALLOW_ORIGIN,
        ResponseField::AllowCredentials => header::ACCESS_CONTROL_ALLOW_CREDENTIALS,
        ResponseField::AllowMethods => header::ACCESS_CONTROL_ALLOW_METHODS,
        ResponseField::AllowHeaders => header::ACCESS_CONTROL_ALLOW_HEADERS,
        ResponseField::ExposeHeaders => header::ACCESS_CONTROL_EXPOSE_HEADERS,
        ResponseField::MaxAge => header::ACCESS_CONTROL_MAX_AGE,
        ResponseField::Vary => header::VARY,
        ResponseField::TimingAllowOrigin => HeaderName::from_static("timing-allow-origin"),
    }
}

impl ResponseHeaders for HeaderMap {
    type Value = HeaderValue;

    #[inline]
    fn value(text: &'static str) -> HeaderValue {
        HeaderValue::from_static(text)
    }

    #[inline]
    fn names(&self, mut tell: impl FnMut(&str)) {
        for name in self.keys() {
            tell(name.as_str());
        }
    }

    fn vary(&self, mut tell: impl FnMut(&[u8])) {
        for line in self.get_all(&header::VARY) {
            tell(line.as_bytes());
        }
    }

    // Here and not where it is called, as it is large.
    fn append(&mut self, field: ResponseField, value: HeaderValue) {
        add(self, response_name(field), value);
    }

    fn retain(&mut self, keep: impl Fn(&str) -> bool) {
        retain(self, &keep);
    }
}

/// The only one that adds: each of the map's functions that do weighs some kilobytes.
#[inline(never)]
fn add(headers: &mut HeaderMap, name: HeaderName, value: HeaderValue) {
    headers.append(name, value);
}

/// The only one that removes.
#[cold]
fn retain(headers: &mut HeaderMap, keep: &dyn Fn(&str) -> bool) {
    while let Some(name) = headers.keys().find(|name| !keep(name.as_str())).cloned() {
        remove(headers, name);
    }
}

#[inline(never)]
fn remove(headers: &mut HeaderMap, name: HeaderName) {
    headers.remove(name);
}

impl PreparedValue for HeaderValue {
    type Ready = Preflight;

    fn from_static(text: &'static str) -> Self {
        Self::from_static(text)
    }

    /// Its clones are reference counts, from the first one on: `Bytes` moves what was copied into
    /// shared memory when it is cloned for the first time.
    fn from_text(text: &str) -> Self {
        let bytes = Bytes::copy_from_slice(text.as_bytes());
        drop(bytes.clone());
        Self::from_maybe_shared(bytes).expect("a policy's texts are visible ASCII")
    }

    fn ready(edits: Edits, values: &[Self; ResponseField::ALL.len()]) -> Preflight {
        Preflight::new(edits, values)
    }
}

/// The prepared headers for a successful preflight that asks for headers, which is the usual one.
#[derive(Debug)]
pub struct Preflight {
    edits: Edits,
    /// With an empty value for what is echoed. Its index has room for [`SPARE`].
    headers: HeaderMap,
}

/// What frameworks add to a response: without room for it, the index of a clone would soon be built anew.
const SPARE: [HeaderName; 2] = [header::ALLOW, header::CONTENT_LENGTH];

impl Preflight {
    fn new(edits: Edits, values: &[HeaderValue; ResponseField::ALL.len()]) -> Self {
        let mut headers = HeaderMap::new();
        // First, where they are found first.
        for field in edits.sets().all_echoed().iter() {
            ResponseHeaders::append(&mut headers, field, HeaderValue::from_static(""));
        }
        for (field, value) in ResponseField::ALL.into_iter().zip(values) {
            if edits.sets().all_set().has(field) {
                ResponseHeaders::append(&mut headers, field, value.clone());
            }
        }
        for name in SPARE {
            add(&mut headers, name, HeaderValue::from_static(""));
        }
        for name in SPARE.into_iter().rev() {
            remove(&mut headers, name);
        }
        Self { edits, headers }
    }

    fn headers(&self, request: &impl RequestHeaders<Value = HeaderValue>) -> HeaderMap {
        let mut headers = self.headers.clone();
        for field in self.edits.sets().all_echoed().iter() {
            let mut lines = request.values(field.source());
            let place = headers
                .iter_mut()
                .find(|(name, _)| **name == response_name(field));
            if let (Some((_, value)), Some(line)) = (place, lines.next()) {
                *value = line;
            }
            for line in lines {
                ResponseHeaders::append(&mut headers, field, line);
            }
        }
        headers
    }
}

impl Forward {
    /// [Edits](Self::edit) the headers of the handler's response. If the request is denied, the
    /// [`Denial`](crate::Denial) is put into the response's extensions, for middleware that counts or
    /// logs.
    #[inline]
    pub fn edit_response<B>(self, response: &mut Response<B>) {
        note(self.denial(), response);
        self.edit(response.headers_mut());
    }
}

/// Only a denial costs the map.
#[inline]
fn note<B>(denial: Option<Denial>, response: &mut Response<B>) {
    if let Some(denial) = denial {
        response.extensions_mut().insert(denial);
    }
}

impl Respond {
    /// Turns a response that already has the [body](Self::body) into this one: sets its status and
    /// headers, and puts the [`Denial`](crate::Denial), if there is one, into its extensions.
    pub fn edit_response<B>(
        &self,
        response: &mut Response<B>,
        request: &impl RequestHeaders<Value = HeaderValue>,
    ) {
        *response.status_mut() = self.status_code();
        note(self.edits().denial(), response);
        self.edit(response.headers_mut(), request);
    }

    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.status()).unwrap_or(StatusCode::FORBIDDEN)
    }

    /// The response to this request. If the request is denied, the [`Denial`](crate::Denial) is in the
    /// extensions.
    #[must_use]
    pub fn response(
        &self,
        request: &impl RequestHeaders<Value = HeaderValue>,
    ) -> Response<Cow<'static, str>> {
        let text = self.body(request);
        // HTTP/2 sends what there is, and no content answers HEAD
        // (https://www.rfc-editor.org/rfc/rfc9110.html#section-9.3.2).
        let is_head = request.method() == b"HEAD";
        let length = text.len();
        let mut response = Response::new(match is_head {
            true => Cow::Borrowed(""),
            false => text,
        });
        let preflight = self.prepared().ready();
        match preflight.edits == self.edits() {
            true => {
                *response.status_mut() = self.status_code();
                *response.headers_mut() = preflight.headers(request);
            }
            false => self.edit_response(&mut response, request),
        }
        if length > 0 {
            let headers = response.headers_mut();
            let text = HeaderValue::from_static("text/plain; charset=utf-8");
            add(headers, header::CONTENT_TYPE, text);
            if is_head {
                add(headers, header::CONTENT_LENGTH, length.into());
            }
        }
        response
    }
}
