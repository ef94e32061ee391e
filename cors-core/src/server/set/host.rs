//! Hosts, as requests and files name them.

use std::borrow::ToOwned;
use std::format;
use std::string::String;

use crate::origin::Origin;

/// No name is longer, in bytes.
pub(super) const MAX_LENGTH: usize = 253;

/// Whether it stands for subdomains, and the host, if it is one in normal form.
pub(super) fn parse(text: &str) -> Option<(bool, String)> {
    let (has_subdomains, host) = match text.strip_prefix("*.") {
        Some(host) => (true, host),
        None => (false, text),
    };
    let has_port = host.rsplit(']').next().is_some_and(|end| end.contains(':'));
    let is_address = host.starts_with('[') || host.ends_with(|last: char| last.is_ascii_digit());
    if has_port || has_subdomains && is_address || host.ends_with('.') {
        return None;
    }
    // What an origin may contain is what browsers make of a host.
    Origin::parse(&format!("https://{host}")).ok()?;
    Some((has_subdomains, host.to_owned()))
}

/// What was meant by a text that is no host.
pub(super) fn correction(text: &str) -> Option<String> {
    let text = text.trim().to_ascii_lowercase();
    let text = text.split_once("://").map_or(&*text, |(_, rest)| rest);
    let text = text.split(['/', '?', '#']).next()?;
    let text = text.rsplit('@').next()?;
    let host = without_port(text).trim_end_matches('.');
    parse(host).map(|_| host.to_owned())
}

fn without_port(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        // The colons of an IPv6 address are within its brackets.
        Some((host, port)) if !port.contains(']') => host,
        _ => authority,
    }
}

/// The host of an authority, in lower case, without port and final dot; none if no host is so long.
pub(super) fn normal<'b>(authority: &str, buffer: &'b mut [u8; MAX_LENGTH]) -> Option<&'b str> {
    let host = without_port(authority);
    let host = host.strip_suffix('.').unwrap_or(host);
    let buffer = buffer.get_mut(..host.len())?;
    buffer.copy_from_slice(host.as_bytes());
    buffer.make_ascii_lowercase();
    core::str::from_utf8(buffer).ok()
}

pub(super) fn labels(host: &str) -> impl Iterator<Item = &str> {
    host.split(['.'])
}

/// What is left behind each dot, the longest first.
pub(super) fn parents(host: &str) -> impl Iterator<Item = &str> {
    let mut rest = host;
    core::iter::from_fn(move || {
        let (_, parent) = rest.split_once(['.'])?;
        rest = parent;
        Some(parent)
    })
}
