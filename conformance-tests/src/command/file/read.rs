//! The text of a file, whatever an editor made of it.

use std::fs;
use std::io::Read;
use std::path::Path;

/// How long a file may be, in bytes: a hundred thousand origins are a third of it. To parse one takes
/// some forty times as much.
const LONGEST: usize = 16 * 1024 * 1024;

/// The text, without a byte order mark; the error does not name the file.
pub(super) fn text(path: &Path) -> Result<String, String> {
    let io = |error: std::io::Error| error.to_string();
    let file = fs::File::open(path).map_err(io)?;
    let mut bytes = Vec::new();
    let limit = u64::try_from(LONGEST).unwrap_or(u64::MAX);
    // One more tells whether there is more; devices have no end.
    file.take(limit + 1).read_to_end(&mut bytes).map_err(io)?;
    if bytes.len() > LONGEST {
        return Err("the file is larger than 16 MiB, which is too large for a policy".to_owned());
    }
    decoded(bytes)
}

fn decoded(bytes: Vec<u8>) -> Result<String, String> {
    // Neither TOML nor JSON begins with a NUL or has one behind the first letter.
    if let [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, _, ..] | [_, 0, ..] = bytes.as_slice() {
        return Err("the file is UTF-16; save it as UTF-8".to_owned());
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let (before, behind) = error.as_bytes().split_at(at);
        let line = before.split(|&byte| byte == b'\n').count();
        let byte = behind.first().copied().unwrap_or_default();
        format!("the file is not UTF-8 (byte 0x{byte:02x} in line {line}); save it as UTF-8")
    })?;
    Ok(match text.strip_prefix('\u{feff}') {
        Some(text) => text.to_owned(),
        None => text,
    })
}
