use std::net::SocketAddr;
use std::sync::Arc;

use actix_web::dev::Service;
use actix_web::http::header::HeaderValue;
use actix_web::{App, HttpResponse, HttpServer, web};
use cors_actix::Cors;

use super::{Failure, Served, announce, explain, stop};

pub(super) async fn serve(policy: Served, listen: SocketAddr) -> Result<(), Failure> {
    let shown = Arc::new(policy.clone());
    let cors = Cors::new(policy);
    let hello = || async { "hello\n" };
    let server = HttpServer::new(move || {
        let shown = Arc::clone(&shown);
        let root = web::resource("/")
            .get(hello)
            .post(hello)
            .put(hello)
            .route(
                web::route()
                    .method("OPTIONS".parse().expect("a method"))
                    .to(|| async { "options\n" }),
            )
            .default_service(web::to(HttpResponse::NotFound));
        let fail = web::resource("/fail")
            .get(HttpResponse::InternalServerError)
            .default_service(web::to(HttpResponse::NotFound));
        App::new()
            .service(root)
            .service(fail)
            .wrap(cors.clone())
            .wrap_fn(move |request, service| {
                explain(&shown, request.method().as_str(), |field| {
                    let lines = request.headers().get_all(field.name());
                    lines.map(HeaderValue::as_bytes)
                });
                service.call(request)
            })
    });
    let server = server.workers(1).disable_signals().bind(listen)?;
    announce(server.addrs()[0]);
    let server = server.run();
    let handle = server.handle();
    let stop = stop()?;
    tokio::spawn(async move {
        stop.await;
        handle.stop(true).await;
    });
    server.await?;
    Ok(())
}
