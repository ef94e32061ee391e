//! What `core` does not offer in a constant function (1.85): comparing and cutting bytes.

pub(crate) const fn equal(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && starts_with(a, b)
}

pub(crate) const fn equal_ignoring_case(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if !a[i].eq_ignore_ascii_case(&b[i]) {
            return false;
        }
        i += 1;
    }
    true
}

/// The name is one of these, in whatever case.
pub(crate) const fn is_one_of(name: &[u8], names: &[&str]) -> bool {
    let mut i = 0;
    while i < names.len() {
        if equal_ignoring_case(name, names[i].as_bytes()) {
            return true;
        }
        i += 1;
    }
    false
}

pub(crate) const fn starts_with(text: &[u8], prefix: &[u8]) -> bool {
    if text.len() < prefix.len() {
        return false;
    }
    let mut i = 0;
    while i < prefix.len() {
        if text[i] != prefix[i] {
            return false;
        }
        i += 1;
    }
    true
}

pub(crate) const fn ends_with(text: &[u8], suffix: &[u8]) -> bool {
    text.len() >= suffix.len() && equal(cut(text, text.len() - suffix.len(), text.len()), suffix)
}

/// One in each byte.
pub(crate) const EACH: u64 = 0x0101_0101_0101_0101;

/// The highest bit of the first byte that is zero, in the order in which bytes stand in a text; none
/// if there is no such byte. Bits above it mean nothing.
#[inline]
pub(crate) const fn zeros(word: u64) -> u64 {
    word.wrapping_sub(EACH) & !word & EACH << 7
}

/// Where `byte` stands first at or after `from`; the length if it does not, or `from` if that is
/// more. Eight bytes a step.
#[inline]
pub(crate) const fn find(text: &[u8], byte: u8, from: usize) -> usize {
    let Some((_, mut rest)) = text.split_at_checked(from) else {
        return from;
    };
    while let Some((word, behind)) = rest.split_first_chunk::<8>() {
        let found = zeros(u64::from_le_bytes(*word) ^ (EACH * byte as u64));
        if found != 0 {
            return text.len() - rest.len() + (found.trailing_zeros() / 8) as usize;
        }
        rest = behind;
    }
    while let [first, behind @ ..] = rest {
        if *first == byte {
            break;
        }
        rest = behind;
    }
    text.len() - rest.len()
}

/// The names are the same in whatever case. Eight bytes a step.
#[inline]
pub(crate) fn is_same_name(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    let (Some(last), Some(other_last)) = (one.last_chunk::<8>(), other.last_chunk::<8>()) else {
        return is_same_short_name(one, other);
    };
    let (mut one, mut other) = (one, other);
    while let (Some((word, behind)), Some((other_word, other_behind))) =
        (one.split_first_chunk::<8>(), other.split_first_chunk::<8>())
    {
        if !is_same_word(*word, *other_word) {
            return false;
        }
        (one, other) = (behind, other_behind);
    }
    // Together with bytes that have been compared, if less than eight are left.
    is_same_word(*last, *other_last)
}

/// Of less than eight bytes.
fn is_same_short_name(one: &[u8], other: &[u8]) -> bool {
    let mut pairs = one.iter().zip(other);
    pairs.all(|(one, other)| one.eq_ignore_ascii_case(other))
}

#[inline]
const fn is_same_word(one: [u8; 8], other: [u8; 8]) -> bool {
    let (one, other) = (u64::from_le_bytes(one), u64::from_le_bytes(other));
    match one ^ other {
        0 => true,
        // More differs than the bit that tells upper from lower case.
        difference if difference & !(EACH << 5) != 0 => false,
        _ => lower(one) == lower(other),
    }
}

/// Each byte in lower case.
const fn lower(word: u64) -> u64 {
    let low_bits = word & (EACH * 0x7f);
    let from_a = low_bits + EACH * (0x80 - b'A' as u64);
    let behind_z = low_bits + EACH * (0x7f - b'Z' as u64);
    let is_upper = (from_a ^ behind_z) & !word & EACH << 7;
    word | is_upper >> 2
}

pub(crate) const fn contains(text: &[u8], byte: u8) -> bool {
    find(text, byte, 0) < text.len()
}

/// `text[start..end]`; empty if there is no such part, because nothing here may panic.
pub(crate) const fn cut(text: &[u8], start: usize, end: usize) -> &[u8] {
    match text.split_at_checked(end) {
        Some((head, _)) => match head.split_at_checked(start) {
            Some((_, part)) => part,
            None => &[],
        },
        None => &[],
    }
}

/// `text[start..end]`; all of the text if one of them is not a character boundary.
pub(crate) const fn cut_str(text: &str, start: usize, end: usize) -> &str {
    match core::str::from_utf8(cut(text.as_bytes(), start, end)) {
        Ok(part) => part,
        Err(_) => text,
    }
}

/// The bytes that stand between the origins of a list: white space and commas. A pattern, because
/// where lists are checked at compile time a call for every byte would count.
macro_rules! separator {
    () => {
        b' ' | b'\t' | b'\n' | b'\r' | b'\x0c' | b','
    };
}
pub(crate) use separator;

/// It is a [`separator`].
#[inline]
pub(crate) const fn is_separator(byte: u8) -> bool {
    matches!(byte, separator!())
}

/// A [separator](is_separator) stands in the text.
pub(crate) const fn has_separator(mut text: &[u8]) -> bool {
    while let [byte, behind @ ..] = text {
        if is_separator(*byte) {
            return true;
        }
        text = behind;
    }
    false
}

/// The text without separators around it.
pub(crate) const fn trim_separators(text: &str) -> &str {
    let text = text.trim_ascii();
    // A cut costs a constant as much as reading the text.
    if !matches!(text.as_bytes(), [b',', ..] | [.., b',']) {
        return text;
    }
    let bytes = text.as_bytes();
    let (mut start, mut end) = (0, bytes.len());
    while let Some((byte, _)) = cut(bytes, start, end).split_first() {
        if !is_separator(*byte) {
            break;
        }
        start += 1;
    }
    while let Some((byte, _)) = cut(bytes, start, end).split_last() {
        if !is_separator(*byte) {
            break;
        }
        end -= 1;
    }
    cut_str(text, start, end)
}

/// The name contains only token characters and at least one of them
/// ([RFC 9110, 5.6.2](https://www.rfc-editor.org/rfc/rfc9110.html#section-5.6.2)).
pub(crate) const fn is_token(name: &[u8]) -> bool {
    let mut rest = name;
    while let [byte, behind @ ..] = rest {
        if !IS_TOKEN[*byte as usize] {
            return false;
        }
        rest = behind;
    }
    !name.is_empty()
}

static IS_TOKEN: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        table[byte as usize] = matches!(byte,
            b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-' | b'.' | b'^'..=b'`' | b'|' | b'~'
            | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z');
        byte += 1;
    }
    table
};

/// The value without the optional white space around it
/// ([RFC 9110, 5.6.3](https://www.rfc-editor.org/rfc/rfc9110.html#section-5.6.3)): spaces and
/// tabs, nothing else.
pub(crate) const fn trim(mut value: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = value {
        value = rest;
    }
    value
}
