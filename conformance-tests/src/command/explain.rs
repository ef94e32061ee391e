//! Shows how a policy handles a request.

use std::path::PathBuf;
use std::process::ExitCode;

use conformance_tests::model_browser::Outcome;
use conformance_tests::reference::respond;
use conformance_tests::{App, Request};
use cors_core::{Choice, Decision, Policy, PolicySet, RequestField, Scoped};
use url::Url;

use super::asked::{Asked, ORIGIN};
use super::file::{File, Table};
use super::probe::target;
use super::ready::ready;
use super::{Done, print};

/// What `--help` says.
pub(crate) const ABOUT: &str = "\
Show step by step how a policy handles a request from a web page: what is allowed and what is not, \
what the server answers, and what the browser's console says if the response is blocked.

The command sends what a browser would: a preflight if the request needs one, then the request \
itself. If the page is on the server's own origin (--origin and --host are the same, or the policy \
lists --origin in own_origins), there is no preflight.

The exit status is 0 if the page's script can read the response, 1 if the browser blocks it, and 2 if \
the policy or an argument is invalid.";

pub(crate) const EXAMPLES: &str = "\
Examples:
  # A request that needs a preflight
  cors explain --policy policy.toml --origin https://app.example.com \\
    --method PUT

  # With a token, and with cookies
  cors explain --policy policy.toml --origin https://app.example.com \\
    --header authorization --credentials

  # Of several policies in one file, the one for this host and path
  cors explain --policy policies.toml --origin https://app.example.com \\
    --host api.example.com --path /v1/items

  # From the server's own origin, in a browser without Sec-Fetch-* headers
  cors explain --policy policy.toml --origin https://shop.example \\
    --host shop.example --no-fetch-metadata";

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The policy file: TOML, or JSON if its name ends in .json
    #[arg(long, value_name = "FILE")]
    policy: PathBuf,
    #[command(flatten)]
    table: Table,
    #[arg(long, help = ORIGIN)]
    origin: String,
    #[command(flatten)]
    asked: Asked,
    /// Send the request with credentials (cookies), as a script does with credentials: "include"
    #[arg(long)]
    credentials: bool,
    /// The server's host, with its port unless that is the default one: api.example.com:8443
    #[arg(long, default_value = "api.example")]
    host: String,
    /// The path of the request; with --host, it chooses one of several policies
    #[arg(long, default_value = "/", value_name = "PATH")]
    path: String,
    /// Leave out the Sec-Fetch-* headers, as old browsers do, and all browsers over plain http;
    /// the server then compares Origin with Host
    #[arg(long)]
    no_fetch_metadata: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Done {
    let page = target::page(&arguments.origin)?;
    let browser = Browser::new(arguments, &page)?;
    let policies = File::read(&arguments.policy, &arguments.table)?.policies()?;
    let path = arguments.path.split(['?', '#']).next().unwrap_or_default();
    let choice = policies.choose(Some(&arguments.host), path.as_bytes());
    let policy = match choice {
        Choice::Policy(entry, policy) => {
            if policies.entries().len() > 1 {
                print(&chosen(&policies, entry));
            }
            policy.as_policy()
        }
        Choice::Untouched => {
            print(&format!(
                "{choice}\n\n\
                 blocked: unless the application itself sends CORS headers\n"
            ));
            return Ok(ExitCode::from(1));
        }
        Choice::Nobody => {
            print(&format!("{choice}\n\n"));
            Policy::nobody()
        }
    };
    let browser = match is_named_own(&policy, &page) {
        true => browser.of_own_page(&page),
        false => browser,
    };
    let fetch = arguments.asked.fetch(&page, arguments.credentials);
    if browser.site == OWN {
        fetch
            .validate()
            .map_err(|refusal| format!("{refusal}, so browsers do not send the request"))?;
        return Ok(own(&policy, browser.sent(fetch.actual())));
    }
    let app = App::new(200, Vec::new());
    let mut denial = None;
    let outcome = ready(fetch.run(async |request: Request| {
        let request = browser.sent(request);
        denial = explain(&policy, &request).denial();
        respond(&policy, &app, &request)
    }));
    match outcome {
        Outcome::Shared { .. } => {
            print("allowed: the page's script can read the response\n");
            Ok(ExitCode::SUCCESS)
        }
        Outcome::Refused(refusal) => {
            let why = denial.map(|denial| format!("{denial}: "));
            print(&format!("blocked: {}{refusal}\n", why.unwrap_or_default()));
            Ok(ExitCode::from(1))
        }
    }
}

/// Which of several policies it is.
fn chosen(policies: &PolicySet, entry: usize) -> String {
    let scoped = policies.entries().get(entry);
    let hosts = match scoped.and_then(Scoped::of_hosts) {
        Some(hosts) => hosts.join(", "),
        None => "every host".to_owned(),
    };
    let path = scoped.and_then(Scoped::of_path).unwrap_or("/");
    format!("policies[{entry}] is for this request: {hosts}, {path}\n\n")
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
            "browsers send no Origin with a {} to the page's own origin\n\n",
            request.method
        ));
    }
    match explain(policy, &request) {
        Decision::Forward(_) => {
            print(
                "allowed: the page is on the server's own origin, so its script can read the response\n",
            );
            ExitCode::SUCCESS
        }
        Decision::Respond { status, .. } => {
            print(&format!(
                "refused: the page is on the server's own origin, and its script reads the {status}\n"
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
                "--host \"{host}\" is not a host; write one like \"{right}\""
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
