//! What an origin is, and in which one spelling.

use cors_core::{Origin, OriginPattern, Origins, PolicyErrorKind};

use PolicyErrorKind::{
    DefaultPort, EmptyEntry, FileScheme, Host, Ipv4, Ipv6, LeadingDot, MissingScheme, NoOrigin,
    NotAscii, NullOrigin, Path, Port, Quotes, Scheme, SeveralOrigins, TooLong, TrailingSlash,
    UpperCase, Userinfo, WebSocket, WhiteSpace, WildcardIp, WildcardOrigin, WildcardPosition,
};

fn is_origin(text: &str) -> bool {
    Origin::parse(text).is_ok_and(|origin| origin.as_str() == text)
}

#[test]
fn accepted() {
    let texts = [
        "https://example.com",
        "https://localhost",
        "https://com",
        "https://a.b.c.d.e",
        // What browsers let pass although no registry does.
        "https://a_b.-example-.com",
        "https://example.com.",
        "https://a..b",
        "https://xn--bcher-kva.example",
        "https://xn--a",
        "https://1.a",
        "https://0xg",
        "https://a.1b",
        "https://1.2.3.4.a",
        "http://example.com:443",
        "https://example.com:80",
        "http://127.0.0.1:8080",
        "http://[::1]:8080",
        "ftp://a.example",
        "ftp://a.example:22",
        "a://b",
        "app://localhost",
        "tauri://localhost",
        "capacitor://localhost",
        "moz-extension://5a1f1d2c-6f4e-4d6b-8a71-0d3b7d2f4a11",
        "safari-web-extension://2F0D5A1C-6F4E",
        "app://A!$&'()+;=~{}`_-.",
        "app://a'",
        "app://.a",
        "wsx://a.example",
        "app://a:80",
        "z0+-.9://a",
    ];
    for text in texts {
        assert!(is_origin(text), "{text}: {:?}", Origin::parse(text));
    }
}

#[test]
fn refused() {
    let rows = [
        ("", EmptyEntry),
        (" \t\n", EmptyEntry),
        ("example.com", MissingScheme),
        ("https:example.com", MissingScheme),
        ("https:/example.com", MissingScheme),
        ("//example.com", MissingScheme),
        ("https//example.com", MissingScheme),
        ("a:b://c", MissingScheme),
        ("Null", MissingScheme),
        ("null", NullOrigin),
        ("*", WildcardOrigin),
        ("https://*.example.com", WildcardPosition),
        ("https://example.com:*", WildcardPosition),
        ("https://a.example,", SeveralOrigins),
        (" https://a.example\thttps://b.example ", SeveralOrigins),
        (" https://example.com", WhiteSpace),
        ("https://a.example\n", WhiteSpace),
        ("\"https://a.example\"", Quotes),
        ("'https://a.example", Quotes),
        ("https://a.example\"", Quotes),
        ("http://a.example'", Quotes),
        ("app://a\"", Quotes),
        ("ws://a.example", WebSocket),
        ("wss://a.example:80", WebSocket),
        ("wss://*.a.example", WebSocket),
        ("https://.example.com", LeadingDot),
        ("https://..example.com", LeadingDot),
        ("ftp://.", LeadingDot),
        ("http://.1.2.3.4", LeadingDot),
        ("https://é.example", NotAscii),
        ("https://a.example\u{3002}b", NotAscii),
        ("://example.com", Scheme),
        ("HTTPS://example.com", Scheme),
        ("1a://example.com", Scheme),
        ("-a://example.com", Scheme),
        ("a_b://example.com", Scheme),
        ("file://", FileScheme),
        ("file://localhost", FileScheme),
        ("https://user@example.com", Userinfo),
        ("https://user:password@example.com", Userinfo),
        ("https://@example.com", Userinfo),
        ("https://example.com@", Userinfo),
        ("https://example.com/", TrailingSlash),
        ("https://example.com:8443/", TrailingSlash),
        ("https:///", TrailingSlash),
        ("https://example.com//", Path),
        ("https://example.com/a", Path),
        ("https://example.com/:8443", Path),
        ("https://example.com?", Path),
        ("https://example.com#", Path),
        ("https://example.com\\", Path),
        ("https://example.com:8443/a", Path),
        ("https://Example.com", UpperCase),
        ("https://[::A]", UpperCase),
        ("https://", Host),
        ("https://:8443", Host),
        ("https://a b", SeveralOrigins),
        ("https://a%2eb", Host),
        ("https://a\0b", Host),
        ("app://", Host),
        ("app://[::1]", Host),
        ("https://example.com:", Port),
        ("https://example.com:a", Port),
        ("https://example.com:1:2", Port),
        ("https://[::1]:", Port),
    ];
    for (text, kind) in rows {
        assert_eq!(Origin::parse(text), Err(kind), "{text:?}");
    }
}

/// The first of two errors is the one that is told.
#[test]
fn errors_come_in_order() {
    let rows = [
        ("é,", NotAscii),
        (" a,b", SeveralOrigins),
        (" \"a\"", WhiteSpace),
        ("'wss://u@A", Quotes),
        ("wss://u@A/", WebSocket),
        ("https://u@.A/", Userinfo),
        ("https://.A/", TrailingSlash),
        ("https://.A", LeadingDot),
        ("HTTPS://u@A/", Scheme),
        ("https://u@A/", Userinfo),
        ("https://A:443/", TrailingSlash),
        ("https://A:443", UpperCase),
        ("https://1.2.3:443", Ipv4),
        ("https://*.A:x", UpperCase),
        // A pattern is no origin, but it is a wrong pattern first.
        ("https://*.a..b", Host),
        ("https://*..a", Host),
        ("https://*.", Host),
        ("https://*.a.1", WildcardIp),
        ("https://*.[::1]", WildcardIp),
    ];
    for (text, kind) in rows {
        assert_eq!(Origin::parse(text), Err(kind), "{text:?}");
    }
}

/// Every ASCII byte inside of a host, whether the URL Standard parses it or not.
#[test]
fn bytes_of_hosts() {
    for byte in 0..128 {
        let byte = char::from(byte);
        let is_domain_byte = matches!(byte, 'a'..='z' | '0'..='9' | '.' | '_' | '-');
        for scheme in ["http", "https", "ftp"] {
            let text = format!("{scheme}://a{byte}z");
            assert_eq!(is_origin(&text), is_domain_byte, "{text:?}");
        }
        let is_opaque_byte = byte.is_ascii_graphic() && !"\"#%*,/:<>?@[\\]^|".contains(byte);
        let text = format!("app://a{byte}z");
        assert_eq!(is_origin(&text), is_opaque_byte, "{text:?}");
    }
}

/// Every byte as the first and as a later one of a scheme.
#[test]
fn bytes_of_schemes() {
    for byte in 0..128 {
        let byte = char::from(byte);
        let first = is_origin(&format!("{byte}a://b"));
        assert_eq!(first, byte.is_ascii_lowercase(), "{byte:?}");
        let later = is_origin(&format!("a{byte}a://b"));
        let is_later = byte.is_ascii_lowercase() || byte.is_ascii_digit() || "+-.".contains(byte);
        assert_eq!(later, is_later, "{byte:?}");
    }
}

#[test]
fn ports() {
    let defaults = [("http", 80), ("https", 443), ("ftp", 21), ("app", 0)];
    for (scheme, default) in defaults {
        for host in ["a.example", "127.0.0.1", "[::1]"] {
            if scheme == "app" && host == "[::1]" {
                continue;
            }
            for port in 0..=70_000 {
                let expected = match port {
                    0 | 65_536.. => Some(Port),
                    _ if port == default => Some(DefaultPort),
                    _ => None,
                };
                let text = format!("{scheme}://{host}:{port}");
                assert_eq!(Origin::parse(&text).err(), expected, "{text}");
            }
        }
    }
    for port in [
        "",
        "0443",
        "00",
        "08080",
        "+80",
        "-1",
        "0x50",
        "80a",
        "100000",
        "655350",
        "99999999999999999999",
        "4294967376",
    ] {
        let text = format!("https://a.example:{port}");
        assert_eq!(Origin::parse(&text), Err(Port), "{text}");
    }
}

#[test]
fn ipv4_addresses() {
    for number in 0..=999 {
        for address in [
            format!("{number}.0.0.1"),
            format!("10.{number}.0.1"),
            format!("10.0.{number}.1"),
            format!("10.0.0.{number}"),
        ] {
            let text = format!("http://{address}");
            let expected = (number > 255).then_some(Ipv4);
            assert_eq!(Origin::parse(&text).err(), expected, "{text}");
        }
    }
    // Browsers take each of these for an address, and send another text, or for nothing.
    for host in [
        "1",
        "0",
        "0x",
        "0x7f000001",
        "2130706433",
        "127.1",
        "127.0.1",
        "127.0.0.01",
        "0177.0.0.1",
        "127.0.0.0x1",
        "0x7f.0.0.1",
        "127.0.0.1.",
        "1.2.3.4.5",
        "1.2.3.",
        "1..3.4",
        "a.1",
        "a.1.",
        "a.0x",
        "a.0xff",
        "a.09",
        "1.2.3.-4.5",
        "99999999999999999999",
    ] {
        let text = format!("http://{host}");
        assert_eq!(Origin::parse(&text), Err(Ipv4), "{text}");
    }
}

fn joined(pieces: &[u16]) -> String {
    let pieces: Vec<_> = pieces.iter().map(|piece| format!("{piece:x}")).collect();
    pieces.join(":")
}

fn is_zero(pieces: &[u16]) -> bool {
    pieces.iter().all(|&piece| piece == 0)
}

/// The [IPv6 serializer](https://url.spec.whatwg.org/#concept-ipv6-serializer): slow and plain.
fn serialized(pieces: &[u16; 8]) -> String {
    for length in (2..=8).rev() {
        if let Some(start) = pieces.windows(length).position(is_zero) {
            let (before, after) = (&pieces[..start], &pieces[start + length..]);
            return format!("{}::{}", joined(before), joined(after));
        }
    }
    joined(pieces)
}

/// Every address that differs in which pieces are zero, in every spelling with `::` and without.
#[test]
fn ipv6_addresses_have_one_spelling() {
    const PIECES: [[u16; 8]; 2] = [
        [1, 0x10, 0xabc, 0xffff, 0xf00d, 0xa, 0x102, 0xfff],
        [0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0x7f00, 1],
    ];
    let mut accepted = 0;
    for (from, zeros) in PIECES
        .iter()
        .flat_map(|from| (0..=255_u8).map(move |z| (from, z)))
    {
        let mut pieces = *from;
        for (place, piece) in pieces.iter_mut().enumerate() {
            *piece *= u16::from(zeros >> place & 1 == 0);
        }
        let canonical = serialized(&pieces);
        let standard = std::net::Ipv6Addr::from(pieces).to_string();
        // The standard library writes mapped addresses with dots.
        assert!(
            canonical == standard || standard.contains('.'),
            "{canonical} {standard}"
        );

        let mut spellings = vec![joined(&pieces), standard];
        for start in 0..8 {
            for end in start + 1..=8 {
                if is_zero(&pieces[start..end]) {
                    let (before, after) = (&pieces[..start], &pieces[end..]);
                    spellings.push(format!("{}::{}", joined(before), joined(after)));
                }
            }
        }
        assert!(spellings.contains(&canonical));
        for spelling in spellings {
            let text = format!("http://[{spelling}]:8080");
            let expected = (spelling != canonical).then_some(Ipv6);
            assert_eq!(Origin::parse(&text).err(), expected, "{text}");
        }
        accepted += 1;
    }
    assert_eq!(accepted, 512);
}

#[test]
fn ipv6_addresses_that_are_none() {
    for address in [
        "",
        ":",
        ":::",
        "::::",
        "1",
        "1:",
        ":1",
        "::1:",
        ":1::",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:",
        ":1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "1::2::3",
        "1:2:3:4::5:6:7:8",
        "::1:2:3:4:5:6:7:8",
        "1:2:3:4:5:6:7:8::",
        "1:2:3:4:5:6:7::",
        "::2:3:4:5:6:7:8",
        "::g",
        "::12345",
        "::01",
        "::0001",
        "0::",
        "::0",
        "0::1",
        "::0:1",
        "1:0::",
        "1::0",
        "::1%eth0",
        "fe80::1%25en0",
        "::ffff:127.0.0.1",
        "::127.0.0.1",
        "::-1",
        "[::1]",
    ] {
        let text = format!("http://[{address}]");
        assert_eq!(Origin::parse(&text), Err(Ipv6), "{text}");
    }
    for text in [
        "http://[::1",
        "http://[::1]a",
        "http://[::1]]",
        "http://[",
        "http://[]",
    ] {
        assert_eq!(Origin::parse(text), Err(Ipv6), "{text}");
    }
    assert_eq!(Origin::parse("http://::1"), Err(Host));
    assert_eq!(Origin::parse("http://a[::1]"), Err(Host));
}

/// The longest origin there is, and one byte more in each of its parts.
#[test]
fn lengths() {
    let of = |scheme, host, port| format!("{}://{}{port}", "a".repeat(scheme), "b".repeat(host));
    let longest = of(64, 253, ":65535");
    assert_eq!(longest.len(), Origin::MAX_LENGTH);
    assert!(is_origin(&longest));
    assert_eq!(Origin::parse(&of(65, 253, ":65535")), Err(Scheme));
    assert_eq!(Origin::parse(&of(64, 254, ":65535")), Err(TooLong));
    assert_eq!(Origin::parse(&of(64, 253, ":655350")), Err(Port));
    assert_eq!(Origin::parse(&of(1, 254, "")), Err(TooLong));

    let list = Origins::parse(&longest).unwrap();
    assert!(list.contains(longest.as_bytes()));
    assert!(!list.contains(format!("{longest}0").as_bytes()));
}

/// A list is separated by white space, commas or both, and keeps its order.
#[test]
fn lists() {
    for text in [
        " https://a.example\t\thttps://*.b.example\r\n\x0chttp://localhost:*\n",
        "https://a.example,https://*.b.example,http://localhost:*",
        "https://a.example, https://*.b.example, http://localhost:*,",
        ",, https://a.example , ,\thttps://*.b.example http://localhost:*\n,",
    ] {
        separates(text);
    }
    // Vertical tab and no-break space are no white space of HTML.
    assert!(Origins::parse("https://a.example\x0bhttps://b.example").is_err());
    assert!(Origins::parse("https://a.example\u{a0}https://b.example").is_err());
    assert!(Origins::parse("https://a.example;https://b.example").is_err());
    let error = Origins::parse("https://a.example,b https://C").unwrap_err();
    assert_eq!((error.kind(), error.text()), (MissingScheme, "b"));
    for text in ["", ",", " ,\n,"] {
        assert_eq!(Origins::parse(text).unwrap_err().kind(), NoOrigin);
    }
}

fn separates(text: &str) {
    let list = Origins::parse(text).unwrap();
    let patterns: Vec<_> = list.iter().map(|pattern| pattern.as_str()).collect();
    assert_eq!(
        patterns,
        [
            "https://a.example",
            "https://*.b.example",
            "http://localhost:*"
        ]
    );
    for origin in [
        "https://a.example",
        "https://x.b.example",
        "http://localhost:1",
    ] {
        assert!(list.contains(origin.as_bytes()), "{origin}");
    }
}

/// A list of one word, of exact words and of patterns compare in their own ways, to the same end:
/// a listed text, whole, and nothing that lies around it.
#[test]
fn lists_contain_their_origins_and_no_part_of_them() {
    let lists = [
        " https://a.example ",
        "https://a.example https://b.example",
        "https://b.example https://a.example",
        "https://*.c.example https://a.example",
        ",https://a.example,",
        "https://a.example,https://b.example",
        "https://b.example, https://a.example",
        "https://a.example https://b.example,https://c.example",
    ];
    for text in lists {
        let list = Origins::parse(text).unwrap();
        assert!(list.contains(b"https://a.example"), "{text:?}");
        let others: [&[u8]; 12] = [
            b",",
            b"https://a.example,",
            b"https://a.example,https://b.example",
            b"",
            b" ",
            b"https://a.exampl",
            b"https://a.example ",
            b" https://a.example",
            b"https://a.example\0",
            b"https://a.example https://b.example",
            b"HTTPS://a.example",
            text.as_bytes(),
        ];
        for other in others {
            assert!(!list.contains(other), "{text:?} {}", other.escape_ascii());
        }
    }
}

/// What stands in a list is read in fewer steps than what stands alone, and no otherwise.
#[test]
fn a_list_of_one_is_read_as_one() {
    const BYTES: [u8; 14] = *b"a0.-_:*/A%\x01[@x";
    let read = |text: &str| {
        let alone = OriginPattern::parse(text).map(|_| ());
        let listed = Origins::parse(text).map(|list| assert_eq!(list.iter().count(), 1));
        assert_eq!(listed.map_err(|error| error.kind()), alone, "{text}");
        let behind = format!("https://z.test {text}\thttps://*.z.test");
        let listed = Origins::parse(&behind);
        assert_eq!(
            listed
                .map(|_| ())
                .map_err(|error| (error.kind(), error.entry())),
            alone.map_err(|kind| (kind, 1)),
            "{text}"
        );
    };
    for length in 1..=4 {
        for number in 0..14_usize.pow(length) {
            let byte = |place| char::from(BYTES[number / 14_usize.pow(place) % 14]);
            let text: String = (0..length).map(byte).collect();
            for start in ["https://", "http://", "https://*.", "http://a.", "ftp://"] {
                read(&format!("{start}{text}"));
            }
        }
    }
    for length in 240..260 {
        for start in ["https://", "http://*.", "https://*."] {
            read(&format!("{start}{}", "a".repeat(length)));
        }
    }
}
