//! A policy as people write it in a file.

use cors_core::{Fault, Policy};
use serde::Deserialize;

/// What a server allows, in words; [`to_core`](Self::to_core) makes the [`cors_core::Policy`] of it.
///
/// A list that is `["*"]`, or holds `"*"` beside names, means *any*.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent switches, not states"
)]
pub struct PolicyFile {
    /// Origins and patterns: `https://a.example`, `https://*.a.example`, `http://localhost:*`;
    /// `["*"]` is the public policy.
    pub origins: Vec<String>,
    /// Whether responses may be shared with requests that carry credentials.
    pub credentials: bool,
    /// Methods beside GET, HEAD and POST; `["*"]` = any.
    pub methods: Vec<String>,
    /// Request-header names; `["*"]` = any but `authorization`, `["*", "authorization"]` = any.
    pub request_headers: Vec<String>,
    /// Response-header names that scripts may read; `["*"]` = all.
    pub expose_headers: Vec<String>,
    /// For how many seconds a browser may reuse a preflight's answer; 0 = not at all.
    pub max_age: Option<u32>,
    /// What becomes of an actual request from an origin that is not allowed.
    pub denied: Denied,
    /// Whether a preflight's answer carries `Vary`, for caches that store answers to OPTIONS.
    pub vary_on_preflight: bool,
    /// `http://` origins together with credentials.
    pub dangerously_allow_insecure_origins: bool,
    /// `https://*.com` and the like together with credentials.
    pub dangerously_allow_public_suffixes: bool,
    /// The origin `null`, which any page can take on.
    pub dangerously_allow_null_origin: bool,
}

/// What becomes of an actual request from an origin that is not allowed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Denied {
    /// It is refused with 403 before the handler runs.
    #[default]
    Refuse,
    /// The handler runs; the browser withholds the answer from the page.
    Forward,
}

impl PolicyFile {
    /// The policy, for the core.
    ///
    /// The texts of the policy are never freed: a suite makes some hundred of them and ends.
    ///
    /// # Errors
    ///
    /// Every fault, each once.
    pub fn to_core(&self) -> Result<Policy<'static>, Vec<Fault<'static>>> {
        let mut faults = Vec::new();
        let mut policy = self.audience().unwrap_or_else(|found| {
            faults.extend(found);
            // Any of its kind, so that the other settings are checked too.
            match self.credentials {
                true => Policy::credentialed("https://a.invalid"),
                false => Policy::public(),
            }
        });
        let mut with = |set: &dyn Fn(
            Policy<'static>,
        ) -> Result<Policy<'static>, Fault<'static>>| match set(policy) {
            Ok(changed) => policy = changed,
            Err(fault) if !faults.contains(&fault) => faults.push(fault),
            Err(_) => {}
        };
        if self.dangerously_allow_null_origin {
            with(&Policy::try_dangerously_allow_null_origin);
        }
        for text in entries_then_list(&self.methods) {
            with(&|policy| policy.try_methods(text));
        }
        for text in entries_then_list(&self.request_headers) {
            with(&|policy| policy.try_request_headers(text));
        }
        for text in entries_then_list(&self.expose_headers) {
            with(&|policy| policy.try_expose_headers(text));
        }
        if holds_any(&self.methods) {
            with(&|policy| Ok(policy.any_method()));
        }
        if holds_any(&self.request_headers) {
            with(&|policy| Ok(policy.any_request_header()));
        }
        if holds_any(&self.expose_headers) {
            with(&Policy::try_expose_all);
        }
        if let Some(seconds) = self.max_age {
            with(&|policy| policy.try_max_age(seconds));
        }
        if self.denied == Denied::Forward {
            with(&|policy| Ok(policy.forward_denied()));
        }
        if self.vary_on_preflight {
            with(&|policy| Ok(policy.vary_on_preflight()));
        }
        match faults.is_empty() {
            true => Ok(policy),
            false => Err(faults),
        }
    }

    fn audience(&self) -> Result<Policy<'static>, Vec<Fault<'static>>> {
        if !self.credentials && self.origins == ["*"] {
            return Ok(Policy::public());
        }
        let list: &'static str = self.origins.join(" ").leak();
        let faults: Vec<_> = list
            .split_ascii_whitespace()
            .filter_map(|origin| self.of_origins(origin).err())
            .collect();
        match faults.is_empty() {
            true => self.of_origins(list).map_err(|fault| vec![fault]),
            false => Err(faults),
        }
    }

    fn of_origins(&self, origins: &'static str) -> Result<Policy<'static>, Fault<'static>> {
        match (
            self.credentials,
            self.dangerously_allow_insecure_origins,
            self.dangerously_allow_public_suffixes,
        ) {
            (false, _, _) => Policy::try_anonymous(origins),
            (true, false, false) => Policy::try_credentialed(origins),
            (true, true, false) => {
                Policy::dangerously_allow_insecure_origins().try_credentialed(origins)
            }
            (true, false, true) => {
                Policy::dangerously_allow_public_suffixes().try_credentialed(origins)
            }
            (true, true, true) => Policy::dangerously_allow_insecure_origins()
                .dangerously_allow_public_suffixes()
                .try_credentialed(origins),
        }
    }
}

fn holds_any(list: &[String]) -> bool {
    list.iter().any(|entry| entry == "*")
}

/// Each entry that is not `*`, so that each is checked, and then all of them, which is what counts.
fn entries_then_list(list: &[String]) -> Vec<&'static str> {
    let entries: Vec<&'static str> = list
        .iter()
        .filter(|entry| *entry != "*")
        .map(|entry| &*entry.clone().leak())
        .collect();
    if entries.is_empty() {
        return entries;
    }
    let all: &'static str = entries.join(", ").leak();
    entries.into_iter().chain([all]).collect()
}
