use std::io;
use std::net::SocketAddr;
use std::panic::resume_unwind;
use std::sync::Arc;

use actix_web::dev::Service;
use actix_web::http::header::{self, HeaderMap};
use actix_web::http::uri::Authority;
use actix_web::web::{self, Bytes, Data, Path, Payload, ServiceConfig};
use actix_web::{App, Error, HttpRequest, HttpResponse, HttpServer};
use actix_ws::Message;
use cors_actix::{Cors, LivePolicies};
use futures_util::StreamExt;

use super::answer::{HANDLED, HELLO, PATHS, RETRY, answer, events};
use super::tls::Certificate;
use super::{Showcase, Started, Stopped};
use crate::frameworks::actix;
use crate::suite::exchange::{self, Line};

pub(super) fn start(
    showcase: &Arc<Showcase>,
    listen: SocketAddr,
    certificate: Option<&Certificate>,
    stopped: Stopped,
) -> io::Result<Started> {
    let live = LivePolicies::new((*showcase.policies()).clone());
    let (showcase, cors) = (Arc::clone(showcase), Cors::policies(&live));
    let server = HttpServer::new(move || {
        let watching = Arc::clone(&showcase);
        App::new()
            .app_data(Data::from(Arc::clone(&showcase)))
            .configure(routes)
            .wrap(cors.clone())
            .wrap_fn(move |request, service| {
                let showcase = Arc::clone(&watching);
                let head = head(request.request());
                let explanation = showcase.explain(&head);
                let response = service.call(request);
                async move {
                    let response = response.await?;
                    let status = response.status().as_u16();
                    showcase.show(head, explanation, status, lines(response.headers()));
                    Ok(response)
                }
            })
    });
    let server = server.workers(1).disable_signals().shutdown_timeout(1);
    let server = match certificate {
        None => server.bind(listen)?,
        Some(certificate) => server.bind_rustls_0_23(listen, certificate.config.clone())?,
    };
    let address = server.addrs()[0];
    let server = server.run();
    let handle = server.handle();
    Ok(Started {
        address,
        replace: Box::new(move |policies| live.replace(policies.clone())),
        server: Box::pin(async move {
            tokio::spawn(async move {
                stopped.wait().await;
                handle.stop(true).await;
            });
            server.await.expect("a server of actix-web does not fail");
        }),
    })
}

fn head(request: &HttpRequest) -> exchange::Request {
    let uri = request.uri();
    let target = uri
        .path_and_query()
        .map_or_else(|| uri.to_string(), ToString::to_string);
    let authority = uri.authority().map(Authority::as_str);
    super::head(
        request.method(),
        target,
        authority,
        lines(request.headers()),
    )
}

fn lines(headers: &HeaderMap) -> Vec<Line> {
    let lines = headers.iter();
    lines
        .map(|(name, value)| Line::new(name.as_str(), value))
        .collect()
}

fn routes(config: &mut ServiceConfig) {
    for path in PATHS {
        config.route(path, web::to(handler));
    }
    let private = web::resource("/private").to(async || {
        HttpResponse::Unauthorized()
            .insert_header((header::WWW_AUTHENTICATE, "Bearer"))
            .finish()
    });
    config
        .service(web::resource("/get").get(handler))
        .service(private)
        .route("/panic", web::to(panic))
        .route("/number/{number}", web::get().to(number))
        .route("/events", web::get().to(stream))
        .route("/socket", web::get().to(socket));
}

async fn handler(request: HttpRequest) -> HttpResponse {
    actix::answer(&answer(&head(&request)))
}

async fn panic() -> HttpResponse {
    resume_unwind(Box::new("asked for"))
}

async fn number(number: Path<u32>) -> String {
    format!("{number}\n")
}

async fn stream(request: HttpRequest) -> HttpResponse {
    let last = request.headers().get("last-event-id");
    let last = last.and_then(|id| id.to_str().ok()?.parse().ok());
    let events = events(last).map(|number| {
        let retry = RETRY.as_millis();
        let event = format!("retry: {retry}\nid: {number}\ndata: {number}\n\n");
        Ok::<_, Error>(Bytes::from(event))
    });
    HttpResponse::Ok()
        .insert_header(HANDLED)
        .insert_header((header::CONTENT_TYPE, "text/event-stream"))
        .streaming(events)
}

async fn socket(
    request: HttpRequest,
    payload: Payload,
    showcase: Data<Showcase>,
) -> Result<HttpResponse, Error> {
    let origin = request.headers().get(header::ORIGIN);
    if !showcase.allows_origin(origin.map(header::HeaderValue::as_bytes)) {
        return Ok(HttpResponse::Forbidden().finish());
    }
    let (response, mut session, mut messages) = actix_ws::handle(&request, payload)?;
    actix_web::rt::spawn(async move {
        let _ = session.text(HELLO).await;
        while let Some(Ok(message)) = messages.recv().await {
            if let Message::Close(reason) = message {
                let _ = session.close(reason).await;
                break;
            }
        }
    });
    Ok(response)
}
