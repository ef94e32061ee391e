//! Asks as pages of attackers would.

use std::collections::BTreeMap;
use std::fmt;
use std::process::ExitCode;

use conformance_tests::Response;
use conformance_tests::model_browser::{Credentials, Fetch};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use serde_json::json;
use url::Url;

use super::client::Client;
use super::hostile::{self, Hostile, Reach};
use super::{Done, Format, is_safe, print, print_json, refusal, shown};

/// After so many requests in a row without an answer, the trusted origin is asked for once more.
const PATIENCE: usize = 3;

/// What a page of an origin gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Grant {
    /// `*`: without credentials, what every page gets.
    Public,
    /// Its own origin sent back, without credentials.
    Anonymous,
    /// What the user gets.
    Credentials,
}

/// What is to be thought of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
enum Level {
    Danger,
    Warning,
    Harmless,
    /// No answer, or one that is none.
    Unknown,
    Nothing,
}

/// An origin, and what came of it.
struct Attempt {
    hostile: Hostile,
    /// The status, or why there is none.
    status: Result<u16, String>,
    grant: Option<Grant>,
}

struct Attack<'a> {
    fetch: &'a Fetch,
    url: &'a Url,
    trusted: Option<Grant>,
    attempts: Vec<Attempt>,
}

pub(super) fn run(fetch: &Fetch, url: &Url, mut client: Client, format: Format) -> Done {
    let trusted = &fetch.page;
    if !hostile::is_sent(trusted) || trusted == "null" {
        return Err(format!(
            "--attack sends origins that look like --origin, but \"{trusted}\" has no host; \
             write one like https://app.example.com"
        )
        .into());
    }
    let answer = client.send(&request(fetch, trusted))?;
    let mut attack = Attack {
        fetch,
        url,
        trusted: grant(fetch, trusted, &answer),
        attempts: Vec::new(),
    };
    let hostile = hostile::origins(trusted);
    // Seen on a terminal only.
    let bar = ProgressBar::new(hostile.len() as u64);
    bar.set_style(ProgressStyle::with_template(
        "{bar:40} {pos} of {len} origins",
    )?);
    let mut failed = 0;
    for hostile in hostile {
        let answer = client.send(&request(fetch, &hostile.origin));
        failed = if answer.is_ok() { 0 } else { failed + 1 };
        if failed == PATIENCE {
            // It may refuse what attackers send, or be gone.
            let asked = attack.attempts.len() + 1;
            let gone = |error| format!("after {asked} hostile origins: {error}");
            client.send(&request(fetch, trusted)).map_err(gone)?;
            failed = 0;
        }
        let granted = |answer| grant(fetch, &hostile.origin, answer);
        attack.attempts.push(Attempt {
            grant: answer.as_ref().ok().and_then(granted),
            status: answer.map(|answer| answer.status),
            hostile,
        });
        bar.inc(1);
    }
    bar.finish_and_clear();
    match format {
        Format::Text => print(&attack.to_string()),
        Format::Json => print_json(&attack.to_json()?),
    }
    Ok(ExitCode::from(
        match (attack.is_found(), attack.unknown()) {
            (true, _) => 1,
            (false, 0) => 0,
            (false, _) => 2,
        },
    ))
}

fn page(fetch: &Fetch, origin: &str, credentials: Credentials) -> Fetch {
    Fetch {
        page: origin.to_owned(),
        credentials,
        ..fetch.clone()
    }
}

fn request(fetch: &Fetch, origin: &str) -> conformance_tests::Request {
    let page = page(fetch, origin, Credentials::Include);
    match is_safe(fetch) {
        true => page.actual(),
        false => page.preflight(),
    }
}

fn grant(fetch: &Fetch, origin: &str, answer: &Response) -> Option<Grant> {
    let is_granted = |credentials| {
        let page = page(fetch, origin, credentials);
        if is_safe(fetch) {
            // Browsers take a 101 for a network error.
            answer.status != 101 && page.check(answer).is_ok()
        } else {
            let answer = refusal::as_today(&page, answer.clone());
            page.preflight_refusals(&answer).is_empty()
        }
    };
    let is_public = answer.values("access-control-allow-origin").eq([b"*"]);
    match (
        is_granted(Credentials::Include),
        is_granted(Credentials::Omit),
    ) {
        (true, _) => Some(Grant::Credentials),
        (false, true) if is_public => Some(Grant::Public),
        (false, true) => Some(Grant::Anonymous),
        (false, false) => None,
    }
}

impl Attack<'_> {
    /// The page that has nothing to do with the trusted one.
    fn any_attempt(&self) -> Option<&Attempt> {
        let mut attempts = self.attempts.iter();
        attempts.find(|one| one.hostile.class == hostile::ANY)
    }

    /// What that page gets.
    fn any(&self) -> Option<Grant> {
        self.any_attempt()?.grant
    }

    fn level(&self, attempt: &Attempt) -> Level {
        // Whether a list is got past, only the answer to that page tells.
        let needs_any = attempt.grant == Some(Grant::Anonymous);
        let is_any_known = self.any_attempt().is_some_and(Attempt::is_known);
        if !attempt.is_known() || needs_any && !is_any_known {
            return Level::Unknown;
        }
        let Some(grant) = attempt.grant else {
            return Level::Nothing;
        };
        // Every page gets as much, and no list is got past.
        let is_public = grant == Grant::Public || grant == Grant::Anonymous && self.any().is_some();
        match (attempt.hostile.reach, grant) {
            _ if is_public => Level::Nothing,
            (Reach::Nobody, _) => Level::Harmless,
            (Reach::Related, _) | (Reach::Network, Grant::Anonymous) => Level::Warning,
            (Reach::Network | Reach::Anybody, _) => Level::Danger,
        }
    }

    fn is_found(&self) -> bool {
        let mut attempts = self.attempts.iter();
        attempts.any(|attempt| self.level(attempt) == Level::Danger)
    }

    /// For how many origins nothing is known.
    fn unknown(&self) -> usize {
        let attempts = self.attempts.iter();
        attempts
            .filter(|attempt| self.level(attempt) == Level::Unknown)
            .count()
    }

    fn to_json(&self) -> Result<String, serde_json::Error> {
        let attempts = self.attempts.iter().map(|attempt| {
            json!({
                "origin": attempt.hostile.origin,
                "class": attempt.hostile.class,
                "reach": attempt.hostile.reach,
                "status": attempt.status.as_ref().ok(),
                "error": attempt.status.as_ref().err(),
                "grant": attempt.grant,
                "level": self.level(attempt),
            })
        });
        let value = json!({
            "url": self.url.as_str(),
            "error": null,
            "trusted": { "origin": self.fetch.page, "grant": self.trusted },
            "found": self.is_found(),
            "unknown": self.unknown(),
            "attempts": attempts.collect::<Vec<_>>(),
        });
        Ok(serde_json::to_string_pretty(&value)? + "\n")
    }
}

impl fmt::Display for Attack<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match is_safe(self.fetch) {
            true => self.fetch.normalized_method(),
            false => format!("preflights for {}", self.fetch.normalized_method()),
        };
        let url = shown(self.url.as_str().as_bytes());
        let trusted = &self.fetch.page;
        let count = self.attempts.len();
        writeln!(f, "{url}: {what} from {count} hostile origins")?;
        match self.trusted {
            Some(grant) => writeln!(
                f,
                "the trusted origin {trusted} can read responses {grant}\n"
            )?,
            None => writeln!(
                f,
                "the trusted origin {trusted} is not allowed, so this test shows little; use \
                 --origin with one that is\n"
            )?,
        }
        self.write_granted(f)?;
        self.write_statuses(f)?;
        let unknown = self.unknown();
        if unknown > 0 {
            writeln!(
                f,
                "unknown for {unknown} of {count} origins: no response, or 429 or 503"
            )?;
        }
        let verdict = match (self.any(), self.is_found()) {
            (Some(Grant::Credentials), _) => {
                "every page on the web can read what its visitor may read; compare Origin with a \
                 list, byte for byte"
            }
            (_, true) => "attackers get past the list of origins; compare origins byte for byte",
            (_, false) if unknown > 0 => {
                "no danger was found, but the result is incomplete: try again with a lower --rate"
            }
            (Some(_), false) => {
                "public: every page can read responses without credentials, and no hostile page \
                 with them"
            }
            (None, false) => "no hostile page can read responses",
        };
        writeln!(f, "{verdict}")
    }
}

impl Attack<'_> {
    /// Who gets in, the worst first. What every page gets is told once.
    fn write_granted(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let attempts = self.attempts.iter();
        let granted = attempts.filter_map(|attempt| Some((attempt, attempt.grant?)));
        let (mut same, mut listed) = (0, Vec::new());
        for (attempt, grant) in granted {
            let is_basic = [hostile::ANY, hostile::NULL].contains(&&*attempt.hostile.class);
            if self.any() == Some(grant) && !is_basic {
                same += 1;
            } else {
                listed.push((self.level(attempt), &attempt.hostile, grant));
            }
        }
        listed.sort_by_key(|(level, ..)| *level);
        for (level, hostile, grant) in listed {
            let Hostile { origin, class, .. } = hostile;
            let origin = shown(origin.as_bytes());
            let who = hostile.who();
            writeln!(
                f,
                "{level}{origin} ({class}) can read responses {grant}: {who}"
            )?;
        }
        match same {
            0 => Ok(()),
            same => writeln!(f, "and so can {same} others, because every origin can"),
        }
    }

    /// Whether these were real answers.
    fn write_statuses(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut counts: BTreeMap<Option<u16>, usize> = BTreeMap::new();
        for attempt in &self.attempts {
            let status = attempt.status.as_ref().ok().copied();
            *counts.entry(status).or_default() += 1;
        }
        let counts = counts.into_iter().map(|(status, count)| match status {
            Some(429) => format!("{count} times 429 (too many requests: use a lower --rate)"),
            Some(status) => format!("{count} times {status}"),
            None => format!("{count} times no response"),
        });
        writeln!(f, "responses: {}", counts.collect::<Vec<_>>().join(", "))
    }
}

impl Attempt {
    /// The answer is the server's word on the origin: it does not merely fail, or limit the rate.
    fn is_known(&self) -> bool {
        let is_answer = !matches!(self.status, Err(_) | Ok(429 | 503));
        // More than this none can get.
        is_answer || self.grant == Some(Grant::Credentials)
    }
}

impl Hostile {
    fn who(&self) -> &'static str {
        match self.reach {
            Reach::Anybody if self.class == hostile::NULL => {
                "any page can send it, from a sandboxed frame"
            }
            Reach::Anybody if self.class == hostile::ANY => "so can every page",
            Reach::Anybody => "anyone can register that name",
            Reach::Network => "without TLS, anyone on the network can pose as it",
            Reach::Related => "it belongs to the same site; is that intended?",
            Reach::Nobody => "no browser sends this, but it shows how loosely origins are compared",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Danger => "danger: ",
            Self::Warning => "warning: ",
            Self::Harmless => "harmless: ",
            Self::Unknown => "unknown: ",
            Self::Nothing => "",
        })
    }
}

impl fmt::Display for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Public => "without credentials (*)",
            Self::Anonymous => "without credentials",
            Self::Credentials => "with credentials",
        })
    }
}
