//! Policies to begin with, and the pages that ask under them.

use serde::Serialize;

use crate::command::file::File;
use crate::command::playground::Origins;
use crate::command::playground::catalogue::filled;

/// A policy to begin with.
#[derive(Debug, Serialize)]
pub(super) struct Preset {
    name: String,
    pub(super) text: String,
}

/// The first of them is the one to begin with: that of the file, if there is one.
pub(super) fn presets(file: Option<&File>, origins: &Origins) -> Vec<Preset> {
    let own = file.map(|file| Preset {
        name: file.path.rsplit('/').next().unwrap_or_default().to_owned(),
        text: file.text.clone(),
    });
    let others = PRESETS.map(|(name, text)| Preset {
        name: name.to_owned(),
        text: filled(text, origins),
    });
    own.into_iter().chain(others).collect()
}

/// Whose pages ask.
#[derive(Debug, Serialize)]
pub(super) struct Page {
    name: &'static str,
    pub(super) origin: String,
}

/// Those that the page has buttons for.
pub(super) fn asking(origins: &Origins) -> Vec<Page> {
    let pages = PAGES.map(|(name, text)| Page {
        name,
        origin: filled(text, origins),
    });
    pages.into()
}

const PRESETS: [(&str, &str); 6] = [
    (
        "With cookies",
        r#"# Who may read responses
origins = ["{app}"]
# also to requests with cookies
credentials = true
# besides GET, HEAD and POST
methods = ["PUT", "PATCH"]
request_headers = ["content-type", "x-foo"]
expose_headers = ["x-a"]
# in seconds
max_age = 600
"#,
    ),
    (
        "One origin",
        r#"# Who may read responses
origins = ["{app}"]
# besides GET, HEAD and POST
methods = ["PUT", "PATCH"]
request_headers = ["content-type", "x-foo"]
expose_headers = ["x-a"]
# in seconds
max_age = 600
"#,
    ),
    (
        "Any subdomain",
        r#"# *. is any subdomain, of any depth,
# and not the domain itself
origins = [
  "{app}",
  "{sub}",
]
methods = ["PUT", "PATCH"]
request_headers = ["content-type", "x-foo"]
"#,
    ),
    (
        "Preview deployments",
        r#"# * is one or more letters, digits, - or _,
# and never a dot
origins = [
  "{app}",
  "{label}",
]
methods = ["PUT", "PATCH"]
request_headers = ["content-type", "x-foo"]
"#,
    ),
    (
        "Public",
        r#"# Any page may read responses,
# but none to requests with cookies
origins = ["*"]
methods = ["*"]
# any but authorization
request_headers = ["*"]
expose_headers = ["*"]
"#,
    ),
    (
        "Public, some with cookies",
        r#"# Any page may read responses
origins = ["*"]
# and these also to requests with cookies
credentialed_origins = ["{app}"]
methods = ["PUT", "PATCH"]
request_headers = ["content-type", "x-foo"]
expose_headers = ["x-a"]
"#,
    ),
];

/// Who asks in the checks; what a policy may name.
const PAGES: [(&str, &str); 6] = [
    ("Your application (this page)", "{app}"),
    ("A subdomain", "{www}"),
    ("Any subdomain", "{sub}"),
    ("The same host, another port", "{port}"),
    ("Another site", "{other}"),
    ("A sandboxed frame", "null"),
];
