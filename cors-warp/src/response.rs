use cors_core::{Body, Edit, Edits, RequestField, ResponseField, missing_from_vary};
use http::StatusCode;
use http::header::{self, HeaderMap, HeaderName, HeaderValue, VARY};
use warp::Reply;
use warp::reply::Response;

use crate::policy::PreparedPolicy;
use crate::request::name;

impl PreparedPolicy {
    /// Carries the edits out; `echoed` gives the lines of the request's fields.
    pub(crate) fn apply<'r, I>(
        &self,
        edits: Edits,
        headers: &mut HeaderMap,
        echoed: impl Fn(RequestField) -> I,
    ) where
        I: IntoIterator<Item = &'r HeaderValue>,
    {
        for (field, edit) in edits.iter() {
            let (name, value) = (field_name(field), || self.values[field.index()].clone());
            match edit {
                Edit::Set => {
                    headers.insert(name, value());
                }
                Edit::Append => {
                    headers.append(name, value());
                }
                Edit::AppendVary => {
                    let lines = || headers.get_all(VARY).iter().map(HeaderValue::as_bytes);
                    if missing_from_vary(Edit::ORIGIN, lines).next().is_some() {
                        headers.append(name, HeaderValue::from_static(Edit::ORIGIN));
                    }
                }
                Edit::Echo(source) => {
                    headers.remove(&name);
                    for line in echoed(source) {
                        headers.append(name.clone(), line.clone());
                    }
                }
                Edit::Remove => {
                    headers.remove(name);
                }
            }
        }
    }

    /// A response that no wrapped filter gives.
    pub(crate) fn respond(
        &self,
        status: u16,
        edits: Edits,
        request: &HeaderMap,
        body: Body,
    ) -> Response {
        let mut response = match body.as_str() {
            "" => Response::default(),
            text => text.into_response(),
        };
        *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::FORBIDDEN);
        self.apply(edits, response.headers_mut(), |field| {
            request.get_all(name(field))
        });
        response
    }
}

const fn field_name(field: ResponseField) -> HeaderName {
    match field {
        ResponseField::AllowOrigin => header::ACCESS_CONTROL_ALLOW_ORIGIN,
        ResponseField::AllowCredentials => header::ACCESS_CONTROL_ALLOW_CREDENTIALS,
        ResponseField::AllowMethods => header::ACCESS_CONTROL_ALLOW_METHODS,
        ResponseField::AllowHeaders => header::ACCESS_CONTROL_ALLOW_HEADERS,
        ResponseField::ExposeHeaders => header::ACCESS_CONTROL_EXPOSE_HEADERS,
        ResponseField::MaxAge => header::ACCESS_CONTROL_MAX_AGE,
        ResponseField::Vary => VARY,
    }
}
