//! Making signing keys and opening stored ones. The private half leaves this file sealed, or as a [`Signer`] that only signs.

use std::fmt;

use aws_lc_rs::{
    encoding::AsDer,
    rand::SystemRandom,
    rsa::KeySize,
    signature::{
        ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256,
        RSA_PKCS1_SHA256, RsaKeyPair,
    },
};

use crate::{
    domain::{id::TenantId, secret::Secret, timestamp::Timestamp, token_policy::SigningAlgorithm},
    store::{
        directory::StoredKey,
        seal::{Place, Purpose, Seal, Unsealable},
    },
};

use super::{jwk::PublicKey, plan::Life};

/// Why a key could not be made or used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ForgeError {
    #[error(transparent)]
    Sealed(#[from] Unsealable),
    #[error("the stored public key is not the private key's")]
    Mismatch,
    #[error("the cryptographic library refused the key")]
    Refused,
}

/// The private half, parsed once.
pub enum Signer {
    Es256(EcdsaKeyPair),
    Rs256(RsaKeyPair),
}

impl Signer {
    /// A JWS signature (RFC 7518 §3.3, §3.4): ES256 is R and S, 64 octets, not DER.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, ForgeError> {
        match self {
            Self::Es256(pair) => {
                pair.sign(&SystemRandom::new(), message).map(|signature| signature.as_ref().to_vec()).map_err(|_| ForgeError::Refused)
            }
            Self::Rs256(pair) => {
                let mut out = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut out).map_err(|_| ForgeError::Refused)?;
                Ok(out)
            }
        }
    }

    /// Parses PKCS #8.
    fn parse(algorithm: SigningAlgorithm, private: &Secret<Vec<u8>>) -> Result<Self, ForgeError> {
        match algorithm {
            SigningAlgorithm::Es256 => EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, private.reveal()).map(Self::Es256),
            SigningAlgorithm::Rs256 => RsaKeyPair::from_pkcs8(private.reveal()).map(Self::Rs256),
        }
        .map_err(|_| ForgeError::Refused)
    }

    pub fn verifier(&self) -> Result<ParsedPublicKey, ForgeError> {
        match self {
            Self::Es256(pair) => ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, pair.public_key()),
            Self::Rs256(pair) => ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, pair.public_key()),
        }
        .map_err(|_| ForgeError::Refused)
    }

    fn public(&self) -> Result<PublicKey, ForgeError> {
        match self {
            Self::Es256(pair) => PublicKey::of_ecdsa(pair).ok_or(ForgeError::Refused),
            Self::Rs256(pair) => PublicKey::of_rsa(pair).ok_or(ForgeError::Refused),
        }
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[signer]")
    }
}

/// Makes a key for `life`. RSA takes a tenth of a second or more: never call it on an async worker.
pub fn forge(tenant: &TenantId, life: Life, now: Timestamp, seal: &Seal) -> Result<StoredKey, ForgeError> {
    let private = Secret::new(match life.algorithm {
        SigningAlgorithm::Es256 => {
            let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(|_| ForgeError::Refused)?;
            pair.to_pkcs8v1().map_err(|_| ForgeError::Refused)?.as_ref().to_vec()
        }
        SigningAlgorithm::Rs256 => {
            let pair = RsaKeyPair::generate(KeySize::Rsa2048).map_err(|_| ForgeError::Refused)?;
            pair.as_der().map_err(|_| ForgeError::Refused)?.as_ref().to_vec()
        }
    });
    let public = Signer::parse(life.algorithm, &private)?.public()?;
    let kid = public.thumbprint();
    Ok(StoredKey {
        sealed_private: seal.seal(place(tenant, &kid), &private),
        kid,
        algorithm: life.algorithm,
        public_jwk: serde_json::to_string(&public).expect("a public key is plain strings"),
        created_at: now,
        signs_from: life.signs_from,
        published_until: life.published_until,
    })
}

/// Opens a stored key, and makes sure that what will be published is what will sign.
pub fn open(tenant: &TenantId, stored: &StoredKey, seal: &Seal) -> Result<(Signer, PublicKey), ForgeError> {
    let private = seal.open(place(tenant, &stored.kid), &stored.sealed_private)?;
    let signer = Signer::parse(stored.algorithm, &private)?;
    let public = signer.public()?;
    let is_itself = public.thumbprint() == stored.kid && serde_json::from_str::<PublicKey>(&stored.public_jwk).is_ok_and(|k| k == public);
    if is_itself { Ok((signer, public)) } else { Err(ForgeError::Mismatch) }
}

const fn place<'a>(tenant: &'a TenantId, kid: &'a str) -> Place<'a> {
    Place { purpose: Purpose::SigningKey, tenant, name: kid }
}
