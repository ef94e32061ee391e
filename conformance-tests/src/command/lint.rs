//! Checks a policy file.

use std::fmt::Write;
use std::io::IsTerminal;
use std::ops::Range;
use std::path::PathBuf;
use std::process::ExitCode;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use clap::ValueEnum;
use cors_core::{OwnedPolicy, PolicyErrors, Settings};
use serde::Serialize;

use super::file::{File, Places, Unreadable};
use super::{Done, print};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The policy file, in TOML or (.json) JSON
    file: PathBuf,
    /// How findings are printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// With the line of the file, for people
    Text,
    /// As an array of objects, for machines
    Json,
}

/// What is known of the policy of a file.
pub(super) struct Checked {
    /// None if there is an error.
    pub(super) policy: Option<OwnedPolicy<String, Vec<u32>>>,
    /// In the order of the file; all are errors, or all are warnings.
    pub(super) findings: Vec<Finding>,
    /// How many errors there are beside those.
    more: usize,
}

/// So many findings are shown to people, who mend those first.
const MOST: usize = 16;

#[derive(Debug, Default, Serialize)]
pub(super) struct Finding {
    severity: Severity,
    code: String,
    setting: &'static str,
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
    let file = File::read(&arguments.file)?;
    let checked = check(&file, file.settings()?);
    match arguments.format {
        Format::Json => print(&(serde_json::to_string_pretty(&checked.findings)? + "\n")),
        Format::Text => print(&shown(&file, &checked)),
    }
    Ok(ExitCode::from(u8::from(checked.policy.is_none())))
}

/// Checks what the file says.
fn check(file: &File, settings: Settings<String>) -> Checked {
    let places = file.places();
    let (policy, mut findings, more) = match settings.build::<Vec<u32>>() {
        Ok(policy) => {
            let findings = warnings(&places, &policy).collect();
            (Some(policy), findings, 0)
        }
        Err(found) => {
            let findings: Vec<_> = errors(&places, &found).collect();
            let more = found.count() - findings.len();
            (None, findings, more)
        }
    };
    findings.sort_by_key(|one| (one.line, one.column));
    Checked {
        policy,
        findings,
        more,
    }
}

fn errors(places: &Places<'_>, errors: &PolicyErrors<String>) -> impl Iterator<Item = Finding> {
    errors.iter().map(|error| {
        let place = places.of(error.setting(), error.entry(), error.text());
        let place = place.map(|place| from_byte(&place, error.byte(), error.text()));
        let finding = Finding {
            severity: Severity::Error,
            code: error.kind().code().to_owned(),
            setting: error.setting().name(),
            entry: error.entry(),
            text: error.text().to_owned(),
            message: error.to_string(),
            ..Finding::default()
        };
        finding.at(place, places)
    })
}

fn warnings(
    places: &Places<'_>,
    policy: &OwnedPolicy<String, Vec<u32>>,
) -> impl Iterator<Item = Finding> {
    policy.warnings().map(|warning| {
        let finding = Finding {
            severity: Severity::Warning,
            code: warning.kind().code().to_owned(),
            setting: warning.setting().name(),
            entry: warning.entry(),
            text: warning.text().to_owned(),
            message: warning.to_string(),
            ..Finding::default()
        };
        let place = places.of(warning.setting(), warning.entry(), warning.text());
        finding.at(place, places)
    })
}

/// What is underlined: the text from where it goes wrong.
fn from_byte(place: &Range<usize>, byte: usize, text: &str) -> Range<usize> {
    match place.len() == text.len() {
        true => place.start + byte..place.end,
        false => place.clone(),
    }
}

impl Finding {
    /// That the file says nothing at all, as a finding.
    fn unreadable(file: &File, error: Unreadable) -> Self {
        let finding = Self {
            code: "TOML".to_owned(),
            message: error.message,
            ..Self::default()
        };
        finding.at(error.place, &file.places())
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
        match file.settings() {
            Ok(settings) => check(file, settings),
            Err(error) => Self {
                policy: None,
                findings: vec![Finding::unreadable(file, error)],
                more: 0,
            },
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

fn shown(file: &File, checked: &Checked) -> String {
    let mut text = String::new();
    let renderer = match std::io::stdout().is_terminal() {
        true => Renderer::styled(),
        false => Renderer::plain(),
    };
    let (findings, more) = checked.shown();
    for finding in findings {
        let level = match finding.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let (wrong, right) = finding.parts();
        let title = format!("{}: {wrong}", finding.setting);
        let title = level
            .primary_title(title.as_str())
            .id(finding.code.as_str());
        let group = match &finding.place {
            Some(place) => title.element(
                Snippet::source(file.text.as_str())
                    .path(file.path.as_str())
                    .annotation(AnnotationKind::Primary.span(place.clone())),
            ),
            None => title.element(Level::NOTE.message(format!("in {}", file.path))),
        };
        let group = group.element(Level::HELP.message(right));
        text += &renderer.render(&[group]);
        text += "\n\n";
    }
    let (errors, warnings) = match checked.policy {
        None => (checked.count(), 0),
        Some(_) => (0, checked.count()),
    };
    let plural = |count| if count == 1 { "" } else { "s" };
    let _ = writeln!(
        text,
        "{}: {errors} error{}, {warnings} warning{}",
        file.path,
        plural(errors),
        plural(warnings)
    );
    if more > 0 {
        let _ = writeln!(text, "{} of them are shown", findings.len());
    }
    text
}
