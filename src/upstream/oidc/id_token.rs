//! An ID token, checked: OpenID Connect Core §3.1.3.7 as a list you can read down, one check, one error.
//!
//! What a key is for, and hashes, are `openidconnect`'s. The claims are ours to check: its verifier refuses Google's issuer without a
//! scheme, leaves `azp` alone, and says one thing where operators need several. Nothing here fetches.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use openidconnect::{
    JsonWebKey, JsonWebKeyAlgorithm, JsonWebKeyUse, JwsSigningAlgorithm,
    core::{CoreJsonWebKey, CoreJwsSigningAlgorithm},
};
use serde::{Deserialize, Deserializer, de::IgnoredAny};
use subtle::ConstantTimeEq;

use crate::{
    domain::{
        correlation::{Correlation, OpenIdBinding},
        error_code::ErrorCode,
        identity_provider::UpstreamAlgorithm,
        timestamp::Timestamp,
    },
    upstream::Rejected,
};

use super::{
    claims::{Claims, NumericDate},
    discovery::PublishedKey,
    kind,
};

/// Entra dates its tokens five minutes back; a token bearing our nonce can otherwise not be older than the nonce.
const BACKDATING: Duration = Duration::from_secs(10 * 60);

/// A token taken apart, nothing believed.
pub(super) struct Unverified<'t> {
    signed: &'t str,
    signature: Vec<u8>,
    algorithm: CoreJwsSigningAlgorithm,
    kid: Option<String>,
    pub claims: Claims,
}

/// RFC 7515 §4.1. Members that would let a token choose its own key, or change the rules, refuse it (C6).
#[derive(Deserialize)]
struct Header {
    alg: String,
    typ: Option<String>,
    kid: Option<String>,
    #[serde(default)]
    crit: Presence,
    #[serde(default)]
    jku: Presence,
    #[serde(default)]
    jwk: Presence,
    #[serde(default)]
    x5u: Presence,
}

/// Whether a member is there, whatever it says: `null` is there, too.
#[derive(Default, PartialEq)]
enum Presence {
    #[default]
    Absent,
    Present,
}

impl<'de> Deserialize<'de> for Presence {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(from).map(|_| Self::Present)
    }
}

fn bad_signature(detail: impl Into<String>) -> Rejected {
    Rejected::new(ErrorCode::UpstreamSignature, detail)
}

impl<'t> Unverified<'t> {
    /// Takes `token` apart. Its algorithm must be one of the *configured* ones: the header only says which of them.
    pub(super) fn read(token: &'t str, allowed: &[UpstreamAlgorithm]) -> Result<Self, Rejected> {
        let (signed, signature) = token.rsplit_once('.').ok_or_else(|| bad_signature("the ID token is no signed JWT"))?;
        let (header, payload) = signed.split_once('.').ok_or_else(|| bad_signature("the ID token is no signed JWT"))?;
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| bad_signature("the ID token is not base64url"));
        let header: Header = serde_json::from_slice(&decode(header)?).map_err(|_| bad_signature("the ID token's header can't be read"))?;
        if [header.crit, header.jku, header.jwk, header.x5u].contains(&Presence::Present) {
            return Err(bad_signature("the ID token's header has crit, jku, jwk or x5u, which are never believed"));
        }
        // RFC 8725 §3.11: an access token, a logout token or another kind of JWT is no ID token, whoever signed it.
        if header.typ.is_some_and(|typ| !["JWT", "application/JWT"].iter().any(|plain| typ.eq_ignore_ascii_case(plain))) {
            return Err(bad_signature("the ID token's header says it is another kind of token"));
        }
        let known = allowed.iter().find(|known| name(**known) == header.alg);
        let algorithm = known.map(|known| core(*known)).ok_or_else(|| bad_signature("the ID token's algorithm is not a configured one"))?;
        let claims = serde_json::from_slice(&decode(payload)?)
            .map_err(|_| Rejected::new(ErrorCode::UpstreamClaims, "a claim of the ID token is misshapen or occurs twice"))?;
        Ok(Self { signed, signature: decode(signature)?, algorithm, kid: header.kid, claims })
    }

    /// Who it was made for: us alone, or us as the authorised party (§3.1.3.7 steps 3 to 5).
    pub(super) fn check_audience(&self, client_id: &str) -> Result<(), Rejected> {
        let wrong = |detail: &str| Err(Rejected::new(ErrorCode::UpstreamAudience, detail));
        let audiences = self.claims.aud.as_ref().map(|aud| aud.as_slice()).unwrap_or_default();
        let azp = self.claims.azp.as_deref();
        if !audiences.iter().any(|audience| audience == client_id) {
            return wrong("we are not in the ID token's aud");
        }
        if azp.is_some_and(|azp| azp != client_id) {
            return wrong("the ID token's azp is somebody else");
        }
        if audiences.len() > 1 && azp.is_none() {
            return wrong("the ID token is for others, too, and does not name us as azp");
        }
        Ok(())
    }

    /// Whether one of `keys` could have signed it. If none could, the set may have changed since it was read.
    pub(super) fn has_a_key_among(&self, keys: &[PublishedKey]) -> bool {
        keys.iter().any(|published| self.fits(&published.key))
    }

    /// The published key that made its signature.
    pub(super) fn check_signature<'k>(&self, keys: &'k [PublishedKey]) -> Result<&'k CoreJsonWebKey, Rejected> {
        let mut fitting = keys.iter().filter(|published| self.fits(&published.key));
        let published = fitting.next().ok_or_else(|| bad_signature("no published key fits the ID token's header"))?;
        if fitting.next().is_some() {
            return Err(bad_signature("several published keys fit the ID token's header"));
        }
        if published.issuer.as_deref().is_some_and(|issuer| !kind::key_may_sign_for(issuer, &self.claims)) {
            return Err(bad_signature("the key is published for another issuer"));
        }
        if published.verifying.verifies(&self.algorithm, self.signed.as_bytes(), &self.signature) {
            Ok(&published.key)
        } else {
            Err(bad_signature("the ID token's signature does not verify"))
        }
    }

    /// RFC 7517 §4: same id if the token names one, and made for this kind of signature.
    fn fits(&self, key: &CoreJsonWebKey) -> bool {
        let is_named = self.kid.as_deref().is_none_or(|kid| key.key_id().is_some_and(|id| id.as_str() == kid));
        let is_of_type = self.algorithm.key_type().as_ref() == Some(key.key_type());
        let is_for_signatures = key.key_use().is_none_or(|purpose| purpose.allows_signature());
        let is_for_algorithm = match key.signing_alg() {
            JsonWebKeyAlgorithm::Algorithm(only) => *only == self.algorithm,
            JsonWebKeyAlgorithm::Unspecified => true,
            JsonWebKeyAlgorithm::Unsupported => false,
        };
        is_named && is_of_type && is_for_signatures && is_for_algorithm
    }

    /// §3.1.3.7 steps 9, 10 and 13; RFC 7519 §4.1.5. Bounds are off by `skew` in the token's favour.
    pub(super) fn check_times(&self, now: Timestamp, skew: Duration, correlation: &Correlation) -> Result<(), Rejected> {
        let wrong = |detail: &str| Err(Rejected::new(ErrorCode::UpstreamTime, detail));
        let missing = |what: &str| Rejected::new(ErrorCode::UpstreamClaims, format!("the ID token has no {what}"));
        let moment = |claim: Option<NumericDate>| claim.map(NumericDate::moment);
        let expires = moment(self.claims.exp).ok_or_else(|| missing("exp"))?;
        let issued = moment(self.claims.iat).ok_or_else(|| missing("iat"))?;
        if now >= expires + skew {
            return wrong("the ID token is expired");
        }
        if issued > now + skew || moment(self.claims.nbf).is_some_and(|from| from > now + skew) {
            return wrong("the ID token is from the future");
        }
        if issued + skew + BACKDATING < correlation.left_at {
            return wrong("the ID token is older than the sign-in it answers");
        }
        match (correlation.authenticated_since, moment(self.claims.auth_time)) {
            (Some(_), None) => Err(missing("auth_time, which was asked for")),
            (Some(since), Some(at)) if at + skew < since => wrong("the person did not authenticate anew, as was asked"),
            (_, Some(at)) if at > now + skew => wrong("auth_time is in the future"),
            _ => Ok(()),
        }
    }

    /// §3.1.3.7 step 11, §3.1.3.8, §3.3.2.10: bound to our request, to the access token and to the code beside it.
    pub(super) fn check_bindings(
        &self,
        key: &CoreJsonWebKey,
        binding: &OpenIdBinding,
        access_token: &str,
        code: &str,
    ) -> Result<(), Rejected> {
        let wrong = |what: &str| Err(Rejected::new(ErrorCode::UpstreamBinding, format!("the ID token's {what} does not match")));
        let nonce = self.claims.nonce.as_deref().unwrap_or_default();
        if !bool::from(nonce.as_bytes().ct_eq(binding.nonce.reveal().as_bytes())) {
            return wrong("nonce");
        }
        if self.claims.at_hash.as_deref().is_some_and(|hash| !self.is_half_hash(key, access_token, hash)) {
            return wrong("at_hash");
        }
        if self.claims.c_hash.as_deref().is_some_and(|hash| !self.is_half_hash(key, code, hash)) {
            return wrong("c_hash");
        }
        Ok(())
    }

    /// The left half of the hash that belongs to the token's algorithm, in base64url.
    fn is_half_hash(&self, key: &CoreJsonWebKey, of: &str, claimed: &str) -> bool {
        key.hash_bytes(of.as_bytes(), &self.algorithm).is_ok_and(|hash| URL_SAFE_NO_PAD.encode(&hash[..hash.len() / 2]) == claimed)
    }
}

/// RFC 7518 §3.1, RFC 8037 §3.1.
fn name(algorithm: UpstreamAlgorithm) -> &'static str {
    match algorithm {
        UpstreamAlgorithm::Rs256 => "RS256",
        UpstreamAlgorithm::Rs384 => "RS384",
        UpstreamAlgorithm::Rs512 => "RS512",
        UpstreamAlgorithm::Ps256 => "PS256",
        UpstreamAlgorithm::Es256 => "ES256",
        UpstreamAlgorithm::Es384 => "ES384",
        UpstreamAlgorithm::EdDsa => "EdDSA",
    }
}

fn core(algorithm: UpstreamAlgorithm) -> CoreJwsSigningAlgorithm {
    match algorithm {
        UpstreamAlgorithm::Rs256 => CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
        UpstreamAlgorithm::Rs384 => CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
        UpstreamAlgorithm::Rs512 => CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
        UpstreamAlgorithm::Ps256 => CoreJwsSigningAlgorithm::RsaSsaPssSha256,
        UpstreamAlgorithm::Es256 => CoreJwsSigningAlgorithm::EcdsaP256Sha256,
        UpstreamAlgorithm::Es384 => CoreJwsSigningAlgorithm::EcdsaP384Sha384,
        UpstreamAlgorithm::EdDsa => CoreJwsSigningAlgorithm::EdDsa,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn token(header: &str, payload: &str) -> String {
        format!("{}.{}.c2ln", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload))
    }

    fn refusal(token: &str) -> ErrorCode {
        Unverified::read(token, &[UpstreamAlgorithm::Es256]).map(|_| ()).unwrap_err().code
    }

    #[test]
    fn a_header_that_says_a_thing_twice_or_chooses_its_algorithm_is_refused() {
        for header in [
            r#"{"alg":"ES256","alg":"none"}"#,
            r#"{"alg":"es256"}"#,
            r#"{"alg":"none"}"#,
            r#"{"alg":"HS256"}"#,
            r#"{"alg":"RS256"}"#,
            r#"{"alg":["ES256"]}"#,
            r#"{}"#,
            r#"{"alg":"ES256","crit":null}"#,
            r#"{"alg":"ES256","jku":"x"}"#,
        ] {
            assert_eq!(refusal(&token(header, "{}")), ErrorCode::UpstreamSignature, "{header}");
        }
        for payload in [r#"{"sub":"a","sub":"b"}"#, r#"{"aud":7}"#, r#"{"exp":"soon"}"#, "[]", "null", ""] {
            assert_eq!(refusal(&token(r#"{"alg":"ES256"}"#, payload)), ErrorCode::UpstreamClaims, "{payload}");
        }
    }

    proptest! {
        #[test]
        fn no_text_at_all_makes_it_panic(text in ".{0,200}", header in ".{0,60}", payload in ".{0,60}") {
            let _ = Unverified::read(&text, &[UpstreamAlgorithm::Es256]).is_ok();
            let _ = Unverified::read(&token(&header, &payload), &[UpstreamAlgorithm::Es256]).is_ok();
        }
    }
}
