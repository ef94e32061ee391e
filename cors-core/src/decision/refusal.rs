use core::fmt;

use super::{Denial, Shown};
use crate::field::RequestField;
use crate::policy::{Policy, View};

/// This many names are shown.
const MOST_NAMES: usize = 8;

/// What a preflight from an allowed origin fails for: the method, and every header that isn't allowed.
///
/// Its text is the body of the response, for people who use `curl` or look at the network panel: a few
/// short lines, at most 4 KiB, in which text from the client is escaped and cut.
///
/// ```
/// use cors_core::{Policy, RequestField};
///
/// const POLICY: Policy = Policy::anonymous("https://app.example.com")
///     .methods("PUT")
///     .request_headers("content-type");
///
/// let lines = |field| {
///     match field {
///         RequestField::Origin => Some(b"https://app.example.com".as_slice()),
///         RequestField::RequestMethod => Some(b"DELETE".as_slice()),
///         RequestField::RequestHeaders => {
///             Some(b"baggage,content-type,sentry-trace".as_slice())
///         }
///         _ => None,
///     }
///     .into_iter()
/// };
/// assert_eq!(
///     POLICY.refusal(lines).to_string(),
///     "method not allowed by the CORS policy: DELETE\n\
///      request headers not allowed by the CORS policy: baggage, sentry-trace\n",
/// );
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Refusal<'r> {
    /// If it is not allowed.
    method: Option<&'r [u8]>,
    has_several_methods: bool,
    names: [&'r [u8]; MOST_NAMES],
    /// How many there are.
    count: usize,
    /// Why the requested headers are not read to their end.
    unread: Option<Denial>,
}

impl Policy<'_> {
    /// Finds what a preflight from an allowed origin fails for: the text for
    /// [`Body::PreflightNotAllowed`](crate::Body::PreflightNotAllowed). `lines` is the same function as
    /// for [`decide`](Self::decide).
    ///
    /// Costs O(bytes of the policy and of the requested headers), up to what the policy could allow.
    /// Does not allocate.
    #[must_use]
    pub fn refusal<'r, I>(&self, lines: impl Fn(RequestField) -> I) -> Refusal<'r>
    where
        I: Iterator<Item = &'r [u8]>,
    {
        View::of(self).refusal(lines)
    }
}

impl View<'_> {
    pub(crate) fn refusal<'r, I>(self, lines: impl Fn(RequestField) -> I) -> Refusal<'r>
    where
        I: Iterator<Item = &'r [u8]>,
    {
        let mut methods = lines(RequestField::RequestMethod);
        let method = methods.next();
        let mut refusal = Refusal {
            method: method.filter(|method| self.check_method(method).is_err()),
            has_several_methods: methods.next().is_some(),
            names: [b""; MOST_NAMES],
            count: 0,
            unread: None,
        };
        let headers = lines(RequestField::RequestHeaders);
        let read = self.failed_headers(headers, |name| refusal.push(name));
        refusal.unread = read.err();
        refusal
    }
}

impl<'r> Refusal<'r> {
    fn push(&mut self, name: &'r [u8]) {
        if let Some(place) = self.names.get_mut(self.count) {
            *place = name;
        }
        self.count += 1;
    }

    /// The method that was asked for, if it is not allowed.
    pub(super) const fn method(&self) -> Option<&'r [u8]> {
        self.method
    }

    /// Why the requested headers are not read to their end, if they are not.
    pub(super) const fn unread(&self) -> Option<Denial> {
        self.unread
    }

    /// The first of the headers that are not allowed.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'r [u8]> {
        self.names.iter().take(self.count).copied()
    }

    /// The headers that are not allowed, each between these quotes.
    pub(super) fn write_names(&self, f: &mut fmt::Formatter<'_>, quote: &str) -> fmt::Result {
        for (number, name) in self.names().enumerate() {
            let separator = if number > 0 { ", " } else { "" };
            write!(f, "{separator}{quote}{}{quote}", Shown(name))?;
        }
        match self.count.saturating_sub(MOST_NAMES) {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}

/// The headers that are not allowed.
#[cfg(feature = "tracing")]
pub(crate) struct Names<'r>(pub(crate) Refusal<'r>);

#[cfg(feature = "tracing")]
impl fmt::Display for Names<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.write_names(f, "")
    }
}

impl fmt::Display for Refusal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const BY: &str = "not allowed by the CORS policy";
        if self.has_several_methods {
            f.write_str(
                "several Access-Control-Request-Method headers, where browsers send one\n",
            )?;
        } else if let Some(method) = self.method {
            writeln!(f, "method {BY}: {}", Shown(method))?;
        }
        if self.count > 0 {
            let plural = if self.count > 1 { "s" } else { "" };
            write!(f, "request header{plural} {BY}: ")?;
            self.write_names(f, "")?;
            f.write_str("\n")?;
        }
        match self.unread {
            Some(denial) => writeln!(f, "{denial}"),
            None => Ok(()),
        }
    }
}
