//! Policies and response headers in memory of a fixed size, for devices without an allocator.
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

/// Builds a policy whose texts have at most `TEXT` bytes, all lists together.
///
/// ```
/// use cors_core::heapless::{OwnedPolicy, PolicyErrors, Settings};
///
/// let policy: OwnedPolicy<256, 0> = Settings::new()
///     .origins(["https://app.example.com"])
///     .methods(["PUT"])
///     .build_in([])?;
/// # Ok::<(), PolicyErrors<256>>(())
/// ```
///
/// All its setters: [`cors_core::Settings`](crate::Settings).
pub type Settings<const TEXT: usize> = crate::Settings<String<TEXT>>;

/// A policy that owns its texts, with at most `TEXT` bytes of them, and this many `SLOTS` for an
/// [index](crate::OriginIndex): none for up to 8 origins, then two for each and four more.
///
/// ```
/// use cors_core::heapless::{OwnedPolicy, PolicyErrors, Settings};
///
/// let origins = (0..10).map(|number| format!("https://display-{number}.example.com"));
/// let policy: OwnedPolicy<512, 24> = Settings::new().origins(origins).build_in([0; 24])?;
/// assert!(policy.allows_origin(b"https://display-7.example.com"));
/// # Ok::<(), PolicyErrors<512>>(())
/// ```
///
/// Build it with [`Settings`]. All its methods: [`cors_core::OwnedPolicy`](crate::OwnedPolicy).
pub type OwnedPolicy<const TEXT: usize, const SLOTS: usize> =
    crate::OwnedPolicy<String<TEXT>, [u32; SLOTS]>;

/// All errors in [`Settings`], one on each line, with what to write instead.
///
/// ```
/// use cors_core::heapless::Settings;
///
/// let settings = Settings::<64>::new().origins(["https://app.example.com/"]);
/// let errors = settings.build_in([]).unwrap_err();
/// assert_eq!(errors.count(), 1);
/// ```
///
/// All its methods: [`cors_core::PolicyErrors`](crate::PolicyErrors).
pub type PolicyErrors<const TEXT: usize> = crate::PolicyErrors<String<TEXT>>;

/// At most `N` response headers, for servers without a header map.
///
/// If there is no room for a header, the list returns [an error instead of
/// headers](Self::headers), so a response is never sent with some of them missing.
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
    /// An empty list.
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
    /// If there was no room for a header at any time, even if others have been removed since.
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

/// There were more headers than a [`HeaderList`] has room for.
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
