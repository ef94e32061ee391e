//! Where a pattern may stand in the table of an index.

use crate::bytes::{cut, equal, find};

/// The parts of an origin or a pattern.
#[derive(Clone, Copy)]
pub(super) struct Key<'a> {
    /// With its colon.
    pub(super) scheme: &'a [u8],
    pub(super) has_subdomains: bool,
    /// The host, without the `*` before its first dot.
    pub(super) suffix: &'a [u8],
    /// With its colon.
    pub(super) port: &'a [u8],
}

impl<'a> Key<'a> {
    /// Of an origin or a pattern, which has a port if it ends in a colon and digits or `*`.
    pub(super) const fn of(word: &'a [u8]) -> Self {
        let scheme_end = match word.first_chunk() {
            // Nearly all begin so.
            Some(start) if u64::from_le_bytes(*start) == u64::from_le_bytes(*b"https://") => 6,
            _ => find(word, b':', 0) + 1,
        };
        let mut before = word;
        while let [rest @ .., b'0'..=b'9' | b'*'] = before {
            before = rest;
        }
        let port = match before {
            [host @ .., b':'] => host.len(),
            _ => word.len(),
        };
        let host = cut(word, scheme_end + 2, port);
        let (has_subdomains, suffix) = match host {
            [b'*', suffix @ ..] => (true, suffix),
            _ => (false, host),
        };
        Self {
            scheme: cut(word, 0, scheme_end),
            has_subdomains,
            suffix,
            port: cut(word, port, word.len()),
        }
    }

    /// Its `*` stands for something else than subdomains or the port, so that no table finds it.
    pub(super) const fn is_read_alone(&self) -> bool {
        match (self.has_subdomains, self.suffix) {
            (true, [b'.', ..]) => false,
            (true, _) => true,
            (false, host) => find(host, b'*', 0) < host.len(),
        }
    }

    pub(super) const fn has_any_port(&self) -> bool {
        equal(self.port, ANY_PORT)
    }
}

pub(super) const ANY_PORT: &[u8] = b":*";

/// What is hashed already.
///
/// Of a pattern with a wildcard this is the scheme with its colon, and the host eight bytes a step,
/// from the end on: so the suffixes of a host share their steps, and cost together what one costs.
#[derive(Clone, Copy)]
pub(super) struct Hasher {
    state: u64,
    key: u64,
}

impl Hasher {
    /// Both operands of every multiplication depend on the seed.
    const fn new(seed: u64) -> Self {
        Self {
            state: seed,
            key: seed.rotate_left(32) ^ 0x9e37_79b9_7f4a_7c15,
        }
    }

    /// Sixteen bytes a step.
    pub(super) const fn of_scheme(seed: u64, scheme: &[u8]) -> Self {
        let mut hasher = Self::new(seed);
        let mut rest = scheme;
        while let Some((chunk, behind)) = rest.split_first_chunk() {
            hasher = hasher.step(whole(chunk));
            rest = behind;
        }
        hasher.step(padded(rest))
    }

    /// Eight bytes that stand before those of the step before.
    pub(super) const fn and(self, word: u64) -> Self {
        self.step((word, 0))
    }

    /// A multiplication of which both halves count: whoever does not know the seed cannot choose
    /// words that collide.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "both halves of the product count"
    )]
    const fn step(self, (low, high): Chunk) -> Self {
        let product = (self.state ^ low) as u128 * (self.key ^ high) as u128;
        Self {
            state: product as u64 ^ (product >> 64) as u64,
            ..self
        }
    }

    /// The hash of the pattern with this port, of whose suffix one to eight bytes are left.
    pub(super) const fn finish(self, word: u64, has_subdomains: bool, port: u64) -> u64 {
        let star = (has_subdomains as u64) << 63;
        self.step((word, port | star)).state | WILDCARD
    }
}

/// The last bit of a hash tells patterns with a wildcard from origins, which cannot be one.
const WILDCARD: u64 = 1;

pub(super) const fn hash_of(seed: u64, word: &[u8]) -> u64 {
    hash_of_key(seed, word, Key::of(word))
}

/// The same, if the parts are known.
pub(super) const fn hash_of_key(seed: u64, word: &[u8], key: Key<'_>) -> u64 {
    if !key.has_subdomains && !key.has_any_port() {
        return hash_of_exact(seed, word);
    }
    let mut hasher = Hasher::of_scheme(seed, key.scheme);
    let mut rest = key.suffix;
    while rest.len() > 8 {
        let (before, word) = split_last_word(rest);
        hasher = hasher.and(word);
        rest = before;
    }
    hasher.finish(first_word(rest), key.has_subdomains, padded_half(key.port))
}

/// The last eight bytes of a text or fewer, the last of them on top; and what stands before them.
pub(super) const fn split_last_word(text: &[u8]) -> (&[u8], u64) {
    match text.split_last_chunk() {
        Some((before, word)) => (before, u64::from_le_bytes(*word)),
        None => (&[], padded_half(text) << unused_bits(text)),
    }
}

/// A text of at most eight bytes, as it is when it begins in the middle of a longer one.
pub(super) const fn first_word(text: &[u8]) -> u64 {
    split_last_word(text).1 >> unused_bits(text)
}

/// Of a word that contains this text of one to eight bytes.
const fn unused_bits(text: &[u8]) -> usize {
    64_usize.wrapping_sub(8 * text.len()) & 63
}

/// The highest bit of every byte that is a dot.
pub(super) const fn dots_in(word: u64) -> u64 {
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    let others = word ^ 0x2e2e_2e2e_2e2e_2e2e;
    !(((others & LOW) + LOW) | others) & !LOW
}

#[inline]
pub(super) const fn hash_of_exact(seed: u64, word: &[u8]) -> u64 {
    fold(Hasher::new(seed), word) & !WILDCARD
}

/// Depends on the whole list, so that nobody who has an entry of his own can choose it.
pub(super) const fn seed_of(list: &str) -> u64 {
    fold(Hasher::new(0x243f_6a88_85a3_08d3), list.as_bytes())
}

/// Sixteen bytes a step; the last of them may have been in the step before, so that the length
/// counts. It changes an operand by what depends on the seed, which no bytes undo.
#[inline]
const fn fold(hasher: Hasher, bytes: &[u8]) -> u64 {
    let mut hasher = Hasher {
        key: hasher.key.wrapping_mul(2 * bytes.len() as u64 + 1),
        ..hasher
    };
    match bytes.last_chunk() {
        None => hasher = hasher.step(padded(bytes)),
        Some(last) => {
            let mut rest = bytes;
            while let Some((chunk, behind)) = rest.split_first_chunk() {
                hasher = hasher.step(whole(chunk));
                rest = behind;
            }
            hasher = hasher.step(whole(last));
        }
    }
    hasher.state
}

/// Sixteen bytes.
type Chunk = (u64, u64);

#[expect(
    clippy::cast_possible_truncation,
    reason = "both halves of the chunk count"
)]
const fn whole(bytes: &[u8; 16]) -> Chunk {
    let chunk = u128::from_le_bytes(*bytes);
    (chunk as u64, (chunk >> 64) as u64)
}

/// Fewer than sixteen bytes, and zeros behind them, which no pattern contains.
const fn padded(bytes: &[u8]) -> Chunk {
    // What follows the first eight bytes is the end of the last eight.
    match (bytes.first_chunk(), bytes.last_chunk()) {
        (Some(first), Some(last)) => {
            let others = 127_usize.wrapping_sub(8 * bytes.len()) & 63;
            let last = u64::from_le_bytes(*last) >> 1 >> others;
            (u64::from_le_bytes(*first), last)
        }
        _ => (padded_half(bytes), 0),
    }
}

/// Fewer than eight.
pub(super) const fn padded_half(bytes: &[u8]) -> u64 {
    match (bytes.first_chunk(), bytes.last_chunk()) {
        (Some(first), Some(last)) => {
            let before = (8 * bytes.len()).wrapping_sub(32) & 31;
            u32::from_le_bytes(*first) as u64 | (u32::from_le_bytes(*last) as u64) << before
        }
        _ => match bytes {
            [a] => *a as u64,
            [a, b] => *a as u64 | (*b as u64) << 8,
            [a, b, c] => *a as u64 | (*b as u64) << 8 | (*c as u64) << 16,
            _ => 0,
        },
    }
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
