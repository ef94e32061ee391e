//! Settings become a policy, or tell everything that keeps them from it at once.

use cors_core::{OwnedPolicy, Policy, PolicyErrors, ResponseField, Setting, Settings};

type Built = Result<OwnedPolicy<String, Vec<u32>>, PolicyErrors<String>>;

const A: &str = "https://a.example";

/// Settings that are right but for this list.
fn with(setting: Setting, entries: &[&str]) -> Settings<String> {
    let settings = Settings::new();
    match setting {
        Setting::Origins => settings.origins(entries),
        Setting::Methods => settings.origins([A]).methods(entries),
        Setting::RequestHeaders => settings.origins([A]).request_headers(entries),
        Setting::OwnOrigins => settings.origins([A]).own_origins(entries),
        _ => settings.origins([A]).expose_headers(entries),
    }
}

/// Code, entry, byte and text of each error that is kept.
fn told(settings: Settings<String>) -> Vec<(&'static str, usize, usize, String)> {
    let built: Built = settings.build();
    let errors = built.expect_err("there is an error");
    let error = |error: cors_core::PolicyError<'_>| {
        let code = error.kind().code();
        (code, error.entry(), error.byte(), error.text().to_owned())
    };
    errors.iter().map(error).collect()
}

fn built(settings: Settings<String>) -> OwnedPolicy<String, Vec<u32>> {
    let built: Built = settings.build();
    built.unwrap_or_else(|errors| panic!("{errors}"))
}

#[test]
fn lists_become_texts() {
    #[rustfmt::skip]
    let rows: [(Setting, &[&str], &str); 21] = [
        (Setting::Methods, &[], "GET, HEAD, POST"),
        (Setting::Methods, &["*"], "GET, HEAD, POST"),
        (Setting::Methods, &["PUT"], "PUT"),
        (Setting::Methods, &["PUT", "PATCH"], "PUT, PATCH"),
        (Setting::Methods, &["*", "PUT", "*", "PATCH"], "PUT, PATCH"),
        // What browsers put into upper case, whatever it was.
        (Setting::Methods, &["delete", "get", "head", "options", "post", "put"],
            "DELETE, GET, HEAD, OPTIONS, POST, PUT"),
        (Setting::Methods, &["Delete", "gEt", "HEAd", "OPTIONs", "pOST", "puT"],
            "DELETE, GET, HEAD, OPTIONS, POST, PUT"),
        // All others are sent as they are written.
        (Setting::Methods, &["query", "Query", "QUERY", "pu", "putt"], "query, Query, QUERY, pu, putt"),
        (Setting::RequestHeaders, &[], ""),
        (Setting::RequestHeaders, &["*"], ""),
        (Setting::RequestHeaders, &["X-a", "x-B"], "X-a, x-B"),
        (Setting::RequestHeaders, &["*", "authorization"], "authorization"),
        (Setting::RequestHeaders, &["authorization", "*", "x-a"], "authorization, x-a"),
        (Setting::ExposeHeaders, &[], ""),
        (Setting::ExposeHeaders, &["X-a", "x-B"], "X-a, x-B"),
        (Setting::ExposeHeaders, &["*"], "*"),
        (Setting::ExposeHeaders, &["x-a", "*"], "*"),
        // The same again is there once.
        (Setting::Methods, &["PUT", "put", "*", "PATCH", "PUT"], "PUT, PATCH"),
        (Setting::Methods, &["query", "Query", "query"], "query, Query"),
        (Setting::RequestHeaders, &["x-a", "X-A", "x-a", "x-b", "X-B"], "x-a, x-b"),
        (Setting::ExposeHeaders, &["x-a", "x-a", "x-a"], "x-a"),
    ];
    for (setting, entries, text) in rows {
        let policy = built(with(setting, entries));
        let field = match setting {
            Setting::Methods => ResponseField::AllowMethods,
            Setting::RequestHeaders => ResponseField::AllowHeaders,
            _ => ResponseField::ExposeHeaders,
        };
        assert_eq!(policy.text(field), text, "{entries:?}");
        assert_eq!(policy.as_policy().text(field), text, "{entries:?}");
    }
}

/// What is wrong with one list: entry, byte, text.
#[test]
fn errors_of_lists() {
    type Row = (
        Setting,
        &'static [&'static str],
        &'static [(&'static str, usize, usize, &'static str)],
    );
    #[rustfmt::skip]
    let rows: [Row; 34] = [
        (Setting::Origins, &[], &[("CORS-E01", 0, 0, "")]),
        (Setting::Origins, &[""], &[("CORS-E44", 0, 0, "")]),
        (Setting::Origins, &["", A, ""], &[("CORS-E44", 0, 0, ""), ("CORS-E44", 2, 0, "")]),
        (Setting::Origins, &[" "], &[("CORS-E44", 0, 0, " ")]),
        (Setting::Origins, &[A, "null"], &[("CORS-E03", 1, 0, "null")]),
        (Setting::Origins, &[A, "*"], &[("CORS-E02", 1, 0, "*")]),
        (Setting::Origins, &["*", A], &[("CORS-E02", 0, 0, "*")]),
        (Setting::Origins, &["*", "https://a.example/"],
            &[("CORS-E09", 1, 17, "https://a.example/"), ("CORS-E02", 0, 0, "*")]),
        (Setting::Origins, &["https://a.example/", A, "a.example", "https://a.example:443"],
            &[("CORS-E09", 0, 17, "https://a.example/"), ("CORS-E05", 2, 0, "a.example"),
              ("CORS-E17", 3, 17, "https://a.example:443")]),
        // An entry is one origin: nothing in it separates two.
        (Setting::Origins, &["https://a.example https://b.example"],
            &[("CORS-E23", 0, 17, "https://a.example https://b.example")]),
        (Setting::Origins, &["https://a.example,https://b.example", "https://a.example, "],
            &[("CORS-E23", 0, 17, "https://a.example,https://b.example"),
              ("CORS-E23", 1, 17, "https://a.example, ")]),
        (Setting::Origins, &[" https://a.example"], &[("CORS-E43", 0, 0, " https://a.example")]),
        (Setting::Origins, &["https://a.example "], &[("CORS-E43", 0, 17, "https://a.example ")]),
        (Setting::Origins, &["https://a.example\n"], &[("CORS-E43", 0, 17, "https://a.example\n")]),
        (Setting::Origins, &["app://a\u{7f}"], &[("CORS-E13", 0, 6, "app://a\u{7f}")]),
        (Setting::Origins, &["https://a.example:1\0"], &[("CORS-E16", 0, 17, "https://a.example:1\0")]),
        (Setting::Origins, &["https://ä.example", "\u{feff}https://a.example"],
            &[("CORS-E12", 0, 8, "https://ä.example"), ("CORS-E12", 1, 0, "\u{feff}https://a.example")]),
        (Setting::Methods, &[""], &[("CORS-E44", 0, 0, "")]),
        (Setting::Methods, &["PUT", "", "PATCH", " "], &[("CORS-E44", 1, 0, ""), ("CORS-E44", 3, 0, " ")]),
        (Setting::Methods, &["PUT, PATCH"], &[("CORS-E24", 0, 3, "PUT, PATCH")]),
        (Setting::Methods, &["PUT", " PUT", "PATCH\n", "É"],
            &[("CORS-E43", 1, 0, " PUT"), ("CORS-E43", 2, 5, "PATCH\n"), ("CORS-E24", 3, 0, "É")]),
        (Setting::Methods, &["patch", "Patch", "PATCH"],
            &[("CORS-E28", 0, 0, "patch"), ("CORS-E28", 1, 1, "Patch")]),
        (Setting::Methods, &["trace", "CONNECT", "Track"],
            &[("CORS-E27", 0, 0, "trace"), ("CORS-E27", 1, 0, "CONNECT"), ("CORS-E27", 2, 0, "Track")]),
        (Setting::Methods, &["**", "P*"], &[("CORS-E45", 0, 0, "**"), ("CORS-E45", 1, 1, "P*")]),
        (Setting::RequestHeaders, &["x-a", "x-", "x-a-b"], &[]),
        (Setting::RequestHeaders, &["*", "x-amz-*", "'x-a'", "x-a\"", "\""],
            &[("CORS-E45", 1, 6, "x-amz-*"), ("CORS-E42", 2, 0, "'x-a'"), ("CORS-E42", 3, 3, "x-a\""), ("CORS-E42", 4, 0, "\"")]),
        (Setting::Origins, &["'https://a.example'", "https://a.example\"", "wss://a.example", "https://.a.example"],
            &[("CORS-E42", 0, 0, "'https://a.example'"), ("CORS-E42", 1, 17, "https://a.example\""),
              ("CORS-E46", 2, 0, "wss://a.example"), ("CORS-E47", 3, 8, "https://.a.example")]),
        (Setting::RequestHeaders, &["*", "cookie", "Host"], &[("CORS-E29", 1, 0, "cookie"), ("CORS-E29", 2, 0, "Host")]),
        (Setting::RequestHeaders, &["access-control-max-age"], &[("CORS-E30", 0, 0, "access-control-max-age")]),
        (Setting::RequestHeaders, &["set-cookie2"], &[]),
        (Setting::ExposeHeaders, &["*", "set-cookie"], &[("CORS-E31", 1, 0, "set-cookie")]),
        (Setting::ExposeHeaders, &["origin", "x a"], &[("CORS-E32", 0, 0, "origin"), ("CORS-E24", 1, 1, "x a")]),
        (Setting::OwnOrigins, &[A, "*"], &[("CORS-E02", 1, 0, "*")]),
        (Setting::ExposeHeaders, &["Access-Control-Allow-Methods"], &[("CORS-E33", 0, 0, "Access-Control-Allow-Methods")]),
    ];
    for (setting, entries, expected) in rows {
        let settings = with(setting, entries);
        if expected.is_empty() {
            built(settings);
            continue;
        }
        let built: Built = settings.clone().build();
        let errors = built.expect_err("there is an error");
        assert_eq!(errors.count(), expected.len(), "{errors}");
        assert!(
            errors.iter().all(|error| error.setting() == setting),
            "{errors}"
        );
        let told = told(settings);
        let told: Vec<_> = told
            .iter()
            .map(|&(code, entry, byte, ref text)| (code, entry, byte, text.as_str()))
            .collect();
        assert_eq!(told, expected, "{entries:?}");
    }
}

/// What only all settings together tell.
#[test]
fn errors_of_combinations() {
    let new = Settings::new;
    let credentialed = || new().credentials(true);
    let secure = || credentialed().origins([A]);
    #[rustfmt::skip]
    let rows: Vec<(Settings<String>, &[&str])> = vec![
        (new(), &["CORS-E01"]),
        (credentialed(), &["CORS-E01"]),
        (new().dangerously_allow_null_origin(true), &["CORS-E01"]),
        (credentialed().origins(["*"]), &["CORS-E02"]),
        (new().origins(["*", "*"]), &[]),
        (new().origins(["*"]).dangerously_allow_null_origin(true), &[]),
        (secure().dangerously_allow_null_origin(true), &["CORS-E04"]),
        (secure().dangerously_allow_null_origin(true).dangerously_allow_null_origin(false), &[]),
        (secure().expose_headers(["*"]), &["CORS-E34"]),
        (secure().expose_headers(["x-a"]), &[]),
        (secure().methods(["*"]).request_headers(["*"]), &[]),
        (secure().credentials(false).expose_headers(["*"]), &[]),
        (new().origins(["*"]).max_age(86400), &[]),
        (new().origins(["*"]).max_age(86401), &["CORS-E35"]),
        (new().origins(["*"]).max_age(u32::MAX), &["CORS-E35"]),
        (new().origins(["*"]).max_age(86401).max_age(0), &[]),
        (credentialed().origins(["http://a.example"]), &["CORS-E21"]),
        (new().origins(["http://a.example", "https://*.com"]), &[]),
        (credentialed().origins(["http://a.example"]).dangerously_allow_insecure_origins(true), &[]),
        (credentialed().origins(["http://a.example"]).dangerously_allow_public_suffixes(true), &["CORS-E21"]),
        (credentialed().origins(["https://*.com"]), &["CORS-E22"]),
        (credentialed().origins(["https://*.com"]).dangerously_allow_insecure_origins(true), &["CORS-E22"]),
        (credentialed().origins(["https://*.com"]).dangerously_allow_public_suffixes(true), &[]),
        (credentialed().origins(["http://*.com"]).dangerously_allow_insecure_origins(true), &["CORS-E22"]),
    ];
    for (settings, expected) in rows {
        let shown = format!("{settings:?}");
        let codes: Vec<_> = match settings.build::<Vec<u32>>() {
            Ok(_) => Vec::new(),
            Err(errors) => errors.iter().map(|error| error.kind().code()).collect(),
        };
        assert_eq!(codes, expected, "{shown}");
    }
}

/// The machine itself may have credentials over `http`, by every name it has.
#[test]
fn loopback_is_not_insecure() {
    let own = [
        "http://localhost",
        "http://localhost:3000",
        "http://localhost:*",
        "http://localhost.",
        "http://a.localhost",
        "http://*.localhost",
        "http://*.localhost:*",
        "http://*.localhost.",
        "http://127.0.0.1",
        "http://127.255.255.254:8080",
        "http://[::1]",
        "http://[::1]:*",
    ];
    built(Settings::new().origins(own).credentials(true));
    let others = [
        "http://localhost.example",
        "http://alocalhost",
        "http://128.0.0.1",
        "http://0.0.0.0",
        "http://[::2]",
        "http://127.0.0.1.example",
    ];
    let told = told(Settings::new().origins(others).credentials(true));
    let expected: Vec<_> = others
        .into_iter()
        .enumerate()
        .map(|(entry, text)| ("CORS-E21", entry, 0, text.to_owned()))
        .collect();
    assert_eq!(told, expected);
}

/// Whatever stands before a dangerous origin, its entry is its own.
#[test]
fn dangers_are_told_by_their_entry() {
    const EVIL: &str = "http://evil.example";
    let rows: [&[&str]; 13] = [
        &[EVIL],
        &[A, EVIL],
        &["*", EVIL],
        &["*", "*", A, EVIL],
        &["", EVIL],
        &["", "", A, "", EVIL],
        &[" ", EVIL],
        &["https://a.example https://b.example", EVIL],
        &["https://a.example ", EVIL],
        &[" https://a.example", EVIL],
        &[
            "http://a.example http://b.example http://c.example",
            A,
            EVIL,
        ],
        &[
            "https://a.example\thttp://b.example\nhttp://c.example",
            EVIL,
        ],
        &["https://é.example", "a,b", "null", EVIL],
    ];
    for entries in rows {
        // Before and behind the list, and with a list between that was not meant.
        let settings = [
            Settings::new().credentials(true).origins(entries),
            Settings::new().origins(entries).credentials(true),
            Settings::new()
                .methods(["PUT"])
                .origins([EVIL, "x y"])
                .request_headers(["x-a"])
                .origins(entries)
                .credentials(true),
        ];
        for settings in settings {
            let told = told(settings);
            let dangers: Vec<_> = told
                .iter()
                .filter(|(code, ..)| *code == "CORS-E21")
                .map(|(_, entry, _, text)| (*entry, text.as_str()))
                .collect();
            assert_eq!(dangers, [(entries.len() - 1, EVIL)], "{entries:?}");
        }
    }
}

/// All settings wrong: a line for each error, in the order in which they were set, then what only
/// all together tell. Every offending text is quoted.
#[test]
fn everything_is_told_at_once() {
    let settings = Settings::<String>::new()
        .credentials(true)
        .max_age(90_000)
        .request_headers(["cookie", "x-a", "X-A"])
        .origins([
            "https://App.example.com",
            "*",
            "http://b.example",
            "c.example",
        ])
        .expose_headers(["*", "set-cookie"])
        .methods(["put", "patch"])
        .dangerously_allow_null_origin(true);
    let errors = settings.build::<Vec<u32>>().unwrap_err();
    let expected = r#"CORS-E29: request_headers: "cookie" is a header that pages can't set; remove it: browsers never ask for it
CORS-E11: origins: "https://App.example.com" contains upper-case letters; browsers send hosts in lower case: write "https://app.example.com"
CORS-E05: origins: "c.example" contains no "://"; an origin starts with a scheme, such as https://: write "https://c.example"
CORS-E31: expose_headers: "set-cookie" is a header that pages can never read; remove it
CORS-E28: methods: "patch" is not spelled as browsers send it; methods are case-sensitive: write "PATCH"
CORS-E21: origins: "http://b.example" would get credentials without encryption; use https, or accept the risk: set dangerously_allow_insecure_origins to true
CORS-E02: origins: "*" can't be combined with credentials; list the origins that need credentials, or turn credentials off
CORS-E04: origins: the origin null can't have credentials; any page can send null and could act as your user: allow null or credentials, not both
CORS-E34: expose_headers: exposing all response headers doesn't work with credentials; browsers then take the * for a header name: list the names
CORS-E35: max_age: "90000" is too long; use 0 (don't cache) to 86400 seconds"#;
    assert_eq!(errors.to_string(), expected);
    assert_eq!(errors.count(), 10);
    assert_eq!(errors.iter().count(), 10);
    let entries: Vec<_> = errors.iter().map(|error| error.entry()).collect();
    assert_eq!(entries, [0, 0, 3, 1, 1, 2, 1, 0, 0, 0]);
    let error: &dyn std::error::Error = &errors;
    assert_eq!(error.to_string(), expected);
    assert_eq!(format!("{errors:?}"), format!("\n{expected}"));
    assert_eq!(format!("{errors:#?}"), format!("\n{expected}"));
    let lines: Vec<_> = errors.iter().map(|error| format!("{error:?}")).collect();
    assert_eq!(lines.join("\n"), expected);
}

/// What stands in one entry of a file cannot be separated as in one text.
#[test]
fn several_in_one_entry_are_told_to_stand_apart() {
    let rows = [
        (
            Setting::Origins,
            "https://a.example, https://b.example",
            r#"list each origin as a separate entry: write "https://a.example", "https://b.example""#,
        ),
        (
            Setting::Origins,
            "https://a.example b.example",
            "list each origin as a separate entry",
        ),
        (
            Setting::Methods,
            " PUT,PATCH ,",
            r#"list each name as a separate entry: write "PUT", "PATCH""#,
        ),
        (
            Setting::RequestHeaders,
            "x-a, x b:",
            "list each name as a separate entry",
        ),
        (
            Setting::ExposeHeaders,
            "x-a x-b",
            r#"list each name as a separate entry: write "x-a", "x-b""#,
        ),
    ];
    for (setting, entry, cure) in rows {
        let built: Built = with(setting, &[entry]).build();
        let message = built.unwrap_err().to_string();
        let expected = format!("\"{entry}\" contains a comma or white space; {cure}");
        assert!(message.ends_with(&expected), "{message}");
    }
}

/// Of the text of an error nothing can break the line that tells it.
#[test]
fn an_error_is_one_line() {
    for text in [
        "https://a\nb",
        "https://a\r\n\0\u{1b}[31mb",
        "\u{85}\u{2028}",
    ] {
        let built: Built = with(Setting::Origins, &[text]).build();
        let message = built.unwrap_err().to_string();
        assert!(
            !message.chars().any(|char| char.is_ascii_control()),
            "{message:?}"
        );
    }
}

/// Sixteen are kept, all are counted.
#[test]
fn more_errors_than_are_kept() {
    for bad in [1, 15, 16, 17, 18, 100] {
        let origins: Vec<_> = (0..bad).map(|n| format!("https://{n}.example/")).collect();
        let built: Built = Settings::new().origins(&origins).build();
        let errors = built.unwrap_err();
        assert_eq!(errors.count(), bad);
        let kept: Vec<_> = errors.iter().map(|error| error.text().to_owned()).collect();
        assert_eq!(kept, origins[..bad.min(16)]);
        let message = errors.to_string();
        let lines: Vec<_> = message.lines().collect();
        assert_eq!(lines.len(), bad.min(17), "{message}");
        if bad > 16 {
            assert_eq!(lines[16], format!("and {} more", bad - 16));
        }
    }
}

/// The errors of one list are not forgotten with those of another.
#[test]
fn errors_of_several_lists_are_all_counted() {
    let many: Vec<_> = (0..20).map(|n| format!("https://{n}.example/")).collect();
    let settings = || Settings::<String>::new().origins(&many);
    let rows: [(Settings<String>, usize); 8] = [
        (settings(), 20),
        (settings().methods(["PUT"]), 20),
        (settings().methods(["patch"]), 21),
        (
            settings()
                .methods(["patch"])
                .request_headers(["cookie", "te"]),
            23,
        ),
        (settings().methods(["patch"]).methods(["PATCH"]), 20),
        (settings().methods(["patch"]).origins([A]), 1),
        (
            settings()
                .methods(["patch", "trace"])
                .expose_headers(["origin"])
                .origins([A]),
            3,
        ),
        (
            settings()
                .max_age(86401)
                .credentials(true)
                .origins(["http://a.example"]),
            2,
        ),
    ];
    for (settings, count) in rows {
        let errors = settings.build::<Vec<u32>>().unwrap_err();
        assert_eq!(errors.count(), count, "{errors}");
        let kept = errors.iter().count();
        assert!(kept >= 1, "{errors}");
        let more = errors.to_string().lines().last().unwrap().to_owned();
        match count - kept {
            0 => assert!(more.starts_with("CORS-E"), "{more}"),
            left => assert_eq!(more, format!("and {left} more")),
        }
    }
}

/// Of every setting with an error one is kept, in whatever order they come.
#[test]
fn one_error_of_every_list_is_kept() {
    let many: Vec<_> = (0..20).map(|n| format!("no token {n}")).collect();
    let set = |settings: Settings<String>, setting| match setting {
        Setting::Origins => settings.origins(&many),
        Setting::Methods => settings.methods(&many),
        Setting::RequestHeaders => settings.request_headers(&many),
        _ => settings.expose_headers(&many),
    };
    let all = [
        Setting::Origins,
        Setting::Methods,
        Setting::RequestHeaders,
        Setting::ExposeHeaders,
    ];
    for turn in 0..4 {
        let order = [
            all[turn],
            all[(turn + 1) % 4],
            all[(turn + 2) % 4],
            all[(turn + 3) % 4],
        ];
        let settings = order.into_iter().fold(Settings::new(), set).max_age(86401);
        let built: Built = settings.build();
        let errors = built.unwrap_err();
        assert_eq!((errors.count(), errors.iter().count()), (81, 16));
        for setting in order.into_iter().chain([Setting::MaxAge]) {
            assert!(
                errors.iter().any(|error| error.setting() == setting),
                "{setting:?} in {errors}"
            );
        }
    }
}

/// Even what is only counted is counted once, where white space tears an entry apart.
#[test]
fn entries_torn_by_white_space_are_counted_once() {
    let torn: Vec<_> = (0..40)
        .map(|n| format!("http://a{n}.example http://b{n}.example"))
        .chain(["http://evil.example".to_owned()])
        .collect();
    let built: Built = Settings::new().origins(&torn).credentials(true).build();
    assert_eq!(built.unwrap_err().count(), 41);
}

/// The last setter wins, and leaves neither an entry nor an error of the first behind.
#[test]
fn setters_replace() {
    let policy = built(
        Settings::new()
            .origins(["*", "https://wrong.example/"])
            .methods(["*", "patch"])
            .request_headers(["*", "cookie"])
            .expose_headers(["*", "set-cookie"])
            .max_age(u32::MAX)
            .credentials(false)
            .forward_denied(true)
            .vary_on_preflight(true)
            .debug(true)
            .dangerously_allow_null_origin(true)
            .origins([A])
            .methods(["PUT"])
            .request_headers(["x-a"])
            .expose_headers(["x-b"])
            .max_age(5)
            .credentials(true)
            .forward_denied(false)
            .vary_on_preflight(false)
            .debug(false)
            .dangerously_allow_null_origin(false),
    );
    let expected = Policy::credentialed(A)
        .methods("PUT")
        .request_headers("x-a")
        .expose_headers("x-b")
        .max_age(5);
    assert_eq!(policy.as_policy(), expected);

    let emptied = built(
        Settings::new()
            .origins([A])
            .methods(["PUT"])
            .request_headers(["x-a"])
            .expose_headers(["x-b"])
            .methods([""; 0])
            .request_headers([""; 0])
            .expose_headers([""; 0]),
    );
    assert_eq!(emptied.as_policy(), Policy::anonymous(A));
    assert_eq!(
        told(Settings::new().origins([A]).origins([""; 0])),
        [("CORS-E01", 0, 0, String::new())]
    );

    // The same entries again are no duplicates.
    let again = built(
        Settings::new()
            .origins([A])
            .methods(["PUT"])
            .request_headers(["x-a"])
            .methods(["PUT"])
            .request_headers(["x-a", "x-b"]),
    );
    let expected = Policy::anonymous(A)
        .methods("PUT")
        .request_headers("x-a, x-b");
    assert_eq!(again.as_policy(), expected);
}

/// One error is shown behind what `unwrap` or `main` writes in front of it.
#[test]
fn one_error_is_shown_by_its_text() {
    let built: Built = with(Setting::Origins, &["https://a.example/"]).build();
    let errors = built.unwrap_err();
    assert_eq!(format!("{errors:?}"), errors.to_string());
    let boxed: Box<dyn std::error::Error> = errors.into();
    assert!(format!("{boxed:?}").starts_with("CORS-E09: origins: "));
}

/// Of a text as environments hold it: what it says, and the origins that it allows.
#[test]
fn origins_of_one_text() {
    type Row = (
        &'static str,
        &'static [(&'static str, usize, usize, &'static str)],
    );
    #[rustfmt::skip]
    let rows: [(&str, &[&str]); 9] = [
        ("https://a.example", &["https://a.example"]),
        (" https://a.example\n", &["https://a.example"]),
        ("https://a.example,https://b.example", &["https://a.example", "https://b.example"]),
        ("https://a.example, https://*.b.example", &["https://a.example", "https://*.b.example"]),
        ("https://a.example https://b.example", &["https://a.example", "https://b.example"]),
        (",https://a.example,,\t,\r\nhttps://b.example , ", &["https://a.example", "https://b.example"]),
        ("*", &["*"]),
        (" *, ", &["*"]),
        ("*,*", &["*", "*"]),
    ];
    for (text, entries) in rows {
        let one = built(Settings::new().origins_text(text));
        let many = built(Settings::new().origins(entries));
        assert_eq!(one.as_policy(), many.as_policy(), "{text:?}");
        // Nothing of what was set before is left, or all of it.
        let again = built(
            Settings::new()
                .origins(["https://wrong/"])
                .origins_text(text),
        );
        assert_eq!(again.as_policy(), many.as_policy(), "{text:?}");
    }
    #[rustfmt::skip]
    let rows: [Row; 7] = [
        ("", &[("CORS-E01", 0, 0, "")]),
        (" , ", &[("CORS-E01", 0, 0, "")]),
        ("\"https://a.example, https://b.example\"",
            &[("CORS-E42", 0, 0, "\"https://a.example"), ("CORS-E42", 1, 17, "https://b.example\"")]),
        ("'https://a.example' https://b.example", &[("CORS-E42", 0, 0, "'https://a.example'")]),
        ("\"*\"", &[("CORS-E42", 0, 0, "\"*\"")]),
        ("*, https://a.example", &[("CORS-E02", 0, 0, "*")]),
        ("https://a.example;https://b.example", &[("CORS-E10", 0, 24, "https://a.example;https://b.example")]),
    ];
    for (text, expected) in rows {
        let told = told(Settings::new().origins_text(text));
        let told: Vec<_> = told
            .iter()
            .map(|&(code, entry, byte, ref text)| (code, entry, byte, text.as_str()))
            .collect();
        assert_eq!(told, expected, "{text:?}");
    }
}

/// Origins are added, wherever the list stands by then.
#[test]
fn origins_are_added() {
    let expected = Policy::credentialed("https://a.example https://*.b.example http://localhost:*")
        .methods("PUT")
        .request_headers("x-a");
    let new = || Settings::new().credentials(true);
    let rest = |settings: Settings<String>| settings.methods(["PUT"]).request_headers(["x-a"]);
    let [a, b, c] = [A, "https://*.b.example", "http://localhost:*"];
    for settings in [
        rest(new()).and_origins([a, b, c]),
        rest(new().origins([a])).and_origins([b]).and_origins([c]),
        rest(new()).origins([a]).and_origins([b, c]),
        rest(new().origins([a, b])).and_origins_text("http://localhost:*,"),
        rest(
            new()
                .and_origins([a; 1])
                .and_origins([""; 0])
                .and_origins_text("https://*.b.example http://localhost:*"),
        ),
        new()
            .origins([a])
            .methods(["PUT"])
            .and_origins([b])
            .request_headers(["x-a"])
            .and_origins_text(c),
        rest(
            new()
                .origins([c])
                .methods(["PATCH"])
                .and_origins([b])
                .origins([a])
                .and_origins([b, c]),
        ),
    ] {
        let shown = format!("{settings:?}");
        assert_eq!(built(settings).as_policy(), expected, "{shown}");
    }
    assert_eq!(
        built(Settings::new().methods(["PUT"]).and_origins(["*"])).as_policy(),
        Policy::public().methods("PUT")
    );
    // With an index.
    let many = |from: usize, to: usize| (from..to).map(|n| format!("https://{n}.example"));
    let added = Settings::new()
        .origins(many(0, 20))
        .methods(["PUT"])
        .and_origins(many(20, 40));
    let whole = Settings::new().origins(many(0, 40)).methods(["PUT"]);
    assert_eq!(built(added).as_policy(), built(whole).as_policy());
}

/// Entries are counted on, and errors keep their texts.
#[test]
fn errors_of_added_origins() {
    let settings = Settings::new()
        .credentials(true)
        .origins(["https://a.example/", "http://b.example", "é c"])
        .methods(["patch"])
        .and_origins(["", "d.example"])
        .request_headers(["cookie"])
        .and_origins_text("http://e.example *");
    let expected = [
        ("CORS-E09", 0, 17, "https://a.example/"),
        ("CORS-E12", 2, 0, "é c"),
        ("CORS-E28", 0, 0, "patch"),
        ("CORS-E44", 3, 0, ""),
        ("CORS-E05", 4, 0, "d.example"),
        ("CORS-E29", 0, 0, "cookie"),
        ("CORS-E21", 1, 0, "http://b.example"),
        ("CORS-E21", 5, 0, "http://e.example"),
        ("CORS-E02", 6, 0, "*"),
    ]
    .map(|(code, entry, byte, text)| (code, entry, byte, text.to_owned()));
    assert_eq!(told(settings), expected);
    let replaced = Settings::new()
        .origins(["x"])
        .methods(["PUT"])
        .and_origins(["y"])
        .origins([A]);
    assert_eq!(
        built(replaced).as_policy(),
        Policy::anonymous(A).methods("PUT")
    );
}

/// Nobody is a policy only for who says so; a list that is there stays what it is.
#[test]
fn nobody_is_asked_for_by_name() {
    let nobody = || Settings::<String>::new().allow_no_origins(true);
    for settings in [
        nobody(),
        nobody().origins_text(" "),
        nobody().origins([""; 0]).and_origins([""; 0]),
    ] {
        assert_eq!(built(settings).as_policy(), Policy::nobody());
    }
    let credentialed = built(nobody().credentials(true).methods(["PUT"]));
    assert!(!credentialed.allows_origin(A.as_bytes()));
    assert_eq!(
        built(nobody().origins([A])).as_policy(),
        Policy::anonymous(A)
    );
    assert_eq!(built(nobody().origins(["*"])).as_policy(), Policy::public());
    assert_eq!(told(nobody().origins(["x"])).len(), 1);
    assert_eq!(told(nobody().origins([""])).len(), 1);
    assert_eq!(told(nobody().allow_no_origins(false)).len(), 1);
}

/// Entries of every kind of iterator and of text.
#[test]
fn entries_are_whatever_holds_a_text() {
    let owned = vec![A.to_owned(), "https://b.example".to_owned()];
    let by_reference = built(Settings::new().origins(&owned));
    let by_value = built(Settings::new().origins(owned));
    let split = built(Settings::new().origins("https://a.example https://b.example".split(' ')));
    assert_eq!(by_reference.as_policy(), by_value.as_policy());
    assert_eq!(by_reference.as_policy(), split.as_policy());
}
