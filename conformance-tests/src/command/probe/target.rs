//! Where is asked, and as a page of which origin.

use std::net::IpAddr;

use conformance_tests::PolicyFile;
use cors_core::{Origin, WarningKind};
use url::{Host, ParseError, Url};

/// A URL that a script can fetch.
pub(super) fn url(text: &str) -> Result<Url, String> {
    if text.trim().is_empty() {
        return Err("URL is empty: write one like \"http://localhost:3000/\"".to_owned());
    }
    let mut url = Url::parse(text).map_err(|error| match error {
        ParseError::RelativeUrlWithoutBase => no_scheme(text),
        error => format!("\"{text}\" is not a URL: {error}"),
    })?;
    match url.scheme() {
        "http" | "https" => {}
        "ws" | "wss" => {
            return Err(format!(
                "\"{text}\" is for a WebSocket, to which CORS does not apply: \
                 the server itself must look at Origin; write http:// or https://"
            ));
        }
        // "localhost:3000" has the scheme "localhost".
        _ if url.cannot_be_a_base() => return Err(no_scheme(text)),
        scheme => {
            return Err(format!(
                "\"{text}\" has the scheme {scheme}; write http:// or https://"
            ));
        }
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(format!(
            "scripts cannot fetch a URL with a user name; for {}, write --header \
             \"authorization: Basic …\"",
            url.host_str().unwrap_or_default()
        ));
    }
    if is_refused_port(&url) {
        return Err(format!(
            "browsers do not connect to port {}, a bad port in the Fetch standard; use another \
             port",
            url.port().unwrap_or_default()
        ));
    }
    url.set_fragment(None);
    Ok(url)
}

fn no_scheme(text: &str) -> String {
    match text.starts_with('/') {
        true => {
            format!("\"{text}\" is not a URL: write \"http://localhost:3000{text}\" or the like")
        }
        false => {
            format!("\"{text}\" is not a URL: write \"http://{text}\" or \"https://{text}\"")
        }
    }
}

/// The origin of a page, exactly as a browser sends it.
pub(in crate::command) fn page(text: &str) -> Result<String, String> {
    if text == "null" || Origin::parse(text).is_ok() {
        return Ok(text.to_owned());
    }
    let policy = PolicyFile {
        origins: vec![text.to_owned()],
        ..PolicyFile::default()
    };
    let Err(errors) = policy.to_core() else {
        return Err(format!(
            "--origin \"{text}\" is a pattern, but a page has one origin; write one that matches \
             the pattern"
        ));
    };
    // "code: setting: what is wrong; what would be right"
    let message = errors.to_string();
    let message = message.splitn(3, ": ").nth(2).unwrap_or(&message);
    Err(format!("--origin {message}"))
}

/// CORS is for other origins than the server's own.
pub(super) fn is_other(page: &str, url: &Url) -> Result<(), String> {
    match url.origin().ascii_serialization() == page {
        true => Err(format!(
            "\"{page}\" is the server's own origin, and its pages can read every response; CORS \
             is for pages on other origins"
        )),
        false => Ok(()),
    }
}

/// The port is a [bad port](https://fetch.spec.whatwg.org/#bad-port).
pub(in crate::command) fn is_refused_port(url: &Url) -> bool {
    let policy = PolicyFile {
        origins: vec![url.origin().ascii_serialization()],
        ..PolicyFile::default()
    };
    policy.to_core().is_ok_and(|policy| {
        let policy = policy.as_policy();
        policy
            .warnings()
            .any(|warning| matches!(warning.kind(), WarningKind::BadPort))
    })
}

/// The URL is [potentially trustworthy](https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy):
/// pages over https may ask it, and it is sent `Sec-Fetch-*`.
pub(in crate::command) fn is_trustworthy(url: &Url) -> bool {
    url.scheme() == "https"
        || match url.host() {
            Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
            Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
            Some(Host::Domain(name)) => is_localhost(name),
            None => false,
        }
}

/// The name is [one for this machine](https://www.rfc-editor.org/rfc/rfc6761#section-6.3).
pub(super) fn is_localhost(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    name == "localhost" || name.ends_with(".localhost")
}

/// What [`Sec-Fetch-Site`](https://w3c.github.io/webappsec-fetch-metadata/#sec-fetch-site-header)
/// tells of a page that asks this URL.
pub(in crate::command) fn site(page: &str, url: &Url) -> &'static str {
    // `null` is no URL, and what only attackers write is no page's origin.
    let parsed = Url::parse(page).ok();
    let Some(page) = parsed.filter(|one| one.origin().ascii_serialization() == page) else {
        return "cross-site";
    };
    // https://html.spec.whatwg.org/multipage/browsers.html#same-site
    let domain = registrable_domain(url);
    let is_same_domain = domain.is_some() && domain == registrable_domain(&page);
    let is_same_site =
        page.scheme() == url.scheme() && (is_same_domain || page.host() == url.host());
    match is_same_site {
        true if page.origin() == url.origin() => "same-origin",
        true => "same-site",
        false => "cross-site",
    }
}

fn registrable_domain(url: &Url) -> Option<&str> {
    match url.host()? {
        Host::Domain(name) => psl::domain_str(name),
        Host::Ipv4(_) | Host::Ipv6(_) => None,
    }
}
