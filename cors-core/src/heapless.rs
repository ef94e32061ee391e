//! Names for policies, and a list of headers, that live in memory of a fixed size: what a device
//! without an allocator uses.
//!
//! ```
//! use cors_core::heapless::{OwnedPolicy, PolicyErrors, Settings};
//!
//! let policy: OwnedPolicy<256, 32> = Settings::new()
//!     .origins(["https://app.example.com", "http://localhost:*"])
//!     .build_in([0; 32])?;
//! assert!(policy.allows_origin(b"http://localhost:5173"));
//! # Ok::<(), PolicyErrors<256>>(())
//! ```

use core::fmt;

use heapless::{String, Vec};

use crate::decision::ResponseHeaders;
use crate::field::ResponseField;

/// [`Settings`](crate::Settings) with texts of at most `TEXT` bytes, all lists together.
pub type Settings<const TEXT: usize> = crate::Settings<String<TEXT>>;

/// An [`OwnedPolicy`](crate::OwnedPolicy) with texts of at most `TEXT` bytes, and so many slots for
/// an [index](crate::OriginIndex): none up to 8 origins, then two for each and four more.
pub type OwnedPolicy<const TEXT: usize, const SLOTS: usize> =
    crate::OwnedPolicy<String<TEXT>, [u32; SLOTS]>;

/// All [`PolicyErrors`](crate::PolicyErrors) of [`Settings`].
pub type PolicyErrors<const TEXT: usize> = crate::PolicyErrors<String<TEXT>>;

/// The headers of a response, for servers that have no map for them: at most `N` header lines.
///
/// A line that finds no room is counted, and the list then shows [no headers at
/// all](Self::headers): a response is never sent without one that it should have.
///
/// ```
/// use cors_core::heapless::HeaderList;
///
/// let mut headers = HeaderList::<2>::from_iter([("content-type", &b"text/plain"[..])]);
/// headers.push("age", b"5");
/// assert_eq!(headers.headers()?.len(), 2);
///
/// headers.push("etag", b"\"1\"");
/// assert_eq!(
///     headers.headers().unwrap_err().to_string(),
///     "the list has room for 2 headers, and the response has 3",
/// );
/// # Ok::<(), cors_core::heapless::HeaderListError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct HeaderList<'v, const N: usize> {
    headers: Vec<(&'v str, &'v [u8]), N>,
    /// So many found no room.
    lost: usize,
}

impl<'v, const N: usize> HeaderList<'v, N> {
    /// No headers.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            headers: Vec::new(),
            lost: 0,
        }
    }

    /// Adds a header line.
    pub fn push(&mut self, name: &'v str, value: &'v [u8]) {
        if self.headers.push((name, value)).is_err() {
            self.lost = self.lost.saturating_add(1);
        }
    }

    /// Names and values, in order.
    ///
    /// # Errors
    ///
    /// If there were at any time more than find room, even if others have been removed since.
    pub fn headers(&self) -> Result<&[(&'v str, &'v [u8])], HeaderListError> {
        match self.lost {
            0 => Ok(&self.headers),
            lost => Err(HeaderListError { room: N, lost }),
        }
    }
}

impl<'v, const N: usize> Extend<(&'v str, &'v [u8])> for HeaderList<'v, N> {
    fn extend<I: IntoIterator<Item = (&'v str, &'v [u8])>>(&mut self, lines: I) {
        let lines = lines.into_iter();
        lines.for_each(|(name, value)| self.push(name, value));
    }
}

impl<'v, const N: usize> FromIterator<(&'v str, &'v [u8])> for HeaderList<'v, N> {
    fn from_iter<I: IntoIterator<Item = (&'v str, &'v [u8])>>(lines: I) -> Self {
        let mut headers = Self::new();
        headers.extend(lines);
        headers
    }
}

impl<'v, const N: usize> ResponseHeaders for HeaderList<'v, N> {
    type Value = &'v [u8];

    fn value(text: &'static str) -> &'v [u8] {
        text.as_bytes()
    }

    fn names(&self, mut tell: impl FnMut(&str)) {
        self.headers.iter().for_each(|(name, _)| tell(name));
    }

    fn vary(&self, mut tell: impl FnMut(&[u8])) {
        let is_vary =
            |(name, _): &&(&str, &[u8])| name.eq_ignore_ascii_case(ResponseField::Vary.name());
        let lines = self.headers.iter().filter(is_vary);
        lines.for_each(|(_, value)| tell(value));
    }

    fn append(&mut self, field: ResponseField, value: &'v [u8]) {
        self.push(field.name(), value);
    }

    fn retain(&mut self, keep: impl Fn(&str) -> bool) {
        self.headers.retain(|(name, _)| keep(name));
    }
}

/// A response has more headers than its [`HeaderList`] has room for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeaderListError {
    room: usize,
    lost: usize,
}

impl fmt::Display for HeaderListError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { room, lost } = self;
        let all = room.saturating_add(*lost);
        write!(
            f,
            "the list has room for {room} headers, and the response has {all}"
        )
    }
}

impl core::error::Error for HeaderListError {}
