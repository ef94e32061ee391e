#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod exchange;
mod headers;
mod metrics;
mod plugin;

// The public interface is:
pub use headers::{Change, Request, Response, Value};
pub use plugin::{Policies, policies};

/// What the proxy calls first.
mod main {
    proxy_wasm::main! {{
        crate::plugin::start();
    }}
}
