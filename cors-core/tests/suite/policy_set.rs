//! Several policies as one value: which one a request gets, and what is wrong with a set.

#![cfg(all(feature = "std", feature = "serde"))]

use std::collections::HashMap;

use cors_core::heap::{OwnedPolicy, Settings};
use cors_core::{Choice, Policy, PolicySet, PolicySetErrors, Scoped};

/// A set whose entries have these hosts (`-` for every host) and this path.
fn set(entries: &[(&str, &str)]) -> Result<PolicySet, PolicySetErrors> {
    PolicySet::new(entries.iter().map(|(hosts, path)| {
        let scoped: Scoped = Scoped::new(Policy::public());
        let scoped = match *path {
            "" => scoped,
            path => scoped.path(path),
        };
        match *hosts {
            "-" => scoped,
            hosts => scoped.hosts(hosts.split_terminator(' ')),
        }
    }))
}

/// The number of the entry, `-` for none, `!` for a path that has two readings.
fn chosen(set: &PolicySet, host: Option<&str>, path: &str) -> String {
    match set.choose(host, path.as_bytes()) {
        Choice::Policy(entry, _) => entry.to_string(),
        Choice::Untouched => "-".to_owned(),
        Choice::Nobody => "!".to_owned(),
    }
}

#[test]
fn hosts() {
    let set = set(&[
        ("-", ""),
        ("*.example", ""),
        ("*.tenant.example", ""),
        ("api.tenant.example xn--bcher-kva.example", ""),
        ("[::1] 127.0.0.1", ""),
    ])
    .unwrap();
    for (host, expected) in [
        ("api.tenant.example", "3"),
        ("API.Tenant.Example", "3"),
        ("api.tenant.example:8443", "3"),
        ("api.tenant.example.", "3"),
        ("api.tenant.example.:80", "3"),
        ("xn--bcher-kva.example", "3"),
        ("www.tenant.example", "2"),
        ("a.api.tenant.example", "2"),
        ("a.b.c.d.tenant.example", "2"),
        ("tenant.example", "1"),
        ("a.example", "1"),
        ("nottenant.example", "1"),
        ("example", "0"),
        ("api.tenant.example.com", "0"),
        ("xapi.tenant.example.org", "0"),
        (".example", "1"),
        ("", "0"),
        (":80", "0"),
        ("[::1]", "4"),
        ("[::1]:8080", "4"),
        ("127.0.0.1:1", "4"),
        ("::1", "0"),
        ("a@api.tenant.example", "2"),
        ("api.tenant.example:80:80", "0"),
    ] {
        assert_eq!(chosen(&set, Some(host), "/"), expected, "{host}");
    }
    assert_eq!(chosen(&set, None, "/"), "0");
    let long = format!("{}.tenant.example", "a.".repeat(200));
    assert_eq!(chosen(&set, Some(&long), "/"), "0", "no host is so long");
}

#[test]
fn paths() {
    let set = set(&[
        ("-", "/v1"),
        ("-", "/v1/admin"),
        ("-", "/b%C3%BCcher/a b"),
        ("-", "/..a"),
    ]);
    assert!(
        set.unwrap_err()
            .to_string()
            .contains("\"/b%C3%BCcher/a b\" is not a plain path")
    );
    let set = self::set(&[
        ("-", "/v1"),
        ("-", "/v1/admin"),
        ("-", "/b%C3%BCcher"),
        ("-", "/.well-known"),
    ]);
    let set = set.unwrap();
    for (path, expected) in [
        ("/v1", "0"),
        ("/v1/", "0"),
        ("/v1/x", "0"),
        ("/v10", "-"),
        // Some servers take no notice of case.
        ("/V1", "!"),
        ("/v1/Admin", "!"),
        ("/v1/X", "0"),
        ("/X", "-"),
        ("/", "-"),
        ("", "-"),
        ("*", "-"),
        ("/v1/admin", "1"),
        ("/v1/admin/", "1"),
        ("/v1/admin/users/7", "1"),
        ("/v1/administrators", "0"),
        ("/bücher", "2"),
        ("/b%c3%bccher/1", "2"),
        ("/.well-known/x", "3"),
        // Some servers decode what need not be encoded, and others route it as it is.
        ("/%761", "!"),
        ("/v1/%61dmin", "!"),
        ("/v%31/adm%69n/x", "!"),
        ("/x/%761", "-"),
        ("/v1/x/%61dmin", "0"),
        ("/v%2531", "-"),
        ("/v1%", "-"),
        ("/v1/%zz", "0"),
        // Read in two ways that lead to different policies.
        ("//v1", "!"),
        ("/x/../v1", "!"),
        ("/v1/../x", "!"),
        ("/v1//admin", "!"),
        ("/v1/./admin", "!"),
        ("/v1/x/%2e%2e/admin", "!"),
        ("/v1/.%2E/x", "!"),
        ("/v1%2Fadmin", "!"),
        ("/v1/x%2f..%2fadmin", "!"),
        ("/v1\\admin", "!"),
        ("/v1/x%5c..%5C..", "!"),
        ("v1", "0"),
        // Read in two ways that lead to the same.
        ("/v1/x//y", "0"),
        ("/v1/x%2Fy", "0"),
        ("/v1/admin//x", "1"),
        ("/x//y", "-"),
        // Or the beginning of a URL, whose path is another one.
        ("//x/y", "!"),
        ("/%2Fx", "!"),
        ("\\/x/v1", "!"),
        // What follows is a parameter to some, and text to others.
        ("/v1;x=1", "!"),
        ("/v1/admin;x/y", "!"),
        ("/v1/x;y=1/z", "0"),
        ("/;/v1", "!"),
        ("/v1/..;/x", "!"),
        ("/x;y/z%2Fy", "-"),
        ("/x;y%2Fz/y", "!"),
        ("/x;y\\z/y", "!"),
        // Whether empty segments count, and dots lead upwards, are questions of their own.
        ("//v1/..", "!"),
        ("//v1/..%2Fx", "!"),
        ("/x/../v1//..", "!"),
        ("/x%2F..%2Fv1%2F%2F..", "!"),
        ("/v1/x/../y", "!"),
        ("/v1/x/%2E%2e%5Cy", "!"),
        ("/../x", "!"),
        ("/v1/...", "0"),
        ("/v1/..a", "0"),
    ] {
        assert_eq!(chosen(&set, Some("a.example"), path), expected, "{path}");
    }
    let set = self::set(&[("-", "/V1"), ("-", "/a|b")]).unwrap();
    for (path, expected) in [
        ("/V1/x", "0"),
        ("/v1/x", "!"),
        ("/x", "-"),
        // Browsers send it as it is.
        ("/a|b", "1"),
        ("/a%7Cb", "!"),
    ] {
        assert_eq!(chosen(&set, None, path), expected, "{path}");
    }
}

/// What one server makes of a path.
#[derive(Clone, Copy)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent switches, not states"
)]
struct Reading {
    mends_slashes: bool,
    merges_first: bool,
    skips_empty: bool,
    skips_dots: bool,
    climbs: bool,
    decodes: bool,
    /// Before anything else, or after decoding.
    drops_parameters: Option<bool>,
    takes_hosts: bool,
}

impl Reading {
    fn all() -> impl Iterator<Item = Self> {
        (0..384).map(|bits| Self {
            mends_slashes: bits & 1 != 0,
            merges_first: bits & 2 != 0,
            skips_empty: bits & 4 != 0,
            skips_dots: bits & 8 != 0,
            climbs: bits & 16 != 0,
            decodes: bits & 32 != 0,
            drops_parameters: [None, Some(true), Some(false)][bits / 64 % 3],
            takes_hosts: bits >= 192,
        })
    }

    fn segments(self, path: &str) -> Vec<String> {
        let path = match path.strip_prefix("//") {
            Some(rest) if self.takes_hosts => rest.split_once('/').map_or("", |(_, path)| path),
            _ => path.strip_prefix('/').unwrap_or(path),
        };
        let path = path.to_owned();
        let path = match self.drops_parameters {
            Some(true) => without_parameters(&path),
            _ => path,
        };
        let path = match self.mends_slashes {
            true => path.replace("%2F", "/").replace('\\', "/"),
            false => path,
        };
        let path = match self.decodes {
            true => path.replace("%61", "a").replace("%3B", ";"),
            false => path,
        };
        let path = match self.drops_parameters {
            Some(false) => without_parameters(&path),
            _ => path,
        };
        let mut read: Vec<String> = Vec::new();
        for segment in path.split('/') {
            match &*segment.replace("%2e", ".") {
                "" if self.merges_first => {}
                "." if self.skips_dots => {}
                ".." if self.climbs => drop(read.pop()),
                segment => read.push(segment.to_owned()),
            }
        }
        read.retain(|segment| !self.skips_empty || !segment.is_empty());
        read
    }
}

/// What is behind a `;` up to the next slash.
fn without_parameters(path: &str) -> String {
    let segments = path.split('/');
    let names = segments.map(|segment| segment.split(';').next().unwrap_or_default());
    names.collect::<Vec<_>>().join("/")
}

/// Whatever a server makes of a path: if it gets a policy, it is the one of the path that is served.
#[test]
fn no_reading_leads_to_another_policy() {
    const PARTS: [&str; 12] = [
        "/", "/a", "/b", "/..", "/.", "%61", "%2F", "\\", "%2e%2e", ";", "%3B", "x",
    ];
    let paths = ["/a", "/a/b", "/b"];
    let set = set(&paths.map(|path| ("-", path))).unwrap();
    let mut counts = [0, 0];
    for number in 0..12_usize.pow(4) {
        let parts = (0..4).map(|place| PARTS[number / 12_usize.pow(place) % 12]);
        let path = format!("/{}", parts.collect::<String>());
        let choice = chosen(&set, None, &path);
        counts[usize::from(choice == "!")] += 1;
        if choice == "!" {
            continue;
        }
        for reading in Reading::all() {
            let segments = reading.segments(&path);
            let served = match segments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
                ["a", "b", ..] => "1",
                ["a", ..] => "0",
                ["b", ..] => "2",
                _ => "-",
            };
            assert_eq!(choice, served, "{path} as {segments:?}");
        }
    }
    assert!(counts.iter().all(|&count| count > 3_000), "{counts:?}");
}

#[test]
fn dots_do_no_harm_where_the_path_does_not_matter() {
    let set = set(&[
        ("-", "/a"),
        ("a.example", ""),
        ("b.example", ""),
        ("b.example", "/b"),
    ]);
    let set = set.unwrap();
    for (host, expected) in [("a.example", "1"), ("b.example", "!"), ("c.example", "!")] {
        assert_eq!(chosen(&set, Some(host), "/x/../y"), expected, "{host}");
    }
    let set = self::set(&[("a.example", "/a")]).unwrap();
    assert_eq!(chosen(&set, Some("b.example"), "/x/../y"), "-");
}

#[test]
fn deep_paths_are_compared_whole() {
    let deepest = "/a".repeat(16);
    let set = set(&[("-", &deepest), ("-", "/a")]).unwrap();
    for (path, expected) in [
        (deepest.clone(), "0"),
        ("/a".repeat(15), "1"),
        ("/a".repeat(5000), "0"),
        (format!("{deepest}/b/../.."), "!"),
        (format!("{}/b", "/a".repeat(15)), "1"),
        ("/..".repeat(5000) + "/a", "!"),
    ] {
        assert_eq!(chosen(&set, None, &path), expected, "{path}");
    }
}

/// The host first, and then the path; a host without the path leaves the request to wider ones.
#[test]
fn host_and_path() {
    let set = set(&[
        ("-", "/v1/admin"),
        ("*.example", "/v1"),
        ("api.example", "/v1/items"),
        ("api.example other.example", ""),
        ("strict.example", "/v1/items"),
    ])
    .unwrap();
    for (host, path, expected) in [
        ("api.example", "/v1/items/7", "2"),
        ("api.example", "/v1/admin", "3"),
        ("other.example", "/v1/items", "3"),
        ("strict.example", "/v1/items", "4"),
        ("strict.example", "/v1", "1"),
        ("strict.example", "/", "-"),
        ("a.example", "/v1/admin", "1"),
        ("a.test", "/v1/admin", "0"),
        ("a.test", "/v1", "-"),
    ] {
        assert_eq!(chosen(&set, Some(host), path), expected, "{host}{path}");
    }
}

/// Against a reading that looks at one entry after another.
#[test]
fn agrees_with_a_naive_reading() {
    let hosts = ["a.b", "*.a.b", "*.b", "b", "c.a.b", "-"];
    let paths = ["", "/x", "/x/y", "/y"];
    let all: Vec<_> = hosts
        .iter()
        .flat_map(|host| paths.map(|path| (*host, path)))
        .collect();
    let requests = ["a.b", "c.a.b", "d.c.a.b", "b", "x.b", "z"];
    // Every entry is left out of one set, and half of them of others.
    for mask in (0..all.len())
        .map(|bit| !(1_usize << bit))
        .chain((1..400).map(|n| n * 0x9e37_79b1))
    {
        let entries: Vec<_> = (all.iter().enumerate())
            .filter(|(bit, _)| mask >> bit & 1 == 1)
            .map(|(_, entry)| *entry)
            .collect();
        let Ok(set) = set(&entries) else { continue };
        for host in requests {
            for path in ["/", "/x", "/x/y/z", "/xy", "/y"] {
                let of_host = |own: &str| match own {
                    "-" => Some(0),
                    own if own == host => Some(1000),
                    own => {
                        let suffix = own.strip_prefix('*')?;
                        host.ends_with(suffix).then_some(suffix.len())
                    }
                };
                let of_path = |own: &str| {
                    (path == own || path.starts_with(&format!("{own}/"))).then_some(own.len())
                };
                let best = entries
                    .iter()
                    .enumerate()
                    .filter_map(|(entry, (own, below))| {
                        Some(((of_host(own)?, of_path(below)?), entry))
                    });
                let best = best
                    .max_by_key(|(rank, _)| *rank)
                    .map(|(_, entry)| entry.to_string());
                let best = best.unwrap_or_else(|| "-".to_owned());
                assert_eq!(
                    chosen(&set, Some(host), path),
                    best,
                    "{host}{path} {entries:?}"
                );
            }
        }
    }
}

#[test]
fn errors_teach() {
    let errors = set(&[
        ("https://API.example.com:8443/v1", "v1"),
        (
            "api.example.com:80 api.example.com. a_b.example *.127.0.0.1 *example.com *",
            "/v1/",
        ),
        ("", "/v1?x#y"),
        ("user@example.com. \u{1b}[31m", "/v1/*"),
        ("-", "/a//b"),
        ("-", &"/a".repeat(17)),
        ("-", "/%zz%41"),
        ("*.com bücher.example", "/a%2Fb"),
    ])
    .unwrap_err();
    let host = "a host is a name or an address in lower case, without scheme, port and path, or *. and a name";
    let path = "a path has no query, no *, no empty segments and no dots that lead elsewhere, and matches everything below it";
    let deep = "/a".repeat(17);
    assert_eq!(
        errors.to_string(),
        format!(
            "CORS-E53: policies[0].hosts: \"https://API.example.com:8443/v1\" is not a host; {host}: write \"api.example.com\"
CORS-E54: policies[0].path: \"v1\" does not start with a slash; a path starts with one: write \"/v1\"
CORS-E53: policies[1].hosts: \"api.example.com:80\" is not a host; {host}: write \"api.example.com\"
CORS-E53: policies[1].hosts: \"api.example.com.\" is not a host; {host}: write \"api.example.com\"
CORS-E53: policies[1].hosts: \"*.127.0.0.1\" is not a host; {host}
CORS-E53: policies[1].hosts: \"*example.com\" is not a host; {host}
CORS-E53: policies[1].hosts: \"*\" is not a host; {host}
CORS-E55: policies[1].path: \"/v1/\" ends with a slash; a path matches everything below it without one: write \"/v1\"
CORS-E58: policies[2].hosts: the list is empty; list a host, or leave hosts out to match every host
CORS-E56: policies[2].path: \"/v1?x#y\" is not a plain path; {path}: write \"/v1\"
CORS-E53: policies[3].hosts: \"user@example.com.\" is not a host; {host}: write \"example.com\"
CORS-E53: policies[3].hosts: \"\\u{{1b}}[31m\" is not a host; {host}
CORS-E56: policies[3].path: \"/v1/*\" is not a plain path; {path}: write \"/v1\"
CORS-E56: policies[4].path: \"/a//b\" is not a plain path; {path}
CORS-E57: policies[5].path: \"{deep}\" has more than 16 segments; use the first of them
CORS-E53: policies[7].hosts: \"bücher.example\" is not a host; {host}
CORS-E56: policies[7].path: \"/a%2Fb\" is not a plain path; {path}"
        )
    );
    let none: [Scoped; 0] = [];
    assert_eq!(
        PolicySet::new(none).unwrap_err().to_string(),
        "CORS-E59: policies: there is no policy; add one with at least its origins"
    );
}

#[test]
fn warnings_name_entries_that_are_never_used() {
    let set = set(&[
        ("a.example b.example", "/v1"),
        ("b.example", "/v%31"),
        ("b.example b.example", ""),
        ("-", ""),
        ("-", "/"),
        ("*.example", ""),
        ("*.example", ""),
    ])
    .unwrap();
    let warnings: Vec<_> = set.warnings().iter().map(ToString::to_string).collect();
    let rest = "already, which is the one that is used; remove it here, or change the path";
    assert_eq!(
        warnings,
        [
            format!(
                "CORS-W12: policies[1].hosts: \"b.example\" has this path in policies[0] {rest}"
            ),
            format!(
                "CORS-W12: policies[2].hosts: \"b.example\" has this path in policies[2] {rest}"
            ),
            format!("CORS-W12: policies[4].path: every host has this path in policies[3] {rest}"),
            format!(
                "CORS-W12: policies[6].hosts: \"*.example\" has this path in policies[5] {rest}"
            ),
        ]
    );
    // What is never used does no harm.
    assert_eq!(chosen(&set, Some("b.example"), "/v1"), "0");
    assert_eq!(chosen(&set, Some("z"), "/v1"), "3");
}

const FILE: &str = r#"
[[policies]]
hosts = ["api.example.com", "*.tenant.example"]
path = "/v1"
origins = ["https://app.example.com"]
credentials = true
methods = ["GET"]

[[policies]]
origins = ["*"]
"#;

#[test]
fn a_file_with_several_policies_or_one() {
    let set: PolicySet = toml::from_str(FILE).unwrap();
    let Choice::Policy(0, policy) = set.choose(Some("a.tenant.example"), b"/v1") else {
        panic!("{set:?}");
    };
    assert!(policy.allows_credentials(b"https://app.example.com"));
    assert_eq!(chosen(&set, Some("a.example"), "/v1"), "1");
    assert_eq!(set.entries()[0].of_path(), Some("/v1"));
    assert_eq!(set.entries()[1].of_hosts(), None);
    let codes: HashMap<_, _> = set
        .warnings()
        .iter()
        .map(|one| (one.code(), one.entry()))
        .collect();
    assert_eq!(codes, HashMap::from([("CORS-W04", Some(0))]));
    assert_eq!(
        set.warnings()[0].to_string(),
        "CORS-W04: policies[0].methods: \"GET\" is always allowed; remove it"
    );
    let one: PolicySet = toml::from_str("origins = [\"https://app.example.com\"]").unwrap();
    assert_eq!(chosen(&one, None, "/anything"), "0");
    let warned: PolicySet = toml::from_str("origins = [\"*\"]\nmethods = [\"GET\"]").unwrap();
    assert_eq!(
        warned.warnings()[0].to_string(),
        "CORS-W04: methods: \"GET\" is always allowed; remove it"
    );
    let json: PolicySet =
        serde_json::from_str(r#"{"policies":[{"hosts":null,"origins":["*"]}]}"#).unwrap();
    assert_eq!(chosen(&json, Some("a"), "/"), "0");
}

#[test]
fn errors_of_a_file_name_the_entry() {
    for (file, expected) in [
        (
            "[[policies]]\norigins = [\"https://a.example/\", \"x\"]\n[[policies]]\nhosts = [\"A\"]\norigins = [\"*\"]\ncredentials = true",
            "CORS-E09: policies[0].origins: \"https://a.example/\" ends with a slash",
        ),
        ("policies = []", "CORS-E59: policies: there is no policy"),
        ("", "CORS-E01: origins: "),
        ("[[policies]]\norigin = []", "unknown field `origin`"),
        ("[[policies]]\npolicies = []", "unknown field `policies`"),
        ("hosts = []", "unknown field `hosts`"),
        (
            "debug = true\n[[policies]]\norigins = [\"*\"]",
            "`debug` beside `policies` belongs to none of them; move it into an entry",
        ),
        (
            "policies = 1",
            "invalid type: integer `1`, expected a sequence",
        ),
    ] {
        let error = toml::from_str::<PolicySet>(file).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
    for file in [
        r#"{"policies": [{"path": "/a", "path": "/b", "origins": ["*"]}]}"#,
        r#"{"policies": [{"origins": ["*"]}], "policies": []}"#,
    ] {
        let error = serde_json::from_str::<PolicySet>(file).unwrap_err();
        assert!(
            error.to_string().starts_with("duplicate field `p"),
            "{error}"
        );
    }
    let all = toml::from_str::<PolicySet>(
        "[[policies]]\norigins = [\"https://a.example/\", \"x\"]\n[[policies]]\nhosts = [\"A\"]\norigins = [\"*\"]\ncredentials = true",
    );
    let all = all.unwrap_err().to_string();
    for code in [
        "CORS-E09: policies[0].",
        "CORS-E05: policies[0].",
        "CORS-E53: policies[1].",
        "CORS-E02: policies[1].",
    ] {
        assert!(all.contains(code), "{code}: {all}");
    }
}

#[test]
fn a_program_builds_policies_from_settings() {
    let good: Settings = Settings::new().origins(["https://app.example.com"]);
    let set = PolicySet::build([Scoped::new(good).path("/api")]).unwrap();
    let set = set.map(|policy: OwnedPolicy| policy.allows_origin(b"https://app.example.com"));
    assert_eq!(set.choose(None, b"/api/x"), Choice::Policy(0, &true));
}
