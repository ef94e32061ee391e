//! A set of policies as people write it in a file.

use core::fmt;
use std::string::String;
use std::vec::Vec;

use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};

use super::{PolicySet, Scoped};
use crate::policy::file::{KEYS, KeySeed, read_setting};
use crate::server::heap::{OwnedPolicy, Settings};

/// Those of a policy, and two more.
const SCOPED_KEYS: [&str; KEYS.len() + 2] = {
    let mut keys = ["hosts"; KEYS.len() + 2];
    keys[1] = "path";
    let mut number = 0;
    while number < KEYS.len() {
        keys[number + 2] = KEYS[number];
        number += 1;
    }
    keys
};

const SET_KEYS: [&str; KEYS.len() + 1] = {
    let mut keys = ["policies"; KEYS.len() + 1];
    let mut number = 0;
    while number < KEYS.len() {
        keys[number + 1] = KEYS[number];
        number += 1;
    }
    keys
};

/// Reads a set of policies from a [file](PolicySet#policy-file), in any format that `serde` knows. A
/// policy that stands alone is a set, too.
///
/// The error contains the texts of all errors in all policies.
impl<'de> Deserialize<'de> for PolicySet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match deserializer.deserialize_struct("Policies", &SET_KEYS, SetVisitor)? {
            Read::Several(entries) => Self::build(entries).map_err(de::Error::custom),
            Read::One(settings) => {
                let policy: OwnedPolicy = settings.build().map_err(de::Error::custom)?;
                Ok(policy.into())
            }
        }
    }
}

/// Reads an entry of a set. An error here is about the file; see [`PolicySet::build`] for the others.
impl<'de> Deserialize<'de> for Scoped<Settings> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_struct("Policy", &SCOPED_KEYS, ScopedVisitor)
    }
}

struct SetVisitor;

/// What a file has.
#[expect(clippy::large_enum_variant, reason = "there is one, for a moment")]
enum Read {
    One(Settings),
    Several(Vec<Scoped<Settings>>),
}

impl<'de> Visitor<'de> for SetVisitor {
    type Value = Read;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a CORS policy, or several in `policies`")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
        let mut settings = Settings::new();
        let mut policies: Option<Vec<Scoped<Settings>>> = None;
        let mut seen = Vec::new();
        while let Some(key) = map.next_key_seed(KeySeed(&SET_KEYS))? {
            once(&mut seen, key)?;
            match key {
                "policies" => policies = Some(map.next_value()?),
                _ => read_setting(key, &mut map, &mut settings)?,
            }
        }
        let other = seen.iter().find(|&&key| key != "policies");
        match (policies, other) {
            (None, _) => Ok(Read::One(settings)),
            (Some(policies), None) => Ok(Read::Several(policies)),
            (Some(_), Some(key)) => Err(de::Error::custom(format_args!(
                "`{key}` beside `policies` belongs to none of them; move it into an entry"
            ))),
        }
    }
}

struct ScopedVisitor;

impl<'de> Visitor<'de> for ScopedVisitor {
    type Value = Scoped<Settings>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a CORS policy with its `hosts` and its `path`")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
        let mut settings = Settings::new();
        let (mut hosts, mut path): (Option<Vec<String>>, Option<String>) = (None, None);
        let mut seen = Vec::new();
        while let Some(key) = map.next_key_seed(KeySeed(&SCOPED_KEYS))? {
            once(&mut seen, key)?;
            match key {
                "hosts" => hosts = map.next_value()?,
                "path" => path = map.next_value()?,
                _ => read_setting(key, &mut map, &mut settings)?,
            }
        }
        Ok(Scoped {
            hosts,
            path,
            policy: settings,
        })
    }
}

fn once<E: de::Error>(seen: &mut Vec<&'static str>, key: &'static str) -> Result<(), E> {
    if seen.contains(&key) {
        return Err(E::duplicate_field(key));
    }
    seen.push(key);
    Ok(())
}
