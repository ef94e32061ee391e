//! What the proxy counts: Envoy shows it as `wasmcustom.cors_…`, in Prometheus' format as
//! `wasmcustom_cors_…`.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use cors_core::Decision;
use proxy_wasm::hostcalls::{define_metric, increment_metric};
use proxy_wasm::types::MetricType;

/// Counters, each defined by the proxy when it is first needed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Metrics(Rc<RefCell<HashMap<&'static str, u32>>>);

impl Metrics {
    /// Counts a decision about a CORS request.
    pub(crate) fn count(&self, decision: Decision) {
        match (decision, decision.denial()) {
            (Decision::Respond { .. }, None) => self.increment("preflights_answered", String::new),
            (Decision::Forward(_), None) => self.increment("requests_allowed", String::new),
            (_, Some(denial)) => {
                let reason = denial.reason();
                self.increment(reason, || "requests_refused_".to_owned());
            }
        }
    }

    /// A proxy without metrics serves all the same.
    fn increment(&self, name: &'static str, prefix: impl Fn() -> String) {
        let mut known = self.0.borrow_mut();
        let define =
            || define_metric(MetricType::Counter, &format!("cors_{}{name}", prefix())).ok();
        if let Some(metric) = known.get(name).copied().or_else(define) {
            known.insert(name, metric);
            let _ = increment_metric(metric, 1);
        }
    }
}
