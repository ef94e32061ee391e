//! Envoy's own CORS filter, in a real Envoy in front of the application.

use conformance_tests::frameworks::envoy::{Filter, Served};
use conformance_tests::{Adapter, App, NotApplicable, PolicyFile, Request, Response};
use serde_json::{Value, json};

use super::pattern;
use super::settings::{Allowed, Settings};

/// An Envoy with its own filter and a listener for each policy.
#[derive(Debug)]
pub struct EnvoysFilter(Served);

impl EnvoysFilter {
    /// Starts it; the variable `ENVOY` names the program.
    ///
    /// # Errors
    ///
    /// If there is no Envoy, or if it does not start.
    pub async fn start(policies: impl IntoIterator<Item = PolicyFile>) -> Result<Self, String> {
        let served = Served::with(policies, |policy| Ok(Filter::Own(own(policy)?))).await;
        served.map(Self)
    }
}

impl Adapter for EnvoysFilter {
    async fn exchange(
        &self,
        policy: &PolicyFile,
        app: &App,
        request: &Request,
    ) -> Result<Response, NotApplicable> {
        if policy.debug {
            return Err(NotApplicable::because("it has no such option"));
        }
        // It echoes what is asked for.
        Settings::of(policy).any_header_with_authorization(request)?;
        self.0.exchange(policy, app, request).await
    }
}

fn own(policy: &PolicyFile) -> Result<Value, NotApplicable> {
    let settings = Settings::of(policy);
    settings.is_of_one_kind()?;
    let origins: Vec<Value> = match &settings.origins {
        Allowed::Any => vec![json!({"safe_regex": {"regex": ".*"}})],
        Allowed::Listed(exact) => {
            let null = settings.null.then_some("null");
            let exact = exact.iter().copied().chain(null);
            let exact = exact.map(|origin| json!({"exact": origin}));
            let patterns = settings.patterns.iter();
            let patterns =
                patterns.map(|one| json!({"safe_regex": {"regex": pattern::regex(one)}}));
            exact.chain(patterns).collect()
        }
    };
    // What is told is one text for all.
    let text = |allowed: &Allowed<'_>, what: &str| match allowed {
        Allowed::Any if settings.mirrors() => Err(NotApplicable::because(format!(
            "any {what} beside credentials cannot be expressed"
        ))),
        Allowed::Any => Ok("*".to_owned()),
        Allowed::Listed(texts) => Ok(texts.join(",")),
    };
    let mut own = json!({
        "allow_origin_string_match": origins,
        "allow_methods": text(&settings.methods, "method")?,
        "allow_headers": text(&settings.request_headers, "request header")?,
        "expose_headers": text(&settings.expose_headers, "exposed header")?,
        "allow_credentials": settings.credentials,
        // Its docs: preflights of other origins would reach the application.
        "forward_not_matching_preflights": false,
    });
    if let Some(seconds) = settings.max_age {
        own["max_age"] = json!(seconds.to_string());
    }
    Ok(own)
}
