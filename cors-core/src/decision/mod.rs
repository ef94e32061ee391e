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

/// What happens to a request.
///
/// It is a few bytes that borrow nothing, so it can be kept while the handler's future runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "a decision that is not carried out protects nobody"]
pub enum Decision {
    /// Call the handler, then make these edits to its response, whatever its status.
    Forward(Edits),
    /// Don't call the handler: this is the whole response.
    Respond {
        /// 403; or 204, or the policy's [`preflight_status`](crate::Policy::preflight_status), for a
        /// successful preflight, and with [`debug`](crate::Policy::debug) also for a failed one.
        status: u16,
        /// The body, as plain text.
        body: Body,
        /// The headers: make these edits to a response without any.
        edits: Edits,
    },
}

impl Decision {
    /// The edits to make to the response.
    #[must_use]
    pub const fn edits(self) -> Edits {
        match self {
            Self::Forward(edits) | Self::Respond { edits, .. } => edits,
        }
    }

    /// Why the request is denied, if it is.
    #[must_use]
    pub const fn denial(self) -> Option<Denial> {
        self.edits().denial()
    }
}

/// The body of a response that doesn't come from the handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    /// No body, as for a successful preflight, or a preflight from an origin that isn't allowed.
    Empty,
    /// One line that says why, for people who use `curl` or look at the network panel.
    OriginNotAllowed,
    /// The text of [`Policy::refusal`](crate::Policy::refusal), which names what isn't allowed in a
    /// preflight from an allowed origin.
    PreflightNotAllowed,
}

impl Body {
    /// The text of the body, to be sent as `text/plain; charset=utf-8`; empty if there is no body.
    ///
    /// For [`PreflightNotAllowed`](Self::PreflightNotAllowed) it is one line without names, for servers
    /// that can't write the text of a [`Refusal`].
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Empty => "",
            Self::OriginNotAllowed => "origin not allowed by the CORS policy\n",
            Self::PreflightNotAllowed => "preflight not allowed by the CORS policy\n",
        }
    }
}

/// The changes to a response's headers: at most one [`Edit`] for each.
///
/// [`apply`](Self::apply) makes them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Edits {
    sets: Sets,
    denial: Option<Denial>,
}

/// A change to one response header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edit {
    /// Replace all lines by one with the policy's [`text`](crate::Policy::text).
    Set,
    /// Keep all lines and add one with the policy's [`text`](crate::Policy::text): headers that the
    /// handler exposed stay exposed.
    Append,
    /// Keep all lines and add one with [`ORIGIN`](Edit::ORIGIN), unless a line already contains it.
    AppendVary,
    /// Replace all lines by the lines of this request header, byte for byte. They have been
    /// checked.
    Echo(RequestField),
    /// Remove all lines.
    Remove,
}

impl Edit {
    /// The value that [`AppendVary`](Self::AppendVary) adds.
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

    /// Why the request is denied, if it is.
    #[must_use]
    pub const fn denial(self) -> Option<Denial> {
        self.denial
    }

    /// The edit of one header, if there is one.
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

    /// All edits, in the order of [`ResponseField::ALL`].
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
