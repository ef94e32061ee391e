use core::fmt;

use super::{Audience, Policy};
use crate::bytes::is_one_of;
use crate::error::Setting;

/// Something in a policy that has no effect, allows more than it seems to, or is likely to fail.
///
/// The policy is valid all the same. `ERRORS.md` in the repository explains each [code](WarningKind::code),
/// with an example.
///
/// ```
/// use cors_core::Policy;
///
/// let policy = Policy::anonymous("https://*.example.com https://app.example.com")
///     .methods("GET, PUT");
/// let warnings: Vec<_> = policy.warnings().map(|warning| warning.to_string()).collect();
/// assert_eq!(
///     warnings,
///     [
///         "CORS-W01: origins: \"https://app.example.com\" is covered by \
///          \"https://*.example.com\"; remove it",
///         "CORS-W04: methods: \"GET\" is always allowed; remove it",
///         "CORS-W09: methods: \"PUT\" is allowed, but the header content-type is not; \
///          pages that send JSON will fail: add content-type to request_headers",
///     ],
/// );
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Warning<'a> {
    kind: WarningKind<'a>,
    setting: Setting,
    entry: usize,
    text: &'a str,
}

/// The kinds of [`Warning`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WarningKind<'a> {
    /// Another pattern allows everything that this one does.
    Covered {
        /// The other pattern.
        by: &'a str,
    },
    /// Browsers [block this port](https://fetch.spec.whatwg.org/#bad-port), so no page has this origin.
    BadPort,
    /// The pattern matches domains that anyone can register.
    OpenToAnybody,
    /// Every subdomain of a site (`https://*.example.com`) has credentials: a forgotten one that
    /// someone takes over can act as the user. There is no warning for a part of the domain that was
    /// set apart (`https://*.preview.example.com`).
    SubdomainsWithCredentials,
    /// The method is always allowed:
    /// it is [safelisted](https://fetch.spec.whatwg.org/#cors-safelisted-method).
    SafelistedMethod,
    /// Preflights need no permission; `OPTIONS` is for pages that send it themselves.
    Options,
    /// Pages can always read the header: it is
    /// [safelisted](https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name).
    SafelistedResponseHeader,
    /// Chromium caches a preflight for at most 7200 seconds.
    MaxAge,
    /// A method with a body is allowed, but the header `content-type` is not: the preflight fails as
    /// soon as a page sends JSON.
    BodyWithoutContentType,
    /// The settings list the entry twice; the policy contains it once.
    Repeated {
        /// How many later entries of the list repeat others, too.
        more: usize,
    },
    /// Some patterns found no slot of their own in the [index](crate::OriginIndex), so looking up an
    /// origin that isn't listed takes longer.
    IndexCrowded {
        /// How many more slots are read.
        slots: usize,
    },
}

impl<'a> Warning<'a> {
    pub(super) const fn new(
        kind: WarningKind<'a>,
        setting: Setting,
        entry: usize,
        text: &'a str,
    ) -> Self {
        Self {
            kind,
            setting,
            entry,
            text,
        }
    }

    /// The kind of warning.
    #[must_use]
    pub const fn kind(&self) -> WarningKind<'a> {
        self.kind
    }

    /// The part of the policy that it is about.
    #[must_use]
    pub const fn setting(&self) -> Setting {
        self.setting
    }

    /// The index of the entry in its list, counted from 0; 0 if there is no list.
    #[must_use]
    pub const fn entry(&self) -> usize {
        self.entry
    }

    /// The entry that it is about; empty if there is none.
    #[must_use]
    pub const fn text(&self) -> &'a str {
        self.text
    }
}

impl WarningKind<'_> {
    /// The code, which stays the same in later versions: `ERRORS.md` in the repository explains it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Covered { .. } => "CORS-W01",
            Self::BadPort => "CORS-W02",
            Self::SubdomainsWithCredentials => "CORS-W03",
            Self::SafelistedMethod => "CORS-W04",
            Self::Options => "CORS-W05",
            Self::SafelistedResponseHeader => "CORS-W06",
            Self::MaxAge => "CORS-W07",
            Self::IndexCrowded { .. } => "CORS-W08",
            Self::BodyWithoutContentType => "CORS-W09",
            Self::Repeated { .. } => "CORS-W10",
            Self::OpenToAnybody => "CORS-W11",
        }
    }
}

/// What was found, then what would be better.
impl fmt::Display for Warning<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, text, .. } = self;
        write!(f, "{}: {}: ", kind.code(), self.setting.name())?;
        match kind {
            WarningKind::Covered { by } if by == text => {
                write!(f, "\"{text}\" is listed twice; list it once")
            }
            WarningKind::Covered { by } => {
                write!(f, "\"{text}\" is covered by \"{by}\"; remove it")
            }
            WarningKind::BadPort => write!(
                f,
                "\"{text}\" has a port that browsers block; serve the page from another port"
            ),
            WarningKind::OpenToAnybody => write!(
                f,
                "\"{text}\" matches domains that anyone can register; \
                 put a dot after the *, or list the domains"
            ),
            WarningKind::SubdomainsWithCredentials => write!(
                f,
                "\"{text}\" gives credentials to every subdomain of the site; \
                 list those that need them, or make sure that you control every subdomain"
            ),
            WarningKind::SafelistedMethod => {
                write!(f, "\"{text}\" is always allowed; remove it")
            }
            WarningKind::SafelistedResponseHeader => {
                write!(f, "\"{text}\" can always be read; remove it")
            }
            WarningKind::BodyWithoutContentType => write!(
                f,
                "\"{text}\" is allowed, but the header content-type is not; \
                 pages that send JSON will fail: add content-type to request_headers"
            ),
            WarningKind::Repeated { more: 0 } => {
                write!(f, "\"{text}\" is listed twice; list it once")
            }
            WarningKind::Repeated { more } => write!(
                f,
                "\"{text}\" is listed twice, and {more} more entries repeat others; list each once"
            ),
            WarningKind::Options => write!(
                f,
                "\"{text}\" is not needed for preflights; \
                 list it only if pages send OPTIONS requests themselves"
            ),
            WarningKind::MaxAge => write!(
                f,
                "Chromium caches a preflight for at most 7200 seconds; use 7200 or less"
            ),
            WarningKind::IndexCrowded { slots } => write!(
                f,
                "the index is crowded: looking up an origin that isn't listed takes {slots} more steps; \
                 add, remove or reorder any origin to change its layout"
            ),
        }
    }
}

impl<'a> Policy<'a> {
    /// Warnings about what has no effect, allows more than it seems to, or is likely to fail.
    ///
    /// Costs one look-up for each pattern. Does not allocate.
    pub fn warnings(&self) -> impl Iterator<Item = Warning<'a>> + use<'a> {
        let methods = self.methods.map_or("", |methods| methods.as_str());
        self.warnings_of_origins()
            .chain(entries(methods).filter_map(|(entry, text)| {
                Some(Warning {
                    kind: match text {
                        "OPTIONS" => WarningKind::Options,
                        "GET" | "HEAD" | "POST" => WarningKind::SafelistedMethod,
                        _ => return None,
                    },
                    setting: Setting::Methods,
                    entry,
                    text,
                })
            }))
            .chain(self.body_without_content_type())
            .chain(
                entries(self.expose_headers.as_str())
                    .filter(|(_, name)| is_one_of(name.as_bytes(), &SAFELISTED_RESPONSE_HEADERS))
                    .map(|(entry, text)| Warning {
                        kind: WarningKind::SafelistedResponseHeader,
                        setting: Setting::ExposeHeaders,
                        entry,
                        text,
                    }),
            )
            .chain(
                self.max_age
                    .filter(|age| age.seconds() > 7200)
                    .map(|_| Warning {
                        kind: WarningKind::MaxAge,
                        setting: Setting::MaxAge,
                        entry: 0,
                        text: "",
                    }),
            )
    }

    fn body_without_content_type(&self) -> Option<Warning<'a>> {
        if self.any_request_header || self.request_headers.contains(b"content-type") {
            return None;
        }
        let mut methods = entries(self.methods?.as_str());
        let (entry, text) =
            methods.find(|(_, method)| matches!(*method, "PATCH" | "POST" | "PUT"))?;
        Some(Warning {
            kind: WarningKind::BodyWithoutContentType,
            setting: Setting::Methods,
            entry,
            text,
        })
    }

    fn warnings_of_origins(&self) -> impl Iterator<Item = Warning<'a>> + use<'a> {
        let (origins, has_credentials) = match self.audience {
            Audience::Public => (None, false),
            Audience::Anonymous(origins) => (Some(origins), false),
            Audience::Credentialed(origins) | Audience::PublicAndCredentialed(origins) => {
                (Some(origins), true)
            }
        };
        let setting = match self.audience {
            Audience::PublicAndCredentialed(_) => Setting::CredentialedOrigins,
            _ => Setting::Origins,
        };
        let crowded = origins.and_then(|origins| origins.spilled());
        let crowded = crowded.map(|slots| Warning {
            kind: WarningKind::IndexCrowded { slots },
            setting,
            entry: 0,
            text: "",
        });
        let patterns = origins.into_iter().flat_map(move |origins| {
            origins
                .places()
                .enumerate()
                .flat_map(move |(entry, (at, pattern))| {
                    let other = origins.find_other(at, pattern);
                    [
                        other.map(|other| WarningKind::Covered { by: other.as_str() }),
                        pattern.has_bad_port().then_some(WarningKind::BadPort),
                        pattern
                            .is_open_to_anybody()
                            .then_some(WarningKind::OpenToAnybody),
                        (has_credentials && pattern.is_whole_site())
                            .then_some(WarningKind::SubdomainsWithCredentials),
                    ]
                    .into_iter()
                    .flatten()
                    .map(move |kind| Warning {
                        kind,
                        setting,
                        entry,
                        text: pattern.as_str(),
                    })
                })
        });
        patterns.chain(crowded)
    }
}

/// The entries of a list that commas separate.
fn entries(list: &str) -> impl Iterator<Item = (usize, &str)> {
    // The compiler does not see that the search for a single `char` cannot panic.
    list.split([',']).map(str::trim_ascii).enumerate()
}

/// <https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name>
const SAFELISTED_RESPONSE_HEADERS: [&str; 7] = [
    "cache-control",
    "content-language",
    "content-length",
    "content-type",
    "expires",
    "last-modified",
    "pragma",
];
