//! `security.md` C: what has gone wrong in this field, each refused with its own error.

use gatehouse::{
    domain::{error_code::ErrorCode, id::TenantId, identity_provider::OpenId},
    upstream::Inbound,
};
use serde_json::json;

use crate::{
    oidc_provider::{Algorithm, Fault, OidcProvider},
    world::*,
};

async fn fabrikam() -> (OidcProvider, World) {
    let peer = OidcProvider::start().await;
    peer.keep_time_by(|| NOON);
    let world = World::with(provider("fabrikam", OpenId::Generic(oidc(peer.issuer())), &["fabrikam.example"]));
    (peer, world)
}

async fn each_is(code: ErrorCode, faults: &[Fault]) {
    let (peer, world) = fabrikam().await;
    for fault in faults {
        peer.misbehave([*fault]);
        assert_eq!(world.refusal().await, code, "{fault:?}");
    }
    peer.behave();
    assert!(world.sign_in().await.is_ok(), "and the honest one still signs in");
}

#[tokio::test]
async fn c1_an_address_outside_the_provider_s_domains_is_refused() {
    let (peer, world) = fabrikam().await;
    for email in ["ceo@contoso.example", "ana@sub.fabrikam.example", "ana@fabrikam.example.evil.example"] {
        peer.next_identity(json!({"sub": "ana", "email": email, "email_verified": true}));
        assert_eq!(world.refusal().await, ErrorCode::UpstreamDomain, "{email}");
    }
}

#[tokio::test]
async fn c1_a_provider_without_domains_vouches_for_no_address() {
    let peer = OidcProvider::start().await;
    peer.keep_time_by(|| NOON);
    let world = World::with(provider("anyone", OpenId::Generic(oidc(peer.issuer())), &[]));
    peer.next_identity(json!({"sub": "ana", "email": "ceo@contoso.example", "email_verified": true}));
    assert!(!world.sign_in().await.unwrap().address.unwrap().is_owner_verified);
}

#[tokio::test]
async fn c3_email_verified_counts_only_when_it_is_literally_true() {
    let (peer, world) = fabrikam().await;
    for odd in [json!("true"), json!(1), json!("yes"), json!(false), json!(null), json!([true]), json!({"value": true})] {
        peer.next_identity(json!({"sub": "ana", "email": "ana@fabrikam.example", "email_verified": odd}));
        assert!(!world.sign_in().await.unwrap().address.unwrap().is_owner_verified, "{odd}");
    }
    peer.next_identity(json!({"sub": "ana", "email": "ana@fabrikam.example"}));
    assert!(!world.sign_in().await.unwrap().address.unwrap().is_owner_verified);
}

#[tokio::test]
async fn c4_a_token_for_others_is_refused() {
    each_is(ErrorCode::UpstreamAudience, &[Fault::WrongAudience, Fault::MissingAudience, Fault::ExtraAudience, Fault::ForeignAzp]).await;
    let (peer, world) = fabrikam().await;
    peer.misbehave([Fault::ExtraAudienceWithUsAsAzp]);
    assert!(world.sign_in().await.is_ok());
}

#[tokio::test]
async fn c4_a_token_of_another_sign_in_is_refused() {
    each_is(ErrorCode::UpstreamBinding, &[Fault::WrongNonce, Fault::MissingNonce, Fault::WrongAtHash, Fault::WrongCHash]).await;
}

#[tokio::test]
async fn c5_the_iss_of_the_response_is_checked_and_required_once_announced() {
    each_is(ErrorCode::UpstreamIssuer, &[Fault::WrongIssParameter, Fault::NoIssParameter]).await;
    let (peer, world) = fabrikam().await;
    peer.announce_iss(false);
    assert!(world.sign_in().await.is_ok());
    peer.misbehave([Fault::WrongIssParameter]);
    assert_eq!(world.refusal().await, ErrorCode::UpstreamIssuer);
    assert_eq!(peer.times_asked("/token"), 1, "no code was shown to a stranger");
}

#[tokio::test]
async fn c5_an_answer_is_heard_only_for_its_own_question_and_provider() {
    let (_peer, world) = fabrikam().await;
    let (url, correlation) = world.leave(&ask()).await;
    let (_, other_sign_in) = world.leave(&ask()).await;
    let back = come_back(&url).await;
    assert_eq!(world.provider.verify(&back, &other_sign_in).await.unwrap_err().code, ErrorCode::UpstreamMismatch);
    let for_another = gatehouse::domain::correlation::Correlation { provider: idp("litware"), ..correlation.clone() };
    assert_eq!(world.provider.verify(&back, &for_another).await.unwrap_err().code, ErrorCode::UpstreamMismatch);
    assert!(world.provider.verify(&back, &correlation).await.is_ok());
}

#[tokio::test]
async fn c5_a_repeated_parameter_is_refused_before_anything_is_asked() {
    let (_peer, world) = fabrikam().await;
    let (url, _) = world.leave(&ask()).await;
    let back = come_back_to(&url).await;
    let twice = format!("{}&code=another", back.query().unwrap());
    assert_eq!(Inbound::parse(&twice).unwrap_err().code, ErrorCode::UpstreamMismatch);
}

#[tokio::test]
async fn c6_the_algorithm_comes_from_configuration_and_keys_from_the_provider() {
    each_is(
        ErrorCode::UpstreamSignature,
        &[
            Fault::AlgNone,
            Fault::Hs256WithPublicKey,
            Fault::ForgedSignature,
            Fault::HeaderCrit,
            Fault::HeaderJku,
            Fault::HeaderJwk,
            Fault::HeaderX5u,
            Fault::UnknownKid,
            Fault::KidTraversal,
            Fault::HeaderTyp,
        ],
    )
    .await;
}

#[tokio::test]
async fn c6_none_is_refused_for_rsa_providers_too() {
    let (peer, world) = fabrikam().await;
    peer.sign_with(Algorithm::Rs256);
    for fault in [Fault::AlgNone, Fault::Hs256WithPublicKey, Fault::ForgedSignature] {
        peer.misbehave([fault]);
        assert_eq!(world.refusal().await, ErrorCode::UpstreamSignature, "{fault:?}");
    }
}

#[tokio::test]
async fn c9_another_tenant_s_provider_is_not_found() {
    let (_peer, world) = fabrikam().await;
    assert!(world.upstreams.provider(&TenantId::parse("contoso").unwrap(), &idp("fabrikam")).is_some());
    assert!(world.upstreams.provider(&TenantId::parse("litware").unwrap(), &idp("fabrikam")).is_none());
}

#[tokio::test]
async fn a_token_of_another_issuer_or_about_nobody_is_refused() {
    each_is(ErrorCode::UpstreamIssuer, &[Fault::WrongIssuer]).await;
    each_is(ErrorCode::UpstreamClaims, &[Fault::MissingSub, Fault::RepeatedSub, Fault::NoIdToken]).await;
}

#[tokio::test]
async fn a_token_of_another_time_is_refused() {
    each_is(ErrorCode::UpstreamTime, &[Fault::Expired, Fault::FromTheFuture, Fault::NotYetValid, Fault::TooOld]).await;
}

#[tokio::test]
async fn the_clock_difference_is_forgiven_to_the_second() {
    let (peer, world) = fabrikam().await;
    for (claims, is_fine) in [
        (json!({"sub": "ana", "exp": NOON - 59}), true),
        (json!({"sub": "ana", "exp": NOON - 60}), false),
        (json!({"sub": "ana", "iat": NOON + 60}), true),
        (json!({"sub": "ana", "iat": NOON + 61}), false),
        (json!({"sub": "ana", "nbf": NOON + 60}), true),
        (json!({"sub": "ana", "nbf": NOON + 61}), false),
    ] {
        peer.next_identity(claims.clone());
        assert_eq!(world.sign_in().await.is_ok(), is_fine, "{claims}");
    }
}

#[tokio::test]
async fn a_refused_code_has_its_own_error_and_no_words_of_the_provider() {
    let (peer, world) = fabrikam().await;
    peer.misbehave([Fault::CodeRefused]);
    let rejected = world.sign_in().await.unwrap_err();
    assert_eq!((rejected.code, rejected.detail.as_str()), (ErrorCode::UpstreamTokenRefused, "the token endpoint answered invalid_grant"));
    peer.behave();
    peer.expect_client("gatehouse", Some("another"));
    assert_eq!(world.refusal().await, ErrorCode::UpstreamTokenRefused);
}

#[tokio::test]
async fn an_address_that_is_none_is_refused() {
    let (peer, world) = fabrikam().await;
    for odd in [json!("\"a@b\"@fabrikam.example"), json!("ana@fabrikam.example\n"), json!(7), json!(["ana@fabrikam.example"]), json!("")] {
        peer.next_identity(json!({"sub": "ana", "email": odd, "email_verified": true}));
        assert_eq!(world.refusal().await, ErrorCode::UpstreamClaims, "{odd}");
    }
}
