//! Whether names are listed, one after the other, at a cost of O(bytes of the list and the names).

use super::hash::hash;
use super::{MOST, end_of};
use crate::bytes::{is_same_name, trim};

/// Reads the list, for as long as that does not cost more than a table would.
///
/// A browser asks in alphabetical order, and in many a list the names stand in it: the search for a
/// name begins behind the one that was found last, and most names are the next one or near it.
pub(crate) struct Reading<'p> {
    list: &'p [u8],
    from: usize,
    /// So many bytes of the list have been read.
    read: usize,
}

impl<'p> Reading<'p> {
    pub(crate) fn of(list: &'p [u8]) -> Self {
        Self {
            list,
            from: 0,
            read: 0,
        }
    }

    /// The name, which is not empty and contains no comma and no white space around it, is listed;
    /// none if enough has been read.
    pub(crate) fn find(&mut self, name: &[u8]) -> Option<bool> {
        // Once through the list, and over a short one some times more.
        if self.read >= self.list.len() + 256 {
            return None;
        }
        let (before, behind) = self.list.split_at_checked(self.from)?;
        let (read, end) = match end_of(name, behind, is_same_name) {
            Some(end) => (end, self.from + end),
            None => match end_of(name, before, is_same_name) {
                Some(end) => (behind.len() + end, end),
                None => return Some(false),
            },
        };
        self.read += read;
        self.from = end;
        Some(true)
    }
}

/// Every name of a list, where its number says; so that whoever asks in an order of his own choice,
/// or for one name again and again, costs as much as anybody else.
pub(crate) struct Table<'t> {
    list: &'t [u8],
    /// Where a name begins, plus one; 0 for none. Their count is a power of two.
    slots: &'t [u16],
}

impl<'t> Table<'t> {
    /// Makes a table on the stack, of two slots for a name or more: 256 bytes for up to 64 names and
    /// at most 16 KiB.
    pub(crate) fn with(list: &[u8], then: &mut dyn FnMut(&Table<'_>)) {
        let is_comma = |byte: &&u8| **byte == b',';
        match list.iter().filter(is_comma).count() {
            0..64 => on_the_stack::<128>(list, then),
            64..512 => on_the_stack::<1024>(list, then),
            _ => on_the_stack::<{ 2 * MOST }>(list, then),
        }
    }

    fn fill(slots: &'t mut [u16], list: &'t [u8]) -> Self {
        let mut rest = list;
        loop {
            while let [b' ' | b'\t', behind @ ..] = rest {
                rest = behind;
            }
            let (length, hash) = element(rest);
            if let Ok(start) = u16::try_from(list.len() - rest.len() + 1) {
                let mut places = places(hash, slots.len());
                let free = places.find(|&at| slots.get(at) == Some(&0));
                if let Some(slot) = free.and_then(|at| slots.get_mut(at)) {
                    *slot = start;
                }
            }
            match rest.split_at_checked(length + 1) {
                Some((_, behind)) => rest = behind,
                None => return Self { list, slots },
            }
        }
    }

    /// How long the element is that a text begins with, up to a comma or the end, and whether it is
    /// listed; none if it is empty.
    #[inline]
    pub(crate) fn begin(&self, text: &[u8]) -> (usize, Option<bool>) {
        let (length, hash) = element(text);
        let name = trim(text.split_at_checked(length).unwrap_or_default().0);
        (length, (!name.is_empty()).then(|| self.has(name, hash)))
    }

    #[inline]
    fn has(&self, name: &[u8], hash: u64) -> bool {
        for at in places(hash, self.slots.len()) {
            let Some(start) = self.slots.get(at).and_then(|start| start.checked_sub(1)) else {
                return false;
            };
            let (_, listed) = self.list.split_at_checked(start.into()).unwrap_or_default();
            let (listed, behind) = listed.split_at_checked(name.len()).unwrap_or_default();
            if matches!(behind, [] | [b',' | b' ' | b'\t', ..]) && is_same_name(listed, name) {
                return true;
            }
        }
        false
    }
}

#[inline(never)]
fn on_the_stack<const SLOTS: usize>(list: &[u8], then: &mut dyn FnMut(&Table<'_>)) {
    then(&Table::fill(&mut [0; SLOTS], list));
}

/// How long the element is, and the number of the name without the white space around it.
#[inline]
fn element(text: &[u8]) -> (usize, u64) {
    let (length, number) = hash(text);
    match text.split_at_checked(length) {
        Some((padded @ ([b' ' | b'\t', ..] | [.., b' ' | b'\t']), _)) => {
            (length, of_padded(padded))
        }
        _ => (length, number),
    }
}

#[cold]
fn of_padded(element: &[u8]) -> u64 {
    hash(trim(element)).1
}

/// The slots where a name may be, in order.
#[inline]
fn places(hash: u64, slots: usize) -> impl Iterator<Item = usize> {
    // It has 16 bits.
    let first = usize::try_from(hash).unwrap_or_default();
    (first..first + slots).map(move |at| at & slots.wrapping_sub(1))
}
