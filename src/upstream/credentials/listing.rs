//! A tenant's credentials as an operator reads them: no key is opened for it.

use crate::{
    domain::{certificate::Certificate, tenant::Tenant, timestamp::Timestamp},
    store::directory::{Directory, DirectoryError},
};

use super::rollover::{Standing, standings};

/// One credential, past or present.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// SHA-256 of the certificate, base64url.
    pub id: String,
    /// `None`: what is stored is no certificate.
    pub certificate: Option<Certificate>,
    pub standing: Standing,
    pub signs_from: Timestamp,
    /// When it leaves our metadata and no longer decrypts; `None` while nothing follows it.
    pub leaves_at: Option<Timestamp>,
}

/// All a tenant ever had, in the order they sign.
pub async fn list(directory: &Directory, tenant: &Tenant, now: Timestamp) -> Result<Vec<Listed>, DirectoryError> {
    let stored = directory.credentials(&tenant.id).await?;
    let signs_from: Vec<_> = stored.iter().map(|credential| credential.signs_from).collect();
    let standings = standings(now, &signs_from, &tenant.federation);
    let followed = signs_from.iter().skip(1).map(|next| Some(*next + tenant.federation.key_publish_ahead)).chain([None]);
    let listed = stored.into_iter().zip(standings).zip(followed).map(|((stored, standing), leaves_at)| Listed {
        certificate: Certificate::from_der(&stored.certificate).ok(),
        id: stored.id,
        standing,
        signs_from: stored.signs_from,
        leaves_at,
    });
    Ok(listed.collect())
}
