//! How the standard reads the values of headers.

use super::Refusal;
use crate::suite::exchange::Response;

/// [Normalizes](https://fetch.spec.whatwg.org/#concept-header-value-normalize) a header's value.
pub(super) fn normalize(value: &[u8]) -> &[u8] {
    trim(value, b"\n\r\t ")
}

/// [Gets](https://fetch.spec.whatwg.org/#concept-header-list-get) a field: its lines as one.
pub(super) fn get(response: &Response, name: &str) -> Option<Vec<u8>> {
    let values: Vec<_> = response.values(name).collect();
    (!values.is_empty()).then(|| values.join(&b", "[..]))
}

/// [Gets, decodes, and splits](https://fetch.spec.whatwg.org/#header-value-get-decode-and-split)
/// a value: a comma in a quoted string does not part.
pub(super) fn split(value: &[u8]) -> Vec<&[u8]> {
    let (mut quoted, mut escaped) = (false, false);
    let parts = value.split(|byte| {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = quoted,
            b'"' => quoted = !quoted,
            _ => {}
        }
        *byte == b',' && !quoted
    });
    parts.map(|part| trim(part, b"\t ")).collect()
}

/// [Extracts header list values](https://fetch.spec.whatwg.org/#extract-header-list-values) of
/// `#method` or `#field-name`: the members of all lines, or `None` without a line.
///
/// Empty elements are [ignored](https://www.rfc-editor.org/rfc/rfc9110.html#section-5.6.1.2).
pub(super) fn extract(
    response: &Response,
    name: &'static str,
) -> Result<Option<Vec<String>>, Refusal> {
    let lines: Vec<_> = response.values(name).collect();
    if lines.is_empty() {
        return Ok(None);
    }
    let mut members = Vec::new();
    for element in lines.join(&b',').split(|&byte| byte == b',') {
        match trim(element, b"\t ") {
            [] => {}
            member => members.push(token(member).ok_or(Refusal::InvalidList(name))?),
        }
    }
    Ok(Some(members))
}

pub(super) fn is_one_of(names: &str, name: &str) -> bool {
    names.split(' ').any(|one| one == name)
}

/// The name is in the list, in whatever case.
pub(super) fn holds(list: &[String], name: &str) -> bool {
    list.iter().any(|one| one.eq_ignore_ascii_case(name))
}

/// A [token](https://www.rfc-editor.org/rfc/rfc9110.html#section-5.6.2): a method, a field name.
#[must_use]
pub fn is_token(text: &[u8]) -> bool {
    token(text).is_some()
}

/// The text of a [token](https://www.rfc-editor.org/rfc/rfc9110.html#section-5.6.2).
pub(super) fn token(text: &[u8]) -> Option<String> {
    let text = str::from_utf8(text).ok().filter(|text| !text.is_empty())?;
    let is_tchar = |one: char| one.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(one);
    text.chars().all(is_tchar).then(|| text.to_owned())
}

/// Without these bytes at both ends.
pub(super) fn trim<'a>(mut text: &'a [u8], bytes: &[u8]) -> &'a [u8] {
    while let [first, rest @ ..] = text
        && bytes.contains(first)
    {
        text = rest;
    }
    while let [rest @ .., last] = text
        && bytes.contains(last)
    {
        text = rest;
    }
    text
}
