//! Names for policies whose texts are on the heap.

use std::string::String;
use std::vec::Vec;

/// [`Settings`](crate::Settings) with texts on the heap.
pub type Settings = crate::Settings<String>;

/// An [`OwnedPolicy`](crate::OwnedPolicy) with texts and index on the heap: what
/// [`Settings::build`](crate::Settings::build) makes and `serde` reads.
pub type OwnedPolicy = crate::OwnedPolicy<String, Vec<u32>>;

/// All [`PolicyErrors`](crate::PolicyErrors) of [`Settings`].
pub type PolicyErrors = crate::PolicyErrors<String>;
