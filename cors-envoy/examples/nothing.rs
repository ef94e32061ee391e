//! A filter that does nothing: what a proxy pays for having one at all. The measurement of the cost builds it.

use proxy_wasm::traits::{Context, HttpContext, RootContext};
use proxy_wasm::types::ContextType;

/// What the proxy calls first.
mod main {
    proxy_wasm::main! {{
        proxy_wasm::set_root_context(|_| Box::new(super::Nothing));
    }}
}

struct Nothing;

impl Context for Nothing {}

impl RootContext for Nothing {
    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }

    fn create_http_context(&self, _: u32) -> Option<Box<dyn HttpContext>> {
        Some(Box::new(Self))
    }
}

impl HttpContext for Nothing {}
