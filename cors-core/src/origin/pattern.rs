use super::{Dangers, host, public_suffix};
use crate::bytes::{contains, cut, equal, find, has_separator, separator};
use crate::error::PolicyErrorKind;

/// An [`Origin`](super::Origin), or a set of origins that differ in what wildcards leave open.
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
///   them from `a`-`z`, `0`-`9`, `_`, `-`. The apex `https://example.com` is not among them, and
///   neither is `https://evilexample.com`.
/// * `https://pr-*.example.com`, `https://*--site.netlify.app`: one or more of the same characters in
///   the place of the `*`, and never a dot, so that it stays one label.
/// * `http://localhost:*`: no port, or any port that is not the scheme's default (browsers leave
///   that one out).
/// * `moz-extension://*`: any host of a scheme whose hosts are
///   [opaque](https://url.spec.whatwg.org/#opaque-host), and no port.
///
/// A `*` anywhere else is an error, because it would hand the pattern to whoever registers a
/// domain: `https://example.*`. What stands before the last dots does that, too: whoever registers
/// `evilexample.com` is one of `https://*example.com`, of which a policy
/// [warns](crate::WarningKind::OpenToAnybody).
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OriginPattern<'a>(pub(super) &'a str);

impl<'a> OriginPattern<'a> {
    /// Reads one pattern. Does not allocate.
    ///
    /// # Errors
    ///
    /// The first thing that keeps the text from ever matching what a browser sends, or that makes
    /// it match what nobody can mean.
    pub const fn parse(text: &'a str) -> Result<Self, PolicyErrorKind> {
        match error_in(text) {
            Some(error) => Err(error),
            None => Ok(Self(text)),
        }
    }

    /// The pattern's bytes.
    #[must_use]
    pub const fn as_str(&self) -> &'a str {
        self.0
    }

    /// The pattern holds no wildcard: it is an [`Origin`](super::Origin).
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

    /// Browsers refuse to load a page from there.
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

    /// Whoever registers a domain of his own can be one of these origins.
    pub(crate) fn is_open_to_anybody(&self) -> bool {
        let parts = Parts::of(self.0.as_bytes());
        match parts.wildcard() {
            Wildcard::Label { base, .. } => host::is_single_label(base) && !host::is_loopback(base),
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

    /// The value of one `Origin` line is an origin of this set.
    ///
    /// Costs O(bytes of the pattern and the origin); does not allocate.
    #[must_use]
    pub fn matches(&self, origin: &[u8]) -> bool {
        matches(self.0.as_bytes(), origin)
    }
}

/// `pattern` is the text of an [`OriginPattern`].
pub(super) fn matches(pattern: &[u8], origin: &[u8]) -> bool {
    // Nearly all begin alike.
    const SCHEME: &[u8] = b"https://";
    match (pattern.strip_prefix(SCHEME), origin.strip_prefix(SCHEME)) {
        (Some(open @ [b'*', b'.', ..]), Some(rest)) => is_below(rest, open, origin),
        (Some(open), Some(rest)) => matches_from(open, rest, pattern, origin),
        _ => matches_from(pattern, origin, pattern, origin),
    }
}

/// The same from where they may differ.
#[inline(never)]
fn matches_from(mut open: &[u8], mut rest: &[u8], pattern: &[u8], origin: &[u8]) -> bool {
    while let ([listed, open_behind @ ..], [asked, behind @ ..]) = (open, rest) {
        if listed != asked || *listed == b'*' {
            break;
        }
        (open, rest) = (open_behind, behind);
    }
    match open {
        // `http://localhost:*` needs no port.
        [] | b":*" => rest.is_empty(),
        [b'*', tail @ ..] if !is_plain(tail, pattern) => is_odd(rest, tail, origin),
        [b'*'] => is_written_port(rest, origin),
        [b'*', ..] => is_below(rest, open, origin),
        _ => false,
    }
}

/// Labels in the place of the `*` with which `open` begins, and what stands behind it.
#[inline]
fn is_below(rest: &[u8], open: &[u8], origin: &[u8]) -> bool {
    match open {
        [_, base @ .., b':', b'*'] => {
            let mut parts = rest.splitn(2, |&byte| byte == b':');
            is_subdomain(parts.next().unwrap_or_default(), base)
                && parts
                    .next()
                    .is_none_or(|port| is_written_port(port, origin))
        }
        [_, base @ ..] => is_subdomain(rest, base),
        [] => false,
    }
}

/// The first `*` of the pattern, behind which there is this, stands for subdomains or for the port.
#[inline]
fn is_plain(tail: &[u8], pattern: &[u8]) -> bool {
    let before = pattern.len().wrapping_sub(tail.len() + 2);
    match pattern.get(before) {
        Some(b'/') => tail.first() == Some(&b'.'),
        before => before == Some(&b':'),
    }
}

/// What stands in the place of any other `*`, and behind it.
#[inline(never)]
fn is_odd(rest: &[u8], tail: &[u8], origin: &[u8]) -> bool {
    match tail {
        [] => is_opaque_host(rest),
        [tail @ .., b':', b'*'] => {
            let (host, port) = rest
                .split_at_checked(find(rest, b':', 0))
                .unwrap_or_default();
            let is_any_port = match port {
                [] => true,
                [_, port @ ..] => is_written_port(port, origin),
            };
            is_any_port && is_in_label(host, tail, origin)
        }
        _ => is_in_label(rest, tail, origin),
    }
}

/// The text of a pattern that allows whatever the other allows, and more.
pub(super) fn is_wider(pattern: &[u8], other: &[u8]) -> bool {
    let (wide, narrow) = (Parts::of(pattern), Parts::of(other));
    let has_wider_host = match (wide.wildcard(), narrow.wildcard()) {
        (Wildcard::None, _) => wide.host == narrow.host,
        (Wildcard::AnyHost, Wildcard::None) => narrow.port.is_empty(),
        (Wildcard::AnyHost, _) | (_, Wildcard::AnyHost) => false,
        (Wildcard::Subdomains, Wildcard::None) => is_subdomain(narrow.host, wide.suffix()),
        (Wildcard::Subdomains, Wildcard::Subdomains) => narrow.suffix().ends_with(wide.suffix()),
        (Wildcard::Subdomains, Wildcard::Label { base, .. }) => {
            let suffix = wide.suffix().strip_prefix(b".").unwrap_or_default();
            base == suffix || is_subdomain(base, wide.suffix())
        }
        (Wildcard::Label { .. }, Wildcard::Subdomains) => false,
        (Wildcard::Label { .. }, Wildcard::None) => {
            let tail = find(wide.host, b'*', 0);
            let (before, tail) = wide.host.split_at_checked(tail).unwrap_or_default();
            let rest = narrow.host.strip_prefix(before);
            rest.is_some_and(|rest| is_in_label(rest, tail.get(1..).unwrap_or_default(), other))
        }
        (
            Wildcard::Label {
                before,
                behind,
                base,
            },
            Wildcard::Label {
                before: before_other,
                behind: behind_other,
                base: base_other,
            },
        ) => {
            base == base_other && before_other.starts_with(before) && behind_other.ends_with(behind)
        }
    };
    pattern != other
        && wide.scheme == narrow.scheme
        && (wide.port == narrow.port || wide.has_any_port())
        && has_wider_host
}

/// A port as it stands in a serialized origin: not the default of the origin's scheme.
fn is_written_port(port: &[u8], origin: &[u8]) -> bool {
    let scheme = origin
        .split(|&byte| byte == b':')
        .next()
        .unwrap_or_default();
    host::is_port(port) && host::default_port(scheme) != Some(port)
}

/// One or more characters of a label before `tail`, which may end with a port.
fn is_in_label(rest: &[u8], tail: &[u8], origin: &[u8]) -> bool {
    let is_of_label = |&byte: &u8| byte != b'.' && host::is_domain_byte(byte);
    let is_short = Parts::of(origin).host.len() <= host::MAX_LENGTH;
    let part = rest.strip_suffix(tail);
    is_short && part.is_some_and(|part| !part.is_empty() && part.iter().all(is_of_label))
}

fn is_opaque_host(host: &[u8]) -> bool {
    host.len() <= host::MAX_LENGTH && host::error_in_opaque(host).is_none()
}

/// One or more labels before `base`, which begins with a dot (and may end with a port): none of
/// them empty, nothing in them but what a domain may hold.
fn is_subdomain(host: &[u8], base: &[u8]) -> bool {
    let is_short = host.len() <= host::MAX_LENGTH || find(host, b':', 0) <= host::MAX_LENGTH;
    let Some(labels) = host.strip_suffix(base) else {
        return false;
    };
    let mut before = b'.';
    let is_good = labels.iter().all(|&byte| {
        let is_empty_label = byte == b'.' && before == b'.';
        before = byte;
        host::is_domain_byte(byte) && !is_empty_label
    });
    is_short && is_good && before != b'.'
}

/// What stands behind the pattern that a text begins with, and whether it is exact, if it is of the
/// usual form and has no error: `http` or `https` and a domain, without a port.
///
/// A list is checked at compile time, where every step costs: this takes one for a byte. What it
/// does not know can be right all the same.
pub(super) const fn split_plain(text: &[u8]) -> Option<(bool, &[u8])> {
    let ([b'h', b't', b't', b'p', b's', b':', b'/', b'/', host @ ..]
    | [b'h', b't', b't', b'p', b':', b'/', b'/', host @ ..]) = text
    else {
        return None;
    };
    let (is_exact, domain) = match host {
        [b'*', b'.', base @ ..] => (false, base),
        _ => (true, host),
    };
    let (mut before, mut begins_with_digit) = (b'.', false);
    let mut rest = domain;
    while let [byte, behind @ ..] = rest {
        match *byte {
            separator!() => break,
            b'a'..=b'z' | b'_' | b'-' if before == b'.' => begins_with_digit = false,
            b'0'..=b'9' if before == b'.' => begins_with_digit = true,
            b'.' if before != b'.' => {}
            b'a'..=b'z' | b'_' | b'-' | b'0'..=b'9' => {}
            _ => return None,
        }
        before = *byte;
        rest = behind;
    }
    // The last label might be a number.
    let is_odd = before == b'.' || begins_with_digit || host.len() - rest.len() > host::MAX_LENGTH;
    match is_odd {
        true => None,
        false => Some((is_exact, rest)),
    }
}

/// `https` without a wildcard: there is nothing to ask about its host.
pub(super) const fn is_plainly_secure(pattern: &[u8]) -> bool {
    matches!(pattern, [b'h', b't', b't', b'p', b's', b':', b'/', b'/', first, ..] if *first != b'*')
}

const fn error_in(text: &str) -> Option<PolicyErrorKind> {
    let bytes = text.as_bytes();
    if !text.is_ascii() {
        return Some(PolicyErrorKind::NotAscii);
    }
    if let Some(error) = error_around(bytes) {
        return Some(error);
    }
    match bytes {
        b"*" => return Some(PolicyErrorKind::WildcardOrigin),
        b"null" => return Some(PolicyErrorKind::NullOrigin),
        _ => {}
    }
    match cut(bytes, find(bytes, b':', 0), bytes.len()) {
        [b':', b'/', b'/', ..] => {}
        _ => return Some(PolicyErrorKind::MissingScheme),
    }
    let parts = Parts::of(bytes);
    let errors = [
        parts.error_in_scheme(),
        parts.error_behind_scheme(),
        parts.error_in_host(),
        parts.error_in_port(),
        parts.error_in_length(),
    ];
    let mut i = 0;
    while i < errors.len() {
        if errors[i].is_some() {
            return errors[i];
        }
        i += 1;
    }
    None
}

/// What the `*` in a host stands for.
enum Wildcard<'a> {
    None,
    /// `*.` and what is behind it: one or more labels.
    Subdomains,
    /// A part of the first label, which has more before or behind it.
    Label {
        before: &'a [u8],
        behind: &'a [u8],
        base: &'a [u8],
    },
    /// `*` alone.
    AnyHost,
}

/// What lists and files leave in or around an entry.
const fn error_around(entry: &[u8]) -> Option<PolicyErrorKind> {
    let inside = entry.trim_ascii();
    match inside {
        _ if has_separator(inside) => Some(PolicyErrorKind::SeveralOrigins),
        [] => Some(PolicyErrorKind::EmptyEntry),
        _ if inside.len() < entry.len() => Some(PolicyErrorKind::WhiteSpace),
        // An opaque host may end in the other one.
        [b'"' | b'\'', ..] | [.., b'"'] | [b'h', b't', b't', b'p', .., b'\''] => {
            Some(PolicyErrorKind::Quotes)
        }
        _ => None,
    }
}

/// `scheme://host` and the rest: nothing, or a port with its colon.
pub(super) struct Parts<'a> {
    pub(super) scheme: &'a [u8],
    host: &'a [u8],
    pub(super) port: &'a [u8],
}

impl<'a> Parts<'a> {
    /// Of a text that holds `://`.
    pub(super) const fn of(text: &'a [u8]) -> Self {
        let scheme_end = find(text, b':', 0);
        let start = scheme_end + 3;
        // The colons of an IPv6 address stand inside its brackets.
        let bracket = match cut(text, start, text.len()) {
            [b'[', ..] => find(text, b']', start),
            _ => start,
        };
        let end = find(text, b':', bracket);
        Self {
            scheme: cut(text, 0, scheme_end),
            host: cut(text, start, end),
            port: cut(text, end, text.len()),
        }
    }

    pub(super) const fn has_subdomains(&self) -> bool {
        matches!(self.host, [b'*', b'.', ..])
    }

    const fn has_wildcard(&self) -> bool {
        contains(self.host, b'*')
    }

    const fn wildcard(&self) -> Wildcard<'a> {
        let star = find(self.host, b'*', 0);
        if star == self.host.len() {
            return Wildcard::None;
        }
        let (before, rest) = (
            cut(self.host, 0, star),
            cut(self.host, star + 1, self.host.len()),
        );
        match (before, rest) {
            ([], []) => Wildcard::AnyHost,
            ([], [b'.', ..]) => Wildcard::Subdomains,
            _ => {
                let dot = find(rest, b'.', 0);
                Wildcard::Label {
                    before,
                    behind: cut(rest, 0, dot),
                    base: cut(rest, dot + 1, rest.len()),
                }
            }
        }
    }

    pub(super) const fn has_any_port(&self) -> bool {
        matches!(self.port, b":*")
    }

    /// The host, without the `*` before its first dot.
    pub(super) const fn suffix(&self) -> &'a [u8] {
        match self.host {
            [b'*', suffix @ ..] => suffix,
            host => host,
        }
    }

    /// The host behind the label with the `*`; all of it if there is none.
    pub(super) const fn base(&self) -> &'a [u8] {
        match self.wildcard() {
            Wildcard::None => self.host,
            _ => {
                let dot = find(self.host, b'.', find(self.host, b'*', 0));
                cut(self.host, dot + 1, self.host.len())
            }
        }
    }

    /// <https://www.rfc-editor.org/rfc/rfc3986.html#section-3.1> in lower case.
    const fn error_in_scheme(&self) -> Option<PolicyErrorKind> {
        let mut i = 0;
        while i < self.scheme.len() {
            match self.scheme[i] {
                b'a'..=b'z' => {}
                b'0'..=b'9' | b'+' | b'-' | b'.' if i > 0 => {}
                _ => return Some(PolicyErrorKind::Scheme),
            }
            i += 1;
        }
        match self.scheme {
            b"file" => Some(PolicyErrorKind::FileScheme),
            b"ws" | b"wss" => Some(PolicyErrorKind::WebSocket),
            [] => Some(PolicyErrorKind::Scheme),
            scheme if scheme.len() > 64 => Some(PolicyErrorKind::Scheme),
            _ => None,
        }
    }

    /// What stands behind `://` is host and port and nothing else.
    const fn error_behind_scheme(&self) -> Option<PolicyErrorKind> {
        if contains(self.host, b'@') || contains(self.port, b'@') {
            return Some(PolicyErrorKind::Userinfo);
        }
        match error_of_path(self.host, self.port.is_empty()) {
            None => error_of_path(self.port, true),
            error => error,
        }
    }

    const fn error_in_host(&self) -> Option<PolicyErrorKind> {
        let is_special = host::is_special(self.scheme);
        match self.wildcard() {
            Wildcard::None if is_special => match self.host {
                [b'.', ..] => Some(PolicyErrorKind::LeadingDot),
                host => host::error_in_special(host),
            },
            Wildcard::None => host::error_in_opaque(self.host),
            Wildcard::AnyHost if is_special || !self.port.is_empty() => {
                Some(PolicyErrorKind::WildcardPosition)
            }
            Wildcard::AnyHost => None,
            _ if contains(self.base(), b'*') => Some(PolicyErrorKind::WildcardPosition),
            Wildcard::Subdomains => host::error_in_base(self.base()),
            Wildcard::Label {
                before,
                behind,
                base,
            } => {
                if base.is_empty() || contains(before, b'.') || contains(behind, b'*') {
                    return Some(PolicyErrorKind::WildcardPosition);
                }
                match (host::error_in_part(before), host::error_in_part(behind)) {
                    (None, None) => host::error_in_base(base),
                    (None, error) | (error, _) => error,
                }
            }
        }
    }

    const fn error_in_port(&self) -> Option<PolicyErrorKind> {
        match self.port {
            [] | [b':', b'*'] => None,
            [b':', port @ ..] if contains(port, b'*') => Some(PolicyErrorKind::WildcardPosition),
            [b':', port @ ..] if host::is_port(port) => match host::default_port(self.scheme) {
                Some(default) if equal(port, default) => Some(PolicyErrorKind::DefaultPort),
                _ => None,
            },
            _ => Some(PolicyErrorKind::Port),
        }
    }

    /// With a scheme and a port that are none too long, nothing is longer than
    /// [`Origin::MAX_LENGTH`](super::Origin::MAX_LENGTH).
    const fn error_in_length(&self) -> Option<PolicyErrorKind> {
        match self.host.len() > host::MAX_LENGTH {
            true => Some(PolicyErrorKind::TooLong),
            false => None,
        }
    }
}

/// A slash, alone at the end or with something behind it; the part is the last one of an origin.
const fn error_of_path(part: &[u8], is_last: bool) -> Option<PolicyErrorKind> {
    let mut i = 0;
    while i < part.len() {
        match part[i] {
            b'/' if is_last && i + 1 == part.len() => return Some(PolicyErrorKind::TrailingSlash),
            b'/' | b'?' | b'#' | b'\\' => return Some(PolicyErrorKind::Path),
            _ => i += 1,
        }
    }
    None
}
