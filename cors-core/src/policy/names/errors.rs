//! What is wrong with a list of methods or names.

use super::{Kind, LONGEST, MOST, Seen};
use crate::bytes::{cut, cut_str, find, has_separator, trim};
use crate::error::{AllErrors, PolicyError, PolicyErrorKind};

/// What is wrong with an entry that is no token.
pub(super) const fn of_bytes(entry: &[u8]) -> PolicyErrorKind {
    let inside = entry.trim_ascii();
    match inside {
        [] => PolicyErrorKind::EmptyEntry,
        _ if has_separator(inside) => PolicyErrorKind::NotAToken,
        _ if inside.len() < entry.len() => PolicyErrorKind::WhiteSpace,
        [b'"' | b'\'', ..] | [.., b'"' | b'\''] => PolicyErrorKind::Quotes,
        _ => PolicyErrorKind::NotAToken,
    }
}

/// What is wrong with an entry, and what to write instead if that is right.
pub(in crate::policy) const fn error_of(
    text: &str,
    error: PolicyErrorKind,
    kind: Kind,
) -> PolicyError<'_> {
    let error = PolicyError::new(error, kind.setting(), text);
    let correction = error.correction();
    error.mendable(Errors::of(correction.as_str(), kind).next().is_none())
}

/// The first error of a list.
pub(super) const fn first(text: &str, kind: Kind) -> Option<PolicyError<'_>> {
    match Errors::of(text, kind).next() {
        Some(error) => Some(error_of(error.text(), error.kind(), kind).in_entry(error.entry())),
        None => None,
    }
}

/// Every error of a list.
pub(in crate::policy) const fn all_errors(text: &str, kind: Kind) -> AllErrors {
    let mut all = AllErrors::NONE;
    let mut errors = Errors::of(text, kind);
    while let Some(error) = errors.next() {
        all.push(&error_of(error.text(), error.kind(), kind).in_entry(error.entry()));
    }
    all
}

/// The errors of a list, one after the other.
struct Errors<'a> {
    text: &'a str,
    kind: Kind,
    seen: Seen,
    start: usize,
    entry: usize,
}

impl<'a> Errors<'a> {
    const fn of(text: &'a str, kind: Kind) -> Self {
        Self {
            text,
            kind,
            seen: Seen::NONE,
            start: 0,
            entry: 0,
        }
    }

    const fn next(&mut self) -> Option<PolicyError<'a>> {
        let list = self.text.as_bytes();
        while self.start <= list.len() {
            if list.len() > LONGEST || self.entry == MOST {
                self.start = list.len() + 1;
                let kind = PolicyErrorKind::ListTooLong;
                return Some(PolicyError::new(kind, self.kind.setting(), ""));
            }
            let (start, end) = (self.start, find(list, b',', self.start));
            let before = cut(list, 0, start);
            let text = trim_str(cut_str(self.text, start, end));
            let error = self
                .kind
                .error_in_next(&mut self.seen, before, text.as_bytes());
            let entry = self.entry;
            self.start = end + 1;
            self.entry += 1;
            if let Some(error) = error {
                let error = PolicyError::new(error, self.kind.setting(), text);
                return Some(error.in_entry(entry));
            }
        }
        None
    }
}

const fn trim_str(text: &str) -> &str {
    match core::str::from_utf8(trim(text.as_bytes())) {
        Ok(trimmed) => trimmed,
        Err(_) => text,
    }
}
