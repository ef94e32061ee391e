//! Runs cases against the adapters.

use std::fmt::Write;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::ValueEnum;
use conformance_tests::frameworks::{actix, axum, envoy, rocket, warp};
use conformance_tests::reference::Core;
use conformance_tests::{Case, Report, cases_named, run as run_cases};

use super::{Done, print};

pub(crate) const EXAMPLES: &str = "\
Examples:
  cors report

  # Run the cases of one requirement against one adapter
  cors report --only REQ-CLS-02 --adapter axum

  # Through an Envoy with cors-envoy
  ENVOY=/usr/bin/envoy cors report --adapter envoy

  # Show what went wrong
  cors report --failures

  # Keep what came of it, with what differs and why
  cors report --out report.toml";

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Run only the cases whose names match this regular expression, and print those that fail
    #[arg(long, value_name = "REGEX")]
    only: Option<String>,
    /// Run only this adapter; may be repeated
    #[arg(long = "adapter", value_enum, value_name = "ADAPTER", default_values_t = Adapter::ALL)]
    adapters: Vec<Adapter>,
    /// Also print every case that failed: the request, the expected response and the actual one
    #[arg(long)]
    failures: bool,
    /// Also write a TOML file that names each case that failed, differs as listed, or is not applicable, with the reason
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Adapter {
    /// cors-core alone
    Core,
    /// cors-axum
    Axum,
    /// cors-actix
    Actix,
    /// cors-rocket
    Rocket,
    /// cors-warp
    Warp,
    /// cors-envoy, in a real Envoy; only if it is named
    Envoy,
}

impl Adapter {
    /// Those that need nothing else.
    const ALL: [Self; 5] = [
        Self::Core,
        Self::Axum,
        Self::Actix,
        Self::Rocket,
        Self::Warp,
    ];

    /// A report for each way in which it is served.
    async fn reports(self, cases: &[Case]) -> Result<Vec<Report>, String> {
        Ok(match self {
            Self::Core => vec![run_cases("cors-core", &Core, cases, &[]).await],
            Self::Axum => vec![
                run_cases("cors-axum, layered", &axum::Layered, cases, &[]).await,
                run_cases("cors-axum, around", &axum::Around, cases, &[]).await,
                run_cases("cors-axum, socket", &axum::Served, cases, &[]).await,
            ],
            Self::Actix => {
                let served = &actix::EXPECTED_SERVED;
                vec![
                    run_cases("cors-actix", &actix::Wrapped, cases, &[]).await,
                    run_cases("cors-actix, socket", &actix::Served, cases, served).await,
                ]
            }
            Self::Rocket => {
                let in_process = rocket::EXPECTED;
                let served = [&in_process[..], &rocket::UNKNOWN_METHODS].concat();
                vec![
                    run_cases("cors-rocket", &rocket::Local, cases, &in_process).await,
                    run_cases("cors-rocket, socket", &rocket::Served, cases, &served).await,
                ]
            }
            Self::Warp => vec![
                run_cases("cors-warp", &warp::Wrapped, cases, &[]).await,
                run_cases("cors-warp, socket", &warp::Served, cases, &[]).await,
            ],
            Self::Envoy => {
                let policies = cases.iter().map(|case| case.policy.clone());
                let served = envoy::Served::start(policies).await?;
                vec![run_cases("cors-envoy", &served, cases, &envoy::EXPECTED).await]
            }
        })
    }
}

pub(crate) fn run(arguments: &Arguments) -> Done {
    let cases = cases_named(arguments.only.as_deref().unwrap_or_default())?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let mut reports = Vec::new();
    for adapter in &arguments.adapters {
        reports.extend(runtime.block_on(adapter.reports(&cases))?);
    }
    if let Some(file) = &arguments.out {
        fs::write(file, Report::to_toml(&reports))
            .map_err(|error| format!("{}: {error}", file.display()))?;
    }
    let mut text =
        "| adapter | passed | failed | listed | n/a |\n|---|--:|--:|--:|--:|\n".to_owned();
    for report in &reports {
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} |",
            report.adapter,
            report.passed,
            report.failures.len(),
            report.listed.len(),
            report.not_applicable.len()
        );
    }
    let failed = reports.iter().filter(|report| !report.is_passed());
    let is_shown = arguments.failures || arguments.only.is_some();
    for report in failed.clone().filter(|_| is_shown) {
        let _ = writeln!(text, "\n{report}");
    }
    print(&text);
    Ok(ExitCode::from(u8::from(failed.count() > 0)))
}
