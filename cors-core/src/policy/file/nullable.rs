use core::fmt;
use core::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, IntoDeserializer, Visitor};

/// A value, or the `null` that some programs write for what is not set.
///
/// Unlike an `Option`, it is also read from formats that know no `null` and offer values as they
/// are.
pub(super) struct Nullable<V>(pub(super) Option<V>);

impl<'de, V: Deserialize<'de>> Deserialize<'de> for Nullable<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = deserializer.deserialize_option(NullableVisitor(PhantomData))?;
        Ok(Self(value))
    }
}

struct NullableVisitor<V>(PhantomData<V>);

impl<'de, V: Deserialize<'de>> Visitor<'de> for NullableVisitor<V> {
    type Value = Option<V>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a boolean, a number or a string")
    }

    fn visit_none<E: Error>(self) -> Result<Option<V>, E> {
        Ok(None)
    }

    fn visit_unit<E: Error>(self) -> Result<Option<V>, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<V>, D::Error> {
        V::deserialize(deserializer).map(Some)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Option<V>, E> {
        V::deserialize(value.into_deserializer()).map(Some)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Option<V>, E> {
        V::deserialize(value.into_deserializer()).map(Some)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Option<V>, E> {
        V::deserialize(value.into_deserializer()).map(Some)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Option<V>, E> {
        V::deserialize(value.into_deserializer()).map(Some)
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Option<V>, E> {
        V::deserialize(value.into_deserializer()).map(Some)
    }
}
