//! Paths, in the strictest and the most lenient way in which servers read them.

use std::vec::Vec;

use super::error::PolicySetErrorKind;

/// No entry's path has more segments.
const MOST: usize = 16;

/// The first segments of a request's path, still encoded.
pub(super) struct Segments<'p> {
    first: [&'p [u8]; MOST],
    count: usize,
    leads_anywhere: bool,
    is_literal: bool,
}

impl<'p> Segments<'p> {
    /// As servers read it that route what they get: each `/` separates, and everything between is text.
    /// What browsers encode is decoded all the same, because routes are written without.
    pub(super) fn literal(path: &'p [u8]) -> Self {
        let mut read = Self::none();
        read.is_literal = true;
        let path = path.strip_prefix(b"/").unwrap_or(path);
        for segment in path.split(|&byte| byte == b'/') {
            read.push(segment);
        }
        read
    }

    /// As servers read it that mend it first: empty segments, dots and what follows a `;` are left out, a
    /// slash is a slash, and a `;` one, even if it is encoded or leans the other way, and case does not matter.
    pub(super) fn lenient(path: &'p [u8]) -> Self {
        let mut read = Self::none();
        read.leads_anywhere = is_like_an_authority(path);
        let mut rest = path;
        loop {
            let (segment, behind) = cut(rest, |byte| matches!(byte, b'/' | b'\\'));
            let (name, parameters) = cut(segment, |byte| byte == b';');
            match () {
                () if is(name, b"", u8::eq) || is(name, b".", u8::eq) => {}
                () if is(name, b"..", u8::eq) => read.leads_anywhere = true,
                () => read.push(name),
            }
            // Parameters end at the next `/` where nothing else is a slash.
            let ends_plainly = matches!(rest.get(segment.len()), None | Some(b'/'));
            read.leads_anywhere |= parameters.is_some() && !ends_plainly;
            match behind {
                Some(behind) => rest = behind,
                None => return read,
            }
        }
    }

    const fn none() -> Self {
        Self {
            first: [b""; MOST],
            count: 0,
            leads_anywhere: false,
            is_literal: false,
        }
    }

    /// Those that no entry's path reaches are only counted.
    fn push(&mut self, segment: &'p [u8]) {
        if let Some(place) = self.first.get_mut(self.count) {
            *place = segment;
        }
        self.count = self.count.saturating_add(1);
    }

    /// Among those of [`lenient`](Self::lenient) are two dots, which take others away, parameters, in which
    /// others may be, or a first one that may be a host.
    pub(super) const fn leads_anywhere(&self) -> bool {
        self.leads_anywhere
    }

    /// It begins with these decoded segments.
    pub(super) fn begins(&self, own: &[Vec<u8>]) -> bool {
        let here = self.first.iter().take(self.count);
        own.len() <= self.count
            && (own.iter().zip(here)).all(|(own, here)| match self.is_literal {
                true => is(here, own, u8::eq) && !is_encoded_needlessly(here),
                false => is(here, own, u8::eq_ignore_ascii_case),
            })
    }
}

/// What is before the first separator, encoded or not, and what is behind it.
fn cut(path: &[u8], is_separator: impl Fn(u8) -> bool) -> (&[u8], Option<&[u8]>) {
    let mut rest = path;
    let mut length = 0;
    while let Some((byte, behind)) = next(rest) {
        if is_separator(byte) {
            return (path.get(..length).unwrap_or(path), Some(behind));
        }
        length += rest.len() - behind.len();
        rest = behind;
    }
    (path, None)
}

/// Who reads a path as a URL takes what follows two slashes for a host, which is no part of the path.
fn is_like_an_authority(path: &[u8]) -> bool {
    let slash = |path| match next(path) {
        Some((b'/' | b'\\', behind)) => Some(behind),
        _ => None,
    };
    slash(path).and_then(slash).is_some()
}

/// A byte is encoded that browsers send as it is: only servers that decode know what it is.
/// <https://url.spec.whatwg.org/#path-percent-encode-set>
fn is_encoded_needlessly(segment: &[u8]) -> bool {
    let mut rest = segment;
    while let Some((byte, behind)) = next(rest) {
        let is_encoded = rest.len() - behind.len() > 1;
        if is_encoded && byte.is_ascii_graphic() && !b"\"#%<>?^`{}".contains(&byte) {
            return true;
        }
        rest = behind;
    }
    false
}

/// The first byte, decoded, and the rest.
fn next(path: &[u8]) -> Option<(u8, &[u8])> {
    let digit = |byte: u8| u8::try_from(char::from(byte).to_digit(16)?).ok();
    match path {
        [b'%', high, low, rest @ ..] => match (digit(*high), digit(*low)) {
            (Some(high), Some(low)) => Some((high << 4 | low, rest)),
            _ => Some((b'%', path.get(1..)?)),
        },
        [byte, rest @ ..] => Some((*byte, rest)),
        [] => None,
    }
}

/// A segment that is decoded to this text.
fn is(segment: &[u8], text: &[u8], same: fn(&u8, &u8) -> bool) -> bool {
    let mut rest = segment;
    let mut text = text.iter();
    while let Some((byte, behind)) = next(rest) {
        if !text.next().is_some_and(|other| same(other, &byte)) {
            return false;
        }
        rest = behind;
    }
    text.next().is_none()
}

/// All servers read it in the same way, if no entry's path has upper case.
pub(super) fn has_one_reading(path: &[u8]) -> bool {
    let mut before = 0;
    path.first() == Some(&b'/')
        && path.iter().all(|&byte| {
            let is_plain = !matches!(
                (before, byte),
                (b'/', b'/' | b'.') | (_, b'%' | b'\\' | b';' | b'A'..=b'Z')
            );
            before = byte;
            is_plain
        })
}

/// The decoded segments of an entry's path.
pub(super) fn decoded(text: &str) -> Result<Vec<Vec<u8>>, PolicySetErrorKind> {
    let path = text.as_bytes();
    let read = Segments::literal(path);
    let is_odd = |byte: u8| byte <= b' ' || byte == 0x7f || b"?#*\\".contains(&byte);
    match () {
        () if !path.starts_with(b"/") => return Err(PolicySetErrorKind::PathWithoutSlash),
        () if path.iter().copied().any(is_odd) => return Err(PolicySetErrorKind::Path),
        () if path == b"/" => return Ok(Vec::new()),
        () if path.ends_with(b"/") => return Err(PolicySetErrorKind::PathEndsWithSlash),
        () if read.count > MOST => return Err(PolicySetErrorKind::PathTooDeep),
        () => {}
    }
    let lenient = Segments::lenient(path);
    let segments = read.first.iter().take(read.count);
    let segments = segments.map(|segment| {
        let mut rest = *segment;
        core::iter::from_fn(|| {
            let (byte, behind) = next(rest)?;
            rest = behind;
            Some(byte)
        })
        .collect()
    });
    let segments: Vec<Vec<u8>> = segments.collect();
    match lenient.count == read.count && lenient.begins(&segments) {
        true => Ok(segments),
        false => Err(PolicySetErrorKind::Path),
    }
}
