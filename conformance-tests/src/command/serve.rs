//! A demo application behind a policy file.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::ValueEnum;
use conformance_tests::frameworks::Framework;
use conformance_tests::frameworks::envoy::{Engine, Envoy, Filter, Listener};
use conformance_tests::frameworks::showcase::{Running, Seen};
use cors_core::{Policy, PolicySet, Scoped};

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
  cors serve --policy policy.toml --adapter actix --listen 127.0.0.1:8080

  # Behind an Envoy with cors-envoy
  ENVOY=/usr/bin/envoy cors serve --policy policies.json --adapter envoy";

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The adapter to use
    #[arg(long, value_enum, default_value_t = Adapter::Axum)]
    adapter: Adapter,
    /// The policy file: TOML, or JSON if its name ends in .json
    #[arg(long, value_name = "FILE")]
    policy: PathBuf,
    #[command(flatten)]
    table: Table,
    /// The address to listen on; port 0 is any free port
    #[arg(long, default_value = "127.0.0.1:0", value_name = "ADDRESS")]
    listen: SocketAddr,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Adapter {
    /// cors-axum
    Axum,
    /// cors-actix
    Actix,
    /// cors-rocket
    Rocket,
    /// cors-warp
    Warp,
    /// cors-envoy, in an Envoy in front of the demo server
    Envoy,
}

impl Adapter {
    /// None for a proxy.
    const fn framework(self) -> Option<Framework> {
        match self {
            Self::Axum => Some(Framework::Axum),
            Self::Actix => Some(Framework::Actix),
            Self::Rocket => Some(Framework::Rocket),
            Self::Warp => Some(Framework::Warp),
            Self::Envoy => None,
        }
    }
}

pub(crate) fn run(arguments: &Arguments) -> Done {
    let file = File::read(&arguments.policy, &arguments.table)?;
    let policies = file.policies()?;
    let listen = arguments.listen;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let stopped = stopped()?;
        let Some(framework) = arguments.adapter.framework() else {
            let listener = Listener::of(Filter::Cors(file.to_json()?)).at(listen);
            return behind_envoy(listener, stopped).await;
        };
        let explain = |seen: Seen| tell(&seen.explanation);
        let running = Running::start(framework, policies, listen, None, explain).await;
        let running = running.map_err(|error| format!("{listen}: {error}"))?;
        print(&format!("listening on http://{}\n", running.address));
        stopped.await;
        running.stop().await;
        Ok(ExitCode::SUCCESS)
    })
}

/// The demo server, which says nothing about CORS itself, behind a proxy.
async fn behind_envoy(listener: Listener, stopped: impl Future<Output = ()>) -> Done {
    let engine = Engine::find()?;
    let nobody = Scoped::new(Policy::nobody()).hosts(["nobody.invalid"]);
    let untouched = PolicySet::new([nobody])?;
    let anywhere = SocketAddr::from(([127, 0, 0, 1], 0));
    let running = Running::start(Framework::Axum, untouched, anywhere, None, drop).await?;
    let envoy = Envoy::start(&engine, &[listener], running.address).await?;
    print(&format!("listening on http://{}\n", envoy.address(0)));
    stopped.await;
    drop(envoy);
    running.stop().await;
    Ok(ExitCode::SUCCESS)
}
