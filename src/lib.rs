//! Gatehouse: a self-hosted federation broker. One OpenID Connect issuer per tenant, for guests who bring their own identity.
//!
//! # The house
//! A gatehouse has a **door** ([`web`], the only place that knows HTTP), a **porter's routine** ([`signin`], one step per file), a few
//! **cupboards and messengers** ([`store`], [`mail`], [`upstream`], [`tenants`]) and a **book of rules** ([`domain`], pure values).
//! People meet only the door; the door asks only the porter; the porter asks the book what comes next.
//! Who is in already finds a **front hall** ([`portal`]: their apps and their account); scripts find a **desk** of their own ([`admin`], the
//! management API), which may invite and knows no sign-in.
//! Every visit has the same shape: handler → step → one room → `Flow::next` → answer.
//! Only one place knows the order of the steps, and no token can be made without passing the consent gate, by type.
//!
//! # The floor plan
//! The modules below stand in dependency order: one may use those above it, never one below. `tests/house.rs` reads this list and
//! names file and line where it is broken, or where an external crate left its room.
//!
//! # Invariants, each with its guard
//! 1. `domain` has no async, no I/O, no clock, no randomness: `tests/house.rs::the_domain_has_no_async_no_io_no_clock_and_no_randomness`.
//! 2. Steps never call steps, only `Flow::next` knows the order, and a stage is never matched with `_`:
//!    `tests/house.rs::steps_never_call_steps`, `tests/house.rs::no_stage_of_a_flow_is_matched_by_a_wildcard`.
//! 3. A code or token can be built only from a value that the consent gate returned (`consent::Passed` → `grant::Grant` →
//!    `token::code::mint`):
//!    `src/domain/flow/tests/orders.rs::no_sequence_of_events_reaches_an_answer_without_an_identity_and_every_consent_owed`.
//! 4. An upstream yields a `VerifiedIdentity` or `Rejected`, and a federated one speaks for its own domains alone:
//!    `tests/api/consent.rs::an_address_that_home_does_not_vouch_for_opens_no_guests_account`.
//! 5. A guest is keyed by (voucher, immutable subject), never by email:
//!    `tests/api/consent.rs::a_known_address_under_another_subject_stops_and_is_reported`.
//! 6. One-shot things are taken atomically: `tests/stores/sessions.rs::of_many_takers_at_once_one_is_first`,
//!    `tests/api/hostile/codes.rs::of_many_who_spend_one_code_at_once_one_gets_tokens`.
//! 7. We redirect only to a registered `RedirectUri` or to a configured upstream: `tests/redirect_uri.rs::no_bypass_passes`,
//!    `tests/api/hostile/words.rs::nobody_is_sent_to_an_address_that_is_not_registered`.
//! 8. Tenant is part of every key's type: `tests/stores/sessions.rs::tenants_and_flows_do_not_meet`,
//!    `tests/api/hostile/codes.rs::a_code_is_no_good_in_another_tenant`.
//! 9. `explain` and the live sign-in run the same function (`signin::realm`):
//!    `tests/explain/vectors.rs::explain_answers_every_vector_of_the_fact_sheet_as_the_table_says`.
//! 10. A reload replaces a tenant whole or not at all: comes with reload; [`tenants::Tenants`] is already one immutable value.
//! 11. No secret reaches a log or a trace: `tests/api/logs.rs::signing_in_on_every_road_tells_the_log_no_secret`,
//!     `tests/api/logs.rs::failing_in_every_way_tells_the_log_no_secret`.
//! 12. A failure is logged once, where it is handled: at the door (`web::reply`), or in [`trail`] where the sign-in goes on.
//! 13. Time and randomness come in as values: `disallowed-methods` in `clippy.toml` says where to get them.
//! 14. What no user ever owns is not an error: `tests/api/hostile/accidents.rs::the_back_button_leads_back_until_somebody_is_proven`,
//!     `tests/api/races.rs::a_consent_accepted_twice_at_once_answers_the_app_twice_alike`.
//! 15. An assertion is read only from nodes that a trusted key signed (`signed_xml::Verified`), and a key in a message is no key:
//!     `tests/fuzzed/main.rs::of_a_response_nothing_is_accepted_that_no_trusted_key_signed`,
//!     `src/upstream/signed_xml/tests/wrapping_tests.rs::wrapping_three_to_eight_a_forged_assertion_beside_around_or_in_the_signed_one`,
//!     `src/upstream/signed_xml/tests/signature_tests.rs::a_key_in_the_message_is_no_key`.
//! 16. Nobody learns from us what a ciphertext holds:
//!     `src/upstream/signed_xml/tests/encryption_tests.rs::whatever_fails_in_a_malleable_cipher_fails_alike`.
//! 17. An assertion is used once, and one that nobody asked for signs nobody in:
//!     `src/signin/tests/partner_tests.rs::an_assertion_is_used_by_one_sign_in_and_a_double_click_is_the_same_one`,
//!     `src/upstream/saml/tests.rs::an_unasked_answer_counts_only_where_the_operator_allowed_them`.
//! 18. Where proof is required, a domain is a partner's only once it is proven:
//!     `tests/upstream/federated.rs::a_domain_that_must_be_proven_is_proven_before_anybody_of_it_is_sent_or_believed`.
//! 19. An invitation's link redeems one guest, in one redemption of theirs, and is spent by agreeing, never by looking:
//!     `src/guests/invite/tests/handles.rs::no_sequence_leaves_a_handle_that_redeems_another_guest_or_redemption`,
//!     `tests/api/redeem.rs::a_link_that_is_looked_at_is_as_it_was`.
//! 20. A guest becomes Accepted by a `Completion` alone, of the redemption it was owed in, together with the last acceptance and its words:
//!     `tests/stores/standing.rs::what_was_owed_before_a_reset_accepts_nobody_after_it`,
//!     `tests/api/killed.rs::killed_in_the_middle_of_a_request_an_acceptance_is_on_record_or_asked_again`.
//! 21. A mail is handed over at most once under one Message-ID: `tests/stores/outbox.rs::of_many_senders_at_once_each_mail_has_one`,
//!     `tests/stores/outbox.rs::a_lease_that_runs_out_after_it_makes_the_mail_uncertain`.
//! 22. The management API permits what its table says and denies the rest:
//!     `tests/api/admin/matrix.rs::every_client_is_let_into_what_the_matrix_permits_and_nothing_else_and_never_into_another_tenant`.
//! 23. From one browser to another goes an identity and nothing else, and only after the person there meant it:
//!     `tests/api/embedded.rs::an_app_s_own_window_shows_a_code_and_goes_on_once_it_was_typed_elsewhere`,
//!     `tests/api/embedded.rs::nobody_is_sent_on_without_being_asked`.
//! 24. What Entra's B2B does for guests is done here, feature by feature:
//!     `tests/api/decision_table/table.rs::every_row_of_the_table_has_its_own_test`.

pub mod domain;

pub mod clock;
pub mod random;

pub mod federation;

pub mod settings;

pub mod i18n;
pub mod telemetry;

pub mod tenants;

pub mod store;

pub mod mail;

pub mod upstream;

pub mod oidc;

pub mod token;

pub mod guests;

pub mod trail;

pub mod signin;

pub mod portal;

pub mod admin;

pub mod pages;

pub mod web;

pub mod app;

pub mod server;

pub mod demo;

pub mod cli;
