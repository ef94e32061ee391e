//! What every server is asked, under which policy, and the answer that must come: a benchmark of an
//! error page is worth nothing.

use bytes::Bytes;
use cors_core::{OwnedPolicy, Policy, Settings};

pub(crate) const METHODS: [&str; 4] = ["GET", "POST", "PUT", "DELETE"];
pub(crate) const REQUEST_HEADERS: [&str; 3] = ["content-type", "authorization", "x-request-id"];
pub(crate) const EXPOSE_HEADERS: [&str; 1] = ["x-request-id"];
pub(crate) const MAX_AGE: u32 = 3600;
pub(crate) const SUFFIX: &str = ".example.com";

const APP: &str = "https://app.example.com";
const OTHER: &str = "https://evil.example.net";
/// Of one length with all others, and beginning like them: the dear case of a search.
const LAST: &str = "https://customer-999999.example.com";
const MISSING: &str = "https://customer-999998.example.com";
/// As browsers send them: sorted, without spaces.
pub(crate) const ASKED: &str = "authorization,content-type,x-request-id";

/// Whom the policy trusts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origins {
    /// <https://app.example.com>.
    One,
    /// So many, of which [`LAST`] is the last.
    Many(usize),
    /// `https://*.example.com`.
    Subdomains,
    /// `*`, with any method and any header, and without credentials.
    Any,
}

impl Origins {
    /// The list, unless it is a pattern or `*`.
    pub(crate) fn exact(self) -> Vec<String> {
        match self {
            Self::One => vec![APP.to_owned()],
            Self::Many(count) => (1..count)
                .map(|number| format!("https://customer-{number:06}.example.com"))
                .chain([LAST.to_owned()])
                .collect(),
            Self::Subdomains | Self::Any => Vec::new(),
        }
    }

    pub(crate) fn is_any(self) -> bool {
        self == Self::Any
    }

    /// The policy as a program writes it; a list that is too long to be written is read.
    pub(crate) fn written<P: From<Policy<'static>> + From<OwnedPolicy<String, Vec<u32>>>>(
        self,
    ) -> P {
        let policy = match self {
            Self::One => Policy::credentialed(APP),
            Self::Subdomains => Policy::credentialed("https://*.example.com"),
            Self::Any => {
                let public = Policy::public().any_method().any_request_header();
                return public
                    .request_headers("authorization")
                    .expose_headers("x-request-id")
                    .max_age(MAX_AGE)
                    .into();
            }
            Self::Many(_) => return self.read().into(),
        };
        policy
            .methods("GET, POST, PUT, DELETE")
            .request_headers("content-type, authorization, x-request-id")
            .expose_headers("x-request-id")
            .max_age(MAX_AGE)
            .into()
    }

    /// The policy as it is read from a file.
    pub(crate) fn read(self) -> OwnedPolicy<String, Vec<u32>> {
        let settings = match self {
            Self::Any => Settings::new()
                .origins(["*"])
                .methods(["*"])
                .request_headers(["*", "authorization"]),
            Self::Subdomains => Settings::new().origins(["https://*.example.com"]),
            Self::One | Self::Many(_) => Settings::new().origins(self.exact()),
        };
        let settings = match self {
            Self::Any => settings,
            _ => settings
                .credentials(true)
                .methods(METHODS)
                .request_headers(REQUEST_HEADERS),
        };
        settings
            .expose_headers(EXPOSE_HEADERS)
            .max_age(MAX_AGE)
            .build()
            .expect("a good policy")
    }
}

/// What the page does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    /// GET of the server's own page.
    Own,
    /// GET of another origin's.
    Actual,
    /// OPTIONS before a PUT with the usual three headers.
    Preflight,
    /// One that asks for this text again and again, up to so many bytes.
    Hostile(&'static str, usize),
    /// One that asks for nothing in so many lines.
    EmptyLines(usize),
}

impl Act {
    pub(crate) fn is_preflight(self) -> bool {
        !matches!(self, Self::Own | Self::Actual)
    }
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    pub(crate) origins: Origins,
    pub(crate) act: Act,
    pub(crate) origin: &'static str,
    /// A browser lets the page go on.
    pub(crate) is_allowed: bool,
    /// Headers that the handler sets, beside its content type.
    pub(crate) own_headers: usize,
}

impl Scenario {
    pub(crate) const fn new(name: &'static str, about: &'static str, act: Act) -> Self {
        Self {
            name,
            about,
            origins: Origins::One,
            act,
            origin: APP,
            is_allowed: !matches!(act, Act::Hostile(..) | Act::EmptyLines(_)),
            own_headers: 0,
        }
    }

    const fn of(mut self, origins: Origins) -> Self {
        self.origins = origins;
        self.origin = match origins {
            Origins::Many(_) => LAST,
            _ => APP,
        };
        self
    }

    const fn by(mut self, stranger: &'static str) -> Self {
        self.origin = stranger;
        self.is_allowed = false;
        self
    }

    /// The last of so many origins.
    pub(crate) const fn last_of(count: usize) -> Self {
        Self::new("", "", Act::Actual).of(Origins::Many(count))
    }

    pub(crate) fn method(&self) -> &'static str {
        match self.act.is_preflight() {
            true => "OPTIONS",
            false => "GET",
        }
    }

    /// The request's headers. Their values are parts of one buffer, as a server's parser makes them.
    pub(crate) fn request(&self) -> Vec<(&'static str, Bytes)> {
        let lines = self.lines();
        let values = lines.iter().map(|(_, value)| value.as_bytes());
        let mut buffer: Bytes = values.collect::<Vec<_>>().concat().into();
        lines
            .into_iter()
            .map(|(name, value)| (name, buffer.split_to(value.len())))
            .collect()
    }

    /// Eight ordinary headers, and what CORS reads.
    fn lines(&self) -> Vec<(&'static str, String)> {
        let (site, mode) = match self.act {
            Act::Own => ("same-origin", "same-origin"),
            _ => ("cross-site", "cors"),
        };
        let mut lines = vec![
            ("host", "api.example.org".to_owned()),
            (
                "user-agent",
                "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0".to_owned(),
            ),
            ("accept", "*/*".to_owned()),
            ("accept-language", "en-US,en;q=0.5".to_owned()),
            ("accept-encoding", "gzip, deflate, br, zstd".to_owned()),
            ("referer", format!("{}/", self.origin)),
            ("sec-fetch-site", site.to_owned()),
            ("sec-fetch-mode", mode.to_owned()),
        ];
        if self.act != Act::Own {
            lines.push(("origin", self.origin.to_owned()));
        }
        if self.act.is_preflight() {
            lines.push(("access-control-request-method", "PUT".to_owned()));
        }
        let asked = "access-control-request-headers";
        match self.act {
            Act::Own | Act::Actual => {}
            Act::Preflight => lines.push((asked, ASKED.to_owned())),
            Act::Hostile(text, length) => {
                lines.push((asked, text.repeat(length / text.len())));
            }
            Act::EmptyLines(count) => lines.extend((0..count).map(|_| (asked, String::new()))),
        }
        lines
    }

    /// What the handler answers beside its body.
    pub(crate) fn response(&self) -> Vec<(&'static str, &'static str)> {
        const NAMES: [&str; 30] = [
            "age",
            "cache-control",
            "content-language",
            "content-security-policy",
            "date",
            "etag",
            "expires",
            "last-modified",
            "link",
            "location",
            "permissions-policy",
            "pragma",
            "referrer-policy",
            "retry-after",
            "server",
            "server-timing",
            "set-cookie",
            "strict-transport-security",
            "via",
            "warning",
            "x-content-type-options",
            "x-dns-prefetch-control",
            "x-frame-options",
            "x-powered-by",
            "x-ratelimit-limit",
            "x-ratelimit-remaining",
            "x-ratelimit-reset",
            "x-request-id",
            "x-trace-id",
            "x-xss-protection",
        ];
        let own = NAMES.into_iter().take(self.own_headers);
        [("content-type", "text/plain; charset=utf-8")]
            .into_iter()
            .chain(own.map(|name| (name, "a value of no interest")))
            .collect()
    }

    /// So many are counted, each with seeds of its own. To index thousands of origins takes a while.
    pub(crate) fn clients(&self) -> u32 {
        match self.origins {
            Origins::Many(5_000..) => 2,
            _ => 4,
        }
    }

    /// How often it is asked before it is measured: not a request that costs millions of instructions.
    pub(crate) fn warm_up(&self) -> u32 {
        match (self.act, self.origins) {
            (Act::Hostile(_, 10_000..), _) | (_, Origins::Many(5_000..)) => 2,
            _ => 16,
        }
    }
}

const KIB: usize = 1024;

/// The rows of the tables.
#[rustfmt::skip]
pub(crate) const SCENARIOS: [Scenario; 20] = [
    Scenario::new("S1", "no CORS request", Act::Own),
    Scenario::new("S2", "actual, allowed", Act::Actual),
    Scenario { own_headers: 30, ..Scenario::new("S2h", "the same, the response has 30 headers", Act::Actual) },
    Scenario::new("S3", "actual, not allowed", Act::Actual).by(OTHER),
    Scenario::new("S4", "preflight, allowed", Act::Preflight),
    Scenario::new("S5", "preflight, not allowed", Act::Preflight).by(OTHER),
    Scenario::new("S6a", "preflight, 8 KiB of ','", Act::Hostile(",", 8 * KIB)),
    Scenario::new("S6b", "preflight, 8 KiB of 'a,'", Act::Hostile("a,", 8 * KIB)),
    Scenario::new("S6c", "preflight, 8 KiB of a listed name", Act::Hostile("authorization,", 8 * KIB)),
    Scenario::new("S6d", "preflight, 1 024 empty lines", Act::EmptyLines(1024)),
    Scenario::new("S6A", "preflight, 64 KiB of ','", Act::Hostile(",", 64 * KIB)),
    Scenario::new("S6B", "preflight, 64 KiB of 'a,'", Act::Hostile("a,", 64 * KIB)),
    Scenario::new("S6C", "preflight, 64 KiB of a listed name", Act::Hostile("authorization,", 64 * KIB)),
    Scenario::new("S7", "actual, the last of 1 000", Act::Actual).of(Origins::Many(1_000)),
    Scenario::new("S7m", "actual, none of 1 000", Act::Actual).of(Origins::Many(1_000)).by(MISSING),
    Scenario::new("S8", "actual, the last of 10 000", Act::Actual).of(Origins::Many(10_000)),
    Scenario::new("S8m", "actual, none of 10 000", Act::Actual).of(Origins::Many(10_000)).by(MISSING),
    Scenario::new("S9", "actual, subdomain", Act::Actual).of(Origins::Subdomains),
    Scenario::new("S10a", "actual, any origin", Act::Actual).of(Origins::Any),
    Scenario::new("S10b", "preflight, any method and header", Act::Preflight).of(Origins::Any),
];

/// What came, as far as it matters.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
}

impl Answer {
    fn value(&self, name: &str) -> Option<&str> {
        let mut lines = self.headers.iter();
        let line = lines.find(|(found, _)| found.eq_ignore_ascii_case(name));
        line.map(|(_, value)| value.as_str())
    }

    /// A browser lets the page read this response, or send the PUT after this preflight.
    pub(crate) fn lets(&self, scenario: &Scenario) -> bool {
        let is_shared = self
            .value("access-control-allow-origin")
            .is_some_and(|origin| origin == scenario.origin || origin == "*");
        let is_ok = (200..300).contains(&self.status);
        let has_method = self
            .value("access-control-allow-methods")
            .is_some_and(|methods| methods == "*" || methods.contains("PUT"));
        match scenario.act {
            Act::Own => is_ok,
            Act::Actual => is_ok && is_shared,
            _ => is_ok && is_shared && has_method,
        }
    }
}
