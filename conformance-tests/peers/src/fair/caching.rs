//! What a cache does with an answer.

use super::{Exchange, members};
use conformance_tests::PolicyFile;

impl Exchange<'_> {
    /// A cache may keep the answer without being told how long, or it changes what a cache has kept
    /// ([RFC 9110](https://www.rfc-editor.org/rfc/rfc9110.html#section-15.1)).
    pub(super) fn is_storable(&self) -> bool {
        matches!(self.case.request.method.as_str(), "GET" | "HEAD")
            && matches!(
                self.response.status,
                200 | 203 | 204 | 206 | 300 | 301 | 304 | 308 | 404 | 405 | 410 | 414 | 501
            )
    }

    /// Nobody asked to share the answer, but a cache may give it to a page that does.
    pub(super) fn is_for_all_later(&self) -> bool {
        let is_shared_by_everybody = self.pages.is_empty() && self.shares;
        is_shared_by_everybody
            && self.is_storable()
            && !self.missing_from_vary(["origin".to_owned()]).is_empty()
    }

    /// Whoever gets the answer from a cache gets what the server would have answered.
    pub(super) fn caching(&self, errors: &mut Vec<String>) {
        let mut needed = members(&self.app.answer().lines, "vary");
        let mut values = self.response.values("access-control-allow-origin");
        // Given to everybody, it lets in those that the policy does.
        let is_right_for_all = match (values.next(), values.next()) {
            (Some(b"*"), None) => self.case.policy.credentialed_origins.is_empty(),
            (Some(value), None) => only_origin(&self.case.policy) == Some(value),
            _ => false,
        };
        if !is_right_for_all {
            needed.push("origin".to_owned());
        }
        errors.extend(self.missing_from_vary(needed));
    }

    pub(super) fn missing_from_vary(
        &self,
        needed: impl IntoIterator<Item = String>,
    ) -> Vec<String> {
        let vary = members(&self.response.lines, "vary");
        let is_missing = |name: &String| !vary.contains(name) && !vary.iter().any(|one| one == "*");
        let missing = needed.into_iter().filter(is_missing);
        missing.map(|name| format!("Vary lacks {name}")).collect()
    }
}

/// The one origin that the policy lists.
fn only_origin(policy: &PolicyFile) -> Option<&[u8]> {
    match policy.origins.as_slice() {
        [origin] if !origin.contains('*') && !policy.dangerously_allow_null_origin => {
            Some(origin.as_bytes())
        }
        _ => None,
    }
}
