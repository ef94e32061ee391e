//! The cases of another project: what the Gateway API demands of every gateway that offers CORS.

use std::collections::BTreeMap;

use conformance_tests::frameworks::{actix, axum, rocket, warp};
use conformance_tests::reference::Core;
use conformance_tests::{Adapter, App, Line, PolicyFile, Request, Response};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    policy: BTreeMap<String, PolicyFile>,
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    policy: String,
    method: String,
    send: Vec<(String, String)>,
    /// Any, if there is none.
    #[serde(default)]
    status: Vec<u16>,
    #[serde(default)]
    headers: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    absent: Vec<String>,
    differs: Option<String>,
}

impl Case {
    fn request(&self) -> Request {
        let host = Line::new("host", "api.test");
        let sent = self.send.iter().map(|(name, value)| Line::new(name, value));
        Request {
            method: self.method.clone(),
            path: "/".to_owned(),
            lines: [host].into_iter().chain(sent).collect(),
        }
    }

    fn is_passed(&self, response: &Response) -> bool {
        let is_any = |name: &str, values: &[String]| {
            let lines: Vec<_> = response.values(name).map(compact).collect();
            lines.len() == 1
                && values
                    .iter()
                    .any(|value| lines[0] == compact(value.as_bytes()))
        };
        (self.status.is_empty() || self.status.contains(&response.status))
            && self
                .headers
                .iter()
                .all(|(name, values)| is_any(name, values))
            && self
                .absent
                .iter()
                .all(|name| response.values(name).next().is_none())
    }
}

/// Without white space, which says nothing in these headers.
fn compact(value: &[u8]) -> Vec<u8> {
    let bytes = value.iter().filter(|byte| !byte.is_ascii_whitespace());
    bytes.copied().collect()
}

async fn wrong(adapter: &impl Adapter) -> Vec<String> {
    let text = include_str!("../../gateway-api.toml");
    let file: File = toml::from_str(text).expect("the file");
    assert_eq!(file.case.len(), 17);
    let mut wrong = Vec::new();
    for case in &file.case {
        let app = App::new(200, Vec::new());
        let response = adapter
            .exchange(&file.policy[&case.policy], &app, &case.request())
            .await
            .expect("a request that every server can be sent");
        if case.is_passed(&response) == case.differs.is_some() {
            wrong.push(format!("{}: {response:?}", case.name));
        }
    }
    wrong
}

#[tokio::test]
async fn every_adapter_passes_but_for_differences_on_purpose() {
    let none = Vec::<String>::new();
    assert_eq!(wrong(&Core).await, none, "the core");
    assert_eq!(wrong(&axum::Layered).await, none, "cors-axum");
    assert_eq!(wrong(&actix::Wrapped).await, none, "cors-actix");
    assert_eq!(wrong(&rocket::Local).await, none, "cors-rocket");
    assert_eq!(wrong(&warp::Wrapped).await, none, "cors-warp");
}
