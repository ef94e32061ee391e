//! Calls all of the public interface that a constant policy needs where there is neither std nor an
//! allocator. Exits with 0, or with the number of the first group of answers that is wrong.

#![no_std]
#![no_main]

#[path = "../page.rs"]
mod page;

use core::ffi::c_int;
use core::hint::black_box;

use cors_core::{
    Body, Dangers, Decision, Denial, Edit, Edits, HeaderNames, Methods, Origin, OriginPattern,
    Origins, Place, Policy, PolicyError, PolicyErrorKind, RequestField, ResponseField,
    ResponseHeaders, Setting,
};
use page::{prints, prints_debug};

// The start files and `memcpy`.
#[link(name = "c")]
unsafe extern "C" {}

#[cfg(feature = "plant-std")]
extern crate std;

#[cfg(feature = "plant-allocation")]
extern crate alloc;

static POLICY: Policy<'_> = Policy::anonymous("https://app.example.com https://*.example.org:*")
    .methods("PUT, DELETE")
    .request_headers("authorization, x-a")
    .expose_headers("x-b")
    .max_age(600);

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {}
}

#[unsafe(no_mangle)]
extern "C" fn main() -> c_int {
    #[cfg(feature = "plant-allocation")]
    black_box(alloc::boxed::Box::new(1));

    let groups: [fn() -> bool; 8] = [
        fields, origins, names, errors, policies, dangers, decisions, headers,
    ];
    let wrong = groups.iter().position(|is_right| !is_right());
    wrong.map_or(0, |at| c_int::try_from(at + 1).unwrap_or(c_int::MAX))
}

fn fields() -> bool {
    black_box(RequestField::ALL)[0].name() == "origin"
        && black_box(ResponseField::ALL)[6].name() == "vary"
        && black_box(ResponseField::Vary).index() == 6
}

fn origins() -> bool {
    let text = black_box("https://app.example.com");
    let pattern = OriginPattern::parse(black_box("https://*.example.com"));
    let list = Origins::parse(black_box("https://a.example https://b.example"));
    Origin::parse(text).is_ok_and(|origin| origin.as_str().len() <= Origin::MAX_LENGTH)
        && pattern.is_ok_and(|pattern| {
            pattern.matches(text.as_bytes())
                && !pattern.is_exact()
                && pattern.as_str().contains('*')
        })
        && list.is_ok_and(|list| {
            list.contains(b"https://b.example")
                && !list.contains(text.as_bytes())
                && list.iter().count() == 2
        })
}

fn names() -> bool {
    let methods = Methods::parse(black_box("PUT, DELETE"));
    let requested = HeaderNames::parse_request(black_box("X-A, x-b"));
    let exposed = HeaderNames::parse_exposed(black_box("x-c"));
    methods.is_ok_and(|list| list.contains(b"DELETE") && list.as_str() == "PUT, DELETE")
        && !Methods::SAFELISTED.contains(black_box(b"PUT"))
        && requested.is_ok_and(|list| list.contains(b"x-a") && list.as_str() == "X-A, x-b")
        && exposed.is_ok_and(|list| !list.contains(b"x-a"))
}

fn errors() -> bool {
    let error: Option<PolicyError<'_>> =
        Policy::try_anonymous(black_box("https://a.example/")).err();
    error.is_some_and(|error| {
        let shown: &dyn core::error::Error = &error;
        error.kind() == PolicyErrorKind::TrailingSlash
            && error.kind().code() == "CORS-E09"
            && error.setting() == Setting::Origins
            && error.setting().name() == "origins"
            && error.text() == "https://a.example/"
            && prints(&shown, "\"https://a.example/\" ends with a slash")
    })
}

/// Every way to make a policy, and every setter.
fn policies() -> bool {
    let origins = black_box("https://a.example");
    let public = Policy::public()
        .any_method()
        .any_request_header()
        .expose_all();
    let anonymous = Policy::anonymous(origins)
        .methods(black_box("PUT"))
        .request_headers(black_box("x-a"))
        .expose_headers(black_box("x-b"))
        .max_age(black_box(Policy::MAX_AGE_LIMIT))
        .dangerously_allow_null_origin();
    let tried = Policy::try_credentialed(origins)
        .and_then(|policy| policy.try_methods(black_box("PUT")))
        .and_then(|policy| policy.try_request_headers(black_box("x-a")))
        .and_then(|policy| policy.try_expose_headers(black_box("x-b")))
        .and_then(|policy| policy.try_max_age(black_box(0)));
    public.text(ResponseField::ExposeHeaders) == "*"
        && anonymous.allows_origin(black_box(b"null"))
        && anonymous.text(ResponseField::MaxAge) == "86400"
        && tried.is_ok_and(|policy| {
            policy.text(ResponseField::AllowCredentials) == "true"
                && policy.try_expose_all().is_err()
                && policy.try_dangerously_allow_null_origin().is_err()
        })
        && Policy::credentialed(origins).allows_origin(origins.as_bytes())
}

fn dangers() -> bool {
    let dangers: Dangers =
        Policy::dangerously_allow_public_suffixes().dangerously_allow_insecure_origins();
    let origins = black_box("http://*.com");
    dangers.try_credentialed(origins).is_ok()
        && Policy::dangerously_allow_insecure_origins()
            .dangerously_allow_public_suffixes()
            .credentialed(origins)
            .allows_origin(b"http://a.com")
}

fn decisions() -> bool {
    let preflight = |origin, headers| {
        POLICY.decide(black_box(b"OPTIONS"), move |field| {
            let line: Option<&[u8]> = match field {
                RequestField::Origin => Some(black_box(origin)),
                RequestField::RequestMethod => Some(black_box(b"PUT")),
                RequestField::RequestHeaders => Some(black_box(headers)),
                _ => None,
            };
            line.into_iter()
        })
    };
    let allowed = preflight(b"https://a.example.org:8443", b"x-a");
    let edits: Edits = allowed.edits();
    let denied = preflight(b"https://app.example.com", b"x-a,x-z");
    let place = Place {
        line: 0,
        start: 4,
        end: 7,
    };
    matches!(
        allowed,
        Decision::Respond {
            status: 204,
            body: Body::Empty,
            ..
        }
    ) && edits.of(ResponseField::AllowHeaders) == Some(Edit::Set)
        && edits.iter().count() == 6
        && edits.denial().is_none()
        && prints_debug(&edits, "access-control-max-age: Set")
        && denied.denial() == Some(Denial::HeaderNotAllowed(place))
        && denied.denial().is_some_and(|denial| {
            let lines = [black_box(&b"x-a,x-z"[..])].into_iter();
            prints(&denial, "request header not allowed")
                && denial.reason() == "header_not_allowed"
                && denial.header(lines) == Some(b"x-z")
        })
        && black_box(Body::OriginNotAllowed)
            .as_str()
            .starts_with("origin not allowed")
        && POLICY.vary_on_preflight() != POLICY.forward_denied()
}

/// A response that has a `Vary` line and no room for more than another.
struct Headers(Option<(ResponseField, &'static str)>);

impl ResponseHeaders for Headers {
    type Value = &'static str;

    fn value(text: &'static str) -> &'static str {
        text
    }

    fn names(&self, mut tell: impl FnMut(&str)) {
        tell(black_box("Vary"));
    }

    fn vary(&self, mut tell: impl FnMut(&[u8])) {
        tell(black_box(b"accept"));
    }

    fn append(&mut self, field: ResponseField, value: &'static str) {
        self.0 = Some((field, value));
    }

    fn retain(&mut self, _: impl Fn(&str) -> bool) {}
}

fn headers() -> bool {
    let mut headers = Headers(None);
    let edits = POLICY
        .decide(black_box(b"GET"), |_| None.into_iter())
        .edits();
    edits.apply(&mut headers, |_| "", |_| None);
    headers.0 == Some((ResponseField::Vary, Edit::ORIGIN))
}
