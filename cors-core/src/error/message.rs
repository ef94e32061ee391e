//! Texts that a constant can make: a build that stops has no formatting machinery.

use crate::bytes::{cut, find, is_separator};

/// How a text of the policy is shown.
#[derive(Clone, Copy)]
pub(super) enum Spelling {
    AsIs,
    Lower,
    Upper,
    WithoutPath,
    WithoutPort,
    /// Without quotes and white space around it.
    Bare,
    /// `ws` as `http`.
    WithoutWebSocket,
    /// With a `*` in front of the host.
    AnySubdomain,
}

/// A text in the making that a constant can hold.
pub(crate) struct Message<const N: usize = 512> {
    bytes: [u8; N],
    length: usize,
}

impl<const N: usize> Message<N> {
    /// So much of a text of the policy is shown, in bytes.
    const SHOWN: usize = 100;

    pub(super) const fn new() -> Self {
        Self {
            bytes: [0; N],
            length: 0,
        }
    }

    pub(crate) const fn as_str(&self) -> &str {
        match core::str::from_utf8(cut(&self.bytes, 0, self.length)) {
            Ok(text) => text,
            Err(_) => "the policy has an error",
        }
    }

    const fn push_byte(&mut self, byte: u8) {
        if self.length < N {
            self.bytes[self.length] = byte;
            self.length += 1;
        }
    }

    /// Adds text of the program.
    pub(super) const fn push(&mut self, text: &str) {
        let mut rest = text.as_bytes();
        while let [byte, behind @ ..] = rest {
            self.push_byte(*byte);
            rest = behind;
        }
    }

    /// Adds a number.
    pub(super) const fn push_number(&mut self, number: usize) {
        if number > 9 {
            self.push_number(number / 10);
        }
        self.push_byte(b"0123456789"[number % 10]);
    }

    /// Adds text of the policy: cut where a character ends, control characters as `?`.
    pub(super) const fn push_text(&mut self, text: &str, spelling: Spelling) {
        let mut rest = spelling.part_of(text.as_bytes());
        let mut shown = 0;
        while let [byte, behind @ ..] = rest {
            let continues = *byte & 0b1100_0000 == 0b1000_0000;
            if shown >= Self::SHOWN && !continues {
                return self.push("…");
            }
            let byte = match spelling {
                Spelling::Lower => byte.to_ascii_lowercase(),
                Spelling::Upper => byte.to_ascii_uppercase(),
                _ => *byte,
            };
            self.push_byte(if byte.is_ascii_control() { b'?' } else { byte });
            if let (Spelling::AnySubdomain, b'/', [b'.', ..]) = (spelling, byte, behind) {
                self.push_byte(b'*');
            }
            shown += 1;
            rest = behind;
        }
    }

    /// Adds the words of a text, of which white space and commas make several, with this between
    /// them.
    pub(super) const fn push_words(&mut self, text: &str, between: &str) {
        let mut rest = text.as_bytes();
        let (mut shown, mut is_first, mut is_begun) = (0, true, false);
        while let [byte, behind @ ..] = rest {
            rest = behind;
            if is_separator(*byte) {
                is_begun = false;
                continue;
            }
            if !is_begun && !is_first {
                self.push(between);
            }
            (is_first, is_begun) = (false, true);
            let continues = *byte & 0b1100_0000 == 0b1000_0000;
            if shown >= Self::SHOWN && !continues {
                return self.push("…");
            }
            self.push_byte(if byte.is_ascii_control() { b'?' } else { *byte });
            shown += 1;
        }
    }
}

impl Spelling {
    /// What is shown of a text.
    const fn part_of(self, text: &[u8]) -> &[u8] {
        match self {
            Self::WithoutPath => {
                let end = find_any(text, b"/?#\\", find(text, b':', 0) + 3);
                cut(text, 0, end)
            }
            Self::WithoutPort => cut(text, 0, find_last(text, b':')),
            Self::Bare => bare(text),
            Self::WithoutWebSocket => cut(text, b"ws".len(), text.len()),
            _ => text,
        }
    }
}

/// Without quotes and white space around it.
const fn bare(text: &[u8]) -> &[u8] {
    let mut rest = text;
    while let [
        b'"' | b'\'' | b' ' | b'\t' | b'\n' | b'\r' | b'\x0c',
        inside @ ..,
    ]
    | [
        inside @ ..,
        b'"' | b'\'' | b' ' | b'\t' | b'\n' | b'\r' | b'\x0c',
    ] = rest
    {
        rest = inside;
    }
    rest
}

/// Where one of these bytes stands first at or after `from`; the length if none does.
const fn find_any(text: &[u8], bytes: &[u8], from: usize) -> usize {
    let mut first = text.len();
    let mut i = 0;
    while i < bytes.len() {
        let at = find(text, bytes[i], from);
        if at < first {
            first = at;
        }
        i += 1;
    }
    first
}

const fn find_last(text: &[u8], byte: u8) -> usize {
    let mut at = text.len();
    while at > 0 && text[at - 1] != byte {
        at -= 1;
    }
    at.saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use std::string::ToString;

    use super::{Message, Spelling};

    #[test]
    fn numbers_have_all_their_digits() {
        for number in [0, 9, 10, 11, 99, 100, 65_536] {
            let mut message = Message::<8>::new();
            message.push_number(number);
            assert_eq!(message.as_str(), number.to_string());
        }
    }

    /// One byte, or two, in front of characters of two bytes.
    #[test]
    fn long_texts_are_cut_where_a_character_ends() {
        for start in ["", "a", "ab"] {
            for count in [1, 48, 49, 50, 51, 80] {
                let text = start.to_string() + &"ä".repeat(count);
                let (mut whole, mut words) = (Message::<256>::new(), Message::<256>::new());
                whole.push_text(&text, Spelling::AsIs);
                words.push_words(&text, " ");
                for shown in [whole.as_str(), words.as_str()] {
                    match shown.strip_suffix('…') {
                        None => assert!(shown == text && text.len() <= 101, "{shown}"),
                        Some(part) => {
                            assert!(text.starts_with(part) && text.len() > 100, "{shown}");
                            assert!((100..=101).contains(&part.len()), "{shown}");
                        }
                    }
                }
            }
        }
    }
}
