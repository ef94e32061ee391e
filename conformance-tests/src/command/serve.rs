//! A demo application behind a policy file.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use conformance_tests::frameworks::Framework;
use conformance_tests::frameworks::showcase::{Running, Seen};

use super::file::{File, Table};
use super::stopped::stopped;
use super::{Done, print, tell};

/// What `--help` tells.
pub(crate) const ABOUT: &str = "\
Serve a demo application behind a policy file, until Ctrl-C or SIGTERM.

/ answers every method with 200 and \"hello\" (OPTIONS with \"options\"), /get only GET, /fail with
500, /headers?status=404 with that status and the headers X-A and X-B, /events with an event stream;
unknown paths are 404. Each request is explained on standard error, in one line where many come and
the list of origins is long.";

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The adapter
    #[arg(long, value_enum, default_value_t = Framework::Axum)]
    adapter: Framework,
    /// The policy file, in TOML or (.json) JSON
    #[arg(long, value_name = "FILE")]
    policy: PathBuf,
    #[command(flatten)]
    table: Table,
    /// Where to listen; port 0 is any free one
    #[arg(long, default_value = "127.0.0.1:0", value_name = "ADDRESS")]
    listen: SocketAddr,
}

pub(crate) fn run(arguments: &Arguments) -> Done {
    let policy = File::read(&arguments.policy, &arguments.table)?.policy()?;
    let listen = arguments.listen;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let stopped = stopped()?;
        let explain = |seen: Seen| tell(&seen.explanation);
        let running = Running::start(arguments.adapter, policy, listen, None, explain).await;
        let running = running.map_err(|error| format!("{listen}: {error}"))?;
        print(&format!("listening on http://{}\n", running.address));
        stopped.await;
        running.stop().await;
        Ok(ExitCode::SUCCESS)
    })
}
