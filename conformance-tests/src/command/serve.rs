//! A demo application behind a policy file.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use conformance_tests::frameworks::Framework;
use conformance_tests::frameworks::showcase::{Running, Seen};

use super::file::{File, Table};
use super::stopped::stopped;
use super::{Done, print, tell};

/// What `--help` says.
pub(crate) const ABOUT: &str = "\
Run a demo server behind a policy file, until Ctrl-C or SIGTERM.

Each request is explained on standard error. If there are many requests and the policy lists many \
origins, each is explained in one line.

The server has these routes:
  /                    answers every method with 200 and a short text
  /get                 answers GET only
  /fail                answers 500
  /headers?status=404  answers with that status and the headers X-A and X-B
  /events              sends an event stream";

pub(crate) const EXAMPLES: &str = "\
Examples:
  cors serve --policy policy.toml

  # On another framework, and always on the same port
  cors serve --policy policy.toml --adapter actix --listen 127.0.0.1:8080";

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The adapter to use
    #[arg(long, value_enum, default_value_t = Framework::Axum)]
    adapter: Framework,
    /// The policy file: TOML, or JSON if its name ends in .json
    #[arg(long, value_name = "FILE")]
    policy: PathBuf,
    #[command(flatten)]
    table: Table,
    /// The address to listen on; port 0 is any free port
    #[arg(long, default_value = "127.0.0.1:0", value_name = "ADDRESS")]
    listen: SocketAddr,
}

pub(crate) fn run(arguments: &Arguments) -> Done {
    let policies = File::read(&arguments.policy, &arguments.table)?.policies()?;
    let listen = arguments.listen;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let stopped = stopped()?;
        let explain = |seen: Seen| tell(&seen.explanation);
        let running = Running::start(arguments.adapter, policies, listen, None, explain).await;
        let running = running.map_err(|error| format!("{listen}: {error}"))?;
        print(&format!("listening on http://{}\n", running.address));
        stopped.await;
        running.stop().await;
        Ok(ExitCode::SUCCESS)
    })
}
