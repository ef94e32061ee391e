//! The keys of a policy, and what somebody meant who wrote another.

use cors_core::Settings;
use serde::de::value::Error as NoValue;
use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::forward_to_deserialize_any;

use super::Problem;
use super::tree::{Entry, POLICIES, Tree};

/// The keys that the core knows, in its order.
pub(in crate::command) fn known() -> &'static [&'static str] {
    let mut known: &[&str] = &[];
    let _ = Settings::<String>::deserialize(Asked(&mut known));
    known
}

/// Asks a type for its keys, and has no values.
struct Asked<'k>(&'k mut &'static [&'static str]);

impl<'de> Deserializer<'de> for Asked<'_> {
    type Error = NoValue;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        keys: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, NoValue> {
        *self.0 = keys;
        Err(NoValue::custom("asked for its keys"))
    }

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, NoValue> {
        Err(NoValue::custom("asked for its keys"))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

/// A table with these keys is a policy, right or wrong.
pub(super) fn are_of_policy(name: &str, entries: &[Entry<'_>]) -> bool {
    let has = |keys: &[&str]| entries.iter().any(|entry| keys.contains(&&*entry.key));
    let is_named_so = name.rsplit('.').next() == Some("cors");
    has(&["origins"]) || is_named_so && has(known())
}

/// Those of an entry of a set of policies.
pub(in crate::command) fn of_entry() -> Vec<&'static str> {
    [&["hosts", "path"], known()].concat()
}

/// Every key that belongs to none of the entries of this set.
pub(super) fn beside_policies(set: Tree<'_>) -> Vec<Problem> {
    let entries = set.entries().unwrap_or_default().into_iter();
    let mut others: Vec<_> = entries.filter(|entry| entry.key != POLICIES).collect();
    others.sort_by_key(|entry| entry.place.start);
    let others = others.into_iter().map(|Entry { key, place, .. }| Problem {
        code: "KEY",
        message: format!(
            "{} beside `{POLICIES}` belongs to none of them; move it into an entry",
            shown(&key)
        ),
        key: key.into_owned(),
        place: Some(place),
    });
    others.collect()
}

/// Every key that no policy has.
pub(super) fn unknown(
    policy: Tree<'_>,
    is_whole_file: bool,
    known: &[&'static str],
) -> Vec<Problem> {
    let entries = policy.entries().unwrap_or_default();
    let unknown = entries
        .into_iter()
        .filter(|entry| !known.is_empty() && !known.contains(&&*entry.key));
    let mut unknown: Vec<_> = unknown.collect();
    unknown.sort_by_key(|entry| entry.place.start);
    // The policy may be in a table of this file.
    let policies = match is_whole_file && !unknown.is_empty() {
        true => policy.policies(),
        false => Vec::new(),
    };
    if let [(_, place), ..] = policies.as_slice() {
        let options = policies.iter().map(|(name, _)| format!("--table {name}"));
        let options = options.collect::<Vec<_>>().join(" or ");
        let keys: Vec<_> = unknown.iter().take(3).map(|one| shown(&one.key)).collect();
        let what = match keys.as_slice() {
            [key] => format!("{key} is not a key of a policy"),
            keys => format!("{} are not keys of a policy", keys.join(", ")),
        };
        return vec![Problem {
            code: "TABLE",
            key: String::new(),
            message: format!("{what}; if the policy is a table of this file, use {options}"),
            place: Some(place.clone()),
        }];
    }
    let last = unknown.len().saturating_sub(1);
    let problems = unknown.into_iter().enumerate();
    let problems = problems.map(|(number, Entry { key, place, .. })| {
        let right = match meant(&key, known) {
            Some(meant) => format!("; did you mean `{meant}`?"),
            // Told once.
            None if number == last => format!("; the valid keys are `{}`", known.join("`, `")),
            None => String::new(),
        };
        Problem {
            code: "KEY",
            message: format!("unknown key {}{right}", shown(&key)),
            key: key.into_owned(),
            place: Some(place),
        }
    });
    problems.collect()
}

/// A key that is none, escaped and cut.
fn shown(key: &str) -> String {
    const MOST: usize = 60;
    let more = match key.char_indices().nth(MOST) {
        Some(_) => "…",
        None => "",
    };
    let start: String = key.chars().take(MOST).collect();
    format!("`{}{more}`", start.escape_debug())
}

/// A part of a dotted name, as TOML writes it.
pub(super) fn quoted(part: &str) -> String {
    let is_bare = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    match !part.is_empty() && part.bytes().all(is_bare) {
        true => part.to_owned(),
        false => format!("\"{}\"", part.escape_debug()),
    }
}

/// The key that is nearest to one that was written, as other libraries name it or with a mistake.
fn meant(key: &str, known: &[&'static str]) -> Option<&'static str> {
    let key = plain(key);
    let distance = |known: &str| strsim::damerau_levenshtein(&key, known);
    let nearest = known.iter().min_by_key(|known| distance(known))?;
    // One letter of three may be wrong; of few letters none, or everything is near.
    if distance(nearest) <= key.len().min(nearest.len()) / 3 {
        return Some(nearest);
    }
    let words = |known: &&&str| known.rsplit('_').next() == key.rsplit('_').next();
    known.iter().find(words).copied()
}

/// `Access-Control-Allow-Origin`, `allowedOrigins` and the like, as this project writes it.
fn plain(key: &str) -> String {
    let mut plain = String::new();
    // What is longer is none of them.
    for character in key.chars().take(60) {
        let is_inside = plain.ends_with(|last: char| last != '_');
        if character.is_ascii_uppercase() && plain.ends_with(|last: char| last.is_ascii_lowercase())
        {
            plain.push('_');
        }
        match character {
            '-' | '_' | ' ' if is_inside => plain.push('_'),
            '-' | '_' | ' ' => {}
            other => plain.push(other.to_ascii_lowercase()),
        }
    }
    ["cors_", "access_control_", "allow_", "allowed_"]
        .iter()
        .fold(plain, |plain, begin| match plain.strip_prefix(begin) {
            Some(rest) => rest.to_owned(),
            None => plain,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_core_tells_its_keys() {
        let known = known();
        assert_eq!(known.first(), Some(&"origins"));
        assert!(known.contains(&"dangerously_allow_null_origin"));
    }

    #[test]
    fn what_was_meant() {
        for (written, expected) in [
            ("origin", Some("origins")),
            ("orgins", Some("origins")),
            ("Origins", Some("origins")),
            ("allowed_origins", Some("origins")),
            ("allow-origin", Some("origins")),
            ("Access-Control-Allow-Origin", Some("origins")),
            ("allowCredentials", Some("credentials")),
            ("maxAge", Some("max_age")),
            ("max-age", Some("max_age")),
            ("method", Some("methods")),
            ("allowed_headers", Some("request_headers")),
            ("headers", Some("request_headers")),
            ("exposed_headers", Some("expose_headers")),
            ("exposedHeaders", Some("expose_headers")),
            ("debg", Some("debug")),
            ("port", None),
            ("x", None),
            ("", None),
            ("database", None),
        ] {
            assert_eq!(meant(written, known()), expected, "{written}");
        }
    }
}
