//! The model browser over what does not wait: no runtime is needed for it.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// What a future comes to that is never pending for long: it is asked until it is ready.
pub(super) fn ready<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(done) = future.as_mut().poll(&mut context) {
            return done;
        }
        std::thread::yield_now();
    }
}
