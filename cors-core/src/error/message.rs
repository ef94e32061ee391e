//! Texts that a constant can make: a build that stops has no formatting machinery.

use crate::bytes::{cut, find};

/// How a text of the policy is shown.
#[derive(Clone, Copy)]
pub(super) enum Spelling {
    AsIs,
    Lower,
    Upper,
    WithoutPath,
    WithoutPort,
}

/// A text in the making that a constant can hold.
pub(crate) struct Message {
    bytes: [u8; 512],
    length: usize,
}

impl Message {
    /// So much of a text of the policy is shown, in bytes.
    const SHOWN: usize = 100;

    pub(super) const fn new() -> Self {
        Self {
            bytes: [0; 512],
            length: 0,
        }
    }

    pub(crate) const fn as_str(&self) -> &str {
        match core::str::from_utf8(cut(&self.bytes, 0, self.length)) {
            Ok(text) => text,
            Err(_) => "the policy has an error",
        }
    }

    const fn push_byte(mut self, byte: u8) -> Self {
        if self.length < self.bytes.len() {
            self.bytes[self.length] = byte;
            self.length += 1;
        }
        self
    }

    /// Adds text of this file.
    pub(super) const fn push(mut self, text: &str) -> Self {
        let mut i = 0;
        while i < text.len() {
            self = self.push_byte(text.as_bytes()[i]);
            i += 1;
        }
        self
    }

    /// Adds text of the policy: cut where a character ends, control characters as `?`.
    pub(super) const fn push_text(mut self, text: &str, spelling: Spelling) -> Self {
        let bytes = text.as_bytes();
        let end = match spelling {
            Spelling::WithoutPath => find_any(bytes, b"/?#\\", find(bytes, b':', 0) + 3),
            Spelling::WithoutPort => find_last(bytes, b':'),
            _ => bytes.len(),
        };
        let mut i = 0;
        while i < end && i < bytes.len() {
            let continues = bytes[i] & 0b1100_0000 == 0b1000_0000;
            if i >= Self::SHOWN && !continues {
                return self.push("…");
            }
            let byte = match spelling {
                Spelling::Lower => bytes[i].to_ascii_lowercase(),
                Spelling::Upper => bytes[i].to_ascii_uppercase(),
                _ => bytes[i],
            };
            self = self.push_byte(if byte.is_ascii_control() { b'?' } else { byte });
            i += 1;
        }
        self
    }
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
