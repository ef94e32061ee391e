//! A demo application behind a policy file.

mod actix;
mod axum;
mod rocket;
mod warp;

use std::error::Error;
use std::future::Future;
use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::ValueEnum;
use cors_core::{OwnedPolicy, RequestField};

use super::file::File;
use super::{Done, print};

/// Serves `GET`, `POST` and `PUT /` (200, `hello`), `OPTIONS /` (200, `options`), `GET /fail` (500);
/// everything else is 404.
#[derive(Debug, clap::Args)]
#[command(
    long_about = "Serve a demo application behind a policy file, until Ctrl-C or SIGTERM.

GET, POST and PUT / answer 200 and \"hello\", OPTIONS / 200 and \"options\", GET /fail 500, everything
else 404. Each request is explained on standard error."
)]
pub(crate) struct Arguments {
    /// The adapter
    #[arg(long, value_enum, default_value_t = Adapter::Axum)]
    adapter: Adapter,
    /// The policy file, in TOML or (.json) JSON
    #[arg(long, value_name = "FILE")]
    policy: PathBuf,
    /// Where to listen; port 0 is any free one
    #[arg(long, default_value = "127.0.0.1:0", value_name = "ADDRESS")]
    listen: SocketAddr,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Adapter {
    Axum,
    Actix,
    Rocket,
    Warp,
}

type Served = OwnedPolicy<String, Vec<u32>>;
type Failure = Box<dyn Error>;

pub(crate) fn run(arguments: &Arguments) -> Done {
    let policy = File::read(&arguments.policy)?.policy()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let listen = arguments.listen;
    runtime.block_on(async {
        match arguments.adapter {
            Adapter::Axum => axum::serve(policy, listen).await,
            Adapter::Actix => actix::serve(policy, listen).await,
            Adapter::Rocket => rocket::serve(policy, listen).await,
            Adapter::Warp => warp::serve(policy, listen).await,
        }
        .map_err(|error| format!("{listen}: {error}"))
    })?;
    Ok(ExitCode::SUCCESS)
}

/// Tells where the server is to be found, once it is.
fn announce(address: SocketAddr) {
    print(&format!("listening on http://{address}\n"));
}

/// Explains a request on standard error.
fn explain<'r, I>(policy: &'r Served, method: &'r str, lines: impl Fn(RequestField) -> I)
where
    I: Iterator<Item = &'r [u8]>,
{
    let policy = policy.as_policy();
    let explanation = policy.explain(method.as_bytes(), lines);
    let _ = writeln!(std::io::stderr(), "{explanation}");
}

/// Ends with Ctrl-C or SIGTERM.
fn stop() -> Result<impl Future<Output = ()>, std::io::Error> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
