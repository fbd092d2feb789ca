//! Our own keys towards partners: what we sign requests with and open encrypted assertions with, as certificates in our metadata.
//! The next certificate is published before it signs, and the last one still decrypts after it (zero-downtime rollover).
//!
//! [`rollover`] decides when they are born, `forge` makes and seals them, `keeper` keeps every tenant's at hand. Must not know what is
//! signed.

use std::{
    fmt,
    sync::{Arc, OnceLock},
};

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{RSA_PKCS1_SHA256, RsaKeyPair},
};

use super::signed_xml::DecryptionKey;
use crate::domain::{certificate::Certificate, secret::Secret};

mod forge;
mod keeper;
mod listing;
pub mod rollover;

pub use forge::CredentialError;
pub use keeper::{CredentialStore, Made, Rotation};
pub use listing::{Listed, list};

/// One RSA key of ours and its certificate. It signs and decrypts.
pub struct Credential {
    pub certificate: Certificate,
    /// PKCS#8, DER.
    pub private: Secret<Vec<u8>>,
    /// The same, parsed once.
    pair: RsaKeyPair,
    /// The same, parsed when something is first to be decrypted.
    decryption: OnceLock<Option<DecryptionKey>>,
}

/// A tenant's keys at one moment.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// Signs now.
    pub signing: Arc<Credential>,
    /// All that is in our metadata, and all that still decrypts: the signing one first, then the next, then the last.
    pub published: Vec<Arc<Credential>>,
}

impl Credential {
    /// `private` is PKCS#8, DER.
    pub fn new(certificate: Certificate, private: Secret<Vec<u8>>) -> Result<Self, CredentialError> {
        let pair = RsaKeyPair::from_pkcs8(private.reveal()).map_err(|_| CredentialError::Refused)?;
        Ok(Self { certificate, private, pair, decryption: OnceLock::new() })
    }

    pub(super) fn decryption_key(&self) -> Option<&DecryptionKey> {
        self.decryption.get_or_init(|| DecryptionKey::read(self.private.reveal())).as_ref()
    }

    /// RSASSA-PKCS1-v1_5 with SHA-256.
    pub fn sign_sha256(&self, octets: &[u8]) -> Vec<u8> {
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), octets, &mut signature)
            .expect("a key that was parsed signs into a buffer of its own length");
        signature
    }
}

impl Credentials {
    /// Whether the same keys are published in the same order.
    fn is_same(&self, other: &Self) -> bool {
        self.published.iter().map(|one| &one.certificate).eq(other.published.iter().map(|one| &one.certificate))
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credential({:?})", self.certificate)
    }
}

#[cfg(test)]
pub(super) mod fixture;
#[cfg(test)]
mod tests;
