//! A policy file, and where in it an entry stands.

use std::error::Error;
use std::fmt;
use std::fs;
use std::iter;
use std::ops::Range;
use std::path::Path;

use cors_core::{OwnedPolicy, Setting, Settings};
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
        Places {
            text: &self.text,
            table: match self.is_json() {
                true => None,
                false => DeTable::parse(&self.text).ok(),
            },
            lines: iter::once(0)
                .chain(newlines.map(|(at, _)| at + 1))
                .collect(),
        }
    }
}

/// Where the entries of a file stand; the file is read once for all of them.
pub(super) struct Places<'f> {
    text: &'f str,
    /// Of TOML.
    table: Option<Spanned<DeTable<'f>>>,
    /// Where each line begins.
    lines: Vec<usize>,
}

impl Places<'_> {
    /// The text of an entry, without its quotes.
    pub(super) fn of(&self, setting: Setting, entry: usize, text: &str) -> Option<Range<usize>> {
        let span = match &self.table {
            None => self.of_json(setting, text),
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

    /// `serde_json` keeps no places: the first such text behind the key.
    fn of_json(&self, setting: Setting, text: &str) -> Option<Range<usize>> {
        let key = self.text.find(&format!("\"{}\"", setting.name()))?;
        let quoted = serde_json::to_string(text).ok()?;
        let start = key + self.text.get(key..)?.find(&quoted)?;
        Some(start..start + quoted.len())
    }

    /// The line and the column of a byte, both from 1.
    pub(super) fn line_and_column(&self, at: usize) -> Option<(usize, usize)> {
        let line = self.lines.partition_point(|&start| start <= at);
        let start = *self.lines.get(line.checked_sub(1)?)?;
        Some((line, 1 + self.text.get(start..at)?.chars().count()))
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
