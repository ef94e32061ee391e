//! A policy as people write it in a file.

use cors_core::{OwnedPolicy, PolicyErrors, Settings};
use serde::Deserialize;

/// What a server allows, in words; [`to_core`](Self::to_core) makes a policy of it.
///
/// The core reads such files itself. Here the words stay, for what must not depend on how the core
/// understands them: the [naive](crate::suite::naive) reading, and libraries that are compared with it.
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
    /// Beside the origins `["*"]`: those that have credentials.
    pub credentialed_origins: Vec<String>,
    /// Origins at which browsers reach the server itself.
    pub own_origins: Vec<String>,
    /// Methods beside GET, HEAD and POST; `["*"]` = any.
    pub methods: Vec<String>,
    /// Request-header names; `["*"]` = any but `authorization`, `["*", "authorization"]` = any.
    pub request_headers: Vec<String>,
    /// Response-header names that scripts may read; `["*"]` = all.
    pub expose_headers: Vec<String>,
    /// For how many seconds a browser may reuse a preflight's answer; 0 = not at all.
    pub max_age: Option<u32>,
    /// The status of the answer to a preflight that passes; 204 if there is none.
    pub preflight_status: Option<u16>,
    /// Whether `Timing-Allow-Origin` names the origins that may read.
    pub timing: bool,
    /// What becomes of an actual request from an origin that is not allowed.
    pub denied: Denied,
    /// Whether a preflight's answer carries `Vary`, for caches that store answers to OPTIONS.
    pub vary_on_preflight: bool,
    /// Whether a failed preflight is answered so that the browser's message names what failed.
    pub debug: bool,
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
    /// The settings, for the core.
    #[must_use]
    pub fn to_settings(&self) -> Settings<String> {
        let settings = Settings::new()
            .origins(&self.origins)
            .credentials(self.credentials)
            .credentialed_origins(&self.credentialed_origins)
            .own_origins(&self.own_origins)
            .methods(&self.methods)
            .request_headers(&self.request_headers)
            .expose_headers(&self.expose_headers)
            .timing(self.timing)
            .forward_denied(self.denied == Denied::Forward)
            .vary_on_preflight(self.vary_on_preflight)
            .debug(self.debug)
            .dangerously_allow_insecure_origins(self.dangerously_allow_insecure_origins)
            .dangerously_allow_public_suffixes(self.dangerously_allow_public_suffixes)
            .dangerously_allow_null_origin(self.dangerously_allow_null_origin);
        let settings = match self.preflight_status {
            Some(status) => settings.preflight_status(status),
            None => settings,
        };
        match self.max_age {
            Some(seconds) => settings.max_age(seconds),
            None => settings,
        }
    }

    /// The policy, for the core.
    ///
    /// # Errors
    ///
    /// Every error.
    #[expect(clippy::result_large_err, reason = "the suite is not in a hurry")]
    pub fn to_core(&self) -> Result<OwnedPolicy<String, Vec<u32>>, PolicyErrors<String>> {
        self.to_settings().build()
    }
}
