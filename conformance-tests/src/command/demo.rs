//! A page on which people edit a policy, and watch what pages can read under it.

mod asking;
mod cure;
mod drive;
mod edit;
mod policy;
mod presets;
mod rust;
mod why;

use std::error::Error;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use conformance_tests::frameworks::Framework;
use serde_json::json;
use tokio::net::TcpListener;
use url::Url;

use super::file::{File, Table};
use super::playground::catalogue::Catalogue;
use super::playground::{ANYWHERE, Log, Origins, Pages, Playground, SCRIPT, hush, serve};
use super::probe::target::is_refused_port;
use super::stopped::stopped;
use super::{Done, print};
use policy::{InForce, LONGEST};
use presets::{asking, presets};

pub(crate) use drive::prove;

/// What `--help` says.
pub(crate) const ABOUT: &str = "\
Serve a page on which you can edit a policy and see what it allows, until Ctrl-C or SIGTERM. The \
command prints the page's address; open it in any browser.

The page sends requests from several origins to a demo server on each framework, all with the policy \
that you are editing. A table shows which responses a script could read; each cell opens to show what \
was sent, and why the server answered as it did. Everything is served on this machine only.";

pub(crate) const EXAMPLES: &str = "\
Examples:
  cors demo

  # Begin with your own policy
  cors demo --policy policy.toml --port 8080";

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The policy to begin with: a TOML file
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    #[command(flatten)]
    table: Table,
    /// The port of the page; 0 is any free port
    #[arg(long, default_value_t = 0)]
    port: u16,
}

pub(crate) fn run(arguments: &Arguments) -> Done {
    let file = match &arguments.policy {
        Some(path) => Some(File::read(path, &arguments.table)?),
        None => None,
    };
    if let Some(File { path, .. }) = file.as_ref().filter(|file| file.is_json()) {
        return Err(format!("{path}: the page edits TOML, and this is JSON").into());
    }
    let file = file.map(File::alone).transpose()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    check_port(arguments.port)?;
    if let Some(File { path, .. }) = file.as_ref().filter(|file| file.text.len() > LONGEST) {
        return Err(format!("{path}: the policy is too long: here it may have 64 KiB").into());
    }
    runtime.block_on(async {
        let stopped = stopped()?;
        let demo = Demo::start(arguments.port, file, Router::new()).await?;
        print(&format!("open {}/\n", demo.address));
        stopped.await;
        demo.in_force.stop().await;
        Ok(ExitCode::SUCCESS)
    })
}

/// Browsers open the page there, under an origin that names the port.
fn check_port(port: u16) -> Result<(), String> {
    let url = format!("http://app.localhost:{port}/");
    match Url::parse(&url) {
        _ if port == 80 => Err(
            "port 80: it is the default port of http, which origins leave out; take another".into(),
        ),
        Ok(url) if is_refused_port(&url) => Err(format!(
            "port {port}: browsers open no page there; take another"
        )),
        _ => Ok(()),
    }
}

/// The page, and the showcase on every framework under the policy in force.
struct Demo {
    /// The origin of the page.
    address: String,
    in_force: Arc<InForce>,
}

/// What the policy in force is called among those of the catalogue.
const IN_FORCE: &str = "in force";

impl Demo {
    /// Starts under the policy of the file, or the first of the [`presets()`].
    async fn start(
        port: u16,
        file: Option<File>,
        more: Router<Arc<Pages>>,
    ) -> Result<Self, Box<dyn Error>> {
        hush();
        let sockets = [
            TcpListener::bind((Ipv4Addr::LOCALHOST, port))
                .await
                .map_err(|error| format!("port {port}: {error}"))?,
            TcpListener::bind(ANYWHERE).await?,
        ];
        let origins = Origins::new(&sockets, None)?;
        let presets = presets(file.as_ref(), &origins);
        let file = file
            .unwrap_or_else(|| File::new("the default policy".to_owned(), presets[0].text.clone()));
        let policies = [(IN_FORCE.to_owned(), file.policy()?.into())].into();
        let log = Arc::new(Log::default());
        let mut playground =
            Playground::start(&origins, &Framework::ALL, &policies, None, &log).await?;
        let catalogue = Catalogue::read();
        // To a check that needs a second server, it is the same one on another origin.
        for servers in playground.servers.values_mut() {
            let again = servers[IN_FORCE].again();
            servers.extend(
                catalogue
                    .policy_names()
                    .map(|name| (name.clone(), again.clone())),
            );
        }
        let security = security(&origins, &playground);
        let asking = asking(&origins);
        let buttons = asking.iter().map(|page| page.origin.clone()).collect();
        let in_force = Arc::new(InForce::new(playground.running, file.text, buttons));
        let pages = Pages {
            origin: origins.app().to_owned(),
            hosts: origins.hosts(),
            setup: json!({
                "origins": origins.by_name,
                "servers": playground.servers,
                "policy": IN_FORCE,
                "tasks": catalogue.demo(IN_FORCE).collect::<Vec<_>>(),
                "presets": presets,
                "pages": asking,
            })
            .to_string(),
            log,
        };
        let more = more
            .merge(files(pages.origin.clone(), security))
            .merge(policy::routes(&in_force))
            .merge(why::routes(
                &in_force,
                catalogue.with_credentials().collect(),
            ));
        let address = pages.origin.clone();
        serve(&Arc::new(pages), more, sockets, None);
        Ok(Self { address, in_force })
    }
}

/// A `Content-Security-Policy` for the page: it loads from its own server and from those that it
/// asks, and nothing else. Checks are texts that it makes functions of.
fn security(origins: &Origins, playground: &Playground) -> String {
    let any_name = |scheme: &str, port: u16| format!(" {scheme}://*.localhost:{port}");
    let ports = playground
        .running
        .iter()
        .map(|running| running.address.port());
    let [http, ws] = ["http", "ws"].map(|scheme| {
        let ports = ports.clone();
        ports.map(|port| any_name(scheme, port)).collect::<String>()
    });
    let pages = ["app", "port", "other", "www"].map(|name| format!(" {}", origins.by_name[name]));
    let pages = pages.concat();
    format!(
        "default-src 'none'; script-src 'self' 'unsafe-eval'{http}; style-src 'self'; \
         img-src 'self'{http}; font-src{http}; connect-src 'self'{http}{ws}; frame-src{pages}{http}; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    )
}

/// A part of the page: path, type and text.
macro_rules! part {
    ($kind:expr, $name:literal) => {
        (
            concat!("/demo/", $name),
            $kind,
            include_str!(concat!("demo/page/", $name)),
        )
    };
}

const STYLE: &str = "text/css";

/// What the page is made of.
const PARTS: [(&str, &str, &str); 14] = [
    part!("image/svg+xml", "icon.svg"),
    part!(STYLE, "details.css"),
    part!(STYLE, "matrix.css"),
    part!(STYLE, "style.css"),
    part!(SCRIPT, "cells.js"),
    part!(SCRIPT, "details.js"),
    part!(SCRIPT, "editor.js"),
    part!(SCRIPT, "main.js"),
    part!(SCRIPT, "matrix.js"),
    part!(SCRIPT, "pages.js"),
    part!(SCRIPT, "parts.js"),
    part!(SCRIPT, "presets.js"),
    part!(SCRIPT, "share.js"),
    part!(SCRIPT, "views.js"),
];

fn files(origin: String, security: String) -> Router<Arc<Pages>> {
    let index = async move |headers: HeaderMap| index(&headers, &origin, &security);
    let pages = Router::new().route("/", get(index));
    PARTS.into_iter().fold(pages, |pages, (path, kind, text)| {
        let part = ([(header::CONTENT_TYPE, kind)], text);
        pages.route(path, get(async move || part))
    })
}

/// The page, under its own name only: elsewhere its checks would mean something else.
fn index(headers: &HeaderMap, origin: &str, security: &str) -> Response {
    let host = headers.get(header::HOST).map(HeaderValue::as_bytes);
    match host == origin.strip_prefix("http://").map(str::as_bytes) {
        true => {
            let security = [(header::CONTENT_SECURITY_POLICY, security)];
            (security, Html(include_str!("demo/page/index.html"))).into_response()
        }
        false => Redirect::temporary(&format!("{origin}/")).into_response(),
    }
}
