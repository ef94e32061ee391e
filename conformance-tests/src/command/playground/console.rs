//! What an engine's console tells of requests that it blocked.

use conformance_tests::frameworks::showcase::Seen;

use super::engine::Engine;

/// Of one engine.
pub(crate) struct Console<'m> {
    /// What its words begin with in an explanation, if an explanation has them.
    label: Option<&'static str>,
    /// What stands before and behind why a request was blocked.
    around: (&'static str, &'static str),
    messages: &'m str,
}

impl<'m> Console<'m> {
    /// Of an engine that told its terminal this.
    pub(crate) const fn new(engine: Engine, messages: &'m str) -> Self {
        let (label, around) = match engine {
            Engine::Chromium => (
                Some("Chromium: "),
                ("blocked by CORS policy: ", "\", source: "),
            ),
            Engine::Firefox => (Some("Firefox: "), ("(Reason: ", ").")),
            Engine::Webkit => (None, ("", "")),
        };
        Self {
            label,
            around,
            messages,
        }
    }

    /// What it told first of a check on a server other than what the explanation has; nothing if
    /// both are the same.
    pub(crate) fn surprise(&self, token: &str, seen: &[Seen]) -> String {
        let Some(label) = self.label else {
            return String::new();
        };
        let explanations = seen.iter().flat_map(|seen| seen.explanation.lines());
        let mut explained = explanations.filter_map(|line| line.strip_prefix(label));
        let explained = explained.next_back();
        let told = seen.last().and_then(|seen| self.told(token, seen));
        match told == explained && told.is_some() {
            true => String::new(),
            false => format!("; the console tells {told:?}, the explanation {explained:?}"),
        }
    }

    fn told(&self, token: &str, seen: &Seen) -> Option<&'m str> {
        let host = seen.request.values("host").next()?;
        let url = format!("//{}/?check={token}", String::from_utf8_lossy(host));
        let (before, behind) = self.around;
        let mut told = self.messages.lines().filter_map(|line| {
            let (_, rest) = line.split_once(&url)?;
            let is_whole = rest.starts_with(|next: char| !next.is_ascii_digit());
            let (_, rest) = rest.split_once(before).filter(|_| is_whole)?;
            rest.split_once(behind).map(|(reason, _)| reason)
        });
        told.next()
    }
}

#[cfg(test)]
mod tests {
    use conformance_tests::{Line, Request, Response};

    use super::*;

    fn seen(explanation: &str) -> Seen {
        Seen {
            request: Request {
                method: "GET".to_owned(),
                path: "/?check=E2E-01.1".to_owned(),
                lines: vec![Line::new("host", "api.localhost:1")],
            },
            response: Response::default(),
            explanation: explanation.to_owned(),
        }
    }

    #[test]
    fn the_words_of_the_check_and_of_the_server_are_compared() {
        let messages = "\
            [1] \"Access to fetch at 'http://api.localhost:1/?check=E2E-01.12' from origin 'a' has been blocked by CORS policy: No.\", source: a\n\
            [1] \"Access to fetch at 'http://api.localhost:1/?check=E2E-01.1' from origin 'a' has been blocked by CORS policy: Not 'so'.\", source: a\n";
        let console = Console::new(Engine::Chromium, messages);
        let surprise = |token, explanation| console.surprise(token, &[seen(explanation)]);
        assert_eq!(surprise("E2E-01.1", "origin\nChromium: Not 'so'.\n"), "");
        assert_eq!(
            surprise("E2E-01.1", "Chromium: No.\n"),
            "; the console tells Some(\"Not 'so'.\"), the explanation Some(\"No.\")"
        );
        assert_ne!(surprise("E2E-01.2", ""), "");
        assert_ne!(surprise("E2E-01.2", "Chromium: No.\n"), "");
    }

    #[test]
    fn firefox_tells_a_reason_and_webkit_nothing_that_is_explained() {
        let messages = "Cross-Origin Request Blocked: … at http://api.localhost:1/?check=E2E-01.1. (Reason: no). Status code: 403.\n";
        let seen = [seen("Firefox: no\n")];
        assert_eq!(
            Console::new(Engine::Firefox, messages).surprise("E2E-01.1", &seen),
            ""
        );
        assert_eq!(
            Console::new(Engine::Webkit, "").surprise("E2E-01.1", &seen),
            ""
        );
    }
}
