//! A policy file, and where in it an entry stands.

use std::collections::HashMap;
use std::error::Error;
use std::fmt;
use std::fs;
use std::iter;
use std::ops::Range;
use std::path::Path;

use cors_core::{OwnedPolicy, Setting, Settings};
use serde_json::value::RawValue;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A file that was read.
pub(super) struct File {
    pub(super) path: String,
    pub(super) text: String,
}

impl File {
    pub(super) fn read(path: &Path) -> Result<Self, String> {
        let shown = path.display();
        let text = fs::read_to_string(path).map_err(|error| format!("{shown}: {error}"))?;
        Ok(Self {
            path: shown.to_string(),
            text,
        })
    }

    pub(super) fn is_json(&self) -> bool {
        Path::new(&self.path)
            .extension()
            .is_some_and(|extension| extension.eq_ignore_ascii_case("json"))
    }

    /// What the file says.
    pub(super) fn settings(&self) -> Result<Settings<String>, Unreadable> {
        let of_file =
            |error: &dyn Error| format!("{}: {}", self.path, cut(error.to_string().trim_end()));
        match self.is_json() {
            true => serde_json::from_str(&self.text).map_err(|error| Unreadable {
                shown: of_file(&error),
                message: error.to_string(),
                place: None,
            }),
            false => toml::from_str(&self.text).map_err(|error: toml::de::Error| Unreadable {
                shown: of_file(&error),
                message: error.message().to_owned(),
                place: error.span(),
            }),
        }
    }

    /// The policy of the file; the error names everything that is wrong with it.
    pub(super) fn policy(&self) -> Result<OwnedPolicy<String, Vec<u32>>, String> {
        let settings = self.settings().map_err(|error| error.to_string())?;
        settings.build().map_err(|errors| {
            let path = &self.path;
            format!(
                "{path} is not a policy:\n{errors}\n(`conformance-tests lint {path}` shows where)"
            )
        })
    }

    /// Where its entries stand.
    pub(super) fn places(&self) -> Places<'_> {
        let newlines = self.text.match_indices('\n');
        let (table, json) = match self.is_json() {
            true => (None, json_places(&self.text)),
            false => (DeTable::parse(&self.text).ok(), HashMap::new()),
        };
        let blocks = self.text.as_bytes().chunks(BLOCK);
        let characters = blocks.scan(0, |before, block| {
            *before += characters(block);
            Some(*before)
        });
        Places {
            text: &self.text,
            table,
            json,
            lines: iter::once(0)
                .chain(newlines.map(|(at, _)| at + 1))
                .collect(),
            characters: iter::once(0).chain(characters).collect(),
        }
    }
}

/// Before every block of so many bytes the characters are counted once, so that a long line is not
/// read again for each finding.
const BLOCK: usize = 1024;

/// How many characters begin in these bytes of a text.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&byte| byte & 0xc0 != 0x80).count()
}

/// Where the entries of each list stand, with their quotes; of what is no list, where it stands.
///
/// `serde_json` keeps no places, but a value that it leaves as it is written is a part of the text.
fn json_places(text: &str) -> HashMap<String, Vec<Range<usize>>> {
    let place = |raw: &RawValue| {
        let start = raw.get().as_ptr().addr() - text.as_ptr().addr();
        start..start + raw.get().len()
    };
    let settings: HashMap<String, &RawValue> = serde_json::from_str(text).unwrap_or_default();
    let places = settings.into_iter().map(|(setting, value)| {
        let entries: Vec<&RawValue> =
            serde_json::from_str(value.get()).unwrap_or_else(|_| vec![value]);
        (setting, entries.into_iter().map(place).collect())
    });
    places.collect()
}

/// Where the entries of a file stand; the file is read once for all of them.
pub(super) struct Places<'f> {
    text: &'f str,
    /// Of TOML.
    table: Option<Spanned<DeTable<'f>>>,
    /// Of JSON.
    json: HashMap<String, Vec<Range<usize>>>,
    /// Where each line begins.
    lines: Vec<usize>,
    /// How many characters stand before each block, and before the end.
    characters: Vec<usize>,
}

impl Places<'_> {
    /// The text of an entry, without its quotes.
    pub(super) fn of(&self, setting: Setting, entry: usize, text: &str) -> Option<Range<usize>> {
        let span = match &self.table {
            None => self.json.get(setting.name())?.get(entry).cloned(),
            Some(table) => {
                let value = table.get_ref().get(setting.name())?;
                match value.get_ref() {
                    DeValue::Array(entries) => entries.get(entry).map(Spanned::span),
                    _ => Some(value.span()),
                }
            }
        }?;
        // An entry may be escaped; then all of it is shown.
        match self.text.get(span.start + 1..span.end.checked_sub(1)?) {
            Some(inside) if inside == text => Some(span.start + 1..span.end - 1),
            _ => Some(span),
        }
    }

    /// The line and the column of a byte, both from 1.
    pub(super) fn line_and_column(&self, at: usize) -> Option<(usize, usize)> {
        let line = self.lines.partition_point(|&start| start <= at);
        let start = *self.lines.get(line.checked_sub(1)?)?;
        Some((
            line,
            1 + self.characters_before(at)? - self.characters_before(start)?,
        ))
    }

    fn characters_before(&self, at: usize) -> Option<usize> {
        let block = at / BLOCK;
        let rest = self.text.as_bytes().get(block * BLOCK..at)?;
        Some(self.characters.get(block)? + characters(rest))
    }
}

/// Why a file says nothing that could be a policy; its text tells the file and the line.
#[derive(Debug)]
pub(super) struct Unreadable {
    shown: String,
    pub(super) message: String,
    pub(super) place: Option<Range<usize>>,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl Error for Unreadable {}

/// A parser's message, without most of a line that is very long.
fn cut(message: &str) -> String {
    const MOST: usize = 160;
    let lines = message
        .lines()
        .map(|line| match line.char_indices().nth(MOST) {
            Some((at, _)) => format!("{}…", &line[..at]),
            None => line.to_owned(),
        });
    lines.collect::<Vec<_>>().join("\n")
}
