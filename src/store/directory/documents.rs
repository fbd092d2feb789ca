//! The very words that somebody agreed to, by their hash. Kept with the agreement, and never changed: the hash is of the content.

use std::collections::BTreeSet;

use base64::{Engine, engine::general_purpose::STANDARD};

use super::{Directory, DirectoryError, pool::reading, unreadable};
use crate::domain::{
    consent::DocumentHash,
    id::{GuestId, TenantId},
    terms::{Media, TermsDocument},
};

pub(super) const IS_KEPT: &str = "SELECT COUNT(*) FROM documents WHERE tenant = $1 AND hash = $2";
pub(super) const KEEP: &str = "INSERT INTO documents (tenant, hash, content_type, content, kept_at) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (tenant, hash) DO NOTHING";
/// Only what this guest was asked to agree to, in whatever redemption.
const THEIRS: &str = "SELECT d.content_type, d.content FROM documents d WHERE d.tenant = $1 AND d.hash = $2
    AND EXISTS (SELECT 1 FROM consents c WHERE c.tenant = d.tenant AND c.guest = $3 AND c.document = d.hash)";
const KEPT: &str = "SELECT DISTINCT d.hash FROM documents d JOIN consents c ON c.tenant = d.tenant AND c.document = d.hash
    WHERE c.tenant = $1 AND c.guest = $2";
const BY_HASH: &str = "SELECT content_type, content FROM documents WHERE tenant = $1 AND hash = $2";

/// Keeps a document in a transaction; a macro because the transaction's type differs between the databases. A PDF has megabytes, and
/// all but the first guest agree to one that is there.
macro_rules! keep {
    ($transaction:expr, $tenant:expr, $document:expr, $at:expr) => {{
        use super::documents::{IS_KEPT, KEEP, written};
        let (tenant, hash) = ($tenant.as_str(), &$document.hash.0);
        if sqlx::query_scalar::<_, i64>(IS_KEPT).bind(tenant).bind(hash).fetch_one(&mut *$transaction).await? == 0 {
            sqlx::query(KEEP)
                .bind(tenant)
                .bind(hash)
                .bind($document.media.content_type())
                .bind(written($document))
                .bind($at.unix())
                .execute(&mut *$transaction)
                .await?;
        }
    }};
}
pub(super) use keep;

pub(super) fn written(document: &TermsDocument) -> String {
    STANDARD.encode(&document.bytes)
}

fn read(hash: &DocumentHash, row: Option<(String, String)>) -> Result<Option<TermsDocument>, DirectoryError> {
    let Some((content_type, content)) = row else { return Ok(None) };
    let media = Media::parse(&content_type).ok_or_else(|| unreadable("content_type"))?;
    let bytes = STANDARD.decode(content).map_err(|_| unreadable("content"))?;
    Ok(Some(TermsDocument { hash: hash.clone(), media, bytes: bytes.into() }))
}

impl Directory {
    /// A document that somebody of this tenant agreed to.
    pub async fn document(&self, tenant: &TenantId, hash: &DocumentHash) -> Result<Option<TermsDocument>, DirectoryError> {
        let row =
            reading!(&self.pools, |connection| sqlx::query_as(BY_HASH).bind(tenant.as_str()).bind(&hash.0).fetch_optional(connection))?;
        read(hash, row)
    }

    /// Of which words that `guest` was asked to agree to there is more on record than the hash.
    pub async fn kept_documents(&self, tenant: &TenantId, guest: GuestId) -> Result<BTreeSet<DocumentHash>, DirectoryError> {
        let hashes: Vec<String> = reading!(&self.pools, |connection| sqlx::query_scalar(KEPT)
            .bind(tenant.as_str())
            .bind(guest.to_string())
            .fetch_all(connection))?;
        Ok(hashes.into_iter().map(DocumentHash).collect())
    }

    /// The same, if `guest` is who accepted or declined it.
    pub async fn document_of(
        &self,
        tenant: &TenantId,
        guest: GuestId,
        hash: &DocumentHash,
    ) -> Result<Option<TermsDocument>, DirectoryError> {
        let row = reading!(&self.pools, |connection| sqlx::query_as(THEIRS)
            .bind(tenant.as_str())
            .bind(&hash.0)
            .bind(guest.to_string())
            .fetch_optional(connection))?;
        read(hash, row)
    }
}
