//! What was asked, in one line.

use core::fmt;

use super::Denial;

/// Who asks for what, and why it is denied, if it is.
pub(crate) struct Summary<'e> {
    pub(crate) method: &'e [u8],
    pub(crate) origin: Option<&'e [u8]>,
    /// Of a preflight.
    pub(crate) requested_method: Option<&'e [u8]>,
    pub(crate) denial: Option<Denial>,
}

impl fmt::Display for Summary<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, method) = match (self.origin, self.requested_method) {
            (None, _) => ("not a CORS request", self.method),
            (_, None) => ("request", self.method),
            (_, Some(asked)) => ("preflight", asked),
        };
        write!(f, "{kind}: {}", Shown(method))?;
        match self.origin {
            None => f.write_str(" without an Origin header"),
            Some(origin) => write!(f, " from \"{}\"", Shown(origin)),
        }?;
        match self.denial {
            Some(denial) => write!(f, ": {denial}"),
            None => Ok(()),
        }
    }
}

/// A client's bytes: escaped, and cut after 100.
pub(crate) struct Shown<'e>(pub(crate) &'e [u8]);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.split_at_checked(100) {
            None | Some((_, [])) => write!(f, "{}", self.0.escape_ascii()),
            Some((start, _)) => write!(f, "{}…", start.escape_ascii()),
        }
    }
}
