//! A policy as people write it in a file: in TOML, JSON or whatever `serde` reads.

mod nullable;
mod written;

use core::fmt;
use core::marker::PhantomData;

use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use self::nullable::Nullable;

use super::settings::LastList;
use super::{OwnedPolicy, Settings};
use crate::error::Setting;

pub(crate) const KEYS: [&str; 16] = [
    "origins",
    "credentials",
    "credentialed_origins",
    "own_origins",
    "methods",
    "request_headers",
    "expose_headers",
    "max_age",
    "preflight_status",
    "timing",
    "denied",
    "vary_on_preflight",
    "debug",
    "dangerously_allow_insecure_origins",
    "dangerously_allow_public_suffixes",
    "dangerously_allow_null_origin",
];

/// Reads settings from a [policy file](Settings#policy-file), in any format that `serde` knows.
///
/// An error here is about the file, such as a wrong type or an unknown key. Errors in the policy are
/// returned by [`build`](Settings::build). To get them here, too, read an [`OwnedPolicy`].
impl<'de, T: Default + AsRef<str> + fmt::Write> Deserialize<'de> for Settings<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_struct("Policy", &KEYS, PolicyVisitor(PhantomData))
    }
}

/// Reads a policy from a [policy file](Settings#policy-file), in any format that `serde` knows.
///
/// The error contains the texts of all errors in the policy.
impl<'de, T, S> Deserialize<'de> for OwnedPolicy<T, S>
where
    T: Default + AsRef<str> + fmt::Write,
    S: FromIterator<u32> + AsMut<[u32]>,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Settings::deserialize(deserializer)?
            .build()
            .map_err(de::Error::custom)
    }
}

struct PolicyVisitor<T>(PhantomData<T>);

impl<'de, T: Default + AsRef<str> + fmt::Write> Visitor<'de> for PolicyVisitor<T> {
    type Value = Settings<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a CORS policy")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Settings<T>, M::Error> {
        let mut settings = Settings::new();
        let mut seen = [false; KEYS.len()];
        while let Some(key) = map.next_key_seed(KeySeed(&KEYS))? {
            let seen = KEYS.iter().zip(&mut seen).find(|(known, _)| **known == key);
            if seen.is_some_and(|(_, seen)| core::mem::replace(seen, true)) {
                return Err(de::Error::duplicate_field(key));
            }
            read_setting(key, &mut map, &mut settings)?;
        }
        Ok(settings)
    }
}

/// Reads the value of this key. The settings stay where they are: on a device, each copy of them would take
/// its part of the stack.
pub(crate) fn read_setting<'de, T, M>(
    key: &str,
    map: &mut M,
    settings: &mut Settings<T>,
) -> Result<(), M::Error>
where
    T: Default + AsRef<str> + fmt::Write,
    M: MapAccess<'de>,
{
    let list = match key {
        "origins" => Some(Setting::Origins),
        "credentialed_origins" => Some(Setting::CredentialedOrigins),
        "own_origins" => Some(Setting::OwnOrigins),
        "methods" => Some(Setting::Methods),
        "request_headers" => Some(Setting::RequestHeaders),
        "expose_headers" => Some(Setting::ExposeHeaders),
        _ => None,
    };
    if let Some(setting) = list {
        return map.next_value_seed(List(settings, setting));
    }
    match key {
        "max_age" => {
            if let Some(seconds) = next_value(map)? {
                settings.max_age = Some(seconds);
            }
        }
        "preflight_status" => {
            if let Some(status) = next_value(map)? {
                settings.preflight_status = Some(status);
            }
        }
        "denied" => {
            if let Some(Denied { is_forwarded }) = next_value(map)? {
                settings.forward_denied = is_forwarded;
            }
        }
        _ => {
            if let Some(is_on) = next_value(map)? {
                *match key {
                    "credentials" => &mut settings.credentials,
                    "timing" => &mut settings.timing,
                    "vary_on_preflight" => &mut settings.vary_on_preflight,
                    "debug" => &mut settings.debug,
                    "dangerously_allow_insecure_origins" => &mut settings.dangers.insecure_origins,
                    "dangerously_allow_public_suffixes" => &mut settings.dangers.public_suffixes,
                    _ => &mut settings.null_allowed,
                } = is_on;
            }
        }
    }
    Ok(())
}

/// Nothing, if it is `null`.
fn next_value<'de, V: Deserialize<'de>, M: MapAccess<'de>>(
    map: &mut M,
) -> Result<Option<V>, M::Error> {
    map.next_value().map(|Nullable(value)| value)
}

/// Reads one of these keys.
#[derive(Clone, Copy)]
pub(crate) struct KeySeed(pub(crate) &'static [&'static str]);

impl<'de> DeserializeSeed<'de> for KeySeed {
    type Value = &'static str;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<&'static str, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for KeySeed {
    type Value = &'static str;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a setting")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<&'static str, E> {
        let known = self.0.iter().find(|&&key| key == text);
        known.copied().ok_or_else(|| E::unknown_field(text, self.0))
    }
}

/// Where the entries of a list go, one by one.
struct List<'s, T>(&'s mut Settings<T>, Setting);

impl<'de, T: Default + AsRef<str> + fmt::Write> DeserializeSeed<'de> for List<'_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de, T: Default + AsRef<str> + fmt::Write> Visitor<'de> for List<'_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of strings")
    }

    fn visit_none<E: de::Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let mut list = self.0.begin(self.1);
        while let Some(()) = entries.next_element_seed(Entry(&mut list))? {}
        Ok(())
    }
}

struct Entry<'l, 's, T>(&'l mut LastList<'s, T>);

impl<'de, T: Default + AsRef<str> + fmt::Write> DeserializeSeed<'de> for Entry<'_, '_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<T: Default + AsRef<str> + fmt::Write> Visitor<'_> for Entry<'_, '_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<(), E> {
        self.0.push(text);
        Ok(())
    }
}

/// What becomes of an actual request from an origin that is not allowed.
struct Denied {
    is_forwarded: bool,
}

impl<'de> Deserialize<'de> for Denied {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(DeniedVisitor)
    }
}

struct DeniedVisitor;

impl Visitor<'_> for DeniedVisitor {
    type Value = Denied;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"refuse\" or \"forward\"")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Denied, E> {
        match text {
            "refuse" | "forward" => Ok(Denied {
                is_forwarded: text == "forward",
            }),
            _ => Err(E::invalid_value(de::Unexpected::Str(text), &self)),
        }
    }
}
