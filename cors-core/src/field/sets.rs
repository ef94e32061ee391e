//! Sets of response fields.

use super::ResponseField;
use crate::bytes::is_same_name;

/// A set of response fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fields(u16);

impl Fields {
    pub(crate) const NONE: Self = Self(0);

    /// Those that are called `Access-Control-*`.
    pub(crate) const ACCESS_CONTROL: Self = Self(0x3f);

    /// Stands for every `Access-Control-*` header that is no field of its own.
    pub(crate) const UNKNOWN: Self = Self(0x100);

    /// The field of this name, if it is one that CORS may change.
    #[inline]
    pub(crate) fn named(name: &str) -> Self {
        // Few of the headers that responses have begin like this.
        let name = name.as_bytes();
        match name {
            [b'a' | b'A', ..] => Self::access_control(name),
            [b'v' | b'V', _, _, _] if name.eq_ignore_ascii_case(b"vary") => {
                Self::NONE.with(ResponseField::Vary)
            }
            [b't' | b'T', ..] if name.eq_ignore_ascii_case(b"timing-allow-origin") => {
                Self::NONE.with(ResponseField::TimingAllowOrigin)
            }
            _ => Self::NONE,
        }
    }

    fn access_control(name: &[u8]) -> Self {
        const PREFIX: &[u8] = b"access-control-";
        match name.split_at_checked(PREFIX.len()) {
            Some((prefix, _)) if is_same_name(prefix, PREFIX) => {}
            _ => return Self::NONE,
        }
        match ResponseField::ALL
            .iter()
            .find(|field| is_name_of(**field, name))
        {
            Some(field) => Self::NONE.with(*field),
            None => Self::UNKNOWN,
        }
    }

    #[inline]
    pub(crate) const fn with(self, field: ResponseField) -> Self {
        Self(self.0 | 1 << field.index())
    }

    #[inline]
    pub(crate) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    #[inline]
    pub(crate) const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    #[inline]
    pub(crate) const fn is_empty(self) -> bool {
        self.0 == 0
    }

    #[inline]
    pub(crate) const fn has(self, field: ResponseField) -> bool {
        self.0 & 1 << field.index() != 0
    }

    /// In the order of [`ResponseField::ALL`].
    #[inline]
    pub(crate) fn iter(self) -> impl Iterator<Item = ResponseField> {
        let mut rest = self.0;
        core::iter::from_fn(move || {
            let field = ResponseField::ALL.get(rest.trailing_zeros() as usize)?;
            rest &= rest.wrapping_sub(1);
            Some(*field)
        })
    }
}

/// Apart, as otherwise there is one for each field.
#[inline(never)]
fn is_name_of(field: ResponseField, name: &[u8]) -> bool {
    is_same_name(field.name().as_bytes(), name)
}

/// What to do to which fields: a field is in at most one of four sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sets(
    /// A byte for each set: in one word they are copied and compared at once.
    u32,
);

const SET: u32 = 0;
const APPENDED: u32 = 8;
const ECHOED: u32 = 16;
const REMOVED: u32 = 24;

impl Sets {
    /// Nothing is done to any field.
    pub(crate) const NOTHING: Self = Self(0);

    /// What a handler said about CORS is taken back.
    pub(crate) const REMOVE_ALL: Self = Self((Fields::ACCESS_CONTROL.0 as u32) << REMOVED);

    /// Its value is replaced by the policy's.
    pub(crate) const fn set(self, field: ResponseField) -> Self {
        self.put(SET, field)
    }

    /// The policy's value is added; to `Vary` it is `Origin`.
    pub(crate) const fn append(self, field: ResponseField) -> Self {
        self.put(APPENDED, field)
    }

    /// Its value is replaced by one of the request.
    pub(crate) const fn echo(self, field: ResponseField) -> Self {
        self.put(ECHOED, field)
    }

    pub(crate) const fn remove(self, field: ResponseField) -> Self {
        self.put(REMOVED, field)
    }

    const fn put(self, set: u32, field: ResponseField) -> Self {
        Self(self.keep(field).0 | 1 << set << field.index())
    }

    /// Nothing is done to it.
    pub(crate) const fn keep(self, field: ResponseField) -> Self {
        Self(self.0 & !(0x0101_0101 << field.index()))
    }

    /// Without what is appended to `Vary`, if so.
    #[inline]
    pub(crate) const fn without_vary_if(self, condition: bool) -> Self {
        Self(self.0 & !((condition as u32) << APPENDED << ResponseField::Vary.index()))
    }

    #[inline]
    pub(crate) const fn all_set(self) -> Fields {
        self.fields(SET)
    }

    #[inline]
    pub(crate) const fn all_appended(self) -> Fields {
        self.fields(APPENDED)
    }

    #[inline]
    pub(crate) const fn all_echoed(self) -> Fields {
        self.fields(ECHOED)
    }

    #[inline]
    pub(crate) const fn all_removed(self) -> Fields {
        self.fields(REMOVED)
    }

    const fn fields(self, set: u32) -> Fields {
        Fields((self.0 >> set & 0xff) as u16)
    }
}
