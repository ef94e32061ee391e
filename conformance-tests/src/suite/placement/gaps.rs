//! What a page could not read, and how that is reported.

use std::fmt;

use super::Asked;
use super::advice::Outside;
use crate::frameworks::Framework;
use crate::suite::model_browser::CheckFailure;

/// A response that a page cannot read, though its origin is allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// What was asked for.
    pub asked: Asked,
    /// The request's method and path.
    pub request: String,
    /// The status of the response; `None` if there is none, because the application panicked.
    pub status: Option<u16>,
    /// What was wrong; `None` where the status alone is.
    pub failure: Option<CheckFailure>,
    pub(super) framework: Option<Framework>,
}

/// All responses that a page cannot read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "`assert_none` fails if there are any"]
pub struct Gaps {
    /// Those responses, in the order of the requests.
    pub found: Vec<Gap>,
    /// How many requests were sent.
    pub requests: usize,
}

impl Gaps {
    /// Fails if there is a response that a page cannot read; says which, what probably made it, and
    /// where to put the middleware.
    ///
    /// # Panics
    ///
    /// If there is one.
    pub fn assert_none(&self) {
        assert!(self.found.is_empty(), "{self}");
    }
}

/// A paragraph for each.
impl fmt::Display for Gaps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (found, requests) = (self.found.len(), self.requests);
        match found {
            0 => return write!(f, "pages can read all {requests} responses"),
            _ if found == requests => f.write_str(
                "pages can read no response: probably there is no CORS middleware, or it does not \
                 allow this origin",
            )?,
            _ => write!(f, "pages cannot read {found} of {requests} responses:")?,
        }
        self.found.iter().try_for_each(|gap| write!(f, "\n\n{gap}"))
    }
}

impl Gap {
    /// Which response a page cannot read, and why not.
    #[must_use]
    pub fn problem(&self) -> String {
        let asked = match self.asked {
            Asked::Preflight => "the preflight, ",
            Asked::WithoutToken => "without a token, ",
            Asked::LongBody => "with a long body, ",
            Asked::TooOften => "asked too often, ",
            Asked::Panic => "a handler that panics, ",
            Asked::Path | Asked::OtherMethod | Asked::OtherSlash | Asked::UnknownPath => "",
        };
        let request = &self.request;
        let status = match self.status {
            None => "the application panicked, so there is no response".to_owned(),
            Some(status) => status.to_string(),
        };
        let failure = match &self.failure {
            None => String::new(),
            Some(CheckFailure::NoAllowOrigin) => " without Access-Control-Allow-Origin".to_owned(),
            Some(failure) => format!(", but {failure}"),
        };
        format!("{asked}{request}: {status}{failure}")
    }

    /// What probably made the response.
    #[must_use]
    pub fn cause(&self) -> &'static str {
        Outside::of(self).who()
    }

    /// Where to put the middleware, in the framework's words.
    #[must_use]
    pub fn cure(&self) -> &'static str {
        Outside::of(self).cure(self.framework)
    }
}

/// The problem, its cause and its cure, a line each.
impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (problem, cause, cure) = (self.problem(), self.cause(), self.cure());
        write!(f, "{problem}\n  {cause}\n  {cure}")
    }
}
