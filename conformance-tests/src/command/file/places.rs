//! Where in a file an entry stands.

use std::collections::HashMap;
use std::iter;
use std::ops::Range;

use cors_core::Setting;

use super::tree::{Root, Tree};

/// Where the entries of a policy stand; the file is read once for all of them.
pub(in crate::command) struct Places<'f> {
    text: &'f str,
    /// Of the policy, or of each policy of a set.
    policies: Vec<Policy>,
    lines: Lines<'f>,
}

/// Of each list, with the entries' quotes; of what is no list, where it stands.
type Policy = HashMap<String, Vec<Range<usize>>>;

fn places_in(policy: Tree<'_>) -> Policy {
    let entries = policy.entries().unwrap_or_default().into_iter();
    let entries = entries.map(|entry| {
        let places = match entry.value.items() {
            Some(items) => items.into_iter().map(Tree::place).collect(),
            None => vec![entry.value.place()],
        };
        (entry.key.into_owned(), places)
    });
    entries.collect()
}

impl<'f> Places<'f> {
    pub(super) fn new(text: &'f str, is_json: bool, table: Option<&str>) -> Self {
        let root = Root::parse(text, is_json).ok();
        let policy = root.as_ref().and_then(|root| match table {
            Some(name) => root.tree().table(name).ok(),
            None => Some(root.tree()),
        });
        let policies = policy.map_or_else(Vec::new, |policy| match policy.scoped() {
            Some(entries) => entries.into_iter().map(places_in).collect(),
            None => vec![places_in(policy)],
        });
        Self {
            text,
            policies,
            lines: Lines::new(text),
        }
    }

    /// The text of an entry, without its quotes; in a set, of this policy.
    pub(in crate::command) fn of(
        &self,
        policy: usize,
        setting: Setting,
        entry: usize,
        text: &str,
    ) -> Option<Range<usize>> {
        let places = self.policies.get(policy)?.get(setting.name())?;
        Some(self.inside(places.get(entry)?, text))
    }

    /// The first entry with this text under a key of this policy of a set; without one, the value.
    pub(in crate::command) fn of_text(
        &self,
        policy: usize,
        key: &str,
        text: &str,
    ) -> Option<Range<usize>> {
        let places = self.policies.get(policy)?.get(key)?;
        let inside = places.iter().map(|place| self.inside(place, text));
        let mut inside = inside.filter(|place| self.text.get(place.clone()) == Some(text));
        inside.next().or_else(|| places.first().cloned())
    }

    fn inside(&self, span: &Range<usize>, text: &str) -> Range<usize> {
        let within = span.start + 1..span.end.saturating_sub(1);
        // An entry may be escaped; then all of it is shown.
        match self.text.get(within.clone()) {
            Some(inside) if inside == text => within,
            _ => span.clone(),
        }
    }

    /// The line and the column of a byte, both from 1.
    pub(in crate::command) fn line_and_column(&self, at: usize) -> Option<(usize, usize)> {
        self.lines.line_and_column(at)
    }
}

/// Where lines and columns are.
pub(super) struct Lines<'f> {
    text: &'f str,
    /// Where each line begins.
    starts: Vec<usize>,
    /// How many characters stand before each block, and before the end.
    characters: Vec<usize>,
}

/// Before every block of so many bytes the characters are counted once, so that a long line is not
/// read again for each finding.
const BLOCK: usize = 1024;

/// How many characters begin in these bytes of a text.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&byte| byte & 0xc0 != 0x80).count()
}

impl<'f> Lines<'f> {
    pub(super) fn new(text: &'f str) -> Self {
        let newlines = text.match_indices('\n');
        let blocks = text.as_bytes().chunks(BLOCK);
        let characters = blocks.scan(0, |before, block| {
            *before += characters(block);
            Some(*before)
        });
        Self {
            text,
            starts: iter::once(0)
                .chain(newlines.map(|(at, _)| at + 1))
                .collect(),
            characters: iter::once(0).chain(characters).collect(),
        }
    }

    /// Both from 1.
    pub(super) fn line_and_column(&self, at: usize) -> Option<(usize, usize)> {
        let line = self.starts.partition_point(|&start| start <= at);
        let start = *self.starts.get(line.checked_sub(1)?)?;
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
