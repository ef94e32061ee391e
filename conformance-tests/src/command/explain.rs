//! Tells what a policy makes of a request.

use std::path::PathBuf;
use std::process::ExitCode;

use conformance_tests::adapters::core::respond;
use conformance_tests::browser::Outcome;
use conformance_tests::{App, Request};

use super::asked::Asked;
use super::file::File;
use super::{Done, print};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The policy file, in TOML or (.json) JSON
    #[arg(long, value_name = "FILE")]
    policy: PathBuf,
    /// The origin of the page that asks
    #[arg(long)]
    origin: String,
    #[command(flatten)]
    asked: Asked,
    /// It asks with cookies: `credentials: "include"`
    #[arg(long)]
    credentials: bool,
    /// The Host of the server
    #[arg(long, default_value = "api.example")]
    host: String,
}

pub(crate) fn run(arguments: &Arguments) -> Done {
    let policy = File::read(&arguments.policy)?.policy()?;
    let policy = policy.as_policy();
    let asked = &arguments.asked;
    let fetch = asked.fetch(&arguments.origin, arguments.credentials);
    let app = App::new(200, Vec::new());
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let outcome = runtime.block_on(fetch.run(async |mut request: Request| {
        for line in &mut request.lines {
            if line.name == "host" {
                line.value = arguments.host.clone().into();
            }
        }
        let lines = |field: cors_core::RequestField| request.values(field.name());
        let explanation = policy.explain(request.method.as_bytes(), lines);
        print(&format!("{explanation}\n"));
        respond(&policy, &app, &request)
    }));
    match outcome {
        Outcome::Shared { .. } => {
            print("the script can read the response\n");
            Ok(ExitCode::SUCCESS)
        }
        Outcome::Refused(refusal) => {
            print(&format!("the script cannot read a response: {refusal}\n"));
            Ok(ExitCode::from(1))
        }
    }
}
