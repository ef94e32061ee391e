//! Tells what a policy makes of a request.

use std::path::PathBuf;
use std::process::ExitCode;

use conformance_tests::adapters::core::respond;
use conformance_tests::browser::{Credentials, Fetch, Outcome};
use conformance_tests::{App, Request};

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
    /// The method that it asks with
    #[arg(long, default_value = "GET")]
    method: String,
    /// A header that its script sets: "name" or "name: value"; as often as need be
    #[arg(long = "header", value_name = "HEADER")]
    headers: Vec<String>,
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
    let headers = arguments.headers.iter().map(|header| {
        let (name, value) = header.split_once(':').unwrap_or((header, "1"));
        (name.to_owned(), value.trim().into())
    });
    let fetch = Fetch {
        method: arguments.method.clone(),
        headers: headers.collect(),
        credentials: match arguments.credentials {
            true => Credentials::Include,
            false => Credentials::Omit,
        },
        ..Fetch::get(&arguments.origin)
    };
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
