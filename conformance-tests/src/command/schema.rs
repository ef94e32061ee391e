//! The JSON Schema of policy files: editors complete and check them by it.
//!
//! It finds what a pattern can find. Whether a policy is good only `lint` tells.

use serde_json::{Map, Value, json};

/// A key of a policy: its name, what may stand there, and what it means.
type Key = (&'static str, fn() -> Value, &'static str);

const KEYS: [Key; 16] = [
    (
        "origins",
        || list(&one_of(&[ANY, ORIGIN])),
        "The origins whose pages may read responses: `https://app.example.com`; patterns: \
         `https://*.example.com` (every subdomain), `https://pr-*.example.com` (the * stands for \
         a part of the first label, never for a dot), `http://localhost:*` (every port), \
         `moz-extension://*` (every extension). `[\"*\"]` is every origin, without credentials.",
    ),
    (
        "credentials",
        || json!({"type": "boolean", "default": false}),
        "Whether pages may read responses to requests with cookies or HTTP authentication.",
    ),
    (
        "credentialed_origins",
        || list(&one_of(&[ORIGIN])),
        "With `origins = [\"*\"]` only: the origins whose pages may also send credentials. \
         Patterns are allowed, as in `origins`.",
    ),
    (
        "own_origins",
        || list(&one_of(&[ORIGIN_ALONE])),
        "The origins at which browsers reach this server, if a proxy in front of it rewrites \
         Host. Requests from their pages count as same-origin.",
    ),
    (
        "methods",
        || list(&one_of(&[TOKEN])),
        "The methods that are allowed besides GET, HEAD and POST. `[\"*\"]` allows every method.",
    ),
    (
        "request_headers",
        || list(&one_of(&[TOKEN])),
        "The request headers that pages may set. `[\"*\"]` allows every header but \
         `authorization`, `[\"*\", \"authorization\"]` allows that, too.",
    ),
    (
        "expose_headers",
        || list(&one_of(&[TOKEN])),
        "The response headers that pages may read. `[\"*\"]` is every header; it does not work \
         with credentials.",
    ),
    (
        "max_age",
        || json!({"type": "integer", "minimum": 0, "maximum": 86400}),
        "For how many seconds browsers may cache a preflight response; 0 means not at all.",
    ),
    (
        "preflight_status",
        || json!({"type": "integer", "minimum": 200, "maximum": 299, "default": 204}),
        "The status of the response to a preflight that succeeds.",
    ),
    (
        "timing",
        switch,
        "Whether the origins that may read a response may also measure how long it took \
         (`Timing-Allow-Origin`).",
    ),
    (
        "denied",
        || json!({"enum": ["refuse", "forward"], "default": "refuse"}),
        "What happens to requests from origins that are not allowed: `refuse` answers 403 before \
         the handler runs; `forward` runs the handler, and the browser blocks the response.",
    ),
    (
        "vary_on_preflight",
        switch,
        "Whether preflight responses have `Vary`, too, for caches that store responses to OPTIONS.",
    ),
    (
        "debug",
        switch,
        "Whether refused preflights get an ok status, so that the browser's console says which \
         method or header is not allowed. For development.",
    ),
    (
        "dangerously_allow_insecure_origins",
        switch,
        "Whether `http://` origins may send credentials: anyone on the network can pose as them.",
    ),
    (
        "dangerously_allow_public_suffixes",
        switch,
        "Whether patterns such as `https://*.github.io`, `https://pr-*.github.io` and \
         `moz-extension://*` may send credentials: anyone can get a name there.",
    ),
    (
        "dangerously_allow_null_origin",
        switch,
        "Whether the origin `null` is allowed, too: any page can send it.",
    ),
];

const ANY: &str = r"^\*$";
/// A scheme, a host, perhaps a port, and no slash behind; with `*` it is a pattern. Hosts of other
/// schemes than http and https may be in upper case.
const ORIGIN: &str =
    r#"^(https?://[^A-Z\s,;/?#@\\"']+|(?!https?:)[a-z][a-z0-9+.\-]*://[^\s,;/?#@\\"']+)$"#;
const ORIGIN_ALONE: &str =
    r#"^(https?://[^A-Z\s,;/?#@\\"'*]+|(?!https?:)[a-z][a-z0-9+.\-]*://[^\s,;/?#@\\"'*]+)$"#;
/// A token of HTTP.
const TOKEN: &str = r"^[!#$%&'*+.^_`|~0-9A-Za-z\-]+$";

fn switch() -> Value {
    json!({"type": "boolean", "default": false})
}

fn one_of(patterns: &[&str]) -> Value {
    match patterns {
        [pattern] => json!({"type": "string", "pattern": pattern}),
        patterns => json!({"type": "string", "pattern": patterns.join("|")}),
    }
}

fn list(entry: &Value) -> Value {
    json!({"type": "array", "items": entry})
}

/// What is `null` is not set.
fn nullable(mut property: Value) -> Value {
    if let Some(values) = property.get_mut("enum").and_then(Value::as_array_mut) {
        values.push(Value::Null);
    }
    if let Some(kind) = property.get_mut("type") {
        *kind = json!([kind.take(), "null"]);
    }
    property
}

/// A host, or `*.` and a name.
const HOST: &str = r"^(\*\.)?[^A-Z\s,;/?#@:*]+$|^\[[0-9a-f:]+\]$";
/// A path without a slash at its end, or only a slash.
const PATH: &str = r"^/$|^(/[^/?#*\s\\]+)+$";

/// What each entry of a set has besides the keys of a policy.
const SCOPE: [Key; 2] = [
    (
        "hosts",
        || list(&one_of(&[HOST])),
        "The hosts that the policy is for: `api.example.com`, or `*.example.com` for every subdomain. \
         Without it, the policy is for every host.",
    ),
    (
        "path",
        || one_of(&[PATH]),
        "The path that the policy is for, with everything below it: `/v1`. Without it, the policy is \
         for every path.",
    ),
];

fn properties<'k>(keys: impl IntoIterator<Item = &'k Key>) -> Map<String, Value> {
    let properties = keys.into_iter().map(|(key, value, description)| {
        let mut property = nullable(value());
        property["description"] = json!(description);
        ((*key).to_owned(), property)
    });
    properties.collect()
}

/// `*` stands alone, and excludes credentials.
fn rules() -> Value {
    let any = json!({"type": "array", "contains": {"const": "*"}});
    json!([
            {
                "if": {"properties": {"origins": any}, "required": ["origins"]},
                "then": {"properties": {"origins": {"maxItems": 1}, "credentials": {"enum": [false, null]}}},
            },
            {
                "if": {"properties": {"credentials": {"const": true}}, "required": ["credentials"]},
                "then": {"not": {"properties": {"expose_headers": any}, "required": ["expose_headers"]}},
            },
            {
                "if": {
                    "properties": {"credentialed_origins": {"type": "array", "minItems": 1}},
                    "required": ["credentialed_origins"],
                },
                "then": {
                    "properties": {"origins": {"const": ["*"]}},
                    "required": ["origins"],
                    "not": {"properties": {"expose_headers": any}, "required": ["expose_headers"]},
                },
            },
    ])
}

pub(super) fn schema() -> Value {
    let mut properties_of_file = properties(&KEYS);
    let entry = json!({
        "type": "object",
        "properties": properties(SCOPE.iter().chain(&KEYS)),
        "additionalProperties": false,
        "allOf": rules(),
    });
    let policies = json!({
        "type": "array",
        "minItems": 1,
        "items": entry,
        "description": "Several policies, by host and path. Of those that match both, the one with the \
                        most specific host is used, and of several the one with the longest path.",
    });
    properties_of_file.insert("policies".to_owned(), policies);
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "CORS policy",
        "description": "Which origins' pages may read responses, and with which methods and headers.",
        "type": "object",
        "properties": properties_of_file,
        "additionalProperties": false,
        "dependentSchemas": {"policies": {"maxProperties": 1}},
        "allOf": rules(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::file::known;

    #[test]
    fn every_key_of_the_core_is_described() {
        let described = KEYS.map(|(key, ..)| key);
        for key in known() {
            assert!(described.contains(key), "{key}");
        }
    }
}
