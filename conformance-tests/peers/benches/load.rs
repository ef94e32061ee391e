//! What CORS costs a server under load: requests per second with and without it, over sockets.
//!
//! ```console
//! cargo bench -p peers --bench load
//! ```
//!
//! needs `wrk`. With `--features envoy`, an Envoy is asked as well, whose answers are its own. Each server has one
//! worker (Envoy two), and an application that answers `hello`: an application that does more loses less. A preflight is
//! compared with a GET, as there are none without CORS. All are asked by turns, and the best of some rounds counts, so
//! that what else the machine does strikes all alike.

use std::error::Error;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc;
use std::{fs, thread};

use cors_core::Policy;
use tokio::runtime::Builder;
use warp::Filter;

const ROUNDS: usize = 5;

const POLICY: Policy<'static> = Policy::credentialed("https://app.example.com")
    .methods("PUT")
    .request_headers("authorization, content-type")
    .expose_headers("x-request-id")
    .max_age(600);

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    /// The server's own page.
    Own,
    Allowed,
    Preflight,
}

impl Asked {
    const ALL: [Self; 3] = [Self::Own, Self::Allowed, Self::Preflight];

    const fn method(self) -> &'static str {
        match self {
            Self::Own | Self::Allowed => "GET",
            Self::Preflight => "OPTIONS",
        }
    }

    const fn headers(self) -> &'static [&'static str] {
        const ALL: [&str; 3] = [
            "Origin: https://app.example.com",
            "Access-Control-Request-Method: PUT",
            "Access-Control-Request-Headers: authorization,content-type",
        ];
        match self {
            Self::Own => &[],
            Self::Allowed => ALL.split_at(1).0,
            Self::Preflight => &ALL,
        }
    }

    /// What comes, if there is CORS: the status, and a part of the head.
    const fn answer(self) -> (&'static str, &'static str) {
        match self {
            Self::Own => ("200", "vary: origin\r\n"),
            Self::Allowed => (
                "200",
                "access-control-allow-origin: https://app.example.com\r\n",
            ),
            Self::Preflight => (
                "204",
                "access-control-allow-headers: authorization, content-type\r\n",
            ),
        }
    }
}

struct Server {
    name: &'static str,
    without: SocketAddr,
    with: SocketAddr,
}

fn main() -> Result<(), Box<dyn Error>> {
    let servers = [
        Server {
            name: "axum",
            without: axum(None),
            with: axum(Some(POLICY)),
        },
        Server {
            name: "actix-web",
            without: actix(None),
            with: actix(Some(POLICY)),
        },
        Server {
            name: "Rocket",
            without: rocket(None),
            with: rocket(Some(POLICY)),
        },
        Server {
            name: "warp",
            without: warp(None),
            with: warp(Some(POLICY)),
        },
    ];
    let servers = servers.into_iter();
    #[cfg(feature = "envoy")]
    let (_engine, server) = envoy()?;
    #[cfg(feature = "envoy")]
    let servers = servers.chain([server]);
    let mut rows: Vec<_> = servers.map(|server| (server, [0.0_f64; 5])).collect();
    let wrk = Wrk::new()?;
    for (server, _) in &rows {
        for asked in Asked::ALL {
            check(server.with, asked.method(), asked.headers(), asked.answer())
                .map_err(|error| format!("{}: {error}", server.name))?;
        }
        check(server.without, "GET", &[], ("200", "hello"))
            .map_err(|error| format!("{}: {error}", server.name))?;
    }
    for _ in 0..ROUNDS {
        for (server, best) in &mut rows {
            let without = [Asked::Own, Asked::Allowed].map(|asked| (server.without, asked));
            let with = Asked::ALL.map(|asked| (server.with, asked));
            for (best, (address, asked)) in best.iter_mut().zip(without.into_iter().chain(with)) {
                *best = best.max(wrk.load(address, asked)?);
            }
        }
    }
    println!("requests per second, where the same server without CORS answers 1 in the same time");
    println!(
        "{:<12}{:>12}{:>12}{:>12}",
        "", "no Origin", "allowed", "preflight"
    );
    for (server, [own, allowed, with @ ..]) in rows {
        print!("{:<12}", server.name);
        for (with, without) in with.into_iter().zip([own, allowed, allowed]) {
            print!("{:>12.2}", with / without);
        }
        println!();
    }
    Ok(())
}

/// Asks once, whether it answers as it should.
fn check(
    server: SocketAddr,
    method: &str,
    headers: &[&str],
    (status, part): (&str, &str),
) -> Result<(), String> {
    let ask = || {
        let mut stream = TcpStream::connect(server)?;
        let mut head = format!("{method} / HTTP/1.1\r\nHost: {server}\r\n");
        for line in headers {
            head = head + line + "\r\n";
        }
        stream.write_all((head + "Connection: close\r\n\r\n").as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).map(|_| answer)
    };
    let answer: std::io::Result<String> = ask();
    let answer = answer.map_err(|error| error.to_string())?;
    let is_right = answer.starts_with(&format!("HTTP/1.1 {status} "))
        && answer.to_ascii_lowercase().contains(part);
    match is_right {
        true => Ok(()),
        false => Err(format!("not the answer to {method} {headers:?}:\n{answer}")),
    }
}

struct Wrk {
    /// Its only way to send another method.
    script: PathBuf,
}

impl Wrk {
    fn new() -> std::io::Result<Self> {
        let script = Path::new(env!("CARGO_TARGET_TMPDIR")).join("options.lua");
        fs::write(&script, "wrk.method = \"OPTIONS\"\n")?;
        Ok(Self { script })
    }

    /// Requests per second. No answer may be an error.
    fn load(&self, server: SocketAddr, asked: Asked) -> Result<f64, String> {
        let mut wrk = Command::new("wrk");
        wrk.args(["--threads", "1", "--connections", "16", "--duration", "2s"]);
        for line in asked.headers() {
            wrk.args(["--header", line]);
        }
        if asked == Asked::Preflight {
            wrk.arg("--script").arg(&self.script);
        }
        let output = wrk.arg(format!("http://{server}/")).output();
        let output =
            output.map_err(|error| format!("wrk: {error} (Debian: apt-get install wrk)"))?;
        let text = String::from_utf8_lossy(&output.stdout);
        let is_good = !text.contains("Non-2xx") && !text.contains("Socket errors");
        let rate = text
            .lines()
            .find_map(|line| line.strip_prefix("Requests/sec:")?.trim().parse().ok());
        rate.filter(|_| output.status.success() && is_good)
            .ok_or_else(|| format!("wrk {asked:?}: {text}{output:?}"))
    }
}

fn listener() -> TcpListener {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port on loopback");
    listener.set_nonblocking(true).expect("a socket that can");
    listener
}

/// Serves on a thread of its own as long as the program runs.
fn on_one_thread<F: Future<Output = ()>>(
    serve: impl FnOnce(tokio::net::TcpListener) -> F + Send + 'static,
) -> SocketAddr {
    let listener = listener();
    let address = listener.local_addr().expect("the address of the socket");
    thread::spawn(move || {
        let runtime = Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime").block_on(async {
            serve(listener.try_into().expect("a listener")).await;
        });
    });
    address
}

fn axum(policy: Option<Policy<'static>>) -> SocketAddr {
    let app = axum::Router::new().route("/", axum::routing::get(async || "hello"));
    let app = match policy {
        Some(policy) => app.layer(cors_axum::CorsLayer::new(policy)),
        None => app,
    };
    on_one_thread(async |listener| axum::serve(listener, app).await.expect("it serves"))
}

fn actix(policy: Option<Policy<'static>>) -> SocketAddr {
    use actix_web::{App, HttpServer, rt::System, web};

    let listener = listener();
    let address = listener.local_addr().expect("the address of the socket");
    let hello = || web::resource("/").get(async || "hello");
    thread::spawn(move || {
        System::new().block_on(async {
            let server = match policy {
                Some(policy) => {
                    let cors = move || cors_actix::Cors::new(policy);
                    HttpServer::new(move || App::new().service(hello()).wrap(cors()))
                        .workers(1)
                        .listen(listener)
                        .map(HttpServer::run)
                }
                None => HttpServer::new(move || App::new().service(hello()))
                    .workers(1)
                    .listen(listener)
                    .map(HttpServer::run),
            };
            server.expect("a listener").await.expect("it serves");
        });
    });
    address
}

fn rocket(policy: Option<Policy<'static>>) -> SocketAddr {
    use rocket::config::{Config, LogLevel};
    use rocket::fairing::AdHoc;

    #[rocket::get("/")]
    const fn hello() -> &'static str {
        "hello"
    }

    let config = Config {
        port: 0,
        workers: 1,
        log_level: LogLevel::Off,
        ..Config::release_default()
    };
    let app = rocket::custom(config).mount("/", rocket::routes![hello]);
    let app = match policy {
        Some(policy) => app.attach(cors_rocket::Cors::new(policy)),
        None => app,
    };
    let (tell, port) = mpsc::channel();
    let app = app.attach(AdHoc::on_liftoff("port", move |rocket| {
        Box::pin(async move {
            let _ = tell.send(rocket.config().port);
        })
    }));
    thread::spawn(|| {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build();
        let end = runtime.expect("a runtime").block_on(app.launch());
        end.expect("it serves")
    });
    let port = port.recv().expect("an application that launches");
    (Ipv4Addr::LOCALHOST, port).into()
}

fn warp(policy: Option<Policy<'static>>) -> SocketAddr {
    let hello = warp::path::end().and(warp::get()).map(|| "hello");
    match policy {
        Some(policy) => on_one_thread(async move |listener| {
            let server = warp::serve(cors_warp::cors(policy, hello));
            server.incoming(listener).run().await;
        }),
        None => on_one_thread(async move |listener| {
            warp::serve(hello).incoming(listener).run().await;
        }),
    }
}

/// Envoy has two workers, and its answers are its own, which are the cheapest there are.
#[cfg(feature = "envoy")]
fn envoy() -> Result<(conformance_tests::frameworks::envoy::Envoy, Server), String> {
    use conformance_tests::frameworks::envoy::{Engine, Envoy, Filter, Listener};
    use serde_json::json;

    let policy = json!({
        "origins": ["https://app.example.com"], "credentials": true, "methods": ["PUT"],
        "request_headers": ["authorization", "content-type"], "expose_headers": ["x-request-id"],
        "max_age": 600,
    });
    let listeners = [Filter::None, Filter::Cors(policy.to_string())].map(|filter| {
        let hello = json!({"status": 200, "body": {"inline_string": "hello"}});
        Listener::of(filter).route(json!({"match": {"prefix": "/"}, "direct_response": hello}))
    });
    let runtime = Builder::new_current_thread().enable_all().build();
    let nobody = (Ipv4Addr::LOCALHOST, 9).into();
    let engine = Engine::find()?;
    let envoy = Envoy::start(&engine, &listeners, nobody);
    let envoy = runtime.expect("a runtime").block_on(envoy)?;
    let server = Server {
        name: "Envoy",
        without: envoy.address(0),
        with: envoy.address(1),
    };
    Ok((envoy, server))
}
