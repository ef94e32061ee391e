//! Patterns of origins as a careful user writes them for libraries that have none: a predicate, or
//! a regular expression.

/// The origin is one that the pattern stands for.
pub(super) fn matches(pattern: &str, origin: &[u8]) -> bool {
    let (Ok(origin), Some((scheme, rest))) = (str::from_utf8(origin), pattern.split_once("://"))
    else {
        return false;
    };
    let rest_of_origin = origin
        .strip_prefix(scheme)
        .and_then(|origin| origin.strip_prefix("://"));
    let Some(mut origin) = rest_of_origin else {
        return false;
    };
    let mut host = rest;
    if let Some(without_port) = rest.strip_suffix(":*") {
        host = without_port;
        if let Some((before, port)) = origin.rsplit_once(':')
            && is_port(scheme, port)
        {
            origin = before;
        }
    }
    match host.split_once('*') {
        None => origin == host,
        Some(("", "")) => is_any_host(origin),
        Some(("", base)) if base.starts_with('.') => {
            origin.strip_suffix(base).is_some_and(is_labels)
        }
        Some((before, behind)) => {
            let rest = origin.strip_prefix(before);
            let part = rest.and_then(|rest| rest.strip_suffix(behind));
            part.is_some_and(|part| !part.contains('.') && is_labels(part))
        }
    }
}

/// The host of an extension, which has neither a port nor a path.
fn is_any_host(text: &str) -> bool {
    let is_of_host = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    !text.is_empty() && text.bytes().all(is_of_host)
}

/// A port as browsers write it, and not the default one, which they leave out.
fn is_port(scheme: &str, port: &str) -> bool {
    let default = match scheme {
        "https" => 443,
        _ => 80,
    };
    port.parse::<u16>()
        .is_ok_and(|number| number != 0 && number != default && number.to_string() == port)
}

fn is_labels(text: &str) -> bool {
    let is_of_label = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_');
    text.split('.')
        .all(|label| !label.is_empty() && label.bytes().all(is_of_label))
}

/// The same as a regular expression, anchored; for a library that parses the origin first, so that
/// its port is one.
pub(super) fn regex(pattern: &str) -> String {
    let text = pattern
        .replace('.', r"\.")
        .replace('[', r"\[")
        .replace(']', r"\]")
        .replace(r"://*\.", r"://([a-z0-9_-]+\.)+");
    let (text, port) = match text.strip_suffix(":*") {
        Some(text) => (text, "(:[1-9][0-9]{0,4})?"),
        None => (&*text, ""),
    };
    let text = match text.strip_suffix("://*") {
        Some(scheme) => format!("{scheme}://[A-Za-z0-9._-]+"),
        None => text.replace('*', "[a-z0-9_-]+"),
    };
    format!("^{text}{port}$")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn predicates() {
        for (pattern, origin, expected) in [
            ("https://*.a.test", "https://x.a.test", true),
            ("https://*.a.test", "https://y.x-1_.a.test", true),
            ("https://*.a.test", "https://a.test", false),
            ("https://*.a.test", "https://.a.test", false),
            ("https://*.a.test", "https://evila.test", false),
            ("https://*.a.test", "https://x.a.test:8443", false),
            ("https://*.a.test", "https://evil.test/.a.test", false),
            ("https://*.a.test", "http://x.a.test", false),
            ("https://*.a.test", "https://X.a.test", false),
            ("https://*.a.test:*", "https://x.a.test", true),
            ("https://*.a.test:*", "https://x.a.test:8443", true),
            ("https://*.a.test:*", "https://x.a.test:443", false),
            ("https://*.a.test:*", "https://x.a.test:1:2", false),
            ("https://pr-*.a.test", "https://pr-1_x.a.test", true),
            ("https://pr-*.a.test", "https://pr-.a.test", false),
            ("https://pr-*.a.test", "https://pr-1.2.a.test", false),
            ("https://pr-*.a.test", "https://pr-X.a.test", false),
            ("https://*--s.a.test:*", "https://x--s.a.test:8443", true),
            ("https://*--s.a.test", "https://--s.a.test", false),
            ("https://a-*-b.test", "https://a-b.test", false),
            ("moz-extension://*", "moz-extension://2f0d8e6a-1", true),
            ("moz-extension://*", "moz-extension://", false),
            ("moz-extension://*", "moz-extension://a:1", false),
            ("http://localhost:*", "http://localhost", true),
            ("http://localhost:*", "http://localhost:5173", true),
            ("http://localhost:*", "http://localhost:80", false),
            ("http://localhost:*", "http://localhost:0", false),
            ("http://localhost:*", "http://localhost:05173", false),
            ("http://localhost:*", "http://localhost:+80", false),
            ("http://localhost:*", "http://localhost:65536", false),
            ("http://localhost:*", "http://localhost:", false),
            ("http://[::1]:*", "http://[::1]", true),
            ("http://[::1]:*", "http://[::1]:3000", true),
            ("http://[::1]:*", "http://[::1", false),
        ] {
            assert_eq!(
                matches(pattern, origin.as_bytes()),
                expected,
                "{pattern} {origin}"
            );
        }
        assert!(!matches("https://*.a.test", b"https://\xff.a.test"));
    }

    #[test]
    fn regular_expressions() {
        for (pattern, expected) in [
            ("https://*.a.test", r"^https://([a-z0-9_-]+\.)+a\.test$"),
            (
                "http://localhost:*",
                r"^http://localhost(:[1-9][0-9]{0,4})?$",
            ),
            ("http://[::1]:*", r"^http://\[::1\](:[1-9][0-9]{0,4})?$"),
            ("app://-", "^app://-$"),
            ("https://pr-*.a.test", r"^https://pr-[a-z0-9_-]+\.a\.test$"),
            (
                "https://*--s.a.test:*",
                r"^https://[a-z0-9_-]+--s\.a\.test(:[1-9][0-9]{0,4})?$",
            ),
            ("moz-extension://*", "^moz-extension://[A-Za-z0-9._-]+$"),
        ] {
            assert_eq!(regex(pattern), expected);
        }
    }
}
