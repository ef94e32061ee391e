//! Where in a text an error lies.

use super::PolicyErrorKind;
use crate::bytes::{is_separator, is_token};

impl PolicyErrorKind {
    /// The first byte of an offending text that would have to change; 0 if all of it would.
    pub(super) fn place_in(self, text: &[u8]) -> usize {
        let is_quote = |byte: Option<&u8>| matches!(byte, Some(b'"' | b'\''));
        let first = |is_it: fn(&u8) -> bool| text.iter().position(is_it);
        let last = |byte: u8| text.iter().rposition(|&other| other == byte);
        let host = text
            .windows(3)
            .position(|bytes| bytes == b"://")
            .map(|at| at + 3);
        let in_host = |is_it: fn(&u8) -> bool| {
            let host = host?;
            Some(host + text.get(host..)?.iter().position(is_it)?)
        };
        let is_open = |at: usize| {
            let is_label = Some(at) == host && text.get(at + 1) == Some(&b'.');
            let is_port = text.get(at.saturating_sub(1)..) == Some(b":*");
            is_label || is_port
        };
        match self {
            Self::TrailingSlash => last(b'/'),
            Self::Path => in_host(|byte| b"/?#\\".contains(byte)),
            Self::UpperCase => in_host(u8::is_ascii_uppercase),
            Self::NotAscii => first(|byte| !byte.is_ascii()),
            Self::SeveralOrigins => first(|&byte| is_separator(byte)),
            Self::WildcardInName => first(|&byte| byte == b'*'),
            Self::Quotes if !is_quote(text.first()) => Some(text.len().saturating_sub(1)),
            Self::WhiteSpace if text.first().is_some_and(|byte| !byte.is_ascii_whitespace()) => {
                Some(text.trim_ascii_end().len())
            }
            Self::Userinfo => last(b'@'),
            Self::Port | Self::DefaultPort => last(b':'),
            Self::WildcardPosition => {
                let is_star = |at| text.get(at) == Some(&b'*');
                (0..text.len()).find(|&at| is_star(at) && !is_open(at))
            }
            Self::Host
            | Self::Ipv4
            | Self::Ipv6
            | Self::WildcardIp
            | Self::TooLong
            | Self::LeadingDot => host,
            Self::NotAToken => text.iter().position(|&byte| !is_token(&[byte])),
            Self::MethodCase => first(u8::is_ascii_lowercase),
            _ => None,
        }
        .unwrap_or_default()
    }
}
