//! What a file says, in TOML or JSON: tables, and one of them the policy.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use cors_core::{Scoped, Settings};
use serde::Deserialize;
use serde_json::value::RawValue;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use super::{Problem, keys};

/// The key of a set of policies.
pub(super) const POLICIES: &str = "policies";

/// All of a file.
pub(super) enum Root<'f> {
    Toml(Spanned<DeValue<'f>>),
    Json(&'f str, &'f RawValue),
}

/// A part of it.
#[derive(Clone, Copy)]
pub(super) enum Tree<'t> {
    Toml(&'t Spanned<DeValue<'t>>),
    /// The text of the file, and the part of it.
    Json(&'t str, &'t RawValue),
}

/// A key of a table, and what it stands for.
pub(super) struct Entry<'t> {
    pub(super) key: Cow<'t, str>,
    pub(super) place: Range<usize>,
    pub(super) value: Tree<'t>,
}

impl<'f> Root<'f> {
    pub(super) fn parse(text: &'f str, is_json: bool) -> Result<Self, Problem> {
        if is_json {
            let raw = serde_json::from_str(text).map_err(|error| {
                let problem = json_problem(&error, text, 0);
                problem.prefixed("invalid JSON: ")
            })?;
            return Ok(Self::Json(text, raw));
        }
        let table = DeTable::parse(text);
        let table = table.map_err(|error| toml_problem(&error).prefixed("invalid TOML: "))?;
        let span = table.span();
        let value = DeValue::Table(table.into_inner());
        Ok(Self::Toml(Spanned::new(span, value)))
    }

    pub(super) fn tree(&self) -> Tree<'_> {
        match self {
            Self::Toml(value) => Tree::Toml(value),
            Self::Json(text, raw) => Tree::Json(text, raw),
        }
    }
}

impl<'t> Tree<'t> {
    /// Where it stands in the text.
    pub(super) fn place(self) -> Range<usize> {
        match self {
            Self::Toml(value) => value.span(),
            Self::Json(text, raw) => {
                // `serde_json` keeps no places, but a value that it leaves as it is written is a
                // part of the text.
                let start = raw.get().as_ptr().addr() - text.as_ptr().addr();
                start..start + raw.get().len()
            }
        }
    }

    /// Of a table.
    pub(super) fn entries(self) -> Option<Vec<Entry<'t>>> {
        match self {
            Self::Toml(value) => {
                let entries = value.get_ref().as_table()?.iter();
                let entries = entries.map(|(key, value)| Entry {
                    key: Cow::Borrowed(key.get_ref().as_ref()),
                    place: key.span(),
                    value: Self::Toml(value),
                });
                Some(entries.collect())
            }
            Self::Json(text, raw) => {
                let entries: BTreeMap<String, &RawValue> = serde_json::from_str(raw.get()).ok()?;
                let entries = entries.into_iter().map(|(key, raw)| {
                    let value = Self::Json(text, raw);
                    Entry {
                        key: Cow::Owned(key),
                        place: key_before(text, value.place().start),
                        value,
                    }
                });
                Some(entries.collect())
            }
        }
    }

    /// Of an array.
    pub(super) fn items(self) -> Option<Vec<Self>> {
        match self {
            Self::Toml(value) => {
                let items = value.get_ref().as_array()?;
                Some(items.iter().map(Self::Toml).collect())
            }
            Self::Json(text, raw) => {
                let items: Vec<&RawValue> = serde_json::from_str(raw.get()).ok()?;
                Some(items.into_iter().map(|raw| Self::Json(text, raw)).collect())
            }
        }
    }

    fn kind(self) -> &'static str {
        match self {
            Self::Toml(value) => value.get_ref().type_str(),
            Self::Json(_, raw) => match raw.get().as_bytes().first() {
                Some(b'{') => "table",
                Some(b'[') => "array",
                Some(b'"') => "string",
                Some(b't' | b'f') => "boolean",
                Some(b'n') => "null",
                _ => "number",
            },
        }
    }

    /// What stands under one part of a dotted name; of an array, under a number.
    fn step(self, part: &str) -> Option<Self> {
        match self.entries() {
            Some(entries) => {
                let mut entries = entries.into_iter();
                Some(entries.find(|entry| entry.key == part)?.value)
            }
            None => self.items()?.get(part.parse::<usize>().ok()?).copied(),
        }
    }

    /// The table of a dotted name.
    pub(super) fn table(self, name: &str) -> Result<Self, Problem> {
        let Some(parts) = parts(name) else {
            return Err(Problem::of_table(format!(
                "--table {name} is not the name of a table; for `[server.cors]`, use --table server.cors"
            )));
        };
        let found = parts.iter().try_fold(self, |tree, part| tree.step(part));
        let Some(table) = found else {
            let policies = self.policies();
            let names: Vec<_> = policies
                .iter()
                .map(|(name, _)| format!("`{name}`"))
                .collect();
            return Err(Problem::of_table(match names.as_slice() {
                [] => format!(
                    "the file contains no table `{name}`, and no other table that looks like a policy"
                ),
                names => format!(
                    "the file contains no table `{name}`; use --table with {}",
                    names.join(" or ")
                ),
            }));
        };
        match table.kind() {
            "table" => Ok(table),
            kind => Err(Problem {
                place: Some(table.place()),
                ..Problem::of_table(format!("`{name}` is not a table but has the type {kind}"))
            }),
        }
    }

    /// The dotted names of the tables below that look like a policy, and where they stand.
    pub(super) fn policies(self) -> Vec<(String, Range<usize>)> {
        let mut found = Vec::new();
        self.find_policies("", 0, &mut found);
        found.sort_by_key(|(_, place)| place.start);
        found
    }

    fn find_policies(self, name: &str, depth: usize, found: &mut Vec<(String, Range<usize>)>) {
        /// Who has more knows them.
        const MOST: usize = 4;
        /// No file that people write is deeper.
        const DEEPEST: usize = 8;
        if depth > DEEPEST {
            return;
        }
        let below = |part: &str| match name {
            "" => keys::quoted(part),
            name => format!("{name}.{}", keys::quoted(part)),
        };
        let entries = self.entries().unwrap_or_default();
        let named = entries.iter().map(|entry| (below(&entry.key), entry.value));
        let items = self.items().unwrap_or_default().into_iter().enumerate();
        let numbered = items.map(|(number, item)| (below(&number.to_string()), item));
        for (name, value) in named.chain(numbered) {
            if found.len() >= MOST {
                return;
            }
            match value.kind() {
                "table" if keys::are_of_policy(&name, &value.entries().unwrap_or_default()) => {
                    found.push((name, value.place()));
                }
                "table" | "array" => value.find_policies(&name, depth + 1, found),
                _ => {}
            }
        }
    }

    /// The entries of a set of policies, if it is one.
    pub(super) fn scoped(self) -> Option<Vec<Self>> {
        self.step(POLICIES)?.items()
    }

    /// As an entry of a set of policies.
    pub(super) fn entry(self) -> Result<Scoped<Settings<String>>, Problem> {
        self.deserialize()
    }

    /// As a policy's settings.
    pub(super) fn settings(self) -> Result<Settings<String>, Problem> {
        self.deserialize()
    }

    /// In JSON, by itself.
    #[cfg(feature = "full")]
    pub(super) fn to_json(self) -> Result<String, Problem> {
        let value: serde_json::Value = self.deserialize()?;
        Ok(value.to_string())
    }

    /// In TOML, by itself.
    #[cfg(feature = "full")]
    pub(super) fn to_toml(self) -> Result<String, Problem> {
        let value: toml::Table = self.deserialize()?;
        toml::to_string(&value).map_err(|error| Problem::of_table(error.to_string()))
    }

    fn deserialize<D: Deserialize<'t>>(self) -> Result<D, Problem> {
        match self {
            Self::Toml(value) => {
                let value = ValueDeserializer::from(value.clone());
                D::deserialize(value).map_err(|error| toml_problem(&error))
            }
            Self::Json(text, raw) => {
                let value = serde_json::from_str(raw.get());
                value.map_err(|error| json_problem(&error, text, self.place().start))
            }
        }
    }
}

/// The parts of a dotted name, as TOML has them: `server.cors`, `server."cors.json"`.
fn parts(name: &str) -> Option<Vec<String>> {
    let line = format!("{name} = 0");
    let table = DeTable::parse(&line).ok()?;
    let mut table = table.get_ref();
    let mut parts = Vec::new();
    loop {
        let mut entries = table.iter();
        let (key, value) = entries.next().filter(|_| table.len() == 1)?;
        parts.push(key.get_ref().clone().into_owned());
        match value.get_ref() {
            DeValue::Table(inner) => table = inner,
            // What was written behind the name, and not in it.
            _ => return (value.span() == (line.len() - 1..line.len())).then_some(parts),
        }
    }
}

/// Where the key stands whose value begins here.
fn key_before(text: &str, value: usize) -> Range<usize> {
    let bytes = text.as_bytes().get(..value).unwrap_or_default();
    let is_quote = |at: &usize| {
        let before = bytes.iter().take(*at).rev();
        let escapes = before.take_while(|&&byte| byte == b'\\').count();
        bytes.get(*at) == Some(&b'"') && escapes % 2 == 0
    };
    let mut quotes = (0..value).rev().filter(is_quote);
    let end = quotes.next().unwrap_or(value);
    let start = quotes.next().unwrap_or(end);
    start + 1..end.max(start + 1)
}

fn toml_problem(error: &toml::de::Error) -> Problem {
    Problem {
        code: "TOML",
        key: String::new(),
        message: error.message().trim_end().to_owned(),
        place: error.span(),
    }
}

/// Of a part of the text that begins there.
fn json_problem(error: &serde_json::Error, text: &str, start: usize) -> Problem {
    let behind = format!(" at line {} column {}", error.line(), error.column());
    let message = error.to_string();
    let part = text.get(start..).unwrap_or_default();
    let mut lines = part.split_inclusive('\n');
    let before = lines.by_ref().take(error.line().saturating_sub(1));
    let line = start + before.map(str::len).sum::<usize>();
    let at = line + error.column().saturating_sub(1);
    let at = at.min(text.len());
    Problem {
        code: "JSON",
        key: String::new(),
        message: message.strip_suffix(&behind).unwrap_or(&message).to_owned(),
        place: Some(at..at),
    }
}

impl Problem {
    fn of_table(message: String) -> Self {
        Self {
            code: "TABLE",
            key: String::new(),
            message,
            place: None,
        }
    }

    fn prefixed(self, prefix: &str) -> Self {
        Self {
            message: format!("{prefix}{}", self.message),
            ..self
        }
    }
}
