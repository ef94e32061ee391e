//! Names as numbers, so that a name is found without comparing it with every other.

use crate::bytes::{EACH, zeros};

/// How long the element is that a text begins with, up to a comma or the end, and a number of 16
/// bits: the same for the same bytes in whatever case.
///
/// One pass finds both, eight bytes a step.
#[inline]
pub(super) const fn hash(text: &[u8]) -> (usize, u64) {
    let (mut rest, mut hash) = (text, 0);
    loop {
        let (word, length) = match rest.split_first_chunk::<8>() {
            Some((word, behind)) => {
                let word = u64::from_le_bytes(*word);
                let commas = zeros(word ^ (EACH * b',' as u64));
                if commas == 0 {
                    hash = mix(hash, word);
                    rest = behind;
                    continue;
                }
                let length = commas.trailing_zeros() / 8;
                (word & ((1 << (8 * length)) - 1), length as usize)
            }
            None => last_word(text, rest),
        };
        let hash = mix(hash, word);
        let hash = (hash ^ (hash >> 32)).wrapping_mul(FACTOR);
        return (text.len() - rest.len() + length, hash >> 48);
    }
}

/// The word of less than eight bytes that a text ends with, up to a comma, and how many they are.
#[inline]
const fn last_word(text: &[u8], rest: &[u8]) -> (u64, usize) {
    let word = match (text.last_chunk::<8>(), rest.len()) {
        (_, 0) => 0,
        (Some(word), length) => u64::from_le_bytes(*word) >> (64 - 8 * length),
        (None, _) => short_word(rest),
    };
    match zeros(word ^ (EACH * b',' as u64)) {
        0 => (word, rest.len()),
        commas => {
            let length = commas.trailing_zeros() / 8;
            (word & ((1 << (8 * length)) - 1), length as usize)
        }
    }
}

const fn short_word(mut text: &[u8]) -> u64 {
    let mut word = 0;
    while let [before @ .., byte] = text {
        word = word << 8 | *byte as u64;
        text = before;
    }
    word
}

/// 2^64 / φ, odd.
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

const fn mix(hash: u64, word: u64) -> u64 {
    // The bit that tells upper from lower case.
    (hash.rotate_left(32) ^ (word | (EACH << 5))).wrapping_mul(FACTOR)
}

/// Which names have been seen; it knows every one of them, and now and then takes another for one.
pub(in crate::policy) struct Seen([u64; 128]);

impl Seen {
    pub(in crate::policy) const NONE: Self = Self([0; 128]);

    /// The name, which is a token, may have been seen before.
    pub(super) const fn insert(&mut self, name: &[u8]) -> bool {
        let (_, hash) = hash(name);
        let bit = 1 << (hash & 63);
        let word = &mut self.0[(hash >> 6 & 127) as usize];
        let before = *word;
        *word |= bit;
        before & bit != 0
    }
}
