//! Invitations, passcodes and their administration in the hands of somebody who means harm (`security.md` E): through the real door, each
//! refusal with its own code, and nothing stored.
//!
//! | row | shown by |
//! |---|---|
//! | E1 | `handles::a_handle_is_kept_as_its_digest_and_is_none_at_another_tenant`, `redeem::a_link_that_is_looked_at_is_as_it_was`, `redeem::another_site_presses_no_button` |
//! | E2 | `handles::an_invitation_that_ran_out_is_judged_when_it_is_used`, `redeem::what_is_over_says_so_and_what_to_do_next` |
//! | E3 | `order::*` with every step there is, `takeover::*` between two steps, `redeem::another_address_of_the_invited_person_is_confirmed_once` |
//! | E4 | `passcode::*` and `signin::tests::guess_tests` for mailed codes, `windows::codes_of_windows_can_not_be_tried_out` |
//! | E5 | `scripts::an_address_that_two_readers_would_read_in_two_ways_is_refused` |
//! | E6 | `handles::links_come_from_the_configured_address_alone`, `words::links_come_from_the_configured_address_alone` |
//! | E7 | `handles::handles_that_open_nothing_are_answered_alike`, `enumeration::*`, `windows::codes_that_are_none_are_answered_alike` |
//! | E8 | `admin::matrix::*`, `scripts::nobody_writes_what_only_signing_in_can_write`, `scripts::a_filter_is_a_question_and_no_statement` |

mod handles;
mod scripts;
mod takeover;
mod windows;

use crate::world::{Page, parameter};

/// The handle in a link.
fn ticket(link: &str) -> String {
    parameter(&link.parse().unwrap(), "ticket").unwrap()
}

/// Without what is drawn for every answer.
fn masked(page: &Page) -> String {
    let text = page.body.replace(page.url.query().unwrap_or("?"), "");
    if text.contains("id=\"reference\">") { text.replace(page.reference(), "reference") } else { text }
}
