//! Where in a list an error lies: which entry, and at which of its bytes.

use cors_core::{Policy, PolicyError};

/// The list, with a `^` before the byte.
#[track_caller]
fn lies_at(error: PolicyError<'_>, marked: &str) {
    let text = marked.replacen('^', "", 1);
    let byte = marked.find('^').expect("a mark");
    assert_eq!(
        (error.text(), error.byte()),
        (text.as_str(), byte),
        "{error}"
    );
}

#[test]
fn in_origins() {
    let rows = [
        "^*",
        "^null",
        "^a.example",
        "^https:/a.example",
        "^://a.example",
        "^HTTPS://a.example",
        "^*://a.example",
        "^file:///a",
        "https://a.example^/",
        "https://a.example:8443^/",
        "https://a.example^/b/c",
        "https://a.example^?b",
        "https://a.example^#b",
        "https://a.example^\\b",
        "https://^A.example",
        "https://a.^Example",
        "https://a.example.^Com:8443",
        "https://a^é.example",
        "^éhttps://a.example",
        "^'https://a.example'",
        "^\"https://a.example",
        "https://a.example^\"",
        "^wss://a.example",
        "https://^.a.example",
        "https://me^@a.example",
        "https://me:secret^@a.example",
        "https://a.example^:0",
        "https://a.example^:08443",
        "https://a.example^:65536",
        "https://a.example^:",
        "https://a.example^:x",
        "http://[::1]^:0",
        "https://a.example^:443",
        "http://[::1]^:80",
        "https://a.^*.example",
        "https://a.^*b.example",
        "https://a.^*",
        "https://*.a.^*",
        "https://*.^*.example",
        "https://^**.example",
        "https://a.^*.example:*",
        "https://a.^*b.example:*",
        "https://*.^*.example:*",
        "https://*.a.example:^**",
        "https://a.example:^*0",
        "https://a.example:8^*",
        "https://a.example:^*:*",
        "https://^*",
        "https://^*:*",
        "https://^",
        "https://^:8443",
        "https://^a|b.example",
        "http://^127.1",
        "http://^127.1:8080",
        "http://^1.2.3.4.5",
        "http://^[::0]",
        "http://^[::1]x",
        "http://^*.127.0.0.1",
    ];
    for marked in rows {
        let text = marked.replacen('^', "", 1);
        let error = Policy::try_anonymous(&text).expect_err(marked);
        lies_at(error, marked);
        // The same in a list.
        let list = format!("https://z.example\t\nhttps://y.example {text} https://x.example");
        let error = Policy::try_anonymous(&list).expect_err(marked);
        lies_at(error, marked);
        assert_eq!(error.entry(), 2, "{marked}");
    }
    let long = format!("https://{}", "a".repeat(254));
    let error = Policy::try_anonymous(&long).unwrap_err();
    assert_eq!(error.byte(), 8, "{error}");
    for (list, entry, marked) in [
        ("https://a.example http://b.example", 1, "^http://b.example"),
        ("https://a.example https://*.com", 1, "^https://*.com"),
    ] {
        let error = Policy::try_credentialed(list).unwrap_err();
        lies_at(error, marked);
        assert_eq!(error.entry(), entry);
    }
}

#[test]
fn in_lists_of_names() {
    let rows = [
        ("", 0, "^"),
        ("PUT,", 1, "^"),
        ("PUT,,PATCH", 1, "^"),
        ("PUT, A B", 1, "A^ B"),
        ("PUT PATCH", 0, "PUT^ PATCH"),
        ("X-A;q=1", 0, "X-A^;q=1"),
        ("X-A, \t X-B:\t", 1, "X-B^:"),
        ("X-A, é", 1, "^é"),
        ("X-A, X-é", 1, "X-^é"),
        ("X-A, X-B, *", 2, "^*"),
        ("X-A, X-B, X-A", 2, "^X-A"),
        ("X-A, X-*", 1, "X-^*"),
        ("X-A, 'X-B", 1, "^'X-B"),
        ("X-A, X-B\"", 1, "X-B^\""),
        ("X-A, X-B\n", 1, "X-B^\n"),
        ("X-A, \n \tX-B", 1, "^\n \tX-B"),
    ];
    for (list, entry, marked) in rows {
        let public = Policy::public();
        for error in [
            public.try_methods(list).expect_err(list),
            public.try_request_headers(list).expect_err(list),
            public.try_expose_headers(list).expect_err(list),
        ] {
            assert_eq!(error.entry(), entry, "{list}");
            lies_at(error, marked);
        }
    }
    for (list, entry, marked) in [
        ("patch", 0, "^patch"),
        ("PUT, PAtch", 1, "PA^tch"),
        ("PUT, DELETe", 1, "DELET^e"),
        ("PUT, TRACE", 1, "^TRACE"),
    ] {
        let error = Policy::public().try_methods(list).expect_err(list);
        assert_eq!(error.entry(), entry, "{list}");
        lies_at(error, marked);
    }
    let error = Policy::public()
        .try_request_headers("x-a, cookie")
        .unwrap_err();
    lies_at(error, "^cookie");
    let error = Policy::public()
        .try_expose_headers("x-a, set-cookie")
        .unwrap_err();
    lies_at(error, "^set-cookie");
}

/// What is about no text lies nowhere.
#[test]
fn without_a_text() {
    let credentialed = Policy::credentialed("https://a.example");
    for error in [
        Policy::try_anonymous("").unwrap_err(),
        Policy::public().try_max_age(86401).unwrap_err(),
        Policy::public().try_index(&[]).unwrap_err(),
        credentialed.try_expose_all().unwrap_err(),
        credentialed
            .try_dangerously_allow_null_origin()
            .unwrap_err(),
    ] {
        assert_eq!((error.entry(), error.byte(), error.text()), (0, 0, ""));
    }
}
