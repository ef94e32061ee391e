use std::io;
use std::net::SocketAddr;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::time::Duration;

use ::rocket::config::{LogLevel, Shutdown, TlsConfig};
use ::rocket::fairing::AdHoc;
use ::rocket::http::{Header, Method, Status};
use ::rocket::request::{FromRequest, Outcome};
use ::rocket::response::Responder;
use ::rocket::response::stream::{Event, EventStream};
use ::rocket::route::{self, Handler};
use ::rocket::shield::{Frame, Shield};
use ::rocket::{Config, Data, Request, Route, State, async_trait, get, routes};
use cors_rocket::{Cors, LivePolicies};
use futures_util::{SinkExt, Stream, StreamExt};
use rocket_ws::{Channel, Message, WebSocket};
use tokio::sync::oneshot;

use super::answer::{HANDLED, HELLO, PATHS, RETRY, answer, events};
use super::tls::Certificate;
use super::{Showcase, Started, Stopped};
use crate::frameworks::rocket::{METHODS, respond};
use crate::suite::exchange::{self, Line};

pub(super) async fn start(
    showcase: &Arc<Showcase>,
    listen: SocketAddr,
    certificate: Option<&Certificate>,
    stopped: Stopped,
) -> io::Result<Started> {
    let live = LivePolicies::new((*showcase.policies()).clone());
    let config = Config {
        address: listen.ip(),
        port: listen.port(),
        log_level: LogLevel::Off,
        tls: certificate.map(|certificate| {
            TlsConfig::from_bytes(certificate.chain.as_bytes(), certificate.key.as_bytes())
        }),
        shutdown: Shutdown {
            ctrlc: false,
            #[cfg(unix)]
            signals: [].into(),
            grace: 1,
            mercy: 0,
            ..Shutdown::default()
        },
        ..Config::release_default()
    };
    let (tell, told) = oneshot::channel();
    let liftoff = AdHoc::on_liftoff("address", |rocket| {
        let Config { address, port, .. } = *rocket.config();
        let _ = tell.send((address, port).into());
        Box::pin(async {})
    });
    let answers = PATHS.map(|path| METHODS.map(|method| Route::new(method, path, Answer)));
    let answers = answers.into_iter().flatten().collect::<Vec<_>>();
    let rocket = ::rocket::custom(config)
        .manage(Arc::clone(showcase))
        .mount("/", answers)
        .mount(
            "/",
            METHODS.map(|method| Route::new(method, "/panic", Panic)),
        )
        .mount("/", [Route::new(Method::Get, "/get", Answer)])
        .mount("/", routes![private, number, stream, socket])
        // Other origins' pages frame `/page`.
        .attach(Shield::default().disable::<Frame>())
        .attach(Cors::policies(&live))
        .attach(watched(showcase))
        .attach(liftoff);
    let rocket = rocket.ignite().await.map_err(io::Error::other)?;
    let shutdown = rocket.shutdown();
    tokio::spawn(async move {
        stopped.wait().await;
        shutdown.notify();
    });
    let mut server = Box::pin(rocket.launch());
    let address: SocketAddr = tokio::select! {
        failed = &mut server => return Err(io::Error::other(failed.expect_err("it lifts off first"))),
        address = told => address.expect("it lifts off"),
    };
    Ok(Started {
        address,
        replace: Box::new(move |policies| live.replace(policies.clone())),
        server: Box::pin(async move {
            let _ = server.await;
        }),
    })
}

/// Shows each exchange, outside of everything else: attached last, it sees what leaves.
fn watched(showcase: &Arc<Showcase>) -> AdHoc {
    let showcase = Arc::clone(showcase);
    AdHoc::on_response("watch", move |request, response| {
        let head = head(request);
        let explanation = showcase.explain(&head);
        let lines = response.headers().iter();
        let lines = lines.map(|line| Line::new(line.name().as_str(), line.value()));
        showcase.show(head, explanation, response.status().code, lines.collect());
        Box::pin(async {})
    })
}

fn head(request: &Request<'_>) -> exchange::Request {
    let lines = request.headers().iter();
    let lines = lines.map(|line| Line::new(line.name().as_str(), line.value()));
    let authority = request.host().map(ToString::to_string);
    super::head(
        &request.method(),
        request.uri().to_string(),
        authority.as_deref(),
        lines.collect(),
    )
}

/// What handlers answer.
#[derive(Clone)]
struct Answer;

#[async_trait]
impl Handler for Answer {
    async fn handle<'r>(&self, request: &'r Request<'_>, _: Data<'r>) -> route::Outcome<'r> {
        route::Outcome::Success(respond(&answer(&head(request))))
    }
}

#[derive(Clone)]
struct Panic;

#[async_trait]
impl Handler for Panic {
    async fn handle<'r>(&self, _: &'r Request<'_>, _: Data<'r>) -> route::Outcome<'r> {
        resume_unwind(Box::new("asked for"))
    }
}

/// Nobody has it.
struct Token;

#[async_trait]
impl<'r> FromRequest<'r> for Token {
    type Error = ();

    async fn from_request(_: &'r Request<'_>) -> Outcome<Self, ()> {
        Outcome::Error((Status::Unauthorized, ()))
    }
}

#[get("/private")]
fn private(_token: Token) -> &'static str {
    "hello\n"
}

#[get("/number/<number>")]
fn number(number: u32) -> String {
    format!("{number}\n")
}

#[derive(Clone, Copy)]
struct LastEvent(Option<u32>);

#[async_trait]
impl<'r> FromRequest<'r> for LastEvent {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        let id = request.headers().get_one("last-event-id");
        Outcome::Success(Self(id.and_then(|id| id.parse().ok())))
    }
}

#[derive(Responder)]
struct Handled<R> {
    inner: R,
    handled: Header<'static>,
}

#[get("/events")]
fn stream(last: LastEvent) -> Handled<EventStream<impl Stream<Item = Event>>> {
    let events = events(last.0).map(|number| {
        let text = number.to_string();
        Event::data(text.clone()).id(text).with_retry(RETRY)
    });
    let (name, value) = HANDLED;
    Handled {
        inner: EventStream::from(events).heartbeat(Duration::from_secs(30)),
        handled: Header::new(name, value),
    }
}

#[derive(Clone, Copy)]
struct Origin<'r>(Option<&'r str>);

#[async_trait]
impl<'r> FromRequest<'r> for Origin<'r> {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        Outcome::Success(Self(request.headers().get_one("origin")))
    }
}

#[get("/socket")]
fn socket(
    showcase: &State<Arc<Showcase>>,
    origin: Origin<'_>,
    socket: WebSocket,
) -> Result<Channel<'static>, Status> {
    match showcase.allows_origin(origin.0.map(str::as_bytes)) {
        true => Ok(socket.channel(|mut socket| {
            Box::pin(async move {
                socket.send(Message::text(HELLO)).await?;
                while let Some(Ok(_)) = socket.next().await {}
                Ok(())
            })
        })),
        false => Err(Status::Forbidden),
    }
}
