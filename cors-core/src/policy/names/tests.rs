extern crate std;

use std::borrow::ToOwned;
use std::format;
use std::iter;
use std::string::String;
use std::vec::Vec;

use super::{Marks, Reading, Seen, Table};

/// What has been seen is known again, and of a list of the greatest length most names are known to
/// be new: each of the others costs a look into all that stands before it.
#[test]
fn most_names_are_known_to_be_new() {
    let names = |shape: usize| {
        (0..super::MOST).map(move |number| match shape {
            0 => format!("{number}"),
            1 => format!("X-{number:08}"),
            2 => format!("{number:x}-name-of-a-header"),
            _ => format!("x-header-with-a-long-name-{number:x}-and-an-end"),
        })
    };
    for shape in 0..4 {
        let mut seen = Seen::NONE;
        let taken = names(shape).filter(|name| seen.insert(name.as_bytes()));
        let taken = taken.count();
        assert!(taken < super::MOST / 4, "{taken} of shape {shape}");
        for name in names(shape) {
            assert!(seen.insert(name.as_bytes()), "{name}");
            assert!(seen.insert(name.to_ascii_uppercase().as_bytes()), "{name}");
        }
    }
}

/// A name that has a mark is found where it stands in the list, and by no part of it; there are
/// eight marks, and none for what stands or ends too far behind.
#[test]
fn the_first_eight_names_have_marks() {
    let find = |list: &str, text: &[u8]| Marks::of(list).begin(list.as_bytes(), text, <[u8]>::eq);
    // No two have the same key.
    let names = [
        "a-p", "a-q", "a-t", "a-u", "a-x", "a-y", "a-l", "a-m", "b-p",
    ];
    let list = format!("a, bb, {}", names.join(" ,\t"));
    for name in &names[..8] {
        assert_eq!(find(&list, name.as_bytes()), Some(3), "{name}");
        assert_eq!(find(&list, format!("{name},x").as_bytes()), Some(3));
        assert_eq!(find(&list, format!("{name} ").as_bytes()), None);
    }
    assert_eq!(find(&list, names[8].as_bytes()), None);

    let alike = ["a-p", "a-pp", "a-ppp"];
    for name in alike {
        let found = find(&alike.join(","), name.as_bytes());
        assert_eq!(found, Some(name.len()), "{name}");
    }

    for (length, has_mark) in [(253, true), (254, false)] {
        let long = "a".repeat(length);
        let list = format!("{long}, bbb");
        assert_eq!(find(&list, long.as_bytes()), Some(length));
        assert_eq!(find(&list, b"bbb").is_some(), has_mark, "{length}");
    }
    for (length, has_mark) in [(255, true), (256, false), (300, false)] {
        let long = "a".repeat(length);
        let list = format!("bbb,{long}");
        assert_eq!(find(&list, b"bbb"), Some(3));
        assert_eq!(find(&list, long.as_bytes()).is_some(), has_mark, "{length}");
        // Of the length only eight bits would fit.
        let part = &long[..length % 256 % 255];
        assert_eq!(find(&list, part.as_bytes()), None, "{length}");
    }
}

/// Nothing that begins with a comma is a name, whatever its key is.
#[test]
fn an_empty_element_has_no_mark() {
    for list in ["aaa".to_owned(), "a".repeat(256)] {
        let marks = Marks::of(&list);
        for third in 0..=u8::MAX {
            for text in [&[b',', b'x', third][..], &[0, 0, third]] {
                assert_eq!(marks.begin(list.as_bytes(), text, <[u8]>::eq), None);
            }
        }
    }
}

/// A list is read once, and a short one some times more; then a table costs less.
#[test]
fn a_list_is_not_read_again_and_again() {
    for count in [1, 20, 200] {
        let names: Vec<_> = (0..count).map(|number| format!("x-{number:03}")).collect();
        let list = names.join(",");
        let finds = |asked: &mut dyn Iterator<Item = &String>| {
            let mut reading = Reading::of(list.as_bytes());
            asked
                .map_while(|name| reading.find(name.as_bytes()))
                .inspect(|is_listed| assert!(is_listed))
                .count()
        };
        assert_eq!(finds(&mut names.iter()), count, "in order");
        // Each of these costs the whole list, or all of it but one name.
        let most = (list.len() + 256).div_ceil(list.len());
        let at_the_end = &names[count - 1];
        assert_eq!(
            finds(&mut iter::repeat_n(at_the_end, 100)),
            most,
            "the last one"
        );
        let rounds = most.div_ceil(count) + 1;
        let mut backwards = iter::repeat_n(names.iter().rev(), rounds).flatten();
        let found = finds(&mut backwards);
        assert!((most..=most + 1).contains(&found), "backwards: {found}");
    }
}

/// A table knows every name, whatever white space stands around it here or there, and takes no part
/// of a name for it.
#[test]
fn a_table_finds_names_and_no_part_of_them() {
    for count in [1, 64, 65, 512, 513] {
        let names: Vec<_> = (0..count)
            .map(|number| format!("X-Header-{number}-With-Long-Name"))
            .collect();
        for separator in [",", ", ", " ,", "\t,\t "] {
            Table::with(names.join(separator).as_bytes(), &mut |table| {
                for name in &names {
                    let find = |asked: &str| {
                        let (length, is_listed) = table.begin(asked.as_bytes());
                        assert_eq!(length, asked.find(',').unwrap_or(asked.len()));
                        is_listed
                    };
                    for asked in [
                        name.clone(),
                        name.to_ascii_lowercase(),
                        format!("{name},x"),
                        format!(" {name}"),
                        format!("{name} "),
                        format!("\t{name}\t,x"),
                    ] {
                        assert_eq!(find(&asked), Some(true), "{asked:?} of {count}");
                    }
                    for length in 1..name.len() {
                        let (begin, end) = name.split_at(length);
                        assert_eq!(find(begin), Some(false), "{begin:?} of {count}");
                        assert_eq!(find(end), Some(false), "{end:?} of {count}");
                    }
                    assert_eq!(find(&format!("{name}x")), Some(false));
                    assert_eq!(find(&format!(" ,{name}")), None);
                }
            });
        }
    }
}
