//! What a policy says about responses besides who may read them.

use super::Policy;
use crate::error::{PolicyError, PolicyErrorKind, Setting};

impl<'a> Policy<'a> {
    /// Responds to successful preflights with this status instead of 204, for clients that need another
    /// [ok status](https://fetch.spec.whatwg.org/#ok-status): old televisions and Internet Explorer
    /// need 200.
    ///
    /// # Panics
    ///
    /// If it isn't 200 to 299. In a const context this fails to compile.
    ///
    /// ```compile_fail
    /// # use cors_core::Policy;
    /// const API: Policy = Policy::public().preflight_status(304);
    /// ```
    #[doc(alias = "optionsSuccessStatus")]
    #[must_use]
    #[track_caller]
    pub const fn preflight_status(self, status: u16) -> Self {
        match self.try_preflight_status(status) {
            Ok(policy) => policy,
            Err(error) => error.panic(),
        }
    }

    /// Like [`preflight_status`](Self::preflight_status), but returns the error: for a number that isn't
    /// a literal.
    ///
    /// # Errors
    ///
    /// If it isn't 200 to 299.
    pub const fn try_preflight_status(mut self, status: u16) -> Result<Self, PolicyError<'a>> {
        match status {
            200..=299 => {
                self.preflight_status = status;
                Ok(self)
            }
            _ => Err(PolicyError::new(
                PolicyErrorKind::PreflightStatus,
                Setting::PreflightStatus,
                "",
            )),
        }
    }

    /// Lets the origins that may read a response also see its detailed timing
    /// ([`Timing-Allow-Origin`](https://w3c.github.io/resource-timing/#sec-timing-allow-origin)).
    ///
    /// The header names the requesting origin, or `*` if any may read the response. A page that loads
    /// an image or a script without `crossorigin` sends no `Origin`, so only a policy that allows any
    /// origin can help it. A value that the handler sets is replaced, or removed for origins that
    /// aren't allowed.
    #[doc(alias = "Timing-Allow-Origin")]
    #[must_use]
    pub const fn timing(mut self) -> Self {
        self.timing = true;
        self.answered()
    }
}
