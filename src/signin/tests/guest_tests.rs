//! What the directory learns of a sign-in.

use super::*;
use crate::{
    domain::{
        consent::{self, ConsentRecord, DocumentHash, Matter},
        guest::Guest,
    },
    store::directory::Standing,
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
