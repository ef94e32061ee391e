//! Sends requests to one URL, and nowhere else.

use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::thread::sleep;
use std::time::{Duration, Instant};

use conformance_tests::{Line, Request, Response};
use ureq::config::Config;
use ureq::tls::TlsConfig;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, Error, http};
use url::Url;

use super::shown;
use super::target::{is_localhost, is_trustworthy, site};

/// How requests get there.
#[derive(Debug, clap::Args)]
pub(super) struct Network {
    /// Send at most this many requests a second
    #[arg(long, default_value_t = 10, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100))]
    rate: u32,
    /// Wait at most this long for a response
    #[arg(long, default_value_t = 10, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=300))]
    timeout: u64,
    /// Accept any TLS certificate; for servers in development
    #[arg(long)]
    insecure: bool,
}

/// Asks one URL, or one server. No redirect is followed, no proxy used, no body read, no connection used twice.
pub(super) struct Client {
    agent: Agent,
    url: Url,
    page: String,
    timeout: u64,
    cookie: Option<String>,
    /// Between the beginnings of two requests.
    pause: Duration,
    last: Option<Instant>,
}

/// Where hosts are. Browsers ask nobody where `localhost` and the names below it are.
#[derive(Debug, Default)]
struct Names {
    others: DefaultResolver,
}

impl Resolver for Names {
    fn resolve(
        &self,
        uri: &http::Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        if !uri.host().is_some_and(is_localhost) {
            return self.others.resolve(uri, config, timeout);
        }
        let default_port = match uri.scheme_str() {
            Some("https") => 443,
            _ => 80,
        };
        let port = uri.port_u16().unwrap_or(default_port);
        let mut addresses = self.empty();
        // If both refuse, the last is told of; a machine may have no IPv6.
        for address in [
            IpAddr::V6(Ipv6Addr::LOCALHOST),
            IpAddr::V4(Ipv4Addr::LOCALHOST),
        ] {
            addresses.push(SocketAddr::new(address, port));
        }
        Ok(addresses)
    }
}

impl Client {
    /// Asks for a page of this origin, where a request does not say another.
    pub(super) fn new(url: Url, page: &str, network: &Network, cookie: Option<String>) -> Self {
        let tls = TlsConfig::builder().disable_verification(network.insecure);
        let config = Agent::config_builder()
            .proxy(None)
            .max_redirects(0)
            .http_status_as_error(false)
            .allow_non_standard_methods(true)
            .max_idle_connections(0)
            .timeout_global(Some(Duration::from_secs(network.timeout)))
            .user_agent(concat!("conformance-tests/", env!("CARGO_PKG_VERSION")))
            .tls_config(tls.build());
        Self {
            agent: Agent::with_parts(
                config.build(),
                DefaultConnector::default(),
                Names::default(),
            ),
            url,
            page: page.to_owned(),
            timeout: network.timeout,
            cookie,
            pause: Duration::from_secs(1) / network.rate,
            last: None,
        }
    }

    /// The next request is for this path of the same server.
    pub(super) fn set_path(&mut self, target: &http::Uri) {
        self.url.set_path(target.path());
        self.url.set_query(target.query());
    }

    /// Whether HTTP carries the request, before anything is sent.
    pub(super) fn check(&self, request: &Request) -> Result<(), String> {
        self.request(request, ()).map(|_| ())
    }

    /// The answer, its body unread.
    pub(super) fn send(&mut self, request: &Request) -> Result<Response, String> {
        if let Some(last) = self.last {
            sleep(self.pause.saturating_sub(last.elapsed()));
        }
        self.last = Some(Instant::now());
        let answer = match request.method.as_str() {
            // Browsers say that there is no body.
            "POST" | "PUT" | "PATCH" => self.agent.run(self.request(request, &[][..])?),
            _ => self.agent.run(self.request(request, ())?),
        };
        let answer = answer.map_err(|error| self.explain(&error))?;
        let lines = answer.headers().iter();
        Ok(Response {
            status: answer.status().as_u16(),
            lines: lines
                .map(|(name, value)| Line::new(name.as_str(), value))
                .collect(),
            body: Vec::new(),
        })
    }

    /// The lines that are sent for a model browser's request to any server.
    pub(super) fn lines(&self, request: &Request) -> Vec<Line> {
        let is_trustworthy = is_trustworthy(&self.url);
        let page = request.values("origin").next().map(str::from_utf8);
        let page = page.map_or(&*self.page, Result::unwrap_or_default);
        let lines = request.lines.iter().filter_map(|line| {
            let value = match line.name.as_str() {
                // The URL's own is sent.
                "host" => return None,
                name if name.starts_with("sec-fetch-") && !is_trustworthy => return None,
                "sec-fetch-site" => site(page, &self.url).as_bytes(),
                // A browser without a cookie sends none.
                "cookie" => self.cookie.as_ref()?.as_bytes(),
                _ => &line.value,
            };
            Some(Line::new(&line.name, value))
        });
        lines.collect()
    }

    fn request<B>(&self, request: &Request, body: B) -> Result<http::Request<B>, String> {
        let builder = http::Request::builder()
            .method(request.method.as_str())
            .uri(self.url.as_str());
        let lines = self.lines(request);
        let builder = lines.iter().fold(builder, |builder, line| {
            builder.header(line.name.as_str(), line.value.as_slice())
        });
        builder
            .body(body)
            .map_err(|error| format!("the request cannot be sent: {error}"))
    }

    fn explain(&self, error: &Error) -> String {
        let host = self.url.host_str().unwrap_or_default();
        let url = shown(self.url.as_str().as_bytes());
        let no_http = |why: &str| {
            let tip = match self.url.scheme() {
                "http" => "; if the server uses TLS, write https://",
                _ => "",
            };
            format!("the response from {url} is not HTTP: {why}{tip}")
        };
        // It is HTTP.
        let unread = |what: &str| format!("{url}: the response has {what}");
        match error {
            Error::HostNotFound => format!("the host \"{host}\" does not exist"),
            Error::Timeout(_) => format!(
                "no response from {url} within {} second{}; use --timeout to wait longer",
                self.timeout,
                if self.timeout == 1 { "" } else { "s" }
            ),
            Error::LargeResponseHeader(..) => {
                unread("more than 64 KiB of headers, which is too much for probe")
            }
            // The client's crate does not name the kinds of this error.
            Error::Protocol(error) => match error.to_string().as_str() {
                "http parse resulted in too many headers" => {
                    unread("more than 128 headers, which is too many for probe")
                }
                "http parse fail: invalid header value" => {
                    unread("a header with a control character, which probe does not read")
                }
                error => no_http(&shown(error.as_bytes())),
            },
            Error::Rustls(error) => self.explain_tls(error),
            Error::Io(io) => match io.get_ref().and_then(|inner| inner.downcast_ref()) {
                Some(tls) => self.explain_tls(tls),
                None => match io.kind() {
                    ErrorKind::ConnectionRefused => {
                        format!("nothing listens at {url}: the connection is refused")
                    }
                    ErrorKind::UnexpectedEof
                    | ErrorKind::ConnectionReset
                    | ErrorKind::BrokenPipe
                    | ErrorKind::ConnectionAborted => no_http("the connection is closed"),
                    // The standard library has no kind for it.
                    _ if io.to_string().contains("failed to lookup address") => {
                        format!("the host \"{host}\" does not exist")
                    }
                    _ => format!("{url}: {io}"),
                },
            },
            error => format!("{url}: {}", shown(error.to_string().as_bytes())),
        }
    }

    fn explain_tls(&self, error: &rustls::Error) -> String {
        let tip = match error {
            rustls::Error::InvalidCertificate(_) => {
                "browsers refuse it, too; use --insecure to accept any certificate"
            }
            _ => "if the server does not use TLS, write http://",
        };
        let error = shown(error.to_string().as_bytes());
        format!(
            "the TLS connection to {} fails: {error}; {tip}",
            shown(self.url.as_str().as_bytes())
        )
    }
}
