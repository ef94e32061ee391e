//! What a broken adapter makes of the answer.

use super::Broken;
use crate::suite::app::App;
use crate::suite::exchange::{Line, Request, Response};
use crate::suite::policy::PolicyFile;
use crate::suite::reference::route;

impl Broken {
    /// Makes the answer wrong.
    pub(super) fn spoil(
        self,
        policy: &PolicyFile,
        app: &App,
        request: &Request,
        response: &mut Response,
    ) {
        let is_options = request.method == "OPTIONS";
        let has = |name| request.values(name).next().is_some();
        let is_preflight = is_options && has("origin") && has("access-control-request-method");
        let lines = &mut response.lines;
        let is_cors = |line: &Line| line.name.starts_with("access-control-");
        match self {
            Self::ForgetsVary => {
                lines.retain(|line| line.name != "vary" || app.answer().lines.contains(line));
            }
            Self::ReplacesVary if lines.iter().any(|line| line.name == "vary") => {
                lines.retain(|line| line.name != "vary");
                lines.push(Line::new("vary", "Origin"));
            }
            Self::LeavesErrorsBare if response.status >= 400 => lines.retain(|line| !is_cors(line)),
            Self::AnswersCredentialsWithWildcard if policy.credentials => {
                for line in lines {
                    if line.name == "access-control-allow-origin" {
                        line.value = b"*".to_vec();
                    }
                }
            }
            Self::SwallowsOptions if is_options && !is_preflight => {
                *response = Response {
                    status: 204,
                    ..Response::default()
                };
            }
            Self::Appends if app.runs() > 0 => {
                let own = app.answer().lines.iter().filter(|line| is_cors(line));
                lines.extend(own.cloned());
            }
            Self::LeaksOnDenial if !lines.iter().any(is_cors) && has("origin") => {
                let methods = policy.methods.join(", ");
                lines.push(Line::new("access-control-allow-methods", methods));
            }
            Self::ForgetsVaryBesideWildcard
                if !policy.credentialed_origins.is_empty()
                    && lines.iter().any(|line| is_cors(line) && line.value == b"*") =>
            {
                lines.retain(|line| line.name != "vary");
            }
            Self::RefusesPreflightsSilently if is_preflight && response.status == 403 => {
                response.body.clear();
            }
            Self::RefusesPreflightsBare if is_preflight && response.status == 403 => {
                lines.clear();
            }
            Self::CallsHandlerOnPreflight if is_preflight => drop(route(app, request)),
            Self::WantsSafelistedMethodsListed if is_preflight => {
                let method = request.values("access-control-request-method").next();
                let is_listed = |method: &[u8]| {
                    let is_method = |one: &String| one == "*" || one.as_bytes() == method;
                    policy.methods.iter().any(is_method)
                };
                if !method.is_some_and(is_listed) {
                    *response = Response {
                        status: 403,
                        ..Response::default()
                    };
                }
            }
            _ => {}
        }
    }
}
