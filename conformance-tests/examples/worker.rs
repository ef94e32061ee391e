//! A policy in front of a server, on Cloudflare's runtime: `cors-axum`'s layer as it is.
//!
//! The variable `POLICY` is a policy file as JSON, and the service `SERVER` is what it protects.

use std::cell::OnceCell;

use cors_axum::{CorsLayer, LivePolicies, PolicySet, ResponseBody};
use tower::{ServiceExt as _, service_fn};
use worker::{Body, Context, Env, HttpRequest, Result, event};

type Layer = CorsLayer<LivePolicies>;

thread_local! {
    static LAYER: OnceCell<Layer> = const { OnceCell::new() };
}

#[event(fetch)]
async fn fetch(
    request: HttpRequest,
    environment: Env,
    _: Context,
) -> Result<http::Response<ResponseBody<Body>>> {
    let server = environment.service("SERVER")?;
    let forward = service_fn(|request: HttpRequest| server.fetch_request(request));
    let layer = layer(&environment)?.any_body();
    layer.layer(forward).oneshot(request).await
}

/// Built for the first request, and kept as long as the isolate lives.
fn layer(environment: &Env) -> Result<Layer> {
    LAYER.with(|cell| match cell.get() {
        Some(layer) => Ok(layer.clone()),
        None => {
            let file = environment.var("POLICY")?.to_string();
            let policies: PolicySet = serde_json::from_str(&file)?;
            Ok(cell.get_or_init(|| CorsLayer::policies(policies)).clone())
        }
    })
}
