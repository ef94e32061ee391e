//! What needs no permission, and what no script may ask with.

use super::headers::{is_one_of, split, token};
use crate::suite::exchange::Line;

/// <https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name>
pub(super) const SAFELISTED_NAMES: &str = "cache-control content-language content-length content-type expires \
    last-modified pragma";

/// <https://fetch.spec.whatwg.org/#forbidden-request-header>, step 1.
pub(super) const FORBIDDEN_NAMES: &str = "accept-charset accept-encoding access-control-request-headers \
    access-control-request-method connection content-length cookie cookie2 date dnt expect host \
    keep-alive origin referer set-cookie te trailer transfer-encoding upgrade via";

/// A [CORS-safelisted method](https://fetch.spec.whatwg.org/#cors-safelisted-method), which no server
/// need allow.
#[must_use]
pub fn is_safelisted_method(method: &str) -> bool {
    matches!(method, "GET" | "HEAD" | "POST")
}

/// <https://fetch.spec.whatwg.org/#forbidden-method>
pub(super) fn is_forbidden_method(method: &[u8]) -> bool {
    let method = method.to_ascii_uppercase();
    matches!(method.as_slice(), b"CONNECT" | b"TRACE" | b"TRACK")
}

/// <https://fetch.spec.whatwg.org/#forbidden-request-header>
pub(super) fn is_forbidden_header(line: &Line) -> bool {
    match line.name.as_str() {
        // Step 1
        name if is_one_of(FORBIDDEN_NAMES, name) => true,
        // Step 2
        name if name.starts_with("proxy-") || name.starts_with("sec-") => true,
        // Step 3
        "x-http-method" | "x-http-method-override" | "x-method-override" => {
            let methods = split(&line.value);
            methods.iter().any(|method| is_forbidden_method(method))
        }
        // Step 4
        _ => false,
    }
}

/// <https://fetch.spec.whatwg.org/#cors-safelisted-request-header>
pub(super) fn is_safelisted(line: &Line) -> bool {
    let value = line.value.as_slice();
    let has_unsafe_byte = value.iter().any(|&byte| is_unsafe(byte));
    let is_of_language = |byte: &u8| byte.is_ascii_alphanumeric() || b" *,-.;=".contains(byte);
    match line.name.as_str() {
        // Step 1
        _ if value.len() > 128 => false,
        // Step 2
        "accept" => !has_unsafe_byte,
        "accept-language" | "content-language" => value.iter().all(is_of_language),
        "content-type" if has_unsafe_byte => false,
        "content-type" => matches!(
            essence(value).as_deref(),
            Some("application/x-www-form-urlencoded" | "multipart/form-data" | "text/plain")
        ),
        "range" => is_range_with_a_start(value),
        _ => false,
    }
}

/// <https://fetch.spec.whatwg.org/#cors-unsafe-request-header-byte>
pub(super) fn is_unsafe(byte: u8) -> bool {
    (byte < 0x20 && byte != b'\t') || b"\"():<>?@[\\]{}\x7f".contains(&byte)
}

/// `type/subtype`, in lower case, of what
/// [parses as a MIME type](https://mimesniff.spec.whatwg.org/#parse-a-mime-type); its parameters
/// never make it fail.
pub(super) fn essence(value: &[u8]) -> Option<String> {
    let slash = value.iter().position(|&byte| byte == b'/')?;
    let (kind, rest) = value.split_at(slash);
    let subtype = rest[1..].split(|&byte| byte == b';').next()?;
    let (kind, subtype) = (token(kind)?, token(subtype.trim_ascii_end())?);
    Some(format!("{kind}/{subtype}").to_ascii_lowercase())
}

/// A [single range](https://fetch.spec.whatwg.org/#simple-range-header-value) without white space,
/// and not one that counts from the end.
pub(super) fn is_range_with_a_start(value: &[u8]) -> bool {
    let value = str::from_utf8(value).unwrap_or_default();
    let range = value.strip_prefix("bytes=");
    let Some((start, end)) = range.and_then(|range| range.split_once('-')) else {
        return false;
    };
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    // A number may have a hundred digits; texts of the same length compare as their numbers do.
    let number = |text: &str| format!("{text:0>128}");
    !start.is_empty()
        && is_digits(start)
        && is_digits(end)
        && (end.is_empty() || number(start) <= number(end))
}
