//! What an application does behind a policy, over a socket: one text, for every adapter.
//!
//! The name of a test begins with the adapter, and where its policy is put.

/// Makes a test of each scenario of the module, for each adapter.
macro_rules! tests {
    ([$($scenario:ident)*] $adapter:ident: $form:ty) => {
        mod $adapter {
            $(#[tokio::test]
            async fn $scenario() {
                super::$scenario::<$form>().await;
            })*
        }
    };
    ($scenarios:tt $($adapter:ident: $form:ty,)*) => {
        $(tests!($scenarios $adapter: $form);)*
    };
}

mod actix;
mod application;
mod axum;
mod hostile;
mod requests;
mod rocket;
mod sets;
mod showcase;
mod soak;
mod sources;
mod warp;
