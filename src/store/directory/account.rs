//! What guests see of themselves: where they are known and what they accepted; and the end of their sessions.

use base64::{Engine, engine::general_purpose::STANDARD};

use super::{
    Directory, DirectoryError,
    pool::{reading, writing},
    unreadable,
};
use crate::domain::{
    address::EmailAddress,
    consent::{DocumentHash, Matter},
    id::{GuestId, TenantId},
    locale::Locale,
    timestamp::Timestamp,
};

const MEMBERSHIPS: &str = "SELECT g.tenant, g.state FROM guest_addresses a
    JOIN guests g ON g.tenant = a.tenant AND g.id = a.guest
    WHERE a.address_key = $1 AND a.deletion = '' AND g.deletion = '' ORDER BY g.tenant LIMIT 100";
const ACCEPTED: &str = "SELECT c.matter, c.version, c.document, c.locale, c.client, c.voucher, c.decided_at, d.content_type
    FROM consents c LEFT JOIN documents d ON d.tenant = c.tenant AND d.hash = c.document
    WHERE c.tenant = $1 AND c.guest = $2 AND c.is_accepted ORDER BY c.decided_at DESC, c.id DESC LIMIT 200";
/// One's own alone: somebody who was not shown it can't read it here.
const DOCUMENT: &str = "SELECT d.content_type, d.content FROM documents d WHERE d.tenant = $1 AND d.hash = $3
    AND EXISTS (SELECT 1 FROM consents c WHERE c.tenant = d.tenant AND c.document = d.hash AND c.guest = $2 AND c.is_accepted)";
const END_SESSIONS: &str = "UPDATE guests SET sessions_valid_from = $3 WHERE tenant = $1 AND id = $2 AND deletion = ''";

/// A grant of the very second in which sessions were ended stands: whoever ended them may have come back in it.
const STANDS: &str = "SELECT COUNT(*) FROM guests WHERE tenant = $1 AND id = $2 AND state = 'Accepted' AND deletion = '' AND is_enabled
    AND (sessions_valid_from IS NULL OR sessions_valid_from <= $3)";

/// Somebody with a proven address, at one organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    pub tenant: TenantId,
    pub is_accepted: bool,
}

/// Something a guest once accepted, in whichever redemption.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcceptedMatter {
    pub matter: Matter,
    pub version: Option<String>,
    pub document: DocumentHash,
    pub locale: Locale,
    pub client: String,
    /// How they had proven themselves.
    pub voucher: String,
    pub at: Timestamp,
    /// What kind of document was kept; `None`: its words are on record by their hash alone.
    pub content_type: Option<String>,
}

/// The very octets that were agreed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptDocument {
    pub content_type: String,
    pub content: Vec<u8>,
}

#[derive(sqlx::FromRow)]
struct AcceptedRow {
    matter: String,
    version: Option<String>,
    document: String,
    locale: String,
    client: String,
    voucher: String,
    decided_at: i64,
    content_type: Option<String>,
}

impl Directory {
    /// Whether what was granted to this guest at `granted_at` still holds: they are there, accepted, not blocked, and did not end their
    /// sessions since.
    pub async fn still_stands(&self, tenant: &TenantId, guest: GuestId, granted_at: Timestamp) -> Result<bool, DirectoryError> {
        let found: i64 = reading!(&self.pools, |connection| sqlx::query_scalar(STANDS)
            .bind(tenant.as_str())
            .bind(guest.to_string())
            .bind(granted_at.unix())
            .fetch_one(connection))?;
        Ok(found > 0)
    }

    /// Where somebody is a guest whose `address` is proven.
    pub async fn memberships(&self, address: &EmailAddress) -> Result<Vec<Membership>, DirectoryError> {
        let rows: Vec<(String, String)> =
            reading!(&self.pools, |connection| sqlx::query_as(MEMBERSHIPS).bind(address.key()).fetch_all(connection))?;
        let membership = |(tenant, state): (String, String)| {
            let tenant = TenantId::parse(&tenant).map_err(|_| unreadable("tenant"))?;
            Ok(Membership { tenant, is_accepted: state == "Accepted" })
        };
        rows.into_iter().map(membership).collect()
    }

    /// Everything a guest accepted, newest first.
    pub async fn accepted_matters(&self, tenant: &TenantId, guest: GuestId) -> Result<Vec<AcceptedMatter>, DirectoryError> {
        let rows: Vec<AcceptedRow> = reading!(&self.pools, |connection| sqlx::query_as(ACCEPTED)
            .bind(tenant.as_str())
            .bind(guest.to_string())
            .fetch_all(connection))?;
        let accepted = |row: AcceptedRow| {
            Ok(AcceptedMatter {
                matter: Matter::parse(&row.matter).ok_or_else(|| unreadable("matter"))?,
                version: row.version,
                document: DocumentHash(row.document),
                locale: Locale::from_tag(&row.locale).ok_or_else(|| unreadable("locale"))?,
                client: row.client,
                voucher: row.voucher,
                at: Timestamp::from_unix(row.decided_at),
                content_type: row.content_type,
            })
        };
        rows.into_iter().map(accepted).collect()
    }

    /// A document that this very guest accepted.
    pub async fn accepted_document(
        &self,
        tenant: &TenantId,
        guest: GuestId,
        hash: &DocumentHash,
    ) -> Result<Option<KeptDocument>, DirectoryError> {
        let found: Option<(String, String)> = reading!(&self.pools, |connection| sqlx::query_as(DOCUMENT)
            .bind(tenant.as_str())
            .bind(guest.to_string())
            .bind(&hash.0)
            .fetch_optional(connection))?;
        let kept = |(content_type, content): (String, String)| {
            let content = STANDARD.decode(content).map_err(|_| unreadable("content"))?;
            Ok(KeptDocument { content_type, content })
        };
        found.map(kept).transpose()
    }

    /// Sessions of this guest that began up to `now` are over. False: there is no such guest.
    pub async fn end_sessions(&self, tenant: &TenantId, guest: GuestId, now: Timestamp) -> Result<bool, DirectoryError> {
        writing!(&self.pools, |connection| async {
            let query = sqlx::query(END_SESSIONS).bind(tenant.as_str()).bind(guest.to_string()).bind(now.unix());
            query.execute(connection).await.map(|done| done.rows_affected() > 0)
        })
    }
}
