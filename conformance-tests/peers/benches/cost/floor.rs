//! The least conceivable CORS: values that are ready, and one comparison for each question. Not for
//! use: it takes one spelling of what a browser may ask for, and refuses no actual request.

use std::collections::HashSet;

use crate::scenario::{
    ASKED, EXPOSE_HEADERS, MAX_AGE, METHODS, Origins, REQUEST_HEADERS, SUFFIX, Scenario,
};

/// What it compares.
pub(crate) struct Floor {
    trusted: Trusted,
}

enum Trusted {
    One(String),
    Set(HashSet<Vec<u8>>),
    Subdomains,
    Any,
}

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The handler runs; its response is shared, or not.
    Forward { is_shared: bool },
    /// A preflight that is answered with 204, or with 403.
    Preflight { is_allowed: bool },
}

/// The headers that are ready. A value of nothing is that of the request's `Origin`.
pub(crate) type Lines = Vec<(&'static str, Option<String>)>;

impl Floor {
    pub(crate) fn of(scenario: &Scenario) -> Self {
        Self {
            trusted: match scenario.origins {
                Origins::One => Trusted::One(scenario.origins.exact().concat()),
                Origins::Many(_) => Trusted::Set(
                    scenario
                        .origins
                        .exact()
                        .into_iter()
                        .map(String::into_bytes)
                        .collect(),
                ),
                Origins::Subdomains => Trusted::Subdomains,
                Origins::Any => Trusted::Any,
            },
        }
    }

    /// No origin is needed to trust any; `value` finds the others.
    pub(crate) fn decide<'r>(
        &self,
        is_options: bool,
        origin: Option<&[u8]>,
        value: impl Fn(Asked) -> Option<&'r [u8]>,
    ) -> Verdict {
        let is_shared = self.trusted.has(origin);
        match is_options.then(|| value(Asked::Method)).flatten() {
            None => Verdict::Forward { is_shared },
            Some(_) if matches!(self.trusted, Trusted::Any) => {
                Verdict::Preflight { is_allowed: true }
            }
            Some(method) => Verdict::Preflight {
                is_allowed: is_shared
                    && method == b"PUT"
                    && value(Asked::Headers) == Some(ASKED.as_bytes()),
            },
        }
    }
}

/// What it reads of a preflight.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Asked {
    Method,
    Headers,
}

impl Trusted {
    fn has(&self, origin: Option<&[u8]>) -> bool {
        let Some(origin) = origin else {
            return matches!(self, Self::Any);
        };
        match self {
            Self::One(one) => origin == one.as_bytes(),
            Self::Set(set) => set.contains(origin),
            Self::Subdomains => {
                origin.starts_with(b"https://") && origin.ends_with(SUFFIX.as_bytes())
            }
            Self::Any => true,
        }
    }
}

/// Of a response that is not shared, and of a preflight that is refused. Others have it too.
pub(crate) fn vary(origins: Origins) -> Option<(&'static str, &'static str)> {
    (!origins.is_any()).then_some(("vary", "Origin"))
}

/// Of an actual response that is shared.
pub(crate) fn actual(origins: Origins) -> Lines {
    let mut lines = origin(origins);
    lines.push((
        "access-control-expose-headers",
        Some(EXPOSE_HEADERS.join(",")),
    ));
    lines
}

/// Of a preflight that is allowed.
pub(crate) fn preflight(origins: Origins) -> Lines {
    let (methods, headers) = match origins.is_any() {
        true => ("*".to_owned(), "*,authorization".to_owned()),
        false => (METHODS.join(","), REQUEST_HEADERS.join(",")),
    };
    let mut lines = origin(origins);
    lines.push(("access-control-allow-methods", Some(methods)));
    lines.push(("access-control-allow-headers", Some(headers)));
    lines.push(("access-control-max-age", Some(MAX_AGE.to_string())));
    lines
}

fn origin(origins: Origins) -> Lines {
    let value = match origins {
        Origins::One => Some(origins.exact().concat()),
        Origins::Any => Some("*".to_owned()),
        Origins::Many(_) | Origins::Subdomains => None,
    };
    let mut lines = vec![("access-control-allow-origin", value)];
    if !origins.is_any() {
        lines.push(("access-control-allow-credentials", Some("true".to_owned())));
    }
    lines
}
