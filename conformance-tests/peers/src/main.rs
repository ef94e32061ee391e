//! Runs the suite against the CORS libraries that people use today.

use std::process::ExitCode;

use conformance_tests::{Report, cases};
use peers::{Peer, examine, table};

const USAGE: &str = "\
usage: peers [--failures LIBRARY]

Runs the suite against tower-http, actix-cors, rocket_cors and warp, with policies equivalent to
the cases' own, and prints a table; or, of one library, every failure and what is not applicable.";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        [] => print!("{}", all().await),
        ["--help"] => println!("{USAGE}"),
        ["--failures", name] => match Peer::ALL.into_iter().find(|peer| peer.name() == *name) {
            Some(peer) => print(&run(peer).await),
            None => return wrong(),
        },
        _ => return wrong(),
    }
    ExitCode::SUCCESS
}

fn wrong() -> ExitCode {
    eprintln!("{USAGE}");
    ExitCode::FAILURE
}

async fn run(peer: Peer) -> Report {
    let name = format!("{} {}", peer.name(), peer.version());
    examine(&name, &peer, &cases()).await
}

async fn all() -> String {
    let mut reports = Vec::new();
    for peer in Peer::ALL {
        reports.push((peer, run(peer).await));
    }
    table(&reports)
}

fn print(report: &Report) {
    println!("{report}\nnot applicable:");
    for (case, reason) in &report.not_applicable {
        println!("  {case}: {}", reason.0);
    }
}
