mod errors;

pub(crate) use errors::error_in;

use super::{Dangers, Origin, OriginIndex, OriginPattern, pattern};
use crate::bytes::{contains, cut, cut_str, is_separator, separator, trim_separators};
use crate::error::{PolicyError, PolicyErrorKind, Setting};

/// A list of at least one [pattern](OriginPattern), separated by white space, commas or both.
///
/// It borrows its text, and is searched from the start. For a handful of origins nothing is faster.
///
/// ```
/// use cors_core::Origins;
///
/// let list = "https://app.example.com https://*.preview.example.com";
/// let origins = Origins::parse(list).unwrap();
/// assert!(origins.contains(b"https://app.example.com"));
/// assert!(origins.contains(b"https://pr-1.preview.example.com"));
/// assert!(!origins.contains(b"https://app.example.com.evil.com"));
/// ```
///
/// # Constants
///
/// The compiler checks a literal, which takes longer than at run time, and stops at some length with
/// `constant evaluation is taking a long time`. A list of 10 000 origins of 35 bytes compiles, and one of
/// 2 000 with an [index](OriginIndex). Read longer lists when the program starts, from a policy file or
/// with [`Settings`](crate::Settings), which takes milliseconds; or write
/// `#![allow(long_running_const_eval)]` at the top of the crate and wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origins<'a> {
    text: &'a str,
    kind: Kind<'a>,
}

/// How much there is to compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind<'a> {
    /// There is no text.
    Nobody,
    /// The text is one origin.
    Origin,
    /// The text is one pattern.
    Pattern,
    /// The text is origins, without a wildcard.
    Origins,
    /// The text is patterns.
    Patterns,
    /// The text is patterns, with commas between them: looking for these, too, takes longer.
    Commas { is_exact: bool },
    /// The text is patterns, with their index.
    Indexed(OriginIndex<'a>),
}

impl<'a> Origins<'a> {
    pub(crate) const NOBODY: Self = Self {
        text: "",
        kind: Kind::Nobody,
    };

    /// Parses a list. Does not allocate.
    ///
    /// # Errors
    ///
    /// The first error, such as a list without an origin.
    pub const fn parse(text: &'a str) -> Result<Self, PolicyError<'a>> {
        let text = trim_separators(text);
        let (mut words, mut exact, mut has_commas) = (0, true, false);
        let mut rest = text.as_bytes();
        while !rest.is_empty() {
            if let Some((is_exact, behind)) = pattern::split_plain(rest) {
                exact = exact && is_exact;
                rest = behind;
            } else if let Some((start, end)) = next_word(text.as_bytes(), text.len() - rest.len()) {
                let word = cut_str(text, start, end);
                match OriginPattern::parse(word) {
                    Ok(pattern) => exact = exact && pattern.is_exact(),
                    Err(kind) => {
                        return Err(error_in(word, kind).in_entry(words));
                    }
                }
                rest = cut(text.as_bytes(), end, text.len());
            }
            while let [separator @ separator!(), behind @ ..] = rest {
                has_commas = has_commas || *separator == b',';
                rest = behind;
            }
            words += 1;
        }
        let kind = match (words, exact) {
            (0, _) => {
                return Err(PolicyError::new(
                    PolicyErrorKind::NoOrigin,
                    Setting::Origins,
                    "",
                ));
            }
            (2.., is_exact) if has_commas => Kind::Commas { is_exact },
            (1, true) => Kind::Origin,
            (1, false) => Kind::Pattern,
            (_, true) => Kind::Origins,
            (_, false) => Kind::Patterns,
        };
        Ok(Self { text, kind })
    }

    pub(crate) const fn text(&self) -> &'a str {
        self.text
    }

    /// A list whose text and index are kept elsewhere.
    pub(crate) const INDEXED: Self = Self {
        text: "",
        kind: Kind::Indexed(OriginIndex::of(&[])),
    };

    /// The same for a list without an error and without an index.
    pub(crate) fn shape(list: &str) -> Origins<'static> {
        let kind = match (list, list.contains(' '), list.contains('*')) {
            ("", ..) => Kind::Nobody,
            (_, false, false) => Kind::Origin,
            (_, false, true) => Kind::Pattern,
            (_, true, false) => Kind::Origins,
            (_, true, true) => Kind::Patterns,
        };
        Origins { text: "", kind }
    }

    /// The same list in another place, which an owner keeps.
    pub(crate) const fn with_text<'t>(self, text: &'t str, slots: &'t [u32]) -> Origins<'t>
    where
        'a: 't,
    {
        let kind = match self.kind {
            Kind::Indexed(_) => Kind::Indexed(OriginIndex::of(slots)),
            kind => kind,
        };
        Origins { text, kind }
    }

    /// Looks up origins in this index instead of reading the whole list.
    ///
    /// # Errors
    ///
    /// If [`OriginIndex::build`] didn't make the slots from exactly this text.
    pub const fn index(self, slots: &'a [u32]) -> Result<Self, PolicyError<'a>> {
        let index = OriginIndex::of(slots);
        match index.is_of(self.text) {
            true => Ok(Self {
                kind: Kind::Indexed(index),
                ..self
            }),
            false => Err(PolicyError::new(
                PolicyErrorKind::IndexOfAnother,
                Setting::Origins,
                "",
            )),
        }
    }

    /// How many slots of the index every look-up reads that finds nothing else, because patterns found
    /// no place of their own, if there are any.
    pub(crate) fn spilled(&self) -> Option<usize> {
        match self.kind {
            Kind::Indexed(index) => Some(index.spilled()).filter(|&slots| slots > 0),
            _ => None,
        }
    }

    /// Whether the list contains this `Origin` header value.
    ///
    /// Costs O(bytes of the list and the origin); with an [index](OriginIndex#cost) O(bytes of the
    /// origin), and as much again for each listed pattern with a suffix of it; nothing for a
    /// value longer than [`Origin::MAX_LENGTH`]. Does not allocate.
    #[inline]
    #[must_use]
    pub fn contains(&self, origin: &[u8]) -> bool {
        self.contains_in(self.text.as_bytes(), None, origin)
    }

    /// The same of a list whose text, and slots of an index, are kept elsewhere.
    pub(crate) fn contains_in(&self, text: &[u8], slots: Option<&[u32]>, origin: &[u8]) -> bool {
        match (&self.kind, slots) {
            (Kind::Nobody, _) => false,
            (Kind::Origin, _) => text == origin,
            _ if !(1..=Origin::MAX_LENGTH).contains(&origin.len()) => false,
            (Kind::Pattern, _) => pattern::matches(text, origin),
            (Kind::Indexed(index), None) => index.contains(text, origin),
            (Kind::Indexed(_), Some(slots)) => OriginIndex::of(slots).contains(text, origin),
            (Kind::Origins, _) => has_word(text, |word| word == origin),
            (Kind::Patterns, _) => has_word(text, |word| pattern::matches(word, origin)),
            (Kind::Commas { .. }, _) => has_word_or_comma(text, origin),
        }
    }

    /// The patterns, in order.
    pub fn iter(&self) -> impl Iterator<Item = OriginPattern<'a>> + use<'a> {
        self.places().map(|(_, pattern)| pattern)
    }

    /// The patterns and where they begin.
    pub(crate) fn places(&self) -> impl Iterator<Item = (usize, OriginPattern<'a>)> + use<'a> {
        self.places_from(0)
    }

    fn places_from(
        &self,
        mut from: usize,
    ) -> impl Iterator<Item = (usize, OriginPattern<'a>)> + use<'a> {
        let text = self.text;
        core::iter::from_fn(move || {
            let (start, end) = next_word(text.as_bytes(), from)?;
            from = end;
            Some((start, OriginPattern(text.get(start..end)?)))
        })
    }

    /// Another pattern of the list that allows whatever this one, which begins at `at`, allows: the
    /// same before it, or a wider one anywhere.
    pub(crate) fn find_other(
        &self,
        at: usize,
        pattern: OriginPattern<'a>,
    ) -> Option<OriginPattern<'a>> {
        let own = pattern.as_str().as_bytes();
        let found = match self.kind {
            Kind::Indexed(index) => index.find_other(self.text.as_bytes(), at, own),
            _ => self.places().find_map(|(place, other)| {
                let is_same = other == pattern && place < at;
                (is_same || pattern::is_wider(other.as_str().as_bytes(), own)).then_some(place)
            }),
        };
        let (_, other) = self.places_from(found?).next()?;
        Some(other)
    }

    /// The first entry that is no exact origin.
    pub(crate) const fn find_pattern(&self) -> Option<PolicyError<'a>> {
        let mut entry = 0;
        let mut next = next_word(self.text.as_bytes(), 0);
        while let Some((start, end)) = next {
            let word = cut_str(self.text, start, end);
            if !OriginPattern(word).is_exact() {
                let kind = PolicyErrorKind::NotAnOrigin;
                return Some(PolicyError::new(kind, Setting::Origins, word).in_entry(entry));
            }
            entry += 1;
            next = next_word(self.text.as_bytes(), end);
        }
        None
    }

    /// It was read, and has no wildcard.
    const fn is_exact(&self) -> bool {
        matches!(
            self.kind,
            Kind::Origin | Kind::Origins | Kind::Commas { is_exact: true }
        )
    }

    /// The first pattern that credentials make dangerous and that was not asked for by name.
    pub(crate) const fn find_danger(&self, dangers: Dangers) -> Option<PolicyError<'a>> {
        let may_be_open = !self.is_exact();
        let mut entry = 0;
        let mut next = next_word(self.text.as_bytes(), 0);
        while let Some((start, end)) = next {
            let bytes = cut(self.text.as_bytes(), start, end);
            if !pattern::is_secure(bytes) || (may_be_open && contains(bytes, b'*')) {
                let word = cut_str(self.text, start, end);
                if let Some(kind) = OriginPattern(word).danger(dangers) {
                    return Some(PolicyError::new(kind, Setting::Origins, word).in_entry(entry));
                }
            }
            entry += 1;
            next = next_word(self.text.as_bytes(), end);
        }
        None
    }
}

impl Origins<'_> {
    /// The list, which has no patterns, contains this origin.
    pub(crate) fn has_exact(list: &[u8], origin: &[u8]) -> bool {
        (1..=Origin::MAX_LENGTH).contains(&origin.len()) && has_word_or_comma(list, origin)
    }
}

// Out of the way of what needs fewer registers.
#[inline(never)]
fn has_word(list: &[u8], is_it: impl Fn(&[u8]) -> bool) -> bool {
    // Patterns are visible ASCII: whatever is not stands between them.
    let words = list.split(|&byte| byte <= b' ');
    words.filter(|word| !word.is_empty()).any(is_it)
}

#[inline(never)]
fn has_word_or_comma(list: &[u8], origin: &[u8]) -> bool {
    let words = list.split(|&byte| is_separator(byte));
    words
        .filter(|word| !word.is_empty())
        .any(|word| pattern::matches(word, origin))
}

/// Where the first word at or after `from` begins and ends.
pub(super) const fn next_word(bytes: &[u8], from: usize) -> Option<(usize, usize)> {
    let mut start = from;
    while start < bytes.len() && matches!(bytes[start], separator!()) {
        start += 1;
    }
    let mut end = start;
    while end < bytes.len() && !matches!(bytes[end], separator!()) {
        end += 1;
    }
    match start < end {
        true => Some((start, end)),
        false => None,
    }
}
