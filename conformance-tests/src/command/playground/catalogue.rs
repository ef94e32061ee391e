//! What pages do, and what must come of it.

use std::collections::BTreeMap;

use conformance_tests::frameworks::Framework;
use conformance_tests::frameworks::showcase::{Seen, Served};
use conformance_tests::{Line, Request};
use cors_core::{OwnedPolicy, Settings};
use serde::{Deserialize, Serialize};

use super::Origins;

const SCENARIOS: &str = include_str!("scenarios.toml");

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Catalogue {
    policies: BTreeMap<String, toml::Table>,
    #[serde(rename = "scenario")]
    pub(crate) scenarios: Vec<Scenario>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Scenario {
    pub(crate) id: String,
    pub(crate) title: String,
    /// Requirements.
    #[expect(dead_code, reason = "for who reads the file")]
    covers: Vec<String>,
    policy: String,
    #[serde(rename = "check")]
    pub(crate) checks: Vec<Check>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Check {
    pub(crate) name: String,
    /// What the demo calls it, if it shows it.
    pub(crate) demo: Option<String>,
    /// Another policy than the scenario's.
    policy: Option<String>,
    /// The origin of the page.
    #[serde(default = "app")]
    from: String,
    run: String,
    pub(crate) reads: String,
    pub(crate) server: Vec<String>,
    /// Only over TLS, or only over plain text.
    tls: Option<bool>,
    /// Only in these engines.
    engine: Option<Vec<String>>,
    /// The engine's console must tell what the policy's explanation says that it will.
    #[serde(default)]
    console: bool,
    #[serde(default)]
    pub(crate) but: Vec<But>,
}

fn app() -> String {
    "app".to_owned()
}

/// An expected difference.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct But {
    /// Of these engines, or of all.
    engine: Option<Vec<String>>,
    /// Of these frameworks, or of all.
    framework: Option<Vec<String>>,
    /// Over TLS, or over plain text, or over both.
    tls: Option<bool>,
    reads: Option<String>,
    server: Option<Vec<String>>,
    pub(crate) because: String,
    pub(crate) source: String,
}

/// A check, for a page.
#[derive(Debug, Serialize)]
pub(crate) struct Task<'c> {
    pub(crate) token: String,
    title: &'c str,
    pub(crate) policy: &'c str,
    from: &'c str,
    source: &'c str,
}

/// What has places for origins in it.
const LISTS: [&str; 3] = ["origins", "own_origins", "credentialed_origins"];

impl Catalogue {
    /// The one of this project.
    pub(crate) fn read() -> Self {
        toml::from_str(SCENARIOS).expect("a catalogue without errors")
    }

    /// The policies, for these origins.
    pub(crate) fn policies(&self, origins: &Origins) -> BTreeMap<String, Served> {
        let policies = self.policies.iter().map(|(name, table)| {
            let mut table = table.clone();
            for list in LISTS {
                if let Some(toml::Value::Array(listed)) = table.get_mut(list) {
                    for origin in listed {
                        *origin = filled(origin.as_str().unwrap_or_default(), origins).into();
                    }
                }
            }
            let settings: Settings<String> = table.try_into().expect("settings");
            // Without TLS, the page's own origin is not secure.
            let settings = settings.dangerously_allow_insecure_origins(true);
            let policy: OwnedPolicy<String, Vec<u32>> = settings.build().expect("a good policy");
            (name.clone(), policy.into())
        });
        policies.collect()
    }

    pub(crate) fn policy_names(&self) -> impl Iterator<Item = &String> {
        self.policies.keys()
    }

    /// Each check that the demo shows, under this policy in place of its own.
    pub(crate) fn demo<'c>(&'c self, policy: &'c str) -> impl Iterator<Item = Task<'c>> {
        let shown = self.all().filter(|(.., check)| check.demo.is_some());
        shown.map(move |(scenario, number, check)| Task {
            policy,
            ..scenario.task(number, check)
        })
    }

    /// The tokens of the checks that the demo shows and that ask with cookies.
    pub(crate) fn with_credentials(&self) -> impl Iterator<Item = String> {
        let tasks = self.demo("").filter(Task::asks_with_cookies);
        tasks.map(|task| task.token)
    }

    /// Each check that this engine runs, with the scenario that it belongs to.
    pub(crate) fn checks(
        &self,
        engine: &'static str,
        is_tls: bool,
    ) -> impl Iterator<Item = (&Scenario, usize, &Check)> {
        self.all()
            .filter(move |(.., check)| check.is_for(engine, is_tls))
    }

    /// The tokens of the checks that the console must tell of.
    pub(crate) fn on_the_console(&self) -> impl Iterator<Item = String> {
        let checks = self.all().filter(|(.., check)| check.console);
        checks.map(|(scenario, number, _)| scenario.token(number))
    }

    fn all(&self) -> impl Iterator<Item = (&Scenario, usize, &Check)> {
        self.scenarios.iter().flat_map(|scenario| {
            let checks = scenario.checks.iter().enumerate();
            checks.map(move |(number, check)| (scenario, number, check))
        })
    }
}

/// `{app}` and the like in place of what they stand for.
pub(crate) fn filled(text: &str, origins: &Origins) -> String {
    origins
        .by_name
        .iter()
        .fold(text.to_owned(), |text, (name, origin)| {
            text.replace(&format!("{{{name}}}"), origin)
        })
}

impl Scenario {
    /// What a check is called in URLs, and so in logs.
    pub(crate) fn token(&self, number: usize) -> String {
        format!("{}.{}", self.id, number + 1)
    }

    pub(crate) fn task<'c>(&'c self, number: usize, check: &'c Check) -> Task<'c> {
        Task {
            token: self.token(number),
            title: check.demo.as_deref().unwrap_or(&check.name),
            policy: check.policy.as_ref().unwrap_or(&self.policy),
            from: &check.from,
            source: &check.run,
        }
    }
}

impl Task<'_> {
    /// Its script says so.
    fn asks_with_cookies(&self) -> bool {
        self.source.contains("credentials: 'include'")
    }

    /// No page runs it.
    pub(crate) fn is_raw(&self) -> bool {
        self.from == "raw"
    }

    /// The request that it is then.
    pub(crate) fn request(&self, origins: &Origins) -> Request {
        let source = filled(self.source, origins);
        let mut source = source
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty());
        let method = source.next().unwrap_or_default().to_owned();
        let lines = source.filter_map(|line| line.split_once(": "));
        Request {
            method,
            path: format!("/?check={}", self.token),
            lines: lines.map(|(name, value)| Line::new(name, value)).collect(),
        }
    }
}

impl Check {
    fn is_for(&self, engine: &str, is_tls: bool) -> bool {
        let of_engine = self.engine.as_ref();
        let of_engine = of_engine.is_none_or(|engines| engines.iter().any(|one| one == engine));
        of_engine && self.tls.is_none_or(|tls| tls == is_tls)
    }

    /// What this engine and this framework must come to, and the difference that makes it so.
    pub(crate) fn expected(
        &self,
        engine: &str,
        is_tls: bool,
        framework: Framework,
    ) -> (&str, &[String], Option<&But>) {
        let mut differences = self.but.iter();
        let but = differences.find(|but| but.is_for(engine, is_tls, framework));
        let reads = but.and_then(|but| but.reads.as_ref());
        let server = but.and_then(|but| but.server.as_ref());
        (
            reads.unwrap_or(&self.reads),
            server.unwrap_or(&self.server),
            but,
        )
    }
}

impl But {
    fn is_for(&self, engine: &str, is_tls: bool, framework: Framework) -> bool {
        let of = |list: &Option<Vec<String>>, name: &str| {
            list.as_ref()
                .is_none_or(|list| list.iter().any(|one| one == name))
        };
        let tls = self.tls.is_none_or(|tls| tls == is_tls);
        tls && of(&self.engine, engine) && of(&self.framework, framework.name())
    }
}

/// An exchange, as the catalogue writes it.
pub(crate) fn line(seen: &Seen) -> String {
    let request = &seen.request;
    let value = |name: &'static str| request.values(name).next().map(String::from_utf8_lossy);
    let mut words = Vec::new();
    let asked = value("access-control-request-method").filter(|_| request.method == "OPTIONS");
    match asked {
        Some(method) => {
            words.extend(["preflight".to_owned(), method.into_owned()]);
            let names = value("access-control-request-headers").unwrap_or_default();
            match names.split(',').count() {
                _ if names.is_empty() => {}
                many @ 10.. => words.push(format!("{many} headers")),
                _ => words.push(names.into_owned()),
            }
        }
        None => words.push(request.method.clone()),
    }
    match value("origin").as_deref() {
        None => words.push("no-origin".to_owned()),
        Some("null") => words.push("null".to_owned()),
        Some(_) => {}
    }
    if value("cookie").is_some() {
        words.push("cookie".to_owned());
    }
    if seen.response.values("x-handled").next().is_some() {
        words.push("handled".to_owned());
    }
    words.push(seen.response.status.to_string());
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::playground::engine::Engine;

    #[test]
    fn differences_differ_and_tell_why() {
        for scenario in Catalogue::read().scenarios {
            for check in scenario.checks {
                for but in &check.but {
                    assert!(
                        but.reads
                            .as_ref()
                            .is_some_and(|reads| *reads != check.reads)
                            || but
                                .server
                                .as_ref()
                                .is_some_and(|server| *server != check.server),
                        "{} {}",
                        scenario.id,
                        check.name
                    );
                    assert!(but.source.starts_with("https://") && !but.because.is_empty());
                    let engines = Engine::ALL.map(Engine::name);
                    let frameworks = Framework::ALL.into_iter().chain([Framework::Envoy]);
                    let frameworks: Vec<_> = frameworks.map(Framework::name).collect();
                    let is_of = |names: &Option<Vec<String>>, known: &[&str]| {
                        let mut names = names.iter().flatten();
                        names.all(|name| known.contains(&name.as_str()))
                    };
                    assert!(is_of(&but.engine, &engines) && is_of(&but.framework, &frameworks));
                }
            }
        }
    }

    #[test]
    fn every_scenario_is_there() {
        let catalogue = Catalogue::read();
        let ids: Vec<_> = catalogue.scenarios.iter().map(|one| &one.id).collect();
        let expected: Vec<_> = (1..=33).map(|number| format!("E2E-{number:02}")).collect();
        assert_eq!(ids, expected.iter().collect::<Vec<_>>());
    }
}
