//! Which of the configured certificates may verify what, and our own keys, as the library wants them.
//!
//! Must not look at `KeyInfo`: keys come from configuration and metadata alone (A13).

use std::{
    fmt,
    ops::Deref,
    sync::{Arc, OnceLock},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use bergshamra_keys::{
    Key, KeysManager,
    loader::{load_rsa_private_pem, load_x509_cert_der},
};
use zeroize::Zeroizing;

use super::refusal::{Checked, refuse};
use crate::{
    domain::{
        certificate::{Certificate, KeyKind},
        error_code::ErrorCode,
    },
    random,
};

/// What kind of key an algorithm needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    Rsa,
    Ecdsa,
}

impl Family {
    const fn fits(self, key: KeyKind) -> bool {
        match self {
            Self::Rsa => matches!(key, KeyKind::Rsa { .. }),
            Self::Ecdsa => matches!(key, KeyKind::P256 | KeyKind::P384 | KeyKind::P521),
        }
    }
}

/// Certificates that are trusted, each with its key as the verifying library wants it: parsed at first use, and once. Clones share it.
#[derive(Clone)]
pub struct TrustedKeys {
    certificates: Arc<[Certificate]>,
    parsed: Arc<[OnceLock<Option<Key>>]>,
}

impl From<Vec<Certificate>> for TrustedKeys {
    fn from(certificates: Vec<Certificate>) -> Self {
        let parsed = certificates.iter().map(|_| OnceLock::new()).collect();
        Self { certificates: certificates.into(), parsed }
    }
}

impl Deref for TrustedKeys {
    type Target = [Certificate];

    fn deref(&self) -> &[Certificate] {
        &self.certificates
    }
}

impl PartialEq for TrustedKeys {
    fn eq(&self, other: &Self) -> bool {
        self.certificates == other.certificates
    }
}

impl Eq for TrustedKeys {}

impl fmt::Debug for TrustedKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl TrustedKeys {
    /// The places of those whose keys are strong enough and of the right kind. That there are none is never "nothing to check" (A11).
    pub(super) fn candidates(&self, family: Family) -> Checked<Vec<usize>> {
        let fits = |place: &usize| family.fits(self[*place].key());
        let fitting: Vec<_> = (0..self.len()).filter(fits).collect();
        let strong: Vec<_> = fitting.iter().copied().filter(|place| self[*place].key().is_strong_enough()).collect();
        match (strong.is_empty(), fitting.is_empty()) {
            (false, _) => Ok(strong),
            (true, false) => {
                Err(refuse("key strength", ErrorCode::WeakKey, "every key of the fitting kind is too weak").want("RSA-2048 or P-256"))
            }
            (true, true) => Err(refuse("signature", ErrorCode::SignatureInvalid, "no trusted key is of the kind that made this signature")),
        }
    }

    /// The library's keys for these places, each named after its own.
    pub(super) fn manager(&self, places: &[usize]) -> KeysManager {
        let mut manager = KeysManager::new();
        let parsed = |place: &usize| self.parsed[*place].get_or_init(|| key(&self[*place], *place)).clone();
        manager.add_keys(places.iter().filter_map(parsed));
        manager
    }
}

/// A key of the library's. Without the certificate: a `KeyInfo` could only reorder them by it.
fn key(certificate: &Certificate, place: usize) -> Option<Key> {
    let mut key = load_x509_cert_der(certificate.der()).ok()?;
    key.x509_chain.clear();
    Some(key.with_name(place.to_string()))
}

/// A private key of ours as the decrypting library wants it. No `Debug`.
pub struct DecryptionKey(pub(super) Key);

impl DecryptionKey {
    /// `None`: it is no RSA key in PKCS#8.
    pub(in crate::upstream) fn read(pkcs8: &[u8]) -> Option<Self> {
        load_rsa_private_pem(pem(pkcs8).as_bytes()).ok().map(Self)
    }
}

/// The library reads private keys as PEM only (RFC 7468).
fn pem(pkcs8: &[u8]) -> Zeroizing<String> {
    let packed = Zeroizing::new(STANDARD.encode(pkcs8));
    let mut text = Zeroizing::new(String::with_capacity(packed.len() + packed.len() / 64 + 64));
    text.push_str("-----BEGIN PRIVATE KEY-----\n");
    for line in packed.as_bytes().chunks(64) {
        text.extend(line.iter().map(|octet| char::from(*octet)));
        text.push('\n');
    }
    text.push_str("-----END PRIVATE KEY-----\n");
    text
}

/// As operators compare it: SHA-256 of the certificate, in hex.
pub(super) fn fingerprint(certificate: &Certificate) -> String {
    random::sha256(certificate.der()).iter().map(|octet| format!("{octet:02x}")).collect()
}
