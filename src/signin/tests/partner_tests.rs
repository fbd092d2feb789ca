//! What partners bring along: assertions used once, sessions that end when theirs do, and records that can't fill a disk.

use super::*;
use crate::{
    domain::identity::{AssertedNameId, PartnerSession},
    signin::{
        once::{Claim, claim},
        partner_sessions,
    },
    upstream::{EndedSessions, Once},
};

fn fabrikam() -> IdpId {
    IdpId::parse("fabrikam").unwrap()
}

fn name(value: &str) -> AssertedNameId {
    AssertedNameId { value: Subject::new(value).unwrap(), format: None, name_qualifier: None, sp_name_qualifier: None }
}

fn ended(value: &str, indexes: &[&str]) -> EndedSessions {
    EndedSessions { name_id: name(value), indexes: indexes.iter().map(|index| (*index).to_owned()).collect() }
}

/// A session of `who`, remembered and kept; its cookie.
async fn session(porter: &Porter, tenant: &Tenant, who: &str, index: Option<&str>) -> String {
    let (id, secret) = (SessionId::from_drawn(random::ordered_uuid(NOW)), random::token());
    let partner = PartnerSession { index: index.map(str::to_owned), name_id: Some(name(who)), until: None };
    let identity = VerifiedIdentity { partner_session: Some(partner), ..identity("fabrikam", who, "ana@fabrikam.example") };
    let guest = GuestId::from_drawn(random::ordered_uuid(NOW));
    let session = BrowserSession { id, guest, identity, began_at: NOW, expires_at: NOW + Duration::from_secs(3600) };
    let digest = random::sha256_base64url(secret.reveal().as_bytes());
    partner_sessions::remember(porter, tenant, &session, &digest).await.unwrap();
    let placed = (Shelf::Session { digest }, serde_json::to_vec(&session).unwrap(), Duration::from_secs(3600));
    porter.sessions.put(&Slot::of_session(&tenant.id, id), &[placed]).await.unwrap();
    format!("{id}.{}", secret.reveal())
}

async fn lives(porter: &Porter, tenant: &Tenant, cookie: &str) -> bool {
    recognise(porter, tenant, Some(cookie)).await.unwrap().is_some()
}

#[tokio::test]
async fn an_assertion_is_used_by_one_sign_in_and_a_double_click_is_the_same_one() {
    let tenant = tenant(&[("fabrikam", &["fabrikam.example"])]);
    let porter = porter(&tenant).await;
    let once = Once { digest: "d".into(), until: NOW + Duration::from_secs(300) };
    assert_eq!(claim(&porter, &tenant, &fabrikam(), Some(&once), "one").await.unwrap(), Claim::First);
    assert_eq!(claim(&porter, &tenant, &fabrikam(), Some(&once), "one").await.unwrap(), Claim::Again);
    assert_eq!(claim(&porter, &tenant, &fabrikam(), Some(&once), "two").await.unwrap(), Claim::Taken);
    let other = IdpId::parse("litware").unwrap();
    assert_eq!(claim(&porter, &tenant, &other, Some(&once), "two").await.unwrap(), Claim::First, "another provider's");
    assert_eq!(claim(&porter, &tenant, &fabrikam(), None, "two").await.unwrap(), Claim::First, "nothing to use up");
    porter.clock.advance(Duration::from_secs(299));
    assert_eq!(claim(&porter, &tenant, &fabrikam(), Some(&once), "two").await.unwrap(), Claim::Taken, "to its last second");
}

#[tokio::test]
async fn an_assertion_about_to_expire_is_claimed_all_the_same() {
    let tenant = tenant(&[("fabrikam", &["fabrikam.example"])]);
    let porter = porter(&tenant).await;
    let once = Once { digest: "d".into(), until: NOW };
    assert_eq!(claim(&porter, &tenant, &fabrikam(), Some(&once), "one").await.unwrap(), Claim::First);
    assert_eq!(claim(&porter, &tenant, &fabrikam(), Some(&once), "two").await.unwrap(), Claim::Taken);
}

#[tokio::test]
async fn a_partner_ends_the_session_it_means_and_no_other() {
    let tenant = tenant(&[("fabrikam", &["fabrikam.example"])]);
    let porter = porter(&tenant).await;
    let (here, there) = (session(&porter, &tenant, "ana", Some("1")).await, session(&porter, &tenant, "ana", Some("2")).await);
    let other = session(&porter, &tenant, "sol", Some("1")).await;
    assert_eq!(partner_sessions::end(&porter, &tenant, &fabrikam(), &ended("ana", &["1"])).await.unwrap(), 1);
    assert!(!lives(&porter, &tenant, &here).await && lives(&porter, &tenant, &there).await && lives(&porter, &tenant, &other).await);
    assert_eq!(partner_sessions::end(&porter, &tenant, &fabrikam(), &ended("ana", &["1"])).await.unwrap(), 0, "once is enough");
    let litware = IdpId::parse("litware").unwrap();
    assert_eq!(partner_sessions::end(&porter, &tenant, &litware, &ended("sol", &[])).await.unwrap(), 0, "another partner's word");
    assert!(lives(&porter, &tenant, &other).await);
}

#[tokio::test]
async fn a_logout_that_names_no_session_ends_them_all_in_every_browser() {
    let tenant = tenant(&[("fabrikam", &["fabrikam.example"])]);
    let porter = porter(&tenant).await;
    let mut cookies = Vec::new();
    for index in [Some("1"), Some("2"), None] {
        cookies.push(session(&porter, &tenant, "ana", index).await);
    }
    assert_eq!(partner_sessions::end(&porter, &tenant, &fabrikam(), &ended("ana", &[])).await.unwrap(), 3);
    for cookie in cookies {
        assert!(!lives(&porter, &tenant, &cookie).await);
    }
}

#[tokio::test]
async fn one_person_with_very_many_browsers_is_remembered_within_bounds() {
    let tenant = tenant(&[("fabrikam", &["fabrikam.example"])]);
    let porter = porter(&tenant).await;
    for _ in 0..40 {
        session(&porter, &tenant, "ana", Some("1")).await;
    }
    assert_eq!(partner_sessions::end(&porter, &tenant, &fabrikam(), &ended("ana", &[])).await.unwrap(), 32);
}

#[tokio::test]
async fn a_name_in_another_format_is_another_name() {
    let tenant = tenant(&[("fabrikam", &["fabrikam.example"])]);
    let porter = porter(&tenant).await;
    let cookie = session(&porter, &tenant, "ana", Some("1")).await;
    let named =
        |format: &str| EndedSessions { name_id: AssertedNameId { format: Some(format.into()), ..name("ana") }, indexes: Vec::new() };
    let transient = named("urn:oasis:names:tc:SAML:2.0:nameid-format:transient");
    assert_eq!(partner_sessions::end(&porter, &tenant, &fabrikam(), &transient).await.unwrap(), 0);
    let unspecified = named("urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified");
    assert_eq!(partner_sessions::end(&porter, &tenant, &fabrikam(), &unspecified).await.unwrap(), 1, "what no format means");
    assert!(!lives(&porter, &tenant, &cookie).await);
}

#[tokio::test]
async fn a_sign_in_keeps_few_refusals_however_often_it_is_refused() {
    let tenant = tenant(&[("fabrikam", &["fabrikam.example"])]);
    let porter = porter(&tenant).await;
    let (browser, proof) = (Some("secret"), None);
    let flow: Flow = {
        let visit = begin::begin(&porter, &tenant, arrival(&tenant, &[], None), &visitor(browser, proof)).await.unwrap();
        visit.flow
    };
    let mut rejected = Rejected::new(ErrorCode::SamlAudience, "meant for another");
    rejected.verdicts.passed("issuer", "https://fabrikam.example");
    for _ in 0..20 {
        verdicts::refused(&porter, &tenant, &flow, &visitor(browser, proof), &fabrikam(), &rejected).await;
    }
    let reference = crate::trail::reference_of(flow.id);
    let kept = crate::trail::of(&porter.directory, &[&tenant.id], &reference).await.unwrap();
    assert_eq!((kept.len(), kept[0].events.len()), (1, 5));
    assert_eq!(crate::trail::lines(&kept[0].events[0].details)[0].check, "issuer");
    assert!(crate::trail::of(&porter.directory, &[&tenant.id], "nothing").await.unwrap().is_empty());
}

/// What the browser keeps of a sign-in that a partner bounded.
async fn bounded(porter: &Porter, tenant: &Tenant, until: Option<Timestamp>) -> Visit {
    let (flow, _) = flow(porter, tenant, &[("prompt", "consent")]).await;
    let id = flow.id;
    let partner = PartnerSession { index: Some("1".into()), name_id: Some(name("ana")), until };
    let ana = VerifiedIdentity { partner_session: Some(partner), ..identity("fabrikam", "ana", "ana@fabrikam.example") };
    let renewed = proven(porter, tenant, flow, ana).await;
    let visitor = visitor(Some(renewed.reveal()), None);
    let visit = show::show(porter, tenant, id, &visitor, None).await.unwrap();
    let form = form::token(tenant, &visit.flow);
    let statement = consent::Statement { form: &form, decision: guests::Decision::Accept };
    consent::consent(porter, tenant, id, &visitor, statement).await.unwrap()
}

fn has_code(visit: &Visit) -> bool {
    matches!(&visit.reply, Reply::Answer(answer) if answer.fields().iter().any(|(name, _)| *name == "code"))
}

#[tokio::test]
async fn a_session_lasts_no_longer_than_the_partners_and_ends_by_its_word() {
    let tenant = tenant(&[("fabrikam", &["fabrikam.example"])]);
    let porter = porter(&tenant).await;
    let whole = bounded(&porter, &tenant, None).await.keepsakes.session.unwrap();
    assert_eq!(whole.until, NOW + tenant.tokens.session);
    let minute = Duration::from_secs(60);
    let short = bounded(&porter, &tenant, Some(NOW + minute)).await.keepsakes.session.unwrap();
    assert_eq!(short.until, NOW + minute);
    let ends = |by: &'static [&'static str]| ended("ana", by);
    assert_eq!(partner_sessions::end(&porter, &tenant, &fabrikam(), &ends(&["2"])).await.unwrap(), 0);
    assert!(lives(&porter, &tenant, short.secret.reveal()).await);
    assert_eq!(partner_sessions::end(&porter, &tenant, &fabrikam(), &ends(&["1"])).await.unwrap(), 2);
    assert!(!lives(&porter, &tenant, short.secret.reveal()).await && !lives(&porter, &tenant, whole.secret.reveal()).await);
}

#[tokio::test]
async fn a_session_that_is_over_at_the_partner_is_not_made_and_the_app_gets_its_code() {
    let tenant = tenant(&[("fabrikam", &["fabrikam.example"])]);
    let porter = porter(&tenant).await;
    let visit = bounded(&porter, &tenant, Some(NOW)).await;
    assert!(has_code(&visit) && visit.keepsakes.session.is_none());
    assert_eq!(partner_sessions::end(&porter, &tenant, &fabrikam(), &ended("ana", &[])).await.unwrap(), 0);
}
