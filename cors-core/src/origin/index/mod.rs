//! Thousands of origins at the cost of one.

mod build;
mod hash;

#[cfg(test)]
mod tests;

use self::build::{fill, word_at};
use self::hash::{
    ANY_PORT, Hasher, Key, buckets, dots_in, first_word, hash_of, hash_of_exact, padded_half,
    seed_of, split_last_word, tag,
};
use super::list::next_word;
use super::pattern;
use crate::bytes::{is_separator, trim_separators};
use crate::error::{PolicyError, PolicyErrorKind, Setting};

/// An index of a long list of origins, which finds one without reading the others.
///
/// A list of a handful of origins is faster without one. From a few dozen on, an index keeps the cost of
/// a decision the same, whether the list contains ten origins or a hundred thousand.
/// [`Settings`](crate::Settings) build one for you; for a literal, write:
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
/// Text and slots belong to the caller; a pattern takes two slots. It is in one of four, which depend on
/// the whole text, so that nobody who adds patterns to a list that they don't know can choose them
/// ([cuckoo hashing](https://doi.org/10.1016/j.jalgor.2003.12.002) with buckets of two). A look-up
/// reads these four for the origin itself, and for each suffix that a `*.` pattern of the list
/// could have. What it finds is compared with the text: a wrong table can hide an origin, but never
/// allow one that isn't listed. (Several listed ones in a row, with what separates them, can pass
/// as one; no browser sends such a header.)
///
/// # Cost
///
/// However long the list is, a look-up hashes the bytes of the origin once, and reads four slots. If
/// there are `*.` patterns, it reads four more for each end of the host that starts with a dot and could
/// be a listed suffix by its length (modulo 32); if there are `:*` patterns, twice as many. What it finds
/// is compared with the origin only if eight bits of the hash are the same: a pattern costs O(bytes of the
/// origin) again if it has a suffix of it, and rarely otherwise.
///
/// So the worst case is quadratic in the labels of the origin, and bounded, because a host has at most 253
/// bytes, which are 127 labels. An origin of 125 labels takes less than 16 000 instructions where fifty
/// long patterns are listed that it has no suffix of. One that has the suffixes of a hundred listed
/// patterns, and is none of their subdomains because of a wrong byte in front, is read a hundred times.
///
/// A pattern with a `*` inside a label, or for any host, has no slots of its own: every look-up that
/// finds nothing else compares it, for some 80 instructions.
///
/// If none of a pattern's slots is free (which only happens to crafted lists), it takes another one,
/// which every look-up reads that finds nothing else: the policy then has the warning
/// [`IndexCrowded`](crate::WarningKind::IndexCrowded).
///
/// As constants, lists of 2 000 origins of 35 bytes are checked and indexed in some five seconds;
/// [`Origins`](crate::Origins#constants) says what to do with more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OriginIndex<'a> {
    seed: u64,
    lengths: u32,
    shape: u32,
    table: &'a [u32],
}

/// Before the table stand the two halves of the seed, the lengths of the suffixes of `*.` patterns
/// (a bit for each, modulo 32), and the shape: the longest of them, two flags, and how many slots at
/// the end of the table are read by every look-up. Behind it stand the patterns that no table finds,
/// and their count, if there are any.
const HEAD: usize = 4;

/// A suffix is a part of a host, which has at most 253 bytes.
const LONGEST_SUFFIX: u32 = 0xff;

/// The flag: there are `:*` patterns.
const HAS_ANY_PORT: u32 = 1 << 8;

/// The flag: there are patterns that no table finds.
const READ_ALONE: u32 = 1 << 9;

/// One of the slots that every look-up reads. They are never more than the shape can tell, because
/// each contains a pattern.
const SPILLED: u32 = 1 << 10;

/// A slot contains where a pattern begins, plus one, above eight bits of the pattern's hash.
const LONGEST_TEXT: usize = (1 << 24) - 2;

/// So many seeds are tried.
const MOST_SEEDS: u64 = 16;

impl<'a> OriginIndex<'a> {
    /// The number of slots that the index of this list needs: two for each pattern, and four more.
    #[must_use]
    pub const fn length(list: &str) -> usize {
        let mut patterns = 0;
        let mut next = next_word(list.as_bytes(), 0);
        while let Some((_, end)) = next {
            patterns += 1;
            next = next_word(list.as_bytes(), end);
        }
        HEAD + 2 * patterns
    }

    /// Builds the index of a list as an array of [`length`](Self::length) slots, for a `static`.
    ///
    /// # Panics
    ///
    /// If [`build`](Self::build) returns an error. In a const context this fails to compile.
    #[must_use]
    #[track_caller]
    pub const fn array<const N: usize>(list: &str) -> [u32; N] {
        let mut slots = [0; N];
        match OriginIndex::build(list, &mut slots) {
            Ok(()) => slots,
            Err(error) => error.panic(),
        }
    }

    /// Builds the index of a list in these slots, of which it needs at least [`length`](Self::length).
    ///
    /// Costs O(bytes of the list); does not allocate.
    ///
    /// # Errors
    ///
    /// If there are too few slots, or if the text is longer than 16 MiB.
    pub const fn build<'t>(list: &'t str, slots: &mut [u32]) -> Result<(), PolicyError<'t>> {
        let list = trim_separators(list);
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
        let seed = seed_of(list);
        let mut attempt = 0;
        while attempt < MOST_SEEDS {
            let is_last = attempt == MOST_SEEDS - 1;
            if fill(list, slots, seed.wrapping_add(attempt), is_last) {
                break;
            }
            attempt += 1;
        }
        Ok(())
    }

    /// What [`build`](Self::build) made.
    pub(super) const fn of(slots: &'a [u32]) -> Self {
        match slots {
            [low, high, lengths, shape, table @ ..] => Self {
                seed: *low as u64 | (*high as u64) << 32,
                lengths: *lengths,
                shape: *shape,
                table,
            },
            _ => Self {
                seed: 0,
                lengths: 0,
                shape: 0,
                table: &[],
            },
        }
    }

    /// It was built of this list.
    pub(super) const fn is_of(&self, list: &str) -> bool {
        self.seed.wrapping_sub(seed_of(list)) < MOST_SEEDS && !self.table.is_empty()
    }

    /// How many slots every look-up reads that finds nothing else, because patterns stand there
    /// that found no place of their own.
    pub(crate) const fn spilled(&self) -> usize {
        (self.shape / SPILLED) as usize
    }

    /// A pattern of the list matches the origin, which is not empty.
    #[inline(never)]
    pub(super) fn contains(&self, list: &[u8], origin: &[u8]) -> bool {
        if self.shape & READ_ALONE != 0 {
            return self.contains_or_reads(list, origin);
        }
        let hash = hash_of_exact(self.seed, origin);
        let is_exact = |word: &[u8]| word == origin;
        let matches = |word: &[u8]| pattern::matches(word, origin);
        self.find_place(list, hash, origin.len(), is_exact)
            .is_some()
            || (self.shape != 0 && self.find_wider(list, origin, matches).is_some())
    }

    /// The same where there are patterns that no table finds.
    #[inline(never)]
    fn contains_or_reads(&self, list: &[u8], origin: &[u8]) -> bool {
        let (index, alone) = self.split_read_alone();
        let matches = |_, word: &[u8]| pattern::matches(word, origin);
        index.contains(list, origin) || find_read(list, alone, matches).is_some()
    }

    /// Where another pattern of the list begins that allows whatever this one, which begins at
    /// `at`, allows: the same before it, or a wider one anywhere.
    pub(super) fn find_other(&self, list: &[u8], at: usize, own: &[u8]) -> Option<usize> {
        let (index, alone) = self.split_read_alone();
        let is_before = |first: &usize| *first < at;
        let is_same = |word: &[u8]| word == own;
        let is_wider = |word: &[u8]| pattern::is_wider(word, own);
        let is_same_before = |first: usize, word: &[u8]| is_before(&first) && is_same(word);
        index
            .find_wider(list, own, is_wider)
            .or_else(|| find_read(list, alone, |_, word| is_wider(word)))
            .or_else(|| {
                let hash = hash_of(index.seed, own);
                index
                    .find_place(list, hash, own.len(), is_same)
                    .filter(is_before)
            })
            .or_else(|| index.find_spilled(list, is_same_before))
            .or_else(|| find_read(list, alone, is_same_before))
    }

    /// The index without the patterns that no table finds, and the slots of these.
    #[inline(never)]
    fn split_read_alone(&self) -> (Self, &'a [u32]) {
        let split = self.table.split_last().and_then(|(count, slots)| {
            let hashed = slots.len().checked_sub(*count as usize)?;
            slots.split_at_checked(hashed)
        });
        let (table, alone) = match split {
            Some(split) if self.shape & READ_ALONE != 0 => split,
            _ => (self.table, &[][..]),
        };
        let shape = self.shape & !READ_ALONE;
        let index = Self {
            shape,
            table,
            ..*self
        };
        (index, alone)
    }

    /// Where a pattern begins that is wider than this origin or pattern, and the right one.
    #[inline(never)]
    fn find_wider(&self, list: &[u8], word: &[u8], is_it: impl Fn(&[u8]) -> bool) -> Option<usize> {
        let key = Key::of(word);
        let has_any_port = self.shape & HAS_ANY_PORT != 0;
        // A host can be listed with any port; otherwise nothing counts but the end of it that a
        // listed suffix could be.
        let longest = match has_any_port {
            true => key.suffix.len(),
            false => (self.shape & LONGEST_SUFFIX) as usize,
        };
        let (_, mut rest) = key
            .suffix
            .split_at_checked(key.suffix.len().saturating_sub(longest))?;
        let any_port = (padded_half(ANY_PORT), ANY_PORT.len());
        let ports = [(padded_half(key.port), key.port.len()), any_port];
        let ports = match has_any_port {
            true => ports.as_slice(),
            false => &ports[..1],
        };
        let start = key.scheme.len() + 2;
        let mut hasher = Hasher::of_scheme(self.seed, key.scheme);
        let mut done = 0;
        loop {
            let (before, word) = split_last_word(rest);
            let mut dots = dots_in(word);
            while dots != 0 {
                let behind = dots.leading_zeros();
                dots ^= (1 << 63) >> behind;
                // The suffix that begins with this dot.
                let left = word >> (56 - behind);
                let length = done + behind as usize / 8 + 1;
                if self.lengths >> (length % 32) & 1 == 0 {
                    continue;
                }
                for (port, port_length) in ports {
                    let hash = hasher.finish(left, true, *port);
                    let length = start + 1 + length + port_length;
                    let found = self.find_place(list, hash, length, &is_it);
                    if found.is_some() {
                        return found;
                    }
                }
            }
            if rest.len() <= 8 {
                break;
            }
            hasher = hasher.and(word);
            done += 8;
            rest = before;
        }
        if has_any_port && !rest.is_empty() {
            let (port, port_length) = any_port;
            let hash = hasher.finish(first_word(rest), false, port);
            let length = start + key.suffix.len() + port_length;
            let found = self.find_place(list, hash, length, &is_it);
            if found.is_some() {
                return found;
            }
        }
        match self.spilled() {
            0 => None,
            _ => self.find_spilled(list, |_, word| is_it(word)),
        }
    }

    /// Where a pattern begins that found no place of its own, and the right one.
    #[cold]
    fn find_spilled(&self, list: &[u8], is_it: impl Fn(usize, &[u8]) -> bool) -> Option<usize> {
        let from = self.table.len().checked_sub(self.spilled())?;
        self.table.get(from..)?.iter().find_map(|slot| {
            let at = (slot >> 8).checked_sub(1)? as usize;
            let word = word_of(list, at, word_at(list, at).len())?;
            is_it(at, word).then_some(at)
        })
    }

    /// Where a pattern with this hash and length begins that is the right one. Reads four slots.
    fn find_place(
        &self,
        list: &[u8],
        hash: u64,
        length: usize,
        is_it: impl Fn(&[u8]) -> bool,
    ) -> Option<usize> {
        let [first, second] = buckets(hash, self.table.len());
        // A bucket begins at an even place.
        for place in [first, first | 1, second, second | 1] {
            let slot = *self.table.get(place)?;
            if slot & 0xff == tag(hash) {
                // Behind an empty slot there is nothing: `insert` fills them in this order, and
                // empties none.
                let at = (slot >> 8).checked_sub(1)? as usize;
                if word_of(list, at, length).is_some_and(&is_it) {
                    return Some(at);
                }
            }
        }
        None
    }
}

/// Where a pattern begins that no table finds, and the right one.
fn find_read(list: &[u8], alone: &[u32], is_it: impl Fn(usize, &[u8]) -> bool) -> Option<usize> {
    alone.iter().find_map(|slot| {
        let at = (slot >> 8).checked_sub(1)? as usize;
        let length = match slot & 0xff {
            255 => word_at(list, at).len(),
            length => length as usize,
        };
        let word = word_of(list, at, length)?;
        is_it(at, word).then_some(at)
    })
}

/// The word of this length, which is not 0, that begins there, if one does.
fn word_of(text: &[u8], at: usize, length: usize) -> Option<&[u8]> {
    let is_end = |byte: Option<&u8>| byte.is_none_or(|&byte| byte <= b' ');
    let (before, rest) = text.split_at_checked(at)?;
    let (word, behind) = rest.split_at_checked(length)?;
    let (before, behind) = (before.last(), behind.first());
    ((is_end(before) && is_end(behind)) || are_separators(before, behind)).then_some(word)
}

/// Where nothing but white space separates words, this is hardly ever asked.
#[cold]
fn are_separators(before: Option<&u8>, behind: Option<&u8>) -> bool {
    let is_end = |byte: Option<&u8>| byte.is_none_or(|&byte| is_separator(byte));
    is_end(before) && is_end(behind)
}
