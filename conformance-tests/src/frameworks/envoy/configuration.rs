//! What an Envoy is told.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

/// What stands before the router of a listener.
#[derive(Clone, Debug)]
pub enum Filter {
    /// `cors-envoy` with this configuration: a policy or several, as JSON.
    Cors(String),
    /// This module, with no configuration.
    Module(PathBuf),
    /// Envoy's own filter, with this `CorsPolicy` for all routes.
    Own(Value),
    /// Nothing.
    None,
}

/// A place where an Envoy listens.
#[derive(Clone, Debug)]
pub struct Listener {
    filter: Filter,
    /// What stands behind the filter, such as a rate limit.
    behind: Vec<Value>,
    routes: Vec<Value>,
    listen: SocketAddr,
}

impl Listener {
    /// At a free port of loopback, with routes to the application.
    #[must_use]
    pub fn of(filter: Filter) -> Self {
        Self {
            filter,
            behind: Vec::new(),
            routes: vec![route("/", &json!({"cluster": "application"}))],
            listen: ([127, 0, 0, 1], 0).into(),
        }
    }

    /// At this address.
    #[must_use]
    pub fn at(self, listen: SocketAddr) -> Self {
        Self { listen, ..self }
    }

    /// With this filter behind the first.
    #[must_use]
    pub fn behind(mut self, filter: Value) -> Self {
        self.behind.push(filter);
        self
    }

    /// With this route before all others: `{"match": …, "direct_response": …}`.
    #[must_use]
    pub fn route(mut self, route: Value) -> Self {
        self.routes.insert(0, route);
        self
    }

    pub(super) fn to_json(&self, name: &str, module: &Path) -> Value {
        let mut filters = Vec::new();
        let mut host = json!({"name": "all", "domains": ["*"], "routes": self.routes});
        match &self.filter {
            Filter::Cors(policy) => filters.push(wasm(policy, module)),
            Filter::Module(module) => filters.push(wasm("", module)),
            Filter::Own(policy) => {
                filters.push(json!({"name": OWN, "typed_config": {"@type": extension("filters.http.cors.v3.Cors")}}));
                let mut policy = policy.clone();
                policy["@type"] = json!(extension("filters.http.cors.v3.CorsPolicy"));
                host["typed_per_filter_config"] = json!({OWN: policy});
            }
            Filter::None => {}
        }
        filters.extend(self.behind.iter().cloned());
        filters.push(json!({
            "name": "envoy.filters.http.router",
            "typed_config": {"@type": extension("filters.http.router.v3.Router")},
        }));
        let manager = json!({
            "@type": extension("filters.network.http_connection_manager.v3.HttpConnectionManager"),
            "stat_prefix": name,
            "codec_type": "AUTO",
            "upgrade_configs": [{"upgrade_type": "websocket"}],
            // A client that asked for the end waits for it.
            "delayed_close_timeout": "0s",
            "http_protocol_options": {"allow_custom_methods": true, "enable_trailers": true},
            "route_config": {"virtual_hosts": [host]},
            "http_filters": filters,
        });
        json!({
            "@type": "type.googleapis.com/envoy.config.listener.v3.Listener",
            "name": name,
            "address": socket(self.listen),
            "filter_chains": [{"filters": [{
                "name": "envoy.filters.network.http_connection_manager",
                "typed_config": manager,
            }]}],
        })
    }
}

const OWN: &str = "envoy.filters.http.cors";

fn extension(name: &str) -> String {
    format!("type.googleapis.com/envoy.extensions.{name}")
}

/// A route for a prefix.
fn route(prefix: &str, to: &Value) -> Value {
    json!({"match": {"prefix": prefix}, "route": to})
}

fn wasm(policy: &str, module: &Path) -> Value {
    json!({"name": "cors", "typed_config": {
        "@type": extension("filters.http.wasm.v3.Wasm"),
        "config": {
            "name": "cors",
            "root_id": "cors",
            "failure_policy": "FAIL_CLOSED",
            "configuration": {
                "@type": "type.googleapis.com/google.protobuf.StringValue",
                "value": policy,
            },
            "vm_config": {
                "runtime": "envoy.wasm.runtime.v8",
                "vm_id": "cors",
                "code": {"local": {"filename": module}},
            },
        },
    }})
}

fn socket(address: SocketAddr) -> Value {
    json!({"socket_address": {
        "address": address.ip().to_string(),
        "port_value": address.port(),
    }})
}

fn cluster(name: &str, address: SocketAddr) -> Value {
    let endpoint = json!({"endpoint": {"address": socket(address)}});
    json!({
        "name": name,
        "type": "STATIC",
        "connect_timeout": "1s",
        "typed_extension_protocol_options": {
            "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
                "@type": extension("upstreams.http.v3.HttpProtocolOptions"),
                "explicit_http_config": {"http_protocol_options": {"enable_trailers": true}},
            },
        },
        "load_assignment": {"cluster_name": name, "endpoints": [{"lb_endpoints": [endpoint]}]},
    })
}

/// The configuration of an Envoy whose listeners stand in the file `listeners`.
#[must_use]
pub fn configuration(application: SocketAddr, listeners: &Path) -> Value {
    // Nothing listens at the port of no service.
    let nobody = SocketAddr::from(([127, 0, 0, 1], 1));
    json!({
        "node": {"id": "cors", "cluster": "cors"},
        "admin": {"address": socket(([127, 0, 0, 1], 0).into())},
        "dynamic_resources": {"lds_config": {
            "resource_api_version": "V3",
            "path_config_source": {"path": listeners},
        }},
        "static_resources": {"clusters": [
            cluster("application", application),
            cluster("nobody", nobody),
        ]},
    })
}
