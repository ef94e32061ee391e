//! The core alone: the least that an adapter can be, and what a framework of lists and bytes
//! would look like.

use cors_core::{Body, Decision, Edits, Policy, RequestField, ResponseField, ResponseHeaders};

use crate::suite::app::App;
use crate::suite::exchange::{Line, Request, Response};
use crate::suite::policy::PolicyFile;
use crate::suite::run::{Adapter, NotApplicable};

/// The core alone.
#[derive(Clone, Copy, Debug)]
pub struct Core;

impl Adapter for Core {
    async fn exchange(
        &self,
        policy: &PolicyFile,
        app: &App,
        request: &Request,
    ) -> Result<Response, NotApplicable> {
        let policy = policy.to_core()?;
        Ok(respond(&policy.as_policy(), app, request))
    }
}

/// Answers a request behind a policy.
#[must_use]
pub fn respond(policy: &Policy<'_>, app: &App, request: &Request) -> Response {
    let lines = |field: RequestField| request.values(field.name());
    match policy.decide(request.method.as_bytes(), lines) {
        Decision::Forward(edits) => {
            let mut response = route(app, request);
            apply(policy, edits, request, &mut response);
            response
        }
        Decision::Respond {
            status,
            body,
            edits,
        } => {
            let mut response = Response {
                status,
                lines: Vec::new(),
                body: match body {
                    Body::PreflightNotAllowed => policy.refusal(lines).to_string().into(),
                    body => body.as_str().into(),
                },
            };
            apply(policy, edits, request, &mut response);
            response
        }
    }
}

/// What stands for a framework: routes, and answers of its own where there is none.
#[must_use]
pub fn route(app: &App, request: &Request) -> Response {
    let mut response = match (request.path.as_str(), request.method.as_str()) {
        ("/", _) | ("/get", "GET" | "HEAD") => app.handle().clone(),
        ("/get", _) => Response {
            status: 405,
            ..Response::default()
        },
        _ => Response {
            status: 404,
            ..Response::default()
        },
    };
    if request.method == "HEAD" {
        response.body.clear();
    }
    response
}

fn apply(policy: &Policy<'_>, edits: Edits, request: &Request, response: &mut Response) {
    let text = |field| policy.text(field).as_bytes().to_vec();
    let echoed = |field: RequestField| request.values(field.name()).map(<[u8]>::to_vec);
    edits.apply(&mut Lines(&mut response.lines), text, echoed);
}

/// The headers of a response.
struct Lines<'l>(&'l mut Vec<Line>);

impl ResponseHeaders for Lines<'_> {
    type Value = Vec<u8>;

    fn value(text: &'static str) -> Vec<u8> {
        text.into()
    }

    fn names(&self, mut tell: impl FnMut(&str)) {
        self.0.iter().for_each(|line| tell(&line.name));
    }

    fn vary(&self, mut tell: impl FnMut(&[u8])) {
        let lines = self.0.iter().filter(|line| line.name == "vary");
        lines.for_each(|line| tell(&line.value));
    }

    fn append(&mut self, field: ResponseField, value: Vec<u8>) {
        self.0.push(Line::new(field.name(), value));
    }

    fn retain(&mut self, keep: impl Fn(&str) -> bool) {
        self.0.retain(|line| keep(&line.name));
    }
}
