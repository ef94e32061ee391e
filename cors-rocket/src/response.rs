use cors_core::{Body, Edit, Edits, RequestField, ResponseField, missing_from_vary};
use rocket::http::{Header, Status};
use rocket::{Request, Response};

use crate::policy::OwnedPolicy;

/// A response that no handler gives; its fields are still to be edited.
pub(crate) fn respond<'r>(status: u16, body: Body) -> Response<'r> {
    let mut response = Response::new();
    response.set_status(Status::new(status));
    let text = body.as_str();
    if !text.is_empty() {
        response.set_raw_header("Content-Type", "text/plain; charset=utf-8");
        response.set_sized_body(text.len(), std::io::Cursor::new(text));
    }
    response
}

/// Takes back what other fairings have made of such a response, where it matters to browsers.
pub(crate) fn restore(status: u16, response: &mut Response<'_>) {
    response.set_status(Status::new(status));
    for field in ResponseField::ALL {
        if field != ResponseField::Vary {
            remove(field, response);
        }
    }
}

/// Carries the edits out; every value is borrowed.
pub(crate) fn apply<'r>(
    policy: &'r OwnedPolicy,
    edits: Edits,
    request: &'r Request<'_>,
    response: &mut Response<'r>,
) {
    for (field, edit) in edits.iter() {
        let name = field.name();
        match edit {
            Edit::Set => {
                response.set_raw_header(name, policy.text(field));
            }
            Edit::Append => response.adjoin_raw_header(name, policy.text(field)),
            Edit::AppendVary => {
                let present = || response.headers().get(name).map(str::as_bytes);
                if missing_from_vary(Edit::ORIGIN, present).next().is_some() {
                    response.adjoin_raw_header(name, Edit::ORIGIN);
                }
            }
            Edit::Echo(source) => {
                remove(field, response);
                for line in lines(request, source) {
                    response.adjoin_raw_header(name, line);
                }
            }
            Edit::Remove => remove(field, response),
        }
    }
}

/// Rocket hashes a name byte by byte to find it; to walk over the few fields of a response costs
/// less, as hardly any has these.
fn remove(field: ResponseField, response: &mut Response<'_>) {
    let is_it = |header: Header<'_>| header.name() == field.name();
    if response.headers().iter().any(is_it) {
        response.remove_header(field.name());
    }
}

/// All lines of a field that Rocket keeps: those that are UTF-8.
pub(crate) fn lines<'r>(
    request: &'r Request<'_>,
    field: RequestField,
) -> impl Iterator<Item = &'r str> {
    let mut lines = request.headers().get(field.name()).peekable();
    let authority = match field {
        RequestField::Host if lines.peek().is_none() => authority(request),
        _ => None,
    };
    lines.chain(authority)
}

/// HTTP/2 has `:authority` instead of a `Host` line.
fn authority<'r>(request: &'r Request<'_>) -> Option<&'r str> {
    struct Authority(String);

    let host = request.host()?;
    let Authority(text) = request.local_cache(|| Authority(host.to_string()));
    Some(text)
}
