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
    /// See [`Policy::dangerously_allow_insecure_origins`].
    #[must_use]
    pub const fn dangerously_allow_insecure_origins(self) -> Self {
        Self {
            insecure_origins: true,
            ..self
        }
    }

    /// See [`Policy::dangerously_allow_public_suffixes`].
    #[must_use]
    pub const fn dangerously_allow_public_suffixes(self) -> Self {
        Self {
            public_suffixes: true,
            ..self
        }
    }

    /// [`Policy::credentialed`], with these dangers.
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

    /// [`Policy::try_credentialed`], with these dangers.
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

    /// [`Policy::public`] with [`and_credentialed`](Policy::and_credentialed), with these dangers.
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

    /// [`public_and_credentialed`](Self::public_and_credentialed) for a text that is not a literal.
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
    /// Every page of every origin may read responses, without credentials.
    ///
    /// Right for what `curl` can fetch from anywhere; wrong for what is reachable only from inside
    /// a network ([the basic safe setup](https://fetch.spec.whatwg.org/#basic-safe-cors-protocol-setup)).
    /// The answer is the same for every origin, so caches need no `Vary`.
    ///
    /// ```
    /// # use cors_core::Policy;
    /// const FONTS: Policy = Policy::public().max_age(86400);
    /// assert!(FONTS.allows_origin(b"https://anybody.example"));
    /// ```
    #[must_use]
    pub const fn public() -> Self {
        Self::with(Audience::Public)
    }

    /// No page of another origin may read responses.
    ///
    /// What to fall back to when the right policy cannot be had, and where to begin if
    /// [`and_origins`](Self::and_origins) alone knows who may ask.
    ///
    /// ```
    /// # use cors_core::Policy;
    /// assert!(!Policy::nobody().allows_origin(b"https://anybody.example"));
    /// ```
    #[must_use]
    pub const fn nobody() -> Self {
        Self::with(Audience::Anonymous(Origins::NOBODY))
    }

    /// Pages of the listed origins may read responses to requests without credentials.
    ///
    /// A token that a script puts into an `Authorization` header is not a credential in this
    /// sense: list [`authorization`](Self::request_headers) instead of allowing credentials.
    ///
    /// The list is one of [patterns](crate::OriginPattern), separated by commas, white space or both.
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
    #[must_use]
    #[track_caller]
    pub const fn anonymous(origins: &'a str) -> Self {
        match Self::try_anonymous(origins) {
            Ok(policy) => policy,
            Err(_) => Origins::all_errors(origins, Setting::Origins, None).panic(),
        }
    }

    /// [`anonymous`](Self::anonymous) for a text that is not a literal.
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

    /// Pages of the listed origins may act as the user: send cookies, client certificates and HTTP
    /// authentication, and read the responses.
    ///
    /// The list is one of [patterns](crate::OriginPattern), separated by commas, white space or
    /// both. Two kinds of them are refused here, because somebody else than the listed site could
    /// come to speak as it: `http` origins other than the machine's own (`localhost`,
    /// `127.0.0.0/8`, `[::1]`), and all subdomains of a domain under which everybody can have one:
    /// a single label (`https://*.com`), and with the feature `public-suffix` whatever the
    /// [Public Suffix List](https://publicsuffix.org) names (`https://*.vercel.app`).
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
    #[must_use]
    #[track_caller]
    pub const fn credentialed(origins: &'a str) -> Self {
        Dangers::NONE.credentialed(origins)
    }

    /// [`credentialed`](Self::credentialed) for a text that is not a literal.
    ///
    /// # Errors
    ///
    /// The first error of the list.
    pub const fn try_credentialed(origins: &'a str) -> Result<Self, PolicyError<'a>> {
        Dangers::NONE.try_credentialed(origins)
    }

    /// Lets pages of the listed origins act as the user, beside a [public](Self::public) policy,
    /// whose responses any page may read without credentials.
    ///
    /// A listed origin gets itself and `Access-Control-Allow-Credentials`, every other one gets `*`.
    /// Responses then depend on the origin, and `Vary: Origin` is on all of them, so that no cache
    /// gives the one to the other. The list is that of a [credentialed](Self::credentialed) policy.
    ///
    /// ```
    /// # use cors_core::Policy;
    /// const API: Policy = Policy::public().and_credentialed("https://app.example.com");
    /// ```
    ///
    /// # Panics
    ///
    /// If the list has an error, if the policy is not public, or if it exposes all headers or allows
    /// the origin `null`, which credentials rule out. In a const context this fails to compile.
    ///
    /// ```compile_fail
    /// # use cors_core::Policy;
    /// const API: Policy = Policy::public().expose_all().and_credentialed("https://app.example.com");
    /// ```
    #[must_use]
    #[track_caller]
    pub const fn and_credentialed(self, origins: &'a str) -> Self {
        match self.try_and_credentialed(origins) {
            Ok(policy) => policy,
            Err(error) if error.text().is_empty() => error.panic(),
            Err(_) => Dangers::NONE.public_and_credentialed(origins),
        }
    }

    /// [`and_credentialed`](Self::and_credentialed) for a text that is not a literal.
    ///
    /// # Errors
    ///
    /// The first error of the list; if the policy is not public, exposes all headers or allows the
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

    /// Lets `http` origins have credentials: whoever sits on the network between such a site and
    /// its user can then act as the user here.
    #[must_use]
    pub const fn dangerously_allow_insecure_origins() -> Dangers {
        Dangers::NONE.dangerously_allow_insecure_origins()
    }

    /// Lets patterns have credentials that strangers can match (`https://*.com`,
    /// `https://pr-*.vercel.app`, `moz-extension://*`): whoever registers or publishes one can then act
    /// as the user here.
    #[must_use]
    pub const fn dangerously_allow_public_suffixes() -> Dangers {
        Dangers::NONE.dangerously_allow_public_suffixes()
    }
}
