//! Changes to a policy that leave the rest of its text as it was written.

use std::fmt;
use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Change {
    /// An entry at the end of a list.
    Add(String, String),
    /// The entry, wherever it is in a list.
    Remove(String, String),
    /// A switch to turn on.
    TurnOn(String),
}

/// For a button.
impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Add(list, entry) => write!(f, "add {entry} to {list}"),
            Self::Remove(list, entry) => write!(f, "remove {entry} from {list}"),
            Self::TurnOn(key) => write!(f, "set {key} = true"),
        }
    }
}

/// A text that was changed, and the bytes that show it best.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Edited {
    pub(super) text: String,
    pub(super) place: Range<usize>,
}

impl Change {
    /// The list that gets an entry.
    pub(super) fn list(&self) -> Option<&str> {
        match self {
            Self::Add(list, _) => Some(list),
            Self::Remove(..) | Self::TurnOn(_) => None,
        }
    }

    /// The entry that a list gets.
    pub(super) fn entry(&self) -> Option<&str> {
        match self {
            Self::Add(_, entry) => Some(entry),
            Self::Remove(..) | Self::TurnOn(_) => None,
        }
    }

    /// The text with the change; none if it is not TOML, or the change cannot be made in it.
    pub(super) fn make(&self, text: &str) -> Option<Edited> {
        let table = DeTable::parse(text).ok()?;
        let value = |key: &str| table.get_ref().get(key);
        match self {
            Self::Add(list, entry) => match value(list) {
                Some(value) => add(text, &List::new(value)?, entry),
                None => Some(new_key(text, list, &format!("[{}]", quoted(entry)))),
            },
            Self::Remove(list, entry) => remove(text, &List::new(value(list)?)?, entry),
            Self::TurnOn(key) => match value(key) {
                Some(value) => {
                    value.get_ref().as_bool()?;
                    replaced(text, value.span(), "true")
                }
                None => Some(new_key(text, key, "true")),
            },
        }
    }
}

/// The entries of a list of texts in a policy; none if the list is not there.
pub(super) fn entries(text: &str, list: &str) -> Vec<String> {
    let Ok(table) = DeTable::parse(text) else {
        return Vec::new();
    };
    let list = table.get_ref().get(list).and_then(List::new);
    let entries = list.iter().flat_map(|list| list.entries.iter());
    entries.map(|(entry, _)| (*entry).to_owned()).collect()
}

/// A list of texts, and where they stand.
struct List<'t> {
    place: Range<usize>,
    entries: Vec<(&'t str, Range<usize>)>,
}

impl<'t> List<'t> {
    fn new(value: &'t Spanned<DeValue<'_>>) -> Option<Self> {
        let entries = value.get_ref().as_array()?.iter();
        let entries = entries.map(|entry| Some((entry.get_ref().as_str()?, entry.span())));
        Some(Self {
            place: value.span(),
            entries: entries.collect::<Option<_>>()?,
        })
    }
}

fn add(text: &str, list: &List<'_>, entry: &str) -> Option<Edited> {
    if let Some((_, place)) = list.entries.iter().find(|(listed, _)| *listed == entry) {
        return Some(Edited {
            text: text.to_owned(),
            place: place.clone(),
        });
    }
    let quoted = quoted(entry);
    match list.entries.last() {
        None => replaced(text, list.place.start + 1..list.place.end - 1, &quoted),
        Some((_, before)) => match on_a_line(text, list, before, &quoted) {
            Some(edited) => Some(edited),
            None => replaced(text, before.end..before.end, &format!(", {quoted}")),
        },
    }
    .map(|Edited { text, place }| Edited {
        place: entry_in(&text, place, &quoted),
        text,
    })
}

/// Where the entry stands in what is new.
fn entry_in(text: &str, new: Range<usize>, quoted: &str) -> Range<usize> {
    let inside = text.get(new.clone()).unwrap_or_default();
    match inside.rfind(quoted) {
        Some(at) => new.start + at..new.start + at + quoted.len(),
        None => new,
    }
}

/// Below the last entry, if that stands on a line of its own, with a comma or without as that one.
fn on_a_line(text: &str, list: &List<'_>, before: &Range<usize>, quoted: &str) -> Option<Edited> {
    let indent = text.get(..before.start)?.rsplit_once('\n')?.1;
    let rest = text.get(before.end..list.place.end)?.split_once('\n')?.0;
    if !indent.trim().is_empty() {
        return None;
    }
    let new = match rest.trim_start().starts_with(',') {
        true => format!("{rest}\n{indent}{quoted},"),
        false => format!(",{rest}\n{indent}{quoted}"),
    };
    replaced(text, before.end..before.end + rest.len(), &new)
}

/// With what separates it from its neighbors.
fn remove(text: &str, list: &List<'_>, entry: &str) -> Option<Edited> {
    let number = list.entries.iter().position(|(one, _)| *one == entry)?;
    let place = &list.entries[number].1;
    let next = list.entries.get(number + 1).map(|(_, place)| place.start);
    let before = number
        .checked_sub(1)
        .map(|before| list.entries[before].1.end);
    let cut = match (next, before) {
        (Some(next), _) => place.start..next,
        // The comma that may stand behind it now stands behind the one before.
        (None, Some(before)) => before..place.end,
        (None, None) => list.place.start + 1..list.place.end - 1,
    };
    replaced(text, cut, "")
}

/// The key is written below what is there: a policy has no tables that it could fall into.
fn new_key(text: &str, key: &str, value: &str) -> Edited {
    let end = match text {
        text if text.is_empty() || text.ends_with('\n') => "",
        _ => "\n",
    };
    let start = text.len() + end.len();
    let line = format!("{key} = {value}");
    Edited {
        text: format!("{text}{end}{line}\n"),
        place: start..start + line.len(),
    }
}

fn replaced(text: &str, place: Range<usize>, by: &str) -> Option<Edited> {
    let (before, behind) = (text.get(..place.start)?, text.get(place.end..)?);
    Some(Edited {
        text: format!("{before}{by}{behind}"),
        place: place.start..place.start + by.len(),
    })
}

fn quoted(entry: &str) -> String {
    toml::Value::String(entry.to_owned()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(text: &str, change: &Change) -> Option<(String, String)> {
        let Edited { text, place } = change.make(text)?;
        let shown = text[place].to_owned();
        Some((text, shown))
    }

    fn add(entry: &str) -> Change {
        Change::Add("origins".to_owned(), entry.to_owned())
    }

    fn remove(entry: &str) -> Change {
        Change::Remove("origins".to_owned(), entry.to_owned())
    }

    #[test]
    fn an_entry_is_added_where_the_last_one_stands() {
        for (before, after) in [
            ("", "origins = [\"x\"]\n"),
            ("a = 1", "a = 1\norigins = [\"x\"]\n"),
            ("origins = [] # none", "origins = [\"x\"] # none"),
            ("origins = [\n  # none\n]\n", "origins = [\"x\"]\n"),
            ("origins = ['a'] # one", "origins = ['a', \"x\"] # one"),
            ("origins = [ \"a]\", ]\n", "origins = [ \"a]\", \"x\", ]\n"),
            (
                "origins = [\n  \"a\", # ]\n  \"b\"\n]\nmax_age = 1\n",
                "origins = [\n  \"a\", # ]\n  \"b\",\n  \"x\"\n]\nmax_age = 1\n",
            ),
            (
                "origins = [\n  \"a\",\n  \"b\"]\n",
                "origins = [\n  \"a\",\n  \"b\", \"x\"]\n",
            ),
            (
                "origins = [\n  \"a\" # x\n]\n",
                "origins = [\n  \"a\", # x\n  \"x\"\n]\n",
            ),
            (
                "# ä\norigins = [\n\t\"ä\", # the last\n]\n",
                "# ä\norigins = [\n\t\"ä\", # the last\n\t\"x\",\n]\n",
            ),
        ] {
            let (text, place) = changed(before, &add("x")).expect("a change");
            assert_eq!(text, after);
            assert!(["\"x\"", "origins = [\"x\"]"].contains(&&*place), "{place}");
            assert!(entries(&text, "origins").contains(&"x".to_owned()));
        }
    }

    #[test]
    fn an_entry_is_added_once_and_only_to_a_list() {
        let text = "origins = [\"a\", 'x']";
        assert_eq!(
            changed(text, &add("x")),
            Some((text.to_owned(), "'x'".to_owned()))
        );
        for text in ["origins = 1", "origins = [1]", "origins = [", "[origins]"] {
            assert_eq!(changed(text, &add("x")), None, "{text}");
        }
        let odd = "a\"\\\nb";
        let (text, _) = changed("", &add(odd)).expect("a change");
        assert_eq!(entries(&text, "origins"), [odd]);
    }

    #[test]
    fn an_entry_is_removed_with_its_comma() {
        for (before, after) in [
            ("origins = [\"x\"]\n", "origins = []\n"),
            ("origins = [\n  \"x\",\n]\n", "origins = []\n"),
            ("origins = [\"x\", \"a\"]\n", "origins = [\"a\"]\n"),
            ("origins = [\"a\", \"x\"]\n", "origins = [\"a\"]\n"),
            (
                "origins = [\"a\", 'x', \"b\"]\n",
                "origins = [\"a\", \"b\"]\n",
            ),
            (
                "origins = [\n  \"a\",\n  \"x\",\n]\n",
                "origins = [\n  \"a\",\n]\n",
            ),
        ] {
            let (text, _) = changed(before, &remove("x")).expect("a change");
            assert_eq!(text, after, "{before}");
        }
        for text in ["", "origins = [\"a\"]", "origins = [", "origins = \"x\""] {
            assert_eq!(changed(text, &remove("x")), None, "{text}");
        }
    }

    #[test]
    fn a_switch_is_turned_on() {
        let turn_on = Change::TurnOn("credentials".to_owned());
        for (before, after) in [
            ("a = 1\n", "a = 1\ncredentials = true\n"),
            ("credentials = false # no\n", "credentials = true # no\n"),
            ("credentials = true\n", "credentials = true\n"),
        ] {
            let (text, _) = changed(before, &turn_on).expect("a change");
            assert_eq!(text, after);
        }
        assert_eq!(changed("credentials = 1\n", &turn_on), None);
    }

    #[test]
    fn a_change_says_what_it_does() {
        assert_eq!(add("x").to_string(), "add x to origins");
        assert_eq!(remove("x").to_string(), "remove x from origins");
        assert_eq!(
            Change::TurnOn("credentials".to_owned()).to_string(),
            "set credentials = true"
        );
    }
}
