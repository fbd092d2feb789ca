//! Credentials towards partners as stored: sealed by the caller, never opened here.

use base64::{Engine, engine::general_purpose::STANDARD};

use super::{
    Directory, DirectoryError,
    pool::{reading, writing},
    unreadable,
};
use crate::domain::{id::TenantId, timestamp::Timestamp};

const ALL: &str = "SELECT id, follows, sealed_private, certificate, created_at, signs_from FROM credentials
    WHERE tenant = $1 ORDER BY signs_from, created_at, id";
const ADD: &str = "INSERT INTO credentials (tenant, id, follows, sealed_private, certificate, created_at, signs_from)
    VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";
const HASTEN: &str = "UPDATE credentials SET signs_from = $3 WHERE tenant = $1 AND id = $2 AND signs_from > $3";

/// A key and certificate of ours as stored: the private part is sealed by the house's key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCredential {
    pub id: String,
    /// The id of the one whose work it takes over; `None` for a tenant's first.
    pub follows: Option<String>,
    pub sealed_private: Vec<u8>,
    /// X.509, DER.
    pub certificate: Vec<u8>,
    pub created_at: Timestamp,
    /// From when it signs; published from `created_at`.
    pub signs_from: Timestamp,
}

#[derive(sqlx::FromRow)]
struct CredentialRow {
    id: String,
    follows: String,
    sealed_private: String,
    certificate: String,
    created_at: i64,
    signs_from: i64,
}

impl CredentialRow {
    fn credential(self) -> Result<StoredCredential, DirectoryError> {
        Ok(StoredCredential {
            id: self.id,
            follows: Some(self.follows).filter(|follows| !follows.is_empty()),
            sealed_private: STANDARD.decode(&self.sealed_private).map_err(|_| unreadable("sealed_private"))?,
            certificate: STANDARD.decode(&self.certificate).map_err(|_| unreadable("certificate"))?,
            created_at: Timestamp::from_unix(self.created_at),
            signs_from: Timestamp::from_unix(self.signs_from),
        })
    }
}

impl Directory {
    /// All credentials a tenant ever had, in the order they sign.
    pub async fn credentials(&self, tenant: &TenantId) -> Result<Vec<StoredCredential>, DirectoryError> {
        let rows: Vec<CredentialRow> = reading!(&self.pools, |connection| sqlx::query_as(ALL).bind(tenant.as_str()).fetch_all(connection))?;
        rows.into_iter().map(CredentialRow::credential).collect()
    }

    /// Adds a credential unless another already follows the same one (two nodes may try at once); the caller reads
    /// [`Directory::credentials`] again.
    pub async fn add_credential(&self, tenant: &TenantId, credential: &StoredCredential) -> Result<(), DirectoryError> {
        writing!(&self.pools, |connection| async {
            sqlx::query(ADD)
                .bind(tenant.as_str())
                .bind(&credential.id)
                .bind(credential.follows.as_deref().unwrap_or_default())
                .bind(STANDARD.encode(&credential.sealed_private))
                .bind(STANDARD.encode(&credential.certificate))
                .bind(credential.created_at.unix())
                .bind(credential.signs_from.unix())
                .execute(connection)
                .await
                .map(|_| ())
        })
    }

    /// Lets a credential sign from an earlier moment; never from a later one.
    pub async fn hasten_credential(&self, tenant: &TenantId, id: &str, signs_from: Timestamp) -> Result<(), DirectoryError> {
        writing!(&self.pools, |connection| async {
            sqlx::query(HASTEN).bind(tenant.as_str()).bind(id).bind(signs_from.unix()).execute(connection).await.map(|_| ())
        })
    }
}
