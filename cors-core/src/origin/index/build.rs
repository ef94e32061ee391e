//! Puts the patterns of a list into a table.

use super::ANY_PORT;
use super::hash::{buckets, hash_of, tag};
use crate::bytes::{cut, equal};
use crate::origin::list::next_word;
use crate::origin::pattern::Parts;

/// So many patterns are moved at most to make room for another.
const MOST_MOVES: usize = 256;

/// Puts every pattern into its place; false if one finds none.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a host has at most 253 bytes"
)]
pub(super) const fn fill(list: &str, slots: &mut [u32], seed: u32) -> bool {
    let mut i = 0;
    while i < slots.len() {
        slots[i] = 0;
        i += 1;
    }
    let [seed_slot, shape_slot, table @ ..] = slots else {
        return false;
    };
    let mut shape = 0;
    let text = list.as_bytes();
    let mut next = next_word(list, 0);
    while let Some((start, end)) = next {
        let parts = Parts::of(cut(text, start, end));
        if parts.has_any_port() {
            shape |= ANY_PORT;
        }
        if parts.has_subdomains() && parts.suffix().len() > (shape & 0xffff) as usize {
            shape = shape & ANY_PORT | parts.suffix().len() as u32;
        }
        if !insert(text, table, seed, start) {
            return false;
        }
        next = next_word(list, end);
    }
    *seed_slot = seed;
    *shape_slot = shape;
    true
}

/// Puts the pattern that begins at `at` into its place, and those that it drives out into theirs.
#[expect(
    clippy::cast_possible_truncation,
    reason = "no text is longer than 24 bits tell"
)]
const fn insert(text: &[u8], table: &mut [u32], seed: u32, at: usize) -> bool {
    let mut hash = hash_of(seed, word_at(text, at));
    if holds(text, table, hash, word_at(text, at)) {
        return true;
    }
    let mut slot = ((at as u32) + 1) << 8 | tag(hash);
    let mut bucket = buckets(hash, table.len())[0];
    let mut moves = 0;
    while moves < MOST_MOVES {
        let [first, second] = buckets(hash, table.len());
        let places = [first, first + 1, second, second + 1];
        let mut i = 0;
        while i < places.len() {
            if places[i] < table.len() && table[places[i]] == 0 {
                table[places[i]] = slot;
                return true;
            }
            i += 1;
        }
        // It takes a place in the bucket from which what stood there has not just come.
        let place = bucket + moves % 2;
        if place >= table.len() {
            return false;
        }
        (slot, table[place]) = (table[place], slot);
        let Some(driven_out) = (slot >> 8).checked_sub(1) else {
            return false;
        };
        hash = hash_of(seed, word_at(text, driven_out as usize));
        let [first, second] = buckets(hash, table.len());
        bucket = if bucket == first { second } else { first };
        moves += 1;
    }
    false
}

/// The same word has its place already.
const fn holds(text: &[u8], table: &[u32], hash: u64, word: &[u8]) -> bool {
    let [first, second] = buckets(hash, table.len());
    let places = [first, first + 1, second, second + 1];
    let mut i = 0;
    while i < places.len() {
        if places[i] < table.len() {
            let slot = table[places[i]];
            if let Some(at) = (slot >> 8).checked_sub(1) {
                if slot & 0xff == tag(hash) && equal(word_at(text, at as usize), word) {
                    return true;
                }
            }
        }
        i += 1;
    }
    false
}

/// The word that begins there.
const fn word_at(text: &[u8], at: usize) -> &[u8] {
    let mut end = at;
    while end < text.len() && !text[end].is_ascii_whitespace() {
        end += 1;
    }
    cut(text, at, end)
}
