//! A tenant's key ring: signs with the key whose time it is, verifies with any it publishes. Made once per change of keys.
//!
//! Parsed keys, encoded headers and the key set are made here once; a request only signs.

use std::{borrow::Borrow, sync::Arc};

use aws_lc_rs::signature::ParsedPublicKey;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Serialize;

use crate::{
    domain::{error_code::ErrorCode, id::TenantId, tenant::Tenant, timestamp::Timestamp, token_policy::SigningAlgorithm},
    store::{directory::StoredKey, seal::Seal},
};

use super::{
    access_token::{AccessTokenClaims, Claims, Verified, VerifiedTokens},
    app_token::{self, AppTokenClaims},
    forge::{self, Signer},
    jwk::{Jwk, PublicKey},
    plan::{self, Life},
};

/// Access tokens are for ourselves, so the cheap algorithm signs them whatever a client asked for its ID tokens.
pub const ACCESS_TOKEN_ALGORITHM: SigningAlgorithm = SigningAlgorithm::Es256;

/// What a JWT is, by its `typ`, so that none passes for another (RFC 8725 §3.11).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    IdToken,
    /// RFC 9068 §2.1.
    AccessToken,
}

#[derive(Debug)]
struct Key {
    kid: Arc<str>,
    life: Life,
    signer: Signer,
    verifier: ParsedPublicKey,
    public: PublicKey,
    id_token_header: String,
    access_token_header: String,
}

impl Borrow<Life> for Key {
    fn borrow(&self) -> &Life {
        &self.life
    }
}

/// All keys of one tenant that are published.
#[derive(Debug)]
pub struct Ring {
    keys: Vec<Key>,
    jwks: Arc<str>,
    verified: VerifiedTokens,
}

#[derive(Serialize)]
struct Header<'k> {
    alg: &'static str,
    typ: &'static str,
    kid: &'k str,
}

#[derive(Serialize)]
struct KeySet<'k> {
    keys: Vec<Jwk<'k>>,
}

impl Ring {
    /// Opens every key; one that does not open fails the ring, for a house with the wrong seal must not sign.
    pub fn open(tenant: &TenantId, stored: &[StoredKey], seal: &Seal, verified: VerifiedTokens) -> Result<Self, forge::ForgeError> {
        let mut keys = stored.iter().map(|key| Key::open(tenant, key, seal)).collect::<Result<Vec<_>, _>>()?;
        keys.sort_by_key(|key| key.life.signs_from);
        let set = KeySet { keys: keys.iter().map(Key::jwk).collect() };
        let jwks = serde_json::to_string(&set).expect("a key set is plain strings").into();
        Ok(Self { keys, jwks, verified })
    }

    /// The key set document (RFC 7517 §5), served as it is.
    pub fn jwks(&self) -> Arc<str> {
        Arc::clone(&self.jwks)
    }

    pub fn can_sign(&self, algorithm: SigningAlgorithm, now: Timestamp) -> bool {
        plan::signing(now, algorithm, &self.keys).is_some()
    }

    /// Whether it was opened from these keys.
    pub(super) fn is_of(&self, stored: &[StoredKey]) -> bool {
        stored.len() == self.keys.len() && stored.iter().all(|key| self.keys.iter().any(|ours| *ours.kid == *key.kid))
    }

    /// A JWS in compact form (RFC 7515 §7.1).
    pub fn sign<C: Serialize>(
        &self,
        purpose: Purpose,
        algorithm: SigningAlgorithm,
        claims: &C,
        now: Timestamp,
    ) -> Result<String, ErrorCode> {
        let key = plan::signing(now, algorithm, &self.keys).ok_or(ErrorCode::KeysUnavailable)?;
        let claims = serde_json::to_vec(claims).map_err(|_| ErrorCode::Internal)?;
        let header = key.header(purpose);
        let mut token = String::with_capacity(header.len() + claims.len() * 4 / 3 + 400);
        token.push_str(header);
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(&claims, &mut token);
        let signature = key.signer.sign(token.as_bytes()).map_err(|_| ErrorCode::KeysUnavailable)?;
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(&signature, &mut token);
        Ok(token)
    }

    /// Reads an access token of this tenant, still good at `now`. Whether it was revoked is the session store's to say.
    ///
    /// Nothing in the token's header is believed, or even read: it must be, octet for octet, the header that one of our published
    /// keys writes. So algorithm, key and type are ours (`none`, HMAC, `jku`, `crit` and ID tokens fail alike).
    pub fn verify_access_token(&self, tenant: &Tenant, token: &str, now: Timestamp) -> Result<Arc<AccessTokenClaims>, ErrorCode> {
        let Claims::Guest(claims) = self.opened(token)? else { return Err(ErrorCode::InvalidToken) };
        let is_good =
            claims.iss == tenant.issuer.url && claims.aud == tenant.issuer.url && claims.tid == tenant.id.as_str() && now < claims.exp;
        if is_good { Ok(claims) } else { Err(ErrorCode::InvalidToken) }
    }

    /// Reads an app's access token for the management API of this tenant, still good at `now`; nobody else's opens it.
    pub fn verify_app_token(&self, tenant: &Tenant, token: &str, now: Timestamp) -> Result<Arc<AppTokenClaims>, ErrorCode> {
        let Claims::App(claims) = self.opened(token)? else { return Err(ErrorCode::InvalidToken) };
        let is_good = claims.iss == tenant.issuer.url
            && claims.aud == app_token::audience(tenant)
            && claims.tid == tenant.id.as_str()
            && claims.sub == claims.client_id
            && now < claims.exp;
        if is_good { Ok(claims) } else { Err(ErrorCode::InvalidToken) }
    }

    /// What one of our published keys signed.
    fn opened(&self, token: &str) -> Result<Claims, ErrorCode> {
        let verified = self.verified.or_verify(token, || self.verify_signature(token).ok_or(ErrorCode::InvalidToken))?;
        let is_published = self.keys.iter().any(|key| key.kid == verified.kid);
        if is_published { Ok(verified.claims) } else { Err(ErrorCode::InvalidToken) }
    }

    fn verify_signature(&self, token: &str) -> Option<Verified> {
        let (message, signature) = token.rsplit_once('.')?;
        let (header, claims) = message.split_once('.')?;
        let key = self.keys.iter().find(|key| key.access_token_header == header)?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        key.verifier.verify_sig(message.as_bytes(), &signature).ok()?;
        let claims = Claims::parse(&URL_SAFE_NO_PAD.decode(claims).ok()?)?;
        Some(Verified { kid: Arc::clone(&key.kid), claims })
    }
}

impl Key {
    fn open(tenant: &TenantId, stored: &StoredKey, seal: &Seal) -> Result<Self, forge::ForgeError> {
        let (signer, public) = forge::open(tenant, stored, seal)?;
        let header = |typ| {
            let header = Header { alg: stored.algorithm.as_str(), typ, kid: &stored.kid };
            URL_SAFE_NO_PAD.encode(serde_json::to_vec(&header).expect("a header is plain strings"))
        };
        Ok(Self {
            life: Life { algorithm: stored.algorithm, signs_from: stored.signs_from, published_until: stored.published_until },
            verifier: signer.verifier()?,
            id_token_header: header("JWT"),
            access_token_header: header("at+jwt"),
            kid: stored.kid.as_str().into(),
            signer,
            public,
        })
    }

    fn header(&self, purpose: Purpose) -> &str {
        match purpose {
            Purpose::IdToken => &self.id_token_header,
            Purpose::AccessToken => &self.access_token_header,
        }
    }

    fn jwk(&self) -> Jwk<'_> {
        Jwk { key: &self.public, kid: &self.kid, usage: "sig", alg: self.life.algorithm.as_str() }
    }
}

#[cfg(test)]
mod tests;
