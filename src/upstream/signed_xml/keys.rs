//! Which of the configured certificates may verify what, as the verifying library wants them.
//!
//! Must not look at `KeyInfo`: keys come from configuration and metadata alone (A13).

use bergshamra_keys::{Key, KeysManager, loader::load_x509_cert_der};

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

/// The certificates whose keys are strong enough and of the right kind. That there are none is never "nothing to check" (A11).
pub(super) fn candidates(certificates: &[Certificate], family: Family) -> Checked<Vec<&Certificate>> {
    let fitting: Vec<_> = certificates.iter().filter(|c| family.fits(c.key())).collect();
    let strong: Vec<_> = fitting.iter().copied().filter(|c| c.key().is_strong_enough()).collect();
    match (strong.is_empty(), fitting.is_empty()) {
        (false, _) => Ok(strong),
        (true, false) => {
            Err(refuse("key strength", ErrorCode::WeakKey, "every key of the fitting kind is too weak").want("RSA-2048 or P-256"))
        }
        (true, true) => Err(refuse("signature", ErrorCode::SignatureInvalid, "no trusted key is of the kind that made this signature")),
    }
}

/// A key of the library's, by its place among the candidates. Without the certificate: a `KeyInfo` could only reorder them by it.
pub(super) fn key(certificate: &Certificate, place: usize) -> Option<Key> {
    let mut key = load_x509_cert_der(certificate.der()).ok()?;
    key.x509_chain.clear();
    Some(key.with_name(place.to_string()))
}

pub(super) fn manager(certificates: &[&Certificate]) -> KeysManager {
    let mut manager = KeysManager::new();
    manager.add_keys(certificates.iter().enumerate().filter_map(|(place, certificate)| key(certificate, place)));
    manager
}

/// As operators compare it: SHA-256 of the certificate, in hex.
pub(super) fn fingerprint(certificate: &Certificate) -> String {
    random::sha256(certificate.der()).iter().map(|octet| format!("{octet:02x}")).collect()
}
