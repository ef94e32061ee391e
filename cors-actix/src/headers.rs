//! actix-web's headers, for the core.

use std::borrow::Cow;
use std::slice::Iter;

use actix_web::HttpResponse;
use actix_web::dev::ServiceRequest;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::web::Bytes;
use cors_core::{
    Denial, Edit, Edits, PreparedValue, RequestField, RequestHeaders, ResponseField,
    ResponseHeaders,
};

use crate::policy::{Forward, Respond};

/// A header value of actix-web.
#[derive(Clone, Debug)]
pub struct Value(HeaderValue);

impl PreparedValue for Value {
    type Ready = ();

    fn from_static(text: &'static str) -> Self {
        Self(HeaderValue::from_static(text))
    }

    /// Its clones are reference counts, from the first one on: `Bytes` moves what was copied into
    /// shared memory when it is cloned for the first time.
    fn from_text(text: &str) -> Self {
        let bytes = Bytes::copy_from_slice(text.as_bytes());
        drop(bytes.clone());
        Self(HeaderValue::from_maybe_shared(bytes).expect("a policy's texts are visible ASCII"))
    }

    fn ready(_: Edits, _: &[Self; ResponseField::ALL.len()]) {}
}

/// The host, and the port if there is one, under which the client reaches the server: the authority of
/// the request target, which HTTP/2 has, or else the `Host` header. `None` if there is neither, or more
/// than one `Host`.
///
/// `connection_info().host()` isn't the same: it trusts the `Forwarded` header, which a client can set.
#[must_use]
pub fn authority(request: &ServiceRequest) -> Option<&str> {
    let mut lines = Head::of(request).hosts();
    let authority = lines.next()?;
    match lines.next() {
        Some(_) => None,
        None => std::str::from_utf8(authority).ok(),
    }
}

/// What a decision reads of a request.
pub(crate) struct Head<'r> {
    request: &'r ServiceRequest,
    /// Looked up once: every request is asked for it, and those of pages twice.
    origins: Iter<'r, HeaderValue>,
}

impl<'r> Head<'r> {
    #[inline]
    pub(crate) fn of(request: &'r ServiceRequest) -> Self {
        Self {
            request,
            origins: request.headers().get_all(header::ORIGIN),
        }
    }

    #[inline]
    fn headers(&self, field: RequestField) -> Iter<'r, HeaderValue> {
        match field {
            RequestField::Origin => self.origins.clone(),
            _ => self.request.headers().get_all(name(field)),
        }
    }

    /// HTTP/2 has `:authority`, and a proxy's absolute target counts more than `Host`
    /// (<https://www.rfc-editor.org/rfc/rfc9112.html#section-3.2.2>).
    #[inline]
    fn hosts(&self) -> Lines<'r> {
        match self.request.uri().authority() {
            Some(authority) => Lines::Authority(Some(authority.as_str())),
            None => Lines::Headers(self.headers(RequestField::Host)),
        }
    }
}

impl RequestHeaders for Head<'_> {
    type Value = Value;

    #[inline]
    fn method(&self) -> &[u8] {
        self.request.method().as_str().as_bytes()
    }

    #[inline]
    fn path(&self) -> &[u8] {
        self.request.path().as_bytes()
    }

    #[inline]
    fn lines(&self, field: RequestField) -> impl Iterator<Item = &[u8]> {
        match field {
            RequestField::Host => self.hosts(),
            _ => Lines::Headers(self.headers(field)),
        }
    }

    #[inline]
    fn values(&self, field: RequestField) -> impl Iterator<Item = Value> {
        self.headers(field).cloned().map(Value)
    }
}

enum Lines<'r> {
    Headers(Iter<'r, HeaderValue>),
    Authority(Option<&'r str>),
}

impl<'r> Iterator for Lines<'r> {
    type Item = &'r [u8];

    #[inline]
    fn next(&mut self) -> Option<&'r [u8]> {
        match self {
            Self::Headers(values) => values.next().map(HeaderValue::as_bytes),
            Self::Authority(authority) => authority.take().map(str::as_bytes),
        }
    }
}

#[inline]
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

/// The headers of a response.
pub(crate) struct Headers<'h>(pub(crate) &'h mut HeaderMap);

impl ResponseHeaders for Headers<'_> {
    type Value = Value;

    #[inline]
    fn value(text: &'static str) -> Value {
        match text {
            // Each byte of a value is checked when it is made: of this one, by the compiler.
            Edit::ORIGIN => Value(const { HeaderValue::from_static(Edit::ORIGIN) }),
            text => Value::from_static(text),
        }
    }

    #[inline]
    fn names(&self, mut tell: impl FnMut(&str)) {
        self.0.keys().for_each(|name| tell(name.as_str()));
    }

    fn vary(&self, mut tell: impl FnMut(&[u8])) {
        let lines = self.0.get_all(header::VARY);
        lines.for_each(|line| tell(line.as_bytes()));
    }

    #[inline]
    fn append(&mut self, field: ResponseField, value: Value) {
        self.0.append(response_name(field), value.0);
    }

    fn retain(&mut self, keep: impl Fn(&str) -> bool) {
        self.0.retain(|name, _| keep(name.as_str()));
    }
}

#[inline]
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

/// Edits a response of the wrapped service.
#[inline]
pub(crate) fn edit<B>(forward: Forward, response: &mut HttpResponse<B>) {
    note(forward.denial(), response);
    forward.edit(&mut Headers(response.headers_mut()));
}

/// Puts a denial into the response's extensions, for middleware that counts or logs.
#[inline]
fn note<B>(denial: Option<Denial>, response: &mut HttpResponse<B>) {
    if let Some(denial) = denial {
        response.extensions_mut().insert(denial);
    }
}

/// A response that the wrapped service does not give.
pub(crate) fn response(respond: &Respond, head: &Head<'_>) -> HttpResponse<Bytes> {
    let status = StatusCode::from_u16(respond.status()).unwrap_or(StatusCode::FORBIDDEN);
    let text = match respond.body(head) {
        Cow::Borrowed(text) => Bytes::from_static(text.as_bytes()),
        Cow::Owned(text) => Bytes::from(text),
    };
    let has_text = !text.is_empty();
    let mut response = HttpResponse::with_body(status, text);
    note(respond.edits().denial(), &mut response);
    respond.edit(&mut Headers(response.headers_mut()), head);
    if has_text {
        let text = HeaderValue::from_static("text/plain; charset=utf-8");
        response.headers_mut().insert(header::CONTENT_TYPE, text);
    }
    response
}
