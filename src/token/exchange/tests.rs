use std::sync::atomic::Ordering;

use super::*;
use crate::{
    domain::{tenant::Tenant, timestamp::Timestamp, token_policy::SigningAlgorithm},
    store::{
        directory::{Directory, Update},
        sessions::Sessions,
    },
    token::{
        code::mint,
        fixture::{Asking, CALLBACK, NOW, Shelves, VERIFIER, directory, grant, ring, tenant},
        ring::Ring,
        userinfo::userinfo,
    },
};

/// Parameters to replace.
type Changes<'a> = &'a [(&'a str, &'a str)];

/// A token endpoint with one code minted for `portal`.
struct World {
    tenant: Tenant,
    ring: Ring,
    shelves: Shelves,
    directory: Directory,
    code: String,
}

impl World {
    async fn open() -> Self {
        Self::with(&Asking::default()).await
    }

    async fn with(asking: &Asking<'_>) -> Self {
        let (tenant, shelves) = (tenant(), Shelves::default());
        let minted = mint(&tenant, &grant(asking));
        shelves.put(&minted.slot, &[(minted.shelf, minted.value, minted.ttl)]).await.unwrap();
        let (ring, code) = (ring(&[SigningAlgorithm::Es256]), minted.code.reveal().clone());
        Self { tenant, ring, shelves, directory: directory().await, code }
    }

    fn endpoint(&self, now: Timestamp) -> Endpoint<'_> {
        Endpoint { tenant: &self.tenant, ring: &self.ring, sessions: &self.shelves, directory: &self.directory, now }
    }

    /// A good request with some parameters replaced or, when empty, left out.
    async fn ask(&self, client: &str, now: Timestamp, changes: Changes<'_>) -> Result<TokenResponse, ErrorCode> {
        let mut pairs = vec![
            ("grant_type", "authorization_code"),
            ("code", self.code.as_str()),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        for (name, value) in changes {
            pairs.retain(|(key, _)| key != name);
            pairs.push((name, value));
        }
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        let client = &self.tenant.clients[&ClientId::parse(client).unwrap()];
        exchange(&self.endpoint(now), client, &Parameters::parse(body.as_bytes()).unwrap()).await
    }

    async fn good(&self) -> Result<TokenResponse, ErrorCode> {
        self.ask("portal", NOW, &[]).await
    }
}

#[tokio::test]
async fn a_code_brings_tokens_and_they_open_userinfo() {
    let world = World::open().await;
    let tokens = world.good().await.unwrap();
    assert_eq!((tokens.token_type, tokens.expires_in, tokens.scope.as_str()), ("Bearer", 3600, "openid profile email"));
    let answer = userinfo(&world.endpoint(NOW), tokens.access_token.reveal()).await.unwrap();
    assert_eq!(
        serde_json::to_value(&answer).unwrap(),
        serde_json::json!({
            "sub": "00000000000000000000000000000009", "name": "Ana", "preferred_username": "ana@fabrikam.example",
            "email": "ana@fabrikam.example", "email_verified": true
        })
    );
    // An ID token is no access token.
    assert_eq!(userinfo(&world.endpoint(NOW), tokens.id_token.as_ref().unwrap().reveal()).await.unwrap_err(), ErrorCode::InvalidToken);
    assert!(!format!("{tokens:?} {answer:?}").contains("ana@"));
}

#[tokio::test]
async fn a_code_with_anything_wrong_about_it_is_refused_and_burnt() {
    let late = NOW + std::time::Duration::from_secs(60);
    let table: [(&str, Timestamp, Changes<'_>, ErrorCode); 5] = [
        ("native", NOW, &[], ErrorCode::InvalidCode),
        ("portal", late, &[], ErrorCode::InvalidCode),
        ("portal", NOW, &[("redirect_uri", "https://portal.contoso.example/cb2")], ErrorCode::RedirectUriMismatch),
        ("portal", NOW, &[("redirect_uri", "http://127.0.0.1/native?app=1")], ErrorCode::RedirectUriMismatch),
        ("portal", NOW, &[("code_verifier", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXl")], ErrorCode::PkceMismatch),
    ];
    for (client, now, changes, code) in table {
        let world = World::open().await;
        assert_eq!(world.ask(client, now, changes).await.unwrap_err(), code, "{client} {changes:?}");
        assert_eq!(world.good().await.unwrap_err(), ErrorCode::ReusedCode, "burnt: {client} {changes:?}");
    }
}

#[tokio::test]
async fn a_client_excused_from_pkce_ends_as_it_began() {
    let (with, without) =
        (Asking { client: "either", ..Asking::default() }, Asking { client: "either", verifier: None, ..Asking::default() });
    let no_verifier: Changes<'_> = &[("code_verifier", "")];
    assert!(World::with(&without).await.ask("either", NOW, no_verifier).await.is_ok());
    assert!(World::with(&with).await.ask("either", NOW, &[]).await.is_ok());
    // Taken out, or put in, on the way.
    assert_eq!(World::with(&with).await.ask("either", NOW, no_verifier).await.unwrap_err(), ErrorCode::PkceMismatch);
    assert_eq!(World::with(&without).await.ask("either", NOW, &[]).await.unwrap_err(), ErrorCode::PkceMismatch);
}

#[tokio::test]
async fn a_request_that_lacks_something_is_refused_and_burns_nothing() {
    let world = World::open().await;
    let table: &[(Changes<'_>, ErrorCode)] = &[
        (&[("grant_type", "")], ErrorCode::InvalidTokenRequest),
        (&[("grant_type", "refresh_token")], ErrorCode::UnsupportedGrantType),
        (&[("grant_type", "password")], ErrorCode::UnsupportedGrantType),
        (&[("code", "")], ErrorCode::InvalidTokenRequest),
        (&[("code", "nonsense")], ErrorCode::InvalidCode),
        (&[("redirect_uri", "")], ErrorCode::InvalidTokenRequest),
        (&[("code_verifier", "")], ErrorCode::InvalidTokenRequest),
        (&[("code_verifier", &VERIFIER[1..])], ErrorCode::InvalidTokenRequest),
        (&[("code_verifier", "dBjftJeZ4CVP+mB92K27uhbUJU1p1r_wW1gFWFOEjXk")], ErrorCode::InvalidTokenRequest),
    ];
    for (changes, code) in table {
        assert_eq!(world.ask("portal", NOW, changes).await.unwrap_err(), *code, "{changes:?}");
    }
    assert!(world.good().await.is_ok());
}

#[tokio::test]
async fn a_code_nobody_minted_is_unknown_here_and_in_another_tenant() {
    let mut world = World::open().await;
    let other = mint(&world.tenant, &grant(&Asking::default())).code.reveal().clone();
    assert_eq!(world.ask("portal", NOW, &[("code", &other)]).await.unwrap_err(), ErrorCode::InvalidCode);
    world.tenant.id = crate::domain::id::TenantId::parse("other").unwrap();
    assert_eq!(world.good().await.unwrap_err(), ErrorCode::InvalidCode);
}

#[tokio::test]
async fn a_code_that_comes_again_revokes_what_it_brought() {
    let world = World::open().await;
    let tokens = world.good().await.unwrap();
    assert!(userinfo(&world.endpoint(NOW), tokens.access_token.reveal()).await.is_ok());
    assert_eq!(world.good().await.unwrap_err(), ErrorCode::ReusedCode);
    assert_eq!(userinfo(&world.endpoint(NOW), tokens.access_token.reveal()).await.unwrap_err(), ErrorCode::InvalidToken);
}

#[tokio::test]
async fn a_store_that_fails_is_said_and_nothing_passes() {
    let world = World::open().await;
    let tokens = world.good().await.unwrap();
    world.shelves.is_down.store(true, Ordering::SeqCst);
    assert_eq!(world.good().await.unwrap_err(), ErrorCode::SessionsUnavailable);
    assert_eq!(userinfo(&world.endpoint(NOW), tokens.access_token.reveal()).await.unwrap_err(), ErrorCode::SessionsUnavailable);
}

#[tokio::test]
async fn a_client_that_was_taken_away_loses_its_tokens() {
    let mut world = World::open().await;
    let tokens = world.good().await.unwrap();
    world.tenant.clients.remove(&ClientId::parse("portal").unwrap());
    assert_eq!(userinfo(&world.endpoint(NOW), tokens.access_token.reveal()).await.unwrap_err(), ErrorCode::InvalidToken);
}

#[tokio::test]
async fn a_house_without_the_client_s_key_burns_no_code() {
    let mut world = World::open().await;
    let id = ClientId::parse("portal").unwrap();
    world.tenant.clients.get_mut(&id).unwrap().id_token_signed_response_alg = SigningAlgorithm::Rs256;
    assert_eq!(world.good().await.unwrap_err(), ErrorCode::KeysUnavailable);
    world.tenant.clients.get_mut(&id).unwrap().id_token_signed_response_alg = SigningAlgorithm::Es256;
    assert!(world.good().await.is_ok());
}

#[tokio::test]
async fn of_many_at_once_one_is_served_and_its_token_is_revoked() {
    let world = World::open().await;
    let (a, b, c) = tokio::join!(world.good(), world.good(), world.good());
    let served: Vec<_> = [a, b, c].into_iter().filter_map(Result::ok).collect();
    assert_eq!(served.len(), 1);
    assert!(userinfo(&world.endpoint(NOW), served[0].access_token.reveal()).await.is_err());
}

#[test]
fn the_token_is_taken_from_one_place() {
    use crate::token::userinfo::bearer;
    let form = Parameters::parse(b"access_token=abc").unwrap();
    assert_eq!(bearer(Some(b"Bearer abc"), None), Ok("abc"));
    assert_eq!(bearer(Some(b"bearer abc"), Some(&Parameters::parse(b"").unwrap())), Ok("abc"));
    assert_eq!(bearer(None, Some(&form)), Ok("abc"));
    assert_eq!(bearer(Some(b"Bearer abc"), Some(&form)), Err(ErrorCode::InvalidTokenRequest));
    for header in [&b"Basic abc"[..], b"Bearer", b"abc", b"Bearer \xff", b""] {
        assert_eq!(bearer(Some(header), None), Err(ErrorCode::InvalidToken), "{header:?}");
    }
    assert_eq!(bearer(None, None), Err(ErrorCode::InvalidToken));
}

#[tokio::test]
async fn between_code_and_token_a_guest_may_be_signed_out_everywhere_or_go() {
    let later = NOW + std::time::Duration::from_secs(1);
    let (tenant_id, guest) = (tenant().id, grant(&Asking::default()).guest());
    for change in
        [Update { sessions_valid_from: Some(later), ..Update::default() }, Update { is_enabled: Some(false), ..Update::default() }]
    {
        let (before, after) = (World::open().await, World::open().await);
        let tokens = before.ask("portal", later, &[]).await.unwrap();
        before.directory.update_guest(&tenant_id, guest, &change).await.unwrap();
        after.directory.update_guest(&tenant_id, guest, &change).await.unwrap();
        assert_eq!(after.ask("portal", later, &[]).await.unwrap_err(), ErrorCode::InvalidCode, "{change:?}");
        let userinfo = userinfo(&before.endpoint(later), tokens.access_token.reveal()).await;
        // Of the very second in which sessions ended it stands.
        assert_eq!(userinfo.is_err(), change.is_enabled == Some(false), "{change:?}");
    }
    let gone = World::open().await;
    gone.directory.delete_guest(&tenant_id, guest, NOW).await.unwrap();
    assert_eq!(gone.good().await.unwrap_err(), ErrorCode::InvalidCode);
}
