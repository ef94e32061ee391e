//! The plugin: it reads the policies, and has a context for each exchange.

use std::rc::Rc;

use cors_core::{PolicySet, PreparedPolicies};
use proxy_wasm::traits::{Context, HttpContext, RootContext};
use proxy_wasm::types::{ContextType, LogLevel};

use crate::exchange::Exchange;
use crate::headers::Value;
use crate::metrics::Metrics;

/// The policies with their header values.
pub type Policies = PreparedPolicies<Value>;

pub(crate) fn start() {
    proxy_wasm::set_log_level(LogLevel::Trace);
    proxy_wasm::set_root_context(|_| Box::new(Plugin::default()));
}

/// Reads the plugin's configuration: a policy file, or a file with several policies, as JSON; and the
/// warnings about it.
///
/// ```
/// let json = br#"{"policies": [{"hosts": ["api.example.com"], "origins": ["https://app.example.com/"]}]}"#;
/// let error = cors_envoy::policies(json).unwrap_err();
/// assert!(error.starts_with("CORS-E09: policies[0].origins: "), "{error}");
/// ```
///
/// # Errors
///
/// Returns everything that is wrong, one error on each line.
pub fn policies(json: &[u8]) -> Result<(Policies, Vec<String>), String> {
    let set: PolicySet = serde_json::from_slice(json).map_err(|error| {
        // The position behind errors of a policy is that of its last brace.
        let text = error.to_string();
        match text.starts_with("CORS-") {
            true => text
                .rsplit_once(" at line ")
                .map_or(text.clone(), |(text, _)| text.to_owned()),
            false => format!("the configuration cannot be read as a policy: {text}"),
        }
    })?;
    let warnings = set.warnings().iter().map(ToString::to_string).collect();
    Ok((set.into(), warnings))
}

#[derive(Default)]
struct Plugin {
    policies: Option<Rc<Policies>>,
    metrics: Metrics,
}

impl Context for Plugin {}

impl RootContext for Plugin {
    /// The proxy takes no configuration with an error in it; what was in force stays so.
    fn on_configure(&mut self, _: usize) -> bool {
        let json = self.get_plugin_configuration().unwrap_or_default();
        match policies(&json) {
            Ok((policies, warnings)) => {
                for warning in warnings {
                    log::warn!("{warning}");
                }
                self.policies = Some(Rc::new(policies));
                true
            }
            Err(errors) => {
                for error in errors.lines() {
                    log::error!("{error}");
                }
                false
            }
        }
    }

    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }

    fn create_http_context(&self, _: u32) -> Option<Box<dyn HttpContext>> {
        let policies = Rc::clone(self.policies.as_ref()?);
        Some(Box::new(Exchange::new(policies, self.metrics.clone())))
    }
}
