//! Which origins a policy knows besides those of its list.

use super::{Audience, Policy, View};
use crate::error::{PolicyError, PolicyErrorKind, Setting};
use crate::origin::{Origin, OriginSet, Origins, Others};

impl<'a> Policy<'a> {
    /// Also allows the origins in this set: your own code that knows which origins are allowed.
    ///
    /// It changes nothing in a [public](Self::public) policy, which allows them anyway; together with
    /// [`and_credentialed`](Self::and_credentialed), the origins in the set have credentials, too.
    ///
    /// Several sets are passed as one: `.and_origins(&(&A, &B))`.
    ///
    /// # Panics
    ///
    /// If the policy already has a set. In a const context this fails to compile.
    #[doc(alias("allowed_origin_fn", "predicate"))]
    #[must_use]
    #[track_caller]
    pub const fn and_origins(self, set: &'a dyn OriginSet) -> Self {
        match self.try_and_origins(set) {
            Ok(policy) => policy,
            Err(error) => error.panic(),
        }
    }

    /// Like [`and_origins`](Self::and_origins), but returns the error.
    ///
    /// # Errors
    ///
    /// If the policy already has a set.
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

    /// Names the origins at which browsers reach this server, so that requests from its own pages are
    /// never blocked. Needed behind a reverse proxy that replaces the `Host` header.
    ///
    /// Browsers also send `Origin` to a page's own server. They mark such a request with
    /// [`Sec-Fetch-Site`](https://w3c.github.io/webappsec-fetch-metadata/#sec-fetch-site-header), but
    /// old ones don't, and none does over plain `http` except on localhost. The origin is then compared
    /// with the `Host` header, which a proxy may have replaced. Requests from the origins in this list
    /// reach the handler, without CORS headers in the response: a page may always read responses from
    /// its own server.
    ///
    /// The list contains exact origins, separated as in [`Origins`]. It is only read for requests that
    /// would otherwise be blocked, at a cost of O(its bytes).
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
    /// If the list has an error, or contains a pattern. In a const context this fails to compile.
    ///
    /// ```compile_fail
    /// # use cors_core::Policy;
    /// const API: Policy = Policy::nobody().own_origins("https://*.shop.example");
    /// ```
    #[doc(alias("proxy", "same_origin"))]
    #[must_use]
    #[track_caller]
    pub const fn own_origins(self, origins: &'a str) -> Self {
        match self.try_own_origins(origins) {
            Ok(policy) => policy,
            Err(_) => Origins::all_errors(origins, Setting::OwnOrigins, None).panic(),
        }
    }

    /// Like [`own_origins`](Self::own_origins), but returns the first error: for a text that isn't a
    /// literal.
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
    /// [`decide`](Self::decide) checks this for you. Check it yourself where CORS doesn't apply: before
    /// a [WebSocket](https://fetch.spec.whatwg.org/#websocket-protocol) handshake, which browsers send
    /// with cookies and without a preflight. Costs O(bytes of the list and the origin);
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

    /// Whether pages from this `Origin` header value may send cookies and read the response.
    ///
    /// Before a WebSocket handshake this is what to check if the policy is
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
