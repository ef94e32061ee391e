//! Checks a policy file.

use std::fmt::Write;
use std::ops::Range;
use std::path::PathBuf;
use std::process::ExitCode;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use clap::ValueEnum;
use cors_core::{
    OwnedPolicy, PolicyErrors, PolicySet, PolicySetErrors, PolicySetWarning, Settings,
};
use cors_core::{Scoped, Warning};
use serde::Serialize;

use super::Done;
use super::file::{File, Places, Problem, Table, Unreadable, explained};
use super::output::{is_terminal, plain, print, print_json, print_styled};
use super::schema;

/// What `--help` says.
pub(crate) const ABOUT: &str = "\
Check a policy file. Every error and warning is shown with its line and how to fix it.

The exit status is 0 if the policy is valid (there may be warnings), 1 if it contains an error, and 2 \
if the file contains no policy: it cannot be read, is not valid TOML or JSON, or has unknown keys.";

pub(crate) const EXAMPLES: &str = "\
Examples:
  cors lint policy.toml

  # The policy is a table of a larger file
  cors lint app.toml --table server.cors

  # For a program
  cors lint policy.json --format json

  # Let your editor complete and check policy files
  cors lint --schema > policy.schema.json";

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The policy file: TOML, or JSON if its name ends in .json
    #[arg(required_unless_present = "schema")]
    file: Option<PathBuf>,
    #[command(flatten)]
    table: Table,
    /// How to print what was found
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Print a JSON Schema of policy files, for editors, and check no file
    #[arg(long)]
    schema: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// For people: each problem with its line of the file
    Text,
    /// For programs: an array of objects
    Json,
}

/// What is known of the policy of a file, or of its policies.
#[derive(Default)]
pub(super) struct Checked {
    /// None if there is an error, or if there are several.
    #[cfg_attr(not(feature = "full"), expect(dead_code, reason = "for the demo"))]
    pub(super) policy: Option<OwnedPolicy<String, Vec<u32>>>,
    /// There is no error.
    is_valid: bool,
    /// In the order of the file; all are errors, or all are warnings.
    pub(super) findings: Vec<Finding>,
    /// How many errors there are beside those.
    more: usize,
    /// The file says nothing that could be a policy.
    is_unreadable: bool,
}

/// So many findings are shown to people, who mend those first.
const MOST: usize = 16;

#[derive(Debug, Default, Serialize)]
pub(super) struct Finding {
    severity: Severity,
    code: String,
    setting: String,
    entry: usize,
    text: String,
    message: String,
    /// Both from 1.
    line: Option<usize>,
    column: Option<usize>,
    #[serde(skip)]
    pub(super) place: Option<Range<usize>>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Severity {
    #[default]
    Error,
    Warning,
}

pub(crate) fn run(arguments: &Arguments) -> Done {
    let Some(path) = arguments.file.as_ref().filter(|_| !arguments.schema) else {
        print_json(&(serde_json::to_string_pretty(&schema::schema())? + "\n"));
        return Ok(ExitCode::SUCCESS);
    };
    let file = File::read(path, &arguments.table);
    let checked = match arguments.format {
        Format::Json => {
            let checked = match file {
                Ok(file) => Checked::of(&file),
                Err(message) => Checked::unreadable(vec![Finding {
                    code: "FILE".to_owned(),
                    message,
                    ..Finding::default()
                }]),
            };
            print_json(&(serde_json::to_string_pretty(&checked.findings)? + "\n"));
            checked
        }
        Format::Text => {
            let file = file?;
            let checked = check(&file)?;
            match is_terminal() {
                true => print_styled(&shown(&file, &checked, &Renderer::styled())),
                false => print(&shown(&file, &checked, &Renderer::plain())),
            }
            checked
        }
    };
    Ok(ExitCode::from(match checked {
        Checked {
            is_unreadable: true,
            ..
        } => 2,
        Checked { is_valid, .. } => u8::from(!is_valid),
    }))
}

/// Checks what the file says.
fn check(file: &File) -> Result<Checked, Unreadable> {
    let mut checked = match file.entries()? {
        Some(entries) => check_set(file, entries),
        None => check_policy(file, file.settings()?),
    };
    checked.findings.sort_by_key(|one| (one.line, one.column));
    Ok(checked)
}

fn check_policy(file: &File, settings: Settings<String>) -> Checked {
    let places = file.places();
    match settings.build::<Vec<u32>>() {
        Ok(policy) => {
            let warnings = policy.warnings();
            let findings = warnings.map(|warning| Finding::warning(None, &warning, &places));
            Checked {
                findings: findings.collect(),
                policy: Some(policy),
                is_valid: true,
                ..Checked::default()
            }
        }
        Err(errors) => {
            let mut checked = Checked::default();
            checked.add_errors(None, &errors, &places);
            checked
        }
    }
}

fn check_set(file: &File, entries: Vec<Scoped<Settings<String>>>) -> Checked {
    let places = file.places();
    match PolicySet::build(entries) {
        Ok(set) => Checked {
            findings: (set.warnings().iter())
                .map(|warning| Finding::set_warning(warning, &set, &places))
                .collect(),
            is_valid: true,
            ..Checked::default()
        },
        Err(errors) => {
            let mut checked = Checked::default();
            checked.add_set_errors(&errors, &places);
            checked
        }
    }
}

impl Checked {
    /// Of a policy; in a set, of the entry with this number.
    fn add_errors(
        &mut self,
        policy: Option<usize>,
        errors: &PolicyErrors<String>,
        places: &Places<'_>,
    ) {
        for error in errors.iter() {
            let setting = error.setting();
            let place = places.of(
                policy.unwrap_or_default(),
                setting,
                error.entry(),
                error.text(),
            );
            let place = place.map(|place| from_byte(&place, error.byte(), error.text()));
            let finding = Finding {
                severity: Severity::Error,
                code: error.kind().code().to_owned(),
                setting: setting_of(policy, setting.name()),
                entry: error.entry(),
                text: error.text().to_owned(),
                message: message_of(policy, &error.to_string()),
                ..Finding::default()
            };
            self.findings.push(finding.at(place, places));
        }
        self.more += errors.count() - errors.iter().count();
    }

    fn add_set_errors(&mut self, errors: &PolicySetErrors, places: &Places<'_>) {
        for error in errors.iter() {
            if let Some(errors) = error.policy_errors() {
                self.add_errors(error.entry(), errors, places);
                continue;
            }
            let place = error
                .entry()
                .and_then(|entry| places.of_text(entry, error.setting(), error.text()));
            let finding = Finding {
                severity: Severity::Error,
                code: error.kind().code().to_owned(),
                setting: setting_of(error.entry(), error.setting()),
                text: error.text().to_owned(),
                message: error.to_string(),
                ..Finding::default()
            };
            self.findings.push(finding.at(place, places));
        }
    }
}

/// In a set, with the number of the entry.
fn setting_of(policy: Option<usize>, name: &str) -> String {
    match policy {
        Some(policy) => format!("policies[{policy}].{name}"),
        None => name.to_owned(),
    }
}

fn message_of(policy: Option<usize>, message: &str) -> String {
    match (policy, message.split_once(": ")) {
        (Some(policy), Some((code, rest))) => format!("{code}: policies[{policy}].{rest}"),
        _ => message.to_owned(),
    }
}

/// What is underlined: the text from where it goes wrong.
fn from_byte(place: &Range<usize>, byte: usize, text: &str) -> Range<usize> {
    match place.len() == text.len() {
        true => place.start + byte..place.end,
        false => place.clone(),
    }
}

impl Finding {
    /// Of a policy; in a set, of the entry with this number.
    fn warning(policy: Option<usize>, warning: &Warning<'_>, places: &Places<'_>) -> Self {
        let (setting, entry, text) = (warning.setting(), warning.entry(), warning.text());
        let place = places.of(policy.unwrap_or_default(), setting, entry, text);
        let finding = Self {
            severity: Severity::Warning,
            code: warning.kind().code().to_owned(),
            setting: setting_of(policy, setting.name()),
            entry,
            text: text.to_owned(),
            message: message_of(policy, &warning.to_string()),
            ..Self::default()
        };
        finding.at(place, places)
    }

    fn set_warning(warning: &PolicySetWarning<'_>, set: &PolicySet, places: &Places<'_>) -> Self {
        if let PolicySetWarning::Policy { entry, warning } = warning {
            return Self::warning(*entry, warning, places);
        }
        let entry = warning.entry().unwrap_or_default();
        let scoped = set.entries().get(entry);
        let (key, text) = match warning {
            PolicySetWarning::Unreachable {
                host: Some(host), ..
            } => ("hosts", *host),
            _ => ("path", scoped.and_then(Scoped::of_path).unwrap_or_default()),
        };
        let finding = Self {
            severity: Severity::Warning,
            code: warning.code().to_owned(),
            setting: setting_of(Some(entry), key),
            text: text.to_owned(),
            message: warning.to_string(),
            ..Self::default()
        };
        finding.at(places.of_text(entry, key, text), places)
    }

    /// Why the file says nothing that could be a policy, as a finding.
    fn unreadable(problem: Problem, places: &Places<'_>) -> Self {
        let finding = Self {
            code: problem.code.to_owned(),
            text: problem.key,
            message: problem.message,
            ..Self::default()
        };
        finding.at(problem.place, places)
    }

    /// What is wrong, and what would be right.
    pub(super) fn parts(&self) -> (&str, &str) {
        let begin = format!("{}: {}: ", self.code, self.setting);
        match self.message.strip_prefix(&begin) {
            Some(message) => message.rsplit_once("; ").unwrap_or((message, "")),
            None => (&self.message, ""),
        }
    }

    fn at(mut self, place: Option<Range<usize>>, places: &Places<'_>) -> Self {
        let found = place
            .as_ref()
            .and_then(|place| places.line_and_column(place.start));
        (self.line, self.column) = found.unzip();
        self.place = place;
        self
    }
}

impl Checked {
    /// What is known of a policy file that may say nothing at all.
    pub(super) fn of(file: &File) -> Self {
        match check(file) {
            Ok(checked) => checked,
            Err(error) => {
                let places = file.places();
                let problems = error.problems.into_iter();
                let findings = problems.map(|problem| Finding::unreadable(problem, &places));
                Self::unreadable(findings.collect())
            }
        }
    }

    fn unreadable(findings: Vec<Finding>) -> Self {
        Self {
            findings,
            is_unreadable: true,
            ..Self::default()
        }
    }

    /// How many findings there are.
    fn count(&self) -> usize {
        self.findings.len() + self.more
    }

    /// Those for people, and how many there are beside.
    pub(super) fn shown(&self) -> (&[Finding], usize) {
        let shown = self.findings.get(..MOST).unwrap_or(&self.findings);
        (shown, self.count() - shown.len())
    }
}

/// The renderer escapes no texts but the file's, and of those not all.
fn shown(file: &File, checked: &Checked, renderer: &Renderer) -> String {
    let mut text = String::new();
    let path = plain(&file.path);
    let (findings, more) = checked.shown();
    for finding in findings {
        let level = match finding.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let (wrong, right) = finding.parts();
        let (wrong, right) = (plain(wrong), plain(right));
        let title = format!("{}: {wrong}", finding.setting);
        let title = level
            .primary_title(title.as_str())
            .id(finding.code.as_str());
        let group = match &finding.place {
            Some(place) => title.element(
                Snippet::source(file.text.as_str())
                    .path(path.as_str())
                    .annotation(AnnotationKind::Primary.span(place.clone())),
            ),
            None => title.element(Level::NOTE.message(format!("in {path}"))),
        };
        let group = group.element(Level::HELP.message(right.as_str()));
        text += &renderer.render(&[group]);
        text += "\n\n";
    }
    let (errors, warnings) = match checked.is_valid {
        false => (checked.count(), 0),
        true => (0, checked.count()),
    };
    let plural = |count| if count == 1 { "" } else { "s" };
    let _ = writeln!(
        text,
        "{path}: {errors} error{}, {warnings} warning{}",
        plural(errors),
        plural(warnings)
    );
    if more > 0 {
        // Of many errors the core keeps no more than are shown, and counts the others.
        let all = match checked.more {
            0 => "; --format json prints all",
            _ => "",
        };
        let _ = writeln!(text, "only the first {} are shown{all}", findings.len());
    }
    if !findings.is_empty() {
        let codes = findings.iter().map(|finding| finding.code.as_str());
        let _ = writeln!(text, "{}", explained(codes));
    }
    text
}
