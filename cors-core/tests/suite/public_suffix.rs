//! Domains under which everybody can have one, and what credentials make of them.

use cors_core::{Policy, PolicyErrorKind, Settings};

/// Patterns that give credentials to strangers, by whether a single label tells or only the
/// [list](https://publicsuffix.org).
const SINGLE: [&str; 6] = [
    "https://pr-*.com",
    "https://*a.com:*",
    "https://*.com",
    "https://*.com.",
    "https://*.github:*",
    "https://*.xn--p1ai:8443",
];
const LISTED: [&str; 18] = [
    "https://myapp-*-team.vercel.app",
    "https://pr-*.github.io:*",
    "https://*--site.netlify.app",
    "https://*.github.io",
    "https://*.github.io.",
    "https://*.github.io:8443",
    "https://*.github.io:*",
    "https://*.co.uk",
    "https://*.s3.amazonaws.com",
    "https://*.vercel.app",
    "https://*.pages.dev",
    "https://*.herokuapp.com",
    "ftp://*.netlify.app",
    // Rules for all below a label.
    "https://*.anything.ck",
    "https://*.kawasaki.jp",
    "https://*.x.kawasaki.jp",
    // Listed in Chinese, sent in Punycode.
    "https://*.xn--55qx5d.cn",
    "https://*.xn--od0alg.cn",
];
const OWN: [&str; 15] = [
    "https://pr-*.me.github.io",
    "https://*.example.com",
    "https://*.me.github.io",
    "https://*.github.com",
    "https://*.notgithub.io",
    "https://*.example.co.uk",
    "https://*.app.vercel.app",
    // Excepted from the rules above.
    "https://*.www.ck",
    "https://*.city.kawasaki.jp",
    // In no list: an intranet.
    "https://*.wiki.intranet",
    "https://*.localhost",
    "http://*.localhost:*",
    "https://*.x.localhost",
    // No wildcard, nobody else.
    "https://github.io",
    "https://co.uk:*",
];

fn kinds(settings: Settings<String>) -> Vec<PolicyErrorKind> {
    match settings.build::<Vec<u32>>() {
        Ok(_) => Vec::new(),
        Err(errors) => errors.iter().map(|error| error.kind()).collect(),
    }
}

fn settings(origin: &str) -> Settings<String> {
    Settings::new().origins([origin])
}

#[test]
fn strangers_have_no_credentials() {
    for origin in SINGLE {
        let kinds = kinds(settings(origin).credentials(true));
        assert_eq!(kinds, [PolicyErrorKind::PublicSuffix], "{origin}");
    }
    for origin in OWN {
        let kinds = kinds(settings(origin).credentials(true));
        assert_eq!(kinds, [], "{origin}");
    }
    for origin in LISTED {
        let kinds = kinds(settings(origin).credentials(true));
        let expected: &[_] = match cfg!(feature = "public-suffix") {
            true => &[PolicyErrorKind::PublicSuffix],
            false => &[],
        };
        assert_eq!(kinds, expected, "{origin}");
    }
}

#[test]
fn without_credentials_or_by_name_they_may_be_listed() {
    for origin in SINGLE.into_iter().chain(LISTED).chain(OWN) {
        let settings = settings(origin);
        assert_eq!(kinds(settings.clone()), [], "{origin}");
        let allowed = settings
            .credentials(true)
            .dangerously_allow_public_suffixes(true);
        assert_eq!(kinds(allowed), [], "{origin}");
    }
}

/// One danger does not hide behind another that is allowed.
#[test]
fn insecure_and_public() {
    let insecure = settings("http://*.github.io").credentials(true);
    assert_eq!(kinds(insecure.clone()), [PolicyErrorKind::InsecureOrigin]);
    let public = insecure.clone().dangerously_allow_public_suffixes(true);
    assert_eq!(kinds(public.clone()), [PolicyErrorKind::InsecureOrigin]);
    let both = public.dangerously_allow_insecure_origins(true);
    assert_eq!(kinds(both), []);
    let allowed = kinds(insecure.dangerously_allow_insecure_origins(true));
    let expected: &[_] = match cfg!(feature = "public-suffix") {
        true => &[PolicyErrorKind::PublicSuffix],
        false => &[],
    };
    assert_eq!(allowed, expected);
}

#[cfg(feature = "public-suffix")]
#[test]
fn the_error_says_which_and_what_to_do() {
    let errors = Settings::<String>::new()
        .origins(["https://me.github.io", "https://*.github.io"])
        .credentials(true)
        .build::<Vec<u32>>()
        .unwrap_err();
    assert_eq!(
        errors.to_string(),
        "CORS-E22: origins: \"https://*.github.io\" gives credentials to \
         subdomains that anyone can register; list your own domain, or accept the risk: \
         set dangerously_allow_public_suffixes to true",
    );
    let entries: Vec<_> = errors.iter().map(|error| error.entry()).collect();
    assert_eq!(entries, [1]);
}

/// A literal is judged as a file is.
#[test]
fn literals_are_judged_by_the_same_list() {
    for origin in SINGLE {
        assert!(Policy::try_credentialed(origin).is_err(), "{origin}");
    }
    for origin in OWN {
        assert!(Policy::try_credentialed(origin).is_ok(), "{origin}");
    }
    for origin in LISTED {
        let kind = Policy::try_credentialed(origin).map_err(|error| error.kind());
        let is_right = match cfg!(feature = "public-suffix") {
            true => kind == Err(PolicyErrorKind::PublicSuffix),
            false => kind.is_ok(),
        };
        assert!(is_right, "{origin}");
        let by_name = Policy::dangerously_allow_public_suffixes().try_credentialed(origin);
        assert!(by_name.is_ok(), "{origin}");
        let mixed = Policy::public().try_and_credentialed(origin);
        assert_eq!(mixed.map_err(|error| error.kind()).err(), kind.err());
    }
}
