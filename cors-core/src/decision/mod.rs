//! What happens.

mod decide;
mod denial;
mod explain;
mod vary;

pub use denial::{Denial, Place};
pub use explain::Explanation;
pub use vary::missing_from_vary;

use crate::field::{RequestField, ResponseField};

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

/// What to do to the fields of a response: at most one [`Edit`] for each.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Edits {
    /// Three bits a field, by its index.
    bits: u32,
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
    /// Keep the lines and add one with [`ORIGIN`](Edit::ORIGIN), unless
    /// [`missing_from_vary`] finds nothing missing.
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

impl Edits {
    /// Nothing is done.
    pub(crate) const NONE: Self = Self {
        bits: 0,
        denial: None,
    };

    /// What the handler said about CORS is taken back.
    pub(crate) const REMOVE_ALL: Self = Self::NONE
        .with(ResponseField::AllowOrigin, Edit::Remove)
        .with(ResponseField::AllowCredentials, Edit::Remove)
        .with(ResponseField::AllowMethods, Edit::Remove)
        .with(ResponseField::AllowHeaders, Edit::Remove)
        .with(ResponseField::ExposeHeaders, Edit::Remove)
        .with(ResponseField::MaxAge, Edit::Remove);

    /// What the handler exposed stays; all else that it said about CORS is taken back.
    pub(crate) const REMOVE_ALL_BUT_EXPOSED: Self = Self {
        bits: Self::REMOVE_ALL.bits & !(0b111 << shift(ResponseField::ExposeHeaders)),
        denial: None,
    };

    pub(crate) const fn with(mut self, field: ResponseField, edit: Edit) -> Self {
        let code = match edit {
            Edit::Set => 1,
            Edit::Append => 2,
            Edit::AppendVary => 3,
            Edit::Echo(_) => 4,
            Edit::Remove => 5,
        };
        self.bits = self.bits & !(0b111 << shift(field)) | code << shift(field);
        self
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
        match self.bits >> shift(field) & 0b111 {
            1 => Some(Edit::Set),
            2 => Some(Edit::Append),
            3 => Some(Edit::AppendVary),
            4 => Some(Edit::Echo(match field {
                ResponseField::AllowMethods => RequestField::RequestMethod,
                ResponseField::AllowHeaders => RequestField::RequestHeaders,
                _ => RequestField::Origin,
            })),
            5 => Some(Edit::Remove),
            _ => None,
        }
    }

    /// Every edit, in the order of [`ResponseField::ALL`].
    pub fn iter(self) -> impl Iterator<Item = (ResponseField, Edit)> {
        ResponseField::ALL
            .into_iter()
            .filter_map(move |field| Some((field, self.of(field)?)))
    }
}

const fn shift(field: ResponseField) -> usize {
    3 * field.index()
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
