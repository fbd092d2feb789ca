//! What the directory learns of a sign-in.

use serde_json::json;

use super::*;
use crate::{
    domain::{
        consent::{self, ConsentRecord, DocumentHash, Matter},
        flow::Remedy,
        guest::Guest,
    },
    store::directory::{AuditEvent, Standing},
};

async fn stored(porter: &Porter, tenant: &Tenant, id: GuestId) -> Guest {
    porter.directory.guest(&tenant.id, id).await.unwrap().unwrap().guest
}

/// A guest who accepted an hour ago.
async fn accepted(porter: &Porter, tenant: &Tenant, identity: &VerifiedIdentity) -> GuestId {
    let admitted = guests::admit(&porter.directory, &porter.clock, tenant, identity).await.unwrap();
    let guest = admitted.file.guest;
    let record = ConsentRecord {
        guest: guest.id,
        matter: Matter::Privacy,
        version: None,
        document: DocumentHash(String::new()),
        locale: Locale::En,
        is_accepted: true,
        client: "portal".into(),
        voucher: identity.voucher.as_str().into(),
        at: NOW - Duration::from_secs(3600),
    };
    let duties = consent::Duties::of(tenant, None, &guest, identity, NOW);
    let owed = consent::gate(&guest, identity.clone(), &[], &duties, &[]).unwrap_err();
    let standing = Standing::Accepted(owed.completed_by(&record, identity).unwrap());
    let id = FlowId::from_drawn(random::ordered_uuid(NOW));
    porter.directory.record_consent(&tenant.id, id, &identity.into(), &record, standing).await.unwrap().unwrap();
    guest.id
}

#[tokio::test]
async fn the_last_sign_in_is_the_last_proof_and_not_the_last_session() {
    let tenant = tenant(&[("fabrikam", &["fabrikam.example"])]);
    let porter = porter(&tenant).await;
    let ana = identity("fabrikam", "ana", "ana@fabrikam.example");
    let id = accepted(&porter, &tenant, &ana).await;
    let before = stored(&porter, &tenant, id).await.last_sign_in_at;
    assert_eq!(before, Some(NOW - Duration::from_secs(3600)), "the first is written with the acceptance");
    let cookie = signed_in(&porter, &tenant, id, ana.clone()).await;
    let visit = begin::begin(&porter, &tenant, arrival(&tenant, &[], Some(cookie)), &visitor(None, None)).await.unwrap();
    assert!(matches!(visit.reply, Reply::Answer(_)), "{:?}", visit.reply);
    porter.directory.write_sign_ins().await.unwrap();
    assert_eq!(stored(&porter, &tenant, id).await.last_sign_in_at, before);
    let (flow, _) = flow(&porter, &tenant, &[]).await;
    let flow_id = flow.id;
    let browser = proven(&porter, &tenant, flow, ana).await;
    let visit = show::show(&porter, &tenant, flow_id, &visitor(Some(browser.reveal()), None), None).await.unwrap();
    assert!(matches!(visit.reply, Reply::Answer(_)), "{:?}", visit.reply);
    porter.directory.write_sign_ins().await.unwrap();
    assert_eq!(stored(&porter, &tenant, id).await.last_sign_in_at, Some(NOW));
}

/// `behaviour.md` §13.4: signed out everywhere.
#[tokio::test]
async fn a_session_that_began_before_all_were_ended_answers_nothing_any_more() {
    let tenant = tenant(&[("fabrikam", &["fabrikam.example"])]);
    let porter = porter(&tenant).await;
    let ana = identity("fabrikam", "ana", "ana@fabrikam.example");
    let id = accepted(&porter, &tenant, &ana).await;
    let cookie = signed_in(&porter, &tenant, id, ana).await;
    for (ended_at, is_over) in [(NOW - Duration::from_secs(1), false), (NOW, true), (NOW + Duration::from_secs(1), true)] {
        let event = AuditEvent::without_sign_in(ended_at, "guest.signed_out_everywhere", id, json!({}));
        porter.directory.end_sessions(&tenant.id, id, &event).await.unwrap();
        let asked = arrival(&tenant, &[], Some(cookie.clone()));
        let visit = begin::begin(&porter, &tenant, asked, &visitor(None, None)).await.unwrap();
        assert_eq!(matches!(visit.flow.stage, Stage::Address { .. }), is_over, "{:?}", visit.flow.stage);
        assert_eq!(matches!(visit.reply, Reply::Answer(_)), !is_over);
        let silent = arrival(&tenant, &[("prompt", "none")], Some(cookie.clone()));
        let visit = begin::begin(&porter, &tenant, silent, &visitor(None, None)).await.unwrap();
        let Reply::Answer(answer) = visit.reply else { panic!("{:?}", visit.reply) };
        assert_eq!(answer.fields().contains(&("error", "login_required".to_owned())), is_over, "{:?}", answer.fields());
    }
}

#[tokio::test]
async fn the_wrong_account_is_named_beside_the_one_that_was_meant() {
    let tenant = tenant(&[("fabrikam", &["fabrikam.example"]), ("rival", &[])]);
    let porter = porter(&tenant).await;
    let (meant, theirs) = ("hal@elsewhere.example", "ceo@fabrikam.example");
    for (typed, is_named) in [(Some(meant), true), (Some(theirs), false), (None, false)] {
        let (flow, _) = flow(&porter, &tenant, &[]).await;
        let id = flow.id;
        let address = typed.map(|typed| EmailAddress::parse(typed).unwrap());
        let sent = Flow { stage: Stage::Blocked { address, code: ErrorCode::NoRoad }, ..flow };
        let browser = proven(&porter, &tenant, sent, identity("rival", "ceo", theirs)).await;
        let visit = show::show(&porter, &tenant, id, &visitor(Some(browser.reveal()), None), None).await.unwrap();
        match &visit.flow.stage {
            Stage::Mismatch { invited, remedy: Remedy::Switch, .. } => assert!(is_named && invited.to_string() == meant),
            Stage::Blocked { code: ErrorCode::WrongAccount, .. } => assert!(!is_named, "{typed:?}"),
            other => panic!("{other:?}"),
        }
    }
}
