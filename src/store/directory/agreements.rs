//! Consents read back: one guest's whole history, every acceptance of a tenant a page at a time, and how many there are.

use super::{Directory, DirectoryError, consents::ConsentColumns, pool::reading, unreadable};
use crate::domain::{
    consent::{ConsentRecord, DocumentHash, Matter},
    id::{GuestId, TenantId, TermsId},
    locale::Locale,
};

const OF_GUEST: &str = "SELECT matter, version, document, locale, is_accepted, client, voucher, decided_at FROM consents
    WHERE tenant = $1 AND guest = $2 ORDER BY decided_at, id";
const PAGE: &str = "SELECT c.id, c.guest, c.matter, c.version, c.document, c.locale, c.is_accepted, c.client, c.voucher, c.decided_at,
        COALESCE(c.principal_name, g.principal_name) AS principal_name, COALESCE(c.mail, g.mail) AS mail,
        CASE WHEN c.mail IS NULL THEN g.display_name ELSE c.display_name END AS display_name
    FROM consents c JOIN guests g ON g.tenant = c.tenant AND g.id = c.guest
    WHERE c.tenant = $1 AND c.id > $2 AND ($3 IS NULL OR c.matter = $3) AND ($4 IS NULL OR c.version = $4)
        AND ($5 IS NULL OR c.is_accepted = $5) ORDER BY c.id LIMIT $6";
const TALLY: &str = "SELECT version, locale, document, is_accepted, COUNT(DISTINCT guest) FROM consents
    WHERE tenant = $1 AND matter = $2 GROUP BY version, locale, document, is_accepted";

/// One acceptance or refusal with who it was, as they were known then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedAgreement {
    /// Names the row: asks for those after it.
    pub id: String,
    pub record: ConsentRecord,
    pub principal_name: String,
    pub mail: String,
    pub display_name: Option<String>,
}

/// Which acceptances; what is absent is not asked.
#[derive(Debug, Clone, Default)]
pub struct Agreements {
    pub matter: Option<Matter>,
    pub version: Option<String>,
    pub is_accepted: Option<bool>,
}

/// How many guests accepted or declined one document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    pub version: Option<String>,
    pub locale: Locale,
    pub document: DocumentHash,
    pub is_accepted: bool,
    pub guests: u64,
}

#[derive(sqlx::FromRow)]
struct AgreementRow {
    id: String,
    guest: String,
    #[sqlx(flatten)]
    consent: ConsentColumns,
    principal_name: String,
    mail: String,
    display_name: Option<String>,
}

impl AgreementRow {
    fn agreement(self) -> Result<RecordedAgreement, DirectoryError> {
        let guest = GuestId::parse(&self.guest).ok_or_else(|| unreadable("guest"))?;
        Ok(RecordedAgreement {
            id: self.id,
            record: self.consent.record(guest)?.ok_or_else(|| unreadable("matter"))?,
            principal_name: self.principal_name,
            mail: self.mail,
            display_name: self.display_name,
        })
    }
}

impl Directory {
    /// All that a guest ever accepted or declined, in every redemption, oldest first.
    pub async fn consents_of(&self, tenant: &TenantId, guest: GuestId) -> Result<Vec<ConsentRecord>, DirectoryError> {
        let rows: Vec<ConsentColumns> = reading!(&self.pools, |connection| sqlx::query_as(OF_GUEST)
            .bind(tenant.as_str())
            .bind(guest.to_string())
            .fetch_all(connection))?;
        rows.into_iter().filter_map(|row| row.record(guest).transpose()).collect()
    }

    /// The first `limit` that the filter lets through, after the row `after`: in the order of the sign-ins they were given in.
    pub async fn agreements(
        &self,
        tenant: &TenantId,
        which: &Agreements,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<RecordedAgreement>, DirectoryError> {
        let matter = which.matter.as_ref().map(Matter::as_text);
        let rows: Vec<AgreementRow> = reading!(&self.pools, |connection| sqlx::query_as(PAGE)
            .bind(tenant.as_str())
            .bind(after.unwrap_or_default())
            .bind(matter.as_deref())
            .bind(which.version.as_deref())
            .bind(which.is_accepted)
            .bind(i64::from(limit))
            .fetch_all(connection))?;
        rows.into_iter().map(AgreementRow::agreement).collect()
    }

    /// How many guests accepted and declined each document of these terms.
    pub async fn tally(&self, tenant: &TenantId, terms: &TermsId) -> Result<Vec<Tally>, DirectoryError> {
        let matter = Matter::Terms(terms.clone());
        let rows: Vec<(Option<String>, String, String, bool, i64)> = reading!(&self.pools, |connection| sqlx::query_as(TALLY)
            .bind(tenant.as_str())
            .bind(matter.as_text().into_owned())
            .fetch_all(connection))?;
        let tally = |(version, locale, document, is_accepted, guests): (Option<String>, String, String, bool, i64)| {
            Ok(Tally {
                version,
                locale: Locale::from_tag(&locale).ok_or_else(|| unreadable("locale"))?,
                document: DocumentHash(document),
                is_accepted,
                guests: u64::try_from(guests).map_err(|_| unreadable("count"))?,
            })
        };
        rows.into_iter().map(tally).collect()
    }
}
