//! Where a pattern may stand in the table of an index.

use crate::origin::pattern::Parts;

/// What the place of a pattern with a wildcard depends on.
#[derive(Clone, Copy)]
pub(super) struct Key<'a> {
    pub(super) scheme: &'a [u8],
    pub(super) has_subdomains: bool,
    /// The host, without the `*` before its first dot.
    pub(super) suffix: &'a [u8],
    /// With its colon.
    pub(super) port: &'a [u8],
}

impl<'a> Key<'a> {
    /// Of an origin, which has a port if it ends in a colon and digits.
    pub(super) fn of(origin: &'a [u8]) -> Option<Self> {
        let scheme = origin.iter().position(|&byte| byte == b':')?;
        let digits = origin.iter().rev().take_while(|byte| byte.is_ascii_digit());
        let port = origin.len() - digits.count();
        let port = match origin.get(..port)? {
            [before @ .., b':'] => before.len(),
            _ => origin.len(),
        };
        Some(Self {
            scheme: origin.get(..scheme)?,
            has_subdomains: false,
            suffix: origin.get(scheme + 3..port)?,
            port: origin.get(port..)?,
        })
    }

    pub(super) const fn of_pattern(parts: &Parts<'a>) -> Self {
        Self {
            scheme: parts.scheme,
            has_subdomains: parts.has_subdomains(),
            suffix: parts.suffix(),
            port: parts.port,
        }
    }

    /// Of the pattern, in bytes.
    pub(super) const fn length(&self) -> usize {
        let star = self.has_subdomains as usize;
        self.scheme.len() + 3 + star + self.suffix.len() + self.port.len()
    }

    pub(super) const fn hash(&self, seed: u32) -> u64 {
        let scheme = match self.scheme {
            [first, .., last] => (*first as u64) << 8 | *last as u64,
            _ => 0,
        };
        let star = self.has_subdomains as u64;
        let scheme = scheme << 16 ^ (self.scheme.len() as u64) << 8 ^ star;
        let port = mix(widen(seed) ^ short_word(self.port));
        fold(port ^ scheme, self.suffix) | WILDCARD
    }
}

/// The last bit of a hash tells patterns with a wildcard from origins, which cannot be one.
const WILDCARD: u64 = 1;

pub(super) const fn hash_of(seed: u32, word: &[u8]) -> u64 {
    let parts = Parts::of(word);
    match parts.has_subdomains() || parts.has_any_port() {
        true => Key::of_pattern(&parts).hash(seed),
        false => hash_of_exact(seed, word),
    }
}

pub(super) const fn hash_of_exact(seed: u32, word: &[u8]) -> u64 {
    fold(widen(seed), word) & !WILDCARD
}

/// Depends on the whole list, so that nobody who has an entry of his own can choose it.
#[expect(clippy::cast_possible_truncation, reason = "half of a hash is a hash")]
pub(super) const fn seed_of(list: &str) -> u32 {
    fold(0, list.as_bytes()) as u32
}

const fn widen(seed: u32) -> u64 {
    mix(seed as u64 + 1)
}

/// Eight bytes a step; the last of them may have been in the step before.
const fn fold(hash: u64, bytes: &[u8]) -> u64 {
    let mut hash = hash ^ bytes.len() as u64;
    let Some(last) = bytes.last_chunk::<8>() else {
        return mix(hash ^ short_word(bytes));
    };
    let mut rest = bytes;
    while let Some((word, behind)) = rest.split_first_chunk::<8>() {
        hash = mix(hash ^ u64::from_le_bytes(*word));
        rest = behind;
    }
    mix(hash ^ u64::from_le_bytes(*last))
}

/// Fewer than eight bytes.
const fn short_word(bytes: &[u8]) -> u64 {
    let mut word = 0;
    let mut rest = bytes;
    while let [byte, behind @ ..] = rest {
        word = word << 8 | *byte as u64;
        rest = behind;
    }
    word
}

const fn mix(word: u64) -> u64 {
    let product = word.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    product ^ product >> 32
}

/// Eight bits that tell most patterns in a bucket apart without reading them.
pub(super) const fn tag(hash: u64) -> u32 {
    (hash & 0xff) as u32
}

/// Where the two buckets of a pattern begin, of two slots each, in a table of so many.
pub(super) const fn buckets(hash: u64, length: usize) -> [usize; 2] {
    let count = length as u64 / 2;
    let first = ((hash >> 32) * count) >> 32;
    let second = ((hash & 0xffff_ffff) * count) >> 32;
    [2 * first as usize, 2 * second as usize]
}
