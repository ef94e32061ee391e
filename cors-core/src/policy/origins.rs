//! Which origins a policy knows besides those of its list.

use super::{Audience, Policy, View};
use crate::error::{PolicyError, PolicyErrorKind, Setting};
use crate::origin::{Origin, OriginSet, Origins, Others};

impl<'a> Policy<'a> {
    /// Allows the origins of this set as well. Nothing changes for a [public](Self::public) policy,
    /// which allows them anyway. Beside [credentialed](Self::and_credentialed) origins, those of the
    /// set have credentials, too.
    ///
    /// Several sets are passed as one: `.and_origins(&(&A, &B))`.
    ///
    /// # Panics
    ///
    /// If the policy has a set already. In a const context this fails to compile.
    #[must_use]
    #[track_caller]
    pub const fn and_origins(self, set: &'a dyn OriginSet) -> Self {
        match self.try_and_origins(set) {
            Ok(policy) => policy,
            Err(error) => error.panic(),
        }
    }

    /// [`and_origins`](Self::and_origins) for a policy that is not a constant.
    ///
    /// # Errors
    ///
    /// If the policy has a set already.
    pub const fn try_and_origins(
        mut self,
        set: &'a dyn OriginSet,
    ) -> Result<Self, PolicyError<'a>> {
        match self.others {
            None => {
                self.others = Some(Others(set));
                Ok(self)
            }
            Some(_) => Err(PolicyError::new(
                PolicyErrorKind::SecondSet,
                Setting::Origins,
                "",
            )),
        }
    }

    /// The origins at which browsers reach this server, so that requests of its own pages are never
    /// refused.
    ///
    /// Browsers send an `Origin` to a page's own server, too. They mark such a request with
    /// [`Sec-Fetch-Site`](https://w3c.github.io/webappsec-fetch-metadata/#sec-fetch-site-header); old
    /// ones do not, and none does over plain `http` except on localhost. Then the origin is compared
    /// with the `Host` header. Name the server's origins if a reverse proxy replaces that header.
    /// Requests of their pages reach the handler, and nothing is shared with them: a page may always
    /// read what its own server answers.
    ///
    /// The list contains exact origins, separated as in [`Origins`]. It is read only for requests that
    /// would otherwise be refused, and costs O(its bytes) there.
    ///
    /// ```
    /// use cors_core::Policy;
    ///
    /// static POLICY: Policy = Policy::anonymous("https://app.example.com")
    ///     .own_origins("https://shop.example http://nas.lan");
    /// ```
    ///
    /// # Panics
    ///
    /// If the list has an error, or a pattern. In a const context this fails to compile.
    ///
    /// ```compile_fail
    /// # use cors_core::Policy;
    /// const API: Policy = Policy::nobody().own_origins("https://*.shop.example");
    /// ```
    #[must_use]
    #[track_caller]
    pub const fn own_origins(self, origins: &'a str) -> Self {
        match self.try_own_origins(origins) {
            Ok(policy) => policy,
            Err(_) => Origins::all_errors(origins, Setting::OwnOrigins, None).panic(),
        }
    }

    /// [`own_origins`](Self::own_origins) for a text that is not a literal.
    ///
    /// # Errors
    ///
    /// The first error of the list.
    pub const fn try_own_origins(mut self, origins: &'a str) -> Result<Self, PolicyError<'a>> {
        match Origins::parse(origins) {
            Ok(list) => match list.find_pattern() {
                None => {
                    self.own_origins = origins;
                    Ok(self)
                }
                Some(error) => Err(error.of(Setting::OwnOrigins)),
            },
            Err(error) => Err(error.of(Setting::OwnOrigins)),
        }
    }

    /// Whether this `Origin` header value is allowed.
    ///
    /// [`decide`](Self::decide) asks this for you. Ask it yourself where CORS does not apply: in
    /// front of a [WebSocket](https://fetch.spec.whatwg.org/#websocket-protocol) handshake, which
    /// browsers send with cookies and without asking. Costs O(bytes of the list and the origin);
    /// does not allocate.
    ///
    /// ```
    /// # use cors_core::Policy;
    /// const APP: Policy = Policy::credentialed("https://app.example.com");
    /// assert!(APP.allows_origin(b"https://app.example.com"));
    /// assert!(!APP.allows_origin(b"https://app.example.com.evil.com"));
    /// ```
    #[must_use]
    pub fn allows_origin(&self, origin: &[u8]) -> bool {
        View::of(self).allows_origin(origin)
    }

    /// Whether pages of this `Origin` header value may send cookies and read the response.
    ///
    /// In front of a WebSocket handshake this is what to ask a policy that is
    /// [public for all and credentialed for some](Self::and_credentialed). Costs as much as
    /// [`allows_origin`](Self::allows_origin).
    ///
    /// ```
    /// # use cors_core::Policy;
    /// const API: Policy = Policy::public().and_credentialed("https://app.example.com");
    /// assert!(API.allows_credentials(b"https://app.example.com"));
    /// assert!(API.allows_origin(b"https://evil.example"));
    /// assert!(!API.allows_credentials(b"https://evil.example"));
    /// ```
    #[must_use]
    pub fn allows_credentials(&self, origin: &[u8]) -> bool {
        View::of(self).allows_credentials(origin)
    }

    pub(super) fn allows_unlisted(&self, origin: &[u8]) -> bool {
        match origin {
            b"null" => self.null_allowed,
            _ => self.others.is_some_and(|Others(set)| {
                origin.len() <= Origin::MAX_LENGTH && set.contains(origin)
            }),
        }
    }
}

impl Audience<'_> {
    /// Any origin may read responses.
    pub(crate) const fn is_public(&self) -> bool {
        matches!(self, Self::Public | Self::PublicAndCredentialed(_))
    }

    /// Some origins may have credentials.
    pub(super) const fn has_credentials(&self) -> bool {
        matches!(self, Self::Credentialed(_) | Self::PublicAndCredentialed(_))
    }
}
