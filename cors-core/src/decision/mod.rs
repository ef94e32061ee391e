//! What happens.

mod decide;
mod denial;
mod explain;
mod headers;
mod vary;

pub use denial::{Denial, Place};
pub use explain::Explanation;
#[cfg(feature = "tracing")]
pub(crate) use explain::Shown;
pub use headers::{RequestHeaders, ResponseHeaders};

use crate::field::{Fields, RequestField, ResponseField};

/// What becomes of a request: a few bytes that borrow nothing, so that they can wait beside the
/// handler's future.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "a decision that is not carried out protects nobody"]
pub enum Decision {
    /// The handler answers; then these edits are made to its response, whatever its status.
    Forward(Edits),
    /// The handler is not called. This is the whole response.
    Respond {
        /// The [ok status](https://fetch.spec.whatwg.org/#ok-status) 204, or 403.
        status: u16,
        /// The body, which is plain text.
        body: Body,
        /// The response's fields: a response without any, edited.
        edits: Edits,
    },
}

impl Decision {
    /// The edits.
    #[must_use]
    pub const fn edits(self) -> Edits {
        match self {
            Self::Forward(edits) | Self::Respond { edits, .. } => edits,
        }
    }

    /// Why the origin does not get what it asked for, if it does not.
    #[must_use]
    pub const fn denial(self) -> Option<Denial> {
        self.edits().denial()
    }
}

/// The body of a response that the handler does not give.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    /// None: nobody reads the body of a preflight's answer.
    Empty,
    /// A line for the person who finds a refused request in a log or with `curl`.
    OriginNotAllowed,
}

impl Body {
    /// The text, `text/plain; charset=utf-8`; empty if there is no body.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Empty => "",
            Self::OriginNotAllowed => "origin not allowed by the CORS policy\n",
        }
    }
}

/// What to do to the headers of a response: at most one [`Edit`] for each.
///
/// [`apply`](Self::apply) does it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Edits {
    /// Four sets of fields, a byte each: in one word they are copied and compared at once.
    sets: u32,
    denial: Option<Denial>,
}

/// What to do to one field of a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edit {
    /// Replace every line by one with the policy's [`text`](crate::Policy::text).
    Set,
    /// Keep the lines and add one with the policy's [`text`](crate::Policy::text): what the
    /// handler exposed stays exposed.
    Append,
    /// Keep the lines and add one with [`ORIGIN`](Edit::ORIGIN), unless it stands there.
    AppendVary,
    /// Replace every line by the lines of this request field, byte for byte. Their bytes have been
    /// checked.
    Echo(RequestField),
    /// Remove every line.
    Remove,
}

impl Edit {
    /// What [`AppendVary`](Self::AppendVary) adds.
    pub const ORIGIN: &'static str = "Origin";
}

/// Where the four sets stand in [`Edits`].
const SET: u32 = 0;
/// `Vary` among them is [`Edit::AppendVary`].
const APPENDED: u32 = 8;
const ECHOED: u32 = 16;
const REMOVED: u32 = 24;

impl Edits {
    /// What the handler said about CORS is taken back.
    pub(crate) const REMOVE_ALL: Self = Self {
        sets: (Fields::ALL.without(ResponseField::Vary).bits() as u32) << REMOVED,
        denial: None,
    };

    /// What the handler exposed stays; all else that it said about CORS is taken back.
    pub(crate) const REMOVE_ALL_BUT_EXPOSED: Self =
        Self::REMOVE_ALL.without(ResponseField::ExposeHeaders);

    const fn without(self, field: ResponseField) -> Self {
        Self {
            sets: self.sets & !(0x0101_0101 << field.index()),
            ..self
        }
    }

    #[inline]
    pub(crate) const fn with(self, field: ResponseField, edit: Edit) -> Self {
        let set = match edit {
            Edit::Set => SET,
            Edit::Append | Edit::AppendVary => APPENDED,
            Edit::Echo(_) => ECHOED,
            Edit::Remove => REMOVED,
        };
        let edits = self.without(field);
        Self {
            sets: edits.sets | 1 << set << field.index(),
            ..edits
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "a set is a byte")]
    const fn fields(self, set: u32) -> Fields {
        Fields::of((self.sets >> set) as u8)
    }

    pub(crate) const fn denied(mut self, denial: Denial) -> Self {
        self.denial = Some(denial);
        self
    }

    /// Why the origin does not get what it asked for, if it does not.
    #[must_use]
    pub const fn denial(self) -> Option<Denial> {
        self.denial
    }

    /// The edit of one field, if there is one.
    #[must_use]
    pub const fn of(self, field: ResponseField) -> Option<Edit> {
        match field {
            _ if self.fields(SET).has(field) => Some(Edit::Set),
            _ if self.fields(ECHOED).has(field) => Some(Edit::Echo(field.source())),
            _ if self.fields(REMOVED).has(field) => Some(Edit::Remove),
            _ if !self.fields(APPENDED).has(field) => None,
            ResponseField::Vary => Some(Edit::AppendVary),
            _ => Some(Edit::Append),
        }
    }

    pub(crate) const fn set(self) -> Fields {
        self.fields(SET)
    }

    pub(crate) const fn appended(self) -> Fields {
        self.fields(APPENDED)
    }

    pub(crate) const fn echoed(self) -> Fields {
        self.fields(ECHOED)
    }

    pub(crate) const fn removed(self) -> Fields {
        self.fields(REMOVED)
    }

    /// Every edit, in the order of [`ResponseField::ALL`].
    pub fn iter(self) -> impl Iterator<Item = (ResponseField, Edit)> {
        ResponseField::ALL
            .into_iter()
            .filter_map(move |field| Some((field, self.of(field)?)))
    }
}

impl core::fmt::Debug for Edits {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let mut edits = f.debug_struct("Edits");
        for (field, edit) in self.iter() {
            edits.field(field.name(), &edit);
        }
        edits.field("denial", &self.denial).finish_non_exhaustive()
    }
}
