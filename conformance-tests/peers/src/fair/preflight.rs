//! What a browser may send after an answer to its preflight.

use super::{Exchange, members, question};
use conformance_tests::Case;
use conformance_tests::model_browser::{Credentials, Fetch, Outcome};
use conformance_tests::naive;
use conformance_tests::{Line, Response};

impl Exchange<'_> {
    pub(super) async fn preflight(&self) -> Vec<String> {
        let mut errors = Vec::new();
        for page in &self.pages {
            let Some(fetch) = asked(self.case, &page.origin) else {
                continue;
            };
            for credentials in [Credentials::Omit, Credentials::Include] {
                let fetch = Fetch {
                    credentials,
                    ..fetch.clone()
                };
                errors.extend(self.grant(&fetch).await);
            }
        }
        let want = ages(&self.case.want.lines);
        let got = ages(&self.response.lines);
        if self.shares && want != got {
            errors.push(format!("want {want:?}, got {got:?}"));
        }
        if self.asks(question::HANDLER) && self.app.runs() > 0 {
            errors.push("the preflight calls the handler".to_owned());
        }
        if self.case.policy.vary_on_preflight {
            let names = [
                "origin",
                "access-control-request-method",
                "access-control-request-headers",
            ];
            errors.extend(self.missing_from_vary(names.map(str::to_owned)));
        }
        errors
    }

    /// The browser goes on exactly if the policy allows what it asked for. Where the wanted answer
    /// is a refusal of what the policy allows, because of how it is asked, a grant does no harm.
    async fn grant(&self, fetch: &Fetch) -> Option<String> {
        let is_allowed = naive::allows(&self.case.policy, fetch);
        // No browser sends two origins.
        let shares = self.shares && self.pages.len() == 1;
        let (page, credentials) = (&fetch.page, fetch.credentials);
        match self.refusal(fetch).await {
            Some(why) if shares && is_allowed => Some(format!(
                "{page} cannot send what it may ({credentials:?}): {why}"
            )),
            None if !is_allowed => {
                Some(format!("{page} can send what it may not ({credentials:?})"))
            }
            _ => None,
        }
    }

    /// Why this answer does not let the browser send the request that it asked for.
    async fn refusal(&self, fetch: &Fetch) -> Option<String> {
        let shared = Response {
            status: 200,
            lines: vec![
                Line::new("access-control-allow-origin", &fetch.page),
                Line::new("access-control-allow-credentials", "true"),
            ],
            body: Vec::new(),
        };
        let mut answers = [self.response.clone(), shared].into_iter();
        let outcome = fetch.run(async |_| answers.next().expect("a preflight and its request"));
        match outcome.await {
            Outcome::Shared { .. } => None,
            Outcome::Refused(refusal) => Some(refusal.to_string()),
        }
    }
}

/// What a browser asks for with the case's preflight; nothing if it is not of one method.
///
/// Methods and headers that no script can send are refused by the browser itself.
pub(super) fn asked(case: &Case, page: &str) -> Option<Fetch> {
    let request = &case.request;
    let methods: Vec<_> = request.values("access-control-request-method").collect();
    let [method] = methods.as_slice() else {
        return None;
    };
    let names = members(&request.lines, "access-control-request-headers").into_iter();
    Some(Fetch {
        method: String::from_utf8(method.to_vec()).ok()?,
        // No name is safelisted with this value.
        headers: names.map(|name| (name, b"\"".to_vec())).collect(),
        upload_listener: true,
        ..Fetch::get(page)
    })
}

fn ages(lines: &[Line]) -> Vec<String> {
    lines
        .iter()
        .filter(|line| line.name == "access-control-max-age")
        .map(ToString::to_string)
        .collect()
}
