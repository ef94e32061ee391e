//! warp's requests, for the core.

use std::cell::Cell;

use cors_core::http::{HeaderLines, Lines};
use cors_core::{RequestField, RequestHeaders};
use http::HeaderValue;
use http::header::HOST;
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
    lines: HeaderLines<'r>,
    /// The decision takes a target that has not been read: it counts for nothing.
    is_missing: Cell<bool>,
}

impl<'r> Head<'r> {
    #[inline]
    pub(crate) fn of(request: &'r Info<'r>, target: &'r Target) -> Self {
        Self {
            request,
            target,
            lines: HeaderLines::of(request.request_headers()),
            is_missing: Cell::new(false),
        }
    }

    pub(crate) fn is_missing(&self) -> bool {
        self.is_missing.get()
    }
}

impl RequestHeaders for Head<'_> {
    type Value = HeaderValue;

    #[inline]
    fn method(&self) -> &[u8] {
        self.request.method().as_str().as_bytes()
    }

    #[inline]
    fn lines(&self, field: RequestField) -> impl Iterator<Item = &[u8]> {
        match (field, self.target) {
            (RequestField::Host, Target::Unread) => {
                self.is_missing.set(true);
                Lines::Authority(None)
            }
            (RequestField::Host, Target::Contradicted) => Lines::Authority(None),
            (RequestField::Host, Target::Read(authority))
                if !self.request.request_headers().contains_key(HOST) =>
            {
                Lines::Authority(authority.as_ref().map(Authority::as_str))
            }
            _ => self.lines.of_field(field),
        }
    }

    #[inline]
    fn values(&self, field: RequestField) -> impl Iterator<Item = HeaderValue> {
        self.lines.values(field)
    }
}
