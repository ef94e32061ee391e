mod errors;
mod matching;
mod parts;

use self::errors::error_in;
pub(super) use self::errors::{is_secure, split_plain};
pub(super) use self::matching::{is_wider, matches};
pub(super) use self::parts::Parts;
use self::parts::Wildcard;
use super::{Dangers, host, public_suffix};
use crate::bytes::{contains, cut, equal, find};
use crate::error::PolicyErrorKind;

/// An origin, optionally with a wildcard for subdomains (`*.`), for part of a label or for the port
/// (`:*`).
///
/// # Syntax
///
/// ```text
/// pattern = scheme "://" [ "*." ] host [ ":" ( port / "*" ) ]
///         / scheme "://" *label "*" *label "." host [ ":" ( port / "*" ) ]   ; not just "*."
///         / scheme "://" "*"                         ; not http, https, ws, wss, ftp
/// label   = "a"-"z" / "0"-"9" / "_" / "-"
/// ```
///
/// * `https://*.example.com`: one or more labels before `example.com`, none of them empty, all of
///   them from `a`-`z`, `0`-`9`, `_`, `-`. It matches neither `https://example.com` itself nor
///   `https://evilexample.com`.
/// * `https://pr-*.example.com`, `https://*--site.netlify.app`: one or more of the same characters in
///   place of the `*`, but no dot, so that it stays one label.
/// * `http://localhost:*`: no port, or any port except the scheme's default (browsers leave that one
///   out).
/// * `moz-extension://*`: any host of a scheme whose hosts are
///   [opaque](https://url.spec.whatwg.org/#opaque-host), and no port.
///
/// A `*` anywhere else is an error, because strangers could register a domain that matches:
/// `https://example.*`. The same is true of `https://*example.com`, which matches
/// `https://evilexample.com`: a policy [warns](crate::WarningKind::OpenToAnybody) about it.
///
/// ```
/// use cors_core::OriginPattern;
///
/// let previews = OriginPattern::parse("https://*.example.com").unwrap();
/// assert!(previews.matches(b"https://pr-1.preview.example.com"));
/// assert!(!previews.matches(b"https://example.com"));
/// assert!(!previews.matches(b"https://evilexample.com"));
/// assert!(!previews.matches(b"http://pr-1.example.com"));
/// ```
#[doc(alias("regex", "wildcard"))]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OriginPattern<'a>(pub(super) &'a str);

impl<'a> OriginPattern<'a> {
    /// Parses a pattern. Does not allocate.
    ///
    /// # Errors
    ///
    /// The first reason why the text would never match what a browser sends, or would match too much.
    pub const fn parse(text: &'a str) -> Result<Self, PolicyErrorKind> {
        match error_in(text) {
            Some(error) => Err(error),
            None => Ok(Self(text)),
        }
    }

    /// The pattern as a text.
    #[must_use]
    pub const fn as_str(&self) -> &'a str {
        self.0
    }

    /// Whether the pattern is an [`Origin`](super::Origin), without a wildcard.
    #[must_use]
    pub const fn is_exact(&self) -> bool {
        !contains(self.0.as_bytes(), b'*')
    }

    /// It stands for every subdomain of a site: of a domain that its owner registered, and not of
    /// one below it, which may be there for just this.
    pub(crate) fn is_whole_site(&self) -> bool {
        let parts = Parts::of(self.0.as_bytes());
        let base = parts.base();
        let parent = cut(base, find(base, b'.', 0) + 1, base.len());
        parts.has_subdomains() && !host::is_loopback(base) && public_suffix::is_everybodys(parent)
    }

    /// Browsers refuse to load a page from its port.
    pub(crate) fn has_bad_port(&self) -> bool {
        let port = Parts::of(self.0.as_bytes()).port;
        let is_it = |bad: &u16| {
            core::str::from_utf8(port)
                .ok()
                .and_then(|port| port.strip_prefix(':')?.parse().ok())
                == Some(*bad)
        };
        host::BAD_PORTS.iter().any(is_it)
    }

    /// Anyone can register a domain that matches.
    pub(crate) fn is_open_to_anybody(&self) -> bool {
        let parts = Parts::of(self.0.as_bytes());
        match parts.wildcard() {
            Wildcard::Label(label) => {
                host::is_single_label(label.base) && !host::is_loopback(label.base)
            }
            _ => false,
        }
    }

    /// What credentials make dangerous about it, unless it was asked for by name.
    pub(crate) const fn danger(&self, allowed: Dangers) -> Option<PolicyErrorKind> {
        let parts = Parts::of(self.0.as_bytes());
        if let Wildcard::AnyHost = parts.wildcard() {
            return match allowed.public_suffixes {
                true => None,
                false => Some(PolicyErrorKind::AnyHost),
            };
        }
        let is_own = host::is_loopback(parts.base());
        // Anybody on the network path can speak as this origin.
        if equal(parts.scheme, b"http") && !is_own && !allowed.insecure_origins {
            return Some(PolicyErrorKind::InsecureOrigin);
        }
        if !parts.has_wildcard() || is_own || allowed.public_suffixes {
            return None;
        }
        match public_suffix::is_everybodys(parts.base()) {
            true => Some(PolicyErrorKind::PublicSuffix),
            false => None,
        }
    }

    /// Whether the pattern matches this `Origin` header value.
    ///
    /// Costs O(bytes of the pattern and the origin); does not allocate.
    #[must_use]
    pub fn matches(&self, origin: &[u8]) -> bool {
        matches(self.0.as_bytes(), origin)
    }
}
