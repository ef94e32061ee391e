//! The report of a probe, for people and for programs.

use std::fmt;

use conformance_tests::model_browser::{Credentials, Fetch};
use conformance_tests::{Line, Response};
use serde_json::{Value, json};
use url::Url;

use super::console::Console;
use super::finding::Finding;
use super::{Arguments, Exchange, shown};

/// All that is known in the end.
pub(super) struct Report<'a> {
    pub(super) url: &'a Url,
    pub(super) fetch: &'a Fetch,
    pub(super) exchanges: Vec<Exchange>,
    /// The status, and the names of the headers that the script can read.
    pub(super) read: Option<(u16, Vec<String>)>,
    /// The worst first.
    pub(super) findings: Vec<Finding>,
    /// What the console says, if the response is blocked for CORS.
    pub(super) console: Option<Console>,
}

impl Report<'_> {
    pub(super) fn to_json(&self) -> Result<String, serde_json::Error> {
        let exchanges = self.exchanges.iter().map(|exchange| {
            json!({
                "part": exchange.part,
                "method": exchange.request.method,
                "sent": lines(&exchange.request.lines),
                "status": exchange.answer.status,
                "answered": lines(&exchange.answer.lines),
            })
        });
        let read = self.read.as_ref();
        let value = json!({
            "url": self.url.as_str(),
            "error": null,
            "origin": self.fetch.page,
            "method": self.fetch.normalized_method(),
            "credentials": self.fetch.credentials == Credentials::Include,
            "readable": read.is_some(),
            "status": read.map(|(status, _)| status),
            "headers": read.map(|(_, names)| names),
            "findings": self.findings,
            "console": self.console,
            "exchanges": exchanges.collect::<Vec<_>>(),
        });
        Ok(serde_json::to_string_pretty(&value)? + "\n")
    }
}

/// Why there is no report, for programs.
pub(super) fn without_answer(
    arguments: &Arguments,
    error: &str,
) -> Result<String, serde_json::Error> {
    let value = match arguments.attack {
        true => json!({
            "url": arguments.url,
            "error": error,
            "trusted": null,
            "found": null,
            "unknown": null,
            "attempts": [],
        }),
        false if arguments.placement => json!({
            "url": arguments.url,
            "error": error,
            "origin": arguments.origin,
            "requests": null,
            "unreadable": [],
        }),
        false => json!({
            "url": arguments.url,
            "error": error,
            "origin": arguments.origin,
            "method": arguments.asked.method,
            "credentials": arguments.credentials || arguments.cookie.is_some(),
            "readable": false,
            "status": null,
            "headers": null,
            "findings": [],
            "console": null,
            "exchanges": [],
        }),
    };
    Ok(serde_json::to_string_pretty(&value)? + "\n")
}

fn lines(lines: &[Line]) -> Vec<Value> {
    let lines = lines.iter();
    let lines = lines.map(|line| json!({ "name": line.name, "value": value(line) }));
    lines.collect()
}

/// The value; of a secret, only how long it is: reports are passed on.
fn value(line: &Line) -> String {
    match line.name.as_str() {
        "cookie" | "set-cookie" | "authorization" => format!("({} bytes)", line.value.len()),
        _ => shown(&line.value),
    }
}

/// Of an answer, people are shown what browsers and caches look at, and what tells who answers.
fn is_shown(line: &Line) -> bool {
    let others = [
        "allow",
        "cache-control",
        "location",
        "server",
        "vary",
        "www-authenticate",
    ];
    line.name.starts_with("access-control-") || others.contains(&line.name.as_str())
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Exchange {
            part,
            request,
            answer,
        } in &self.exchanges
        {
            writeln!(
                f,
                "{part}: {} {}",
                request.method,
                shown(self.url.as_str().as_bytes())
            )?;
            for line in &request.lines {
                writeln!(f, "> {}: {}", line.name, value(line))?;
            }
            write_answer(f, answer)?;
        }
        for finding in &self.findings {
            writeln!(f, "{finding}")?;
        }
        if let Some(Console { chromium, firefox }) = &self.console {
            writeln!(f, "Chromium: {chromium}\nFirefox: {firefox}\n")?;
        }
        let credentials = match self.fetch.credentials {
            Credentials::Include => "with credentials",
            Credentials::Omit => "without credentials",
        };
        let page = &self.fetch.page;
        match &self.read {
            None => writeln!(
                f,
                "blocked: a script on {page} cannot read the response, {credentials}"
            ),
            Some((status, names)) => {
                write!(
                    f,
                    "allowed: a script on {page} can read the response, {credentials}: status \
                     {status}"
                )?;
                match names.is_empty() {
                    true => writeln!(f, ", no headers"),
                    false => writeln!(f, ", headers {}", shown(names.join(", ").as_bytes())),
                }
            }
        }
    }
}

fn write_answer(f: &mut fmt::Formatter<'_>, answer: &Response) -> fmt::Result {
    const MOST: usize = 20;
    writeln!(f, "< {}", answer.status)?;
    let lines: Vec<_> = answer.lines.iter().filter(|line| is_shown(line)).collect();
    let lines = lines.get(..MOST).unwrap_or(&lines);
    for line in lines {
        writeln!(f, "< {}: {}", line.name, value(line))?;
    }
    match answer.lines.len() - lines.len() {
        0 => writeln!(f),
        1 => writeln!(f, "< (and 1 more header)\n"),
        more => writeln!(f, "< (and {more} more headers)\n"),
    }
}
