extern crate std;

use std::format;

use super::Seen;

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
