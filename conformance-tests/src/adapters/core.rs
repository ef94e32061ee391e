//! The core alone: the least that an adapter can be, and what a framework of lists and bytes
//! would look like.

use cors_core::{Decision, Edit, Edits, Policy, RequestField, ResponseField, missing_from_vary};

use crate::app::App;
use crate::exchange::{Line, Request, Response};
use crate::policy::PolicyFile;
use crate::run::{Adapter, NotApplicable};

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
        let policy = policy
            .to_core()
            .map_err(|errors| NotApplicable::because_of(&errors))?;
        Ok(respond(&policy.as_policy(), app, request))
    }
}

/// Answers a request behind a policy.
#[must_use]
pub fn respond(policy: &Policy<'_>, app: &App, request: &Request) -> Response {
    match policy.decide(request.method.as_bytes(), |field| {
        request.values(field.name())
    }) {
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
                body: body.as_str().into(),
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

/// Carries the edits out.
fn apply(policy: &Policy<'_>, edits: Edits, request: &Request, response: &mut Response) {
    let lines = &mut response.lines;
    for (field, edit) in edits.iter() {
        let text = |field: ResponseField| Line::new(field.name(), policy.text(field));
        if let Edit::Set | Edit::Echo(_) | Edit::Remove = edit {
            lines.retain(|line| line.name != field.name());
        }
        match edit {
            Edit::Set | Edit::Append => lines.push(text(field)),
            Edit::AppendVary => {
                let present = || {
                    lines
                        .iter()
                        .filter(|line| line.name == field.name())
                        .map(|line| line.value.as_slice())
                };
                if missing_from_vary(Edit::ORIGIN, present).next().is_some() {
                    lines.push(Line::new(field.name(), Edit::ORIGIN));
                }
            }
            Edit::Echo(source) => lines.extend(echo(field, source, request)),
            Edit::Remove => {}
        }
    }
}

fn echo(
    field: ResponseField,
    source: RequestField,
    request: &Request,
) -> impl Iterator<Item = Line> {
    request
        .values(source.name())
        .map(move |value| Line::new(field.name(), value))
}
