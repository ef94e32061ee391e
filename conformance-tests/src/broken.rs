//! Adapters with one flaw each, all of them seen in libraries that people use. A suite that lets
//! one of them pass is no proof.

use crate::adapters::core::{respond, route};
use crate::app::App;
use crate::exchange::{Line, Request, Response};
use crate::policy::PolicyFile;
use crate::run::{Adapter, NotApplicable};

/// The core behind an adapter that does one thing wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broken {
    /// Caches hand one origin's answer to another.
    ForgetsVary,
    /// The handler's `Vary` is lost.
    ReplacesVary,
    /// Who looks like a listed origin from the front is let in: `https://a.test.evil.example`.
    MatchesPrefix,
    /// Who ends like a pattern is let in: `https://evila.test`.
    MatchesSuffix,
    /// Everybody is let in.
    EchoesAnyOrigin,
    /// `HTTPS://A.test` is let in.
    FoldsCase,
    /// The answer to 404, 405 and 500 is bare, and the page sees a network error.
    LeavesErrorsBare,
    /// `*` together with credentials, which browsers refuse.
    AnswersCredentialsWithWildcard,
    /// The application's own OPTIONS is unreachable.
    SwallowsOptions,
    /// OPTIONS is taken for a preflight without an `Origin`.
    NeedsNoOrigin,
    /// The handler's field stays beside the policy's, and browsers refuse both.
    Appends,
    /// Two `Origin` lines: the first decides.
    ReadsFirstOriginLine,
    /// Two `Access-Control-Request-Headers` lines: the first decides.
    ReadsFirstRequestHeadersLine,
    /// A refused origin is told what others may do.
    LeaksOnDenial,
    /// A preflight has the side effects of the request that it asks for.
    CallsHandlerOnPreflight,
    /// GET, HEAD and POST need to be listed.
    WantsSafelistedMethodsListed,
    /// The server's own pages are refused.
    RefusesSameOrigin,
    /// What is refused reaches the handler all the same.
    ForwardsDenied,
}

impl Broken {
    /// Every flaw, with the case that catches it.
    pub const ALL: [(Self, &'static str); 18] = [
        (Self::ForgetsVary, "REQ-VARY-01 no Origin"),
        (Self::ReplacesVary, "REQ-VARY-03 another member"),
        (Self::MatchesPrefix, "O005 prefix match"),
        (Self::MatchesSuffix, "REQ-PAT-02 no label boundary"),
        (Self::EchoesAnyOrigin, "REQ-ORIGIN-01 an unlisted origin"),
        (Self::FoldsCase, "REQ-ORIGIN-03 upper case in the scheme"),
        (Self::LeavesErrorsBare, "REQ-STAT-02 the framework's 404"),
        (
            Self::AnswersCredentialsWithWildcard,
            "REQ-CRED-01 credentials are allowed with true",
        ),
        (
            Self::SwallowsOptions,
            "REQ-CLS-02 OPTIONS without a request method reaches the handler",
        ),
        (
            Self::NeedsNoOrigin,
            "REQ-CLS-01 OPTIONS with a request method but no Origin reaches the handler",
        ),
        (
            Self::Appends,
            "REQ-ACAO-02 a handler that says * does not decide",
        ),
        (
            Self::ReadsFirstOriginLine,
            "REQ-ORIGIN-17 a listed and another Origin line",
        ),
        (
            Self::ReadsFirstRequestHeadersLine,
            "REQ-HDR-05 an unlisted name in the second line",
        ),
        (
            Self::LeaksOnDenial,
            "REQ-ACAO-06 no Access-Control field for a foreign origin",
        ),
        (
            Self::CallsHandlerOnPreflight,
            "REQ-CLS-15 a preflight does not call the handler",
        ),
        (
            Self::WantsSafelistedMethodsListed,
            "REQ-METH-04 an upload listener under a policy of origins only",
        ),
        (
            Self::RefusesSameOrigin,
            "REQ-CLS-05 a same-origin POST is answered",
        ),
        (
            Self::ForwardsDenied,
            "REQ-STAT-07 a foreign POST does not run",
        ),
    ];
}

impl Adapter for Broken {
    async fn exchange(
        &self,
        policy: &PolicyFile,
        app: &App,
        request: &Request,
    ) -> Result<Response, NotApplicable> {
        let mut policy = policy.clone();
        let mut asked = request.clone();
        match self {
            Self::ForwardsDenied => policy.denied = crate::Denied::Forward,
            Self::ReadsFirstOriginLine => keep_first(&mut asked, "origin"),
            Self::ReadsFirstRequestHeadersLine => {
                keep_first(&mut asked, "access-control-request-headers");
            }
            Self::FoldsCase => map_origin(&mut asked, |origin| Some(origin.to_ascii_lowercase())),
            Self::MatchesPrefix => map_origin(&mut asked, |origin| {
                listed(&policy).find(|listed| origin.starts_with(listed.as_bytes()))
            }),
            Self::MatchesSuffix => map_origin(&mut asked, |origin| {
                let mut patterns = policy.origins.iter();
                let base = patterns.find_map(|one| one.strip_prefix("https://*."))?;
                let matches = origin.starts_with(b"https://") && origin.ends_with(base.as_bytes());
                matches.then(|| format!("https://a.{base}"))
            }),
            Self::EchoesAnyOrigin => map_origin(&mut asked, |_| listed(&policy).next()),
            Self::NeedsNoOrigin if asked.values("origin").next().is_none() => {
                let origin = listed(&policy).next().unwrap_or_default();
                asked.lines.push(Line::new("origin", origin));
            }
            Self::RefusesSameOrigin => asked
                .lines
                .retain(|line| line.name != "host" && !line.name.starts_with("sec-fetch-")),
            _ => {}
        }
        let core = policy
            .to_core()
            .map_err(|errors| NotApplicable::because_of(&errors))?;
        let mut response = respond(&core.as_policy(), app, &asked);
        if asked != *request {
            restore_origin(request, &mut response);
        }
        self.spoil(&policy, app, request, &mut response);
        Ok(response)
    }
}

impl Broken {
    /// What is wrong with the answer.
    fn spoil(self, policy: &PolicyFile, app: &App, request: &Request, response: &mut Response) {
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

fn listed(policy: &PolicyFile) -> impl Iterator<Item = String> {
    policy
        .origins
        .iter()
        .filter(|origin| !origin.contains('*'))
        .cloned()
}

fn keep_first(request: &mut Request, name: &str) {
    let mut lines = 0;
    request.lines.retain(|line| {
        lines += usize::from(line.name == name);
        line.name != name || lines == 1
    });
}

fn map_origin<T: Into<Vec<u8>>>(request: &mut Request, map: impl Fn(&[u8]) -> Option<T>) {
    for line in &mut request.lines {
        if line.name == "origin"
            && let Some(origin) = map(&line.value)
        {
            line.value = origin.into();
        }
    }
}

/// The answer speaks of the origin that asked, not of the one that it was taken for.
fn restore_origin(request: &Request, response: &mut Response) {
    let Some(origin) = request.values("origin").next() else {
        return;
    };
    for line in &mut response.lines {
        if line.name == "access-control-allow-origin" && line.value != b"*" {
            line.value = origin.to_vec();
        }
    }
}
