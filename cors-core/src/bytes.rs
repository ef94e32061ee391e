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

/// Where `byte` stands first at or after `from`; the length if it does not.
pub(crate) const fn find(text: &[u8], byte: u8, from: usize) -> usize {
    let mut i = from;
    while i < text.len() && text[i] != byte {
        i += 1;
    }
    i
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

/// The name holds only token characters and at least one of them
/// ([RFC 9110, 5.6.2](https://www.rfc-editor.org/rfc/rfc9110.html#section-5.6.2)).
pub(crate) const fn is_token(name: &[u8]) -> bool {
    let mut i = 0;
    while i < name.len() {
        if !matches!(name[i],
            b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-' | b'.' | b'^'..=b'`' | b'|' | b'~'
            | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z')
        {
            return false;
        }
        i += 1;
    }
    !name.is_empty()
}

/// The value without the optional white space around it
/// ([RFC 9110, 5.6.3](https://www.rfc-editor.org/rfc/rfc9110.html#section-5.6.3)): spaces and
/// tabs, nothing else.
pub(crate) const fn trim(mut value: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = value {
        value = rest;
    }
    value
}
