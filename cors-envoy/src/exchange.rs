//! One request and its response.

use std::rc::Rc;
use std::sync::Arc;

use cors_core::{Answer, Forward, RequestField, RequestHeaders, Respond};
use proxy_wasm::hostcalls::get_log_level;
use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::{Action, LogLevel};

use crate::headers::{Change, Request, Response, Value};
use crate::metrics::Metrics;
use crate::plugin::Policies;

pub(crate) struct Exchange {
    policies: Rc<Policies>,
    metrics: Metrics,
    /// What is to be done to the response, if another gives it.
    forward: Option<Forward<Value>>,
}

impl Exchange {
    pub(crate) const fn new(policies: Rc<Policies>, metrics: Metrics) -> Self {
        Self {
            policies,
            metrics,
            forward: None,
        }
    }

    fn respond(&self, respond: &Respond<Value>, request: Request<'_>) {
        let mut response = Response::of(&[]);
        respond.edit(&mut response, &request);
        let lines = response.changes.iter().filter_map(|change| match change {
            // What is echoed has been checked, and is ASCII.
            Change::Add(name, value) => Some((*name, std::str::from_utf8(value.as_bytes()).ok()?)),
            Change::Remove(_) => None,
        });
        let mut lines: Vec<(&str, &str)> = lines.collect();
        let body = respond.body(&request);
        if !body.is_empty() {
            lines.push(("content-type", "text/plain; charset=utf-8"));
        }
        let body = Some(body.as_bytes()).filter(|body| !body.is_empty());
        self.send_http_response(respond.status().into(), lines, body);
    }
}

impl Context for Exchange {}

impl HttpContext for Exchange {
    fn on_http_request_headers(&mut self, _: usize, _: bool) -> Action {
        // All pairs: by name the proxy gives one line only.
        let pairs = self.get_http_request_headers_bytes();
        let request = Request(&pairs);
        let prepared = self.policies.choose(&request);
        let decision = prepared.policy().decide_for(&request);
        if request.lines(RequestField::Origin).next().is_some() {
            self.metrics.count(decision);
        }
        if decision.denial().is_some() && is_debugged() {
            let policy = prepared.policy().as_policy();
            let explanation = policy.explain(request.method(), |field| request.lines(field));
            log::debug!("{}", explanation.summary());
        }
        match Answer::of(Arc::clone(&prepared), decision, &request) {
            Answer::Forward(forward) => {
                self.forward = Some(forward);
                Action::Continue
            }
            Answer::Respond(respond) => {
                self.respond(&respond, request);
                Action::Pause
            }
        }
    }

    /// Called for every response: of the upstream, of the proxy itself, and of this plugin, which has
    /// nothing more to say about its own.
    fn on_http_response_headers(&mut self, _: usize, _: bool) -> Action {
        if let Some(forward) = self.forward.take() {
            let pairs = self.get_http_response_headers_bytes();
            let mut response = Response::of(&pairs);
            forward.edit(&mut response);
            for change in response.changes {
                match change {
                    Change::Remove(name) => self.remove_http_response_header(&name),
                    Change::Add(name, value) => {
                        self.add_http_response_header_bytes(name, value.as_bytes());
                    }
                }
            }
        }
        Action::Continue
    }
}

/// Without it, nothing is said of a denial: clients would fill the log.
fn is_debugged() -> bool {
    get_log_level().is_ok_and(|level| level as i32 <= LogLevel::Debug as i32)
}
