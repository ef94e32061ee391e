//! Builds policies at run time, from texts and from JSON, and decides and explains, where there is
//! neither std nor an allocator. Exits with 0, or with the number of the first group of answers
//! that is wrong.

#![no_std]
#![no_main]

#[path = "../page.rs"]
mod page;

use core::ffi::c_int;
use core::hint::black_box;

use cors_core::heapless::{HeaderList, OwnedPolicy, PolicyErrors, Settings};
use cors_core::{
    Decision, Explanation, OriginIndex, OriginSet, Policy, PolicyError, PolicyErrorKind,
    RequestField, ResponseField, Setting, Warning, WarningKind,
};
use page::{prints, prints_debug};

// The start files and `memcpy`.
#[link(name = "c")]
unsafe extern "C" {
    safe fn abort() -> !;
}

#[cfg(feature = "plant-std")]
extern crate std;

#[cfg(feature = "plant-allocation")]
extern crate alloc;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    abort()
}

/// Whatever its slots are.
type Owned<S> = cors_core::OwnedPolicy<heapless::String<512>, S>;
type Collected = Owned<heapless::Vec<u32, 64>>;

#[unsafe(no_mangle)]
extern "C" fn main() -> c_int {
    #[cfg(feature = "plant-allocation")]
    black_box(alloc::boxed::Box::new(1));

    let groups: [fn() -> bool; 13] = [
        settings,
        indexed,
        errors,
        suffixes,
        storage,
        files,
        wrong_files,
        warnings,
        sets,
        audiences,
        refusals,
        explanations,
        headers,
    ];
    let wrong = groups.iter().position(|is_right| !is_right());
    wrong.map_or(0, |at| c_int::try_from(at + 1).unwrap_or(c_int::MAX))
}

/// A preflight, or without a method an actual request.
fn lines<'r>(
    origin: &'r str,
    method: &'r str,
) -> impl Fn(RequestField) -> core::option::IntoIter<&'r [u8]> {
    move |field| {
        let line = match field {
            RequestField::Origin => Some(origin),
            RequestField::RequestMethod if !method.is_empty() => Some(method),
            RequestField::RequestHeaders if !method.is_empty() => Some("authorization"),
            _ => None,
        };
        line.map(str::as_bytes).into_iter()
    }
}

/// The policy that every group builds in another way.
static LITERAL: Policy<'_> = Policy::credentialed(
    "https://app.example.com https://*.preview.example.com http://localhost:*",
)
.methods("PUT, PATCH")
.request_headers("authorization")
.expose_headers("x-request-id")
.max_age(600);

fn is_literal<S: AsRef<[u32]>>(policy: &Owned<S>) -> bool {
    let asks = |origin, method| {
        let decision = policy.decide(black_box(b"OPTIONS"), lines(black_box(origin), method));
        decision == LITERAL.decide(b"OPTIONS", lines(origin, method))
            && matches!(decision, Decision::Respond { status: 204, .. })
    };
    policy.as_policy() == LITERAL
        && ResponseField::ALL
            .iter()
            .all(|&field| policy.text(field) == LITERAL.text(field))
        && asks("https://app.example.com", "PUT")
        && asks("https://pr-1.preview.example.com", "PATCH")
        && !asks("https://preview.example.com", "PATCH")
        && !asks("http://localhost:5173", "DELETE")
        && policy.allows_origin(black_box(b"http://localhost:5173"))
}

fn settings() -> bool {
    let settings = Settings::<512>::new()
        .origins(black_box([
            "https://app.example.com",
            "https://*.preview.example.com",
            "http://localhost:*",
        ]))
        .methods(black_box(["put", "PATCH"]))
        .request_headers(black_box("authorization").split(','))
        .expose_headers(black_box(["x-request-id"]))
        .credentials(black_box(true))
        .max_age(black_box(600))
        .forward_denied(false)
        .vary_on_preflight(false)
        .debug(false)
        .dangerously_allow_insecure_origins(false)
        .dangerously_allow_public_suffixes(false)
        .dangerously_allow_null_origin(false);
    let copy = settings.clone().build_in([0; 64]);
    let collected = settings.build::<heapless::Vec<u32, 64>>();
    copy.is_ok_and(|policy| is_literal(&policy))
        && collected.is_ok_and(|policy| is_literal(&policy))
}

/// More origins than are compared one by one.
fn indexed() -> bool {
    let origins = [
        "https://1.example",
        "https://2.example",
        "https://3.example",
        "https://4.example",
        "https://5.example",
        "https://6.example",
        "https://7.example",
        "https://8.example",
        "https://*.9.example:*",
    ];
    let settings = Settings::<512>::new().origins(black_box(origins));
    let few = settings.clone().build_in(black_box([0; 21]));
    let enough = settings.build_in([0; 64]);
    let list = black_box("https://1.example https://*.2.example");
    let mut slots = [0; 8];
    OriginIndex::build(list, &mut slots).is_ok()
        && Policy::anonymous(list)
            .index(&slots)
            .allows_origin(b"https://a.2.example")
        && few.is_err_and(|errors| {
            errors
                .iter()
                .all(|error| error.kind() == PolicyErrorKind::IndexLength)
        })
        && enough.is_ok_and(|policy| {
            policy.allows_origin(black_box(b"https://8.example"))
                && policy.allows_origin(b"https://a.9.example:8443")
                && !policy.allows_origin(b"https://9.example")
        })
}

/// All at once, each with its place.
fn errors() -> bool {
    let errors: Option<PolicyErrors<512>> = Settings::<512>::new()
        .origins(black_box(["https://a.example/", "https://*.com"]))
        .methods(black_box(["PUT", "patch"]))
        .credentials(true)
        .max_age(black_box(86401))
        .build_in([0; 64])
        .err();
    errors.is_some_and(|errors| {
        let is = |error: PolicyError<'_>, code, setting, entry, byte, text| {
            let place = (error.setting(), error.entry(), error.byte());
            error.kind().code() == code && place == (setting, entry, byte) && error.text() == text
        };
        let mut found = errors.iter();
        let error: &dyn core::error::Error = &errors;
        errors.count() == 4
            && found.next().is_some_and(|error| {
                is(
                    error,
                    "CORS-E09",
                    Setting::Origins,
                    0,
                    17,
                    "https://a.example/",
                )
            })
            && found
                .next()
                .is_some_and(|error| is(error, "CORS-E28", Setting::Methods, 1, 0, "patch"))
            && found
                .next()
                .is_some_and(|error| is(error, "CORS-E22", Setting::Origins, 1, 0, "https://*.com"))
            && found
                .next()
                .is_some_and(|error| is(error, "CORS-E35", Setting::MaxAge, 0, 0, "86401"))
            && prints(
                &error,
                "write \"https://a.example\"\nCORS-E28: methods: \"patch\"",
            )
    })
}

/// The list of public suffixes is asked.
fn suffixes() -> bool {
    let is_refused = |origin| {
        Policy::try_credentialed(black_box(origin))
            .is_err_and(|error| error.kind() == PolicyErrorKind::PublicSuffix)
    };
    is_refused("https://*.github.io")
        && is_refused("https://*.x.kawasaki.jp")
        && !is_refused("https://*.city.kawasaki.jp")
        && !is_refused("https://*.example.com")
}

fn storage() -> bool {
    let errors = Settings::<20>::new()
        .origins(black_box(["https://app.example.com"]))
        .build_in([0; 64]);
    errors.is_err_and(|errors| {
        errors.count() == 1
            && errors
                .iter()
                .all(|error| error.kind() == PolicyErrorKind::Storage)
    })
}

const FILE: &str = r#"{
    "origins": ["https://app.example.com", "https://*.preview.example.com", "http://localhost:*"],
    "credentials": true,
    "methods": ["put", "PATCH"],
    "request_headers": ["authorization"],
    "expose_headers": ["x-request-id"],
    "max_age": 600,
    "denied": "refuse",
    "debug": false
}"#;

fn files() -> bool {
    let settings = serde_json_core::from_str::<Settings<512>>(black_box(FILE));
    let policy = serde_json_core::from_str::<Collected>(FILE);
    let mut unescaped = [0; 64];
    let escaped = black_box(r#"{ "origins": ["https:\/\/a.example"], "methods": ["\u0050UT"] }"#);
    let escaped = serde_json_core::from_str_escaped::<Settings<512>>(escaped, &mut unescaped);
    settings.is_ok_and(|(settings, _)| {
        settings
            .build_in([0; 64])
            .is_ok_and(|policy| is_literal(&policy))
    }) && policy.is_ok_and(|(policy, length)| is_literal(&policy) && length == FILE.len())
        && escaped.is_ok_and(|(settings, _)| {
            let policy = settings.build_in([0; 64]);
            policy.is_ok_and(|policy| {
                policy.as_policy() == Policy::anonymous("https://a.example").methods("PUT")
            })
        })
}

/// What is no file of settings, and what is one but no policy.
fn wrong_files() -> bool {
    use serde_json_core::de::Error;
    let read = |text| serde_json_core::from_str::<Settings<512>>(black_box(text)).err();
    let rows = [
        (r#"{"origin": []}"#, Error::CustomError),
        (r#"{"": []}"#, Error::CustomError),
        (r#"{"max_age": 1, "max_age": 1}"#, Error::CustomError),
        (
            r#"{"origins": ["*"], "origins": ["*"]}"#,
            Error::CustomError,
        ),
        (
            r#"{"methods": [], "debug": true, "methods": []}"#,
            Error::CustomError,
        ),
        (r#"{"denied": "Refuse"}"#, Error::CustomError),
        (r#"{"max_age": -1}"#, Error::InvalidNumber),
        (r#"{"max_age": 4294967296}"#, Error::InvalidNumber),
        (r#"{"max_age": "1"}"#, Error::InvalidType),
        (r#"{"credentials": "true"}"#, Error::InvalidType),
        (r#"{"origins": "*"}"#, Error::InvalidType),
        (r#"{"origins": [1]}"#, Error::InvalidType),
        (r#"{"origins": [null]}"#, Error::InvalidType),
        (r#"[]"#, Error::InvalidType),
        (r#"{"origins": ["*"]"#, Error::EofWhileParsingObject),
    ];
    let policy = serde_json_core::from_str::<Collected>;
    rows.into_iter()
        .all(|(text, error)| read(text) == Some(error))
        && read("{}").is_none()
        && policy(black_box("{}")).is_err_and(|error| error == Error::CustomError)
}

fn warnings() -> bool {
    let policy = Policy::credentialed(black_box("https://*.a.example https://b.a.example"));
    let mut warnings = policy.warnings();
    let first: Option<Warning<'_>> = warnings.next();
    first.is_some_and(|warning| {
        warning.kind() == WarningKind::SubdomainsWithCredentials
            && warning.kind().code() == "CORS-W03"
            && warning.setting() == Setting::Origins
            && (warning.entry(), warning.text()) == (0, "https://*.a.example")
    }) && warnings
        .next()
        .is_some_and(|warning| prints(&warning, "is covered by \"https://*.a.example\""))
        && warnings.next().is_none()
}

struct Tenants;

impl OriginSet for Tenants {
    fn contains(&self, origin: &[u8]) -> bool {
        origin == b"https://tenant.example"
    }
}

fn sets() -> bool {
    let alone = Policy::nobody().and_origins(&Tenants);
    let owned = OwnedPolicy::<0, 0>::from(Policy::nobody()).and_origins(black_box(&Tenants));
    let twice = OwnedPolicy::<0, 0>::from(alone).try_and_origins(black_box(&Tenants));
    let both = (Tenants, [Tenants]);
    let joined = Policy::nobody().and_origins(black_box(&both));
    alone.allows_origin(black_box(b"https://tenant.example"))
        && !alone.allows_origin(b"null")
        && owned.allows_origin(b"https://tenant.example")
        && joined.allows_origin(b"https://tenant.example")
        && twice.is_err_and(|error| error.kind() == PolicyErrorKind::SecondSet)
        && prints_debug(&alone, "OriginSet")
}

/// Any origin, and these with credentials; the server's own; labels and any host of a scheme.
fn audiences() -> bool {
    let settings = Settings::<512>::new()
        .origins(black_box(["*"]))
        .credentialed_origins(black_box(["https://pr-*.a.example"]))
        .own_origins(black_box(["http://nas.lan"]))
        .preflight_status(black_box(200))
        .timing(black_box(true));
    let labels = Policy::anonymous(black_box("https://pr-*.a.example moz-extension://*"));
    settings.build_in([0; 64]).is_ok_and(|policy| {
        policy.allows_credentials(black_box(b"https://pr-1.a.example"))
            && !policy.allows_credentials(b"https://pr-1.2.a.example")
            && policy.allows_origin(b"https://b.example")
            && policy.text(ResponseField::TimingAllowOrigin) == "*"
            && matches!(
                policy.decide(b"OPTIONS", lines(black_box("https://b.example"), "GET")),
                Decision::Respond { status: 403, .. }
            )
    }) && labels.allows_origin(black_box(b"moz-extension://6a7c"))
        && !labels.allows_origin(b"https://a.example")
}

fn refusals() -> bool {
    let refusal = LITERAL
        .request_headers("x-a")
        .refusal(lines("https://app.example.com", black_box("DELETE")));
    prints(&refusal, "method not allowed by the CORS policy: DELETE\n")
        && prints(
            &refusal,
            "header not allowed by the CORS policy: authorization\n",
        )
}

fn explanations() -> bool {
    let denied: Explanation<'_> = LITERAL.explain(
        black_box(b"OPTIONS"),
        lines("http://app.example.com", "PUT"),
    );
    let debug = LITERAL.debug();
    let method = debug.explain(
        black_box(b"OPTIONS"),
        lines("https://app.example.com", "DELETE"),
    );
    denied.decision().denial().is_some()
        && prints(
            &denied,
            "nearest is \"https://app.example.com\", which has another scheme",
        )
        && prints(
            &denied,
            "Firefox: CORS header ‘Access-Control-Allow-Origin’ missing",
        )
        && prints(&method, "Chromium: Method DELETE is not allowed by")
}

/// What a response has no room for is an error, not a header less.
fn headers() -> bool {
    let decision = LITERAL.decide(b"GET", lines(black_box("http://localhost:5173"), ""));
    let echoed = |_| [black_box(b"http://localhost:5173".as_slice())];
    let text = |field| LITERAL.text(field).as_bytes();
    let handler = [
        ("Vary", b"accept".as_slice()),
        ("access-control-max-age", b"5"),
    ];
    let mut enough = HeaderList::<5>::from_iter(handler);
    decision.edits().apply(&mut enough, text, echoed);
    let mut few = HeaderList::<4>::from_iter(handler);
    decision.edits().apply(&mut few, text, echoed);
    enough.headers().is_ok_and(|headers| {
        headers
            == [
                ("Vary", b"accept".as_slice()),
                ("access-control-allow-origin", b"http://localhost:5173"),
                ("access-control-allow-credentials", b"true"),
                ("access-control-expose-headers", b"x-request-id"),
                ("vary", b"Origin"),
            ]
    }) && few
        .headers()
        .is_err_and(|error| prints(&error, "room for 4 headers, and the response has 5"))
}
