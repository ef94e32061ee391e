//! A policy in the terms that these libraries have in common.

use conformance_tests::NotApplicable;
use conformance_tests::Request;
use conformance_tests::{Denied, PolicyFile};

/// What there is to configure.
pub(super) struct Settings<'p> {
    pub(super) origins: Allowed<'p>,
    /// Beside `origins`: `https://*.a.example`, `http://localhost:*`.
    pub(super) patterns: Vec<&'p str>,
    pub(super) null: bool,
    pub(super) credentials: bool,
    /// Beside any origin: those that have credentials.
    pub(super) credentialed_origins: &'p [String],
    /// With GET, HEAD and POST: most of these libraries refuse them if they are not listed, and
    /// say so.
    pub(super) methods: Allowed<'p>,
    pub(super) request_headers: Allowed<'p>,
    /// `authorization` is listed, which *any* does not cover.
    pub(super) authorization: bool,
    pub(super) expose_headers: Allowed<'p>,
    pub(super) max_age: Option<u32>,
    pub(super) denied: Denied,
}

/// Any, or these.
pub(super) enum Allowed<'p> {
    Any,
    Listed(Vec<&'p str>),
}

impl<'p> Settings<'p> {
    pub(super) fn of(policy: &'p PolicyFile) -> Self {
        let origins = policy.origins.iter().map(String::as_str);
        let (patterns, exact): (Vec<_>, Vec<_>) = origins.partition(|origin| origin.contains('*'));
        let is_public = policy.origins == ["*"];
        Self {
            origins: match is_public {
                true => Allowed::Any,
                false => Allowed::Listed(exact),
            },
            patterns: match is_public {
                true => Vec::new(),
                false => patterns,
            },
            null: policy.dangerously_allow_null_origin,
            credentials: policy.credentials,
            credentialed_origins: &policy.credentialed_origins,
            methods: allowed(&["GET", "HEAD", "POST"], &policy.methods),
            request_headers: allowed(&[], &policy.request_headers),
            authorization: policy
                .request_headers
                .iter()
                .any(|name| name.eq_ignore_ascii_case("authorization")),
            expose_headers: allowed(&[], &policy.expose_headers),
            max_age: policy.max_age,
            denied: policy.denied,
        }
    }

    /// Some origins have credentials, with which `*` means nothing.
    pub(super) const fn mirrors(&self) -> bool {
        self.credentials || !self.credentialed_origins.is_empty()
    }

    /// For libraries whose *any header* is every header.
    pub(super) fn any_header_with_authorization(
        &self,
        request: &Request,
    ) -> Result<(), NotApplicable> {
        let mut asked = request.values("access-control-request-headers");
        let asks = asked.any(|line| {
            let mut names = line.split(|&byte| byte == b',');
            names.any(|name| name.trim_ascii().eq_ignore_ascii_case(b"authorization"))
        });
        match self.request_headers {
            Allowed::Any if asks && !self.authorization => Err(NotApplicable::because(
                "any request header but `authorization` cannot be expressed",
            )),
            _ => Ok(()),
        }
    }

    /// For libraries whose credentials are for every origin that is allowed, or for none.
    pub(super) fn is_of_one_kind(&self) -> Result<(), NotApplicable> {
        match self.credentialed_origins {
            [] => Ok(()),
            _ => Err(NotApplicable::because(
                "any origin, and some with credentials, cannot be expressed",
            )),
        }
    }

    /// For libraries that refuse every actual request of an origin that is not allowed.
    pub(super) fn refuses_denied(&self) -> Result<(), NotApplicable> {
        match self.denied {
            Denied::Refuse => Ok(()),
            Denied::Forward => Err(NotApplicable::because(
                "requests of origins that are not allowed are never forwarded",
            )),
        }
    }
}

/// For libraries that refuse the requests of all origins that are not listed.
pub(super) fn has_no_own_origins(policy: &PolicyFile) -> Result<(), NotApplicable> {
    match policy.own_origins.as_slice() {
        [] => Ok(()),
        _ => Err(NotApplicable::because(
            "the server's own origins cannot be told",
        )),
    }
}

fn allowed<'p>(always: &[&'p str], entries: &'p [String]) -> Allowed<'p> {
    if entries.iter().any(|entry| entry == "*") {
        return Allowed::Any;
    }
    let entries = entries.iter().map(String::as_str);
    Allowed::Listed(always.iter().copied().chain(entries).collect())
}
