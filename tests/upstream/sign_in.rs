//! The ordinary way: out with a question, back with a person.

use gatehouse::{
    domain::{
        error_code::ErrorCode,
        identity::Voucher,
        identity_provider::{OpenId, UpstreamAlgorithm},
        timestamp::Timestamp,
    },
    upstream::{Inbound, Prompting, state},
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

#[tokio::test]
async fn a_person_comes_back_proven() {
    let (peer, world) = fabrikam().await;
    peer.next_identity(json!({
        "sub": "248289761001", "email": "Ana@Fabrikam.example", "email_verified": true, "name": "Ana", "amr": ["pwd", "otp"], "acr": "2",
    }));
    let identity = world.sign_in().await.unwrap();
    assert_eq!(identity.voucher, Voucher::Provider(idp("fabrikam")));
    assert_eq!(identity.subject.as_str(), "248289761001");
    let asserted = identity.address.unwrap();
    assert!(asserted.is_owner_verified);
    assert_eq!(asserted.address, address("ana@fabrikam.example"));
    assert_eq!((identity.name.as_deref(), identity.acr.as_deref()), (Some("Ana"), Some("2")));
    assert_eq!(identity.amr, ["pwd", "otp"]);
    assert_eq!(identity.authenticated_at, Timestamp::from_unix(NOON));
}

#[tokio::test]
async fn the_question_carries_state_nonce_pkce_hint_and_language() {
    let (peer, world) = fabrikam().await;
    let ask = ask();
    let (url, correlation) = world.leave(&ask).await;
    come_back(&url).await;
    let asked = peer.last_asked("/authorize").unwrap().parameters;
    assert_eq!(asked["state"], state(ask.flow, &correlation.state));
    assert_eq!(asked["nonce"], *binding(&correlation).nonce.reveal());
    assert_eq!(asked["code_challenge_method"], "S256");
    assert_eq!(asked["scope"], "openid profile email");
    assert_eq!(asked["redirect_uri"], "https://login.example/contoso/callback/fabrikam");
    assert_eq!(asked["login_hint"], "ana@fabrikam.example");
    assert_eq!(asked["ui_locales"], "de");
    assert!(!asked.contains_key("prompt"));
    assert!(!url.as_str().contains(binding(&correlation).pkce_verifier.reveal().as_str()));
}

#[tokio::test]
async fn rs256_is_as_good_as_es256_unless_configured_otherwise() {
    let (peer, world) = fabrikam().await;
    peer.sign_with(Algorithm::Rs256);
    assert!(world.sign_in().await.is_ok());
    let mut only_ec = oidc(peer.issuer());
    only_ec.id_token_algorithms = vec![UpstreamAlgorithm::Es256];
    let world = World::with(provider("fabrikam", OpenId::Generic(only_ec), &["fabrikam.example"]));
    assert_eq!(world.refusal().await, ErrorCode::UpstreamSignature);
}

#[tokio::test]
async fn the_secret_travels_as_the_provider_likes_it() {
    let (peer, world) = fabrikam().await;
    world.sign_in().await.unwrap();
    assert!(peer.last_asked("/token").unwrap().authorization.unwrap().starts_with("Basic "));

    let (peer, world) = fabrikam().await;
    peer.offer_auth_methods(&["client_secret_post", "private_key_jwt"]);
    world.sign_in().await.unwrap();
    assert!(peer.last_asked("/token").unwrap().authorization.is_none());

    let (peer, _) = fabrikam().await;
    peer.expect_client("gatehouse", None);
    let mut public = oidc(peer.issuer());
    public.client_secret = None;
    World::with(provider("fabrikam", OpenId::Generic(public), &["fabrikam.example"])).sign_in().await.unwrap();
}

#[tokio::test]
async fn userinfo_is_asked_only_for_what_the_id_token_lacks() {
    let (peer, world) = fabrikam().await;
    world.sign_in().await.unwrap();
    assert_eq!(peer.times_asked("/userinfo"), 0);
    peer.keep_profile_for_userinfo();
    let identity = world.sign_in().await.unwrap();
    assert_eq!(peer.times_asked("/userinfo"), 1);
    assert!(identity.address.unwrap().is_owner_verified);
    peer.misbehave([Fault::UserinfoOfSomebodyElse]);
    assert_eq!(world.refusal().await, ErrorCode::UpstreamClaims);
}

#[tokio::test]
async fn a_forced_login_must_be_attested() {
    let (peer, world) = fabrikam().await;
    let forced = gatehouse::upstream::Ask { prompting: Prompting::ForceLogin, ..ask() };
    let (url, correlation) = world.leave(&forced).await;
    assert!(world.provider.verify(&come_back(&url).await, &correlation).await.is_ok());
    let asked = peer.last_asked("/authorize").unwrap().parameters;
    assert_eq!((asked["prompt"].as_str(), asked["max_age"].as_str()), ("login", "0"));

    for (auth_time, code) in [(json!(NOON - 600), ErrorCode::UpstreamTime), (json!(null), ErrorCode::UpstreamClaims)] {
        peer.next_identity(json!({"sub": "ana", "auth_time": auth_time}));
        let (url, correlation) = world.leave(&forced).await;
        assert_eq!(world.provider.verify(&come_back(&url).await, &correlation).await.unwrap_err().code, code);
    }
}

#[tokio::test]
async fn asked_again_the_question_is_the_same() {
    let (_peer, world) = fabrikam().await;
    let once = ask();
    let (first, correlation) = world.leave(&once).await;
    let (second, kept) = world.leave(&gatehouse::upstream::Ask { again: Some(correlation), ..once }).await;
    for secret in ["state", "nonce", "code_challenge"] {
        let of = |url: &url::Url| url.query_pairs().find(|(name, _)| name == secret).map(|(_, value)| value.into_owned()).unwrap();
        assert_eq!(of(&first), of(&second), "{secret}");
    }
    assert!(world.provider.verify(&come_back(&first).await, &kept).await.is_ok(), "whichever of two clicks is answered");
}

#[tokio::test]
async fn who_cancels_is_denied_and_who_breaks_is_unavailable() {
    let (peer, world) = fabrikam().await;
    for (error, code) in [
        ("access_denied", ErrorCode::UpstreamDenied),
        ("login_required", ErrorCode::UpstreamDenied),
        ("<script>ana@x.example", ErrorCode::UpstreamDenied),
        ("server_error", ErrorCode::UpstreamUnavailable),
        ("temporarily_unavailable", ErrorCode::UpstreamUnavailable),
    ] {
        peer.deny(error, Some("AADSTS65004: ana@fabrikam.example said no"));
        assert_eq!(world.refusal().await, code, "{error}");
    }
    let rejected = world.sign_in().await.unwrap_err();
    assert_eq!(rejected.detail, "the provider answered temporarily_unavailable (AADSTS65004)");
    peer.allow();
    assert!(world.sign_in().await.is_ok());
}

#[tokio::test]
async fn an_answer_with_neither_code_nor_error_is_none() {
    let (_peer, world) = fabrikam().await;
    let ask = ask();
    let (_, correlation) = world.leave(&ask).await;
    let inbound = Inbound::parse(&format!("state={}&iss={}", state(ask.flow, &correlation.state), _peer.issuer())).unwrap();
    assert_eq!(world.provider.verify(&inbound, &correlation).await.unwrap_err().code, ErrorCode::UpstreamMismatch);
}
