//! Which responses of a server have no CORS headers, because its CORS middleware is not outermost.

use std::error::Error;
use std::process::ExitCode;

use conformance_tests::frameworks::Framework;
use conformance_tests::model_browser::Fetch;
use conformance_tests::placement::{Gaps, Placement};
use conformance_tests::{Line, Request};
use serde_json::{Value, json};
use url::Url;

use super::super::ready::ready;
use super::super::{Done, print, print_json};
use super::Format;
use super::client::Client;

pub(super) fn run(
    fetch: &Fetch,
    url: &Url,
    mut client: Client,
    framework: Option<Framework>,
    format: Format,
) -> Done {
    let placement = Placement::for_page(&fetch.page, fetch.credentials)
        // It changes nothing, whatever the server is.
        .other_method("OPTIONS")
        .path(&fetch.path);
    let placement = match framework {
        Some(framework) => placement.framework(framework),
        None => placement,
    };
    let gaps = ready(placement.try_check(async |request| {
        client.set_path(request.uri());
        let answer = client.send(&untyped(&request))?;
        let response = http::Response::builder().status(answer.status);
        let response = answer.lines.iter().fold(response, |response, line| {
            response.header(line.name.as_str(), line.value.as_slice())
        });
        Ok::<_, Box<dyn Error>>(response.body(())?)
    }))?;
    match format {
        Format::Text => print(&format!("{gaps}\n")),
        Format::Json => print_json(&to_json(fetch, url, &gaps)?),
    }
    Ok(ExitCode::from(u8::from(!gaps.found.is_empty())))
}

fn untyped(request: &http::Request<Vec<u8>>) -> Request {
    let lines = request.headers().iter();
    Request {
        method: request.method().to_string(),
        path: request.uri().to_string(),
        lines: lines
            .map(|(name, value)| Line::new(name.as_str(), value))
            .collect(),
    }
}

fn to_json(fetch: &Fetch, url: &Url, gaps: &Gaps) -> Result<String, serde_json::Error> {
    let found = gaps.found.iter().map(|gap| {
        json!({
            "request": gap.request,
            "status": gap.status,
            "problem": gap.problem(),
            "cause": gap.cause(),
            "cure": gap.cure(),
        })
    });
    let value = json!({
        "url": url.as_str(),
        "error": null,
        "origin": fetch.page,
        "requests": gaps.requests,
        "unreadable": found.collect::<Vec<Value>>(),
    });
    Ok(serde_json::to_string_pretty(&value)? + "\n")
}
