//! Checks a policy file.

use std::fmt::Write;
use std::io::IsTerminal;
use std::ops::Range;
use std::path::PathBuf;
use std::process::ExitCode;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use clap::ValueEnum;
use cors_core::{OwnedPolicy, Settings};
use serde::Serialize;

use super::file::{File, Unreadable};
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
    /// In the order of the file.
    pub(super) findings: Vec<Finding>,
    /// How many errors there are beside those.
    pub(super) more: usize,
}

#[derive(Debug, Serialize)]
pub(super) struct Finding {
    pub(super) severity: Severity,
    pub(super) code: String,
    pub(super) setting: &'static str,
    entry: usize,
    text: String,
    message: String,
    /// Both from 1.
    line: Option<usize>,
    column: Option<usize>,
    #[serde(skip)]
    pub(super) place: Option<Range<usize>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Severity {
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

/// So many warnings are shown, as of faults: for each, its place is looked for in the file.
const MOST: usize = 16;

/// Checks what the file says.
pub(super) fn check(file: &File, settings: Settings<String>) -> Checked {
    let (policy, mut findings, count) = match settings.build::<Vec<u32>>() {
        Ok(policy) => {
            let findings = warnings(file, &policy).take(MOST).collect();
            let count = policy.as_policy().warnings().count();
            (Some(policy), findings, count)
        }
        Err(faults) => {
            let findings = faults.iter().map(|fault| Finding {
                severity: Severity::Error,
                code: fault.kind().code().to_owned(),
                setting: fault.setting().name(),
                entry: fault.entry(),
                text: fault.text().to_owned(),
                message: fault.to_string(),
                line: None,
                column: None,
                place: file
                    .place(fault.setting(), fault.entry(), fault.text())
                    .map(|place| from_byte(&place, fault.byte(), fault.text())),
            });
            let findings: Vec<_> = findings.collect();
            (None, findings, faults.count())
        }
    };
    for finding in &mut findings {
        finding.locate(&file.text);
    }
    findings.sort_by_key(|one| (one.line, one.column));
    Checked {
        policy,
        more: count - findings.len(),
        findings,
    }
}

fn warnings(file: &File, policy: &OwnedPolicy<String, Vec<u32>>) -> impl Iterator<Item = Finding> {
    let warnings = policy.as_policy().warnings();
    warnings.map(|warning| Finding {
        severity: Severity::Warning,
        code: warning.kind().code().to_owned(),
        setting: warning.setting().name(),
        entry: warning.entry(),
        text: warning.text().to_owned(),
        message: warning.to_string(),
        line: None,
        column: None,
        place: file.place(warning.setting(), warning.entry(), warning.text()),
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
    pub(super) fn unreadable(source: &str, error: Unreadable) -> Self {
        let mut finding = Self {
            severity: Severity::Error,
            code: "TOML".to_owned(),
            setting: "",
            entry: 0,
            text: String::new(),
            message: error.message,
            line: None,
            column: None,
            place: error.place,
        };
        finding.locate(source);
        finding
    }

    /// What is wrong, and what would be right.
    pub(super) fn parts(&self) -> (&str, &str) {
        let begin = format!("{}: {}: ", self.code, self.setting);
        match self.message.strip_prefix(&begin) {
            Some(message) => message.rsplit_once("; ").unwrap_or((message, "")),
            None => (&self.message, ""),
        }
    }

    fn locate(&mut self, source: &str) {
        let before = self.place.as_ref();
        if let Some(before) = before.and_then(|place| source.get(..place.start)) {
            self.line = Some(1 + before.matches('\n').count());
            let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
            self.column = Some(1 + before[line_start..].chars().count());
        }
    }
}

fn shown(
    file: &File,
    Checked {
        policy,
        findings,
        more,
    }: &Checked,
) -> String {
    let mut text = String::new();
    let renderer = match std::io::stdout().is_terminal() {
        true => Renderer::styled(),
        false => Renderer::plain(),
    };
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
    let count = |severity| {
        findings
            .iter()
            .filter(|one| one.severity == severity)
            .count()
    };
    let (mut errors, mut warnings) = (count(Severity::Error), count(Severity::Warning));
    match policy {
        Some(_) => warnings += more,
        None => errors += more,
    }
    let plural = |count| if count == 1 { "" } else { "s" };
    let _ = writeln!(
        text,
        "{}: {errors} error{}, {warnings} warning{}",
        file.path,
        plural(errors),
        plural(warnings)
    );
    if *more > 0 {
        let _ = writeln!(text, "{} of them are shown", findings.len());
    }
    text
}
