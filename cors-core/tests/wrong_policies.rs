//! Wrong policies: what is said about them, and that it stops the build.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;

use cors_core::{
    HeaderNames, OriginPattern, Policy, PolicyError, PolicyErrorKind, PolicyErrors, Settings,
    WarningKind,
};

/// How a policy is made (`_` is the text), the text, what is wrong with it, what is said about it.
type Row = (&'static str, &'static str, PolicyErrorKind, &'static str);

const ANONYMOUS: &str = "Policy::anonymous(_)";
const CREDENTIALED: &str = "Policy::credentialed(_)";
const METHODS: &str = "Policy::public().methods(_)";
const REQUEST_HEADERS: &str = "Policy::public().request_headers(_)";
const EXPOSE_HEADERS: &str = "Policy::public().expose_headers(_)";
const MAX_AGE: &str = "Policy::public().max_age(86401)";
const EXPOSE_ALL: &str = "Policy::credentialed(_).expose_all()";
const ALLOW_NULL: &str = "Policy::credentialed(_).dangerously_allow_null_origin()";

const OWN: &str = "Policy::public().own_origins(_)";
const MIXED: &str = "Policy::public().and_credentialed(_)";
const NOT_PUBLIC: &str = "Policy::nobody().and_credentialed(_)";
const EXPOSE_ALL_MIXED: &str = "Policy::public().and_credentialed(_).expose_all()";
const STATUS: &str = "Policy::public().preflight_status(304)";

/// What a row is at run time.
fn error_of(call: &str, text: &'static str) -> PolicyError<'static> {
    let public = Policy::public();
    match call {
        ANONYMOUS => Policy::try_anonymous(text),
        CREDENTIALED => Policy::try_credentialed(text),
        METHODS => public.try_methods(text),
        REQUEST_HEADERS => public.try_request_headers(text),
        EXPOSE_HEADERS => public.try_expose_headers(text),
        MAX_AGE => public.try_max_age(86401),
        EXPOSE_ALL => Policy::credentialed(text).try_expose_all(),
        ALLOW_NULL => Policy::credentialed(text).try_dangerously_allow_null_origin(),
        OWN => public.try_own_origins(text),
        MIXED => public.try_and_credentialed(text),
        NOT_PUBLIC => Policy::nobody().try_and_credentialed(text),
        EXPOSE_ALL_MIXED => public.and_credentialed(text).try_expose_all(),
        STATUS => public.try_preflight_status(304),
        _ => panic!("{call} is not known here"),
    }
    .expect_err(text)
}

/// Rows that need the list of public suffixes.
const LISTED: usize = match cfg!(feature = "public-suffix") {
    true => 1,
    false => 0,
};

#[rustfmt::skip]
const ROWS: [Row; 85 + LISTED] = [
    (ANONYMOUS, " ", PolicyErrorKind::NoOrigin,
        "CORS-E01: origins: no origin is listed; list at least one, such as https://app.example.com"),
    (ANONYMOUS, "https://a.example *", PolicyErrorKind::WildcardOrigin,
        r#"CORS-E02: origins: "*" can't be listed; use Policy::public(), which allows any origin without credentials"#),
    (ANONYMOUS, "null", PolicyErrorKind::NullOrigin,
        r#"CORS-E03: origins: "null" is an origin that any page can send; list real origins, or accept the risk with dangerously_allow_null_origin"#),
    (ALLOW_NULL, "https://a.example", PolicyErrorKind::NullWithCredentials,
        "CORS-E04: origins: the origin null can't have credentials; any page can send null and could act as your user: allow null or credentials, not both"),
    (ANONYMOUS, "https://a.example b.example", PolicyErrorKind::MissingScheme,
        r#"CORS-E05: origins: "b.example" contains no "://"; an origin starts with a scheme, such as https://: write "https://b.example""#),
    (ANONYMOUS, "*.example.com", PolicyErrorKind::MissingScheme,
        r#"CORS-E05: origins: "*.example.com" contains no "://"; an origin starts with a scheme, such as https://: write "https://*.example.com""#),
    (ANONYMOUS, "https:/a.example", PolicyErrorKind::MissingScheme,
        r#"CORS-E05: origins: "https:/a.example" contains no "://"; an origin starts with a scheme, such as https://"#),
    (ANONYMOUS, "HTTPS://a.example", PolicyErrorKind::Scheme,
        r#"CORS-E06: origins: "HTTPS://a.example" has a scheme that browsers don't send; a scheme is 1 to 64 lower-case letters, digits, "+", "-" or ".": write "https://a.example""#),
    (ANONYMOUS, "*://a.example", PolicyErrorKind::Scheme,
        r#"CORS-E06: origins: "*://a.example" has a scheme that browsers don't send; a scheme is 1 to 64 lower-case letters, digits, "+", "-" or ".""#),
    (ANONYMOUS, "file:///index.html", PolicyErrorKind::FileScheme,
        r#"CORS-E07: origins: "file:///index.html" can't be allowed; most browsers send null for pages opened from a file: serve the page from http://localhost"#),
    (ANONYMOUS, "https://me:secret@a.example", PolicyErrorKind::Userinfo,
        r#"CORS-E08: origins: "https://me:secret@a.example" contains a user name or password; an origin has only a scheme, a host and a port"#),
    (ANONYMOUS, "https://a.example/", PolicyErrorKind::TrailingSlash,
        r#"CORS-E09: origins: "https://a.example/" ends with a slash; an origin has no path: write "https://a.example""#),
    (ANONYMOUS, "https://a.example:443/", PolicyErrorKind::TrailingSlash,
        r#"CORS-E09: origins: "https://a.example:443/" ends with a slash; an origin has no path"#),
    (ANONYMOUS, "https://a.example/app?x#y", PolicyErrorKind::Path,
        r#"CORS-E10: origins: "https://a.example/app?x#y" contains a path, query or fragment; an origin ends with its host or port: write "https://a.example""#),
    (ANONYMOUS, "https://a.example\\x", PolicyErrorKind::Path,
        r#"CORS-E10: origins: "https://a.example\x" contains a path, query or fragment; an origin ends with its host or port: write "https://a.example""#),
    (ANONYMOUS, "https://A.Example:8443", PolicyErrorKind::UpperCase,
        r#"CORS-E11: origins: "https://A.Example:8443" contains upper-case letters; browsers send hosts in lower case: write "https://a.example:8443""#),
    (ANONYMOUS, "https://bücher.example", PolicyErrorKind::NotAscii,
        r#"CORS-E12: origins: "https://bücher.example" contains characters outside ASCII; browsers send such a host in Punycode (xn--…)"#),
    (ANONYMOUS, "https://", PolicyErrorKind::Host,
        r#"CORS-E13: origins: "https://" has an invalid host; a host contains only lower-case letters, digits, ".", "-" and "_", or is an IP address"#),
    (ANONYMOUS, "https://^a.example$", PolicyErrorKind::Host,
        r#"CORS-E13: origins: "https://^a.example$" has an invalid host; a host contains only lower-case letters, digits, ".", "-" and "_", or is an IP address"#),
    (ANONYMOUS, "https://a\u{7f}.example", PolicyErrorKind::Host,
        r#"CORS-E13: origins: "https://a?.example" has an invalid host; a host contains only lower-case letters, digits, ".", "-" and "_", or is an IP address"#),
    (ANONYMOUS, "http://127.1", PolicyErrorKind::Ipv4,
        r#"CORS-E14: origins: "http://127.1" has a host that ends in a number but isn't an IPv4 address; write four decimal numbers up to 255 without leading zeros, such as 127.0.0.1"#),
    (ANONYMOUS, "http://[::ffff:127.0.0.1]", PolicyErrorKind::Ipv6,
        r#"CORS-E15: origins: "http://[::ffff:127.0.0.1]" has an IPv6 address that browsers spell differently; write its shortest form, in lower case and without dots, such as [::1] or [::ffff:7f00:1]"#),
    (ANONYMOUS, "https://a.example:08443", PolicyErrorKind::Port,
        r#"CORS-E16: origins: "https://a.example:08443" has an invalid port; a port is 1 to 65535 without leading zeros, or * for any"#),
    (ANONYMOUS, "https://a.example:443", PolicyErrorKind::DefaultPort,
        r#"CORS-E17: origins: "https://a.example:443" contains its scheme's default port; browsers leave it out: write "https://a.example""#),
    (ANONYMOUS, "https://a.*.example.com", PolicyErrorKind::WildcardPosition,
        r#"CORS-E18: origins: "https://a.*.example.com" has a * where none is allowed; a * can stand for subdomains (https://*.example.com), for part of the first label (https://pr-*.example.com) or for the port (http://localhost:*)"#),
    (ANONYMOUS, "https://pr-*", PolicyErrorKind::WildcardPosition,
        r#"CORS-E18: origins: "https://pr-*" has a * where none is allowed; a * can stand for subdomains (https://*.example.com), for part of the first label (https://pr-*.example.com) or for the port (http://localhost:*)"#),
    (ANONYMOUS, "http://*.127.0.0.1", PolicyErrorKind::WildcardIp,
        r#"CORS-E19: origins: "http://*.127.0.0.1" has a *. before an IP address; IP addresses have no subdomains: list the address itself"#),
    (ANONYMOUS, LONG, PolicyErrorKind::TooLong,
        r#"CORS-E20: origins: "https://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…" is too long for an origin; a host has at most 253 characters"#),
    (CREDENTIALED, "https://a.example/", PolicyErrorKind::TrailingSlash,
        r#"CORS-E09: origins: "https://a.example/" ends with a slash; an origin has no path: write "https://a.example""#),
    (CREDENTIALED, "http://localhost:3000 http://a.example", PolicyErrorKind::InsecureOrigin,
        r#"CORS-E21: origins: "http://a.example" would get credentials without encryption; use https, or accept the risk: Policy::dangerously_allow_insecure_origins().credentialed(…)"#),
    (CREDENTIALED, "https://*.com", PolicyErrorKind::PublicSuffix,
        r#"CORS-E22: origins: "https://*.com" gives credentials to subdomains that anyone can register; list your own domain, or accept the risk: Policy::dangerously_allow_public_suffixes().credentialed(…)"#),
    #[cfg(feature = "public-suffix")]
    (CREDENTIALED, "https://*.vercel.app", PolicyErrorKind::PublicSuffix,
        r#"CORS-E22: origins: "https://*.vercel.app" gives credentials to subdomains that anyone can register; list your own domain, or accept the risk: Policy::dangerously_allow_public_suffixes().credentialed(…)"#),
    (METHODS, "", PolicyErrorKind::EmptyEntry,
        "CORS-E44: methods: an entry is empty; remove it"),
    (METHODS, "PUT DELETE", PolicyErrorKind::NotAToken,
        r#"CORS-E24: methods: "PUT DELETE" contains white space; separate names with commas: write "PUT, DELETE""#),
    (METHODS, "PUT,, DELETE", PolicyErrorKind::EmptyEntry,
        "CORS-E44: methods: an entry is empty; remove it"),
    (REQUEST_HEADERS, "x-a, x-ä", PolicyErrorKind::NotAToken,
        r#"CORS-E24: request_headers: "x-ä" contains a character that isn't allowed in a name; use letters, digits and hyphens"#),
    (EXPOSE_HEADERS, "x-a,", PolicyErrorKind::EmptyEntry,
        "CORS-E44: expose_headers: an entry is empty; remove it"),
    (METHODS, "PUT, DELETE, PUT", PolicyErrorKind::Duplicate,
        r#"CORS-E25: methods: "PUT" is listed twice; list it once"#),
    (REQUEST_HEADERS, "x-a, X-A", PolicyErrorKind::Duplicate,
        r#"CORS-E25: request_headers: "X-A" is listed twice; list it once"#),
    (METHODS, "PUT, *", PolicyErrorKind::WildcardEntry,
        r#"CORS-E26: methods: "*" can't be listed; call any_method() to allow any method"#),
    (REQUEST_HEADERS, "*", PolicyErrorKind::WildcardEntry,
        r#"CORS-E26: request_headers: "*" can't be listed; call any_request_header() to allow any header"#),
    (EXPOSE_HEADERS, "*", PolicyErrorKind::WildcardEntry,
        r#"CORS-E26: expose_headers: "*" can't be listed; call expose_all() to expose all headers"#),
    (METHODS, "PUT, TRACE", PolicyErrorKind::ForbiddenMethod,
        r#"CORS-E27: methods: "TRACE" is a method that pages can't use; remove it"#),
    (METHODS, "Connect", PolicyErrorKind::ForbiddenMethod,
        r#"CORS-E27: methods: "Connect" is a method that pages can't use; remove it"#),
    (METHODS, "patch", PolicyErrorKind::MethodCase,
        r#"CORS-E28: methods: "patch" is not spelled as browsers send it; methods are case-sensitive: write "PATCH""#),
    (METHODS, "DELETE, Put", PolicyErrorKind::MethodCase,
        r#"CORS-E28: methods: "Put" is not spelled as browsers send it; methods are case-sensitive: write "PUT""#),
    (REQUEST_HEADERS, "x-a, Cookie", PolicyErrorKind::ForbiddenRequestHeader,
        r#"CORS-E29: request_headers: "Cookie" is a header that pages can't set; remove it: browsers never ask for it"#),
    (REQUEST_HEADERS, "sec-fetch-site", PolicyErrorKind::ForbiddenRequestHeader,
        r#"CORS-E29: request_headers: "sec-fetch-site" is a header that pages can't set; remove it: browsers never ask for it"#),
    (REQUEST_HEADERS, "Proxy-Authorization", PolicyErrorKind::ForbiddenRequestHeader,
        r#"CORS-E29: request_headers: "Proxy-Authorization" is a header that pages can't set; remove it: browsers never ask for it"#),
    (REQUEST_HEADERS, "access-control-allow-origin", PolicyErrorKind::ResponseHeader,
        r#"CORS-E30: request_headers: "access-control-allow-origin" is a response header; list the headers that pages send"#),
    (EXPOSE_HEADERS, "x-a, Set-Cookie", PolicyErrorKind::ForbiddenResponseHeader,
        r#"CORS-E31: expose_headers: "Set-Cookie" is a header that pages can never read; remove it"#),
    (EXPOSE_HEADERS, "origin", PolicyErrorKind::RequestHeader,
        r#"CORS-E32: expose_headers: "origin" is a request header; list the response headers that pages may read"#),
    (EXPOSE_HEADERS, "access-control-max-age", PolicyErrorKind::PreflightHeader,
        r#"CORS-E33: expose_headers: "access-control-max-age" is only sent in responses to preflights; remove it: pages never see them"#),
    (EXPOSE_ALL, "https://a.example", PolicyErrorKind::ExposeAllWithCredentials,
        "CORS-E34: expose_headers: exposing all response headers doesn't work with credentials; browsers then take the * for a header name: list the names"),
    (MAX_AGE, "", PolicyErrorKind::MaxAge,
        "CORS-E35: max_age: the time is too long; use 0 (don't cache) to 86400 seconds"),
    (ANONYMOUS, "Null", PolicyErrorKind::MissingScheme,
        r#"CORS-E05: origins: "Null" contains no "://"; an origin starts with a scheme, such as https://"#),
    (ANONYMOUS, "localhost:*", PolicyErrorKind::MissingScheme,
        r#"CORS-E05: origins: "localhost:*" contains no "://"; an origin starts with a scheme, such as https://: write "http://localhost:*""#),
    (CREDENTIALED, "127.0.0.1:5173", PolicyErrorKind::MissingScheme,
        r#"CORS-E05: origins: "127.0.0.1:5173" contains no "://"; an origin starts with a scheme, such as https://: write "http://127.0.0.1:5173""#),
    (CREDENTIALED, "*", PolicyErrorKind::WildcardOrigin,
        r#"CORS-E02: origins: "*" can't be combined with credentials; list the origins that need credentials, or use Policy::public(), which allows any origin without them"#),
    (CREDENTIALED, "null", PolicyErrorKind::NullOrigin,
        r#"CORS-E03: origins: "null" is an origin that any page can send; list real origins: null can't have credentials"#),
    (REQUEST_HEADERS, "authorization content-type", PolicyErrorKind::NotAToken,
        r#"CORS-E24: request_headers: "authorization content-type" contains white space; separate names with commas: write "authorization, content-type""#),
    (REQUEST_HEADERS, "x-a x-ä", PolicyErrorKind::NotAToken,
        r#"CORS-E24: request_headers: "x-a x-ä" contains white space; separate names with commas"#),
    (METHODS, "'PUT'", PolicyErrorKind::Quotes,
        r#"CORS-E42: methods: "'PUT'" starts or ends with a quote; remove it: write "PUT""#),
    (EXPOSE_HEADERS, "\"x-a", PolicyErrorKind::Quotes,
        r#"CORS-E42: expose_headers: ""x-a" starts or ends with a quote; remove it: write "x-a""#),
    (ANONYMOUS, "'https://a.example'", PolicyErrorKind::Quotes,
        r#"CORS-E42: origins: "'https://a.example'" starts or ends with a quote; remove it: write "https://a.example""#),
    (ANONYMOUS, "https://a.example\"", PolicyErrorKind::Quotes,
        r#"CORS-E42: origins: "https://a.example"" starts or ends with a quote; remove it: write "https://a.example""#),
    (ANONYMOUS, "'a.example", PolicyErrorKind::Quotes,
        r#"CORS-E42: origins: "'a.example" starts or ends with a quote; remove it"#),
    (METHODS, "PUT\n", PolicyErrorKind::WhiteSpace,
        r#"CORS-E43: methods: "PUT?" starts or ends with white space; remove it: write "PUT""#),
    (METHODS, "PUT, P*", PolicyErrorKind::WildcardInName,
        r#"CORS-E45: methods: "P*" contains a *, which isn't a wildcard inside a name; list the methods, or call any_method() to allow any"#),
    (REQUEST_HEADERS, "x-amz-*", PolicyErrorKind::WildcardInName,
        r#"CORS-E45: request_headers: "x-amz-*" contains a *, which isn't a wildcard inside a name; list the names, or call any_request_header() to allow any"#),
    (EXPOSE_HEADERS, "x-a, x-*-b", PolicyErrorKind::WildcardInName,
        r#"CORS-E45: expose_headers: "x-*-b" contains a *, which isn't a wildcard inside a name; list the names, or call expose_all() to expose all"#),
    (ANONYMOUS, "wss://*.a.example:8443", PolicyErrorKind::WebSocket,
        r#"CORS-E46: origins: "wss://*.a.example:8443" is an origin that browsers never send; for a WebSocket, they send the page's origin: write "https://*.a.example:8443""#),
    (ANONYMOUS, "ws://a.example", PolicyErrorKind::WebSocket,
        r#"CORS-E46: origins: "ws://a.example" is an origin that browsers never send; for a WebSocket, they send the page's origin: write "http://a.example""#),
    (ANONYMOUS, "wss://a.example/chat", PolicyErrorKind::WebSocket,
        r#"CORS-E46: origins: "wss://a.example/chat" is an origin that browsers never send; for a WebSocket, they send the page's origin"#),
    (ANONYMOUS, "https://.example.com", PolicyErrorKind::LeadingDot,
        r#"CORS-E47: origins: "https://.example.com" has a host that starts with a dot; subdomains are written with a *: write "https://*.example.com""#),
    (ANONYMOUS, "https://..example.com", PolicyErrorKind::LeadingDot,
        r#"CORS-E47: origins: "https://..example.com" has a host that starts with a dot; subdomains are written with a *"#),
    (ANONYMOUS, "https://a.example https://b.example;", PolicyErrorKind::Host,
        r#"CORS-E13: origins: "https://b.example;" has an invalid host; a host contains only lower-case letters, digits, ".", "-" and "_", or is an IP address"#),
    (ANONYMOUS, "https://a.example:*0", PolicyErrorKind::WildcardPosition,
        r#"CORS-E18: origins: "https://a.example:*0" has a * where none is allowed; a * can stand for subdomains (https://*.example.com), for part of the first label (https://pr-*.example.com) or for the port (http://localhost:*)"#),
    (OWN, "http://nas.lan https://*.a.example", PolicyErrorKind::NotAnOrigin,
        r#"CORS-E48: own_origins: "https://*.a.example" is a pattern; list each origin at which browsers reach this server"#),
    (OWN, "https://a.example/", PolicyErrorKind::TrailingSlash,
        r#"CORS-E09: own_origins: "https://a.example/" ends with a slash; an origin has no path: write "https://a.example""#),
    (CREDENTIALED, "moz-extension://*", PolicyErrorKind::AnyHost,
        r#"CORS-E49: origins: "moz-extension://*" gives credentials to every extension or app of this kind; list the ones you know, or accept the risk: Policy::dangerously_allow_public_suffixes().credentialed(…)"#),
    (CREDENTIALED, "https://*example.com", PolicyErrorKind::PublicSuffix,
        r#"CORS-E22: origins: "https://*example.com" gives credentials to subdomains that anyone can register; list your own domain, or accept the risk: Policy::dangerously_allow_public_suffixes().credentialed(…)"#),
    (NOT_PUBLIC, "https://a.example", PolicyErrorKind::NotPublic,
        "CORS-E50: credentialed_origins: credentialed origins need a policy that allows any origin; use Policy::public().and_credentialed(…), or list all origins in Policy::credentialed(…)"),
    (MIXED, "http://a.example", PolicyErrorKind::InsecureOrigin,
        r#"CORS-E21: credentialed_origins: "http://a.example" would get credentials without encryption; use https, or accept the risk: Policy::dangerously_allow_insecure_origins().public_and_credentialed(…)"#),
    (EXPOSE_ALL_MIXED, "https://a.example", PolicyErrorKind::ExposeAllWithCredentials,
        "CORS-E34: expose_headers: exposing all response headers doesn't work with credentials; browsers then take the * for a header name: list the names"),
    (STATUS, "", PolicyErrorKind::PreflightStatus,
        "CORS-E52: preflight_status: the status isn't a success status; use 200 to 299"),
];

const LONG: &str = concat!(
    "https://",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    ".example"
);

#[test]
fn try_constructors_return_the_error_with_its_text() {
    for (call, text, kind, message) in ROWS {
        let error = error_of(call, text);
        assert_eq!(error.kind(), kind, "{call} {text:?}");
        assert_eq!(error.to_string(), message);
    }
}

/// Every code stands in the table, and each means one thing.
#[test]
fn every_code_has_a_row() {
    for number in (1..=22).chain(24..=35).chain(42..=50).chain([52]) {
        let code = format!("CORS-E{number:02}");
        let mut kinds: Vec<_> = ROWS
            .iter()
            .filter(|(.., message)| message.starts_with(&format!("{code}: ")))
            .map(|&(_, _, kind, _)| kind)
            .collect();
        kinds.dedup();
        assert_eq!(kinds.len(), 1, "{code}: {kinds:?}");
        assert_eq!(kinds[0].code(), code);
    }
}

/// What has no row: an index, storage that is chosen at run time, and what a literal takes apart.
#[test]
fn codes_of_indexes_and_storage() {
    let rows = [
        (PolicyErrorKind::SeveralOrigins, "CORS-E23"),
        (PolicyErrorKind::IndexLength, "CORS-E36"),
        (PolicyErrorKind::IndexText, "CORS-E37"),
        (PolicyErrorKind::IndexOfAnother, "CORS-E39"),
        (PolicyErrorKind::Storage, "CORS-E40"),
        (PolicyErrorKind::ListTooLong, "CORS-E41"),
        (PolicyErrorKind::SecondSet, "CORS-E51"),
    ];
    for (kind, code) in rows {
        assert_eq!(kind.code(), code);
    }
}

/// A list that no browser would accept as a header is not read.
#[test]
fn lists_are_bounded() {
    type Kinds = Vec<(PolicyErrorKind, usize)>;
    fn parse(list: &str) -> [Result<Policy<'_>, PolicyError<'_>>; 3] {
        let public = Policy::public();
        [
            public.try_methods(list),
            public.try_request_headers(list),
            public.try_expose_headers(list),
        ]
    }
    fn build(names: &[impl AsRef<str>]) -> [Option<PolicyErrors<String>>; 3] {
        let settings = || Settings::<String>::new().origins(["*"]);
        [
            settings().methods(names),
            settings().request_headers(names),
            settings().expose_headers(names),
        ]
        .map(|settings| settings.build::<Vec<u32>>().err())
    }
    fn parsed(list: &str) -> [Kinds; 3] {
        let of_error = |error: PolicyError<'_>| (error.kind(), error.entry());
        parse(list).map(|parsed| parsed.map_err(of_error).err().into_iter().collect())
    }
    fn built(names: &[impl AsRef<str>]) -> [Kinds; 3] {
        let of_errors = |errors: PolicyErrors<String>| {
            let kinds: Kinds = errors
                .iter()
                .map(|error| (error.kind(), error.entry()))
                .collect();
            assert_eq!(errors.count(), kinds.len());
            kinds
        };
        build(names).map(|errors| errors.map_or_else(Kinds::new, of_errors))
    }
    let too_long = [(PolicyErrorKind::ListTooLong, 0)];

    // Entries are counted: those of a text, and those of a list that all but one are wrong.
    let names = |count: usize| -> Vec<_> { (0..count).map(|name| format!("{name:03x}")).collect() };
    let headers = |count: usize| {
        let list = names(count).join(",");
        HeaderNames::parse_exposed(&list)
            .map(|_| ())
            .map_err(|error| (error.kind(), error.entry()))
    };
    assert_eq!(headers(4096), Ok(()));
    assert_eq!(headers(4097), Err(too_long[0]));
    for (entries, errors) in [(4096, 4096), (4097, 4097), (5000, 4097)] {
        for found in build(&vec!["x/a"; entries]) {
            assert_eq!(found.unwrap().count(), errors);
        }
    }
    assert_eq!(built(&vec!["x-a"; 4096]), [&[]; 3]);
    assert_eq!(built(&vec!["x-a"; 4097]), [too_long; 3]);

    // And so are bytes.
    let long = |bytes: usize| -> Vec<_> {
        let mut names: Vec<_> = (0..64).map(|name| format!("x-{name:0998}")).collect();
        let missing = bytes - names.join(", ").len();
        names[0] += &"x".repeat(missing);
        names
    };
    for (bytes, expected) in [(65_535, &[][..]), (65_536, &too_long)] {
        let list = long(bytes);
        assert_eq!(parsed(&list.join(", ")), [expected; 3]);
        assert_eq!(built(&list), [expected; 3]);
    }

    let list = format!("x-a{}", ",x-a".repeat(100_000));
    for error in parse(&list).map(Result::unwrap_err) {
        assert_eq!(error.kind(), PolicyErrorKind::ListTooLong);
        assert_eq!((error.entry(), error.byte(), error.text()), (0, 0, ""));
    }
    let settings = ["methods", "request_headers", "expose_headers"];
    for (setting, errors) in settings.iter().zip(build(&long(65_536))) {
        let expected = format!(
            "CORS-E41: {setting}: the list is longer than any header that browsers accept; \
             list at most 4096 names, in less than 64 KiB"
        );
        assert_eq!(errors.unwrap().to_string(), expected);
    }
}

/// Whatever stands between, a name that stands twice is found.
#[test]
fn a_name_is_found_again_in_a_long_list() {
    let names: Vec<_> = (0..500).map(|name| format!("X-{name:08}")).collect();
    for first in [0, 1, 7, 8, 250, 498, 499] {
        let mut names = names.clone();
        names.push(names[first].clone());
        let expected = (PolicyErrorKind::Duplicate, 500);
        let list = names.join(", ");
        let error = HeaderNames::parse_request(&list).unwrap_err();
        assert_eq!((error.kind(), error.entry()), expected);
        let settings = Settings::<String>::new()
            .origins(["*"])
            .request_headers(&names);
        let policy = settings.build::<Vec<u32>>().unwrap();
        let warning = policy.warnings().next().unwrap();
        assert_eq!(warning.kind(), WarningKind::Repeated { more: 0 });
        assert_eq!((warning.entry(), warning.text()), (500, &*names[first]));
    }
}

/// Each row is a `static` on a line of its own: the compiler names the text and that line.
#[test]
fn wrong_constants_stop_the_build_where_they_stand() {
    let mut source = "use cors_core::Policy;\n".to_owned();
    let rows = ROWS.map(|(call, text, _, message)| (call, text, vec![message]));
    let rows: Vec<_> = rows.into_iter().chain(lists()).collect();
    for (number, (call, text, _)) in rows.iter().enumerate() {
        let expression = call.replace("(_)", &format!("({text:?})"));
        writeln!(source, "pub static P{number}: Policy = {expression};").unwrap();
    }
    let (is_built, output) = check("wrong_policies", &source);
    assert!(!is_built);
    let errors: Vec<_> = output.split("error[E0080]").skip(1).collect();
    assert_eq!(errors.len(), rows.len(), "{output}");
    for (number, ((.., messages), error)) in rows.iter().zip(errors).enumerate() {
        let place = format!(" src/lib.rs:{}:", number + 2);
        // Where in its text the compiler quotes the message depends on its version.
        let told: Vec<_> = error
            .lines()
            .filter(|line| line.contains("CORS-E"))
            .collect();
        let is_told = |(message, line): (&&str, &&str)| line.contains(message);
        let coded = messages.iter().filter(|message| message.contains("CORS-E"));
        assert_eq!(told.len(), coded.count(), "{error}");
        assert!(messages.iter().zip(&told).all(is_told), "{error}");
        let last = messages.last().unwrap();
        assert!(error.contains(last), "{error}");
        assert!(error.contains(&place), "{place}\n{error}");
    }
}

/// Lists of the length that the docs promise do not reach the compiler's limit.
#[test]
fn long_literals_compile() {
    let origins: Vec<_> = (0..10_000)
        .map(|number| format!("https://customer-{number:05}.example.com"))
        .collect();
    let source = format!(
        "use cors_core::Policy;\n\
         pub static SPACES: Policy = Policy::credentialed({:?});\n\
         pub static COMMAS: Policy = Policy::credentialed({:?});\n",
        origins.join(" "),
        origins.join(", "),
    );
    let (is_built, output) = check("long_literals", &source);
    assert!(is_built, "{}", output.lines().next().unwrap_or_default());
}

/// Whether a library is built, and what the compiler says.
fn check(name: &str, source: &str) -> (bool, String) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(folder.join("src")).unwrap();
    let features: &[&str] = match cfg!(feature = "public-suffix") {
        true => &["public-suffix"],
        false => &[],
    };
    let manifest = format!(
        "[package]\nname = \"{name}\"\nedition = \"2024\"\n\n[workspace]\n\n\
         [dependencies]\ncors-core = {{ path = {:?}, features = {features:?} }}\n",
        env!("CARGO_MANIFEST_DIR"),
    );
    fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    fs::write(folder.join("src/lib.rs"), source).unwrap();
    let output = Command::new(env!("CARGO"))
        .args(["check", "--offline", "--color=never"])
        .arg("--target-dir")
        .arg(folder.join("target"))
        .current_dir(&folder)
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    (output.status.success(), said)
}

/// Lists with several errors: how a policy is made, the text, all that is said about it.
fn lists() -> [(&'static str, &'static str, Vec<&'static str>); 4] {
    [
        (
            CREDENTIALED,
            "https://a.example/ https://b.example, c.example; *, http://d.example https://*.com",
            vec![
                r#"CORS-E09: origins: "https://a.example/" ends with a slash; an origin has no path: write "https://a.example""#,
                r#"CORS-E05: origins: "c.example;" contains no "://"; an origin starts with a scheme, such as https://"#,
                r#"CORS-E02: origins: "*" can't be combined with credentials; list the origins that need credentials, or use Policy::public(), which allows any origin without them"#,
                r#"CORS-E21: origins: "http://d.example" would get credentials without encryption; use https, or accept the risk: Policy::dangerously_allow_insecure_origins().credentialed(…)"#,
                r#"CORS-E22: origins: "https://*.com" gives credentials to subdomains that anyone can register; list your own domain, or accept the risk: Policy::dangerously_allow_public_suffixes().credentialed(…)"#,
            ],
        ),
        (
            METHODS,
            "patch, PUT DELETE, PUT, PUT",
            vec![
                r#"CORS-E28: methods: "patch" is not spelled as browsers send it; methods are case-sensitive: write "PATCH""#,
                r#"CORS-E24: methods: "PUT DELETE" contains white space; separate names with commas: write "PUT, DELETE""#,
                r#"CORS-E25: methods: "PUT" is listed twice; list it once"#,
            ],
        ),
        (
            EXPOSE_HEADERS,
            "a/,b/,c/,d/,e/,f/,g/,h/,i/,j/,x-a,k/",
            ["a/", "b/", "c/", "d/", "e/", "f/", "g/", "h/"]
                .map(|name| {
                    let message = format!(
                        "CORS-E24: expose_headers: \"{name}\" contains a character that isn't \
                         allowed in a name; use letters, digits and hyphens"
                    );
                    &*message.leak()
                })
                .into_iter()
                .chain(["and 3 more"])
                .collect(),
        ),
        (
            REQUEST_HEADERS,
            "cookie,host",
            vec![
                r#"CORS-E29: request_headers: "cookie" is a header that pages can't set; remove it: browsers never ask for it"#,
                r#"CORS-E29: request_headers: "host" is a header that pages can't set; remove it: browsers never ask for it"#,
            ],
        ),
    ]
}

/// Texts with any two errors, too.
#[test]
fn what_an_error_says_to_write_is_right() {
    let mut mended = 0;
    for scheme in ["https://", "HTTPS://", "http://", "https:/", "//", ""] {
        for host in [
            "a.example",
            "*.a.example",
            "A.example",
            "[::1]",
            "[::A]",
            "null",
            "a,b",
            "é",
        ] {
            for end in [
                "", "/", "/x", "//", ":443", ":80/", ":8443", ":8443/", ":*", ":*/x", "?",
            ] {
                let text = format!("{scheme}{host}{end}");
                let Err(error) = Policy::try_anonymous(&text) else {
                    continue;
                };
                let message = error.to_string();
                if let Some((_, written)) = message.split_once(": write \"") {
                    let written = written.strip_suffix('"').unwrap();
                    assert!(OriginPattern::parse(written).is_ok(), "{message}");
                    mended += 1;
                }
            }
        }
    }
    assert!(mended > 50, "{mended}");
}

/// However long the text is and wherever in a character its byte 100 lies.
#[test]
fn long_texts_are_cut_where_a_character_ends() {
    for shift in 0..3 {
        let text = "x".repeat(shift) + &"€".repeat(200);
        let message = Policy::try_anonymous(&text).unwrap_err().to_string();
        let shown = (100..103).find(|&at| text.is_char_boundary(at)).unwrap();
        let expected = format!("CORS-E12: origins: \"{}…\" contains ", &text[..shown]);
        assert!(message.starts_with(&expected), "{shift}: {message}");
    }
}
