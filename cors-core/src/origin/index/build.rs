//! Puts the patterns of a list into a table.

use super::hash::{Key, buckets, hash_of, hash_of_key, tag};
use super::{HAS_ANY_PORT, LONGEST_SUFFIX, READ_ALONE, SPILLED};
use crate::bytes::{cut, equal, find, is_separator};
use crate::origin::list::next_word;

/// So many patterns are moved at most to make room for another.
const MOST_MOVES: usize = 256;

/// Puts every pattern into its place; false if one finds none.
///
/// If it may spill, what finds no place stands at the end of the table, where every look-up that
/// finds nothing else reads it. There is room, because patterns fill half of a table.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a host has at most 253 bytes, and a table fewer spilled slots than patterns"
)]
pub(super) const fn fill(list: &str, slots: &mut [u32], seed: u64, may_spill: bool) -> bool {
    let mut i = 0;
    while i < slots.len() {
        slots[i] = 0;
        i += 1;
    }
    let [low, high, lengths_slot, shape, table @ ..] = slots else {
        return false;
    };
    let count = count_read_alone(list.as_bytes());
    let hashed = match table.len().checked_sub(count + 1) {
        Some(hashed) if count > 0 => hashed,
        _ => table.len(),
    };
    let Some((table, read_alone)) = table.split_at_mut_checked(hashed) else {
        return false;
    };
    let (mut lengths, mut longest, mut any_port, mut spilled) = (0_u32, 0, 0, 0);
    let mut next = next_word(list.as_bytes(), 0);
    let mut alone = 0;
    while let Some((start, end)) = next {
        let word = cut(list.as_bytes(), start, end);
        next = next_word(list.as_bytes(), end);
        let key = Key::of(word);
        if key.is_read_alone() {
            if alone < read_alone.len() {
                read_alone[alone] = slot_of(start, length_of(word));
                alone += 1;
            }
            continue;
        }
        if key.has_any_port() {
            any_port = HAS_ANY_PORT;
        }
        if key.has_subdomains {
            lengths |= 1 << (key.suffix.len() % 32);
            if key.suffix.len() > longest {
                longest = key.suffix.len();
            }
        }
        let hash = hash_of_key(seed, word, key);
        if !holds(list, table, hash, word) {
            match insert(list, table, seed, start, hash) {
                None => {}
                Some(slot) if may_spill => spilled = spill(table, spilled, slot),
                Some(_) => return false,
            }
        }
    }
    let mut flags = any_port;
    if let [.., last] = read_alone {
        *last = count as u32;
        flags |= READ_ALONE;
    }
    (*low, *high) = (seed as u32, (seed >> 32) as u32);
    *lengths_slot = lengths;
    *shape = (longest as u32 & LONGEST_SUFFIX) | flags | (spilled as u32 * SPILLED);
    true
}

/// How many patterns have a `*` that stands neither for subdomains nor for the port.
const fn count_read_alone(list: &[u8]) -> usize {
    let mut count = 0;
    let mut star = find(list, b'*', 0);
    while star < list.len() {
        let is_plain = match (cut(list, 0, star), cut(list, star + 1, list.len())) {
            ([.., b'/'], behind) => matches!(behind, [b'.', ..]),
            ([.., b':'], [] | [_]) => true,
            ([.., b':'], [behind, ..]) => is_separator(*behind),
            _ => false,
        };
        if !is_plain {
            count += 1;
        }
        star = find(list, b'*', star + 1);
    }
    count
}

/// How long a word is; 255 if it is that long or longer.
const fn length_of(word: &[u8]) -> u64 {
    if word.len() < 255 {
        word.len() as u64
    } else {
        255
    }
}

/// Where a pattern begins, plus one, and a part of its hash.
#[expect(
    clippy::cast_possible_truncation,
    reason = "no text is longer than 24 bits tell"
)]
const fn slot_of(at: usize, hash: u64) -> u32 {
    ((at as u32) + 1) << 8 | tag(hash)
}

/// Puts the pattern that begins at `at` into its place, and those that it drives out into theirs.
/// Gives the slot of the last one if it finds none.
const fn insert(list: &str, table: &mut [u32], seed: u64, at: usize, hash: u64) -> Option<u32> {
    let (mut slot, mut hash) = (slot_of(at, hash), hash);
    let mut bucket = buckets(hash, table.len())[0];
    let mut moves = 0;
    while moves < MOST_MOVES {
        let [first, second] = buckets(hash, table.len());
        let places = [first, first + 1, second, second + 1];
        let mut i = 0;
        while i < places.len() {
            if places[i] < table.len() && table[places[i]] == 0 {
                table[places[i]] = slot;
                return None;
            }
            i += 1;
        }
        // It takes a place in the bucket from which what stood there has not just come.
        let place = bucket + moves % 2;
        if place >= table.len() {
            break;
        }
        (slot, table[place]) = (table[place], slot);
        let Some(driven_out) = (slot >> 8).checked_sub(1) else {
            break;
        };
        hash = hash_of(seed, word_at(list.as_bytes(), driven_out as usize));
        let [first, second] = buckets(hash, table.len());
        bucket = if bucket == first { second } else { first };
        moves += 1;
    }
    Some(slot)
}

/// Puts what found no place into the last free slot; gives how many slots there are from it on.
const fn spill(table: &mut [u32], spilled: usize, slot: u32) -> usize {
    let mut count = spilled;
    while count < table.len() {
        count += 1;
        let place = table.len() - count;
        if table[place] == 0 {
            table[place] = slot;
            break;
        }
    }
    count
}

/// The same word has its place already.
const fn holds(list: &str, table: &[u32], hash: u64, word: &[u8]) -> bool {
    let [first, second] = buckets(hash, table.len());
    let places = [first, first + 1, second, second + 1];
    let mut i = 0;
    while i < places.len() {
        if places[i] < table.len() {
            let slot = table[places[i]];
            if let Some(at) = (slot >> 8).checked_sub(1) {
                if slot & 0xff == tag(hash) && equal(word_at(list.as_bytes(), at as usize), word) {
                    return true;
                }
            }
        }
        i += 1;
    }
    false
}

/// The word that begins there, or the next one.
pub(super) const fn word_at(list: &[u8], at: usize) -> &[u8] {
    match next_word(list, at) {
        Some((start, end)) => cut(list, start, end),
        None => &[],
    }
}
