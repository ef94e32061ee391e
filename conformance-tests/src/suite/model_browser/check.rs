//! What a browser makes of answers.

use std::collections::BTreeSet;

use super::headers::{extract, get, holds, is_one_of};
use super::safelists::{SAFELISTED_NAMES, is_safelisted_method};
use super::{CheckFailure, Credentials, Fetch, Refusal};
use crate::suite::exchange::Response;

impl Fetch {
    /// Why a browser would not go on from this answer to the preflight.
    pub(super) fn check_preflight(&self, response: &Response) -> Result<(), Refusal> {
        let first = self.preflight_refusals(response).into_iter().next();
        first.map_or(Ok(()), Err)
    }

    /// All that is wrong with an answer to the preflight, in the order in which a browser looks; it
    /// stops at the first: [CORS-preflight fetch](https://fetch.spec.whatwg.org/#cors-preflight-fetch-0),
    /// steps 7 and 8.
    #[must_use]
    pub fn preflight_refusals(&self, response: &Response) -> Vec<Refusal> {
        let mut refusals = Vec::new();
        // Step 7: checked with this request's credentials mode, not with the preflight's.
        refusals.extend(self.check(response).map_err(Refusal::Preflight).err());
        if !(200..=299).contains(&response.status) {
            refusals.push(Refusal::PreflightStatus(response.status));
        }
        // Steps 7.1 to 7.3
        let mut extract = |name| extract(response, name).map_err(|refusal| refusals.push(refusal));
        let methods = extract("access-control-allow-methods");
        let names = extract("access-control-allow-headers");
        let method = self.normalized_method();
        if let Ok(methods) = methods {
            // Step 7.4
            let methods = match methods {
                None if self.upload_listener => vec![method.clone()],
                methods => methods.unwrap_or_default(),
            };
            // Step 7.5
            if !methods.contains(&method)
                && !is_safelisted_method(&method)
                && !self.is_covered_by_wildcard(&methods)
            {
                refusals.push(Refusal::MethodNotAllowed(method));
            }
        }
        if let Ok(names) = names {
            let names = names.unwrap_or_default();
            for name in self.unsafe_names() {
                // Step 7.6: the one CORS non-wildcard request-header name; it is never safelisted.
                let is_covered = name != "authorization" && self.is_covered_by_wildcard(&names);
                // Step 7.7
                if !is_covered && !holds(&names, &name) {
                    refusals.push(Refusal::HeaderNotAllowed(name));
                }
            }
        }
        refusals
    }

    /// `*` stands in the list, and the request has no credentials, with which it is a mere name.
    fn is_covered_by_wildcard(&self, list: &[String]) -> bool {
        self.credentials == Credentials::Omit && list.iter().any(|member| member == "*")
    }

    /// The [CORS check](https://fetch.spec.whatwg.org/#concept-cors-check).
    ///
    /// # Errors
    ///
    /// Why the page does not get this response.
    pub fn check(&self, response: &Response) -> Result<(), CheckFailure> {
        let include = self.credentials == Credentials::Include;
        match get(response, "access-control-allow-origin").as_deref() {
            // Steps 1 and 2
            None => Err(CheckFailure::NoAllowOrigin),
            // Step 3
            Some(b"*") if !include => Ok(()),
            // Step 4
            Some(b"*") => Err(CheckFailure::WildcardWithCredentials),
            Some(other) if other != self.page.as_bytes() => {
                Err(CheckFailure::OtherOrigin(other.escape_ascii().to_string()))
            }
            // Step 5
            Some(_) if !include => Ok(()),
            // Steps 6 to 8
            Some(_) => match get(response, "access-control-allow-credentials").as_deref() {
                Some(b"true") => Ok(()),
                _ => Err(CheckFailure::NoAllowCredentials),
            },
        }
    }

    /// [Main fetch](https://fetch.spec.whatwg.org/#concept-main-fetch), step 14.1, and the
    /// [CORS filtered response](https://fetch.spec.whatwg.org/#concept-filtered-response-cors).
    pub(super) fn exposed(&self, response: &Response) -> Vec<String> {
        // Step 14.1.1: from a list with an invalid member, nothing is taken.
        let listed = extract(response, "access-control-expose-headers");
        let listed = listed.ok().flatten().unwrap_or_default();
        // Step 14.1.2
        let all = self.is_covered_by_wildcard(&listed);
        let names = response.lines.iter().map(|line| line.name.clone());
        let is_exposed = |name: &String| match name.as_str() {
            // https://fetch.spec.whatwg.org/#forbidden-response-header-name
            "set-cookie" | "set-cookie2" => false,
            // Step 14.1.3
            name => is_one_of(SAFELISTED_NAMES, name) || all || holds(&listed, name),
        };
        let exposed: BTreeSet<String> = names.filter(is_exposed).collect();
        exposed.into_iter().collect()
    }
}
