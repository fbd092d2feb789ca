//! What the provider signs, and how it can be made to sign wrongly.

use std::sync::OnceLock;

use aws_lc_rs::{
    digest::{SHA256, digest},
    hmac,
    rand::SystemRandom,
    rsa::KeySize,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::{Algorithm, Fault, Pending, Script};

pub(super) fn id_token(script: &Script, pending: &Pending, access_token: &str, code: &str) -> String {
    let has = |fault: Fault| script.faults.contains(&fault);
    let now = (script.now)();
    let us = &script.client.0;
    let mut claims = json!({
        "iss": pending.issuer, "aud": us, "iat": now, "exp": now + 600, "auth_time": now, "at_hash": half_hash(access_token),
    });
    if let Some(nonce) = &pending.nonce {
        claims["nonce"] = json!(nonce);
    }
    for (name, value) in &pending.claims {
        if !script.is_profile_for_userinfo || ["sub", "tid", "oid", "iss"].contains(&name.as_str()) {
            claims[name] = value.clone();
        }
    }
    let mut set = |fault: Fault, name: &str, value: Value| {
        if has(fault) {
            claims[name] = value;
        }
    };
    set(Fault::WrongAudience, "aud", json!("somebody-else"));
    set(Fault::MissingAudience, "aud", json!([]));
    set(Fault::ExtraAudience, "aud", json!([us, "somebody-else"]));
    set(Fault::ExtraAudienceWithUsAsAzp, "aud", json!([us, "somebody-else"]));
    set(Fault::ExtraAudienceWithUsAsAzp, "azp", json!(us));
    set(Fault::ForeignAzp, "azp", json!("somebody-else"));
    set(Fault::WrongNonce, "nonce", json!("another"));
    set(Fault::MissingNonce, "nonce", Value::Null);
    set(Fault::WrongIssuer, "iss", json!("https://evil.example"));
    set(Fault::MissingSub, "sub", Value::Null);
    set(Fault::WrongAtHash, "at_hash", json!(half_hash("another")));
    set(Fault::WrongCHash, "c_hash", json!(half_hash(&format!("{code}x"))));
    set(Fault::Expired, "exp", json!(now - 600));
    set(Fault::FromTheFuture, "iat", json!(now + 600));
    set(Fault::NotYetValid, "nbf", json!(now + 600));
    set(Fault::TooOld, "iat", json!(now - 86_400));
    let mut payload = claims.to_string();
    if has(Fault::RepeatedSub) {
        payload.insert_str(1, "\"sub\":\"admin\",");
    }
    sign(script, &payload)
}

fn sign(script: &Script, payload: &str) -> String {
    let has = |fault: Fault| script.faults.contains(&fault);
    let algorithm = script.algorithm;
    let mut header = json!({"typ": "JWT", "alg": "ES256", "kid": format!("ec-{}", script.generation)});
    if algorithm == Algorithm::Rs256 {
        (header["alg"], header["kid"]) = (json!("RS256"), json!("rsa"));
    }
    let mut set = |fault: Fault, name: &str, value: Value| {
        if has(fault) {
            header[name] = value;
        }
    };
    set(Fault::AlgNone, "alg", json!("none"));
    set(Fault::Hs256WithPublicKey, "alg", json!("HS256"));
    set(Fault::UnknownKid, "kid", json!("never-published"));
    set(Fault::KidTraversal, "kid", json!("../../../../dev/null"));
    set(Fault::HeaderTyp, "typ", json!("at+jwt"));
    set(Fault::HeaderCrit, "crit", json!(["exp"]));
    set(Fault::HeaderJku, "jku", json!("https://evil.example/jwks"));
    set(Fault::HeaderX5u, "x5u", json!("https://evil.example/cert"));
    let foreign = new_ec_key();
    set(Fault::HeaderJwk, "jwk", ec_jwk_of(&foreign, "foreign"));
    let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header.to_string()), URL_SAFE_NO_PAD.encode(payload));
    let is_foreign =
        [Fault::UnknownKid, Fault::ForgedSignature, Fault::HeaderJwk, Fault::HeaderJku, Fault::KidTraversal].into_iter().any(has);
    let random = SystemRandom::new();
    let signature = if has(Fault::AlgNone) {
        Vec::new()
    } else if has(Fault::Hs256WithPublicKey) {
        hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, ec_jwk(script).to_string().as_bytes()), signed.as_bytes()).as_ref().to_vec()
    } else if algorithm == Algorithm::Rs256 && !is_foreign {
        let mut signature = vec![0; rsa_key().public_modulus_len()];
        rsa_key().sign(&RSA_PKCS1_SHA256, &random, signed.as_bytes(), &mut signature).expect("RSA signs");
        signature
    } else {
        let key = if is_foreign { &foreign } else { &script.key };
        key.sign(&random, signed.as_bytes()).expect("ECDSA signs").as_ref().to_vec()
    };
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn half_hash(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(&digest(&SHA256, text.as_bytes()).as_ref()[..16])
}

pub(super) fn new_ec_key() -> EcdsaKeyPair {
    EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key")
}

/// Making one takes a while: one for all providers of a test binary.
fn rsa_key() -> &'static RsaKeyPair {
    static KEY: OnceLock<RsaKeyPair> = OnceLock::new();
    KEY.get_or_init(|| RsaKeyPair::generate(KeySize::Rsa2048).expect("a key"))
}

pub(super) fn ec_jwk(script: &Script) -> Value {
    ec_jwk_of(&script.key, &format!("ec-{}", script.generation))
}

fn ec_jwk_of(key: &EcdsaKeyPair, kid: &str) -> Value {
    // Uncompressed: 4, x, y.
    let point = key.public_key().as_ref();
    let (x, y) = (URL_SAFE_NO_PAD.encode(&point[1..33]), URL_SAFE_NO_PAD.encode(&point[33..65]));
    json!({"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": kid, "x": x, "y": y})
}

pub(super) fn rsa_jwk() -> Value {
    // PKCS#1 RSAPublicKey of a 2048-bit key: SEQUENCE (4), INTEGER (4), a zero, then the modulus; then INTEGER 65537.
    let der = rsa_key().public_key().as_ref();
    let modulus = &der[der.len() - 5 - 256..der.len() - 5];
    json!({"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "rsa", "n": URL_SAFE_NO_PAD.encode(modulus), "e": "AQAB"})
}
