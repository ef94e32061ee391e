//! What `demo` and `browser` share: the showcase on each framework and under each policy, pages of several origins, and a
//! log of what the servers saw.

pub(super) mod catalogue;
mod console;
pub(super) mod engine;
mod extension;
mod hear;
mod log;
mod pages;
mod proxy;

use std::collections::BTreeMap;
use std::error::Error;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use conformance_tests::frameworks::Framework;
use conformance_tests::frameworks::showcase::{Certificate, Running, Served};
use serde::Serialize;
use tokio::net::TcpListener;

pub(super) use console::Console;
pub(super) use hear::hear;
pub(super) use log::Log;
pub(super) use pages::{Pages, SCRIPT, Told, listening, serve};
pub(super) use proxy::forward;

/// Any free port of loopback.
pub(super) const ANYWHERE: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// The sockets of the pages, and under which origins they are known.
pub(super) struct Origins {
    /// By name: `app` is the page's, the others are not quite it.
    pub(super) by_name: BTreeMap<&'static str, String>,
    scheme: &'static str,
    domain: &'static str,
}

impl Origins {
    /// With TLS below this domain. Names below `localhost` are loopback's in every browser.
    pub(super) fn new(
        sockets: &[TcpListener; 2],
        tls_domain: Option<&'static str>,
    ) -> Result<Self, std::io::Error> {
        let [first, second] = [
            sockets[0].local_addr()?.port(),
            sockets[1].local_addr()?.port(),
        ];
        let (scheme, other_scheme, domain) = match tls_domain {
            Some(domain) => ("https", "http", domain),
            None => ("http", "https", "localhost"),
        };
        let by_name = BTreeMap::from([
            ("app", format!("{scheme}://app.{domain}:{first}")),
            ("other", format!("{scheme}://other.{domain}:{first}")),
            ("www", format!("{scheme}://www.app.{domain}:{first}")),
            ("port", format!("{scheme}://app.{domain}:{second}")),
            ("scheme", format!("{other_scheme}://app.{domain}:{first}")),
            ("sub", format!("{scheme}://*.app.{domain}:{first}")),
            ("label", format!("{scheme}://w*.app.{domain}:{first}")),
            ("preview", format!("{scheme}://pr-*.app.{domain}:{first}")),
            ("pr1", format!("{scheme}://pr-1.app.{domain}:{first}")),
            ("pr", format!("{scheme}://pr-.app.{domain}:{first}")),
            ("pr12", format!("{scheme}://pr-1.2.app.{domain}:{first}")),
        ]);
        Ok(Self {
            by_name,
            scheme,
            domain,
        })
    }

    /// The names that the sockets of the pages are known under.
    pub(super) fn hosts(&self) -> Vec<String> {
        let origins = self.by_name.values();
        let hosts = origins.filter_map(|origin| origin.split_once("://"));
        hosts.map(|(_, host)| host.to_owned()).collect()
    }

    /// The server's own page behind a proxy, under both of its names.
    pub(super) fn add_proxy(&mut self, socket: &TcpListener) -> Result<(), std::io::Error> {
        let port = socket.local_addr()?.port();
        for name in ["proxy", proxy::PLAIN] {
            let origin = format!("http://{name}.{}:{port}", self.domain);
            self.by_name.insert(name, origin);
        }
        Ok(())
    }

    /// The page that starts it all.
    pub(super) fn app(&self) -> &str {
        &self.by_name["app"]
    }
}

/// Under which URLs pages know one server.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Server {
    /// On another site.
    foreign: String,
    /// On the site of `app`: cookies go there.
    near: String,
}

impl Server {
    fn new(origins: &Origins, address: SocketAddr) -> Self {
        let (scheme, domain, port) = (origins.scheme, origins.domain, address.port());
        Self {
            foreign: format!("{scheme}://api.{domain}:{port}"),
            near: format!("{scheme}://api.app.{domain}:{port}"),
        }
    }

    /// The same under other names: for browsers, another origin.
    pub(super) fn again(&self) -> Self {
        let renamed = |url: &String| url.replace("://api.", "://again.");
        Self {
            foreign: renamed(&self.foreign),
            near: renamed(&self.near),
        }
    }
}

/// Names that a certificate must be for.
pub(super) const NAMES: [&str; 6] = [
    "*.test",
    "*.app.test",
    "*.2.app.test",
    "*.localhost",
    "*.app.localhost",
    "*.2.app.localhost",
];

/// The showcase on every framework, under every policy.
pub(super) struct Playground {
    pub(super) running: Vec<Running>,
    /// By framework and policy.
    pub(super) servers: BTreeMap<&'static str, BTreeMap<String, Server>>,
    /// By [`path`].
    pub(super) addresses: BTreeMap<String, SocketAddr>,
}

/// Where the proxy has the server of a framework and a policy.
pub(super) fn path(framework: Framework, policy: &str) -> String {
    format!("/{framework}/{policy}")
}

impl Playground {
    pub(super) async fn start(
        origins: &Origins,
        frameworks: &[Framework],
        policies: &BTreeMap<String, Served>,
        certificate: Option<&Certificate>,
        log: &Arc<Log>,
    ) -> Result<Self, Box<dyn Error>> {
        let mut playground = Self {
            running: Vec::new(),
            servers: BTreeMap::new(),
            addresses: BTreeMap::new(),
        };
        for &framework in frameworks {
            for (name, policy) in policies {
                let log = Arc::clone(log);
                let watch = move |seen| log.push(framework, seen);
                let running =
                    Running::start(framework, policy.clone(), ANYWHERE, certificate, watch).await?;
                let server = Server::new(origins, running.address);
                let servers = playground.servers.entry(framework.name()).or_default();
                servers.insert(name.clone(), server);
                playground
                    .addresses
                    .insert(path(framework, name), running.address);
                playground.running.push(running);
            }
        }
        Ok(playground)
    }

    pub(super) async fn stop(self) {
        for running in self.running {
            running.stop().await;
        }
    }
}

/// Keeps servers from telling of their starts: many do.
pub(super) fn hush() {
    struct Hushed;
    impl ::log::Log for Hushed {
        fn enabled(&self, _: &::log::Metadata<'_>) -> bool {
            false
        }
        fn log(&self, _: &::log::Record<'_>) {}
        fn flush(&self) {}
    }
    let _ = ::log::set_logger(&Hushed);
}
