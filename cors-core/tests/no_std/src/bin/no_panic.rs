//! Links only if nothing can panic, whatever the request and the policy, but the setters that say
//! so: the panic handler calls a function that nobody defines, so that the linker fails unless the
//! optimizer has removed every path to it.

#![no_std]
#![no_main]

use core::ffi::c_int;
use core::fmt::{self, Write};
use core::hint::black_box;

use cors_core::heapless::{HeaderList, OwnedPolicy, Settings};
use cors_core::{
    Decision, HeaderNames, Methods, Origin, OriginIndex, OriginPattern, OriginSet, Origins, Policy,
    PolicyError, RequestField, ResponseField, ResponseHeaders,
};
use serde::de::value::{Error as ValueError, MapDeserializer, SeqDeserializer};
use serde::de::{Deserialize, Deserializer, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

// The start files and `memcpy`.
#[link(name = "c")]
unsafe extern "C" {}

unsafe extern "C" {
    safe fn a_panic_is_reachable() -> !;
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    a_panic_is_reachable()
}

/// Seen through `black_box`, these stand for every policy: the optimizer knows nothing of them.
static POLICIES: [Policy<'_>; 7] = [
    Policy::public()
        .any_method()
        .any_request_header()
        .expose_all(),
    Policy::anonymous("https://*.example.com http://localhost:*")
        .dangerously_allow_null_origin()
        .vary_on_preflight(),
    Policy::credentialed("https://app.example.com")
        .methods("PUT")
        .request_headers("authorization")
        .max_age(600)
        .forward_denied()
        .debug(),
    Policy::credentialed(TEXTS[0]).index(&SLOTS),
    Policy::nobody().and_origins(&Others).timing(),
    Policy::public().and_credentialed("https://app.example.com"),
    Policy::anonymous("https://pr-*.example.com moz-extension://*")
        .own_origins("http://nas.lan https://shop.example")
        .preflight_status(200),
];

/// And these for every index.
static SLOTS: [u32; 10] = OriginIndex::array(TEXTS[0]);

struct Others;

impl OriginSet for Others {
    fn contains(&self, origin: &[u8]) -> bool {
        black_box(origin) == b"https://app.example.com"
    }
}

/// And these for every request.
static LINES: [&[u8]; 3] = [b"https://app.example.com", b"PUT", b"x-a,, \t,x-b"];

/// And these for every text that a policy is read from.
const TEXTS: [&str; 2] = ["https://*.example.com, https://[::1]:8443", "PUT, patch"];

#[unsafe(no_mangle)]
extern "C" fn main() -> c_int {
    for bytes in lines() {
        for policy in black_box(POLICIES.as_slice()) {
            exchange(policy, bytes);
            black_box((
                policy.allows_origin(bytes),
                policy.allows_credentials(bytes),
            ));
            print(format_args!("{}", policy.refusal(|_| lines())));
            let explanation = policy.explain(bytes, |_| lines());
            print(format_args!("{explanation} {}", explanation.summary()));
        }
        for text in black_box(TEXTS.as_slice()) {
            read_and_ask(text, bytes);
        }
    }
    for text in black_box(TEXTS.as_slice()) {
        if let Err(error) = read_policy(text) {
            black_box((error.kind().code(), error.setting().name(), error.text()));
            print(format_args!("{error} {}", error.entry() + error.byte()));
        }
        read_settings(text);
        read_file(text);
        build_index(text);
    }
    for policy in black_box(POLICIES.as_slice()) {
        for warning in policy.warnings() {
            black_box((
                warning.kind().code(),
                warning.setting(),
                warning.entry(),
                warning.text(),
            ));
            print(format_args!("{warning}"));
        }
    }
    #[cfg(feature = "plant-panic")]
    black_box(LINES[black_box(0)]);
    0
}

fn lines() -> impl Iterator<Item = &'static [u8]> {
    black_box(LINES.as_slice()).iter().copied()
}

/// What an adapter does with a request.
fn exchange(policy: &Policy<'_>, method: &[u8]) {
    let decision = policy.decide(method, |field| {
        black_box(field.name());
        lines()
    });
    print(format_args!("{decision:?}"));
    if let Some(denial) = decision.denial() {
        print(format_args!("{denial}"));
        black_box((denial.reason(), denial.header(lines())));
    }
    for (field, edit) in decision.edits().iter() {
        black_box((field.name(), field.index(), edit));
    }
    let text = |field| policy.text(field).len();
    let echoed = |_| lines().map(<[u8]>::len);
    decision.edits().apply(&mut Headers, text, echoed);
    list_headers(policy, decision, black_box(&LINES));
    black_box(decision.edits().of(black_box(ResponseField::Vary)));
    black_box(RequestField::Host.name());
}

/// What a device does with a response.
fn list_headers<'v>(policy: &'v Policy<'_>, decision: Decision, lines: &[&'v [u8]]) {
    let handler = TEXTS.into_iter().zip(lines.iter().copied());
    let mut headers = HeaderList::<4>::from_iter(handler);
    headers.push(black_box("vary"), black_box(b"accept"));
    let text = |field| policy.text(field).as_bytes();
    let echoed = |_| lines.iter().copied();
    decision.edits().apply(&mut headers, text, echoed);
    match headers.headers() {
        Ok(headers) => {
            black_box(headers);
        }
        Err(error) => print(format_args!("{error}")),
    }
}

/// Stands for the headers of every response.
struct Headers;

impl ResponseHeaders for Headers {
    /// How long it is.
    type Value = usize;

    fn value(text: &'static str) -> usize {
        text.len()
    }

    fn names(&self, mut tell: impl FnMut(&str)) {
        TEXTS.iter().for_each(|text| tell(black_box(text)));
    }

    fn vary(&self, tell: impl FnMut(&[u8])) {
        lines().for_each(tell);
    }

    fn append(&mut self, field: ResponseField, value: usize) {
        black_box((field, value));
    }

    fn retain(&mut self, keep: impl Fn(&str) -> bool) {
        TEXTS.iter().for_each(|text| {
            black_box(keep(black_box(text)));
        });
    }
}

/// All that reads a text at run time and says no by returning an error.
fn read_policy(text: &str) -> Result<(), PolicyError<'_>> {
    let listed = Policy::try_anonymous(text)?
        .try_methods(text)?
        .try_request_headers(text)?
        .try_expose_headers(text)?
        .try_max_age(black_box(600))?
        .try_preflight_status(black_box(200))?
        .try_own_origins(text)?
        .try_and_origins(black_box(&Others))?
        .timing()
        .try_dangerously_allow_null_origin()?;
    let dangerous = Policy::dangerously_allow_insecure_origins()
        .dangerously_allow_public_suffixes()
        .try_credentialed(text)?;
    let mixed = Policy::dangerously_allow_public_suffixes().try_public_and_credentialed(text)?;
    black_box((
        listed,
        dangerous,
        mixed,
        Policy::public().try_and_credentialed(text)?,
        Policy::try_credentialed(text)?.try_expose_all()?,
    ));
    Ok(())
}

fn read_and_ask(text: &str, bytes: &[u8]) {
    let methods = Methods::parse(text).map(|list| list.contains(bytes));
    let requested = HeaderNames::parse_request(text).map(|list| list.contains(bytes));
    let exposed = HeaderNames::parse_exposed(text).map(|list| list.contains(bytes));
    let origin = Origin::parse(text).map(|origin| origin.as_str() == text);
    let pattern =
        OriginPattern::parse(text).map(|pattern| pattern.matches(bytes) || pattern.is_exact());
    let list = Origins::parse(text)
        .map(|list| list.contains(bytes) || list.iter().any(|one| one.matches(bytes)));
    let _ = black_box((methods, requested, exposed, origin, pattern, list));
}

/// All that reads settings entry by entry.
fn read_settings(text: &str) {
    let entries = || black_box(text).split_ascii_whitespace();
    let flag = || black_box(true);
    let settings = Settings::<512>::new()
        .origins(entries())
        .methods(entries())
        .and_origins(entries())
        .origins_text(black_box(text))
        .request_headers(entries())
        .expose_headers(entries())
        .own_origins(entries())
        .credentialed_origins(entries())
        .preflight_status(black_box(200))
        .timing(flag())
        .credentials(flag())
        .max_age(black_box(600))
        .forward_denied(flag())
        .vary_on_preflight(flag())
        .debug(flag())
        .dangerously_allow_insecure_origins(flag())
        .dangerously_allow_public_suffixes(flag())
        .dangerously_allow_null_origin(flag())
        .and_origins_text(black_box(text))
        .allow_no_origins(flag());
    build(settings);
    use_owned(&OwnedPolicy::from(black_box(POLICIES[0])));
}

/// All that reads settings from a file, whatever its format.
fn read_file(text: &'static str) {
    let entries = black_box([(text, Value::List), (text, Value::Number)]);
    let file = MapDeserializer::<_, ValueError>::new(entries.into_iter());
    if let Ok(settings) = Settings::deserialize(file) {
        build(settings);
    }
}

/// Seen through `black_box`, it stands for every value that a file can have.
#[derive(Clone, Copy)]
enum Value {
    Null,
    Flag,
    Number,
    Text,
    List,
}

impl<'de> IntoDeserializer<'de, ValueError> for Value {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Value {
    type Error = ValueError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        match black_box(self) {
            Self::Null => visitor.visit_unit(),
            Self::Flag => visitor.visit_bool(black_box(true)),
            Self::Number => visitor.visit_u64(black_box(600)),
            Self::Text => visitor.visit_str(black_box(TEXTS[0])),
            Self::List => visitor.visit_seq(SeqDeserializer::new(black_box(TEXTS).into_iter())),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        match black_box(self) {
            Self::Null => visitor.visit_none(),
            value => visitor.visit_some(value),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

fn build(settings: Settings<512>) {
    match settings.build_in(black_box([0; 64])) {
        Ok(policy) => match policy.try_and_origins(&Others) {
            Ok(policy) => use_owned(&policy),
            Err(error) => print(format_args!("{error}")),
        },
        Err(errors) => {
            black_box(errors.count());
            print(format_args!("{errors} {errors:?}"));
        }
    }
}

fn use_owned(policy: &OwnedPolicy<512, 64>) {
    exchange(&policy.as_policy(), black_box(b"GET"));
    let _ = black_box(policy.decide(black_box(b"GET"), |_| lines()));
    black_box(policy.text(black_box(ResponseField::Vary)));
    black_box(policy.allows_origin(black_box(b"null")));
    black_box(policy.allows_credentials(black_box(b"null")));
    print(format_args!("{}", policy.refusal(|_| lines())));
    for warning in policy.warnings() {
        print(format_args!("{warning}"));
    }
}

fn build_index(text: &str) {
    // However many they are.
    let mut slots = [0; 64];
    let slots = black_box(slots.as_mut_slice());
    let built = OriginIndex::build(text, slots);
    let indexed = Policy::try_anonymous(text).and_then(|policy| policy.try_index(slots));
    let _ = black_box((built, OriginIndex::length(text), indexed));
}

fn print(text: fmt::Arguments<'_>) {
    let _ = Nowhere.write_fmt(text);
}

struct Nowhere;

impl Write for Nowhere {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        black_box(text);
        black_box(Ok(()))
    }
}
