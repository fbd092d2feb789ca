//! Nothing is accepted of signed metadata that no trusted key signed.

#![no_main]

#[path = "../../tests/fuzzed/invariants.rs"]
#[expect(dead_code, reason = "each target looks at one kind of document")]
mod invariants;
#[path = "../../tests/fuzzed/script.rs"]
mod script;

libfuzzer_sys::fuzz_target!(|input: &[u8]| invariants::metadata(input));
