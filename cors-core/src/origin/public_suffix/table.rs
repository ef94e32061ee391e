//! The [list](https://publicsuffix.org) as a tree of labels, from the last one of a domain on.
//! `examples/public_suffix_table` makes it:
//!
//! ```text
//! table  = date count 1*node *label-byte     ; "2026-10-22"
//! node   = label kind length children
//! ```
//!
//! * `count` (two bytes, the lower first, like all numbers here) says how many nodes there are.
//! * The root comes first, then level by level the others, those of one parent together and sorted
//!   by their labels. The last is nobody's: it only tells where the children of the one before end.
//! * `label` (two bytes) tells where the label begins among the label bytes, the lower six bits of
//!   the third byte how long it is. `*` is a label like any other; it sorts before all others.
//! * `kind` is the upper two bits of the third byte.
//! * `children` (two bytes) is the number of the first child; there are as many as fit before the
//!   first child of the next node.

use core::cmp::Ordering;

use crate::bytes::cut;

/// Whoever only has literals has none of it in the program: the compiler alone reads it.
static TABLE: [u8; LENGTH] = *include_bytes!("table.bin");

const LENGTH: usize = include_bytes!("table.bin").len();
const COUNT: usize = number(10);
const NODES: usize = 12;
const NODE: usize = 5;
const LABELS: usize = NODES + COUNT * NODE;

const ROOT: usize = 0;
const RULE: u8 = 1;
const EXCEPTION: u8 = 2;

/// A [rule](https://github.com/publicsuffix/list/wiki/Format) is this domain, or `*.` and this
/// domain, or `*.` and its parent, and no exception stands against it.
pub(super) const fn is_listed(mut domain: &[u8]) -> bool {
    let mut node = ROOT;
    loop {
        let (before, label) = split_last_label(domain);
        match (before, find_child(node, label)) {
            (_, Some(child)) if kind(child) == EXCEPTION => return false,
            ([before @ .., _], Some(child)) => (domain, node) = (before, child),
            ([], Some(child)) => {
                return kind(child) == RULE || has_wildcard(child) || has_wildcard(node);
            }
            ([], None) => return has_wildcard(node),
            (_, None) => return false,
        }
    }
}

/// What stands before the last label, dot included, and the label.
const fn split_last_label(domain: &[u8]) -> (&[u8], &[u8]) {
    let mut before = domain;
    while let [rest @ .., last] = before {
        if *last == b'.' {
            break;
        }
        before = rest;
    }
    (before, cut(domain, before.len(), domain.len()))
}

const fn find_child(node: usize, label: &[u8]) -> Option<usize> {
    let (mut low, mut high) = (first_child(node), first_child(node + 1));
    while low < high {
        let middle = low + (high - low) / 2;
        match compare(middle, label) {
            Ordering::Less => low = middle + 1,
            Ordering::Equal => return Some(middle),
            Ordering::Greater => high = middle,
        }
    }
    None
}

const fn has_wildcard(node: usize) -> bool {
    let first = first_child(node);
    first < first_child(node + 1) && matches!(compare(first, b"*"), Ordering::Equal)
}

/// How the label of this node is sorted against the other.
const fn compare(node: usize, label: &[u8]) -> Ordering {
    let at = NODES + node * NODE;
    let start = LABELS + number(at);
    let (length, other_length) = ((byte(at + 2) & 63) as usize, label.len());
    let mut i = 0;
    while i < length && i < other_length {
        let (own, other) = (byte(start + i), label[i]);
        if own < other {
            return Ordering::Less;
        }
        if own > other {
            return Ordering::Greater;
        }
        i += 1;
    }
    match (i < length, i < other_length) {
        (false, true) => Ordering::Less,
        (false, false) => Ordering::Equal,
        (true, _) => Ordering::Greater,
    }
}

const fn kind(node: usize) -> u8 {
    byte(NODES + node * NODE + 2) >> 6
}

const fn first_child(node: usize) -> usize {
    number(NODES + node * NODE + 3)
}

const fn number(at: usize) -> usize {
    byte(at) as usize | (byte(at + 1) as usize) << 8
}

const fn byte(at: usize) -> u8 {
    match at < LENGTH {
        true => TABLE[at],
        false => 0,
    }
}
