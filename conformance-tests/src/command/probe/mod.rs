//! Asks a running server as a browser would, and tells what browsers make of its answers.

mod advice;
mod attack;
mod cache;
mod client;
mod finding;
mod hostile;
mod redirect;
mod refusal;
mod report;
pub(super) mod target;

use std::error::Error;
use std::process::ExitCode;

use clap::ValueEnum;
use conformance_tests::model_browser::{Fetch, Outcome};
use conformance_tests::{Request, Response};
use url::Url;

use self::client::{Client, Network};
use self::finding::{Part, Severity};
use self::report::Report;
use super::asked::Asked;
use super::ready::ready;
use super::{Done, print, print_json};

/// What `--help` tells.
pub(crate) const ABOUT: &str = "Ask a running server, in any language, as a browser would for a page of another \
origin: a preflight if the Fetch standard demands one, then the request, unless the preflight failed. \
Tell what browsers make of the answers, which header of which answer is to blame, and what the \
server should send instead.

The exit status is 0 if the page's script can read the answer, 1 if not, 2 if there is no answer or \
the arguments are invalid.

It sends at most 3 requests, all to URL: the preflight, the request, and a GET or HEAD once more \
without Origin, as caches may have stored it. With --attack it sends at most 150. Redirects are \
reported and not followed, proxies are not used, bodies are not read. It speaks HTTP/1.1.

PUT, POST and so on are sent for real, with an empty body: ask a server where they do no harm.";

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The URL to ask, http or https
    url: String,
    /// The origin of the page that asks, as browsers send it: `https://app.example.com`, or `null`
    #[arg(long, required_unless_present = "attack")]
    origin: Option<String>,
    #[command(flatten)]
    asked: Asked,
    /// Send the request with credentials (cookies): `credentials: "include"`. None is sent without --cookie: a browser
    /// that has none for the server sends none
    #[arg(long)]
    credentials: bool,
    /// The cookies that the browser has for the server, "session=1; theme=dark"; it sends them with
    /// the request, never with a preflight. Implies --credentials
    #[arg(long, value_name = "COOKIES")]
    cookie: Option<String>,
    /// Send origins of attackers instead, one after the other, and tell which of them may read
    /// the answers
    ///
    /// They are the origins of the suite, made similar to the trusted one, which is --origin or
    /// else URL's own, and to its site; any other; and `null`. GET and HEAD are sent as such,
    /// with --header and --cookie; of other methods the preflight only, since the request itself
    /// might change something.
    ///
    /// The exit status is 1 if there is something to lose: if a page of an attacker reads answers
    /// to requests with cookies, or gets past a list of origins that keeps others out. What every
    /// page may read without cookies (`*`, or any origin sent back) is public, and no finding.
    /// Nor is what only other pages of the trusted one's site may read, which may be meant: a
    /// warning. It is 2 if no danger is found, but for some origins there is no answer, or 429 or
    /// 503.
    #[arg(long)]
    attack: bool,
    /// How the report is printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    network: Network,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// For programs, with every line of the answers
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
            "--header: the value of `{}` has a line break or a NUL in it: browsers send nothing",
            shown(name.as_bytes())
        ));
    }
    match fetch.validate() {
        Ok(()) => Ok(fetch),
        Err(refusal) => Err(format!("{refusal}: browsers send nothing")),
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
            "--cookie has a line break or another control character in it: no browser has such \
             cookies"
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
