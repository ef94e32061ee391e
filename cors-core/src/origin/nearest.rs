//! Which listed origin somebody may have meant.

use super::{Origin, OriginPattern, Origins};
use crate::bytes::find;

/// How a pattern differs from an origin that it does not match. The first of two is the nearer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Difference {
    Case,
    Slash,
    FinalDot,
    Scheme,
    Port,
    Www,
    NoWww,
    Apex,
}

impl Difference {
    const ALL: [Self; 8] = [
        Self::Case,
        Self::Slash,
        Self::FinalDot,
        Self::Scheme,
        Self::Port,
        Self::Www,
        Self::NoWww,
        Self::Apex,
    ];

    /// What is to be said of the pattern.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Case => "is in lower case",
            Self::Slash => "has no slash",
            Self::FinalDot => "has no final dot",
            Self::Scheme => "has another scheme",
            Self::Port => "has another port",
            Self::Www => "has no www.",
            Self::NoWww => "has www.",
            Self::Apex => "stands for subdomains and not for the domain itself",
        }
    }

    /// The origin without this difference from the pattern.
    fn undo<'b>(self, pattern: &[u8], origin: &[u8], buffer: &'b mut Buffer) -> &'b [u8] {
        let scheme_end = |text: &[u8]| find(text, b':', 0) + 3;
        let (scheme, rest) = split(origin, scheme_end(origin));
        let port = |text: &[u8], start| find(text, b':', start);
        let host_end = port(rest, 0);
        let (host, own_port) = split(rest, host_end);
        let pattern_scheme = split(pattern, scheme_end(pattern)).0;
        let pattern_port = split(pattern, port(pattern, scheme_end(pattern))).1;
        let parts: [&[u8]; 3] = match self {
            Self::Case => [origin, b"", b""],
            Self::Slash => [origin.strip_suffix(b"/").unwrap_or_default(), b"", b""],
            Self::FinalDot => [
                scheme,
                host.strip_suffix(b".").unwrap_or_default(),
                own_port,
            ],
            Self::Scheme => [pattern_scheme, rest, b""],
            Self::Port => [scheme, host, pattern_port],
            Self::Www => [scheme, rest.strip_prefix(b"www.").unwrap_or_default(), b""],
            Self::NoWww => [scheme, b"www.", rest],
            Self::Apex => [scheme, b"x.", rest],
        };
        let mut length = 0;
        for byte in parts.into_iter().flatten() {
            if let Some(place) = buffer.get_mut(length) {
                *place = match self {
                    Self::Case => byte.to_ascii_lowercase(),
                    _ => *byte,
                };
                length += 1;
            }
        }
        buffer.get(..length).unwrap_or_default()
    }
}

type Buffer = [u8; Origin::MAX_LENGTH + 4];

fn split(text: &[u8], at: usize) -> (&[u8], &[u8]) {
    text.split_at_checked(at).unwrap_or((text, b""))
}

impl<'a> Origins<'a> {
    /// The pattern that the origin all but matches, and what keeps it from that.
    pub(crate) fn nearest(&self, origin: &[u8]) -> Option<(OriginPattern<'a>, Difference)> {
        if origin.len() > Origin::MAX_LENGTH {
            return None;
        }
        let mut buffer = [0; Origin::MAX_LENGTH + 4];
        let mut differs_by = |pattern: OriginPattern<'a>, difference: Difference| {
            let undone = difference.undo(pattern.as_str().as_bytes(), origin, &mut buffer);
            pattern.matches(undone)
        };
        let mut nearest: Option<(OriginPattern<'a>, Difference)> = None;
        for pattern in self.iter() {
            for difference in Difference::ALL {
                let is_nearer = nearest.is_none_or(|(_, other)| difference < other);
                if is_nearer && differs_by(pattern, difference) {
                    nearest = Some((pattern, difference));
                }
            }
        }
        nearest
    }
}
