//! Signing keys as stored: sealed by the caller, never opened here.

use base64::{Engine, engine::general_purpose::STANDARD};

use super::{
    Directory, DirectoryError, StoredKey,
    pool::{reading, writing},
    unreadable,
};
use crate::domain::{id::TenantId, timestamp::Timestamp, token_policy::SigningAlgorithm};

const PUBLISHED: &str = "SELECT kid, algorithm, sealed_private, public_jwk, created_at, signs_from, published_until FROM signing_keys
    WHERE tenant = $1 AND published_until > $2 ORDER BY signs_from, created_at, kid";
const ADD: &str = "INSERT INTO signing_keys (tenant, kid, algorithm, sealed_private, public_jwk, created_at, signs_from, published_until)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING";

#[derive(sqlx::FromRow)]
struct KeyRow {
    kid: String,
    algorithm: String,
    sealed_private: String,
    public_jwk: String,
    created_at: i64,
    signs_from: i64,
    published_until: i64,
}

impl KeyRow {
    fn key(self) -> Result<StoredKey, DirectoryError> {
        Ok(StoredKey {
            algorithm: SigningAlgorithm::parse(&self.algorithm).ok_or_else(|| unreadable("algorithm"))?,
            sealed_private: STANDARD.decode(&self.sealed_private).map_err(|_| unreadable("sealed_private"))?,
            kid: self.kid,
            public_jwk: self.public_jwk,
            created_at: Timestamp::from_unix(self.created_at),
            signs_from: Timestamp::from_unix(self.signs_from),
            published_until: Timestamp::from_unix(self.published_until),
        })
    }
}

impl Directory {
    /// All keys of a tenant still published at `now`, oldest first.
    pub async fn keys(&self, tenant: &TenantId, now: Timestamp) -> Result<Vec<StoredKey>, DirectoryError> {
        let rows: Vec<KeyRow> =
            reading!(&self.pools, |connection| sqlx::query_as(PUBLISHED).bind(tenant.as_str()).bind(now.unix()).fetch_all(connection))?;
        rows.into_iter().map(KeyRow::key).collect()
    }

    /// Adds a key unless one of the same tenant, algorithm and `signs_from` exists (two nodes may try at once);
    /// the caller reads [`Directory::keys`] again.
    pub async fn add_key(&self, tenant: &TenantId, key: &StoredKey) -> Result<(), DirectoryError> {
        writing!(&self.pools, |connection| async {
            sqlx::query(ADD)
                .bind(tenant.as_str())
                .bind(&key.kid)
                .bind(key.algorithm.as_str())
                .bind(STANDARD.encode(&key.sealed_private))
                .bind(&key.public_jwk)
                .bind(key.created_at.unix())
                .bind(key.signs_from.unix())
                .bind(key.published_until.unix())
                .execute(connection)
                .await
                .map(|_| ())
        })
    }
}
