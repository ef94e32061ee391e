#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| cors_core_fuzz::fuzzed::policy_sets(data));
