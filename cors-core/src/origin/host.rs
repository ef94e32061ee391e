//! The middle of an origin, in the one form that the
//! [host serializer](https://url.spec.whatwg.org/#concept-host-serializer) prints.

use crate::bytes::{contains, cut, ends_with, equal, find, starts_with};
use crate::fault::FaultKind;

/// No domain name is longer, in bytes.
pub(super) const MAX_LENGTH: usize = 253;

/// The schemes whose hosts the URL Standard parses; the hosts of all others are opaque.
pub(super) const fn is_special(scheme: &[u8]) -> bool {
    default_port(scheme).is_some()
}

/// The port that a serialized origin of this scheme leaves out.
pub(super) const fn default_port(scheme: &[u8]) -> Option<&'static [u8]> {
    match scheme {
        b"http" | b"ws" => Some(b"80"),
        b"https" | b"wss" => Some(b"443"),
        b"ftp" => Some(b"21"),
        _ => None,
    }
}

/// 1 to 65535 in decimal, without a leading zero.
pub(super) const fn is_port(text: &[u8]) -> bool {
    let mut number: u32 = 0;
    let mut i = 0;
    while i < text.len() && i < 5 {
        if !text[i].is_ascii_digit() {
            return false;
        }
        number = number * 10 + (text[i] - b'0') as u32;
        i += 1;
    }
    i == text.len() && number <= 65535 && matches!(text, [b'1'..=b'9', ..])
}

/// Letters in lower case, digits, dot, underscore, hyphen.
pub(super) const fn is_domain_byte(byte: u8) -> bool {
    matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'-')
}

/// The host of `http`, `https`, `ws`, `wss` or `ftp`.
pub(super) const fn fault_in_special(host: &[u8]) -> Option<FaultKind> {
    let mut i = 0;
    while i < host.len() {
        if host[i].is_ascii_uppercase() {
            return Some(FaultKind::UpperCase);
        }
        i += 1;
    }
    match host {
        [b'[', address @ .., b']'] if is_ipv6(address) => return None,
        [b'[', ..] => return Some(FaultKind::Ipv6),
        _ => {}
    }
    match fault_in_domain(host) {
        None if ends_in_a_number(host) && !is_ipv4(host) => Some(FaultKind::Ipv4),
        fault => fault,
    }
}

/// The host of any other scheme: printable ASCII without the
/// [forbidden host code points](https://url.spec.whatwg.org/#forbidden-host-code-point) and
/// without what would not survive in a list.
pub(super) const fn fault_in_opaque(host: &[u8]) -> Option<FaultKind> {
    let mut i = 0;
    while i < host.len() {
        if !host[i].is_ascii_graphic() || contains(b"\"#%*,/:<>?@[\\]^|", host[i]) {
            return Some(FaultKind::Host);
        }
        i += 1;
    }
    match host {
        [] => Some(FaultKind::Host),
        _ => None,
    }
}

/// What stands behind `*.`: a domain of which no label is empty.
pub(super) const fn fault_in_base(base: &[u8]) -> Option<FaultKind> {
    if contains(base, b'[') || ends_in_a_number(base) {
        return Some(FaultKind::WildcardIp);
    }
    let mut i = 0;
    while i < base.len() {
        if base[i] == b'.' && (i == 0 || base[i - 1] == b'.') {
            return Some(FaultKind::Host);
        }
        i += 1;
    }
    fault_in_special(base)
}

const fn fault_in_domain(host: &[u8]) -> Option<FaultKind> {
    let mut i = 0;
    while i < host.len() {
        if !is_domain_byte(host[i]) {
            return Some(FaultKind::Host);
        }
        i += 1;
    }
    match host {
        [] => Some(FaultKind::Host),
        _ => None,
    }
}

/// A request from this host cannot have been changed on its way: the machine talks to itself.
pub(super) const fn is_loopback(host: &[u8]) -> bool {
    let name = without_final_dot(host);
    equal(name, b"localhost")
        || ends_with(name, b".localhost")
        || (is_ipv4(host) && starts_with(host, b"127."))
        || equal(host, b"[::1]")
}

/// One label and nothing else: `com`, `com.`
pub(super) const fn is_single_label(host: &[u8]) -> bool {
    !contains(without_final_dot(host), b'.')
}

const fn without_final_dot(host: &[u8]) -> &[u8] {
    match host {
        [name @ .., b'.'] => name,
        _ => host,
    }
}

/// <https://url.spec.whatwg.org/#ends-in-a-number-checker>: browsers take such a host for an IPv4
/// address or for nothing.
const fn ends_in_a_number(host: &[u8]) -> bool {
    let name = without_final_dot(host);
    let mut start = name.len();
    while start > 0 && name[start - 1] != b'.' {
        start -= 1;
    }
    let last = cut(name, start, name.len());
    let (digits, radix) = match last {
        [b'0', b'x', digits @ ..] => (digits, 16),
        _ => (last, 10),
    };
    let mut i = 0;
    while i < digits.len() {
        if (digits[i] as char).to_digit(radix).is_none() {
            return false;
        }
        i += 1;
    }
    !last.is_empty()
}

/// Four decimal numbers up to 255, without leading zeros.
const fn is_ipv4(host: &[u8]) -> bool {
    let mut start = 0;
    let mut parts = 0;
    while start <= host.len() {
        let end = find(host, b'.', start);
        let part = cut(host, start, end);
        if !(equal(part, b"0") || is_port(part)) || !is_at_most_255(part) {
            return false;
        }
        parts += 1;
        start = end + 1;
    }
    parts == 4
}

const fn is_at_most_255(digits: &[u8]) -> bool {
    matches!(
        digits,
        [_] | [_, _] | [b'1', _, _] | [b'2', b'0'..=b'4', _] | [b'2', b'5', b'0'..=b'5']
    )
}

/// The address is written as the [IPv6 serializer](https://url.spec.whatwg.org/#concept-ipv6-serializer)
/// writes it: read, print, compare. (`core::net::Ipv6Addr` prints mapped addresses with dots,
/// which no browser does.)
const fn is_ipv6(text: &[u8]) -> bool {
    match read_ipv6(text) {
        Some(pieces) => {
            let (printed, length) = print_ipv6(&pieces);
            equal(text, cut(&printed, 0, length))
        }
        None => false,
    }
}

const fn read_ipv6(text: &[u8]) -> Option<[u32; 8]> {
    let mut pieces = [0_u32; 8];
    let mut count = 0;
    let mut gap = None;
    let mut i = 0;
    while i < text.len() {
        if text[i] == b':' {
            // `::`, at most once
            if i + 1 >= text.len() || text[i + 1] != b':' || gap.is_some() {
                return None;
            }
            gap = Some(count);
            i += 2;
            continue;
        }
        let start = i;
        let mut piece = 0;
        while i < text.len() && i - start < 4 {
            match (text[i] as char).to_digit(16) {
                Some(digit) => piece = piece << 4 | digit,
                None => break,
            }
            i += 1;
        }
        if i == start || count == 8 {
            return None;
        }
        pieces[count] = piece;
        count += 1;
        if i < text.len() {
            if text[i] != b':' || i + 1 == text.len() {
                return None;
            }
            // a single `:` is a separator, a double one is left for the gap
            if text[i + 1] != b':' {
                i += 1;
            }
        }
    }
    match gap {
        None if count == 8 => Some(pieces),
        Some(at) if count < 8 => {
            let mut filled = [0_u32; 8];
            let mut from = 0;
            while from < count {
                let to = if from < at { from } else { from + 8 - count };
                filled[to] = pieces[from];
                from += 1;
            }
            Some(filled)
        }
        _ => None,
    }
}

const fn print_ipv6(pieces: &[u32; 8]) -> ([u8; 39], usize) {
    let (gap, gap_length) = longest_run_of_zeros(pieces);
    let mut text = [0_u8; 39];
    let mut length = 0;
    let mut i = 0;
    while i < 8 {
        if i == gap && gap_length > 1 {
            text[length] = b':';
            text[length + 1] = b':';
            length += 2;
            i += gap_length;
            continue;
        }
        if i > 0 && text[length - 1] != b':' {
            text[length] = b':';
            length += 1;
        }
        let mut shift = 16;
        let mut started = false;
        while shift > 0 {
            shift -= 4;
            let digit = (pieces[i] >> shift & 0xf) as usize;
            started = started || digit != 0 || shift == 0;
            if started {
                text[length] = b"0123456789abcdef"[digit];
                length += 1;
            }
        }
        i += 1;
    }
    (text, length)
}

/// The first of the longest: where it starts and how long it is.
const fn longest_run_of_zeros(pieces: &[u32; 8]) -> (usize, usize) {
    let mut longest = (0, 0);
    let mut i = 0;
    while i < 8 {
        let start = i;
        while i < 8 && pieces[i] == 0 {
            i += 1;
        }
        if i - start > longest.1 {
            longest = (start, i - start);
        }
        i += 1;
    }
    longest
}
