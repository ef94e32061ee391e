//! Tells what a policy makes of a request.

use std::path::PathBuf;
use std::process::ExitCode;

use conformance_tests::model_browser::Outcome;
use conformance_tests::reference::respond;
use conformance_tests::{App, Request};
use cors_core::{Decision, Policy, RequestField};
use url::Url;

use super::asked::Asked;
use super::file::{File, Table};
use super::probe::target;
use super::ready::ready;
use super::{Done, print};

/// What `--help` tells.
pub(crate) const ABOUT: &str = "\
Explain how a policy handles a page's request, step by step; exit with 1 if the page's script cannot \
read the response.

What is explained is what a browser sends: a preflight if one is needed, then the request. Of a page \
of the server's own (--origin and --host are the same, or the policy has --origin in own_origins) that \
is the request alone, which names its Origin unless it is a GET or HEAD.";

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The policy file, in TOML or (.json) JSON
    #[arg(long, value_name = "FILE")]
    policy: PathBuf,
    #[command(flatten)]
    table: Table,
    /// The origin of the page that asks, as browsers send it: `https://app.example.com`, or `null`
    #[arg(long)]
    origin: String,
    #[command(flatten)]
    asked: Asked,
    /// Send the request with credentials (cookies): `credentials: "include"`
    #[arg(long)]
    credentials: bool,
    /// The Host of the server, with a port unless it is the usual one: `api.example.com:8443`
    #[arg(long, default_value = "api.example")]
    host: String,
    /// The browser sends no Sec-Fetch-*: old ones do not, and none does over plain http; then
    /// servers compare Origin and Host
    #[arg(long)]
    no_fetch_metadata: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Done {
    let page = target::page(&arguments.origin)?;
    let browser = Browser::new(arguments, &page)?;
    let policy = File::read(&arguments.policy, &arguments.table)?.policy()?;
    let policy = policy.as_policy();
    let browser = match is_named_own(&policy, &page) {
        true => browser.of_own_page(&page),
        false => browser,
    };
    let fetch = arguments.asked.fetch(&page, arguments.credentials);
    if browser.site == OWN {
        fetch
            .validate()
            .map_err(|refusal| format!("{refusal}: browsers send nothing"))?;
        return Ok(own(&policy, browser.sent(fetch.actual())));
    }
    let app = App::new(200, Vec::new());
    let outcome = ready(fetch.run(async |request: Request| {
        let request = browser.sent(request);
        let _ = explain(&policy, &request);
        respond(&policy, &app, &request)
    }));
    match outcome {
        Outcome::Shared { .. } => {
            print("the script can read the response\n");
            Ok(ExitCode::SUCCESS)
        }
        Outcome::Refused(refusal) => {
            print(&format!("the script cannot read a response: {refusal}\n"));
            Ok(ExitCode::from(1))
        }
    }
}

/// The `Sec-Fetch-Site` of a page of the server's own.
const OWN: &str = "same-origin";

fn explain(policy: &Policy<'_>, request: &Request) -> Decision {
    let lines = |field: RequestField| request.values(field.name());
    let explanation = policy.explain(request.method.as_bytes(), lines);
    print(&format!("{explanation}\n"));
    explanation.decision()
}

/// The policy names it among the origins at which browsers reach the server: nothing is shared with
/// it, and it is not refused either.
fn is_named_own(policy: &Policy<'_>, page: &str) -> bool {
    let origin = |field| (field == RequestField::Origin).then_some(page.as_bytes());
    let decision = policy.decide(b"POST", |field| origin(field).into_iter());
    !policy.allows_origin(page.as_bytes()) && decision.denial().is_none()
}

/// A page of the server's own reads whatever comes, and needs no preflight.
fn own(policy: &Policy<'_>, mut request: Request) -> ExitCode {
    // https://fetch.spec.whatwg.org/#append-a-request-origin-header step 4
    if matches!(request.method.as_str(), "GET" | "HEAD") {
        request.lines.retain(|line| line.name != "origin");
        print(&format!(
            "browsers send no Origin with a {} to the page's own server\n\n",
            request.method
        ));
    }
    match explain(policy, &request) {
        Decision::Forward(_) => {
            print("the script can read the response: the page is the server's own\n");
            ExitCode::SUCCESS
        }
        Decision::Respond { status, .. } => {
            print(&format!(
                "the page is the server's own, and the server refuses it: its script reads a {status}\n"
            ));
            ExitCode::from(1)
        }
    }
}

/// What a browser adds that depends on the server.
struct Browser<'a> {
    host: &'a str,
    site: &'static str,
    is_old: bool,
    sends_metadata: bool,
}

impl<'a> Browser<'a> {
    fn new(arguments: &'a Arguments, page: &str) -> Result<Self, String> {
        let host = arguments.host.as_str();
        // Of a server only the host is told: it is asked as the page was.
        let scheme = match page.starts_with("http://") {
            true => "http",
            false => "https",
        };
        let server = Url::parse(&format!("{scheme}://{host}/")).ok();
        let Some(server) = server.filter(|_| !host.contains(['/', '?', '#', '@', '\\'])) else {
            let url = Url::parse(host).ok();
            let right = url
                .as_ref()
                .and_then(Url::host_str)
                .unwrap_or("api.example.com");
            return Err(format!(
                "--host \"{host}\" is not the host of a server; write one like \"{right}\""
            ));
        };
        Ok(Self {
            host,
            site: target::site(page, &server),
            is_old: arguments.no_fetch_metadata,
            sends_metadata: !arguments.no_fetch_metadata && target::is_trustworthy(&server),
        })
    }

    /// The same browser, which reaches the server at the page's own origin: what the server sees as
    /// its host, a proxy has replaced.
    fn of_own_page(self, page: &str) -> Self {
        let server = Url::parse(page).ok();
        Self {
            site: OWN,
            sends_metadata: !self.is_old
                && server.is_some_and(|server| target::is_trustworthy(&server)),
            ..self
        }
    }

    fn sent(&self, mut request: Request) -> Request {
        request
            .lines
            .retain(|line| self.sends_metadata || !line.name.starts_with("sec-fetch-"));
        for line in &mut request.lines {
            match line.name.as_str() {
                "host" => line.value = self.host.into(),
                "sec-fetch-site" => line.value = self.site.into(),
                _ => {}
            }
        }
        request
    }
}
