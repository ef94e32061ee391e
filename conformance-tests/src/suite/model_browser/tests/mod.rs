//! The model, against the standard's text.

mod checks;
mod requests;
mod runs;
mod safelists;

use super::*;

const PAGE: &str = "https://a.test";

type Lines = [(&'static str, &'static str)];

fn fetch(method: &str, headers: &Lines, credentials: Credentials) -> Fetch {
    let headers = headers.iter();
    Fetch {
        method: method.to_owned(),
        headers: headers
            .map(|&(name, value)| (name.to_owned(), value.into()))
            .collect(),
        credentials,
        ..Fetch::get(PAGE)
    }
}

fn response(status: u16, lines: &Lines) -> Response {
    let lines = lines.iter();
    Response {
        status,
        lines: lines.map(|(name, value)| Line::new(name, value)).collect(),
        body: b"hello".to_vec(),
    }
}

fn asked(request: &Request) -> Vec<String> {
    let lines = request.lines.iter();
    let mut lines: Vec<_> = lines.map(ToString::to_string).collect();
    lines.sort();
    lines
}

/// What the page gets, and which requests were sent for it.
async fn run(fetch: &Fetch, mut answers: Vec<Response>) -> (Outcome, Vec<Request>) {
    let mut requests = Vec::new();
    let outcome = fetch.run(async |request| {
        requests.push(request);
        answers.remove(0)
    });
    (outcome.await, requests)
}
