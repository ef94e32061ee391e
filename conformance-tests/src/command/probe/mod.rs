//! Sends a running server what a browser would, and shows how browsers take its responses.

mod advice;
mod attack;
mod cache;
mod client;
mod console;
mod finding;
mod hostile;
mod placement;
mod redirect;
mod refusal;
mod report;
pub(super) mod target;

use std::error::Error;
use std::process::ExitCode;

use clap::ValueEnum;
use conformance_tests::frameworks::Framework;
use conformance_tests::model_browser::{Fetch, Outcome};
use conformance_tests::{Request, Response};
use url::Url;

use self::client::{Client, Network};
use self::console::Console;
use self::finding::{Part, Severity};
use self::report::Report;
use super::asked::{Asked, ORIGIN};
use super::ready::ready;
use super::{Done, print, print_json};

/// What `--help` says.
pub(crate) const ABOUT: &str = "\
Send a running server, in any language, the requests that a browser would send for a page on another \
origin, and show whether the page's script can read the response. If the browser blocks it, the \
report names the header at fault, what the server should send instead, and what the browser's console \
says.

The exit status is 0 if the script can read the response, 1 if the browser blocks it, and 2 if there \
is no response or an argument is invalid.

The command sends at most 3 requests, all to URL: the preflight if the request needs one, the request \
itself, and a GET or HEAD once more without Origin, to see what a cache might store. With --attack it \
sends at most 150, with --placement 7, some of them to other paths of the same server. Redirects are \
reported but not followed, proxies are not used, and bodies are not read. The protocol is HTTP/1.1.

PUT, POST, DELETE and so on are sent for real, with an empty body, so probe a server where they do no harm.";

pub(crate) const EXAMPLES: &str = "\
Examples:
  cors probe http://localhost:3000/ --origin http://localhost:5173

  # A request that needs a preflight, from a user who is logged in
  cors probe https://api.example.com/items --origin https://app.example.com \\
    --method PUT --header 'content-type: application/json' --cookie 'session=1'

  # Could other websites read your users' data?
  cors probe https://api.example.com/items --attack \\
    --origin https://app.example.com

  # Can pages read the server's 401s, 404s and redirects?
  cors probe http://localhost:3000/items --placement \\
    --origin http://localhost:5173";

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The URL to send requests to: http or https
    url: String,
    #[arg(long, help = ORIGIN, required_unless_present = "attack")]
    origin: Option<String>,
    #[command(flatten)]
    asked: Asked,
    /// Send the request with credentials, as a script does with credentials: "include"; without
    /// --cookie, the browser has no cookies for the server
    #[arg(long)]
    credentials: bool,
    /// The cookies that the browser has for the server: "session=1; theme=dark". They are sent with
    /// the request, never with a preflight. Implies --credentials
    #[arg(long, value_name = "COOKIES")]
    cookie: Option<String>,
    /// Send hostile origins instead, one after another, and show which of them can read the
    /// responses
    ///
    /// The hostile origins look similar to the trusted origin (--origin, or else URL's own) or to
    /// its site; null and an unrelated origin are among them. GET and HEAD requests are sent with
    /// --header and --cookie. For other methods only the preflight is sent, because the request
    /// itself might change something.
    ///
    /// The exit status is 1 if an attacker could gain something: a hostile page can read responses
    /// to requests with cookies, or it gets past a list that keeps other origins out. Responses
    /// that every page can read, but only without cookies, are public and no danger. If only other
    /// pages of the same site can read them, that is a warning, because it may be intended. The
    /// exit status is 2 if there is no danger, but some origins got no response, or 429 or 503.
    #[arg(long)]
    attack: bool,
    /// Find responses that lack CORS headers because the server's CORS middleware is not outermost
    ///
    /// Sends at most 7 requests, without cookies or tokens: to URL its preflight, GET and OPTIONS; to URL
    /// with its final slash added or removed; and to paths that do not exist next to it, below it and
    /// at the root. --origin must be an origin that the server allows. For each response
    /// that the page cannot read, the report says what probably made it (authentication, the router's
    /// 404, a redirect) and where to put the middleware.
    #[arg(long, requires = "origin", conflicts_with_all = ["attack", "method", "headers", "cookie"])]
    placement: bool,
    /// With --placement: show what to write in this framework
    #[arg(long, value_enum, requires = "placement")]
    framework: Option<Framework>,
    /// How to print the report
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    network: Network,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// For programs, with every header of the responses
    Json,
}

pub(crate) fn run(arguments: &Arguments) -> Done {
    match (answered(arguments), arguments.format) {
        (Err(error), Format::Json) => {
            print_json(&report::without_answer(arguments, &error.to_string())?);
            Ok(ExitCode::from(2))
        }
        (done, _) => done,
    }
}

fn answered(arguments: &Arguments) -> Done {
    let url = target::url(&arguments.url)?;
    let fetch = fetch(arguments, &url)?;
    let cookie = cookie(arguments)?;
    let client = Client::new(url.clone(), &fetch.page, &arguments.network, cookie);
    client.check(&fetch.actual())?;
    if arguments.attack {
        return attack::run(&fetch, &url, client, arguments.format);
    }
    target::is_other(&fetch.page, &url)?;
    if arguments.placement {
        return placement::run(&fetch, &url, client, arguments.framework, arguments.format);
    }
    let report = ask(&fetch, &url, client)?;
    match arguments.format {
        Format::Text => print(&report.to_string()),
        Format::Json => print_json(&report.to_json()?),
    }
    Ok(ExitCode::from(u8::from(report.read.is_none())))
}

fn fetch(arguments: &Arguments, url: &Url) -> Result<Fetch, String> {
    let page = match &arguments.origin {
        Some(origin) => target::page(origin)?,
        None => url.origin().ascii_serialization(),
    };
    let with_credentials = arguments.credentials || arguments.cookie.is_some();
    let query = url.query().map(|query| format!("?{query}"));
    let fetch = Fetch {
        path: url.path().to_owned() + &query.unwrap_or_default(),
        ..arguments.asked.fetch(&page, with_credentials)
    };
    let is_cut = |value: &[u8]| value.iter().any(|byte| b"\0\n\r".contains(byte));
    if let Some((name, _)) = fetch.headers.iter().find(|(_, value)| is_cut(value)) {
        return Err(format!(
            "--header: the value of `{}` contains a line break or a NUL, so browsers do not send \
             the request",
            shown(name.as_bytes())
        ));
    }
    match fetch.validate() {
        Ok(()) => Ok(fetch),
        Err(refusal) => Err(format!("{refusal}, so browsers do not send the request")),
    }
}

/// The cookies that are sent; without any, there is no such line.
fn cookie(arguments: &Arguments) -> Result<Option<String>, String> {
    let cookie = arguments
        .cookie
        .as_ref()
        .filter(|text| !text.trim().is_empty());
    let is_control = |byte: u8| byte.is_ascii_control() && byte != b'\t';
    match cookie {
        Some(text) if text.bytes().any(is_control) => Err(
            "--cookie contains a line break or another control character, which no browser puts \
             in a cookie"
                .to_owned(),
        ),
        cookie => Ok(cookie.cloned()),
    }
}

/// A request and its answer.
struct Exchange {
    part: Part,
    request: Request,
    answer: Response,
}

/// The server, and all that was said.
struct Talk {
    client: Client,
    exchanges: Vec<Exchange>,
}

impl Talk {
    fn send(&mut self, part: Part, request: Request) -> Result<Response, String> {
        let answer = self.client.send(&request);
        let answer = answer.map_err(|error| format!("{part}: {error}"))?;
        let lines = self.client.lines(&request);
        self.exchanges.push(Exchange {
            part,
            request: Request { lines, ..request },
            answer: answer.clone(),
        });
        Ok(answer)
    }

    fn answer(&self, part: Part) -> Option<Response> {
        let mut exchanges = self.exchanges.iter();
        let exchange = exchanges.find(|exchange| exchange.part == part)?;
        Some(exchange.answer.clone())
    }
}

/// Asks, and judges.
fn ask<'a>(fetch: &'a Fetch, url: &'a Url, client: Client) -> Result<Report<'a>, Box<dyn Error>> {
    let mut talk = Talk {
        client,
        exchanges: Vec::new(),
    };
    let outcome = ready(fetch.try_run(async |request: Request| {
        // No script can set it.
        let is_preflight = request.values("access-control-request-method").next();
        let part = is_preflight.map_or(Part::Request, |_| Part::Preflight);
        let answer = talk.send(part, request)?;
        Ok::<_, String>(refusal::as_today(fetch, answer))
    }))?;
    let mut findings = advice::of_fetch(fetch, url);
    let preflight = talk.answer(Part::Preflight);
    let console = match &outcome {
        Outcome::Refused(refusal) if advice::browsers_send(fetch, url) => {
            let answer = talk.answer(Part::Request).or_else(|| preflight.clone());
            answer.and_then(|answer| Console::new(fetch, refusal, &answer))
        }
        _ => None,
    };
    if let Some(answer) = &preflight {
        let wrong = refusal::of_preflight(fetch, answer);
        if wrong.iter().all(|one| one.severity != Severity::Error) {
            findings.extend(advice::of_preflight(fetch, answer));
        }
        findings.extend(wrong);
    }
    let mut read = None;
    if let Some(answer) = talk.answer(Part::Request) {
        let wrong = refusal::of_request(fetch, &answer);
        let is_wrong = wrong.is_some();
        findings.extend(wrong);
        findings.extend(advice::of_request(fetch, preflight.as_ref(), &answer));
        if let Outcome::Shared {
            status, exposed, ..
        } = outcome
            && !is_wrong
        {
            findings.extend(redirect::finding(fetch, url, &answer));
            if cache::is_stored(fetch, &answer) {
                let without = talk.send(Part::WithoutOrigin, cache::without_origin(fetch))?;
                findings.extend(cache::findings(&answer, &without));
            }
            read = Some((status, exposed));
        }
    }
    findings.sort_by_key(|finding| finding.severity);
    let is_refused = findings.iter().any(|one| one.severity == Severity::Error);
    Ok(Report {
        url,
        fetch,
        exchanges: talk.exchanges,
        read: read.filter(|_| !is_refused),
        findings,
        console,
    })
}

/// The request itself changes nothing.
fn is_safe(fetch: &Fetch) -> bool {
    matches!(fetch.normalized_method().as_str(), "GET" | "HEAD")
}

/// The members of a list: of all lines, as they may be shown.
fn list(answer: &Response, name: &str) -> Vec<String> {
    let members = answer
        .values(name)
        .flat_map(|value| value.split(|&byte| byte == b','));
    let members = members.map(<[u8]>::trim_ascii);
    let members = members.filter(|member| !member.is_empty());
    members.map(shown).collect()
}

/// What came over the wire, as a terminal may show it: escaped, and not too long.
fn shown(bytes: &[u8]) -> String {
    const MOST: usize = 200;
    match bytes.get(..MOST) {
        Some(start) if bytes.len() > MOST => {
            let more = bytes.len() - MOST;
            format!("{}… ({more} more bytes)", start.escape_ascii())
        }
        _ => bytes.escape_ascii().to_string(),
    }
}
