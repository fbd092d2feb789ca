//! Consents: a record per acceptance or refusal, appended.

use sqlx::Connection;

use super::{Directory, DirectoryError, documents::keep, pool::writing, unreadable};
use crate::domain::{
    consent::{Completion, ConsentRecord, DocumentHash, Matter},
    guest::BoundIdentity,
    id::{FlowId, GuestId, TenantId},
    locale::Locale,
    terms::TermsDocument,
    timestamp::Timestamp,
};

/// Nothing is written unless the guest is there, and known by the identity that decided.
const RECORD: &str =
    "INSERT INTO consents (id, tenant, guest, redemption, matter, version, document, locale, is_accepted, client, voucher, decided_at,
        principal_name, mail, display_name)
    SELECT $1, g.tenant, g.id, g.redemption, $4, $12, $5, $6, $7, $8, g.voucher, $9, g.principal_name, g.mail, g.display_name FROM guests g
    WHERE g.tenant = $2 AND g.id = $3 AND g.voucher = $10 AND g.subject = $11 AND g.deletion = '' ON CONFLICT (id) DO NOTHING";
const STANDING: &str = "SELECT is_accepted FROM consents WHERE id = $1";
pub(super) const COMPLETE: &str = "UPDATE guests SET state = 'Accepted', state_changed_at = $3, last_sign_in_at = $3, acceptance = $6
    WHERE tenant = $1 AND id = $2 AND state = 'PendingAcceptance' AND voucher = $4 AND subject = $5 AND deletion = ''
        AND redemption = $7";

/// The right-hand side of the join that reads a guest: all there or all absent.
#[derive(sqlx::FromRow)]
pub(super) struct ConsentColumns {
    matter: Option<String>,
    version: Option<String>,
    document: Option<String>,
    locale: Option<String>,
    is_accepted: Option<bool>,
    client: Option<String>,
    voucher: Option<String>,
    decided_at: Option<i64>,
}

impl ConsentColumns {
    pub(super) fn record(self, guest: GuestId) -> Result<Option<ConsentRecord>, DirectoryError> {
        let Some(matter) = self.matter else { return Ok(None) };
        Ok(Some(ConsentRecord {
            guest,
            matter: Matter::parse(&matter).ok_or_else(|| unreadable("matter"))?,
            version: self.version,
            document: DocumentHash(self.document.ok_or_else(|| unreadable("document"))?),
            locale: self.locale.as_deref().and_then(Locale::from_tag).ok_or_else(|| unreadable("locale"))?,
            is_accepted: self.is_accepted.ok_or_else(|| unreadable("is_accepted"))?,
            client: self.client.ok_or_else(|| unreadable("client"))?,
            voucher: self.voucher.ok_or_else(|| unreadable("voucher"))?,
            at: Timestamp::from_unix(self.decided_at.ok_or_else(|| unreadable("decided_at"))?),
        }))
    }
}

/// Where a decision leaves the guest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// The last thing owed was accepted: the guest becomes Accepted.
    Accepted(Completion),
    /// Declined, or more is owed.
    AsBefore,
}

/// The decision on record after one was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stands {
    pub is_accepted: bool,
    /// Recorded just now, and not by an earlier request of the same sign-in.
    pub is_new: bool,
}

impl Directory {
    /// Records what `identity` decided in the sign-in `flow`, and the guest's new standing in the same transaction. Of two decisions on
    /// one matter in one sign-in (a double click, two tabs) the first stands; answers what stands. `None`: the guest is no longer
    /// there, or no longer known by this identity, and nothing was written.
    pub async fn record_consent(
        &self,
        tenant: &TenantId,
        flow: FlowId,
        identity: &BoundIdentity,
        record: &ConsentRecord,
        standing: Standing,
    ) -> Result<Option<Stands>, DirectoryError> {
        self.record_agreement(tenant, flow, identity, record, None, standing).await
    }

    /// The same, and keeps the very words beside the record.
    pub async fn record_agreement(
        &self,
        tenant: &TenantId,
        flow: FlowId,
        identity: &BoundIdentity,
        record: &ConsentRecord,
        words: Option<&TermsDocument>,
        standing: Standing,
    ) -> Result<Option<Stands>, DirectoryError> {
        let id = format!("{flow}:{}:{}", record.guest, record.matter.as_text());
        writing!(&self.pools, |connection| async {
            let mut transaction = connection.begin().await?;
            let written = sqlx::query(RECORD)
                .bind(&id)
                .bind(tenant.as_str())
                .bind(record.guest.to_string())
                .bind(record.matter.as_text().into_owned())
                .bind(&record.document.0)
                .bind(record.locale.tag())
                .bind(record.is_accepted)
                .bind(&record.client)
                .bind(record.at.unix())
                .bind(identity.voucher.as_str())
                .bind(identity.subject.as_str())
                .bind(record.version.as_deref())
                .execute(&mut *transaction)
                .await?;
            if written.rows_affected() == 0 {
                let standing = sqlx::query_scalar::<_, bool>(STANDING).bind(&id).fetch_optional(&mut *transaction).await?;
                transaction.commit().await?;
                return Ok(standing.map(|is_accepted| Stands { is_accepted, is_new: false }));
            }
            if let Some(words) = words {
                keep!(transaction, tenant, words, record.at);
            }
            if let Standing::Accepted(completion) = &standing {
                sqlx::query(COMPLETE)
                    .bind(tenant.as_str())
                    .bind(completion.guest().to_string())
                    .bind(completion.at().unix())
                    .bind(completion.identity().voucher.as_str())
                    .bind(completion.identity().subject.as_str())
                    .bind(completion.acceptance().as_str())
                    .bind(i64::from(completion.round()))
                    .execute(&mut *transaction)
                    .await?;
            }
            transaction.commit().await?;
            Ok(Some(Stands { is_accepted: record.is_accepted, is_new: true }))
        })
    }
}
