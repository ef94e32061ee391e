//! The middle of an origin, in the one form that the
//! [host serializer](https://url.spec.whatwg.org/#concept-host-serializer) prints.

use crate::bytes::{contains, cut, ends_with, equal, find, starts_with};
use crate::error::PolicyErrorKind;

/// No domain name is longer, in bytes.
pub(super) const MAX_LENGTH: usize = 253;

/// <https://fetch.spec.whatwg.org/#bad-port>
pub(super) const BAD_PORTS: [u16; 82] = [
    1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102,
    103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465,
    512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993,
    995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668,
    6669, 6679, 6697, 10080,
];

/// The schemes of origins whose hosts the URL Standard parses; the hosts of all others are opaque.
pub(super) const fn is_special(scheme: &[u8]) -> bool {
    default_port(scheme).is_some()
}

/// The port that a serialized origin of this scheme leaves out.
pub(crate) const fn default_port(scheme: &[u8]) -> Option<&'static [u8]> {
    match scheme {
        b"http" => Some(b"80"),
        b"https" => Some(b"443"),
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

/// The host of `http`, `https` or `ftp`.
pub(super) const fn error_in_special(host: &[u8]) -> Option<PolicyErrorKind> {
    if has_upper_case(host) {
        return Some(PolicyErrorKind::UpperCase);
    }
    match host {
        [b'[', address @ .., b']'] if is_ipv6(address) => return None,
        [b'[', ..] => return Some(PolicyErrorKind::Ipv6),
        _ => {}
    }
    match error_in_domain(host) {
        None if ends_in_a_number(host) && !is_ipv4(host) => Some(PolicyErrorKind::Ipv4),
        error => error,
    }
}

/// The host of any other scheme: printable ASCII without the
/// [forbidden host code points](https://url.spec.whatwg.org/#forbidden-host-code-point) and
/// without what would not survive in a list.
pub(super) const fn error_in_opaque(host: &[u8]) -> Option<PolicyErrorKind> {
    let mut i = 0;
    while i < host.len() {
        if !host[i].is_ascii_graphic() || contains(b"\"#%*,/:<>?@[\\]^|", host[i]) {
            return Some(PolicyErrorKind::Host);
        }
        i += 1;
    }
    match host {
        [] => Some(PolicyErrorKind::Host),
        _ => None,
    }
}

/// What stands before or behind a `*` in a label; it may be nothing.
pub(super) const fn error_in_part(part: &[u8]) -> Option<PolicyErrorKind> {
    match part {
        [] => None,
        _ if has_upper_case(part) => Some(PolicyErrorKind::UpperCase),
        _ => error_in_domain(part),
    }
}

/// What stands behind `*.`: a domain of which no label is empty.
pub(super) const fn error_in_base(base: &[u8]) -> Option<PolicyErrorKind> {
    if contains(base, b'[') || ends_in_a_number(base) {
        return Some(PolicyErrorKind::WildcardIp);
    }
    let mut i = 0;
    while i < base.len() {
        if base[i] == b'.' && (i == 0 || base[i - 1] == b'.') {
            return Some(PolicyErrorKind::Host);
        }
        i += 1;
    }
    error_in_special(base)
}

const fn has_upper_case(host: &[u8]) -> bool {
    let mut i = 0;
    while i < host.len() {
        if host[i].is_ascii_uppercase() {
            return true;
        }
        i += 1;
    }
    false
}

const fn error_in_domain(host: &[u8]) -> Option<PolicyErrorKind> {
    let mut i = 0;
    while i < host.len() {
        if !is_domain_byte(host[i]) {
            return Some(PolicyErrorKind::Host);
        }
        i += 1;
    }
    match host {
        [] => Some(PolicyErrorKind::Host),
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

pub(super) const fn without_final_dot(host: &[u8]) -> &[u8] {
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
/// writes it: eight pieces, the first of the longest runs of zeros as `::` if it is longer than
/// one. (`core::net::Ipv6Addr` prints mapped addresses with dots, which no browser does.)
const fn is_ipv6(address: &[u8]) -> bool {
    let mut gap = 0;
    while gap < address.len() && !starts_with(cut(address, gap, address.len()), b"::") {
        gap += 1;
    }
    let before = cut(address, 0, gap);
    let after = cut(address, gap + 2, address.len());
    match (read_pieces(before), read_pieces(after)) {
        (Some((count, zeros)), _) if gap == address.len() => count == 8 && zeros < 2,
        (Some((first, first_zeros)), Some((last, last_zeros))) => {
            let left_out = 8_usize.saturating_sub(first + last);
            let is_whole = !ends_with(before, b":0")
                && !equal(before, b"0")
                && !starts_with(after, b"0:")
                && !equal(after, b"0");
            left_out > 1 && left_out > first_zeros && left_out >= last_zeros && is_whole
        }
        _ => false,
    }
}

/// How many pieces these are, separated by single colons, and the longest run of zeros among them.
const fn read_pieces(text: &[u8]) -> Option<(usize, usize)> {
    let (mut count, mut zeros, mut longest) = (0, 0, 0);
    let mut start = 0;
    while start <= text.len() && !text.is_empty() {
        let end = find(text, b':', start);
        match cut(text, start, end) {
            b"0" => zeros += 1,
            piece if is_piece(piece) => zeros = 0,
            _ => return None,
        }
        if zeros > longest {
            longest = zeros;
        }
        count += 1;
        start = end + 1;
    }
    Some((count, longest))
}

/// One to four hexadecimal digits in lower case, not beginning with a zero.
const fn is_piece(text: &[u8]) -> bool {
    let mut i = 0;
    while i < text.len() {
        if !matches!(text[i], b'0'..=b'9' | b'a'..=b'f') {
            return false;
        }
        i += 1;
    }
    text.len() <= 4 && !matches!(text, [] | [b'0', ..])
}
