use super::{Origin, OriginPattern, pattern};
use crate::bytes::cut_str;
use crate::fault::{Fault, FaultKind, Setting};

/// A list of [patterns](OriginPattern), at least one, separated by white space as in a
/// [CSP source list](https://www.w3.org/TR/CSP3/#framework-directive-source-list).
///
/// The list is its text: it borrows, it is a few words long, and it is scanned. For a handful of
/// origins nothing is faster.
///
/// ```
/// use cors_core::Origins;
///
/// let origins = Origins::parse("https://app.example.com https://*.preview.example.com").unwrap();
/// assert!(origins.contains(b"https://app.example.com"));
/// assert!(origins.contains(b"https://pr-1.preview.example.com"));
/// assert!(!origins.contains(b"https://app.example.com.evil.com"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origins<'a> {
    text: &'a str,
    kind: Kind,
}

/// How much there is to compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// The text is one origin.
    Origin,
    /// The text is one pattern.
    Pattern,
    /// The text is origins, without a wildcard.
    Origins,
    /// The text is patterns.
    Patterns,
}

impl<'a> Origins<'a> {
    /// Reads a list. Does not allocate.
    ///
    /// # Errors
    ///
    /// The first pattern that has a fault, or that there is none.
    pub const fn parse(text: &'a str) -> Result<Self, Fault<'a>> {
        let (mut words, mut last, mut exact) = (0, "", true);
        let mut next = next_word(text, 0);
        while let Some((start, end)) = next {
            last = cut_str(text, start, end);
            match OriginPattern::parse(last) {
                Ok(pattern) => exact = exact && pattern.is_exact(),
                Err(kind) => return Err(Fault::new(kind, Setting::Origins, last)),
            }
            words += 1;
            next = next_word(text, end);
        }
        let (text, kind) = match (words, exact) {
            (0, _) => return Err(Fault::new(FaultKind::NoOrigin, Setting::Origins, "")),
            (1, true) => (last, Kind::Origin),
            (1, false) => (last, Kind::Pattern),
            (_, true) => (text, Kind::Origins),
            (_, false) => (text, Kind::Patterns),
        };
        Ok(Self { text, kind })
    }

    /// The value of one `Origin` line is an origin of this list.
    ///
    /// Costs O(bytes of the list and the origin), nothing for a value longer than
    /// [`Origin::MAX_LENGTH`]; does not allocate.
    #[must_use]
    pub fn contains(&self, origin: &[u8]) -> bool {
        if origin.len() > Origin::MAX_LENGTH {
            return false;
        }
        let text = self.text.as_bytes();
        // Patterns are visible ASCII: whatever is not stands between them.
        let mut words = text
            .split(|&byte| byte <= b' ')
            .filter(|word| !word.is_empty());
        match self.kind {
            Kind::Origin => text == origin,
            Kind::Pattern => pattern::matches(text, origin),
            Kind::Origins => words.any(|word| word == origin),
            Kind::Patterns => words.any(|word| pattern::matches(word, origin)),
        }
    }

    /// The patterns, in order.
    pub fn iter(&self) -> impl Iterator<Item = OriginPattern<'a>> + use<'a> {
        self.text.split_ascii_whitespace().map(OriginPattern)
    }

    /// The first pattern that credentials make dangerous and that was not asked for by name.
    pub(crate) const fn find_danger(
        &self,
        insecure_allowed: bool,
        public_suffix_allowed: bool,
    ) -> Option<Fault<'a>> {
        let mut next = next_word(self.text, 0);
        while let Some((start, end)) = next {
            let word = cut_str(self.text, start, end);
            let pattern = OriginPattern(word);
            if pattern.is_insecure() && !insecure_allowed {
                return Some(Fault::new(
                    FaultKind::InsecureOrigin,
                    Setting::Origins,
                    word,
                ));
            }
            if pattern.is_above_a_single_label() && !public_suffix_allowed {
                return Some(Fault::new(FaultKind::PublicSuffix, Setting::Origins, word));
            }
            next = next_word(self.text, end);
        }
        None
    }
}

/// Where the first word at or after `from` begins and ends.
const fn next_word(text: &str, from: usize) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    let mut start = from;
    while start < bytes.len() && bytes[start].is_ascii_whitespace() {
        start += 1;
    }
    let mut end = start;
    while end < bytes.len() && !bytes[end].is_ascii_whitespace() {
        end += 1;
    }
    match start < end {
        true => Some((start, end)),
        false => None,
    }
}
