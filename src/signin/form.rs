//! Form tokens: bound to the flow, its browser and what the page showed.
//!
//! A form that changes something for good (a passcode, a consent) is good only while the flow stands where the page was made, so it
//! is spent with the stage. A form that only says who one is may come late, from the back button or an old tab (invariant 14).

use subtle::ConstantTimeEq;

use super::review;
use crate::{
    domain::{
        flow::{Flow, Stage},
        tenant::Tenant,
    },
    random,
};

/// The token for every form of the page that the flow's present stage shows.
pub fn token(tenant: &Tenant, flow: &Flow) -> String {
    tied(flow, &tie(tenant, flow))
}

/// Whether `presented` was made for the stage the flow is in now.
pub fn is_current(tenant: &Tenant, flow: &Flow, presented: &str) -> bool {
    is_same(&token(tenant, flow), presented)
}

/// Whether `presented` was made for this flow's present stage, or for any page that only asked who one is.
pub fn is_own(tenant: &Tenant, flow: &Flow, presented: &str) -> bool {
    is_current(tenant, flow, presented) || is_same(&tied(flow, OPEN), presented)
}

const OPEN: &str = "open";

/// What besides the flow a token is tied to.
fn tie(tenant: &Tenant, flow: &Flow) -> String {
    match &flow.stage {
        Stage::Passcode { challenge, .. } => format!("passcode {} {}", challenge.sent_at.unix(), challenge.wrong_entries),
        // The very words: were they edited meanwhile, the page is shown again.
        Stage::Consent { guest, owed, .. } => {
            let words = review::shown(tenant, flow).map(|shown| shown.hash().0).unwrap_or_default();
            format!("consent {guest} {} {words}", owed.first().as_text())
        }
        // Whose account it is: "both are mine" is about these two.
        Stage::Mismatch { invited, identity, .. } => {
            format!("mismatch {} {} {}", invited.key(), identity.voucher.as_str(), identity.subject.as_str())
        }
        Stage::Address { .. }
        | Stage::Account { .. }
        | Stage::NewAccount { .. }
        | Stage::Routed { .. }
        | Stage::Away { .. }
        | Stage::Elsewhere { .. }
        | Stage::Blocked { .. }
        | Stage::Recognised { .. }
        | Stage::Proven { .. }
        | Stage::Answered { .. } => OPEN.to_owned(),
    }
}

/// A digest under a secret that never leaves the store. Every part has a fixed alphabet, so nothing can be moved across a newline.
fn tied(flow: &Flow, tie: &str) -> String {
    random::sha256_base64url(format!("{}\n{}\n{}\n{tie}", flow.form_secret.reveal(), flow.id, flow.browser).as_bytes())
}

fn is_same(a: &str, b: &str) -> bool {
    a.as_bytes().ct_eq(b.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use uuid::Uuid;

    use super::*;
    use crate::{
        domain::{
            address::EmailAddress,
            authorization_request::AuthorizationRequest,
            consent::Owed,
            errand::Errand,
            flow::{Alias, Approach, Origin},
            home_realm::Entry,
            id::{FlowId, GuestId},
            identity::{Subject, VerifiedIdentity, Voucher},
            locale::Locale,
            passcode::Challenge,
            secret::Secret,
            timestamp::Timestamp,
        },
        oidc::fixture::{CALLBACK, tenant},
    };

    const NOW: Timestamp = Timestamp::from_unix(1_800_000_000);

    fn flow(stage: Stage) -> Flow {
        let request: AuthorizationRequest = serde_json::from_value(json!({
            "client": "portal", "redirect_uri": CALLBACK, "response_mode": "query", "state": null, "nonce": null, "scopes": [],
            "code_challenge": "c", "prompt": "as_needed", "max_age": null, "login_hint": null, "domain_hint": null,
        }))
        .unwrap();
        Flow {
            id: FlowId::from_drawn(Uuid::from_u128(1)),
            errand: Errand::App(request),
            entry: Entry::Direct,
            locale: Locale::En,
            browser: "digest".into(),
            renewal: None,
            form_secret: Secret::new("secret".into()),
            expected: None,
            expires_at: NOW,
            stage,
        }
    }

    fn asking() -> Stage {
        Stage::Address { prefill: None, notice: None, approach: Approach::AsNeeded }
    }

    fn passcode(sent_at: Timestamp, wrong_entries: u8) -> Stage {
        let challenge = Challenge { digest: vec![], sent_at, expires_at: NOW, wrong_entries };
        Stage::Passcode { address: EmailAddress::parse("a@b.example").unwrap(), proves: Voucher::Passcode, challenge, notice: None }
    }

    fn consent() -> Stage {
        let identity = VerifiedIdentity {
            voucher: Voucher::Passcode,
            subject: Subject::new("a@b.example").unwrap(),
            address: None,
            name: None,
            authenticated_at: NOW,
            amr: vec![],
            acr: None,
            partner_session: None,
        };
        let owed: Owed = serde_json::from_value(json!({ "matters": ["privacy"], "acceptance": "by_guest" })).unwrap();
        let origin = Box::new(Origin::Proven { identity, consented: vec![], alias: Alias::Unsaid });
        Stage::Consent { guest: GuestId::from_drawn(Uuid::from_u128(2)), owed, origin, opened: vec![], is_reminded: false }
    }

    #[test]
    fn a_form_is_good_for_its_own_sign_in_and_browser_alone() {
        let (tenant, own) = (tenant(), flow(asking()));
        let mine = token(&tenant, &own);
        assert!(is_current(&tenant, &own, &mine) && is_own(&tenant, &own, &mine));
        for other in [
            Flow { id: FlowId::from_drawn(Uuid::from_u128(9)), ..flow(asking()) },
            Flow { browser: "another".into(), ..flow(asking()) },
            Flow { form_secret: Secret::new("another".into()), ..flow(asking()) },
        ] {
            assert!(!is_current(&tenant, &other, &mine) && !is_own(&tenant, &other, &mine));
        }
        for nonsense in ["", " ", "open", mine.trim_start_matches(|_: char| true), &mine[1..]] {
            assert!(!is_own(&tenant, &own, nonsense), "{nonsense:?}");
        }
    }

    #[test]
    fn a_passcode_form_is_spent_by_an_entry_and_by_another_mail() {
        let tenant = tenant();
        let first = token(&tenant, &flow(passcode(NOW, 0)));
        assert!(is_current(&tenant, &flow(passcode(NOW, 0)), &first));
        assert!(!is_current(&tenant, &flow(passcode(NOW, 1)), &first));
        assert!(!is_current(&tenant, &flow(passcode(Timestamp::from_unix(NOW.unix() + 1), 0)), &first));
    }

    #[test]
    fn a_consent_form_is_good_only_for_the_words_it_showed() {
        let mut tenant = tenant();
        let shown = token(&tenant, &flow(consent()));
        assert!(is_current(&tenant, &flow(consent()), &shown));
        assert!(!is_current(&tenant, &Flow { locale: Locale::De, ..flow(consent()) }, &shown));
        tenant.name = "Contoso Group".into();
        assert!(!is_current(&tenant, &flow(consent()), &shown));
    }

    #[test]
    fn a_form_that_only_says_who_one_is_may_come_late_but_decides_nothing() {
        let tenant = tenant();
        let early = token(&tenant, &flow(asking()));
        for stage in [passcode(NOW, 0), consent()] {
            let later = flow(stage);
            assert!(is_own(&tenant, &later, &early) && !is_current(&tenant, &later, &early));
        }
    }
}
