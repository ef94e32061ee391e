//! Thousands of origins at the cost of one.

mod build;
mod hash;

use self::build::fill;
use self::hash::{Key, buckets, hash_of, hash_of_exact, seed_of, tag};
use super::list::next_word;
use super::pattern::{self, Parts};
use crate::error::{PolicyError, PolicyErrorKind, Setting};

/// Where the patterns of a list stand in its text: a table that finds one without reading the
/// others.
///
/// A list of a handful of origins is fastest without one. From some dozens on, an index keeps the
/// cost of a decision where it is, whether ten origins are listed or a hundred thousand:
///
/// ```
/// use cors_core::{OriginIndex, Policy};
///
/// const CUSTOMERS: &str = "https://a.example https://b.example https://*.c.example";
/// static INDEX: [u32; OriginIndex::length(CUSTOMERS)] = OriginIndex::array(CUSTOMERS);
/// static POLICY: Policy = Policy::credentialed(CUSTOMERS).index(&INDEX);
///
/// assert!(POLICY.allows_origin(b"https://shop.c.example"));
/// assert!(!POLICY.allows_origin(b"https://shop.b.example"));
/// ```
///
/// Text and slots belong to the caller; a pattern takes two slots. It stands in one of four, which
/// depend on the whole text, so that nobody who adds a pattern of his own can choose them
/// ([cuckoo hashing](https://doi.org/10.1016/j.jalgor.2003.12.002) with buckets of two). A look-up
/// reads these four for the origin itself, and for each suffix that a `*.` pattern of the list
/// could have. What it finds is compared with the text: a wrong table can hide an origin, and never
/// allow one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OriginIndex<'a> {
    seed: u32,
    shape: u32,
    table: &'a [u32],
}

/// Before the table stand the seed and the shape: the length of the longest base of a `*.` pattern,
/// and a flag.
const HEAD: usize = 2;

/// The flag: there are `:*` patterns.
const ANY_PORT: u32 = 1 << 16;

/// A slot holds where a pattern begins, plus one, above eight bits of the pattern's hash.
const LONGEST_TEXT: usize = (1 << 24) - 2;

/// So many seeds are tried.
const MOST_SEEDS: u32 = 16;

impl<'a> OriginIndex<'a> {
    /// How many slots the index of this list needs: two for a pattern, and two more.
    #[must_use]
    pub const fn length(list: &str) -> usize {
        let mut patterns = 0;
        let mut next = next_word(list, 0);
        while let Some((_, end)) = next {
            patterns += 1;
            next = next_word(list, end);
        }
        HEAD + 2 * patterns
    }

    /// The index of a list as an array of [`length`](Self::length) slots, for a `static`.
    ///
    /// # Panics
    ///
    /// Where [`build`](Self::build) fails. In a const context this fails to compile.
    #[must_use]
    #[track_caller]
    pub const fn array<const N: usize>(list: &str) -> [u32; N] {
        let mut slots = [0; N];
        match OriginIndex::build(list, &mut slots) {
            Ok(()) => slots,
            Err(error) => error.panic(),
        }
    }

    /// Fills slots, of which there are at least [`length`](Self::length).
    ///
    /// Costs O(bytes of the list); does not allocate.
    ///
    /// # Errors
    ///
    /// If there are too few slots, if the text is longer than 16 MiB, or if the patterns cannot be
    /// placed so that every look-up is short, which no list that nature made will see.
    pub const fn build<'t>(list: &'t str, slots: &mut [u32]) -> Result<(), PolicyError<'t>> {
        let list = list.trim_ascii();
        if slots.len() < Self::length(list) {
            return Err(PolicyError::new(
                PolicyErrorKind::IndexLength,
                Setting::Origins,
                "",
            ));
        }
        if list.len() > LONGEST_TEXT {
            return Err(PolicyError::new(
                PolicyErrorKind::IndexText,
                Setting::Origins,
                "",
            ));
        }
        let mut attempt = 0;
        while attempt < MOST_SEEDS {
            if fill(list, slots, seed_of(list).wrapping_add(attempt)) {
                return Ok(());
            }
            attempt += 1;
        }
        Err(PolicyError::new(
            PolicyErrorKind::IndexCrowded,
            Setting::Origins,
            "",
        ))
    }

    /// What [`build`](Self::build) made.
    pub(super) const fn of(slots: &'a [u32]) -> Self {
        match slots {
            [seed, shape, table @ ..] => Self {
                seed: *seed,
                shape: *shape,
                table,
            },
            _ => Self {
                seed: 0,
                shape: 0,
                table: &[],
            },
        }
    }

    /// It was built of this list.
    pub(super) const fn is_of(&self, list: &str) -> bool {
        self.seed.wrapping_sub(seed_of(list)) < MOST_SEEDS && !self.table.is_empty()
    }

    /// Where a pattern of the list begins that matches the origin.
    pub(super) fn find(&self, list: &str, origin: &[u8]) -> Option<usize> {
        let hash = hash_of_exact(self.seed, origin);
        self.find_place(list, hash, origin.len(), |word| word == origin)
            .or_else(|| match self.shape {
                0 => None,
                _ => self.find_wider(list, Key::of(origin)?, |word| {
                    pattern::matches(word, origin)
                }),
            })
    }

    /// Where another pattern of the list begins that allows whatever this one, which begins at
    /// `at`, allows: the same before it, or a wider one anywhere.
    pub(super) fn find_other(&self, list: &str, at: usize, own: &[u8]) -> Option<usize> {
        let is_wider = |word: &[u8]| pattern::is_wider(word, own);
        let hash = hash_of(self.seed, own);
        let same = self.find_place(list, hash, own.len(), |word| word == own);
        self.find_wider(list, Key::of_pattern(&Parts::of(own)), is_wider)
            .or(same.filter(|&first| first < at))
    }

    /// Where a pattern begins that is wider than this origin or pattern, and the right one.
    fn find_wider(&self, list: &str, key: Key<'_>, is_it: impl Fn(&[u8]) -> bool) -> Option<usize> {
        let find = |key: Key<'_>| self.find_place(list, key.hash(self.seed), key.length(), &is_it);
        let find_any_port = |key: Key<'_>| match self.shape & ANY_PORT {
            0 => None,
            _ => find(Key { port: b":*", ..key }),
        };
        let found = find_any_port(key);
        if found.is_some() {
            return found;
        }
        // What is wider than a pattern begins behind its first dot.
        let host = key.suffix.get(usize::from(key.has_subdomains)..)?;
        // No suffix is longer than the longest that is listed.
        let longest = (self.shape & 0xffff) as usize;
        let mut rest = host.get(host.len().saturating_sub(longest)..)?;
        while let Some(dot) = rest.iter().position(|&byte| byte == b'.') {
            let suffix = rest.get(dot..)?;
            let key = Key {
                has_subdomains: true,
                suffix,
                ..key
            };
            let found = find(key).or_else(|| find_any_port(key));
            if found.is_some() {
                return found;
            }
            rest = suffix.get(1..)?;
        }
        None
    }

    /// Where a pattern with this hash and length begins that is the right one. Reads four slots.
    fn find_place(
        &self,
        list: &str,
        hash: u64,
        length: usize,
        is_it: impl Fn(&[u8]) -> bool,
    ) -> Option<usize> {
        let [first, second] = buckets(hash, self.table.len());
        for bucket in [first, second] {
            let slots = self.table.get(bucket..)?.first_chunk::<2>()?;
            for slot in slots {
                if slot & 0xff == tag(hash) {
                    // Behind an empty slot there is nothing: `insert` fills them in this order, and
                    // empties none.
                    let at = (slot >> 8).checked_sub(1)? as usize;
                    if word_of(list.as_bytes(), at, length).is_some_and(&is_it) {
                        return Some(at);
                    }
                }
            }
        }
        None
    }
}

/// The word of this length that begins there, if one does.
fn word_of(text: &[u8], at: usize, length: usize) -> Option<&[u8]> {
    let is_end = |byte: Option<&u8>| byte.is_none_or(u8::is_ascii_whitespace);
    let (before, rest) = text.split_at_checked(at)?;
    let (word, behind) = rest.split_at_checked(length)?;
    (!word.is_empty() && is_end(before.last()) && is_end(behind.first())).then_some(word)
}
