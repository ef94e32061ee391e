//! What the proxy counts: Envoy shows it as `wasmcustom.cors_…`, in Prometheus' format as
//! `wasmcustom_cors_…`.

use std::cell::RefCell;
use std::rc::Rc;

use cors_core::Decision;
use proxy_wasm::hostcalls::{define_metric, increment_metric};
use proxy_wasm::types::MetricType;

/// Counters by name, each defined by the proxy when it is first needed. They are so few that a list is quicker
/// than a map.
#[derive(Clone, Debug, Default)]
pub(crate) struct Metrics(Rc<RefCell<Vec<(&'static str, u32)>>>);

impl Metrics {
    /// Counts a decision about a CORS request.
    pub(crate) fn count(&self, decision: Decision) {
        match (decision, decision.denial()) {
            (Decision::Respond { .. }, None) => self.increment("preflights_answered", ""),
            (Decision::Forward(_), None) => self.increment("requests_allowed", ""),
            (_, Some(denial)) => self.increment(denial.reason(), "requests_refused_"),
        }
    }

    /// A proxy without metrics serves all the same.
    fn increment(&self, name: &'static str, prefix: &str) {
        let mut known = self.0.borrow_mut();
        let metric = known.iter().find(|(known, _)| *known == name);
        let metric = metric.map(|(_, metric)| *metric).or_else(|| {
            let metric =
                define_metric(MetricType::Counter, &format!("cors_{prefix}{name}")).ok()?;
            known.push((name, metric));
            Some(metric)
        });
        if let Some(metric) = metric {
            let _ = increment_metric(metric, 1);
        }
    }
}
