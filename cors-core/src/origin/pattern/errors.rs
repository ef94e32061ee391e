//! What is wrong with a pattern.

use super::parts::{Label, Parts, Wildcard};
use crate::bytes::{contains, cut, equal, find, has_separator, separator};
use crate::error::PolicyErrorKind;
use crate::origin::host;

/// What stands behind the pattern that a text begins with, and whether it is exact, if it is of the
/// usual form and has no error: `http` or `https` and a domain, without a port.
///
/// A list is checked at compile time, where every step costs: this takes one for a byte. What it
/// does not know can be right all the same.
pub(in crate::origin) const fn split_plain(text: &[u8]) -> Option<(bool, &[u8])> {
    let ([b'h', b't', b't', b'p', b's', b':', b'/', b'/', host @ ..]
    | [b'h', b't', b't', b'p', b':', b'/', b'/', host @ ..]) = text
    else {
        return None;
    };
    let (is_exact, domain) = match host {
        [b'*', b'.', base @ ..] => (false, base),
        _ => (true, host),
    };
    let (mut before, mut begins_with_digit) = (b'.', false);
    let mut rest = domain;
    while let [byte, behind @ ..] = rest {
        match *byte {
            separator!() => break,
            b'a'..=b'z' | b'_' | b'-' if before == b'.' => begins_with_digit = false,
            b'0'..=b'9' if before == b'.' => begins_with_digit = true,
            b'.' if before != b'.' => {}
            b'a'..=b'z' | b'_' | b'-' | b'0'..=b'9' => {}
            _ => return None,
        }
        before = *byte;
        rest = behind;
    }
    // The last label might be a number.
    let is_odd = before == b'.' || begins_with_digit || host.len() - rest.len() > host::MAX_LENGTH;
    match is_odd {
        true => None,
        false => Some((is_exact, rest)),
    }
}

/// `https`: the page can't have been changed on its way.
pub(in crate::origin) const fn is_secure(pattern: &[u8]) -> bool {
    matches!(
        pattern,
        [b'h', b't', b't', b'p', b's', b':', b'/', b'/', ..]
    )
}

pub(super) const fn error_in(text: &str) -> Option<PolicyErrorKind> {
    let bytes = text.as_bytes();
    if !text.is_ascii() {
        return Some(PolicyErrorKind::NotAscii);
    }
    if let Some(error) = error_around(bytes) {
        return Some(error);
    }
    match bytes {
        b"*" => return Some(PolicyErrorKind::WildcardOrigin),
        b"null" => return Some(PolicyErrorKind::NullOrigin),
        _ => {}
    }
    match cut(bytes, find(bytes, b':', 0), bytes.len()) {
        [b':', b'/', b'/', ..] => {}
        _ => return Some(PolicyErrorKind::MissingScheme),
    }
    let parts = Parts::of(bytes);
    let errors = [
        parts.error_in_scheme(),
        parts.error_behind_scheme(),
        parts.error_in_host(),
        parts.error_in_port(),
        parts.error_in_length(),
    ];
    let mut i = 0;
    while i < errors.len() {
        if errors[i].is_some() {
            return errors[i];
        }
        i += 1;
    }
    None
}

/// What lists and files leave in or around an entry.
const fn error_around(entry: &[u8]) -> Option<PolicyErrorKind> {
    let inside = entry.trim_ascii();
    match inside {
        _ if has_separator(inside) => Some(PolicyErrorKind::SeveralOrigins),
        [] => Some(PolicyErrorKind::EmptyEntry),
        _ if inside.len() < entry.len() => Some(PolicyErrorKind::WhiteSpace),
        // An opaque host may end in the other one.
        [b'"' | b'\'', ..] | [.., b'"'] | [b'h', b't', b't', b'p', .., b'\''] => {
            Some(PolicyErrorKind::Quotes)
        }
        _ => None,
    }
}

impl Parts<'_> {
    /// <https://www.rfc-editor.org/rfc/rfc3986.html#section-3.1> in lower case.
    const fn error_in_scheme(&self) -> Option<PolicyErrorKind> {
        let mut i = 0;
        while i < self.scheme.len() {
            match self.scheme[i] {
                b'a'..=b'z' => {}
                b'0'..=b'9' | b'+' | b'-' | b'.' if i > 0 => {}
                _ => return Some(PolicyErrorKind::Scheme),
            }
            i += 1;
        }
        match self.scheme {
            b"file" => Some(PolicyErrorKind::FileScheme),
            b"ws" | b"wss" => Some(PolicyErrorKind::WebSocket),
            [] => Some(PolicyErrorKind::Scheme),
            scheme if scheme.len() > 64 => Some(PolicyErrorKind::Scheme),
            _ => None,
        }
    }

    /// What stands behind `://` is host and port and nothing else.
    const fn error_behind_scheme(&self) -> Option<PolicyErrorKind> {
        if contains(self.host, b'@') || contains(self.port, b'@') {
            return Some(PolicyErrorKind::Userinfo);
        }
        match error_of_path(self.host, self.port.is_empty()) {
            None => error_of_path(self.port, true),
            error => error,
        }
    }

    const fn error_in_host(&self) -> Option<PolicyErrorKind> {
        let is_special = host::is_special(self.scheme);
        match self.wildcard() {
            Wildcard::None if is_special => match self.host {
                [b'.', ..] => Some(PolicyErrorKind::LeadingDot),
                host => host::error_in_special(host),
            },
            Wildcard::None => host::error_in_opaque(self.host),
            Wildcard::AnyHost if is_special || !self.port.is_empty() => {
                Some(PolicyErrorKind::WildcardPosition)
            }
            Wildcard::AnyHost => None,
            _ if contains(self.base(), b'*') => Some(PolicyErrorKind::WildcardPosition),
            Wildcard::Subdomains => host::error_in_base(self.base()),
            Wildcard::Label(Label {
                before,
                behind,
                base,
            }) => {
                if base.is_empty() || contains(before, b'.') || contains(behind, b'*') {
                    return Some(PolicyErrorKind::WildcardPosition);
                }
                match (host::error_in_part(before), host::error_in_part(behind)) {
                    (None, None) => host::error_in_base(base),
                    (None, error) | (error, _) => error,
                }
            }
        }
    }

    const fn error_in_port(&self) -> Option<PolicyErrorKind> {
        match self.port {
            [] | [b':', b'*'] => None,
            [b':', port @ ..] if contains(port, b'*') => Some(PolicyErrorKind::WildcardPosition),
            [b':', port @ ..] if host::is_port(port) => match host::default_port(self.scheme) {
                Some(default) if equal(port, default) => Some(PolicyErrorKind::DefaultPort),
                _ => None,
            },
            _ => Some(PolicyErrorKind::Port),
        }
    }

    /// With a scheme and a port that are none too long, nothing is longer than
    /// [`Origin::MAX_LENGTH`](super::Origin::MAX_LENGTH).
    const fn error_in_length(&self) -> Option<PolicyErrorKind> {
        match self.host.len() > host::MAX_LENGTH {
            true => Some(PolicyErrorKind::TooLong),
            false => None,
        }
    }
}

/// A slash, alone at the end or with something behind it; the part is the last one of an origin.
const fn error_of_path(part: &[u8], is_last: bool) -> Option<PolicyErrorKind> {
    let mut i = 0;
    while i < part.len() {
        match part[i] {
            b'/' if is_last && i + 1 == part.len() => return Some(PolicyErrorKind::TrailingSlash),
            b'/' | b'?' | b'#' | b'\\' => return Some(PolicyErrorKind::Path),
            _ => i += 1,
        }
    }
    None
}
