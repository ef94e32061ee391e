//! What a pattern matches, and what it covers.

use super::parts::{Parts, Wildcard};
use crate::bytes::find;
use crate::origin::host;

/// `pattern` is the text of an [`OriginPattern`].
pub(in crate::origin) fn matches(pattern: &[u8], origin: &[u8]) -> bool {
    // Nearly all begin alike.
    const SCHEME: &[u8] = b"https://";
    match (pattern.strip_prefix(SCHEME), origin.strip_prefix(SCHEME)) {
        (Some(open @ [b'*', b'.', ..]), Some(rest)) => is_below(rest, open, origin),
        (Some(open), Some(rest)) => matches_from(open, rest, pattern, origin),
        _ => matches_from(pattern, origin, pattern, origin),
    }
}

/// The same from where they may differ.
#[inline(never)]
fn matches_from(mut open: &[u8], mut rest: &[u8], pattern: &[u8], origin: &[u8]) -> bool {
    while let ([listed, open_behind @ ..], [asked, behind @ ..]) = (open, rest) {
        if listed != asked || *listed == b'*' {
            break;
        }
        (open, rest) = (open_behind, behind);
    }
    match open {
        // `http://localhost:*` needs no port.
        [] | b":*" => rest.is_empty(),
        [b'*', tail @ ..] if !is_plain(tail, pattern) => is_odd(rest, tail, origin),
        [b'*'] => is_written_port(rest, origin),
        [b'*', ..] => is_below(rest, open, origin),
        _ => false,
    }
}

/// Labels in the place of the `*` with which `open` begins, and what stands behind it.
#[inline]
fn is_below(rest: &[u8], open: &[u8], origin: &[u8]) -> bool {
    match open {
        [_, base @ .., b':', b'*'] => {
            let mut parts = rest.splitn(2, |&byte| byte == b':');
            is_subdomain(parts.next().unwrap_or_default(), base)
                && parts
                    .next()
                    .is_none_or(|port| is_written_port(port, origin))
        }
        [_, base @ ..] => is_subdomain(rest, base),
        [] => false,
    }
}

/// The first `*` of the pattern, behind which there is this, stands for subdomains or for the port.
#[inline]
fn is_plain(tail: &[u8], pattern: &[u8]) -> bool {
    let before = pattern.len().wrapping_sub(tail.len() + 2);
    match pattern.get(before) {
        Some(b'/') => tail.first() == Some(&b'.'),
        before => before == Some(&b':'),
    }
}

/// What stands in the place of any other `*`, and behind it.
#[inline(never)]
fn is_odd(rest: &[u8], tail: &[u8], origin: &[u8]) -> bool {
    if Parts::of(origin).host.len() > host::MAX_LENGTH {
        return false;
    }
    match tail {
        [] => is_opaque_host(rest),
        [tail @ .., b':', b'*'] => {
            let (host, port) = rest
                .split_at_checked(find(rest, b':', 0))
                .unwrap_or_default();
            let is_any_port = match port {
                [] => true,
                [_, port @ ..] => is_written_port(port, origin),
            };
            is_any_port && is_in_label(host, tail)
        }
        _ => is_in_label(rest, tail),
    }
}

/// The text of a pattern that allows whatever the other allows, and more.
pub(in crate::origin) fn is_wider(pattern: &[u8], other: &[u8]) -> bool {
    let (wide, narrow) = (Parts::of(pattern), Parts::of(other));
    pattern != other
        && wide.scheme == narrow.scheme
        && (wide.port == narrow.port || wide.has_any_port())
        && has_wider_host(&wide, &narrow)
}

fn has_wider_host(wide: &Parts<'_>, narrow: &Parts<'_>) -> bool {
    match (wide.wildcard(), narrow.wildcard()) {
        (Wildcard::None, _) => wide.host == narrow.host,
        (Wildcard::AnyHost, Wildcard::None) => narrow.port.is_empty(),
        (Wildcard::Subdomains, Wildcard::None) => is_subdomain(narrow.host, wide.suffix()),
        (Wildcard::Subdomains, Wildcard::Subdomains) => narrow.suffix().ends_with(wide.suffix()),
        // The label is one more before its base.
        (Wildcard::Subdomains, Wildcard::Label(label)) => {
            label.base == wide.base() || is_subdomain(label.base, wide.suffix())
        }
        (Wildcard::Label(label), Wildcard::None) => {
            let own = narrow.host.split_at_checked(find(narrow.host, b'.', 0));
            own.is_some_and(|(own, base)| {
                let part = own.strip_prefix(label.before);
                base.strip_prefix(b".") == Some(label.base)
                    && part.is_some_and(|part| is_in_label(part, label.behind))
            })
        }
        (Wildcard::Label(label), Wildcard::Label(other)) => {
            label.base == other.base
                && other.before.starts_with(label.before)
                && other.behind.ends_with(label.behind)
        }
        (Wildcard::AnyHost | Wildcard::Label(_), _) | (Wildcard::Subdomains, Wildcard::AnyHost) => {
            false
        }
    }
}

/// A port as it stands in a serialized origin: not the default of the origin's scheme.
fn is_written_port(port: &[u8], origin: &[u8]) -> bool {
    let scheme = origin
        .split(|&byte| byte == b':')
        .next()
        .unwrap_or_default();
    host::is_port(port) && host::default_port(scheme) != Some(port)
}

/// One or more characters of a label before `tail`, which may end with a port.
fn is_in_label(rest: &[u8], tail: &[u8]) -> bool {
    let is_of_label = |&byte: &u8| byte != b'.' && host::is_domain_byte(byte);
    let part = rest.strip_suffix(tail);
    part.is_some_and(|part| !part.is_empty() && part.iter().all(is_of_label))
}

fn is_opaque_host(host: &[u8]) -> bool {
    host::error_in_opaque(host).is_none()
}

/// One or more labels before `base`, which begins with a dot (and may end with a port): none of
/// them empty, nothing in them but what a domain may hold.
fn is_subdomain(host: &[u8], base: &[u8]) -> bool {
    let is_short = host.len() <= host::MAX_LENGTH || find(host, b':', 0) <= host::MAX_LENGTH;
    let Some(labels) = host.strip_suffix(base) else {
        return false;
    };
    let mut before = b'.';
    let is_good = labels.iter().all(|&byte| {
        let is_empty_label = byte == b'.' && before == b'.';
        before = byte;
        host::is_domain_byte(byte) && !is_empty_label
    });
    is_short && is_good && before != b'.'
}
