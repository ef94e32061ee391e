#[cfg(feature = "std")]
use super::Answers;
use super::Policy;
use crate::bytes::equal;
use crate::error::{PolicyError, PolicyErrorKind, Setting};
use crate::origin::{Dangers, Origins};

/// Who may read responses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Audience<'a> {
    Public,
    Anonymous(Origins<'a>),
    Credentialed(Origins<'a>),
    /// Any origin, and these with credentials.
    PublicAndCredentialed(Origins<'a>),
}

impl Dangers {
    /// Also [lets `http` origins have credentials](Policy::dangerously_allow_insecure_origins).
    #[must_use]
    pub const fn dangerously_allow_insecure_origins(self) -> Self {
        Self {
            insecure_origins: true,
            ..self
        }
    }

    /// Also [lets patterns that strangers can match have
    /// credentials](Policy::dangerously_allow_public_suffixes).
    #[must_use]
    pub const fn dangerously_allow_public_suffixes(self) -> Self {
        Self {
            public_suffixes: true,
            ..self
        }
    }

    /// Creates a [credentialed](Policy::credentialed) policy that accepts these dangers.
    ///
    /// # Panics
    ///
    /// If the list has an error. In a const context this fails to compile.
    #[must_use]
    #[track_caller]
    pub const fn credentialed(self, origins: &str) -> Policy<'_> {
        match self.try_credentialed(origins) {
            Ok(policy) => policy,
            Err(_) => Origins::all_errors(origins, Setting::Origins, Some(self)).panic(),
        }
    }

    /// Like [`credentialed`](Self::credentialed), but returns the first error.
    ///
    /// # Errors
    ///
    /// The first error of the list.
    pub const fn try_credentialed(self, origins: &str) -> Result<Policy<'_>, PolicyError<'_>> {
        match self.list(origins) {
            Ok(list) => Ok(Policy::with(Audience::Credentialed(list))),
            Err(error) => Err(error),
        }
    }

    /// Creates a [public](Policy::public) policy [with credentials for
    /// some](Policy::and_credentialed) that accepts these dangers.
    ///
    /// # Panics
    ///
    /// If the list has an error. In a const context this fails to compile.
    #[must_use]
    #[track_caller]
    pub const fn public_and_credentialed(self, origins: &str) -> Policy<'_> {
        match self.try_public_and_credentialed(origins) {
            Ok(policy) => policy,
            Err(_) => {
                Origins::all_errors(origins, Setting::CredentialedOrigins, Some(self)).panic()
            }
        }
    }

    /// Like [`public_and_credentialed`](Self::public_and_credentialed), but returns the first error.
    ///
    /// # Errors
    ///
    /// The first error of the list.
    pub const fn try_public_and_credentialed(
        self,
        origins: &str,
    ) -> Result<Policy<'_>, PolicyError<'_>> {
        match self.list(origins) {
            Ok(list) => Ok(Policy::with(Audience::PublicAndCredentialed(list))),
            Err(error) => Err(error.of(Setting::CredentialedOrigins)),
        }
    }

    /// Origins with credentials.
    const fn list(self, origins: &str) -> Result<Origins<'_>, PolicyError<'_>> {
        match Origins::parse(origins) {
            Ok(list) => match list.find_danger(self) {
                Some(error) => Err(error),
                None => Ok(list),
            },
            Err(error) => Err(error.with_credentials()),
        }
    }
}

impl<'a> Policy<'a> {
    /// Lets any page read responses, without cookies or other credentials.
    ///
    /// Right for what `curl` can fetch from anywhere; wrong for what is only reachable from inside
    /// a network ([the basic safe setup](https://fetch.spec.whatwg.org/#basic-safe-cors-protocol-setup)).
    /// Responses are the same for every origin, so caches need no `Vary`.
    ///
    /// ```
    /// # use cors_core::Policy;
    /// const FONTS: Policy = Policy::public().max_age(86400);
    /// assert!(FONTS.allows_origin(b"https://anybody.example"));
    /// ```
    #[doc(alias("allow_any_origin", "permissive", "send_wildcard", "wildcard"))]
    #[must_use]
    pub const fn public() -> Self {
        Self::with(Audience::Public)
    }

    /// Lets no page from another origin read responses.
    ///
    /// Use it as a fallback when the right policy isn't available, and as a start if only
    /// [`and_origins`](Self::and_origins) knows which origins are allowed.
    ///
    /// ```
    /// # use cors_core::Policy;
    /// assert!(!Policy::nobody().allows_origin(b"https://anybody.example"));
    /// ```
    #[must_use]
    pub const fn nobody() -> Self {
        Self::with(Audience::Anonymous(Origins::NOBODY))
    }

    /// Leaves every request and every response as it is: what no policy is for is none of its business.
    #[cfg(feature = "std")]
    pub(crate) const fn untouched() -> Self {
        Self {
            answers: Answers::NOTHING,
            ..Self::with(Audience::Public)
        }
    }

    /// Lets pages from the listed origins read responses, without cookies or other credentials.
    ///
    /// A token in an `Authorization` header isn't a credential in this sense: list
    /// [`authorization`](Self::request_headers) instead of allowing credentials.
    ///
    /// The list contains [patterns](crate::OriginPattern), separated by commas, white space or both.
    ///
    /// ```
    /// # use cors_core::Policy;
    /// const API: Policy = Policy::anonymous("https://app.example.com http://localhost:*");
    /// assert!(API.allows_origin(b"http://localhost:5173"));
    /// ```
    ///
    /// # Panics
    ///
    /// If the list has an error. In a const context this fails to compile.
    #[doc(alias("allow_origin", "allow_origins", "allowed_origin", "allowed_origins"))]
    #[must_use]
    #[track_caller]
    pub const fn anonymous(origins: &'a str) -> Self {
        match Self::try_anonymous(origins) {
            Ok(policy) => policy,
            Err(_) => Origins::all_errors(origins, Setting::Origins, None).panic(),
        }
    }

    /// Like [`anonymous`](Self::anonymous), but returns the first error: for a text that isn't a
    /// literal.
    ///
    /// # Errors
    ///
    /// The first error of the list.
    pub const fn try_anonymous(origins: &'a str) -> Result<Self, PolicyError<'a>> {
        match Origins::parse(origins) {
            Ok(list) => Ok(Self::with(Audience::Anonymous(list))),
            Err(error) => Err(error),
        }
    }

    /// Lets pages from the listed origins act as the user: they can send cookies, client certificates
    /// and HTTP authentication, and read the responses.
    ///
    /// The list contains [patterns](crate::OriginPattern), separated by commas, white space or both.
    /// Two kinds are errors here, because strangers could pose as the listed site: `http` origins,
    /// except this machine's own (`localhost`, `127.0.0.0/8`, `[::1]`), and all subdomains of a domain
    /// under which anyone can register one. That is a single label (`https://*.com`), and with the
    /// feature `public-suffix` everything on the [Public Suffix List](https://publicsuffix.org)
    /// (`https://*.vercel.app`).
    ///
    /// ```
    /// # use cors_core::Policy;
    /// const APP: Policy = Policy::credentialed("https://app.example.com http://localhost:3000");
    /// assert!(APP.allows_origin(b"https://app.example.com"));
    /// ```
    ///
    /// ```compile_fail
    /// # use cors_core::Policy;
    /// const APP: Policy = Policy::credentialed("http://app.example.com");
    /// ```
    ///
    #[cfg_attr(
        feature = "public-suffix",
        doc = "```compile_fail,E0080\n# use cors_core::Policy;\nconst APP: Policy = Policy::credentialed(\"https://*.vercel.app\");\n```"
    )]
    ///
    /// # Panics
    ///
    /// If the list has an error. In a const context this fails to compile.
    #[doc(alias("allow_credentials", "supports_credentials", "very_permissive"))]
    #[must_use]
    #[track_caller]
    pub const fn credentialed(origins: &'a str) -> Self {
        Dangers::NONE.credentialed(origins)
    }

    /// Like [`credentialed`](Self::credentialed), but returns the first error: for a text that isn't a
    /// literal.
    ///
    /// # Errors
    ///
    /// The first error of the list.
    pub const fn try_credentialed(origins: &'a str) -> Result<Self, PolicyError<'a>> {
        Dangers::NONE.try_credentialed(origins)
    }

    /// Lets pages from the listed origins act as the user, while any other page may read responses
    /// without credentials. The policy must be [public](Self::public).
    ///
    /// Listed origins get their own name and `Access-Control-Allow-Credentials`, all others get `*`.
    /// Every response has `Vary: Origin`, so that caches keep them apart. The list is checked like that
    /// of a [credentialed](Self::credentialed) policy.
    ///
    /// ```
    /// # use cors_core::Policy;
    /// const API: Policy = Policy::public().and_credentialed("https://app.example.com");
    /// ```
    ///
    /// # Panics
    ///
    /// If the list has an error, if the policy isn't public, or if it exposes all headers or allows
    /// the origin `null`, which don't work with credentials. In a const context this fails to compile.
    ///
    /// ```compile_fail
    /// # use cors_core::Policy;
    /// const API: Policy =
    ///     Policy::public().expose_all().and_credentialed("https://app.example.com");
    /// ```
    #[doc(alias("allow_credentials", "supports_credentials"))]
    #[must_use]
    #[track_caller]
    pub const fn and_credentialed(self, origins: &'a str) -> Self {
        match self.try_and_credentialed(origins) {
            Ok(policy) => policy,
            Err(error) if error.text().is_empty() => error.panic(),
            Err(_) => Dangers::NONE.public_and_credentialed(origins),
        }
    }

    /// Like [`and_credentialed`](Self::and_credentialed), but returns the first error: for a text that
    /// isn't a literal.
    ///
    /// # Errors
    ///
    /// The first error of the list; or if the policy isn't public, exposes all headers or allows the
    /// origin `null`.
    pub const fn try_and_credentialed(mut self, origins: &'a str) -> Result<Self, PolicyError<'a>> {
        let error = match self.audience {
            Audience::Public if equal(self.expose_headers.as_str().as_bytes(), b"*") => {
                let kind = PolicyErrorKind::ExposeAllWithCredentials;
                PolicyError::new(kind, Setting::ExposeHeaders, "")
            }
            Audience::Public if self.null_allowed => {
                let kind = PolicyErrorKind::NullWithCredentials;
                PolicyError::new(kind, Setting::CredentialedOrigins, "")
            }
            Audience::Public => match Dangers::NONE.try_public_and_credentialed(origins) {
                Ok(policy) => {
                    self.audience = policy.audience;
                    return Ok(self.answered());
                }
                Err(error) => error,
            },
            _ => {
                let kind = PolicyErrorKind::NotPublic;
                PolicyError::new(kind, Setting::CredentialedOrigins, "")
            }
        };
        Err(error)
    }

    /// Lets `http` origins have credentials: anyone on the network between such a site and its user
    /// can then act as the user here.
    ///
    /// ```
    /// # use cors_core::Policy;
    /// const INTRANET: Policy = Policy::dangerously_allow_insecure_origins()
    ///     .credentialed("http://wiki.intranet.example");
    /// ```
    #[must_use]
    pub const fn dangerously_allow_insecure_origins() -> Dangers {
        Dangers::NONE.dangerously_allow_insecure_origins()
    }

    /// Lets patterns that strangers can match have credentials (`https://*.com`,
    /// `https://pr-*.vercel.app`, `moz-extension://*`): anyone who registers such a domain or publishes
    /// such an extension can then act as the user here.
    #[must_use]
    pub const fn dangerously_allow_public_suffixes() -> Dangers {
        Dangers::NONE.dangerously_allow_public_suffixes()
    }
}
