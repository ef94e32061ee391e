//! A policy as people write it in a file.

#![cfg(feature = "serde")]

use cors_core::{OriginSet, OwnedPolicy, Policy, PolicyErrorKind, ResponseField, Settings};
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::{Error, MapDeserializer};

type Server = OwnedPolicy<String, Vec<u32>>;

fn read(text: &str) -> Server {
    toml::from_str(text).unwrap_or_else(|error| panic!("{error}"))
}

/// What a reader says, on one line.
fn refusal(text: &str) -> String {
    let error = toml::from_str::<Settings<String>>(text).expect_err(text);
    error.message().to_owned()
}

/// The keys that the documentation lists are all there are, and make a policy.
#[test]
fn documented_keys() {
    let docs = include_str!("../../src/policy/settings.rs");
    let (_, block) = docs.split_once("/// ```toml\n").unwrap();
    let (block, _) = block.split_once("/// ```").unwrap();
    let file = block.replace("/// ", "");
    assert_eq!(read(&file).warnings().count(), 0);
    let keys: Vec<_> = file
        .lines()
        .map(|line| line.split(' ').next().unwrap())
        .collect();
    let refused = refusal("origin = []");
    let (_, known) = refused.split_once("expected one of ").unwrap();
    let known: Vec<_> = known.split(", ").map(|key| key.trim_matches('`')).collect();
    assert_eq!(keys, known);
}

const ALL: &str = r#"
origins = ["https://app.example.com", "http://wiki.example", "https://*.com"]
credentials = true
methods = ["put", "PATCH"]
request_headers = ["authorization", "content-type"]
expose_headers = ["x-request-id"]
max_age = 3600
denied = "forward"
vary_on_preflight = true
debug = true
dangerously_allow_insecure_origins = true
dangerously_allow_public_suffixes = true
dangerously_allow_null_origin = false
"#;

#[test]
fn every_key() {
    let expected = Policy::dangerously_allow_insecure_origins()
        .dangerously_allow_public_suffixes()
        .credentialed("https://app.example.com http://wiki.example https://*.com")
        .methods("PUT, PATCH")
        .request_headers("authorization, content-type")
        .expose_headers("x-request-id")
        .max_age(3600)
        .forward_denied()
        .vary_on_preflight()
        .debug();
    assert_eq!(read(ALL).as_policy(), expected);

    // In any order.
    let lines: Vec<_> = ALL.lines().rev().collect();
    assert_eq!(read(&lines.join("\n")).as_policy(), expected);

    // Read first and built later, in storage of another kind.
    let settings: Settings<heapless::String<512>> = toml::from_str(ALL).unwrap();
    assert_eq!(settings.build_in([0; 64]).unwrap().as_policy(), expected);

    // From texts that are not borrowed.
    let table: toml::Table = ALL.parse().unwrap();
    let policy: Server = table.try_into().unwrap();
    assert_eq!(policy.as_policy(), expected);
}

/// What a file says, and the policy that it is.
#[test]
fn keys_left_out_and_wildcards() {
    let a = Policy::anonymous("https://a.example");
    #[rustfmt::skip]
    let rows: [(&str, Policy<'_>); 21] = [
        ("", a),
        ("credentials = false", a),
        ("credentials = true", Policy::credentialed("https://a.example")),
        ("methods = []", a),
        ("methods = [\"*\"]", a.any_method()),
        ("methods = [\"*\", \"put\"]", a.methods("PUT").any_method()),
        ("request_headers = [\"*\"]", a.any_request_header()),
        ("request_headers = [\"*\", \"authorization\"]", a.any_request_header().request_headers("authorization")),
        ("expose_headers = [\"*\"]", a.expose_all()),
        ("expose_headers = []", a),
        ("max_age = 0", a.max_age(0)),
        ("max_age = 86400", a.max_age(86400)),
        ("denied = \"refuse\"", a),
        ("denied = \"forward\"", a.forward_denied()),
        ("vary_on_preflight = false", a),
        ("vary_on_preflight = true", a.vary_on_preflight()),
        ("debug = false", a),
        ("debug = true", a.debug()),
        ("dangerously_allow_null_origin = false", a),
        ("dangerously_allow_null_origin = true", a.dangerously_allow_null_origin()),
        ("dangerously_allow_insecure_origins = true\ndangerously_allow_public_suffixes = true", a),
    ];
    for (text, expected) in rows {
        let policy = read(&format!("origins = [\"https://a.example\"]\n{text}"));
        assert_eq!(policy.as_policy(), expected, "{text}");
    }
    assert_eq!(read("origins = [\"*\"]").as_policy(), Policy::public());
    // Nothing is a file, but no policy.
    let settings: Settings<String> = toml::from_str("").unwrap();
    let errors = settings.build::<Vec<u32>>().unwrap_err();
    assert_eq!(
        errors.iter().next().unwrap().kind(),
        PolicyErrorKind::NoOrigin
    );
}

/// What a file cannot say, and what the reader says to it.
#[test]
fn wrong_files() {
    let keys = "expected one of `origins`, `credentials`, `credentialed_origins`, `own_origins`, `methods`, `request_headers`, \
         `expose_headers`, `max_age`, `preflight_status`, `timing`, `denied`, `vary_on_preflight`, `debug`, \
         `dangerously_allow_insecure_origins`, `dangerously_allow_public_suffixes`, \
         `dangerously_allow_null_origin`";
    let unknown = |key| format!("unknown field `{key}`, {keys}");
    #[rustfmt::skip]
    let rows: [(&str, String); 33] = [
        ("origin = []", unknown("origin")),
        ("Origins = []", unknown("Origins")),
        ("max-age = 1", unknown("max-age")),
        ("allow_credentials = true", unknown("allow_credentials")),
        ("\"\" = 1", unknown("")),
        ("origins = \"https://a.example\"", "invalid type: string \"https://a.example\", expected an array of strings".into()),
        ("origins = true", "invalid type: boolean `true`, expected an array of strings".into()),
        ("origins = [1]", "invalid type: integer `1`, expected a string".into()),
        ("origins = [\"https://a.example\", [\"https://b.example\"]]", "invalid type: sequence, expected a string".into()),
        ("origins = { a = 1 }", "invalid type: map, expected an array of strings".into()),
        ("methods = \"*\"", "invalid type: string \"*\", expected an array of strings".into()),
        ("methods = [true]", "invalid type: boolean `true`, expected a string".into()),
        ("request_headers = 1", "invalid type: integer `1`, expected an array of strings".into()),
        ("request_headers = [1.5]", "invalid type: floating point `1.5`, expected a string".into()),
        ("expose_headers = \"x-a\"", "invalid type: string \"x-a\", expected an array of strings".into()),
        ("expose_headers = [{}]", "invalid type: map, expected a string".into()),
        ("credentials = \"true\"", "invalid type: string \"true\", expected a boolean".into()),
        ("credentials = 1", "invalid type: integer `1`, expected a boolean".into()),
        ("max_age = \"600\"", "invalid type: string \"600\", expected u32".into()),
        ("max_age = 600.0", "invalid type: floating point `600.0`, expected u32".into()),
        ("max_age = -1", "invalid value: integer `-1`, expected u32".into()),
        ("max_age = -9223372036854775808", "invalid value: integer `-9223372036854775808`, expected u32".into()),
        ("max_age = 4294967296", "invalid value: integer `4294967296`, expected u32".into()),
        ("max_age = true", "invalid type: boolean `true`, expected u32".into()),
        ("denied = true", "invalid type: boolean `true`, expected \"refuse\" or \"forward\"".into()),
        ("denied = \"Forward\"", "invalid value: string \"Forward\", expected \"refuse\" or \"forward\"".into()),
        ("denied = \"\"", "invalid value: string \"\", expected \"refuse\" or \"forward\"".into()),
        ("denied = [\"forward\"]", "invalid type: sequence, expected \"refuse\" or \"forward\"".into()),
        ("vary_on_preflight = \"\"", "invalid type: string \"\", expected a boolean".into()),
        ("debug = 0", "invalid type: integer `0`, expected a boolean".into()),
        ("dangerously_allow_insecure_origins = 1", "invalid type: integer `1`, expected a boolean".into()),
        ("dangerously_allow_public_suffixes = \"yes\"", "invalid type: string \"yes\", expected a boolean".into()),
        ("dangerously_allow_null_origin = []", "invalid type: sequence, expected a boolean".into()),
    ];
    for (text, expected) in rows {
        assert_eq!(refusal(text), expected, "{text}");
    }
    // Where it stands is told by the reader of the format.
    let error = toml::from_str::<Server>("origins = [\"*\"]\nmax_age = -1\n").unwrap_err();
    assert!(error.to_string().contains("line 2, column 11"), "{error}");
    // No table at all.
    let list: Vec<&str> = Vec::new();
    let list = Settings::<String>::deserialize(IntoDeserializer::<Error>::into_deserializer(list));
    assert_eq!(
        list.unwrap_err().to_string(),
        "invalid type: sequence, expected a CORS policy"
    );
    // Keys that are no texts.
    let numbers = MapDeserializer::<_, Error>::new([(1, 1)].into_iter());
    let numbers = Settings::<String>::deserialize(numbers);
    assert_eq!(
        numbers.unwrap_err().to_string(),
        "invalid type: integer `1`, expected a setting"
    );
}

/// Formats that let a key stand twice do not choose one of the two.
#[test]
fn keys_that_stand_twice() {
    fn told<'de, V: IntoDeserializer<'de, Error> + Clone>(key: &'static str, value: V) -> String {
        let pairs = [(key, value.clone()), (key, value)].into_iter();
        let read = Settings::<String>::deserialize(MapDeserializer::<_, Error>::new(pairs));
        read.expect_err(key).to_string()
    }
    let rows = [
        ("origins", told("origins", vec!["https://a.example"])),
        ("methods", told("methods", vec!["PUT"])),
        ("request_headers", told("request_headers", vec!["x-a"])),
        ("expose_headers", told("expose_headers", Vec::<&str>::new())),
        ("max_age", told("max_age", 1_u32)),
        ("denied", told("denied", "refuse")),
        ("credentials", told("credentials", true)),
        ("vary_on_preflight", told("vary_on_preflight", true)),
        ("debug", told("debug", true)),
        (
            "dangerously_allow_insecure_origins",
            told("dangerously_allow_insecure_origins", false),
        ),
        (
            "dangerously_allow_public_suffixes",
            told("dangerously_allow_public_suffixes", false),
        ),
        (
            "dangerously_allow_null_origin",
            told("dangerously_allow_null_origin", false),
        ),
    ];
    for (key, message) in rows {
        assert_eq!(message, format!("duplicate field `{key}`"));
    }
    let twice = refusal("max_age = 1\nmax_age = 2");
    assert!(twice.contains("duplicate key"), "{twice}");
}

/// What is wrong with the policy comes back all at once, from a file that is right as a file.
#[test]
fn errors_of_the_policy() {
    let text = r#"
        methods = ["patch", "PUT", "put"]
        origins = ["https://a.example/", "*", "", "http://b.example"]
        credentials = true
        expose_headers = ["*"]
        max_age = 86401
        dangerously_allow_null_origin = true
    "#;
    let settings: Settings<String> = toml::from_str(text).unwrap();
    let errors = settings.build::<Vec<u32>>().unwrap_err();
    let told: Vec<_> = errors
        .iter()
        .map(|error| (error.kind().code(), error.setting().name(), error.entry()))
        .collect();
    let expected = [
        ("CORS-E28", "methods", 0),
        ("CORS-E09", "origins", 0),
        ("CORS-E44", "origins", 2),
        ("CORS-E21", "origins", 3),
        ("CORS-E02", "origins", 1),
        ("CORS-E04", "origins", 0),
        ("CORS-E34", "expose_headers", 0),
        ("CORS-E35", "max_age", 0),
    ];
    assert_eq!(told, expected);
    // The same through the policy itself.
    let error = toml::from_str::<Server>(text).unwrap_err();
    assert_eq!(error.message(), errors.to_string());
}

/// Programs that write all keys write `null` for what is not set.
#[test]
fn null_is_as_good_as_nothing() {
    let read = |text: &str| serde_json::from_str::<Server>(text).unwrap();
    let keys = [
        "credentials",
        "methods",
        "request_headers",
        "expose_headers",
        "max_age",
        "denied",
        "vary_on_preflight",
        "debug",
        "dangerously_allow_insecure_origins",
        "dangerously_allow_public_suffixes",
        "dangerously_allow_null_origin",
    ];
    let expected = Policy::anonymous("https://a.example");
    for key in keys {
        let one = format!(r#"{{"{key}": null, "origins": ["https://a.example"]}}"#);
        assert_eq!(read(&one).as_policy(), expected, "{key}");
    }
    let nulls = keys.map(|key| format!(r#""{key}": null"#)).join(", ");
    let all = format!(r#"{{"origins": ["https://a.example"], {nulls}}}"#);
    assert_eq!(read(&all).as_policy(), expected);
    // It is no origin, and no empty list of them.
    let error = serde_json::from_str::<Server>(r#"{"origins": null}"#).unwrap_err();
    assert!(error.to_string().starts_with("CORS-E01: "), "{error}");
    // It is no entry.
    let error = serde_json::from_str::<Server>(r#"{"origins": [null]}"#).unwrap_err();
    let expected = "invalid type: null, expected a string at line 1 column 17";
    assert_eq!(error.to_string(), expected);
    // A key that is there is there, whatever stands under it.
    let twice = r#"{"debug": null, "debug": true, "origins": ["*"]}"#;
    let error = serde_json::from_str::<Server>(twice).unwrap_err();
    assert!(
        error.to_string().starts_with("duplicate field `debug`"),
        "{error}"
    );
    // In JSON, too, a wrong type is told as what it is.
    for (text, expected) in [
        (
            r#"{"debug": 1}"#,
            "invalid type: integer `1`, expected a boolean",
        ),
        (
            r#"{"max_age": "1"}"#,
            "invalid type: string \"1\", expected u32",
        ),
        (
            r#"{"max_age": -1}"#,
            "invalid value: integer `-1`, expected u32",
        ),
        (
            r#"{"denied": null, "methods": 1}"#,
            "invalid type: integer `1`, expected an array of strings",
        ),
        (
            r#"{"denied": "x"}"#,
            "invalid value: string \"x\", expected \"refuse\" or \"forward\"",
        ),
    ] {
        let error = serde_json::from_str::<Settings<String>>(text).unwrap_err();
        assert!(error.to_string().starts_with(expected), "{error}");
    }
    // From a reader that offers values as they are.
    let pairs = [("debug", true), ("credentials", true)];
    let pairs = MapDeserializer::<_, Error>::new(pairs.into_iter());
    let settings = Settings::<String>::deserialize(pairs).unwrap();
    let policy = settings.origins(["https://a.example"]).build::<Vec<u32>>();
    let expected = Policy::credentialed("https://a.example").debug();
    assert_eq!(policy.unwrap().as_policy(), expected);
    let pairs = MapDeserializer::<_, Error>::new([("debug", 1_i8)].into_iter());
    let error = Settings::<String>::deserialize(pairs).unwrap_err();
    assert_eq!(
        error.to_string(),
        "invalid type: integer `1`, expected a boolean"
    );
}

/// A policy, and the file that it is.
#[test]
fn what_is_written() {
    let a = Policy::anonymous("https://a.example");
    let origins = "origins = [\"https://a.example\"]\n";
    #[rustfmt::skip]
    let rows: [(Policy<'_>, &str); 16] = [
        (a, ""),
        (Policy::credentialed("https://a.example"), "credentials = true\n"),
        (a.methods("PUT,\tPATCH"), "methods = [\"PUT\", \"PATCH\"]\n"),
        (a.any_method(), "methods = [\"*\"]\n"),
        (a.methods("QUERY").any_method(), "methods = [\"*\", \"QUERY\"]\n"),
        (a.request_headers("x-a, X-b"), "request_headers = [\"x-a\", \"X-b\"]\n"),
        (a.any_request_header().request_headers("authorization"),
            "request_headers = [\"*\", \"authorization\"]\n"),
        (a.any_request_header(), "request_headers = [\"*\"]\n"),
        (a.expose_headers("etag"), "expose_headers = [\"etag\"]\n"),
        (a.expose_all(), "expose_headers = [\"*\"]\n"),
        (a.max_age(0), "max_age = 0\n"),
        (a.max_age(86400), "max_age = 86400\n"),
        (a.forward_denied(), "denied = \"forward\"\n"),
        (a.vary_on_preflight(), "vary_on_preflight = true\n"),
        (a.debug(), "debug = true\n"),
        (a.dangerously_allow_null_origin(), "dangerously_allow_null_origin = true\n"),
    ];
    for (policy, expected) in rows {
        let written = toml::to_string(&policy).unwrap();
        assert_eq!(written, format!("{origins}{expected}"));
        let policy: Server = read(&written);
        assert_eq!(toml::to_string(&policy).unwrap(), written);
    }
    assert_eq!(
        toml::to_string(&Policy::public()).unwrap(),
        "origins = [\"*\"]\n"
    );
    let commas = Policy::anonymous("https://a.example,https://*.b.example");
    let json = serde_json::to_string(&commas).unwrap();
    assert_eq!(
        json,
        r#"{"origins":["https://a.example","https://*.b.example"]}"#
    );
    // All keys, in the order in which they are read.
    let written = toml::to_string(&read(ALL)).unwrap();
    let expected = ALL.trim_start().replace("\"put\"", "\"PUT\"");
    let expected = expected.replace("dangerously_allow_null_origin = false\n", "");
    assert_eq!(written, expected);
}

/// Dangers are allowed in a file that could not be read without, and in no other.
#[test]
fn dangers_are_written_where_they_are() {
    let dangers = Policy::dangerously_allow_insecure_origins().dangerously_allow_public_suffixes();
    let [insecure, suffix] = [
        "dangerously_allow_insecure_origins = true\n",
        "dangerously_allow_public_suffixes = true\n",
    ];
    for (list, expected) in [
        ("https://a.example http://localhost", [false, false]),
        ("https://b.example http://a.example", [true, false]),
        ("https://*.com", [false, true]),
        ("http://*.com", [true, true]),
        ("https://*.com http://a.example", [true, true]),
    ] {
        let policy = dangers.credentialed(list);
        let written = toml::to_string(&policy).unwrap();
        assert_eq!(
            [insecure, suffix].map(|key| written.contains(key)),
            expected,
            "{written}"
        );
        assert_eq!(read(&written).as_policy(), policy);
        // Without credentials there is no danger.
        let written = toml::to_string(&Policy::anonymous(list)).unwrap();
        assert!(!written.contains("danger"), "{written}");
    }
}

/// What no file says is not written as if it were something else.
#[test]
fn what_cannot_be_written() {
    struct Nobody;
    impl OriginSet for Nobody {
        fn contains(&self, _: &[u8]) -> bool {
            false
        }
    }
    let refused = |policy: Policy<'_>| serde_json::to_string(&policy).unwrap_err().to_string();
    let none = "a policy that allows no origin can't be written to a file";
    assert_eq!(refused(Policy::nobody()), none);
    let set = "a set of origins that is part of the program can't be written to a file";
    assert_eq!(refused(Policy::nobody().and_origins(&Nobody)), set);
    assert_eq!(
        refused(Policy::anonymous("https://a.example").and_origins(&Nobody)),
        set
    );
    let settings = Settings::<String>::new().allow_no_origins(true);
    let policy = settings.build::<Vec<u32>>().unwrap();
    assert_eq!(
        serde_json::to_string(&policy).unwrap_err().to_string(),
        none
    );
}

/// Thousands, with an index.
#[test]
fn many_origins() {
    let origins: Vec<_> = (0..1000)
        .map(|n| format!("\"https://customer-{n}.example\""))
        .collect();
    let policy = read(&format!("origins = [{}]", origins.join(",")));
    assert!(policy.allows_origin(b"https://customer-999.example"));
    assert!(!policy.allows_origin(b"https://customer-1000.example"));
    assert_eq!(policy.text(ResponseField::AllowOrigin), "");
    let written = read(&toml::to_string(&policy).unwrap());
    assert_eq!(written.as_policy(), policy.as_policy());
}

/// Control characters and everything else that a string can hold is an error that is told, not a
/// header that is split.
#[test]
fn strings_that_hold_anything() {
    let text = r#"
        origins = ["https://a.example\r\nx: y", "https://a.example\u0000"]
        methods = ["PUT\r\n", "P\u00dcT"]
        request_headers = ["x-a: b", "x\ta"]
        expose_headers = ["x-a\nset-cookie"]
    "#;
    let settings: Settings<String> = toml::from_str(text).unwrap();
    let errors = settings.build::<Vec<u32>>().unwrap_err();
    assert_eq!(errors.count(), 7);
    let message = errors.to_string();
    assert_eq!(message.lines().count(), 7, "{message}");
}
