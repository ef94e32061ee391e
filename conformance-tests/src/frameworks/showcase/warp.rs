use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::panic::resume_unwind;
use std::sync::Arc;

use ::axum::serve::Listener;
use ::tower::Service;
use ::warp::filters::BoxedFilter;
use ::warp::path::FullPath;
use ::warp::reply::Response;
use ::warp::sse::Event;
use ::warp::ws::{Message, Ws};
use ::warp::{Filter, Reply};
use cors_warp::{LivePolicies, cors};
use futures_util::{SinkExt, StreamExt};
use http::uri::Authority;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;

use super::answer::{HANDLED, HELLO, PATHS, RETRY, answer, events};
use super::axum::lines;
use super::tls::{Certificate, TlsListener};
use super::{Showcase, Started, Stopped};
use crate::frameworks::tower;
use crate::suite::exchange::Request;

pub(super) async fn start(
    showcase: &Arc<Showcase>,
    listen: SocketAddr,
    certificate: Option<&Certificate>,
    stopped: Stopped,
) -> io::Result<Started> {
    let live = LivePolicies::new((*showcase.policies()).clone());
    let app = watched(cors(&live, routes(showcase)), showcase);
    let listener = TcpListener::bind(listen).await?;
    let address = listener.local_addr()?;
    Ok(Started {
        address,
        replace: Box::new(move |policies| live.replace(policies.clone())),
        server: match certificate {
            None => {
                let server = ::warp::serve(app).incoming(listener);
                Box::pin(server.graceful(stopped.wait()).run())
            }
            Some(certificate) => {
                let listener = TlsListener::new(listener, certificate);
                Box::pin(serve(::warp::service(app), listener, stopped))
            }
        },
    })
}

/// warp's own server has no TLS; hyper serves its service.
async fn serve<S>(service: S, mut listener: TlsListener, stopped: Stopped)
where
    S: Service<http::Request<Incoming>, Response = Response, Error = Infallible>,
    S: Clone + Send + 'static,
    S::Future: Send,
{
    let service = TowerToHyperService::new(service);
    let connections = async {
        loop {
            let (stream, _) = listener.accept().await;
            let service = service.clone();
            tokio::spawn(async move {
                let server = Builder::new(TokioExecutor::new());
                let stream = TokioIo::new(stream);
                let _ = server.serve_connection_with_upgrades(stream, service).await;
            });
        }
    };
    tokio::select! {
        () = connections => {}
        () = stopped.wait() => {}
    }
}

/// Shows each exchange, outside of everything else.
fn watched<F>(
    app: F,
    showcase: &Arc<Showcase>,
) -> impl Filter<Extract = (Response,), Error = Infallible> + Clone + Send + Sync + 'static
where
    F: Filter<Extract = (Response,), Error = Infallible> + Clone + Send + Sync + 'static,
{
    let (asked, answered) = (Arc::clone(showcase), Arc::clone(showcase));
    head()
        .map(move |head: Request| {
            let explanation = asked.explain(&head);
            (head, explanation)
        })
        .and(app)
        .map(move |(head, explanation), response: Response| {
            let status = response.status().as_u16();
            answered.show(head, explanation, status, lines(response.headers()));
            response
        })
}

fn head() -> impl Filter<Extract = (Request,), Error = Infallible> + Copy {
    // `Host`, or `:authority`.
    let host = ::warp::host::optional()
        .or(::warp::any().map(|| None))
        .unify();
    let query = ::warp::query::raw()
        .or(::warp::any().map(String::new))
        .unify();
    ::warp::method()
        .and(path())
        .and(query)
        .and(::warp::header::headers_cloned())
        .and(host)
        .map(
            |method: Method,
             path: String,
             query: String,
             headers: HeaderMap,
             host: Option<Authority>| {
                let host = host.as_ref().map(Authority::as_str);
                let target = match (query.as_str(), host) {
                    ("", Some(host)) if path.is_empty() => host.to_owned(),
                    ("", _) => path,
                    (query, _) => format!("{path}?{query}"),
                };
                super::head(&method, target, host, lines(&headers))
            },
        )
}

/// The path. `CONNECT` has none, and `warp::path::full()` panics there.
fn path() -> impl Filter<Extract = (String,), Error = Infallible> + Copy {
    let has_path = ::warp::method().and_then(async |method: Method| match method {
        Method::CONNECT => Err(::warp::reject::not_found()),
        _ => Ok(()),
    });
    has_path
        .untuple_one()
        .and(::warp::path::full())
        .map(|path: FullPath| path.as_str().to_owned())
        .or(::warp::any().map(String::new))
        .unify()
}

fn routes(showcase: &Arc<Showcase>) -> BoxedFilter<(Response,)> {
    let handler = |request: &Request| tower::answer::<Vec<u8>>(&answer(request)).into_response();
    let answers = head().and_then(move |request: Request| {
        let path = request.path.split('?').next().unwrap_or_default();
        std::future::ready(match PATHS.contains(&path) {
            true => Ok(handler(&request)),
            false => Err(::warp::reject::not_found()),
        })
    });
    let get = ::warp::path!("get").and(::warp::get()).and(head());
    let get = get.map(move |request: Request| handler(&request));
    let private = ::warp::path!("private").map(|| {
        let challenge = (header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        let mut response = StatusCode::UNAUTHORIZED.into_response();
        response.headers_mut().extend([challenge]);
        response
    });
    let panics =
        ::warp::path!("panic").map(|| -> Response { resume_unwind(Box::new("asked for")) });
    let number = ::warp::path!("number" / u32).and(::warp::get());
    let number = number.map(|number| format!("{number}\n").into_response());
    let stream = ::warp::path!("events").and(::warp::header::optional("last-event-id"));
    let stream = stream.map(|last| {
        let events = events(last).map(|number| {
            let event = Event::default().retry(RETRY).id(number.to_string());
            Ok::<_, Infallible>(event.data(number.to_string()))
        });
        let (name, value) = HANDLED;
        ::warp::reply::with_header(::warp::sse::reply(events), name, value).into_response()
    });
    let guard = Arc::clone(showcase);
    let socket = ::warp::path!("socket")
        .and(::warp::header::optional::<String>("origin"))
        .and(::warp::ws())
        .map(move |origin: Option<String>, upgrade: Ws| {
            match guard.allows_origin(origin.as_deref().map(str::as_bytes)) {
                true => upgrade
                    .on_upgrade(|mut socket| async move {
                        let _ = socket.send(Message::text(HELLO)).await;
                        while let Some(Ok(_)) = socket.next().await {}
                    })
                    .into_response(),
                false => StatusCode::FORBIDDEN.into_response(),
            }
        });
    let answers = answers.boxed().or(get.boxed()).unify().boxed();
    let more = private.or(panics).unify().or(number).unify().boxed();
    let more = more.or(stream.boxed()).unify().or(socket.boxed()).unify();
    answers.or(more.boxed()).unify().boxed()
}
