//! Who may read an answer, and whether the application was asked for it.

use super::{Exchange, Page, members, question};
use conformance_tests::Line;
use conformance_tests::model_browser::{Credentials, Fetch, Outcome};

impl Exchange<'_> {
    pub(super) async fn actual(&self) -> Vec<String> {
        let mut errors = Vec::new();
        let is_asked = self.case.request.method != "OPTIONS" || self.asks(question::OPTIONS);
        if is_asked && !self.may_be_refused() {
            self.handling(&mut errors);
        }
        for page in &self.pages {
            // No browser sends two origins.
            let shares = self.shares && is_asked && self.pages.len() == 1;
            self.sharing(page, shares, &mut errors).await;
        }
        if self.is_for_all_later() {
            let page = Page {
                origin: "https://anybody.example".to_owned(),
                is_allowed: true,
                has_credentials: false,
            };
            self.sharing(&page, true, &mut errors).await;
        }
        if self.asks(question::CACHES) && self.is_storable() {
            self.caching(&mut errors);
        }
        let mut names = self.response.lines.iter().map(|line| &line.name);
        if self.asks(question::SILENCE)
            && let Some(name) = names.find(|name| name.starts_with("access-control-"))
        {
            errors.push(format!("{name} for an origin that is not allowed"));
        }
        errors
    }

    /// By the adapter, because of the origin; not by the framework or the handler.
    fn may_be_refused(&self) -> bool {
        self.case.want.status == 403 && !self.case.want.handler
    }

    /// The application is asked, or the framework answers for it.
    fn handling(&self, errors: &mut Vec<String>) {
        let (want, got) = (&self.case.want, &self.response);
        let runs = self.app.runs();
        if runs != usize::from(want.handler) {
            errors.push(format!("the handler is called {runs} times"));
        }
        // Rocket has no 405.
        let has_no_route = !want.handler && [404, 405].contains(&got.status);
        if got.status != want.status && !has_no_route {
            errors.push(format!("status: want {}, got {}", want.status, got.status));
        }
        let body: &[u8] = match self.case.request.method.as_str() {
            "HEAD" => b"",
            _ => &self.app.answer().body,
        };
        if runs > 0 && got.body != body {
            errors.push("the handler's body is lost".to_owned());
        }
    }

    /// The page can read the answer and the fields that it may, or it cannot.
    async fn sharing(&self, page: &Page, shares: bool, errors: &mut Vec<String>) {
        let origin = &page.origin;
        let exposed = self.exposed();
        let mut response = self.response.clone();
        response
            .lines
            .extend(exposed.iter().map(|name| Line::new(name, "")));
        for (credentials, may) in [
            (Credentials::Omit, page.is_allowed),
            (Credentials::Include, page.has_credentials),
        ] {
            let fetch = Fetch {
                credentials,
                ..Fetch::get(origin)
            };
            match fetch.run(async |_| response.clone()).await {
                Outcome::Shared { .. } if !may => {
                    errors.push(format!(
                        "{origin} can read what it may not ({credentials:?})"
                    ));
                }
                Outcome::Shared { exposed: got, .. } if shares => {
                    let missing = exposed.iter().filter(|name| !got.contains(name));
                    errors.extend(missing.map(|name| format!("{origin} cannot read {name}")));
                }
                Outcome::Refused(why) if shares && may => {
                    errors.push(format!("{origin} cannot read it ({credentials:?}): {why}"));
                }
                _ => {}
            }
        }
    }

    /// The names that are wanted to be exposed; under `*` those that the handler sets.
    fn exposed(&self) -> Vec<String> {
        let names = members(&self.case.want.lines, "access-control-expose-headers");
        let set = self.app.answer().lines.iter();
        match names.iter().any(|name| name == "*") {
            true => set.map(|line| line.name.clone()).collect(),
            false => names,
        }
    }
}
