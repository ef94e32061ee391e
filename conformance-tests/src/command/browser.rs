//! Proves the adapters in real browsers.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use conformance_tests::site::{Certificate, Framework, RUNNER};
use serde_json::json;
use tempfile::NamedTempFile;
use tokio::net::TcpListener;
use tokio::sync::mpsc::unbounded_channel;
use tokio::time::{Instant, timeout};

use super::lab::catalogue::{But, Catalogue, line};
use super::lab::engine::{Browser, Engine};
use super::lab::{ANYWHERE, Lab, Log, NAMES, Origins, Pages, Told, hush, serve};
use super::{Done, print};

#[derive(Debug, clap::Args)]
#[command(
    long_about = "Run the scenarios of the suite in real browsers and print a table; exit with 1 on any surprise.

Each engine is opened without a window on a page of this program, which does what pages do with the
demo application on each framework, under many policies. What its script could read is compared,
and every request that the servers saw. Chromium runs all of it twice: over HTTP/1.1, and over
HTTP/2 with https origins. Debian's packages: chromium, firefox-esr, webkit2gtk-driver, xvfb."
)]
pub(crate) struct Arguments {
    /// Only this engine; as often as need be
    #[arg(long = "engine", value_enum, value_name = "ENGINE")]
    engines: Vec<Engine>,
    /// Only this adapter; as often as need be
    #[arg(long = "adapter", value_enum, value_name = "ADAPTER")]
    frameworks: Vec<Framework>,
    /// Also print what every check came to
    #[arg(long)]
    verbose: bool,
}

/// Longer than any check takes.
const SILENCE: Duration = Duration::from_secs(45);

/// What an engine made of the checks: by framework and token, what the page read and what the
/// server saw.
type Results = BTreeMap<(String, String), (String, Vec<String>)>;

pub(crate) fn run(arguments: &Arguments) -> Done {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let or_all = |engines: &[Engine]| match engines {
        [] => Engine::ALL.to_vec(),
        engines => engines.to_vec(),
    };
    let frameworks = match arguments.frameworks.as_slice() {
        [] => Framework::ALL.to_vec(),
        frameworks => frameworks.to_vec(),
    };
    hush();
    let catalogue = Catalogue::read();
    let mut is_good = true;
    for engine in or_all(&arguments.engines) {
        for is_tls in [false, true] {
            if is_tls && engine != Engine::Chromium {
                continue;
            }
            let judged = Judged {
                catalogue: &catalogue,
                engine,
                is_tls,
                frameworks: &frameworks,
                results: runtime.block_on(results(&catalogue, engine, is_tls, &frameworks))?,
            };
            let (text, surprises) = judged.report(arguments.verbose);
            print(&text);
            is_good &= surprises == 0;
        }
    }
    Ok(ExitCode::from(u8::from(!is_good)))
}

async fn results(
    catalogue: &Catalogue,
    engine: Engine,
    is_tls: bool,
    frameworks: &[Framework],
) -> Result<Results, Box<dyn Error>> {
    let certificate = is_tls.then(|| Certificate::new(&NAMES));
    let sockets = [
        TcpListener::bind(ANYWHERE).await?,
        TcpListener::bind(ANYWHERE).await?,
    ];
    let origins = Origins::new(&sockets, is_tls)?;
    let log = Arc::new(Log::default());
    let policies = catalogue.policies(&origins);
    let lab = Lab::start(&origins, frameworks, &policies, certificate.as_ref(), &log).await?;
    let tasks = catalogue.checks(is_tls);
    let tasks: Vec<_> = tasks
        .map(|(scenario, number, check)| scenario.task(number, check))
        .collect();
    let (tell, mut told) = unbounded_channel();
    let setup = json!({"origins": origins.by_name, "servers": lab.servers, "tasks": tasks});
    let setup = setup.to_string();
    let start = start(&setup)?;
    let pages = Arc::new(Pages {
        origin: origins.app().to_owned(),
        index: include_str!("lab/suite.html"),
        setup,
        log: Arc::clone(&log),
        tell,
    });
    serve(&pages, Router::new(), sockets, certificate.as_ref());
    let browser = engine.open(
        &format!("file://{}", start.path().display()),
        certificate.as_ref(),
    )?;
    let mut results = Results::new();
    let mut last = Instant::now();
    loop {
        match timeout(Duration::from_millis(200), told.recv()).await {
            Ok(Some(Told::Result {
                framework,
                token,
                reads,
            })) => {
                let seen = log.of(&framework, &token).iter().map(line).collect();
                results.insert((framework, token), (reads, seen));
                last = Instant::now();
            }
            Ok(_) => break,
            Err(_) => silent(&browser, engine, last)?,
        }
    }
    tokio::task::spawn_blocking(move || drop(browser)).await?;
    lab.stop().await;
    Ok(results)
}

/// The first page, a file: it runs the checks that need one, and goes on to the server's.
fn start(setup: &str) -> Result<NamedTempFile, Box<dyn Error>> {
    let mut file = tempfile::Builder::new().suffix(".html").tempfile()?;
    let script = include_str!("lab/start.js");
    write!(
        file,
        "<!doctype html><meta charset=utf-8><script>{RUNNER}</script><script>const setup = {setup};\n{script}</script>"
    )?;
    Ok(file)
}

/// Nothing was told for a while.
fn silent(browser: &Browser, engine: Engine, last: Instant) -> Result<(), String> {
    let name = engine.name();
    match last.elapsed() > SILENCE {
        _ if browser.has_ended() => Err(format!("{name} ended by itself")),
        true => Err(format!("{name}: the page told nothing for {SILENCE:?}")),
        false => Ok(()),
    }
}

struct Judged<'c> {
    catalogue: &'c Catalogue,
    engine: Engine,
    is_tls: bool,
    frameworks: &'c [Framework],
    results: Results,
}

impl Judged<'_> {
    /// The table, and how many results nobody expects.
    fn report(&self, verbose: bool) -> (String, usize) {
        let protocol = if self.is_tls {
            "HTTP/2, TLS"
        } else {
            "HTTP/1.1"
        };
        let mut text = format!("{}, {protocol}\n\n| |", self.engine.name());
        for framework in self.frameworks {
            let _ = write!(text, " {framework} |");
        }
        let _ = writeln!(text, "\n|---|{}", "---|".repeat(self.frameworks.len()));
        let (mut surprises, mut differences) = (String::new(), BTreeSet::new());
        let (mut count, mut checks) = (0, 0);
        for scenario in &self.catalogue.scenarios {
            let mut cells = String::new();
            for &framework in self.frameworks {
                let (mut good, mut other, mut bad) = (0, 0, 0);
                let of_scenario = self.catalogue.checks(self.is_tls);
                for (_, number, check) in of_scenario.filter(|(of, ..)| of.id == scenario.id) {
                    let token = scenario.token(number);
                    let (reads, server, but) =
                        check.expected(self.engine.name(), self.is_tls, framework);
                    let result = self
                        .results
                        .get(&(framework.name().to_owned(), token.clone()));
                    let is_expected =
                        result.is_some_and(|(got, seen)| got == reads && seen == server);
                    match (is_expected, but) {
                        (true, None) => good += 1,
                        (
                            true,
                            Some(But {
                                because, source, ..
                            }),
                        ) => {
                            other += 1;
                            differences.insert(format!("{token}: {because} ({source})"));
                        }
                        (false, _) => bad += 1,
                    }
                    if !is_expected || verbose {
                        let word = if is_expected {
                            "as expected"
                        } else {
                            "SURPRISE"
                        };
                        let none = ("nothing".to_owned(), Vec::new());
                        let (got, seen) = result.unwrap_or(&none);
                        let _ = writeln!(
                            surprises,
                            "\n{word}: {token} {framework}: {}: {}\n  expected {reads:?} {server:?}\n  came     {got:?} {seen:?}",
                            scenario.title, check.name
                        );
                    }
                }
                checks += good + other + bad;
                count += bad;
                let _ = match (good, other, bad) {
                    (0, 0, 0) => write!(cells, " n/a |"),
                    (_, 0, 0) => write!(cells, " {good} |"),
                    (_, _, 0) => write!(cells, " {good}+{other} |"),
                    _ => write!(cells, " {bad} FAILED |"),
                };
            }
            let _ = writeln!(text, "| {} {} |{cells}", scenario.id, scenario.title);
        }
        text += &surprises;
        if !differences.is_empty() {
            text += "\nexpected differences (behind +):\n";
            for difference in differences {
                let _ = writeln!(text, "* {difference}");
            }
        }
        let _ = writeln!(text, "\n{checks} checks, {count} surprises\n");
        (text, count)
    }
}
