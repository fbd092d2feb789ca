//! Sealing private keys at rest: AES-256-GCM under the house's 32 octets, bound to purpose, tenant and name.
//!
//! A sealed key moved to another row, another tenant's or another table does not open. Layout: version 1, nonce (12), ciphertext,
//! tag (16). Must not know what the keys are for.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

use crate::{
    domain::{id::TenantId, secret::Secret},
    random,
};

const VERSION: u8 = 1;

/// The house's seal. Random nonces are safe for 2^32 sealings; a house seals a few a year.
pub struct Seal(LessSafeKey);

/// Where a sealed key belongs. It opens nowhere else.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    pub purpose: Purpose,
    pub tenant: &'a TenantId,
    /// The key's own: `kid`, or the digest of its certificate.
    pub name: &'a str,
}

/// What a sealed key is for: none passes for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Signs tokens.
    SigningKey,
    /// Signs towards federation partners, and decrypts what they send.
    Credential,
    /// A mail that is not out yet: codes and links.
    Mail,
    /// An answer of the management API, kept for who asks again: it may hold a link.
    Answer,
}

/// What was to be opened was sealed by another key, for another place, or has been changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the sealed key does not open: is this the seal key it was sealed with?")]
pub struct Unsealable;

impl Seal {
    pub fn new(key: &Secret<[u8; 32]>) -> Self {
        Self(LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key.reveal()).expect("AES-256 takes 32 octets")))
    }

    pub fn seal(&self, place: Place<'_>, private: &Secret<Vec<u8>>) -> Vec<u8> {
        let nonce = random::bytes::<NONCE_LEN>();
        let mut text = private.reveal().clone();
        self.0
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), place.bound(), &mut text)
            .expect("a private key is far below AES-GCM's 64 GiB");
        [&[VERSION][..], &nonce, &text].concat()
    }

    pub fn open(&self, place: Place<'_>, sealed: &[u8]) -> Result<Secret<Vec<u8>>, Unsealable> {
        let body = sealed.strip_prefix(&[VERSION]).ok_or(Unsealable)?;
        let (nonce, text) = body.split_at_checked(NONCE_LEN).ok_or(Unsealable)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| Unsealable)?;
        // Opened in place, inside the Secret, so that the plain text is wiped with it.
        let mut text = zeroize::Zeroizing::new(text.to_vec());
        let plain = self.0.open_in_place(nonce, place.bound(), &mut text).map_err(|_| Unsealable)?;
        Ok(Secret::new(plain.to_vec()))
    }
}

impl Place<'_> {
    /// No part can hold a zero, so no two places have the same spelling.
    fn bound(&self) -> Aad<Vec<u8>> {
        let purpose = match self.purpose {
            Purpose::SigningKey => "gatehouse signing key",
            Purpose::Credential => "gatehouse credential",
            Purpose::Mail => "gatehouse mail",
            Purpose::Answer => "gatehouse answer",
        };
        Aad::from(format!("{purpose}\0{}\0{}", self.tenant, self.name).into_bytes())
    }
}

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[seal]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_key_opens_only_in_its_place_and_whole() {
        let seal = Seal::new(&Secret::new([7; 32]));
        let (contoso, other) = (TenantId::parse("contoso").unwrap(), TenantId::parse("other").unwrap());
        let private = Secret::new(b"private".to_vec());
        let place = Place { purpose: Purpose::SigningKey, tenant: &contoso, name: "k1" };
        let sealed = seal.seal(place, &private);
        assert_eq!(seal.open(place, &sealed).unwrap().reveal(), private.reveal());
        assert_ne!(seal.seal(place, &private), sealed);
        assert!(seal.open(Place { tenant: &other, ..place }, &sealed).is_err());
        assert!(seal.open(Place { name: "k2", ..place }, &sealed).is_err());
        assert!(seal.open(Place { purpose: Purpose::Credential, ..place }, &sealed).is_err());
        assert!(Seal::new(&Secret::new([8; 32])).open(place, &sealed).is_err());
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(seal.open(place, &changed).is_err(), "octet {at}");
            assert!(seal.open(place, &sealed[..at]).is_err(), "cut at {at}");
        }
    }
}
