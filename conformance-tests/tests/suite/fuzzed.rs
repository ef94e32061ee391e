//! What must be true of any bytes: each property is a fuzz target of `cors-core/fuzz`, and an
//! ordinary test over a small corpus.
//!
//! The parts of an input are its lines.

use std::fmt::Write as _;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use conformance_tests::model_browser::{Credentials, Fetch, Outcome};
use conformance_tests::reference::respond;
use conformance_tests::{App, PolicyFile, naive};
use cors_core::{
    Choice, Decision, Origin, OriginPattern, OwnedPolicy, Policy, PolicySet, RequestField, Scoped,
    Settings,
};

type Server = OwnedPolicy<String, Vec<u32>>;

/// A pattern, then an origin: the matcher agrees with the naive one, and the grammar of an exact
/// origin with the `url` crate's.
pub fn origins(data: &[u8]) {
    let _ = compared_origins(data);
}

/// Whether the grammar was compared, too.
pub(super) fn compared_origins(data: &[u8]) -> bool {
    let mut lines = lines(data);
    let (pattern, origin) = (lines.next(), lines.next().unwrap_or_default());
    let Some(pattern) = pattern.and_then(|line| str::from_utf8(line).ok()) else {
        return false;
    };
    if let Ok(parsed) = OriginPattern::parse(pattern) {
        let policy = PolicyFile {
            origins: vec![pattern.to_owned()],
            ..PolicyFile::default()
        };
        for origin in [origin, pattern.as_bytes()] {
            let shown = origin.escape_ascii();
            let expected = naive::allows_origin(&policy, origin);
            assert_eq!(parsed.matches(origin), expected, "{pattern} {shown}");
        }
    }
    let is_exact = Origin::parse(pattern).is_ok();
    let is_pattern = OriginPattern::parse(pattern).is_ok_and(|parsed| parsed.is_exact());
    assert_eq!(is_exact, is_pattern, "{pattern}");
    agrees_with_url(pattern, is_exact)
}

/// Known differences: `url` decodes Punycode, and takes port 0, and empty labels and punctuation
/// in hosts, which are errors here.
#[cfg(feature = "command")]
fn agrees_with_url(text: &str, is_exact: bool) -> bool {
    let is_web = text.starts_with("http://") || text.starts_with("https://");
    let is_known = text.contains(|one| "!$&'()*+,;=`{}~\"".contains(one))
        || text.contains("xn--")
        || text.contains("..")
        || text.contains("//.")
        || text.ends_with(":0");
    if !is_web || is_known {
        return false;
    }
    let serialized = url::Url::parse(text).map(|url| url.origin().ascii_serialization());
    let is_origin = serialized.is_ok_and(|serialized| serialized == text);
    // A longer host is one that no resolver takes.
    let is_compared = text.len() < 250 || is_exact;
    if is_compared {
        assert_eq!(is_exact, is_origin, "{text:?}");
    }
    is_compared
}

/// Without the crate, nothing is compared.
#[cfg(not(feature = "command"))]
const fn agrees_with_url(_: &str, _: bool) -> bool {
    false
}

/// A list of allowed names or `*`, then lines of `Access-Control-Request-Headers`: a preflight
/// passes exactly when each name, read naively, is allowed.
pub fn headers(data: &[u8]) {
    const MOST_EMPTY: usize = 16;
    const SHORT: usize = 1000;
    let mut parts = lines(data);
    let Some(list) = parts.next().and_then(|line| str::from_utf8(line).ok()) else {
        return;
    };
    let policy = Policy::anonymous("https://a.test");
    let policy = match list {
        "*" => policy.any_request_header(),
        list => match policy.try_request_headers(list) {
            Ok(policy) => policy,
            Err(_) => return,
        },
    };
    let requested: Vec<&[u8]> = parts.collect();
    let decision = policy.decide(b"OPTIONS", |field| {
        let values: &[&[u8]] = match field {
            RequestField::Origin => &[b"https://a.test"],
            RequestField::RequestMethod => &[b"GET"],
            RequestField::RequestHeaders => &requested,
            _ => &[],
        };
        values.iter().copied()
    });
    let elements = requested
        .iter()
        .flat_map(|line| line.split(|&byte| byte == b','));
    let elements: Vec<&[u8]> = elements.map(trim).collect();
    let names = elements.iter().filter(|name| !name.is_empty());
    let listed: Vec<&str> = list.split(',').map(str::trim).collect();
    let are_allowed = names.clone().all(|name| match list {
        "*" => is_token(name) && !name.eq_ignore_ascii_case(b"authorization"),
        _ => listed
            .iter()
            .any(|listed| listed.as_bytes().eq_ignore_ascii_case(name)),
    });
    let passes = decision.denial().is_none();
    let is_modest = elements.len() - names.count() <= MOST_EMPTY
        && requested.iter().map(|line| line.len() + 2).sum::<usize>() < SHORT;
    assert!(are_allowed || !passes, "{list:?} passes {requested:?}");
    assert!(
        passes || !are_allowed || !is_modest,
        "{list:?} fails {requested:?}"
    );
}

/// Origins, methods and headers of a policy, its switches, then a page, a method, headers and
/// switches of a fetch: a model browser shares the response exactly when the policy allows it.
pub fn decide(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else {
        return;
    };
    let mut parts = text.split('\n');
    let mut next = || parts.next().unwrap_or_default();
    let policy = PolicyFile {
        origins: words(next()),
        methods: words(&next().to_uppercase()),
        request_headers: words(next()),
        dangerously_allow_insecure_origins: true,
        dangerously_allow_public_suffixes: true,
        ..PolicyFile::default()
    };
    let switches = next();
    let policy = PolicyFile {
        credentials: switches.contains('c'),
        dangerously_allow_null_origin: switches.contains('n'),
        vary_on_preflight: switches.contains('v'),
        timing: switches.contains('t'),
        ..policy
    };
    let Ok(core) = policy.to_core() else {
        return;
    };
    let page = next();
    if page.is_empty() || !page.bytes().all(|byte| byte.is_ascii_graphic()) {
        return;
    }
    let method = next().to_owned();
    let headers = words(next()).into_iter();
    let switches = next();
    let fetch = Fetch {
        method,
        headers: headers.map(|name| (name, b"1".to_vec())).collect(),
        credentials: match switches.contains('c') {
            true => Credentials::Include,
            false => Credentials::Omit,
        },
        upload_listener: switches.contains('u'),
        ..Fetch::get(page)
    };
    let app = App::new(200, Vec::new());
    let run = pin!(fetch.run(async |request| respond(&core.as_policy(), &app, &request)));
    let Poll::Ready(outcome) = run.poll(&mut Context::from_waker(Waker::noop())) else {
        unreachable!("nothing here waits");
    };
    let is_shared = matches!(outcome, Outcome::Shared { .. });
    let expected = naive::allows(&policy, &fetch);
    assert_eq!(is_shared, expected, "{policy:?} {fetch:?} {outcome:?}");
}

/// Origins, methods, request headers, exposed headers, a number and switches: settings and a
/// literal accept the same, and what they accept is the same policy.
pub fn settings(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else {
        return;
    };
    let mut parts = text.split('\n');
    let mut next = || parts.next().unwrap_or_default();
    let origins = words(next());
    let lists = [words(&next().to_uppercase()), words(next()), words(next())];
    let age: u32 = next().parse().unwrap_or(5);
    let has_credentials = next().contains('c');
    // A list that is empty, repeats itself or is any is written in other ways.
    let is_plain = |list: &Vec<String>| {
        let mut lower: Vec<String> = list.iter().map(|one| one.to_ascii_lowercase()).collect();
        lower.sort();
        lower.dedup();
        lower.len() == list.len() && !list.iter().any(|one| one == "*" || one.contains(','))
    };
    if origins.is_empty() || !is_plain(&origins) || !lists.iter().all(is_plain) {
        return;
    }
    let settings: Settings<String> = Settings::new()
        .origins(&origins)
        .credentials(has_credentials)
        .methods(&lists[0])
        .request_headers(&lists[1])
        .expose_headers(&lists[2])
        .max_age(age);
    let built: Result<Server, _> = settings.build();
    let joined = origins.join(" ");
    let [methods, names, exposed] = lists.map(|list| list.join(", "));
    let literal = match has_credentials {
        true => Policy::try_credentialed(&joined),
        false => Policy::try_anonymous(&joined),
    };
    let literal = literal
        .and_then(|policy| match methods.as_str() {
            "" => Ok(policy),
            methods => policy.try_methods(methods),
        })
        .and_then(|policy| match names.as_str() {
            "" => Ok(policy),
            names => policy.try_request_headers(names),
        })
        .and_then(|policy| match exposed.as_str() {
            "" => Ok(policy),
            exposed => policy.try_expose_headers(exposed),
        })
        .and_then(|policy| policy.try_max_age(age));
    match (built, literal) {
        (Ok(built), Ok(literal)) => {
            for origin in &origins {
                let origin = origin.replace('*', "x");
                let decided = |field| match field {
                    RequestField::Origin => Some(origin.as_bytes()).into_iter(),
                    _ => None.into_iter(),
                };
                let expected = literal.decide(b"GET", decided);
                assert_eq!(built.decide(b"GET", decided), expected, "{text:?}");
            }
            // More origins are indexed.
            if origins.len() <= 8 {
                assert_eq!(built.as_policy(), literal, "{text:?}");
            }
        }
        (Err(_), Err(_)) => {}
        (built, literal) => panic!("{text:?}: {:?} {:?}", built.is_ok(), literal.is_ok()),
    }
}

/// A file in TOML or JSON: what is accepted is what its settings say, and survives being written.
pub fn files(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else {
        return;
    };
    if let Ok(policy) = toml::from_str::<Server>(text) {
        if let Ok(file) = toml::from_str::<PolicyFile>(text) {
            is_as_its_settings(&policy, &file);
        }
        let written = toml::to_string(&policy).expect("TOML");
        let read: Server = toml::from_str(&written).expect("the same policy");
        assert_eq!(read.as_policy(), policy.as_policy(), "{written}");
    }
    if let Ok(policy) = serde_json::from_str::<Server>(text) {
        if let Ok(file) = serde_json::from_str::<PolicyFile>(text) {
            is_as_its_settings(&policy, &file);
        }
        let written = serde_json::to_string(&policy).expect("JSON");
        let read: Server = serde_json::from_str(&written).expect("the same policy");
        assert_eq!(read.as_policy(), policy.as_policy(), "{written}");
    }
}

fn is_as_its_settings(policy: &Server, file: &PolicyFile) {
    let Ok(built) = file.to_core() else {
        panic!("a file is accepted, but not its settings: {file:?}");
    };
    assert_eq!(built.as_policy(), policy.as_policy(), "{file:?}");
}

/// Origins of a policy, then a method and a line for each header that is read: an explanation
/// agrees with the decision, is short, and has no control characters.
pub fn explanations(data: &[u8]) {
    const LONGEST: usize = 16 * 1024;
    let mut parts = lines(data);
    let mut next = || parts.next().unwrap_or_default();
    let Ok(list) = str::from_utf8(next()) else {
        return;
    };
    let Ok(policy) = Policy::try_anonymous(list) else {
        return;
    };
    let policy = policy.methods("PUT").request_headers("x-a, x-b");
    let method = next();
    // A header with an empty line is not sent.
    let values = RequestField::ALL.map(|field| (field, next()));
    let request = |wanted| {
        let value = values.iter().find(|(field, _)| *field == wanted);
        let value = value.map(|(_, value)| *value);
        value.filter(|value| !value.is_empty()).into_iter()
    };
    let explanation = policy.explain(method, request);
    let decision = policy.decide(method, request);
    assert_eq!(explanation.decision(), decision);
    let mut text = String::new();
    write!(text, "{explanation}").expect("a text");
    let has_control = text.chars().any(|one| one.is_control() && one != '\n');
    assert!(!has_control, "{text:?}");
    assert!(text.len() <= LONGEST, "{}", text.len());
    let is_refused = matches!(decision, Decision::Respond { status: 403, .. });
    assert_eq!(text.contains("\nresponse: 403"), is_refused, "{text}");
}

/// An authority, a path, then an entry a line, as `host,*.host /path`, `-` for every host: however a
/// server reads the path, it gets no other policy than the one that is chosen; and a path that is read
/// in one way gets the one that an entry-by-entry search finds.
pub fn policy_sets(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else {
        return;
    };
    let mut parts = text.split('\n');
    let mut next = || parts.next().unwrap_or_default();
    let (authority, path) = (Some(next()).filter(|host| !host.is_empty()), next());
    let entries: Vec<(&str, &str)> = parts.filter_map(|line| line.split_once(' ')).collect();
    if entries.len() > 8 || authority.is_some_and(|authority| authority.len() > 100) {
        return;
    }
    let scoped = entries.iter().map(|(hosts, path)| {
        let scoped = Scoped::new(Policy::public()).path(*path);
        match *hosts {
            "-" => scoped,
            hosts => scoped.hosts(hosts.split(',')),
        }
    });
    let Ok(set) = PolicySet::new(scoped) else {
        return;
    };
    let choice = set.choose(authority, path.as_bytes());
    let host = authority.map(|authority| {
        let port = authority
            .rsplit_once(':')
            .filter(|(_, port)| !port.contains(']'));
        let host = port.map_or(authority, |(host, _)| host);
        host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase()
    });
    let chosen = match choice {
        Choice::Policy(entry, _) => Some(entry),
        Choice::Untouched => None,
        Choice::Nobody => {
            let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-_~".contains(&byte);
            let has_one_reading = path.bytes().all(is_plain)
                && !path.contains("//")
                && !text.bytes().any(|byte| byte.is_ascii_uppercase());
            assert!(!has_one_reading || !path.starts_with('/'), "{text:?}");
            return;
        }
    };
    let lower: Vec<(&str, String)> = entries
        .iter()
        .map(|(hosts, path)| (*hosts, path.to_ascii_lowercase()))
        .collect();
    let lower: Vec<(&str, &str)> = lower
        .iter()
        .map(|(hosts, path)| (*hosts, path.as_str()))
        .collect();
    for reading in 0..=255 {
        let mut segments = segments(path, reading);
        let takes_no_notice_of_case = reading & 1 << 7 != 0;
        if takes_no_notice_of_case {
            for segment in &mut segments {
                segment.make_ascii_lowercase();
            }
        }
        let entries = match takes_no_notice_of_case {
            true => &lower,
            false => &entries,
        };
        let expected = naive_choice(entries, host.as_deref(), &segments);
        assert_eq!(chosen, expected, "{text:?}, reading {reading}");
    }
}

/// The entry with the most specific host, of several the one with the longest path, of several the
/// first.
fn naive_choice(entries: &[(&str, &str)], host: Option<&str>, path: &[Vec<u8>]) -> Option<usize> {
    let specific = |listed: &str| match listed.strip_prefix("*.") {
        Some(parent) => host?
            .strip_suffix(parent)?
            .ends_with('.')
            .then(|| parent.split('.').count()),
        None => (host? == listed).then_some(usize::MAX),
    };
    let ranked = entries
        .iter()
        .enumerate()
        .filter_map(|(entry, (hosts, own))| {
            let rank = match *hosts {
                "-" => 0,
                hosts => hosts.split(',').filter_map(specific).max()?,
            };
            let own = segments(own, 0);
            let own: Vec<&Vec<u8>> = own.iter().filter(|segment| !segment.is_empty()).collect();
            let is_below =
                own.len() <= path.len() && own.iter().zip(path).all(|(own, one)| *own == one);
            is_below.then_some((rank, own.len(), std::cmp::Reverse(entry)))
        });
    ranked.max().map(|(_, _, std::cmp::Reverse(entry))| entry)
}

/// What one server makes of a path; each bit of `reading` is a habit.
fn segments(path: &str, reading: u8) -> Vec<Vec<u8>> {
    let has = |bit: u8| reading & (1 << bit) != 0;
    let path = match path.strip_prefix("//") {
        Some(rest) if has(6) => rest.find('/').map_or("", |end| &rest[end..]),
        _ => path,
    };
    let path = decoded(path.as_bytes(), |byte| !byte.is_ascii_graphic());
    let path = match has(5) {
        true => without_parameters(&path),
        false => path,
    };
    // At once, as nothing is decoded twice.
    let path = decoded(&path, |byte| has(0) || has(1) && byte == b'/');
    let is_slash = |byte: &u8| *byte == b'/' || has(1) && *byte == b'\\';
    let mut read = Vec::new();
    for segment in path.strip_prefix(b"/").unwrap_or(&path).split(is_slash) {
        let segment = match has(2) {
            true => before(b';', segment),
            false => segment,
        };
        match segment {
            b"" | b"." if has(3) => {}
            b".." if has(4) => drop(read.pop()),
            segment => read.push(segment.to_owned()),
        }
    }
    read
}

fn without_parameters(path: &[u8]) -> Vec<u8> {
    let segments = path.split(|&byte| byte == b'/');
    let names: Vec<_> = segments.map(|segment| before(b';', segment)).collect();
    names.join(&b'/')
}

fn before(separator: u8, text: &[u8]) -> &[u8] {
    let mut parts = text.split(|&byte| byte == separator);
    parts.next().unwrap_or_default()
}

/// Once, those bytes that are to be.
fn decoded(mut path: &[u8], is_to_be: impl Fn(u8) -> bool) -> Vec<u8> {
    let hex = |digits: &[u8]| {
        let digits = str::from_utf8(digits).ok()?;
        let are_digits = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        let byte = u8::from_str_radix(digits, 16).ok()?;
        (are_digits && is_to_be(byte)).then_some(byte)
    };
    let mut bytes = Vec::new();
    while let [first, rest @ ..] = path {
        let encoded = path.strip_prefix(b"%").and_then(|rest| hex(rest.get(..2)?));
        bytes.push(encoded.unwrap_or(*first));
        path = match encoded {
            Some(_) => &rest[2..],
            None => rest,
        };
    }
    bytes
}

fn lines(data: &[u8]) -> impl Iterator<Item = &[u8]> {
    data.split(|&byte| byte == b'\n')
}

fn words(text: &str) -> Vec<String> {
    text.split_ascii_whitespace().map(str::to_owned).collect()
}

fn trim(mut text: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = text {
        text = rest;
    }
    text
}

fn is_token(name: &[u8]) -> bool {
    let is_good = |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
    !name.is_empty() && name.iter().all(is_good)
}
