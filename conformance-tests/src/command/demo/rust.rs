//! A policy as a `static` of a Rust program.

use std::fmt::Write;

use toml::{Table, Value};

/// So long is a line of a literal.
const WIDTH: usize = 72;

/// The keys that are setters, in the order of the file's documentation.
const SETTERS: [&str; 11] = [
    "own_origins",
    "methods",
    "request_headers",
    "expose_headers",
    "max_age",
    "preflight_status",
    "timing",
    "denied",
    "vary_on_preflight",
    "debug",
    "dangerously_allow_null_origin",
];

/// The policy of a text that is known to be one; nothing if it is not.
pub(super) fn code(text: &str) -> Option<String> {
    let policy: Table = text.parse().ok()?;
    let mut code = format!("static POLICY: Policy = {}", audience(&policy));
    let setters = SETTERS.map(|key| setter(key, policy.get(key)?));
    for setter in setters.into_iter().flatten() {
        let _ = write!(code, "\n    .{setter}");
    }
    code.push_str(";\n");
    Some(code)
}

/// Whom the policy is for.
fn audience(policy: &Table) -> String {
    let list = |key: &str| policy.get(key).and_then(Value::as_array);
    let is_on = |key: &str| policy.get(key).and_then(Value::as_bool) == Some(true);
    let origins = list("origins").map(Vec::as_slice).unwrap_or_default();
    let credentialed = list("credentialed_origins").filter(|list| !list.is_empty());
    let dangers = [
        "dangerously_allow_insecure_origins",
        "dangerously_allow_public_suffixes",
    ];
    let dangers = dangers.into_iter().filter(|danger| is_on(danger));
    let dangers: String = dangers.flat_map(|danger| [danger, "()\n    ."]).collect();
    let is_any = matches!(origins, [Value::String(one)] if one == "*");
    match (is_any, credentialed) {
        (true, None) => "Policy::public()".to_owned(),
        (true, Some(list)) if dangers.is_empty() => {
            let setter = call("and_credentialed", list, " ");
            format!("Policy::public()\n    .{setter}")
        }
        (true, Some(list)) => {
            let setter = call("public_and_credentialed", list, " ");
            format!("Policy::{dangers}{setter}")
        }
        (false, _) if is_on("credentials") => {
            format!("Policy::{dangers}{}", call("credentialed", origins, " "))
        }
        (false, _) => format!("Policy::{}", call("anonymous", origins, " ")),
    }
}

/// What a key of the file is in Rust, if it is not its audience or what is so anyway.
fn setter(key: &str, value: &Value) -> Option<String> {
    let any = match key {
        "methods" => "any_method()",
        "request_headers" => "any_request_header()",
        "expose_headers" => "expose_all()",
        _ => "",
    };
    Some(match (key, value) {
        ("methods" | "request_headers" | "expose_headers", Value::Array(names)) => {
            let is_any = |name: &Value| name.as_str() == Some("*");
            let others: Vec<_> = names.iter().filter(|name| !is_any(name)).cloned().collect();
            match (names.iter().any(is_any), others.as_slice()) {
                (false, []) => return None,
                (false, others) => call(key, others, ", "),
                (true, []) => any.to_owned(),
                (true, others) => format!("{any}\n    .{}", call(key, others, ", ")),
            }
        }
        ("own_origins", Value::Array(origins)) if !origins.is_empty() => call(key, origins, " "),
        ("max_age" | "preflight_status", value) => format!("{key}({value})"),
        ("denied", Value::String(what)) if what == "forward" => "forward_denied()".to_owned(),
        (
            "timing" | "vary_on_preflight" | "debug" | "dangerously_allow_null_origin",
            Value::Boolean(true),
        ) => format!("{key}()"),
        _ => return None,
    })
}

/// With a literal, which is on several lines if it is long.
fn call(name: &str, entries: &[Value], separator: &str) -> String {
    let mut lines = vec![String::new()];
    for (number, entry) in entries.iter().filter_map(Value::as_str).enumerate() {
        let entry = entry.escape_default().to_string();
        if let Some(line) = lines.last_mut().filter(|_| number > 0) {
            line.push_str(separator);
        }
        match lines.last_mut() {
            Some(line) if number == 0 || line.len() + entry.len() <= WIDTH => {
                line.push_str(&entry);
            }
            _ => lines.push(entry),
        }
    }
    match lines.as_slice() {
        [line] => format!("{name}(\"{line}\")"),
        lines => format!(
            "{name}(\n        \"{}\",\n    )",
            lines.join("\\\n         ")
        ),
    }
}

#[cfg(test)]
mod tests {
    use cors_core::ResponseField;

    use super::*;
    use crate::command::file::File;

    /// What was generated is compiled here.
    macro_rules! generated {
        ($name:ident) => {
            mod $name {
                use cors_core::Policy;
                include!(concat!("rust/", stringify!($name), ".rs"));
                pub(super) static TEXT: &str =
                    include_str!(concat!("rust/", stringify!($name), ".rs"));
                pub(super) fn policy() -> Policy<'static> {
                    POLICY
                }
            }
        };
    }
    generated!(credentialed);
    generated!(public);
    generated!(mixed);
    generated!(switches);

    const CREDENTIALED: &str = r#"
max_age = 600
origins = ["http://app.example", "https://*.preview.example.com", "https://staging.example.com"]
credentials = true
methods = ["PUT", "PATCH"]
request_headers = ["content-type", "x-foo"]
expose_headers = ["x-a"]
dangerously_allow_insecure_origins = true
"#;
    const PUBLIC: &str = r#"
origins = ["*"]
methods = ["*"]
request_headers = ["*", "authorization"]
expose_headers = ["*"]
dangerously_allow_public_suffixes = false
"#;
    const MIXED: &str = r#"
origins = ["*"]
credentialed_origins = ["http://app.example"]
methods = []
dangerously_allow_insecure_origins = true
"#;
    const SWITCHES: &str = r#"
origins = ["https://a.example"]
own_origins = ["https://www.example"]
preflight_status = 200
timing = true
denied = "forward"
vary_on_preflight = true
debug = true
dangerously_allow_null_origin = true
"#;

    #[test]
    fn the_code_compiles_and_is_the_policy() {
        for (toml, code, policy) in [
            (CREDENTIALED, credentialed::TEXT, credentialed::policy()),
            (PUBLIC, public::TEXT, public::policy()),
            (MIXED, mixed::TEXT, mixed::policy()),
            (SWITCHES, switches::TEXT, switches::policy()),
        ] {
            assert_eq!(super::code(toml).as_deref(), Some(code), "{toml}");
            let written = File::new(String::new(), toml.to_owned());
            let written = written.policy().expect("a policy");
            for field in ResponseField::ALL {
                assert_eq!(policy.text(field), written.text(field), "{field:?}: {toml}");
            }
            for origin in [
                "http://app.example",
                "https://a.preview.example.com",
                "https://staging.example.com",
                "https://a.example",
                "https://www.example",
                "null",
            ] {
                let origin = origin.as_bytes();
                assert_eq!(policy.allows_origin(origin), written.allows_origin(origin));
                let credentials = written.allows_credentials(origin);
                assert_eq!(policy.allows_credentials(origin), credentials);
            }
        }
    }

    #[test]
    fn every_key_of_a_file_is_in_the_code() {
        let audience = [
            "origins",
            "credentials",
            "credentialed_origins",
            "dangerously_allow_insecure_origins",
            "dangerously_allow_public_suffixes",
        ];
        let mut keys: Vec<_> = audience.into_iter().chain(SETTERS).collect();
        keys.sort_unstable();
        let mut known = crate::command::file::known().to_vec();
        known.sort_unstable();
        assert_eq!(keys, known);
    }
}
