//! warp's requests, for the core.

use std::cell::Cell;
use std::ops::Deref;

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

/// The parts of a request that a policy can be chosen by: method, path, headers and
/// [host](Self::authority).
///
/// It dereferences to warp's [`Info`]. There is no response yet: ignore what the [`Info`] says about
/// one.
#[expect(missing_debug_implementations, reason = "an `Info` has none")]
pub struct Head<'r> {
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

    /// The host, and the port if there is one, under which the client reaches the server: the authority
    /// of the request target, which HTTP/2 has, or else the `Host` header. `None` if there is neither,
    /// if there is more than one `Host`, or if target and header contradict each other.
    ///
    /// [`Info::host`] isn't the same: it only knows the header.
    #[must_use]
    pub fn authority(&self) -> Option<&str> {
        RequestHeaders::authority(self)
    }

    pub(crate) fn is_missing(&self) -> bool {
        self.is_missing.get()
    }
}

impl<'r> Deref for Head<'r> {
    type Target = Info<'r>;

    fn deref(&self) -> &Info<'r> {
        self.request
    }
}

impl RequestHeaders for Head<'_> {
    type Value = HeaderValue;

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
