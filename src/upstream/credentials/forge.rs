//! Making credentials and opening stored ones. The private half leaves this file sealed, or inside a [`Credential`].

use aws_lc_rs::{encoding::AsDer, rsa::KeySize, signature::RsaKeyPair};
use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair, KeyUsagePurpose, PKCS_RSA_SHA256, date_time_ymd};

use super::{Credential, rollover};
use crate::{
    domain::{
        certificate::{Certificate, CertificateError},
        federation::FederationPolicy,
        id::TenantId,
        secret::Secret,
        tenant::Tenant,
        timestamp::Timestamp,
    },
    random,
    store::{
        directory::StoredCredential,
        seal::{Place, Purpose, Seal, Unsealable},
    },
};

/// Partners' clocks may be this far behind ours.
const BACKDATED: std::time::Duration = std::time::Duration::from_secs(3600);
/// X.520's upper bound of a common name.
const LONGEST_NAME: usize = 64;

/// Why a credential could not be made or used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CredentialError {
    #[error(transparent)]
    Sealed(#[from] Unsealable),
    #[error("the stored certificate is not the one its key was sealed with")]
    Mismatch,
    #[error("the stored certificate: {0}")]
    Certificate(#[from] CertificateError),
    #[error("the cryptographic library refused the key")]
    Refused,
}

/// What is to be made.
pub struct Wish {
    pub tenant: TenantId,
    pub subject: String,
    pub follows: Option<String>,
    pub now: Timestamp,
    pub signs_from: Timestamp,
    pub policy: FederationPolicy,
}

/// What people read of a tenant in its certificates: host and path of its issuer, or its id where that is too long.
pub fn subject(tenant: &Tenant) -> String {
    let place = tenant.issuer.url.split_once("://").map_or(tenant.issuer.url.as_str(), |(_, rest)| rest);
    if place.chars().count() <= LONGEST_NAME { place.to_owned() } else { tenant.id.to_string() }
}

/// Makes an RSA key and its self-signed certificate. It takes a tenth of a second or more: never call it on an async worker.
pub fn forge(wish: &Wish, seal: &Seal) -> Result<StoredCredential, CredentialError> {
    let pair = RsaKeyPair::generate(KeySize::Rsa2048).map_err(|_| CredentialError::Refused)?;
    let private = Secret::new(pair.as_der().map_err(|_| CredentialError::Refused)?.as_ref().to_vec());
    let certificate = self_signed(wish, &private).map_err(|_| CredentialError::Refused)?;
    let id = id(&certificate);
    Ok(StoredCredential {
        sealed_private: seal.seal(place(&wish.tenant, &id), &private),
        id,
        follows: wish.follows.clone(),
        certificate,
        created_at: wish.now,
        signs_from: wish.signs_from,
    })
}

fn self_signed(wish: &Wish, private: &Secret<Vec<u8>>) -> Result<Vec<u8>, rcgen::Error> {
    let pair = KeyPair::from_pkcs8_der_and_sign_algo(&private.reveal().as_slice().into(), &PKCS_RSA_SHA256)?;
    let at = |moment: Timestamp| date_time_ymd(1970, 1, 1) + moment.since(Timestamp::from_unix(0));
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, wish.subject.as_str());
    params.not_before = at(wish.now - BACKDATED);
    params.not_after = at(rollover::expiry(wish.signs_from, &wish.policy));
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::KeyEncipherment];
    Ok(params.self_signed(&pair)?.der().to_vec())
}

/// Opens a stored credential. The key opens only beside the certificate it was sealed with, so what is published is what signs.
pub fn open(tenant: &TenantId, stored: &StoredCredential, seal: &Seal) -> Result<Credential, CredentialError> {
    if id(&stored.certificate) != stored.id {
        return Err(CredentialError::Mismatch);
    }
    let private = seal.open(place(tenant, &stored.id), &stored.sealed_private)?;
    Credential::new(Certificate::from_der(&stored.certificate)?, private)
}

/// The digest of the certificate.
fn id(certificate: &[u8]) -> String {
    random::sha256_base64url(certificate)
}

const fn place<'a>(tenant: &'a TenantId, id: &'a str) -> Place<'a> {
    Place { purpose: Purpose::Credential, tenant, name: id }
}
