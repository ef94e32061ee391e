//! What a policy says in each field, and what its lists hold.

use cors_core::{HeaderNames, Methods, Origins, Policy, ResponseField};

use ResponseField::{
    AllowCredentials, AllowHeaders, AllowMethods, AllowOrigin, ExposeHeaders, MaxAge,
    TimingAllowOrigin,
};

const A: &str = "https://a.example";

#[test]
fn texts() {
    #[rustfmt::skip]
    let rows = [
        (Policy::public(),         ["*", "", "GET, HEAD, POST", "", "", "", ""]),
        (Policy::public().timing(), ["*", "", "GET, HEAD, POST", "", "", "", "*"]),
        (Policy::anonymous(A),     ["", "", "GET, HEAD, POST", "", "", "", ""]),
        (Policy::anonymous(A).timing(), ["", "", "GET, HEAD, POST", "", "", "", ""]),
        (Policy::credentialed(A),  ["", "true", "GET, HEAD, POST", "", "", "", ""]),
        (Policy::public().expose_all(), ["*", "", "GET, HEAD, POST", "", "*", "", ""]),
        // As they are written.
        (Policy::credentialed(A).methods("PUT ,\tX-y").request_headers("X-A,x-b").expose_headers(" x-c ").max_age(600),
                                   ["", "true", "PUT ,\tX-y", "X-A,x-b", " x-c ", "600", ""]),
    ];
    let fields = [
        AllowOrigin,
        AllowCredentials,
        AllowMethods,
        AllowHeaders,
        ExposeHeaders,
        MaxAge,
        TimingAllowOrigin,
    ];
    for (policy, texts) in rows {
        assert_eq!(fields.map(|field| policy.text(field)), texts, "{policy:?}");
        assert!(policy.text(ResponseField::Vary).starts_with("Origin, "));
    }
}

#[test]
fn every_max_age() {
    for seconds in 0..=Policy::MAX_AGE_LIMIT {
        let policy = Policy::public().max_age(seconds);
        assert_eq!(policy.text(MaxAge), seconds.to_string());
    }
    assert!(
        Policy::public()
            .try_max_age(Policy::MAX_AGE_LIMIT + 1)
            .is_err()
    );
    assert!(Policy::public().try_max_age(u32::MAX).is_err());
}

/// The last setter wins.
#[test]
fn setters_replace() {
    let policy = Policy::public().methods("PUT").methods("DELETE");
    assert_eq!(policy, Policy::public().methods("DELETE"));
    let policy = Policy::public().any_method().methods("DELETE");
    assert_eq!(policy, Policy::public().methods("DELETE"));
    let policy = Policy::public()
        .request_headers("x-a")
        .request_headers("x-b");
    assert_eq!(policy, Policy::public().request_headers("x-b"));
    let policy = Policy::public().expose_headers("x-a").expose_all();
    assert_eq!(policy, Policy::public().expose_all());
    let policy = Policy::public().expose_all().expose_headers("x-a");
    assert_eq!(policy, Policy::public().expose_headers("x-a"));
    let policy = Policy::public().max_age(1).max_age(0);
    assert_eq!(policy, Policy::public().max_age(0));
}

/// Names of which one begins with another, in every order, with every separator.
#[test]
fn lists_contain_their_entries_and_no_part_of_them() {
    let orders = [
        ["x-a", "x-ab", "x"],
        ["x-a", "x", "x-ab"],
        ["x-ab", "x-a", "x"],
        ["x-ab", "x", "x-a"],
        ["x", "x-a", "x-ab"],
        ["x", "x-ab", "x-a"],
    ];
    for order in orders {
        for separator in [",", ", ", " ,", "\t , \t"] {
            let text = format!(" {}\t", order.join(separator));
            let names = HeaderNames::parse_request(&text).unwrap();
            let exposed = HeaderNames::parse_exposed(&text).unwrap();
            let methods = Methods::parse(&text).unwrap();
            assert_eq!(names.as_str(), text);
            for entry in order {
                assert!(names.contains(entry.as_bytes()), "{text:?} {entry}");
                assert!(names.contains(entry.to_uppercase().as_bytes()), "{text:?}");
                assert!(exposed.contains(entry.as_bytes()), "{text:?} {entry}");
                assert!(methods.contains(entry.as_bytes()), "{text:?} {entry}");
                assert!(
                    !methods.contains(entry.to_uppercase().as_bytes()),
                    "{text:?}"
                );
            }
            let others = [
                "",
                " ",
                ",",
                "a",
                "x-",
                "x-abc",
                "b",
                "x\0",
                "\u{b}x",
                &text,
                text.trim(),
            ];
            let padded = order.map(|entry| {
                let (before, behind) = (format!(" {entry}"), format!("{entry}{separator}"));
                [before, format!("{entry} "), format!("{entry}\t"), behind]
            });
            for other in others
                .into_iter()
                .chain(padded.iter().flatten().map(String::as_str))
            {
                assert!(!names.contains(other.as_bytes()), "{text:?} {other:?}");
                assert!(!methods.contains(other.as_bytes()), "{text:?} {other:?}");
            }
        }
    }
    // Methods that differ in case are two.
    assert!(Methods::parse("x-a, X-A").is_ok());
    assert!(
        !HeaderNames::parse_request("x-a, x-b")
            .unwrap()
            .contains(b"x-a, x-b")
    );
}

/// A value of any other origin, or of none, is anybody's for a public policy only.
#[test]
fn null_and_credentials_are_asked_for_by_name() {
    let anonymous = Policy::anonymous(A);
    assert!(!anonymous.allows_origin(b"null"));
    assert!(
        anonymous
            .dangerously_allow_null_origin()
            .allows_origin(b"null")
    );
    assert!(
        !anonymous
            .dangerously_allow_null_origin()
            .allows_origin(b"Null")
    );
    assert!(
        Policy::public()
            .dangerously_allow_null_origin()
            .allows_origin(b"")
    );

    let insecure = "http://a.example http://*.b.example:*";
    assert!(Policy::try_anonymous(insecure).is_ok());
    assert!(Policy::try_credentialed(insecure).is_err());
    let allowed = Policy::dangerously_allow_insecure_origins();
    assert!(allowed.try_credentialed(insecure).is_ok());
    assert!(allowed.try_credentialed("https://*.com").is_err());
    let allowed = Policy::dangerously_allow_public_suffixes();
    assert!(
        allowed
            .try_credentialed("https://*.com https://*.co:*")
            .is_ok()
    );
    assert!(allowed.try_credentialed("http://a.com").is_err());
}

/// What may have credentials without a word of danger: the machine itself, and no name that only
/// looks like it.
#[test]
fn loopback() {
    let own = [
        "http://localhost",
        "http://localhost.",
        "http://localhost:*",
        "http://a.localhost:3000",
        "http://*.localhost:*",
        "https://*.localhost",
        "http://127.0.0.1",
        "http://127.255.255.255:8080",
        "http://[::1]:*",
    ];
    let others = [
        "http://localhos",
        "http://alocalhost",
        "http://localhost.example",
        "http://localhost..",
        "http://127.0.0.1.example",
        "http://128.0.0.1",
        "http://1.127.0.0",
        "http://0.0.0.0",
        "http://[::2]",
        "http://[::ffff:7f00:1]",
        "https://*.alocalhost",
        "https://*.com.",
    ];
    for text in own {
        assert!(Policy::try_credentialed(text).is_ok(), "{text}");
    }
    for text in others {
        assert!(Origins::parse(text).is_ok(), "{text}");
        assert!(Policy::try_credentialed(text).is_err(), "{text}");
    }
}

/// Nobody is allowed, and everything else is as anybody has set it.
#[test]
fn nobody() {
    let nobody = Policy::nobody().methods("DELETE").max_age(600);
    for origin in ["", "null", "*", "https://a.example", " ", "://"] {
        assert!(!nobody.allows_origin(origin.as_bytes()), "{origin}");
        let null = nobody.dangerously_allow_null_origin();
        assert_eq!(null.allows_origin(origin.as_bytes()), origin == "null");
    }
    assert_eq!(nobody.text(AllowMethods), "DELETE");
    assert_eq!(nobody.text(MaxAge), "600");
    assert_eq!(nobody.text(AllowOrigin), "");
    assert_eq!(nobody.text(AllowCredentials), "");
    assert_eq!(nobody.warnings().count(), 0);
    assert!(nobody.try_expose_all().is_ok());
}
