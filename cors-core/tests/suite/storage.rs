//! Storage that is too small is an error, never a panic and never a policy that allows more.

use std::fmt;

use cors_core::{OwnedPolicy, Policy, PolicyErrorKind, PolicyErrors, RequestField, Settings};

const ORIGINS: [&str; 3] = [
    "https://app.example.com",
    "https://*.preview.example.com",
    "http://localhost:*",
];

/// Texts of 97 bytes, with what separates them 111.
fn fill<T: Default + AsRef<str> + fmt::Write>() -> Settings<T> {
    Settings::new()
        .origins(ORIGINS)
        .methods(["put", "PATCH"])
        .request_headers(["authorization"])
        .expose_headers(["x-request-id"])
        .credentials(true)
        .max_age(600)
}

const ALL: Policy<'_> = Policy::credentialed(
    "https://app.example.com https://*.preview.example.com http://localhost:*",
)
.methods("PUT, PATCH")
.request_headers("authorization")
.expose_headers("x-request-id")
.max_age(600);

const BYTES: usize = "https://app.example.com https://*.preview.example.com http://localhost:*"
    .len()
    + "PUT, PATCH".len()
    + "authorization".len()
    + "x-request-id".len();

/// The first storage that holds all is as large as the texts; none that is smaller makes a policy.
fn of_size<const N: usize>() {
    let built: Result<OwnedPolicy<heapless::String<N>>, _> =
        fill::<heapless::String<N>>().build_in([0; 0]);
    match built {
        Ok(policy) => {
            assert!(N >= BYTES, "{N}");
            assert_eq!(policy.as_policy(), ALL);
        }
        Err(errors) => {
            assert!(N < BYTES, "{N}: {errors}");
            are_clear(&errors);
        }
    }
}

/// That the storage is too small, once for a list, and nothing that is not true.
fn are_clear<T: AsRef<str>>(errors: &PolicyErrors<T>) {
    let mut settings: Vec<_> = errors.iter().map(|error| error.setting()).collect();
    settings.dedup();
    assert_eq!(settings.len(), errors.count(), "{errors}");
    for error in errors.iter() {
        assert_eq!(error.kind(), PolicyErrorKind::Storage, "{errors}");
        assert_eq!((error.entry(), error.byte(), error.text()), (0, 0, ""));
        let said = "the policy doesn't fit into its storage; use a larger one";
        let expected = format!("CORS-E40: {}: {said}", error.setting().name());
        assert_eq!(error.to_string(), expected);
    }
}

macro_rules! of_sizes {
    ($($tens:literal)*) => { $(
        of_size::<{ $tens * 10 }>(); of_size::<{ $tens * 10 + 1 }>(); of_size::<{ $tens * 10 + 2 }>();
        of_size::<{ $tens * 10 + 3 }>(); of_size::<{ $tens * 10 + 4 }>(); of_size::<{ $tens * 10 + 5 }>();
        of_size::<{ $tens * 10 + 6 }>(); of_size::<{ $tens * 10 + 7 }>(); of_size::<{ $tens * 10 + 8 }>();
        of_size::<{ $tens * 10 + 9 }>();
    )* };
}

#[test]
fn every_size_of_a_heapless_string() {
    assert_eq!(BYTES, 107);
    of_sizes!(0 1 2 3 4 5 6 7 8 9 10 11);
}

/// A text of a length that only a test chooses.
#[derive(Clone, Debug)]
struct Bounded<const CUT: bool> {
    text: String,
    most: usize,
}

thread_local! {
    static MOST: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

impl<const CUT: bool> Default for Bounded<CUT> {
    fn default() -> Self {
        Self {
            text: String::new(),
            most: MOST.get(),
        }
    }
}

impl<const CUT: bool> AsRef<str> for Bounded<CUT> {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

impl<const CUT: bool> fmt::Write for Bounded<CUT> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let free = self.most - self.text.len();
        match text.get(..free) {
            Some(part) if part.len() < text.len() => {
                // Half a text is what an unkind storage leaves behind.
                self.text.push_str(if CUT { part } else { "" });
                Err(fmt::Error)
            }
            _ => {
                self.text.push_str(text);
                Ok(())
            }
        }
    }
}

/// One list after another, in every order of the four, in storage of every size, which leaves
/// nothing or a part of a text behind.
#[test]
fn every_size_and_every_order() {
    fn check<const CUT: bool>(order: [usize; 4]) {
        let all = |settings: Settings<Bounded<CUT>>, list| match list {
            0 => settings.origins(ORIGINS),
            1 => settings.methods(["put", "PATCH"]),
            2 => settings.request_headers(["authorization"]),
            _ => settings.expose_headers(["x-request-id"]),
        };
        for most in 0..=BYTES {
            MOST.set(most);
            let settings = Settings::new().credentials(true).max_age(600);
            let settings = order.into_iter().fold(settings, all);
            match settings.build::<Vec<u32>>() {
                Ok(policy) => {
                    assert_eq!(most, BYTES);
                    assert_eq!(policy.as_policy(), ALL);
                }
                Err(errors) => {
                    assert!(most < BYTES, "{errors}");
                    assert!(
                        errors
                            .iter()
                            .any(|error| error.kind() == PolicyErrorKind::Storage),
                        "{errors}"
                    );
                    if !CUT {
                        are_clear(&errors);
                    }
                }
            }
        }
    }
    for order in [[0, 1, 2, 3], [3, 2, 1, 0], [1, 0, 3, 2], [2, 3, 0, 1]] {
        check::<false>(order);
        check::<true>(order);
    }
}

/// A cut text can be an origin that nobody configured: `https://a.example.co` of
/// `https://a.example.com`. It is never in a policy.
#[test]
fn half_an_origin_is_none() {
    for most in 0..=60 {
        MOST.set(most);
        let settings = Settings::<Bounded<true>>::new()
            .origins(["https://a.example.com", "https://b.example.com"]);
        if let Ok(policy) = settings.build_in([0; 0]) {
            assert!(most >= 43);
            let listed = Policy::anonymous("https://a.example.com https://b.example.com");
            assert_eq!(policy.as_policy(), listed);
        }
    }
}

/// What is wrong is told beside that it does not fit, where there is room for its text.
#[test]
fn errors_in_storage_that_is_too_small() {
    type Row = (&'static [&'static str], &'static [(&'static str, usize)]);
    let long = "https://customer.of.ours.example.com";
    #[rustfmt::skip]
    let rows: [Row; 8] = [
        (&["*"], &[("CORS-E02", 0)]),
        (&["http://b.example", "*"], &[("CORS-E21", 0), ("CORS-E02", 1)]),
        (&["http://b.example", "a"], &[("CORS-E05", 1), ("CORS-E21", 0)]),
        (&["https://customer.of.ours.example.com", "http://b.example"],
            &[("CORS-E21", 1), ("CORS-E40", 0)]),
        (&["http://b.example", "https://customer.of.ours.example.com", "a"],
            &[("CORS-E05", 2), ("CORS-E21", 0), ("CORS-E40", 0)]),
        (&["https://12345678.test", "http://b.example", "*"],
            &[("CORS-E40", 0), ("CORS-E02", 2)]),
        (&["", "http://b.example"], &[("CORS-E44", 0), ("CORS-E21", 1)]),
        (&["http://b.example b", "c"], &[("CORS-E23", 0), ("CORS-E05", 1)]),
    ];
    assert!(long.len() > 21);
    for (entries, expected) in rows {
        let settings = Settings::<heapless::String<21>>::new();
        let errors = settings.origins(entries).credentials(true).build_in([0; 0]);
        let errors = errors.unwrap_err();
        let told: Vec<_> = errors
            .iter()
            .map(|error| (error.kind().code(), error.entry()))
            .collect();
        assert_eq!(told, expected, "{entries:?}");
        for error in errors
            .iter()
            .filter(|error| error.kind() == PolicyErrorKind::WildcardOrigin)
        {
            assert_eq!(error.text(), "*");
        }
    }
}

/// However many entries do not fit, that is one thing to mend.
#[test]
fn a_thousand_entries_that_do_not_fit_are_one_error() {
    let origins: Vec<_> = (0..1000).map(|n| format!("https://{n}.example")).collect();
    let settings = Settings::<heapless::String<512>>::new()
        .origins(&origins)
        .methods(["patch"]);
    let errors = settings.build_in([0; 64]).unwrap_err();
    let codes: Vec<_> = errors.iter().map(|error| error.kind().code()).collect();
    assert_eq!(codes[0], "CORS-E40", "{errors}");
    assert!(errors.count() <= 2, "{errors}");
}

/// What does not fit is not made to fit by what replaces it.
#[test]
fn a_list_set_anew_needs_room_beside_the_old_one() {
    let settings = Settings::<heapless::String<40>>::new()
        .origins(["https://customer.of.ours.example.com/"])
        .origins(["a://b"]);
    let errors = settings.build_in([0; 0]).unwrap_err();
    are_clear(&errors);
    let settings = Settings::<heapless::String<40>>::new()
        .origins(["https://customer.of.ours.example.com:8443"])
        .origins(["https://customer.of.ours.example.com"]);
    let policy = settings.build_in([0; 0]).unwrap();
    assert!(policy.allows_origin(b"https://customer.of.ours.example.com"));
}

/// Origins are added behind the list, or behind a copy of it for which there must be room.
#[test]
fn added_origins_in_every_size() {
    fn check<const CUT: bool>() {
        let (first, second) = ("https://app.example.com", "http://localhost:*");
        let added = first.len() + " ".len() + second.len();
        let moved = first.len() + "PUT".len() + added;
        for most in 0..moved + 3 {
            MOST.set(most);
            let settings = || Settings::<Bounded<CUT>>::new().origins([first]);
            for (settings, bytes) in [
                (settings().and_origins([second]), added),
                (settings().methods(["PUT"]).and_origins([second]), moved),
            ] {
                let built = settings.credentials(true).build_in([0; 0]);
                assert_eq!(built.is_ok(), most >= bytes, "{most}");
                match built {
                    Ok(policy) => assert!(
                        policy.allows_origin(first.as_bytes())
                            && policy.allows_origin(b"http://localhost:1")
                    ),
                    // Half an origin may be wrong in other ways, too.
                    Err(errors) if CUT => assert!(
                        errors
                            .iter()
                            .any(|error| error.kind() == PolicyErrorKind::Storage)
                    ),
                    Err(errors) => are_clear(&errors),
                }
            }
        }
    }
    check::<false>();
    check::<true>();
}

/// An answer that a device can give.
#[test]
fn on_a_device() {
    let policy = fill::<heapless::String<512>>().build_in([0; 64]).unwrap();
    let decision = policy.decide(b"OPTIONS", |field| {
        let line: Option<&[u8]> = match field {
            RequestField::Origin => Some(b"https://pr-1.preview.example.com"),
            RequestField::RequestMethod => Some(b"PUT"),
            RequestField::RequestHeaders => Some(b"authorization"),
            _ => None,
        };
        line.into_iter()
    });
    assert_eq!(decision.denial(), None);
}
