use std::net::SocketAddr;

use cors_warp::cors;
use http::{HeaderValue, StatusCode};
use tokio::net::TcpListener;
use warp::Filter;

use super::{Failure, Served, announce, explain, stop};

pub(super) async fn serve(policy: Served, listen: SocketAddr) -> Result<(), Failure> {
    let shown = policy.clone();
    let hello = warp::get().or(warp::post()).unify().or(warp::put()).unify();
    let root = hello
        .map(|| "hello\n")
        .or(warp::options().map(|| "options\n"));
    let fail = warp::path!("fail")
        .and(warp::get())
        .map(|| StatusCode::INTERNAL_SERVER_ERROR);
    let other = warp::any().map(|| StatusCode::NOT_FOUND);
    let routes = cors(policy, warp::path::end().and(root).or(fail).or(other));
    let explained = warp::log::custom(move |request| {
        explain(&shown, request.method().as_str(), |field| {
            let lines = request.request_headers().get_all(field.name()).iter();
            lines.map(HeaderValue::as_bytes)
        });
    });
    let listener = TcpListener::bind(listen).await?;
    announce(listener.local_addr()?);
    warp::serve(routes.with(explained))
        .incoming(listener)
        .graceful(stop()?)
        .run()
        .await;
    Ok(())
}
