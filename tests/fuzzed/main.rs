//! What `cargo fuzz` looks for at length, looked for briefly at every run: nothing is accepted that no trusted key signed, and nothing
//! makes a reader panic.

mod invariants;
mod script;

use proptest::{collection::vec, prelude::*};

/// Documents that nobody signed, one for each way of being hostile that is easier written down than found.
const HOSTILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/seeds");

fn octets() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![1 => vec(any::<u8>(), 0..300), 6 => (1_usize..6).prop_flat_map(|steps| vec(any::<u8>(), 1 + 6 * steps))]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn of_a_response_nothing_is_accepted_that_no_trusted_key_signed(octets in octets()) {
        invariants::response(&octets);
    }

    #[test]
    fn of_a_token_response_nothing_is_accepted_that_no_trusted_key_signed(octets in octets()) {
        invariants::token(&octets);
    }

    #[test]
    fn of_metadata_nothing_is_accepted_that_no_trusted_key_signed(octets in octets()) {
        invariants::metadata(&octets);
    }
}

#[test]
fn what_was_signed_and_left_alone_is_accepted_and_known_hostility_is_not() {
    // A script of one octet changes nothing: the invariants open each document as it was signed.
    for first in 0..16_u8 {
        invariants::response(&[first]);
        invariants::token(&[first]);
        invariants::metadata(&[first]);
    }
    let mut count = 0;
    for file in std::fs::read_dir(HOSTILE).unwrap() {
        let octets = std::fs::read(file.unwrap().path()).unwrap();
        invariants::response(&octets);
        invariants::token(&octets);
        invariants::metadata(&octets);
        count += 1;
    }
    assert!(count >= 4, "{count}");
}
