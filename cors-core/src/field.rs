//! The names on the wire.

mod sets;

pub(crate) use sets::{Fields, Sets};

/// The request headers that a decision may read.
///
/// An adapter is asked for all lines of such a header, in order, and only when the decision needs
/// them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RequestField {
    /// [`Origin`](https://fetch.spec.whatwg.org/#origin-header): the origin of the page.
    Origin,
    /// [`Access-Control-Request-Method`](https://fetch.spec.whatwg.org/#http-access-control-request-method).
    RequestMethod,
    /// [`Access-Control-Request-Headers`](https://fetch.spec.whatwg.org/#http-access-control-request-headers).
    RequestHeaders,
    /// The request's authority: `:authority` (or the authority of an absolute request target)
    /// where there is one, else the lines of
    /// [`Host`](https://www.rfc-editor.org/rfc/rfc9110.html#section-7.2).
    Host,
    /// [`Sec-Fetch-Mode`](https://w3c.github.io/webappsec-fetch-metadata/#sec-fetch-mode-header).
    SecFetchMode,
    /// [`Sec-Fetch-Site`](https://w3c.github.io/webappsec-fetch-metadata/#sec-fetch-site-header).
    SecFetchSite,
}

impl RequestField {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Origin,
        Self::RequestMethod,
        Self::RequestHeaders,
        Self::Host,
        Self::SecFetchMode,
        Self::SecFetchSite,
    ];

    /// The header's name in lower case, as HTTP/2 and most header maps need it.
    ///
    /// ```
    /// # use cors_core::RequestField;
    /// assert_eq!(RequestField::RequestMethod.name(), "access-control-request-method");
    /// ```
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Origin => "origin",
            Self::RequestMethod => "access-control-request-method",
            Self::RequestHeaders => "access-control-request-headers",
            Self::Host => "host",
            Self::SecFetchMode => "sec-fetch-mode",
            Self::SecFetchSite => "sec-fetch-site",
        }
    }
}

/// The response headers that a decision may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ResponseField {
    /// [`Access-Control-Allow-Origin`](https://fetch.spec.whatwg.org/#http-access-control-allow-origin).
    AllowOrigin,
    /// [`Access-Control-Allow-Credentials`](https://fetch.spec.whatwg.org/#http-access-control-allow-credentials).
    AllowCredentials,
    /// [`Access-Control-Allow-Methods`](https://fetch.spec.whatwg.org/#http-access-control-allow-methods).
    AllowMethods,
    /// [`Access-Control-Allow-Headers`](https://fetch.spec.whatwg.org/#http-access-control-allow-headers).
    AllowHeaders,
    /// [`Access-Control-Expose-Headers`](https://fetch.spec.whatwg.org/#http-access-control-expose-headers).
    ExposeHeaders,
    /// [`Access-Control-Max-Age`](https://fetch.spec.whatwg.org/#http-access-control-max-age).
    MaxAge,
    /// [`Vary`](https://www.rfc-editor.org/rfc/rfc9110.html#section-12.5.5).
    Vary,
    /// [`Timing-Allow-Origin`](https://w3c.github.io/resource-timing/#sec-timing-allow-origin).
    TimingAllowOrigin,
}

impl ResponseField {
    /// All of them, in the order of [`index`](Self::index).
    pub const ALL: [Self; 8] = [
        Self::AllowOrigin,
        Self::AllowCredentials,
        Self::AllowMethods,
        Self::AllowHeaders,
        Self::ExposeHeaders,
        Self::MaxAge,
        Self::Vary,
        Self::TimingAllowOrigin,
    ];

    /// The header's index in [`ALL`](Self::ALL), for a table of prepared values.
    ///
    /// ```
    /// # use cors_core::ResponseField;
    /// assert_eq!(ResponseField::ALL[ResponseField::Vary.index()], ResponseField::Vary);
    /// ```
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }

    /// What [`Edit::Echo`](crate::Edit::Echo) repeats in it.
    pub(crate) const fn source(self) -> RequestField {
        match self {
            Self::AllowMethods => RequestField::RequestMethod,
            Self::AllowHeaders => RequestField::RequestHeaders,
            _ => RequestField::Origin,
        }
    }

    /// The header's name in lower case, as HTTP/2 and most header maps need it.
    ///
    /// ```
    /// # use cors_core::ResponseField;
    /// assert_eq!(ResponseField::AllowOrigin.name(), "access-control-allow-origin");
    /// ```
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AllowOrigin => "access-control-allow-origin",
            Self::AllowCredentials => "access-control-allow-credentials",
            Self::AllowMethods => "access-control-allow-methods",
            Self::AllowHeaders => "access-control-allow-headers",
            Self::ExposeHeaders => "access-control-expose-headers",
            Self::MaxAge => "access-control-max-age",
            Self::Vary => "vary",
            Self::TimingAllowOrigin => "timing-allow-origin",
        }
    }
}
