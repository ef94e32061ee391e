//! The rules as a table, the first row that fits wins, compared with the core for every
//! combination; the table is the page `docs/decision-table.md`.

use std::path::Path;
use std::{env, fs};

use cors_core::{Decision, Edit, OwnedPolicy, RequestField, ResponseField, Settings};

const ANY: &str = "any";

/// Policy, `Origin`, request, `Sec-Fetch-Site` and `-Mode`; what happens,
/// `Access-Control-Allow-Origin`.
#[rustfmt::skip]
const TABLE: [[&str; 7]; 19] = [
    ["any", "none", "any", "any", "any", "handler", "as for others"],
    ["any", "listed", "not a preflight", "any", "any", "handler", "the origin"],
    ["any", "listed", "good preflight", "any", "any", "204", "the origin"],
    ["debug", "listed", "bad preflight", "any", "any", "204", "the origin"],
    ["any", "listed", "bad preflight", "any", "any", "403", "the origin"],
    ["public", "any", "not a preflight", "any", "any", "handler", "*"],
    ["public", "any", "good preflight", "any", "any", "204", "*"],
    ["public", "any", "bad preflight", "any", "any", "403", "*"],
    ["debug", "any", "good preflight", "any", "any", "204", "none"],
    ["debug", "any", "bad preflight", "any", "any", "204", "none"],
    ["any", "any", "good preflight", "any", "any", "403", "none"],
    ["any", "any", "bad preflight", "any", "any", "403", "none"],
    ["forward", "any", "any", "any", "any", "handler", "none"],
    ["any", "own", "any", "any", "any", "handler", "none"],
    ["any", "as `Host`", "any", "missing", "missing", "handler", "none"],
    ["any", "any", "any", "same-origin", "any", "handler", "none"],
    ["any", "any", "any", "none", "any", "handler", "none"],
    ["any", "any", "any", "any", "navigate", "handler", "none"],
    ["any", "any", "any", "any", "any", "403", "none"],
];

const LISTED: &str = "https://a.test";
const OWN: &str = "https://own.test";
const HOST: &str = "api.test";

struct Kind {
    name: &'static str,
    /// What the table calls it.
    row: &'static str,
    /// Besides what all have.
    settings: fn(Settings<String>) -> Settings<String>,
    /// The names of the origins that it lists.
    listed: &'static [&'static str],
    /// Those may send credentials.
    has_credentials: bool,
    /// A preflight for any method and headers is good.
    is_for_any: bool,
}

impl Kind {
    const fn new(
        name: &'static str,
        row: &'static str,
        settings: fn(Settings<String>) -> Settings<String>,
    ) -> Self {
        Self {
            name,
            row,
            settings,
            listed: &["listed"],
            has_credentials: false,
            is_for_any: false,
        }
    }

    fn policy(&self) -> OwnedPolicy<String, Vec<u32>> {
        let settings = Settings::new()
            .origins([LISTED])
            .own_origins([OWN])
            .methods(["PUT"])
            .request_headers(["x-a"])
            .credentials(self.has_credentials)
            .dangerously_allow_public_suffixes(true);
        (self.settings)(settings).build().expect("a good policy")
    }
}

const POLICIES: [Kind; 11] = [
    Kind {
        listed: &[],
        ..Kind::new("public", "public", |settings| settings.origins(["*"]))
    },
    Kind {
        has_credentials: true,
        ..Kind::new("public, some with credentials", "public", |settings| {
            let settings = settings.origins(["*"]).credentials(false);
            settings.credentialed_origins([LISTED])
        })
    },
    Kind {
        listed: &[],
        ..Kind::new("nobody", "list", |settings| {
            settings.origins([""; 0]).allow_no_origins(true)
        })
    },
    Kind::new("listed", "list", |settings| settings),
    Kind {
        has_credentials: true,
        ..Kind::new("listed, with credentials", "list", |settings| settings)
    },
    Kind {
        listed: &["listed", "null"],
        ..Kind::new("listed, and null", "list", |settings| {
            settings.dangerously_allow_null_origin(true)
        })
    },
    Kind {
        is_for_any: true,
        ..Kind::new("listed, any method and header", "list", |settings| {
            settings.methods(["*"]).request_headers(["*"])
        })
    },
    Kind::new("listed, forwards", "forward", |settings| {
        settings.forward_denied(true)
    }),
    Kind {
        listed: &["listed", "own", "as `Host`"],
        ..Kind::new("a pattern", "list", |settings| {
            settings.origins(["https://*.test"])
        })
    },
    Kind::new("listed, debug", "debug", |settings| settings.debug(true)),
    Kind {
        has_credentials: true,
        ..Kind::new("with credentials, debug", "debug", |settings| {
            settings.debug(true)
        })
    },
];

const ORIGINS: [(&str, &[&str]); 7] = [
    ("none", &[]),
    ("listed", &[LISTED]),
    ("foreign", &["https://evil.example"]),
    ("null", &["null"]),
    ("own", &[OWN]),
    ("as `Host`", &["https://api.test"]),
    ("several", &[LISTED, LISTED]),
];

/// A preflight that is good if the policy allows any method and any header.
const UNLISTED: &str = "unlisted";

/// Kind in the table, method, requested methods, requested headers.
type Asked = (
    &'static str,
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
);
const REQUESTS: [Asked; 9] = [
    ("not a preflight", "GET", &[], &[]),
    ("not a preflight", "PUT", &["PUT"], &["x-a"]),
    ("not a preflight", "OPTIONS", &[], &["x-a"]),
    ("good preflight", "OPTIONS", &["GET"], &[]),
    ("good preflight", "OPTIONS", &["PUT"], &["x-a"]),
    (UNLISTED, "OPTIONS", &["DELETE"], &[]),
    (UNLISTED, "OPTIONS", &["PUT"], &["x-b"]),
    (UNLISTED, "OPTIONS", &["PUT"], &["x-a,x-b"]),
    ("bad preflight", "OPTIONS", &["PUT", "PUT"], &[]),
];

const SITES: [&str; 5] = ["missing", "same-origin", "same-site", "cross-site", "none"];
const MODES: [&str; 5] = ["missing", "navigate", "no-cors", "cors", "websocket"];

fn expected(facts: [&str; 5]) -> (&'static str, &'static str) {
    let row = TABLE.iter().find(|row| {
        let mut cells = row.iter().zip(facts);
        cells.all(|(cell, fact)| {
            *cell == ANY || *cell == fact || (*cell == "navigate" && fact == "no-cors")
        })
    });
    row.map(|row| (row[5], row[6]))
        .expect("the last row fits all")
}

#[test]
fn the_core_decides_as_the_table_says() {
    let mut count = 0;
    for kind in POLICIES {
        let policy = kind.policy();
        for (origin, origins) in ORIGINS {
            for (request, method, methods, headers) in REQUESTS {
                for (site, mode) in SITES
                    .iter()
                    .flat_map(|site| MODES.map(|mode| (*site, mode)))
                {
                    let lines = |field| match field {
                        RequestField::Origin => origins,
                        RequestField::Host => &[HOST],
                        RequestField::RequestMethod => methods,
                        RequestField::RequestHeaders => headers,
                        RequestField::SecFetchSite if site != "missing" => {
                            std::slice::from_ref(&site)
                        }
                        RequestField::SecFetchMode if mode != "missing" => {
                            std::slice::from_ref(&mode)
                        }
                        _ => &[],
                    };
                    let values = |field| lines(field).iter().map(|value| value.as_bytes());
                    let decision = policy.decide(method.as_bytes(), values);
                    let what = match decision {
                        Decision::Forward(_) => "handler".to_owned(),
                        Decision::Respond { status, .. } => status.to_string(),
                    };
                    let edits = decision.edits();
                    let text = policy.text(ResponseField::AllowOrigin);
                    let allowed = match edits.of(ResponseField::AllowOrigin) {
                        Some(Edit::Set) => text,
                        Some(Edit::Echo(_)) => origins[0],
                        _ => "none",
                    };
                    let is_listed = kind.listed.contains(&origin);
                    let origin = match origin {
                        _ if is_listed => "listed",
                        "listed" => "foreign",
                        origin => origin,
                    };
                    let request = match request {
                        UNLISTED if kind.is_for_any => "good preflight",
                        UNLISTED => "bad preflight",
                        request => request,
                    };
                    let (want, grant) = expected([kind.row, origin, request, site, mode]);
                    let grant = match grant {
                        "as for others" if kind.row == "public" => "*",
                        "as for others" => "none",
                        "the origin" => origins[0],
                        grant => grant,
                    };
                    let shown = format!(
                        "{}, {origin}, {method} {methods:?} {headers:?}, {site}, {mode}",
                        kind.name
                    );
                    assert_eq!((what.as_str(), allowed), (want, grant), "{shown}");
                    let credentials = edits.of(ResponseField::AllowCredentials);
                    let has_credentials = matches!(credentials, Some(Edit::Set));
                    let wants = is_listed && kind.has_credentials;
                    assert_eq!(has_credentials, wants, "credentials: {shown}");
                    count += 1;
                }
            }
        }
    }
    assert_eq!(count, 11 * 7 * 9 * 25);
}

/// `WRITE_PAGES=1` in the environment writes it.
#[test]
fn the_page_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/decision-table.md");
    let rows = TABLE.map(|row| format!("| {} |\n", row.join(" | ").replace("| *", "| `*`")));
    let page = format!("{START}{}{END}", rows.concat());
    if env::var_os("WRITE_PAGES").is_some() {
        fs::write(&path, &page).expect("a page that can be written");
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(written, page, "run this test with WRITE_PAGES=1");
}

const START: &str = "# Decision table

What the core decides about a request. The first row that fits wins. A test compares the table with the
core for every combination of the values below it: 17 325.

| policy | `Origin` | request | `Sec-Fetch-Site` | `Sec-Fetch-Mode` | result | `Access-Control-Allow-Origin` |
|---|---|---|---|---|---|---|
";

const END: &str = "
* Policy: `public` allows every origin, `forward` lists origins and calls the handler for denied requests, `debug`
  lists origins and has the setting of that name. The others list origins and refuse denied requests; one of them
  allows `null`, one any method and header, and one allows nobody.
* `Origin`: `listed` is an origin of the list, or with a public policy one that may send credentials; `own`
  is one of `own_origins`; as `Host` is `https://` and what the request's `Host` says. The others are a foreign
  origin, `null`, and several `Origin` headers.
* Request: a preflight is an `OPTIONS` with `Origin` and `Access-Control-Request-Method`. It is good if the
  policy allows its method and its headers.
* `Sec-Fetch-Site` is missing, `same-origin`, `same-site`, `cross-site` or `none`. `Sec-Fetch-Mode` is missing,
  `navigate`, `no-cors`, `cors` or `websocket`; `navigate` in the table stands for `no-cors`, too.
* \"As for others\" is `*` for a public policy, and no header for the others.
* `Access-Control-Allow-Credentials` is sent to a listed origin that may send credentials, and to no other.
";
