use std::convert::Infallible;
use std::future::{Future, ready};
use std::pin::pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread;

use http::{Request, StatusCode};
use tokio::runtime::Handle;
use tower_service::Service;
use warp::reply::Response;
use warp::{Filter, Rejection, Reply};

/// The response that warp itself makes of a rejection, to the letter.
///
/// Only its services make one, and must not be called within a filter: so one is called beside it,
/// on a task of its own.
pub(crate) async fn respond(rejection: Rejection) -> Result<(Response,), Infallible> {
    let response = match Handle::try_current() {
        Ok(runtime) => runtime.spawn(async { response(rejection) }).await.ok(),
        // `warp::service` may be run by others; its filters that need tokio do not pass.
        Err(_) => thread::spawn(|| response(rejection)).join().ok(),
    };
    // A rejection whose `Debug` panics.
    let none = || StatusCode::INTERNAL_SERVER_ERROR.into_response();
    Ok((response.unwrap_or_else(none),))
}

fn response(rejection: Rejection) -> Response {
    let rejection = Mutex::new(Some(rejection));
    let reject = warp::any().and_then(|| {
        let mut rejection = rejection.lock().unwrap_or_else(PoisonError::into_inner);
        ready(Err::<Response, _>(
            rejection.take().unwrap_or_else(warp::reject),
        ))
    });
    let response = warp::service(reject).call(Request::new(String::new()));
    match pin!(response).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(Ok(response)) => response,
        Poll::Pending => unreachable!("a filter that waits for nothing"),
    }
}
