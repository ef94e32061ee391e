//! The properties are the suite's, so that what is found here fails there, too.

#[path = "../../../conformance-tests/tests/suite/fuzzed.rs"]
pub mod fuzzed;
