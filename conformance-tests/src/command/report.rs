//! Runs all cases against the adapters.

use std::fmt::Write;
use std::process::ExitCode;

use conformance_tests::frameworks::{actix, axum, rocket, warp};
use conformance_tests::reference::Core;
use conformance_tests::{Report, cases, run as run_cases};

use super::{Done, print};

pub(crate) const EXAMPLES: &str = "\
Examples:
  cors report

  # Show what went wrong
  cors report --failures";

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Also print every case that failed: the request, the expected response and the actual one
    #[arg(long)]
    failures: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Done {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let reports = runtime.block_on(all());
    let mut text = "| adapter | passed | failed | n/a |\n|---|--:|--:|--:|\n".to_owned();
    for report in &reports {
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} |",
            report.adapter,
            report.passed,
            report.failures.len(),
            report.not_applicable.len()
        );
    }
    let failed = reports.iter().filter(|report| !report.is_passed());
    for report in failed.clone().filter(|_| arguments.failures) {
        let _ = writeln!(text, "\n{report}");
    }
    print(&text);
    Ok(ExitCode::from(u8::from(failed.count() > 0)))
}

async fn all() -> Vec<Report> {
    let cases = cases();
    let in_process = rocket::EXPECTED;
    let served: Vec<_> = in_process
        .into_iter()
        .chain(rocket::UNKNOWN_METHODS)
        .collect();
    vec![
        run_cases("cors-core", &Core, &cases, &[]).await,
        run_cases("cors-axum, layered", &axum::Layered, &cases, &[]).await,
        run_cases("cors-axum, around", &axum::Around, &cases, &[]).await,
        run_cases("cors-axum, socket", &axum::Served, &cases, &[]).await,
        run_cases("cors-actix", &actix::Wrapped, &cases, &[]).await,
        run_cases(
            "cors-actix, socket",
            &actix::Served,
            &cases,
            &actix::EXPECTED_SERVED,
        )
        .await,
        run_cases("cors-rocket", &rocket::Local, &cases, &in_process).await,
        run_cases("cors-rocket, socket", &rocket::Served, &cases, &served).await,
        run_cases("cors-warp", &warp::Wrapped, &cases, &[]).await,
        run_cases("cors-warp, socket", &warp::Served, &cases, &[]).await,
    ]
}
