//! Entra, Google and personal Microsoft accounts: where their rules differ.

use gatehouse::domain::{error_code::ErrorCode, identity_provider::OpenId};
use serde_json::json;

use crate::{oidc_provider::OidcProvider, world::*};

async fn peer() -> OidcProvider {
    let peer = OidcProvider::start().await;
    peer.keep_time_by(|| NOON);
    peer
}

#[tokio::test]
async fn c1_an_entra_account_is_its_tenant_and_object_never_its_sub_or_email() {
    let peer = peer().await;
    for issuer in [peer.entra_issuer("organizations"), peer.entra_issuer("common"), peer.entra_issuer("{tenantid}"), peer.entra_issuer(TID)]
    {
        let world = World::with(provider("microsoft", entra(issuer.clone(), &[TID]), &[]));
        peer.next_identity(json!({"sub": "pairwise", "tid": TID, "oid": OID, "email": "ceo@contoso.example", "email_verified": true}));
        let identity = world.sign_in().await.unwrap_or_else(|rejected| panic!("{issuer}: {rejected}"));
        assert_eq!(identity.subject.as_str(), format!("{TID}.{OID}"));
        assert!(!identity.address.unwrap().is_owner_verified, "an administrator may write any address");
    }
}

#[tokio::test]
async fn c1_an_entra_tenant_off_the_list_is_refused() {
    let peer = peer().await;
    let world = World::with(provider("microsoft", entra(peer.entra_issuer("organizations"), &[TID]), &[]));
    peer.next_identity(json!({"sub": "x", "tid": OTHER_TID, "oid": OID}));
    assert_eq!(world.refusal().await, ErrorCode::UpstreamTenant);
    let any = World::with(provider("microsoft", entra(peer.entra_issuer("organizations"), &[]), &[]));
    assert!(any.sign_in().await.is_ok());
    peer.next_identity(json!({"sub": "x", "tid": CONSUMERS, "oid": OID}));
    assert_eq!(any.refusal().await, ErrorCode::UpstreamTenant, "any directory, but a personal account is of none");
}

#[tokio::test]
async fn c1_the_issuer_is_filled_from_the_token_s_own_tenant() {
    let peer = peer().await;
    let world = World::with(provider("microsoft", entra(peer.entra_issuer("organizations"), &[TID, OTHER_TID]), &[]));
    peer.next_identity(json!({"sub": "x", "tid": TID, "oid": OID, "iss": peer.entra_issuer(OTHER_TID)}));
    assert_eq!(world.refusal().await, ErrorCode::UpstreamIssuer);
    for tid in ["../common", "72F988BF-86F1-41AF-91AB-2D7CD011DB47", "", "{tenantid}"] {
        peer.next_identity(json!({"sub": "x", "tid": tid, "oid": OID}));
        assert!(world.sign_in().await.is_err(), "{tid}");
    }
    peer.next_identity(json!({"sub": "x", "tid": TID}));
    assert_eq!(world.refusal().await, ErrorCode::UpstreamClaims, "no oid, no person");
}

#[tokio::test]
async fn c1_a_key_published_for_another_tenant_does_not_sign() {
    let peer = peer().await;
    let world = World::with(provider("microsoft", entra(peer.entra_issuer("organizations"), &[TID]), &[]));
    peer.next_identity(json!({"sub": "x", "tid": TID, "oid": OID}));
    peer.bind_keys_to(&peer.entra_issuer("{tenantid}"));
    assert!(world.sign_in().await.is_ok());
    peer.bind_keys_to(&peer.entra_issuer(OTHER_TID));
    let world = World::with(provider("microsoft", entra(peer.entra_issuer("organizations"), &[TID]), &[]));
    assert_eq!(world.refusal().await, ErrorCode::UpstreamSignature);
}

#[tokio::test]
async fn c1_microsoft_s_word_on_the_domain_s_owner_makes_an_address_verified() {
    let peer = peer().await;
    let world = World::with(provider("microsoft", entra(peer.entra_issuer("organizations"), &[TID]), &[]));
    for (edov, is_verified) in [(json!(true), true), (json!("true"), false), (json!(1), false), (json!(false), false)] {
        peer.next_identity(json!({"sub": "x", "tid": TID, "oid": OID, "email": "ana@fabrikam.example", "xms_edov": edov}));
        assert_eq!(world.sign_in().await.unwrap().address.unwrap().is_owner_verified, is_verified, "{edov}");
    }
}

#[tokio::test]
async fn one_entra_tenant_is_believed_about_the_domains_listed_for_it_and_several_are_not() {
    const OTHER: &str = "cccccccc-dddd-eeee-ffff-000000000000";
    let peer = peer().await;
    for (tids, domains, said, is_verified) in [
        (&[TID][..], &["fabrikam.example"][..], json!({}), true),
        (&[TID], &["fabrikam.example"], json!({"email_verified": false}), false),
        (&[TID], &["fabrikam.example"], json!({"xms_edov": false}), false),
        (&[TID], &[], json!({}), false),
        (&[TID, OTHER], &["fabrikam.example"], json!({}), false),
        (&[], &["fabrikam.example"], json!({}), false),
    ] {
        let world = World::with(provider("microsoft", entra(peer.entra_issuer("organizations"), tids), domains));
        let mut claims = json!({"sub": "x", "tid": TID, "oid": OID, "email": "ana@fabrikam.example"});
        claims.as_object_mut().unwrap().extend(said.as_object().unwrap().clone());
        peer.next_identity(claims);
        assert_eq!(world.sign_in().await.unwrap().address.unwrap().is_owner_verified, is_verified, "{tids:?} {domains:?} {said}");
    }
}

#[tokio::test]
async fn google_is_keyed_by_sub_and_vouches_for_its_own_domains() {
    let peer = peer().await;
    let world = World::with(provider("google", OpenId::Google(oidc(peer.issuer())), &[]));
    for (claims, is_verified) in [
        (json!({"sub": "g1", "email": "ana@gmail.com", "email_verified": true}), true),
        (json!({"sub": "g1", "email": "ana@googlemail.com", "email_verified": true}), true),
        (json!({"sub": "g1", "email": "ana@gmail.com", "email_verified": "true"}), false),
        (json!({"sub": "g1", "email": "ana@gmail.com"}), false),
    ] {
        peer.next_identity(claims.clone());
        let identity = world.sign_in().await.unwrap();
        assert_eq!(identity.subject.as_str(), "g1");
        assert_eq!(identity.address.unwrap().is_owner_verified, is_verified, "{claims}");
    }
    peer.next_identity(json!({"sub": "g1", "email": "ana@yahoo.example", "email_verified": true}));
    assert_eq!(world.refusal().await, ErrorCode::UpstreamDomain);
}

#[tokio::test]
async fn google_may_leave_the_scheme_out_of_its_issuer_and_others_may_not() {
    let peer = peer().await;
    peer.next_identity(json!({"sub": "g1", "iss": peer.host()}));
    assert!(World::with(provider("google", OpenId::Google(oidc(peer.issuer())), &[])).sign_in().await.is_ok());
    assert_eq!(World::with(provider("plain", OpenId::Generic(oidc(peer.issuer())), &[])).refusal().await, ErrorCode::UpstreamIssuer);
}

#[tokio::test]
async fn a_workspace_domain_counts_only_if_listed_and_hosted() {
    let peer = peer().await;
    let world = World::with(provider("google", OpenId::Google(oidc(peer.issuer())), &["litware.example"]));
    peer.next_identity(json!({"sub": "g1", "email": "ana@litware.example", "email_verified": true, "hd": "litware.example"}));
    assert!(world.sign_in().await.unwrap().address.unwrap().is_owner_verified);
    for claims in [
        json!({"sub": "g1", "email": "ana@litware.example", "email_verified": true}),
        json!({"sub": "g1", "email": "ana@litware.example", "email_verified": true, "hd": "evil.example"}),
        json!({"sub": "g1", "email": "ana@other.example", "email_verified": true, "hd": "other.example"}),
    ] {
        peer.next_identity(claims.clone());
        assert_eq!(world.refusal().await, ErrorCode::UpstreamDomain, "{claims}");
    }
}

#[tokio::test]
async fn a_personal_microsoft_account_is_of_the_one_tenant_they_all_share() {
    let peer = peer().await;
    let world = World::with(provider("msa", OpenId::MicrosoftAccount(oidc(peer.entra_issuer(CONSUMERS))), &[]));
    peer.next_identity(json!({"sub": "pairwise", "tid": CONSUMERS, "oid": OID, "email": "ana@outlook.example"}));
    let identity = world.sign_in().await.unwrap();
    assert_eq!(identity.subject.as_str(), format!("{CONSUMERS}.{OID}"));
    peer.next_identity(json!({"sub": "pairwise", "tid": TID, "oid": OID, "iss": peer.entra_issuer(CONSUMERS)}));
    assert_eq!(world.refusal().await, ErrorCode::UpstreamIssuer, "the response came from another tenant");
}

#[tokio::test]
async fn a_personal_microsoft_account_owns_its_address_unless_microsoft_says_no() {
    let peer = peer().await;
    let world = World::with(provider("msa", OpenId::MicrosoftAccount(oidc(peer.entra_issuer(CONSUMERS))), &[]));
    for (said, is_verified) in [
        (json!({}), true),
        (json!({"email_verified": true}), true),
        (json!({"email_verified": false}), false),
        (json!({"email_verified": "false"}), false),
        (json!({"xms_edov": true}), true),
        (json!({"xms_edov": false}), false),
        (json!({"xms_edov": 0}), false),
        (json!({"email_verified": true, "xms_edov": false}), false),
    ] {
        let mut claims = json!({"sub": "pairwise", "tid": CONSUMERS, "oid": OID, "email": "ana@anywhere.example"});
        claims.as_object_mut().unwrap().extend(said.as_object().unwrap().clone());
        peer.next_identity(claims);
        assert_eq!(world.sign_in().await.unwrap().address.unwrap().is_owner_verified, is_verified, "{said}");
    }
}
