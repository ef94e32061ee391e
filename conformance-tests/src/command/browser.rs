//! Proves the adapters in real browsers.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt::{self, Write as _};
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use axum::response::Html;
use axum::routing::get;
use conformance_tests::frameworks::Framework;
use conformance_tests::frameworks::showcase::{Certificate, RUNNER};
use conformance_tests::{Request, wire};
use serde_json::json;
use tempfile::NamedTempFile;
use tokio::net::TcpListener;
use tokio::sync::mpsc::unbounded_channel;

use super::playground::catalogue::{But, Catalogue, Check, Scenario, Task, line};
use super::playground::engine::Engine;
use super::playground::{
    ANYWHERE, Console, Log, NAMES, Origins, Pages, Playground, forward, hear, hush, listening,
    path, serve,
};
use super::stopped::stopped;
use super::{Done, demo, print};

/// What `--help` says.
pub(crate) const ABOUT: &str = "\
Run the scenarios of the suite in real browsers and print a table; exit with 1 if a result is \
unexpected.

Each browser opens, without a window, a page that sends requests to a demo server on each framework, \
under many policies. The command checks what the page's script could read, and every request that \
the servers received. Chromium and WebKit run everything twice: over HTTP/1.1, and over HTTP/2 with \
https origins.

On Debian, install these packages first: chromium, firefox-esr, webkit2gtk-driver, xauth, xvfb.";

pub(crate) const EXAMPLES: &str = "\
Examples:
  cors browser

  # One browser and one framework, with every result
  cors browser --engine firefox --adapter axum --verbose

  # Behind an Envoy with cors-envoy
  ENVOY=/usr/bin/envoy cors browser --adapter envoy";

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Run only this browser; may be repeated
    #[arg(long = "engine", value_enum, value_name = "ENGINE", default_values_t = Engine::ALL)]
    engines: Vec<Engine>,
    /// Run only this adapter; may be repeated. cors-envoy needs an Envoy, and runs only if it is named
    #[arg(long = "adapter", value_enum, value_name = "ADAPTER", default_values_t = Framework::ALL)]
    frameworks: Vec<Framework>,
    /// Fail if a browser reports nothing for this long
    #[arg(long, value_name = "SECONDS", default_value_t = 45, value_parser = clap::value_parser!(u64).range(1..=3600))]
    patience: u64,
    /// Also print the result of every check
    #[arg(long)]
    verbose: bool,
}

/// What an engine made of the checks: by framework and token, what the page read and what the
/// server saw.
type Results = BTreeMap<(String, String), (String, Vec<String>)>;

pub(crate) fn run(arguments: &Arguments) -> Done {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    // What is dropped then ends its engine.
    runtime.block_on(async {
        tokio::select! {
            is_good = all(arguments) => Ok(ExitCode::from(u8::from(!is_good?))),
            () = stopped()? => Ok(ExitCode::from(130)),
        }
    })
}

/// Nothing was a surprise.
async fn all(arguments: &Arguments) -> Result<bool, Box<dyn Error>> {
    hush();
    let frameworks = &arguments.frameworks;
    let catalogue = Catalogue::read();
    let patience = Duration::from_secs(arguments.patience);
    let mut is_good = true;
    for &engine in &arguments.engines {
        let tls = engine.tls_domain().map(Some);
        for tls_domain in [None].into_iter().chain(tls) {
            let judged = Judged {
                catalogue: &catalogue,
                engine,
                is_tls: tls_domain.is_some(),
                frameworks,
                results: results(&catalogue, engine, tls_domain, frameworks, patience).await?,
            };
            let (text, surprises) = judged.report(arguments.verbose);
            print(&text);
            is_good &= surprises == 0;
        }
        let (text, surprises) = demo::prove(engine, patience).await?;
        print(&text);
        is_good &= surprises == 0;
    }
    Ok(is_good)
}

async fn results(
    catalogue: &Catalogue,
    engine: Engine,
    tls_domain: Option<&'static str>,
    frameworks: &[Framework],
    patience: Duration,
) -> Result<Results, Box<dyn Error>> {
    let certificate = tls_domain.map(|_| Certificate::new(&NAMES));
    let sockets = [
        TcpListener::bind(ANYWHERE).await?,
        TcpListener::bind(ANYWHERE).await?,
    ];
    let proxy = TcpListener::bind(ANYWHERE).await?;
    let mut origins = Origins::new(&sockets, tls_domain)?;
    let hosts = origins.hosts();
    origins.add_proxy(&proxy)?;
    if let Some(extension) = engine.extension() {
        origins.by_name.insert("extension", extension.to_owned());
    }
    let log = Arc::new(Log::default());
    let policies = catalogue.policies(&origins);
    let playground =
        Playground::start(&origins, frameworks, &policies, certificate.as_ref(), &log).await?;
    forward(proxy, playground.addresses.clone());
    let checks = catalogue.checks(engine.name(), tls_domain.is_some());
    let tasks = checks.map(|(scenario, number, check)| scenario.task(number, check));
    let (raw, tasks): (Vec<_>, Vec<_>) = tasks.partition(Task::is_raw);
    let (tell, told) = unbounded_channel();
    let setup = json!({"origins": origins.by_name, "servers": playground.servers, "tasks": tasks});
    let setup = setup.to_string();
    let start = start(&setup)?;
    let pages = Arc::new(Pages {
        origin: origins.app().to_owned(),
        hosts,
        setup,
        log: Arc::clone(&log),
    });
    let index = get(async || Html(include_str!("browser/suite.html")));
    let index = listening(tell).route("/", index);
    serve(&pages, index, sockets, certificate.as_ref());
    let browser = engine.open(
        &format!("file://{}", start.path().display()),
        certificate.as_ref(),
    )?;
    let mut results = Results::new();
    let mut record = |framework: String, token: String, reads| {
        let seen = log.of(&framework, &token).iter().map(line).collect();
        results.insert((framework, token), (reads, seen));
    };
    let messages = hear(engine, browser, told, patience, &mut record).await?;
    for &framework in frameworks {
        for task in &raw {
            let address = playground.addresses[&path(framework, task.policy)];
            let reads = asked(address, &task.request(&origins)).await?;
            record(framework.name().to_owned(), task.token.clone(), reads);
        }
    }
    compare(
        &mut results,
        &Console::new(engine, &messages),
        catalogue,
        &log,
    );
    playground.stop().await;
    Ok(results)
}

/// What a server answers to a request of no browser.
async fn asked(address: SocketAddr, request: &Request) -> io::Result<String> {
    let response = wire::exchange(address, request).await?;
    let body = String::from_utf8_lossy(&response.body);
    let reads = format!("{} {}", response.status, body.trim());
    Ok(reads.trim().to_owned())
}

/// Adds to what scripts read where the console tells something else than the explanation.
fn compare(results: &mut Results, console: &Console<'_>, catalogue: &Catalogue, log: &Log) {
    let tokens = catalogue.on_the_console();
    for token in tokens {
        for ((framework, of), (reads, _)) in &mut *results {
            if *of == token {
                *reads += &console.surprise(&token, &log.of(framework, &token));
            }
        }
    }
}

/// The first page, a file: it runs the checks that need one, and goes on to the server's.
fn start(setup: &str) -> Result<NamedTempFile, Box<dyn Error>> {
    let mut file = tempfile::Builder::new().suffix(".html").tempfile()?;
    let script = include_str!("browser/start.js");
    write!(
        file,
        "<!doctype html><meta charset=utf-8><script>{RUNNER}</script><script>const setup = {setup};\n{script}</script>"
    )?;
    Ok(file)
}

/// What an engine came to, to be compared with the catalogue.
struct Judged<'c> {
    catalogue: &'c Catalogue,
    engine: Engine,
    is_tls: bool,
    frameworks: &'c [Framework],
    results: Results,
}

/// One check of one framework.
struct Verdict<'c> {
    scenario: &'c Scenario,
    check: &'c Check,
    token: String,
    framework: Framework,
    reads: &'c str,
    server: &'c [String],
    /// Why something else is expected than of other engines and frameworks.
    but: Option<&'c But>,
    came: Option<&'c (String, Vec<String>)>,
}

impl Verdict<'_> {
    fn is_expected(&self) -> bool {
        self.came
            .is_some_and(|(reads, server)| reads == self.reads && server == self.server)
    }
}

impl fmt::Display for Verdict<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self.is_expected() {
            true => "as expected",
            false => "SURPRISE",
        };
        let (title, name) = (&self.scenario.title, &self.check.name);
        writeln!(
            f,
            "\n{word}: {} {}: {title}: {name}",
            self.token, self.framework
        )?;
        writeln!(f, "  expected: {:?} {:?}", self.reads, self.server)?;
        match self.came {
            Some((reads, server)) => writeln!(f, "  actual:   {reads:?} {server:?}"),
            None => writeln!(f, "  actual:   nothing"),
        }
    }
}

impl Judged<'_> {
    fn verdicts(&self) -> Vec<Verdict<'_>> {
        let checks = self.catalogue.checks(self.engine.name(), self.is_tls);
        let verdicts = checks.flat_map(|(scenario, number, check)| {
            self.frameworks.iter().map(move |&framework| {
                let engine = self.engine.name();
                let (reads, server, but) = check.expected(engine, self.is_tls, framework);
                let token = scenario.token(number);
                let of = (framework.name().to_owned(), token.clone());
                Verdict {
                    scenario,
                    check,
                    token,
                    framework,
                    reads,
                    server,
                    but,
                    came: self.results.get(&of),
                }
            })
        });
        verdicts.collect()
    }

    /// The table, and how many results nobody expects.
    fn report(&self, verbose: bool) -> (String, usize) {
        let verdicts = self.verdicts();
        let protocol = match self.is_tls {
            true => "HTTP/2, https",
            false => "HTTP/1.1, http",
        };
        let mut text = format!("{}, {protocol}\n\n| |", self.engine.name());
        for framework in self.frameworks {
            let _ = write!(text, " {framework} |");
        }
        let _ = writeln!(text, "\n|---|{}", "---|".repeat(self.frameworks.len()));
        for scenario in &self.catalogue.scenarios {
            let _ = write!(text, "| {} {} |", scenario.id, scenario.title);
            for &framework in self.frameworks {
                let of_both = verdicts.iter().filter(|verdict| {
                    verdict.scenario.id == scenario.id && verdict.framework == framework
                });
                let _ = write!(text, " {} |", cell(of_both));
            }
            text.push('\n');
        }
        for verdict in &verdicts {
            if verbose || !verdict.is_expected() {
                let _ = write!(text, "{verdict}");
            }
        }
        let differences = verdicts.iter().filter_map(|Verdict { token, but, .. }| {
            let But {
                because, source, ..
            } = (*but)?;
            Some(format!("* {token}: {because} ({source})\n"))
        });
        let differences: BTreeSet<_> = differences.collect();
        if !differences.is_empty() {
            text += "\nexpected differences, behind +:\n";
            text.extend(differences);
        }
        let surprises = verdicts.iter().filter(|verdict| !verdict.is_expected());
        let surprises = surprises.count();
        let _ = writeln!(text, "\n{} checks, {surprises} surprises\n", verdicts.len());
        (text, surprises)
    }
}

/// How many checks passed, and how many did with an expected difference.
fn cell<'v>(verdicts: impl Iterator<Item = &'v Verdict<'v>>) -> String {
    let (mut passed, mut different, mut failed) = (0, 0, 0);
    for verdict in verdicts {
        match (verdict.is_expected(), verdict.but) {
            (false, _) => failed += 1,
            (true, Some(_)) => different += 1,
            (true, None) => passed += 1,
        }
    }
    match (passed, different, failed) {
        (0, 0, 0) => "n/a".to_owned(),
        (_, 0, 0) => passed.to_string(),
        (_, _, 0) => format!("{passed}+{different}"),
        _ => format!("{failed} FAILED"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Everything as expected, but for what the change does.
    fn report(change: impl FnOnce(&mut Results)) -> (String, usize) {
        let (engine, frameworks) = (Engine::Firefox, Framework::ALL);
        let catalogue = Catalogue::read();
        let mut results = Results::new();
        for (scenario, number, check) in catalogue.checks(engine.name(), false) {
            for framework in frameworks {
                let (reads, server, _) = check.expected(engine.name(), false, framework);
                let of = (framework.name().to_owned(), scenario.token(number));
                results.insert(of, (reads.to_owned(), server.to_vec()));
            }
        }
        change(&mut results);
        let judged = Judged {
            catalogue: &catalogue,
            engine,
            is_tls: false,
            frameworks: &frameworks,
            results,
        };
        judged.report(false)
    }

    fn of(framework: &str, token: &str) -> (String, String) {
        (framework.to_owned(), token.to_owned())
    }

    #[test]
    fn what_is_expected_is_no_surprise() {
        let (text, surprises) = report(|_| {});
        assert_eq!(surprises, 0, "{text}");
        assert!(text.contains("| E2E-01 a GET | 3 | 3 | 3 | 3 |"), "{text}");
        assert!(text.contains("| 1 | 1 | 0+1 | 1 |"), "{text}");
        assert!(text.contains("* E2E-09.1: Rocket answers"), "{text}");
    }

    #[test]
    fn another_text_another_request_and_silence_are_surprises() {
        let (text, surprises) = report(|results| {
            let read = results.get_mut(&of("axum", "E2E-01.2")).expect("a result");
            read.0 = "200 hello".to_owned();
            let seen = results.get_mut(&of("warp", "E2E-01.2")).expect("a result");
            seen.1.push("GET 403".to_owned());
            results.remove(&of("actix", "E2E-26.1"));
        });
        assert_eq!(surprises, 3, "{text}");
        assert!(text.contains("SURPRISE: E2E-01.2 axum: a GET: of another page\n  expected: \"TypeError\" [\"GET 403\"]\n  actual:   \"200 hello\" [\"GET 403\"]"), "{text}");
        assert!(text.contains("actual:   nothing"), "{text}");
        assert!(text.contains("| 1 FAILED | 3 | 3 | 1 FAILED |"), "{text}");
    }

    #[test]
    fn a_difference_that_is_no_more_is_a_surprise() {
        let (text, surprises) = report(|results| {
            let usual = results[&of("axum", "E2E-09.1")].clone();
            results.insert(of("rocket", "E2E-09.1"), usual);
        });
        assert_eq!(surprises, 1, "{text}");
    }
}
