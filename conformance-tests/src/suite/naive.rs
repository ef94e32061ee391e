//! A slow matcher that is right at a glance: what a policy means, without how it is looked up.
//!
//! It knows texts, splits them, and compares whole parts; it shares nothing with the crates that
//! it judges. It holds for policies without errors.

use std::collections::BTreeSet;

use crate::suite::model_browser::{Credentials, Fetch};
use crate::suite::policy::PolicyFile;

/// The browser should share the response to this fetch with the page.
#[must_use]
pub fn allows(policy: &PolicyFile, fetch: &Fetch) -> bool {
    let has_credentials = match fetch.credentials {
        Credentials::Omit => true,
        Credentials::Include => allows_credentials(policy, fetch.page.as_bytes()),
    };
    let allows_preflight = !fetch.is_preflighted()
        || (allows_method(policy, &fetch.normalized_method())
            && allows_headers(policy, &fetch.unsafe_names()));
    fetch.validate().is_ok()
        && allows_origin(policy, fetch.page.as_bytes())
        && has_credentials
        && allows_preflight
}

/// The one `Origin` line of a request is allowed.
#[must_use]
pub fn allows_origin(policy: &PolicyFile, origin: &[u8]) -> bool {
    match str::from_utf8(origin) {
        _ if is_public(policy) => true,
        Ok("null") => policy.dangerously_allow_null_origin,
        _ => is_listed(&policy.origins, origin),
    }
}

/// The one `Origin` line of a request is one that may have credentials.
#[must_use]
pub fn allows_credentials(policy: &PolicyFile, origin: &[u8]) -> bool {
    match is_public(policy) {
        true => is_listed(&policy.credentialed_origins, origin),
        false => policy.credentials && is_listed(&policy.origins, origin),
    }
}

fn is_listed(list: &[String], origin: &[u8]) -> bool {
    match str::from_utf8(origin) {
        Err(_) => false,
        Ok(origin) => {
            let (patterns, origins): (Vec<&String>, Vec<&String>) =
                list.iter().partition(|listed| listed.contains('*'));
            origins.iter().any(|listed| *listed == origin)
                || patterns
                    .iter()
                    .any(|listed| matches_pattern(listed, origin))
        }
    }
}

fn is_public(policy: &PolicyFile) -> bool {
    !policy.origins.is_empty() && policy.origins.iter().all(|listed| listed == "*")
}

/// The origin is one that a pattern with a wildcard stands for: same scheme, a host and a port
/// that fit.
fn matches_pattern(pattern: &str, origin: &str) -> bool {
    match (Parts::of(pattern), Parts::of(origin)) {
        (Some(pattern), Some(origin)) => {
            let fits = match pattern.port.as_deref() {
                Some("*") => origin.has_canonical_port(),
                _ => origin.port == pattern.port,
            };
            origin.scheme == pattern.scheme && matches_host(&pattern.host, &origin.host) && fits
        }
        _ => false,
    }
}

/// `*.` stands for one label or more, any other `*` in a label for a part of it, and `*` alone for
/// any host.
fn matches_host(pattern: &str, host: &str) -> bool {
    if pattern == "*" {
        let forbidden = "\"#%*,/:<>?@[\\]^|";
        let is_good = |letter: char| letter.is_ascii_graphic() && !forbidden.contains(letter);
        return !host.is_empty() && host.len() <= 253 && host.chars().all(is_good);
    }
    let Some(base) = pattern.strip_prefix("*.") else {
        return match (pattern.split_once('.'), host.split_once('.')) {
            (Some((label, base)), Some((own, rest))) if label.contains('*') => {
                base == rest && host.len() <= 253 && matches_label(label, own)
            }
            _ => host == pattern,
        };
    };
    let labels: Vec<&str> = host.split('.').collect();
    let base: Vec<&str> = base.split('.').collect();
    if labels.len() <= base.len() || host.len() > 253 {
        return false;
    }
    let (more, end) = labels.split_at(labels.len() - base.len());
    end == base && more.iter().all(|label| is_label(label))
}

fn is_label(label: &str) -> bool {
    let allowed = "abcdefghijklmnopqrstuvwxyz0123456789_-";
    !label.is_empty() && label.chars().all(|letter| allowed.contains(letter))
}

/// The `*` stands for one or more characters.
fn matches_label(pattern: &str, label: &str) -> bool {
    let parts: Vec<&str> = pattern.split('*').collect();
    let middle = label
        .strip_prefix(parts[0])
        .and_then(|rest| rest.strip_suffix(parts[1]));
    middle.is_some_and(is_label)
}

/// `scheme://host[:port]`
struct Parts {
    scheme: String,
    host: String,
    port: Option<String>,
}

impl Parts {
    fn of(text: &str) -> Option<Self> {
        let (scheme, authority) = text.split_once("://")?;
        // The last colon of `[::1]` is not one before a port.
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.contains(']') => (host, Some(port.to_owned())),
            _ => (authority, None),
        };
        Some(Self {
            scheme: scheme.to_owned(),
            host: host.to_owned(),
            port,
        })
    }

    /// No port, or one as browsers write it: not the scheme's default, no zero in front.
    fn has_canonical_port(&self) -> bool {
        let Some(port) = &self.port else {
            return true;
        };
        let is_default = matches!(
            (self.scheme.as_str(), port.as_str()),
            ("http" | "ws", "80") | ("https" | "wss", "443") | ("ftp", "21")
        );
        let is_written_so = |number: u16| number > 0 && number.to_string() == *port;
        !is_default && port.parse().is_ok_and(is_written_so)
    }
}

fn allows_method(policy: &PolicyFile, method: &str) -> bool {
    let is_forbidden = ["CONNECT", "TRACE", "TRACK"].contains(&method.to_uppercase().as_str());
    let any = holds_any(&policy.methods) && method.len() <= 64 && !is_forbidden;
    let listed = policy.methods.iter().any(|listed| listed == method);
    ["GET", "HEAD", "POST"].contains(&method) || listed || any
}

fn allows_headers(policy: &PolicyFile, names: &BTreeSet<String>) -> bool {
    let any = holds_any(&policy.request_headers);
    let allowed = |name: &String| {
        let mut listed = policy.request_headers.iter();
        listed.any(|listed| listed.eq_ignore_ascii_case(name)) || (any && name != "authorization")
    };
    names.iter().all(allowed) && (!any || is_echoed(names))
}

/// A browser sends one line, without empty elements, and no name twice: of the limits on the
/// number of bytes it can only reach the one on what is echoed, 4096 with one byte for the line.
/// A list allows more bytes than all of its names together have.
fn is_echoed(names: &BTreeSet<String>) -> bool {
    let names: Vec<String> = names.iter().cloned().collect();
    names.join(",").len() < 4096
}

fn holds_any(list: &[String]) -> bool {
    list.iter().any(|entry| entry == "*")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(entries: &str) -> Vec<String> {
        entries.split_whitespace().map(str::to_owned).collect()
    }

    fn policy(origins: &str) -> PolicyFile {
        PolicyFile {
            origins: list(origins),
            ..PolicyFile::default()
        }
    }

    #[test]
    fn origins() {
        const LIST: &str = "https://a.test https://b.test:8443 tauri://localhost";
        const SUBDOMAINS: &str = "https://*.a.test";
        const PORT: &str = "https://*.a.test:8443";
        const PORTS: &str = "http://localhost:*";
        const BOTH: &str = "https://*.a.test:*";
        for (origins, origin, expected) in [
            ("*", "https://a.test", true),
            ("*", "null", true),
            ("* *", "https://a.test", true),
            ("*", "", true),
            ("*", "\u{e4}", true),
            ("", "https://a.test", false),
            (LIST, "https://a.test", true),
            (LIST, "https://b.test:8443", true),
            (LIST, "tauri://localhost", true),
            (LIST, "https://A.test", false),
            (LIST, "https://a.test/", false),
            (LIST, "https://a.test:443", false),
            (LIST, "http://a.test", false),
            (LIST, "https://x.a.test", false),
            (LIST, "https://a.test https://b.test:8443", false),
            (LIST, "a.test", false),
            (LIST, "", false),
            (LIST, "null", false),
            (SUBDOMAINS, "https://x.a.test", true),
            (SUBDOMAINS, "https://x-1._y.a.test", true),
            (SUBDOMAINS, "https://x.y.z.a.test", true),
            (SUBDOMAINS, "https://a.test", false),
            (SUBDOMAINS, "https://.a.test", false),
            (SUBDOMAINS, "https://x..a.test", false),
            (SUBDOMAINS, "https://xa.test", false),
            (SUBDOMAINS, "https://x.b.test", false),
            (SUBDOMAINS, "https://x.a.test.b.test", false),
            (SUBDOMAINS, "https://X.a.test", false),
            (SUBDOMAINS, "https://\u{e4}.a.test", false),
            (SUBDOMAINS, "https://x y.a.test", false),
            (SUBDOMAINS, "https://b.test/.a.test", false),
            (SUBDOMAINS, "https://*.a.test", false),
            (SUBDOMAINS, "http://x.a.test", false),
            (SUBDOMAINS, "https://x.a.test:8443", false),
            (SUBDOMAINS, "https://x.a.test:", false),
            (SUBDOMAINS, "x.a.test", false),
            (PORT, "https://x.a.test:8443", true),
            (PORT, "https://x.a.test:8444", false),
            (PORT, "https://x.a.test", false),
            (PORTS, "http://localhost", true),
            (PORTS, "http://localhost:1", true),
            (PORTS, "http://localhost:443", true),
            (PORTS, "http://localhost:65535", true),
            (PORTS, "http://localhost:65536", false),
            (PORTS, "http://localhost:0", false),
            (PORTS, "http://localhost:080", false),
            (PORTS, "http://localhost:+81", false),
            (PORTS, "http://localhost:80", false),
            (PORTS, "http://localhost:*", false),
            (PORTS, "http://localhost:", false),
            (PORTS, "http://localhost:1:2", false),
            (PORTS, "http://x.localhost:1", false),
            (PORTS, "https://localhost:1", false),
            (PORTS, "http://a.test:1", false),
            ("http://[::1]:*", "http://[::1]", true),
            ("http://[::1]:*", "http://[::1]:81", true),
            ("http://[::1]:*", "http://[::1]:80", false),
            ("http://[::1]:*", "http://[::2]", false),
            ("https://a.test:*", "https://a.test:443", false),
            ("https://a.test:*", "https://a.test:80", true),
            ("ws://a.test:*", "ws://a.test:80", false),
            ("wss://a.test:*", "wss://a.test:443", false),
            ("ftp://a.test:*", "ftp://a.test:21", false),
            ("tauri://a.test:*", "tauri://a.test:80", true),
            (BOTH, "https://x.a.test", true),
            (BOTH, "https://x.a.test:1", true),
            (BOTH, "https://x.a.test:443", false),
            (BOTH, "https://a.test:1", false),
        ] {
            let allowed = allows_origin(&policy(origins), origin.as_bytes());
            assert_eq!(allowed, expected, "{origins} {origin}");
        }
        assert!(!allows_origin(&policy(LIST), b"https://a.test\xff"));
    }

    #[test]
    fn long_hosts() {
        for (length, expected) in [(253, true), (254, false)] {
            let label = "a".repeat(length - ".a.test".len());
            let origin = format!("https://{label}.a.test");
            let allowed = allows_origin(&policy("https://*.a.test"), origin.as_bytes());
            assert_eq!(allowed, expected, "{length}");
        }
    }

    #[test]
    fn null_is_opted_in() {
        let mut policy = policy("https://a.test");
        policy.dangerously_allow_null_origin = true;
        for (origin, expected) in [("null", true), ("NULL", false), ("https://b.test", false)] {
            assert_eq!(allows_origin(&policy, origin.as_bytes()), expected);
        }
    }

    #[test]
    fn methods() {
        let long = |length: usize| "A".repeat(length);
        for (methods, method, expected) in [
            ("", "GET", true),
            ("", "HEAD", true),
            ("PUT", "POST", true),
            ("", "OPTIONS", false),
            ("", "get", false),
            ("PUT PATCH", "PATCH", true),
            ("PUT PATCH", "patch", false),
            ("PUT", "DELETE", false),
            ("*", "DELETE", true),
            ("* PUT", "DELETE", true),
            ("*", "connect", false),
            ("*", "Trace", false),
            ("*", "TRACK", false),
            ("*", &long(64), true),
            ("*", &long(65), false),
            (&long(65), &long(65), true),
        ] {
            let policy = PolicyFile {
                methods: list(methods),
                ..PolicyFile::default()
            };
            assert_eq!(
                allows_method(&policy, method),
                expected,
                "{methods} {method}"
            );
        }
    }

    #[test]
    fn headers() {
        let long = |length: usize| format!("{},{}", "a".repeat(4000), "b".repeat(length - 4001));
        for (listed, names, expected) in [
            ("", "", true),
            ("", "x-a", false),
            ("X-A x-b", "x-a,x-b", true),
            ("x-a", "x-a,x-b", false),
            ("*", "x-a,x-b", true),
            ("*", "authorization,x-a", false),
            ("* Authorization", "authorization,x-a", true),
            ("authorization", "authorization", true),
            ("authorization", "x-a", false),
            ("*", &long(4095), true),
            ("*", &long(4096), false),
            (&long(4096).replace(',', " "), &long(4096), true),
        ] {
            let policy = PolicyFile {
                request_headers: list(listed),
                ..PolicyFile::default()
            };
            let names = names.split(',').filter(|name| !name.is_empty());
            let names = names.map(str::to_owned).collect();
            assert_eq!(
                allows_headers(&policy, &names),
                expected,
                "{listed:.80} {names:?}"
            );
        }
    }

    /// Rows: origins, credentials, methods, request headers; page, credentials, method, header.
    #[test]
    fn fetches() {
        use Credentials::{Include, Omit};
        const A: &str = "https://a.test";
        for (policy, (page, credentials, method, header), expected) in [
            ((A, false, "", ""), (A, Omit, "GET", ""), true),
            ((A, false, "", ""), (A, Include, "GET", ""), false),
            ((A, true, "", ""), (A, Include, "GET", ""), true),
            ((A, true, "", ""), (A, Omit, "GET", ""), true),
            ((A, true, "", ""), ("null", Omit, "GET", ""), false),
            (("*", false, "", ""), ("null", Omit, "GET", ""), true),
            (("*", false, "", ""), (A, Include, "GET", ""), false),
            (("*", true, "", ""), (A, Include, "GET", ""), false),
            ((A, false, "", ""), (A, Omit, "put", ""), false),
            ((A, false, "PUT", ""), (A, Omit, "put", ""), true),
            (
                (A, false, "PUT", ""),
                ("https://b.test", Omit, "put", ""),
                false,
            ),
            ((A, false, "PATCH", ""), (A, Omit, "patch", ""), false),
            ((A, false, "*", ""), (A, Omit, "patch", ""), true),
            ((A, false, "*", "*"), (A, Omit, "A B", ""), false),
            ((A, false, "*", "*"), (A, Omit, "GET", "x a"), false),
            ((A, false, "", ""), (A, Omit, "GET", "X-A"), false),
            ((A, false, "", "x-a"), (A, Omit, "GET", "X-A"), true),
            ((A, false, "", "x-a"), (A, Omit, "PUT", "X-A"), false),
            ((A, false, "", ""), (A, Omit, "GET", "Accept"), true),
            ((A, false, "", ""), (A, Omit, "GET", "Cookie"), true),
            (
                (A, false, "", "*"),
                (A, Omit, "GET", "Authorization"),
                false,
            ),
        ] {
            let (origins, allow_credentials, methods, request_headers) = policy;
            let policy = PolicyFile {
                origins: list(origins),
                credentials: allow_credentials,
                methods: list(methods),
                request_headers: list(request_headers),
                ..PolicyFile::default()
            };
            let mut fetch = Fetch {
                method: method.to_owned(),
                credentials,
                ..Fetch::get(page)
            };
            if !header.is_empty() {
                fetch.headers.push((header.to_owned(), b"1".to_vec()));
            }
            assert_eq!(allows(&policy, &fetch), expected, "{policy:?} {fetch:?}");
        }
    }

    #[test]
    fn an_upload_listener_needs_nothing_listed() {
        let mut fetch = Fetch::get("https://a.test");
        fetch.method = "POST".to_owned();
        fetch.upload_listener = true;
        assert!(allows(&policy("https://a.test"), &fetch));
        assert!(!allows(&policy("https://b.test"), &fetch));
    }
}
