//! warp's requests, for the core.

use std::cell::Cell;

use cors_core::http::{Lines, name};
use cors_core::{RequestField, RequestHeaders};
use http::HeaderValue;
use http::header::{GetAll, HOST, ORIGIN};
use http::uri::Authority;
use warp::log::Info;

/// The authority of the request's target, which warp shows to nobody but together with `Host`.
#[derive(Debug, Default)]
pub(crate) enum Target {
    /// It costs an allocation, and few decisions need it.
    #[default]
    Unread,
    /// It is not that of the `Host` line, or this is none.
    Contradicted,
    /// The same as that of the `Host` line, if there are both.
    Read(Option<Authority>),
}

/// What a decision reads of a request.
pub(crate) struct Head<'r> {
    request: &'r Info<'r>,
    target: &'r Target,
    /// Looked up once: every request is asked for it, and those of pages twice.
    origins: GetAll<'r, HeaderValue>,
    /// The decision takes a target that has not been read: it counts for nothing.
    is_missing: Cell<bool>,
}

impl<'r> Head<'r> {
    pub(crate) fn of(request: &'r Info<'r>, target: &'r Target) -> Self {
        Self {
            request,
            target,
            origins: request.request_headers().get_all(ORIGIN),
            is_missing: Cell::new(false),
        }
    }

    pub(crate) fn is_missing(&self) -> bool {
        self.is_missing.get()
    }
}

impl RequestHeaders for Head<'_> {
    type Value = HeaderValue;

    fn method(&self) -> &[u8] {
        self.request.method().as_str().as_bytes()
    }

    fn lines(&self, field: RequestField) -> impl Iterator<Item = &[u8]> {
        let headers = self.request.request_headers();
        match (field, self.target) {
            (RequestField::Origin, _) => Lines::Headers(self.origins.iter()),
            (RequestField::Host, Target::Unread) => {
                self.is_missing.set(true);
                Lines::Authority(None)
            }
            (RequestField::Host, Target::Contradicted) => Lines::Authority(None),
            (RequestField::Host, Target::Read(authority)) if !headers.contains_key(HOST) => {
                Lines::Authority(authority.as_ref().map(Authority::as_str))
            }
            _ => Lines::of(headers, field),
        }
    }

    fn values(&self, field: RequestField) -> impl Iterator<Item = HeaderValue> {
        let headers = self.request.request_headers();
        headers.get_all(name(field)).iter().cloned()
    }
}
