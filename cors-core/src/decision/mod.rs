//! What happens.

mod decide;
mod denial;
mod explain;
mod headers;
mod refusal;
mod requested;
mod summary;
mod vary;

pub use denial::{Denial, Place};
pub use explain::Explanation;
pub use headers::{RequestHeaders, ResponseHeaders};
#[cfg(feature = "tracing")]
pub(crate) use refusal::Names;
pub use refusal::Refusal;
pub(crate) use summary::{Shown, Summary};

use crate::field::{RequestField, ResponseField, Sets};

/// What becomes of a request: a few bytes that borrow nothing, so that they can wait beside the
/// handler's future.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "a decision that is not carried out protects nobody"]
pub enum Decision {
    /// The handler answers; then these edits are made to its response, whatever its status.
    Forward(Edits),
    /// The handler is not called. This is the whole response.
    Respond {
        /// 403; or, for a preflight that passes, and with [`debug`](crate::Policy::debug) for one that
        /// does not, 204 or the policy's [`preflight_status`](crate::Policy::preflight_status).
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
    /// None, as in the answer to a preflight that passes, or whose origin is not allowed.
    Empty,
    /// A line for the person who finds a refused request in a log or with `curl`.
    OriginNotAllowed,
    /// A preflight from an allowed origin is refused. The body is the text of
    /// [`Policy::refusal`](crate::Policy::refusal), which names what is not allowed, for the person
    /// who looks for it.
    PreflightNotAllowed,
}

impl Body {
    /// The text, as `text/plain; charset=utf-8`; empty if there is no body.
    ///
    /// For [`PreflightNotAllowed`](Self::PreflightNotAllowed) it is one line that names nothing, for
    /// servers that cannot write the text of a [`Refusal`].
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Empty => "",
            Self::OriginNotAllowed => "origin not allowed by the CORS policy\n",
            Self::PreflightNotAllowed => "preflight not allowed by the CORS policy\n",
        }
    }
}

/// What to do to the headers of a response: at most one [`Edit`] for each.
///
/// [`apply`](Self::apply) does it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Edits {
    sets: Sets,
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

impl Edits {
    #[inline]
    pub(crate) const fn new(sets: Sets) -> Self {
        Self { sets, denial: None }
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
            _ if self.sets.all_set().has(field) => Some(Edit::Set),
            _ if self.sets.all_echoed().has(field) => Some(Edit::Echo(field.source())),
            _ if self.sets.all_removed().has(field) => Some(Edit::Remove),
            _ if !self.sets.all_appended().has(field) => None,
            ResponseField::Vary => Some(Edit::AppendVary),
            _ => Some(Edit::Append),
        }
    }

    #[cfg(feature = "std")]
    pub(crate) const fn sets(self) -> Sets {
        self.sets
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
