//! Which listed origin was probably meant.

use super::pattern::Parts;
use super::{Origin, OriginPattern, Origins};

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
            Self::Apex => "matches subdomains, but not the domain itself",
        }
    }

    /// The origin without this difference from the pattern.
    fn undo<'b>(self, pattern: &[u8], origin: &[u8], buffer: &'b mut Buffer) -> &'b [u8] {
        let (asked, listed) = (Parts::of(origin), Parts::of(pattern));
        let (scheme, rest) = split(origin, asked.scheme.len() + 3);
        let host = rest.strip_suffix(asked.port).unwrap_or(rest);
        let parts: [&[u8]; 3] = match self {
            Self::Case => [origin, b"", b""],
            Self::Slash => [origin.strip_suffix(b"/").unwrap_or_default(), b"", b""],
            Self::FinalDot => [
                scheme,
                host.strip_suffix(b".").unwrap_or_default(),
                asked.port,
            ],
            Self::Scheme => [split(pattern, listed.scheme.len() + 3).0, rest, b""],
            Self::Port => [scheme, host, listed.port],
            Self::Www => [scheme, rest.strip_prefix(b"www.").unwrap_or_default(), b""],
            Self::NoWww if !listed.has_subdomains() => [scheme, b"www.", rest],
            Self::Apex if listed.has_subdomains() => [scheme, b"x.", rest],
            Self::NoWww | Self::Apex => [b"", b"", b""],
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
