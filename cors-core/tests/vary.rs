//! What a `Vary` field still lacks.

use std::cell::Cell;

use cors_core::{Policy, ResponseField, missing_from_vary};

#[test]
fn missing_members() {
    type Row<'r> = (&'r str, &'r [&'r [u8]], &'r [&'r str]);
    let rows: [Row<'_>; 24] = [
        ("Origin", &[], &["Origin"]),
        ("Origin", &[b""], &["Origin"]),
        ("Origin", &[b",, ,\t"], &["Origin"]),
        ("Origin", &[b"Origin"], &[]),
        ("Origin", &[b"oRIGIN"], &[]),
        ("Origin", &[b"accept , \torigin\t,"], &[]),
        ("Origin", &[b"accept", b"origin"], &[]),
        ("Origin", &[b"accept", b"cookie"], &["Origin"]),
        // Members, not parts of members.
        ("Origin", &[b"x-origin"], &["Origin"]),
        ("Origin", &[b"origins"], &["Origin"]),
        ("Origin", &[b"orig, in"], &["Origin"]),
        ("Origin", &[b"accept origin"], &["Origin"]),
        ("Origin", &[b"\"origin\""], &["Origin"]),
        ("Origin", &[b"origin\x0b"], &["Origin"]),
        ("Origin", &[b"orig\xefn"], &["Origin"]),
        ("Origin", &[b"orig", b"in"], &["Origin"]),
        ("Origin", &[b"*"], &[]),
        ("Origin", &[b"accept, *"], &[]),
        ("Origin", &[b"accept", b" * "], &[]),
        ("Origin", &[b"**"], &["Origin"]),
        ("Origin", &[b"x*"], &["Origin"]),
        ("Accept, Origin,Cookie", &[b"origin"], &["Accept", "Cookie"]),
        ("Accept, Origin", &[b"cookie"], &["Accept", "Origin"]),
        ("Accept, Origin", &[b"origin", b"*"], &[]),
    ];
    for (wanted, lines, expected) in rows {
        let missing: Vec<_> = missing_from_vary(wanted, || lines.iter().copied()).collect();
        let shown: Vec<_> = lines
            .iter()
            .map(|line| line.escape_ascii().to_string())
            .collect();
        assert_eq!(missing, expected, "{wanted} {shown:?}");
    }
}

/// A member is looked for when it is asked for, and no further than where it stands.
#[test]
fn lines_are_read_as_they_are_needed() {
    let (asked, read) = (Cell::new(0), Cell::new(0));
    let lines = || {
        asked.set(asked.get() + 1);
        (0..1_000_000).map(|_| {
            read.set(read.get() + 1);
            b"accept, origin".as_slice()
        })
    };
    let mut missing = missing_from_vary("Origin, Accept", lines);
    assert_eq!((asked.get(), read.get()), (0, 0));
    assert_eq!(missing.next(), None);
    assert_eq!((asked.get(), read.get()), (2, 2));
}

/// What a policy says of preflights is such a list.
#[test]
fn members_of_a_policy() {
    const PUBLIC: Policy<'_> = Policy::public();
    let lines = || [b"access-control-request-method".as_slice()];
    let missing = missing_from_vary(PUBLIC.text(ResponseField::Vary), lines);
    assert!(missing.eq(["Origin", "Access-Control-Request-Headers"]));
}
