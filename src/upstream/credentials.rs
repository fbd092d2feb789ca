//! Our own keys towards partners: what we sign requests with and open encrypted assertions with, as certificates in our metadata.
//! The next certificate is published before it signs, and the last one still decrypts after it (zero-downtime rollover).
//!
//! Must not know what is signed.

use std::{fmt, sync::Arc};

use crate::domain::{certificate::Certificate, error_code::ErrorCode, rejection::Rejected, secret::Secret, tenant::Tenant};

/// One RSA key of ours and its certificate. It signs and decrypts.
pub struct Credential {
    pub certificate: Certificate,
    /// PKCS#8, DER.
    pub private: Secret<Vec<u8>>,
}

/// A tenant's keys at one moment.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// Signs now.
    pub signing: Arc<Credential>,
    /// All that is in our metadata, and all that still decrypts: the signing one first.
    pub published: Vec<Arc<Credential>>,
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credential({:?})", self.certificate)
    }
}

/// Every tenant's credentials: made when first needed, kept sealed in the directory, rolled over on schedule.
#[derive(Debug, Clone)]
pub struct CredentialStore;

impl CredentialStore {
    /// The tenant's credentials as of now.
    pub async fn of(&self, _tenant: &Tenant) -> Result<Arc<Credentials>, Rejected> {
        Err(Rejected::new(ErrorCode::KeysUnavailable, "not built"))
    }

    /// Makes and retires what is due.
    pub async fn maintain(&self, _tenants: &[Arc<Tenant>]) {}
}

impl Credential {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    pub fn sign_sha256(&self, _octets: &[u8]) -> Vec<u8> {
        Vec::new()
    }
}
