use std::time::Duration;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey};
use serde_json::{Value, json};

use super::*;
use crate::token::{
    claims,
    fixture::{Asking, NOW, grant, ring, seal, tenant},
    plan::plan,
};

fn access_token(ring: &Ring) -> String {
    let claims = claims::access_token(&tenant(), &grant(&Asking::default()), "jti-1".into(), NOW);
    ring.sign(Purpose::AccessToken, ACCESS_TOKEN_ALGORITHM, &claims, NOW).unwrap()
}

fn part(token: &str, index: usize) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(token.split('.').nth(index).unwrap()).unwrap()
}

/// As a relying party does: by the published key alone.
fn verifies(ring: &Ring, token: &str) -> bool {
    let header: Value = serde_json::from_slice(&part(token, 0)).unwrap();
    let set: Value = serde_json::from_str(&ring.jwks()).unwrap();
    let key = set["keys"].as_array().unwrap().iter().find(|key| key["kid"] == header["kid"]).unwrap();
    assert_eq!(key["alg"], header["alg"]);
    let number = |name: &str| URL_SAFE_NO_PAD.decode(key[name].as_str().unwrap()).unwrap();
    let (message, signature) = (token.rsplit_once('.').unwrap().0.as_bytes(), part(token, 2));
    match key["kty"].as_str() {
        Some("EC") => {
            let point = [&[4][..], &number("x"), &number("y")].concat();
            assert_eq!(signature.len(), 64);
            UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, &signature).is_ok()
        }
        _ => {
            let public = RsaPublicKeyComponents { n: number("n"), e: number("e") };
            public.verify(&RSA_PKCS1_2048_8192_SHA256, message, &signature).is_ok()
        }
    }
}

#[test]
fn what_is_signed_verifies_by_the_published_set_alone() {
    let ring = ring(&SigningAlgorithm::ALL);
    for algorithm in SigningAlgorithm::ALL {
        let token = ring.sign(Purpose::IdToken, algorithm, &json!({"sub": "x"}), NOW).unwrap();
        assert!(verifies(&ring, &token), "{algorithm:?}");
        let header: Value = serde_json::from_slice(&part(&token, 0)).unwrap();
        assert_eq!((&header["alg"], &header["typ"]), (&json!(algorithm.as_str()), &json!("JWT")));
        assert_eq!(part(&token, 1), br#"{"sub":"x"}"#);
    }
}

#[test]
fn the_published_set_has_no_private_member() {
    let set: Value = serde_json::from_str(&ring(&SigningAlgorithm::ALL).jwks()).unwrap();
    for key in set["keys"].as_array().unwrap() {
        for private in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
            assert!(key.get(private).is_none(), "{private}");
        }
    }
}

#[test]
fn an_access_token_is_read_while_it_lives() {
    let (tenant, ring) = (tenant(), ring(&[SigningAlgorithm::Es256]));
    let token = access_token(&ring);
    assert_eq!(serde_json::from_slice::<Value>(&part(&token, 0)).unwrap()["typ"], "at+jwt");
    // The second time from memory.
    for _ in 0..2 {
        let claims = ring.verify_access_token(&tenant, &token, NOW).unwrap();
        assert_eq!((claims.jti.as_str(), claims.scope.as_str()), ("jti-1", "openid profile email"));
    }
    let last = NOW + tenant.tokens.access_token;
    assert!(ring.verify_access_token(&tenant, &token, last - Duration::from_secs(1)).is_ok());
    assert_eq!(ring.verify_access_token(&tenant, &token, last), Err(ErrorCode::InvalidToken));
}

#[test]
fn another_tenant_s_issuer_does_not_take_it_even_if_it_was_verified_before() {
    let (mut other, ring) = (tenant(), ring(&[SigningAlgorithm::Es256]));
    let token = access_token(&ring);
    assert!(ring.verify_access_token(&tenant(), &token, NOW).is_ok());
    other.issuer.url = "https://login.example.org/other".into();
    assert_eq!(ring.verify_access_token(&other, &token, NOW), Err(ErrorCode::InvalidToken));
}

#[test]
fn a_key_that_left_takes_its_tokens_with_it_even_if_they_were_verified_before() {
    let (tenant, verified) = (tenant(), VerifiedTokens::holding(10));
    let make = || {
        let life = plan(NOW, &[], &[SigningAlgorithm::Es256], &tenant.tokens)[0];
        let stored = forge::forge(&tenant.id, life, NOW, &seal()).unwrap();
        Ring::open(&tenant.id, &[stored], &seal(), verified.clone()).unwrap()
    };
    let (old, new) = (make(), make());
    let token = access_token(&old);
    assert!(old.verify_access_token(&tenant, &token, NOW).is_ok());
    assert_eq!(new.verify_access_token(&tenant, &token, NOW), Err(ErrorCode::InvalidToken));
}

#[test]
fn forged_headers_and_bodies_are_refused() {
    let (tenant, ring) = (tenant(), ring(&SigningAlgorithm::ALL));
    let token = access_token(&ring);
    let [header, claims, signature] = token.split('.').collect::<Vec<_>>().try_into().unwrap();
    let kid = serde_json::from_str::<Value>(&ring.jwks()).unwrap()["keys"][0]["kid"].as_str().unwrap().to_owned();
    let with_header = |value: &Value| format!("{}.{claims}.{signature}", URL_SAFE_NO_PAD.encode(value.to_string()));
    let mut bad = vec![
        with_header(&json!({"alg": "none", "typ": "at+jwt", "kid": kid})),
        with_header(&json!({"alg": "HS256", "typ": "at+jwt", "kid": kid})),
        with_header(&json!({"alg": "ES256", "typ": "at+jwt", "kid": "../../etc/passwd"})),
        with_header(&json!({"alg": "ES256", "typ": "at+jwt", "kid": kid, "crit": ["b64"]})),
        with_header(&json!({"alg": "ES256", "typ": "at+jwt", "kid": kid, "jwk": {}})),
        with_header(&json!({"alg": "ES256", "typ": "JWT", "kid": kid})),
        format!("{header}.{claims}."),
        format!("{header}.{claims}"),
        format!("{header}.{claims}.{signature}."),
        format!("{header}.{claims}.{signature}="),
        format!("{header}.{}.{signature}", URL_SAFE_NO_PAD.encode(b"{}")),
        format!("{header}.{claims}.{}", URL_SAFE_NO_PAD.encode([0; 64])),
        String::new(),
        "..".into(),
        ring.sign(Purpose::IdToken, SigningAlgorithm::Es256, &json!({}), NOW).unwrap(),
    ];
    for at in (0..token.len()).step_by(7) {
        let mut changed = token.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        bad.push(String::from_utf8(changed).unwrap());
    }
    for token in bad {
        assert_eq!(ring.verify_access_token(&tenant, &token, NOW), Err(ErrorCode::InvalidToken), "{token}");
    }
}

#[test]
fn the_key_whose_time_it_is_signs_and_both_are_published() {
    let tenant = tenant();
    let first = plan(NOW, &[], &[SigningAlgorithm::Es256], &tenant.tokens)[0];
    let eve = first.signs_from + tenant.tokens.key_rotation - tenant.tokens.key_publish_ahead;
    let second = plan(eve, &[first], &[SigningAlgorithm::Es256], &tenant.tokens)[0];
    let stored = [first, second].map(|life| forge::forge(&tenant.id, life, NOW, &seal()).unwrap());
    let ring = Ring::open(&tenant.id, &stored, &seal(), VerifiedTokens::holding(10)).unwrap();
    let signer = |now| {
        let token = ring.sign(Purpose::IdToken, SigningAlgorithm::Es256, &json!({}), now).unwrap();
        assert!(verifies(&ring, &token));
        serde_json::from_slice::<Value>(&part(&token, 0)).unwrap()["kid"].as_str().unwrap().to_owned()
    };
    assert_eq!(signer(eve), stored[0].kid);
    assert_eq!(signer(second.signs_from - Duration::from_secs(1)), stored[0].kid);
    assert_eq!(signer(second.signs_from), stored[1].kid);
    assert!(!ring.can_sign(SigningAlgorithm::Rs256, eve));
    assert_eq!(ring.sign(Purpose::IdToken, SigningAlgorithm::Rs256, &json!({}), eve), Err(ErrorCode::KeysUnavailable));
}

#[test]
fn a_key_of_another_tenant_or_with_another_public_half_does_not_open() {
    let tenant = tenant();
    let life = plan(NOW, &[], &[SigningAlgorithm::Es256], &tenant.tokens)[0];
    let stored = forge::forge(&tenant.id, life, NOW, &seal()).unwrap();
    let other = TenantId::parse("other").unwrap();
    assert!(Ring::open(&other, std::slice::from_ref(&stored), &seal(), VerifiedTokens::holding(1)).is_err());
    let swapped = StoredKey { public_jwk: forge::forge(&tenant.id, life, NOW, &seal()).unwrap().public_jwk, ..stored };
    assert_eq!(Ring::open(&tenant.id, &[swapped], &seal(), VerifiedTokens::holding(1)).unwrap_err(), forge::ForgeError::Mismatch);
}
