//! Checks a policy file.

use std::fmt::Write;
use std::io::IsTerminal;
use std::ops::Range;
use std::path::PathBuf;
use std::process::ExitCode;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use clap::ValueEnum;
use serde::Serialize;

use super::file::File;
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

#[derive(Debug, Serialize)]
struct Finding {
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
    place: Option<Range<usize>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Severity {
    Error,
    Warning,
}

pub(crate) fn run(arguments: &Arguments) -> Done {
    let file = File::read(&arguments.file)?;
    let (mut findings, more) = findings(&file)?;
    findings.sort_by_key(|one| (one.line, one.column));
    let has_error = findings.iter().any(|one| one.severity == Severity::Error);
    match arguments.format {
        Format::Json => print(&(serde_json::to_string_pretty(&findings)? + "\n")),
        Format::Text => print(&shown(&file, &findings, more)),
    }
    Ok(ExitCode::from(u8::from(has_error)))
}

/// All that are known, and how many more there are.
fn findings(file: &File) -> Result<(Vec<Finding>, usize), String> {
    let settings = file.settings()?;
    let policy = match settings.build::<Vec<u32>>() {
        Ok(policy) => policy,
        Err(faults) => {
            let findings: Vec<_> = faults
                .iter()
                .map(|fault| Finding {
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
                })
                .map(|finding| finding.located(&file.text))
                .collect();
            let more = faults.count() - findings.len();
            return Ok((findings, more));
        }
    };
    let findings = policy
        .as_policy()
        .warnings()
        .map(|warning| Finding {
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
        .map(|finding| finding.located(&file.text))
        .collect();
    Ok((findings, 0))
}

/// What is underlined: the text from where it goes wrong.
fn from_byte(place: &Range<usize>, byte: usize, text: &str) -> Range<usize> {
    match place.len() == text.len() {
        true => place.start + byte..place.end,
        false => place.clone(),
    }
}

impl Finding {
    fn located(mut self, source: &str) -> Self {
        if let Some(before) = self
            .place
            .as_ref()
            .and_then(|place| source.get(..place.start))
        {
            self.line = Some(1 + before.matches('\n').count());
            let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
            self.column = Some(1 + before[line_start..].chars().count());
        }
        self
    }
}

fn shown(file: &File, findings: &[Finding], more: usize) -> String {
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
        // "code: setting: what is wrong; what would be right"
        let message = finding.message.splitn(3, ": ").nth(2).unwrap_or_default();
        let (wrong, right) = message.rsplit_once("; ").unwrap_or((message, ""));
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
    let (errors, warnings) = (count(Severity::Error) + more, count(Severity::Warning));
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
