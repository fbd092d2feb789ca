//! A provider's public keys, parsed once when its key set is read, and signatures held against them by aws-lc.
//!
//! Must not choose the key or the algorithm; that is [`super::id_token`]'s.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384,
    RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256, RsaParameters, RsaPublicKeyComponents, VerificationAlgorithm,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use openidconnect::core::CoreJwsSigningAlgorithm;
use serde_json::Value;

/// What an RSA key may be used for (RFC 7518 §3.3, §3.5).
static RSA: [(CoreJwsSigningAlgorithm, &RsaParameters); 4] = [
    (CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256, &RSA_PKCS1_2048_8192_SHA256),
    (CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384, &RSA_PKCS1_2048_8192_SHA384),
    (CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512, &RSA_PKCS1_2048_8192_SHA512),
    (CoreJwsSigningAlgorithm::RsaSsaPssSha256, &RSA_PSS_2048_8192_SHA256),
];

/// One public key, ready for every algorithm it may be used with.
#[derive(Debug)]
pub(super) struct VerifyingKey(Vec<(CoreJwsSigningAlgorithm, ParsedPublicKey)>);

impl VerifyingKey {
    /// From a JWK (RFC 7518 §6.2, §6.3; RFC 8037 §2). RSA of 2048 to 8192 bits, P-256, P-384, Ed25519; nothing else.
    pub(super) fn of_jwk(jwk: &Value) -> Option<Self> {
        let text = |name: &str| jwk.get(name).and_then(Value::as_str);
        let octets = |name: &str| URL_SAFE_NO_PAD.decode(text(name)?).ok();
        match (text("kty")?, text("crv")) {
            ("RSA", _) => rsa(&octets("n")?, &octets("e")?),
            ("EC", Some("P-256")) => {
                one(CoreJwsSigningAlgorithm::EcdsaP256Sha256, &ECDSA_P256_SHA256_FIXED, &point(&octets("x")?, &octets("y")?))
            }
            ("EC", Some("P-384")) => {
                one(CoreJwsSigningAlgorithm::EcdsaP384Sha384, &ECDSA_P384_SHA384_FIXED, &point(&octets("x")?, &octets("y")?))
            }
            ("OKP", Some("Ed25519")) => one(CoreJwsSigningAlgorithm::EdDsa, &ED25519, &octets("x")?),
            _ => None,
        }
    }

    /// Whether this key made `signature` over `signed` with `algorithm`.
    pub(super) fn verifies(&self, algorithm: &CoreJwsSigningAlgorithm, signed: &[u8], signature: &[u8]) -> bool {
        let key = self.0.iter().find(|(known, _)| known == algorithm);
        key.is_some_and(|(_, key)| key.verify_sig(signed, signature).is_ok())
    }
}

fn rsa(n: &[u8], e: &[u8]) -> Option<VerifyingKey> {
    // Some write a leading zero, as DER would; aws-lc wants none.
    let n: Vec<u8> = n.iter().copied().skip_while(|octet| *octet == 0).collect();
    if !(2048 / 8..=8192 / 8).contains(&n.len()) {
        return None;
    }
    let key = RsaPublicKeyComponents { n: n.as_slice(), e };
    let parsed = RSA.iter().map(|(algorithm, by)| Some((algorithm.clone(), key.to_parsed_public_key(by).ok()?)));
    parsed.collect::<Option<_>>().map(VerifyingKey)
}

/// SEC 1 §2.3.3, uncompressed.
fn point(x: &[u8], y: &[u8]) -> Vec<u8> {
    [&[4], x, y].concat()
}

fn one(algorithm: CoreJwsSigningAlgorithm, by: &'static dyn VerificationAlgorithm, octets: &[u8]) -> Option<VerifyingKey> {
    Some(VerifyingKey(vec![(algorithm, ParsedPublicKey::new(by, octets).ok()?)]))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// RFC 7515 appendix A.3.
    #[test]
    fn the_example_of_the_standard_verifies_and_a_changed_one_does_not() {
        let jwk = json!({"kty": "EC", "crv": "P-256",
            "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"});
        let signed = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
        let signature = "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
        let (key, signature) = (VerifyingKey::of_jwk(&jwk).unwrap(), URL_SAFE_NO_PAD.decode(signature).unwrap());
        assert!(key.verifies(&CoreJwsSigningAlgorithm::EcdsaP256Sha256, signed.as_bytes(), &signature));
        assert!(!key.verifies(&CoreJwsSigningAlgorithm::EcdsaP384Sha384, signed.as_bytes(), &signature));
        assert!(!key.verifies(&CoreJwsSigningAlgorithm::EcdsaP256Sha256, &signed.as_bytes()[1..], &signature));
    }

    #[test]
    fn what_is_no_public_key_of_decent_size_is_left_alone() {
        let (short, long) = (URL_SAFE_NO_PAD.encode([0xff; 128]), URL_SAFE_NO_PAD.encode([0xff; 256]));
        assert!(VerifyingKey::of_jwk(&json!({"kty": "RSA", "n": long, "e": "AQAB"})).is_some());
        for bad in [
            json!({"kty": "oct", "k": "c2VjcmV0"}),
            json!({"kty": "RSA", "n": short, "e": "AQAB"}),
            json!({"kty": "AKP", "pub": long}),
            json!({"kty": "EC", "crv": "P-256", "x": "AQ", "y": "AQ"}),
            json!({"kty": "OKP", "crv": "X25519", "x": short}),
        ] {
            assert!(VerifyingKey::of_jwk(&bad).is_none(), "{bad}");
        }
    }
}
