//! What a policy says about responses besides who may read them.

use super::Policy;
use crate::error::{PolicyError, PolicyErrorKind, Setting};

impl<'a> Policy<'a> {
    /// Answers preflights that pass with this status instead of 204, for clients that want another
    /// [ok status](https://fetch.spec.whatwg.org/#ok-status): old televisions and Internet Explorer
    /// want 200.
    ///
    /// # Panics
    ///
    /// If it is not 200 to 299. In a const context this fails to compile.
    ///
    /// ```compile_fail
    /// # use cors_core::Policy;
    /// const API: Policy = Policy::public().preflight_status(304);
    /// ```
    #[must_use]
    #[track_caller]
    pub const fn preflight_status(self, status: u16) -> Self {
        match self.try_preflight_status(status) {
            Ok(policy) => policy,
            Err(error) => error.panic(),
        }
    }

    /// [`preflight_status`](Self::preflight_status) for a number that is not a literal.
    ///
    /// # Errors
    ///
    /// If it is not 200 to 299.
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

    /// Lets the origins that may read a response also measure how long it took:
    /// [`Timing-Allow-Origin`](https://w3c.github.io/resource-timing/#sec-timing-allow-origin) names
    /// the origin that asks, or `*` if any may read it.
    ///
    /// A page that loads an image or a script without `crossorigin` sends no `Origin`, so that only
    /// a policy that allows any origin answers it. What a handler sets in that header is replaced, or
    /// removed for origins that are not allowed.
    #[must_use]
    pub const fn timing(mut self) -> Self {
        self.timing = true;
        self.answered()
    }
}
