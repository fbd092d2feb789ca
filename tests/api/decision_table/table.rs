//! The rows of the decision table, each with its rule and the test that shows it.

use std::collections::BTreeSet;

/// Feature, rule, test. "(new)" is the edition of 2024, its twin above that of 2021.
const TABLE: &[(&str, &str, &str)] = &[
    (
        "Existing Entra/MSA user just signs in",
        "No account creation step for users with an Entra account or MSA",
        "somebody_with_an_account_just_signs_in",
    ),
    (
        "Any email address can redeem",
        "Non-Microsoft addresses may need an account created during redemption",
        "any_email_address_can_redeem",
    ),
    (
        "Two redemption routes",
        "Direct app link, or URL in the invitation mail; both end in first-time consent",
        "two_routes_of_redemption_end_in_the_same_consent",
    ),
    (
        "Mail still sent with direct link",
        "Portal invite (or API opt-in) mails the guest although the link is optional",
        "the_mail_is_sent_although_a_direct_link_will_do",
    ),
    (
        "Privacy acceptance mandatory",
        "Review permissions on first access; no Accept, no access",
        "without_accepting_review_permissions_there_is_no_access",
    ),
    (
        "Mail special cases",
        "No account / contact conflict / alias -> must use the redemption URL",
        "without_an_account_as_a_contact_or_by_an_alias_the_mail_s_link_is_needed",
    ),
    ("Button text", "\"Get Started\" then \"Accept invitation\"", "the_button_says_accept_invitation"),
    ("Sender", "\"Microsoft Invitations\"", "the_sender_is_the_configured_one_and_the_mail_names_the_organisation"),
    (
        "Consent status",
        "PendingAcceptance until invitation accepted and privacy policy + ToU agreed; then Accepted, pages never again",
        "pending_until_everything_is_agreed_to_and_then_never_asked_again",
    ),
    (
        "Tenant-specific link",
        "Link must hold tenant ID or verified domain; common URL goes to the home tenant and fails",
        "a_link_holds_its_tenant_and_no_other_address_guesses_it",
    ),
    (
        "Consent page order",
        "Review permissions -> ToU if configured -> Apps panel unless another redirect",
        "review_permissions_then_terms_then_my_apps_unless_led_elsewhere",
    ),
    (
        "Source label",
        "If an MSA was created, Source shows Microsoft Account; Invitation accepted = Yes",
        "a_guest_with_a_new_microsoft_account_has_it_as_their_source",
    ),
    ("OTP as MSA alternative", "With OTP on, no MSA is required", "with_passcodes_on_no_microsoft_account_is_needed"),
    (
        "Common endpoint entry",
        "Sign-in options -> Sign in to an organization -> type organisation name",
        "at_the_common_endpoint_an_organisation_is_found_by_its_name",
    ),
    (
        "Common endpoint entry (new)",
        "Same, but type the organisation's domain name",
        "at_the_common_endpoint_an_organisation_is_found_by_its_domain",
    ),
    ("Tenanted landing", "Then sign in by email or pick a configured IdP", "at_the_organisation_an_address_is_typed_or_a_provider_picked"),
    (
        "Direct link forms",
        "`?tenantid=<id>`, `/<verified domain>`, portal/<tenant id>, per-app direct link; guest added beforehand",
        "every_form_of_a_direct_link_leads_in_a_guest_added_beforehand",
    ),
    (
        "Google web-view cut-off",
        "New integrations 12 Jul 2021, all embedded web-views 30 Sep 2021",
        "google_is_not_opened_in_an_app_s_own_window",
    ),
    (
        "OTP rollout",
        "From 1 Nov 2021, most tenants Jan 2022; may be disabled; viral accounts to stop",
        "passcodes_may_be_switched_off_and_where_they_are_on_no_self_service_account_is_made",
    ),
    ("OTP default", "On unless explicitly off; off -> prompt to create MSA", "passcodes_are_on_unless_switched_off"),
    ("HRD step 1", "User-based discovery in existing Entra tenants", "an_account_in_any_directory_is_found_first"),
    ("HRD step 1 (new)", "Managed tenants only; unmanaged accounts not usable", "an_account_in_a_managed_directory_alone_is_found_first"),
    ("Account picker", "UPN matches Entra and MSA -> user chooses", "a_name_in_two_homes_is_chosen_between"),
    ("HRD SAML/WS-Fed", "Domain-suffix match with configured federation -> redirect", "a_federated_domain_leads_to_its_own_provider"),
    ("HRD Google", "Suffix gmail.com or googlemail.com and Google on -> Google", "gmail_and_googlemail_lead_to_google"),
    ("HRD MSA", "Existing MSA checked for JIT, not for mail link", "an_existing_microsoft_account_is_looked_for_at_a_direct_link_alone"),
    ("HRD MSA (new)", "Existing MSA checked always", "an_existing_microsoft_account_is_always_looked_for"),
    (
        "HRD OTP",
        "No home directory + OTP on -> passcode to the invited email, typed on the sign-in page",
        "without_a_home_a_code_goes_to_the_invited_address",
    ),
    (
        "HRD no OTP",
        "Consumer suffix -> create MSA; else self-service Entra account",
        "without_passcodes_a_consumer_makes_an_account_and_others_verify_their_address",
    ),
    (
        "Self-service verification",
        "Code to email; error if invitee tenant federated or AllowEmailVerifiedUsers=false",
        "a_self_service_account_is_verified_by_code_and_refused_where_its_home_says_so",
    ),
    (
        "HRD no OTP (new)",
        "Create consumer MSA with invited email; work domains not verified in Entra allowed",
        "without_passcodes_a_microsoft_account_is_made_of_the_invited_address",
    ),
    (
        "JIT restriction",
        "Steps 8-10 unavailable; step 6 with OTP off -> error; cure: enable OTP or use invitation link",
        "a_direct_link_makes_no_account_and_both_cures_work",
    ),
    (
        "Return for consent",
        "After IdP authentication, back to the issuer for consent",
        "from_every_provider_the_way_leads_back_here_for_consent",
    ),
    (
        "Own credentials",
        "Guest signs in with own account; MSA (2021: or self-service account) prompted only if not federable and OTP off",
        "guests_keep_their_own_credentials_and_a_new_account_is_the_last_resort",
    ),
    (
        "Contact conflict",
        "Guest without proxyAddress; direct link fails for SAML/WS-Fed, MSA, Google, OTP",
        "a_contact_s_guest_can_not_come_by_a_direct_link_first",
    ),
    (
        "Contact conflict: works",
        "Mail link and signing back in work for SAML/WS-Fed, OTP, Google",
        "a_contact_s_guest_comes_by_the_mail_s_link_and_then_directly",
    ),
    (
        "Contact cure",
        "Delete contact, delete pending guest, re-invite, wait, re-add contact",
        "a_contact_s_guest_is_cured_by_removing_both_and_inviting_anew",
    ),
    ("Consent only after sign-in", "Never before; not shown if already accepted", "consent_is_asked_after_the_sign_in_alone_and_once"),
    ("Information shared", "Name, photo, email address, directory identifiers", "review_permissions_says_what_is_shared"),
    (
        "Configurable redemption",
        "Tenant may override provider order in cross-tenant access settings",
        "the_order_of_providers_is_the_organisation_s_to_choose",
    ),
    (
        "Automatic redemption",
        "No consent prompt; notification mail sent directly, no action and no prior visit needed",
        "where_both_sides_agreed_a_notice_is_sent_and_nothing_is_asked",
    ),
    (
        "ToU location",
        "Organizational relationships > Terms of use; later External Identities > Terms of use",
        "terms_of_use_have_one_place_in_the_tenant_s_configuration",
    ),
    (
        "Admin-consent error",
        "Handled by granting admin consent to the app, separate from redemption",
        "admin_consent_is_of_the_app_and_redeems_nobody",
    ),
    (
        "Privacy statement link",
        "Tenant admin sets the link shown on Review permissions",
        "the_organisation_sets_the_privacy_statement_that_is_shown",
    ),
];

const SOURCES: [&str; 5] = [
    include_str!("invitation.rs"),
    include_str!("entry.rs"),
    include_str!("discovery.rs"),
    include_str!("without_account.rs"),
    include_str!("consent.rs"),
];

#[test]
fn every_row_of_the_table_has_its_own_test() {
    let mut tests = BTreeSet::new();
    for source in SOURCES {
        let after = source.split("#[tokio::test]\n").skip(1);
        let named = after.map(|rest| rest.trim_start_matches("async fn ").split('(').next().unwrap());
        for test in named {
            assert!(tests.insert(test), "{test} is there twice");
        }
    }
    let rows: BTreeSet<&str> = TABLE.iter().map(|(_, _, test)| *test).collect();
    assert_eq!((rows.len(), TABLE.len()), (TABLE.len(), 44), "a row without a test of its own");
    assert_eq!(rows, tests);
    for (feature, rule, _) in TABLE {
        assert!(!rule.is_empty() && TABLE.iter().filter(|(other, ..)| other == feature).count() == 1, "{feature}");
    }
}
