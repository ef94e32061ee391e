use crate::bytes::{EACH, cut, find, trim, zeros};

/// Where the first eight names of a list stand, a byte for each, so that one of them is found
/// without reading the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Marks {
    keys: u64,
    starts: u64,
    lengths: u64,
}

impl Marks {
    pub(crate) const NONE: Self = Self {
        keys: 0,
        starts: 0,
        lengths: 0,
    };

    /// A name has no mark if it begins behind byte 255, is longer than that, or has no key.
    pub(crate) const fn of(list: &str) -> Self {
        let list = list.as_bytes();
        let mut marks = Self::NONE;
        let (mut start, mut shift) = (0, 0);
        while start < list.len() && shift < 64 {
            let end = find(list, b',', start);
            while matches!(cut(list, start, end), [b' ' | b'\t', ..]) {
                start += 1;
            }
            let name = trim(cut(list, start, end));
            if let (Some(key), 0..256, 0..256) = (key(name), start, name.len()) {
                marks.keys |= (key as u64) << shift;
                marks.starts |= (start as u64) << shift;
                marks.lengths |= (name.len() as u64) << shift;
                shift += 8;
            }
            start = end + 1;
        }
        marks
    }

    /// How long the name of the list is that a text begins with, up to a comma or the end of the
    /// text. None does not mean that there is none: it may have no mark, or be hard to tell from
    /// another.
    #[inline]
    pub(crate) fn begin(
        &self,
        list: &[u8],
        text: &[u8],
        is_same: impl Fn(&[u8], &[u8]) -> bool,
    ) -> Option<usize> {
        let mut found = zeros(self.keys ^ (EACH * u64::from(key(text)?)));
        while found != 0 {
            let shift = found.trailing_zeros() & !7;
            let length = (self.lengths >> shift & 0xff) as usize;
            if let Some((name, [] | [b',', ..])) = text.split_at_checked(length) {
                let (_, listed) = list.split_at_checked((self.starts >> shift & 0xff) as usize)?;
                let (listed, _) = listed.split_at_checked(length)?;
                // No second one of the same length.
                return is_same(listed, name).then_some(length);
            }
            found &= found - 1;
        }
        None
    }
}

/// What tells most names of a list apart, in whatever case: the first byte and, as many begin with
/// `x-`, the third. It is not 0, so that no text has the key of a mark that is not used.
#[inline]
const fn key(text: &[u8]) -> Option<u8> {
    match text {
        [first, _, third, ..] => Some((*first ^ third.rotate_left(4)) | 0x22),
        _ => None,
    }
}
