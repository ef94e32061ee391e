//! Origins of attackers, similar to one that is trusted: those of the suite.

use std::collections::BTreeSet;

use conformance_tests::{Case, cases, wire};
use serde::Serialize;
use url::{Host, Url};

/// More are never sent. With the trusted origin, before and in between, there are at most 150
/// requests.
pub(super) const MOST: usize = 110;

/// The class of the suite's origin that is similar to none.
pub(super) const ANY: &str = "any origin";

/// The class of `null`.
pub(super) const NULL: &str = "null origin";

/// An origin that is not trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hostile {
    pub(super) origin: String,
    /// What a server does wrong that lets it in.
    pub(super) class: String,
    pub(super) reach: Reach,
}

/// Who can send it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Reach {
    /// Every page, or whoever registers the name.
    Anybody,
    /// Whoever is in the network between, because the page does not come over TLS.
    Network,
    /// Pages of the same site: of its other hosts and ports.
    Related,
    /// No browser.
    Nobody,
}

/// An origin taken apart.
struct Parts<'a> {
    scheme: &'a str,
    host: &'a str,
    port: Option<&'a str>,
}

impl<'a> Parts<'a> {
    fn new(origin: &'a str) -> Option<Self> {
        let (scheme, rest) = origin.split_once("://")?;
        let rest = rest.strip_prefix("*.").unwrap_or(rest);
        // An IPv6 address has colons, too.
        let (host, port) = match rest.rsplit_once(':') {
            Some((host, port)) if !port.contains(']') => (host, Some(port)),
            _ => (rest, None),
        };
        Some(Self { scheme, host, port })
    }
}

/// The hostile origins, each once: any, `null`, and those that are similar to the trusted one or, as
/// servers often trust all of a site, to the site's.
pub(super) fn origins(trusted: &str) -> Vec<Hostile> {
    let cases = cases();
    let similar = |to: &str| -> Vec<_> {
        let cases = cases.iter();
        cases.filter_map(|case| adapt(case, to, trusted)).collect()
    };
    let mut origins = similar(trusted);
    if let Some(site) = site_origin(trusted) {
        let of_site = similar(&site).into_iter();
        origins.extend(of_site.filter(|hostile| hostile.reach == Reach::Anybody));
    }
    let mut seen = BTreeSet::from([trusted.to_owned()]);
    origins.retain(|hostile| seen.insert(hostile.origin.clone()));
    // These tell what to make of the others.
    origins.sort_by_key(|hostile| match hostile.class.as_str() {
        ANY => 0,
        NULL => 1,
        _ => 2,
    });
    origins.truncate(MOST);
    origins
}

/// The origin of the site that the trusted one is a part of.
fn site_origin(trusted: &str) -> Option<String> {
    let Parts { scheme, host, port } = Parts::new(trusted)?;
    let site = psl::domain_str(host).filter(|site| *site != host)?;
    let port = port.map(|port| format!(":{port}")).unwrap_or_default();
    is_name(trusted).then(|| format!("{scheme}://{site}{port}"))
}

fn is_name(origin: &str) -> bool {
    Url::parse(origin).is_ok_and(|url| matches!(url.host(), Some(Host::Domain(_))))
}

/// The origin of a vector ("O" and a number) that must not be allowed, made similar to another.
fn adapt(case: &Case, to: &str, trusted: &str) -> Option<Hostile> {
    let (id, class) = case.name.split_once(' ')?;
    let is_vector = id
        .strip_prefix('O')?
        .bytes()
        .all(|byte| byte.is_ascii_digit());
    let is_allowed = |line: &conformance_tests::Line| line.name == "access-control-allow-origin";
    if !is_vector || case.want.lines.iter().any(is_allowed) || wire::carries(&case.request).is_err()
    {
        return None;
    }
    let text = str::from_utf8(case.request.values("origin").next()?).ok()?;
    let origin = match class {
        ANY | NULL => text.to_owned(),
        _ => similar(text, &Parts::new(case.policy.origins.first()?)?, to)?,
    };
    let class = class.split(": ").next().unwrap_or(class);
    Some(Hostile {
        class: class.to_owned(),
        reach: reach(&origin, trusted),
        origin,
    })
}

/// The origin that is to the trusted one what `text` is to the listed one.
fn similar(text: &str, listed: &Parts<'_>, trusted: &str) -> Option<String> {
    let new = Parts::new(trusted)?;
    let (scheme, rest) = match text.find(|one: char| !one.is_ascii_alphanumeric()) {
        Some(end) if !text.starts_with(listed.host) => text.split_at(end),
        _ => ("", text),
    };
    let scheme = match scheme {
        same if same == listed.scheme => new.scheme,
        "http" | "https" if new.scheme == "https" => "http",
        "http" | "https" => "https",
        other => other,
    };
    // "*" stands for the port that the vectors use.
    let port = match listed.port {
        Some("*") => Some("3000"),
        port => port,
    };
    let rest = match (port, new.port) {
        (Some(old), Some(new)) => rest.replace(old, new),
        (Some(old), None) => {
            let port = format!(":{old}");
            let (before, behind) = rest.split_once(&port).unwrap_or((rest, ""));
            let is_longer = behind.starts_with(|one: char| one.is_ascii_digit());
            (!is_longer).then(|| [before, behind].concat())?
        }
        (None, _) => rest.to_owned(),
    };
    let origin = scheme.to_owned() + &with_host(&rest, listed.host, new.host)?;
    // An attacker serves his page from the port that the server looks for.
    match (Url::parse(&origin), new.port) {
        (Ok(url), Some(port)) if is_sent(&origin) && url.port().is_none() => {
            Some(format!("{origin}:{port}"))
        }
        _ => Some(origin),
    }
}

/// The text with another host, or nothing if it has to do with no host.
fn with_host(text: &str, old: &str, new: &str) -> Option<String> {
    if text.contains(old) {
        return Some(text.replace(old, new));
    }
    if let Some(at) = text.to_ascii_lowercase().find(old) {
        let behind = text.get(at + old.len()..)?;
        return Some(text[..at].to_owned() + &new.to_ascii_uppercase() + behind);
    }
    // The dot is something else.
    let dots = [
        (old.split_once('.'), new.split_once('.')),
        (old.rsplit_once('.'), new.rsplit_once('.')),
    ];
    for (old, new) in dots {
        let (Some((old_start, old_end)), Some((new_start, new_end))) = (old, new) else {
            continue;
        };
        if let Some((before, behind)) = text.split_once(old_start)
            && let Some((dot, behind)) = behind.split_once(old_end)
        {
            return Some([before, new_start, dot, new_end, behind].concat());
        }
    }
    // It is cut at an end.
    let (short, new_short) = (
        old.get(..old.len() - 1)?,
        new.get(..new.len().checked_sub(1)?)?,
    );
    if text.contains(short) {
        return Some(text.replace(short, new_short));
    }
    let (short, new_short) = (old.get(1..)?, new.get(1..)?);
    text.contains(short).then(|| text.replace(short, new_short))
}

/// A browser sends this origin for some page.
pub(super) fn is_sent(origin: &str) -> bool {
    let is_http = origin.starts_with("http://") || origin.starts_with("https://");
    let is_serialized = |url: Url| url.origin().ascii_serialization() == origin;
    origin == "null" || is_http && Url::parse(origin).is_ok_and(is_serialized)
}

fn reach(origin: &str, trusted: &str) -> Reach {
    if origin == "null" {
        return Reach::Anybody;
    }
    if !is_sent(origin) {
        return Reach::Nobody;
    }
    let (Some(one), Some(own)) = (Parts::new(origin), Parts::new(trusted)) else {
        return Reach::Nobody;
    };
    // The same host, written absolutely, is the same.
    let (host, own_host) = (one.host.trim_end_matches('.'), own.host);
    let is_within = host == own_host || host.ends_with(&format!(".{own_host}"));
    let site = |host| psl::domain_str(host).filter(|_| is_name(trusted));
    let is_of_site = site(host).is_some() && site(host) == site(own_host);
    match is_within || is_of_site {
        true if (one.scheme, own.scheme) == ("http", "https") => Reach::Network,
        true => Reach::Related,
        false => Reach::Anybody,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(trusted: &str) -> Vec<Hostile> {
        let all = origins(trusted);
        assert!(
            all.len() < MOST,
            "{} for {trusted}: some may be cut off",
            all.len()
        );
        assert!(all.len() > 60, "{} for {trusted}", all.len());
        assert_eq!(
            (&*all[0].origin, &*all[1].origin),
            ("https://evil.com", "null")
        );
        all
    }

    /// Rows: of which trusted origin, the hostile one, its class, and who can send it.
    #[test]
    fn hostile_origins_are_similar_to_the_trusted_one() {
        use Reach::{Anybody, Network, Nobody, Related};
        let (name, local, address) = (
            "https://app.a.io",
            "http://localhost:3000",
            "http://[::1]:5",
        );
        for (trusted, origin, class, reach) in [
            (name, "https://evil.com", "any origin", Anybody),
            (name, "null", "null origin", Anybody),
            (name, "https://app.a.io.evil.com", "prefix match", Anybody),
            (name, "https://app.a.iomunity", "prefix match", Anybody),
            (name, "https://evilapp.a.io", "suffix match", Related),
            (name, "https://evila.io", "suffix match", Anybody),
            (name, "https://a.iomunity", "prefix match", Anybody),
            (name, "https://evil.com.app.a.io", "suffix match", Related),
            (name, "https://app.a.i", "substring/include match", Anybody),
            (name, "https://pp.a.io", "radix tree bug", Related),
            (
                "https://me.github.io",
                "https://evilme.github.io",
                "suffix match",
                Anybody,
            ),
            (name, "https://appxa.io", "unescaped dot", Anybody),
            (name, "http://app.a.io", "scheme confusion", Network),
            (name, "ws://app.a.io", "scheme confusion", Nobody),
            (name, "https://APP.A.IO", "case", Nobody),
            (name, "https://app.a.io:8443", "port", Related),
            (name, "https://app.a.io.", "trailing dot", Related),
            (name, "https://app.a.io/", "not an origin", Nobody),
            (
                name,
                "https://app.a.io:evil.com",
                "port wildcard bypass",
                Nobody,
            ),
            (
                name,
                "https://app.a.io@evil.com",
                "port wildcard bypass",
                Nobody,
            ),
            (
                name,
                "https://app.a.io-.evil.com",
                "special character",
                Anybody,
            ),
            (
                name,
                "https://app.a.io, https://evil.com",
                "origin list",
                Nobody,
            ),
            (
                local,
                "http://localhost.evil.com:3000",
                "prefix match",
                Anybody,
            ),
            (local, "http://evillocalhost:3000", "suffix match", Anybody),
            (
                local,
                "http://evil.localhost:3000",
                "implicit subdomain",
                Related,
            ),
            (local, "https://localhost:3000", "scheme confusion", Related),
            (local, "http://localhost:30000", "port", Related),
            (local, "http://localhost:3000.evil.com", "port", Nobody),
            (
                local,
                "http://localhost:3000@evil.com",
                "port wildcard bypass",
                Nobody,
            ),
            (address, "http://[::1]:50", "port", Related),
            (address, "https://[::1]:5", "scheme confusion", Related),
            (address, "http://[::1].evil.com", "prefix match", Nobody),
        ] {
            let hostile = all(trusted).into_iter().find(|one| one.origin == origin);
            let expected = Hostile {
                origin: origin.to_owned(),
                class: class.to_owned(),
                reach,
            };
            assert_eq!(hostile, Some(expected), "{trusted}");
        }
    }

    #[test]
    fn the_trusted_one_is_not_hostile_and_each_stands_once() {
        for trusted in [
            "https://app.a.io",
            "https://x",
            "http://127.0.0.1:8080",
            "https://evil.com",
        ] {
            let mut origins: Vec<_> = origins(trusted).into_iter().map(|one| one.origin).collect();
            assert!(!origins.iter().any(|origin| origin == trusted), "{trusted}");
            origins.sort();
            let count = origins.len();
            origins.dedup();
            assert_eq!(origins.len(), count, "{trusted}");
            // Nothing of the vectors' own names is left.
            let foreign = origins
                .iter()
                .find(|one| one.contains("example") || one.contains("foo.com"));
            assert_eq!(foreign, None, "{trusted}");
        }
    }
}
