//! Whom a new version of terms was told of. The note and the mail are one transaction, so nobody is told twice and nobody is left out.

use sqlx::Connection;

use super::{
    Directory, DirectoryError,
    outbox::{QueuedMail, bind_queued},
    pool::{reading, writing},
    unreadable,
};
use crate::domain::{
    consent::Matter,
    id::{GuestId, TenantId, TermsId},
    timestamp::Timestamp,
};

/// Those who accepted an earlier version in this redemption, can sign in, and neither accepted this one nor were told of it.
const UNTOLD: &str = "SELECT DISTINCT c.guest FROM consents c
    JOIN guests g ON g.tenant = c.tenant AND g.id = c.guest AND g.redemption = c.redemption
    WHERE c.tenant = $1 AND c.matter = $2 AND c.is_accepted AND c.guest > $4
        AND g.deletion = '' AND g.is_enabled AND g.state = 'Accepted'
        AND NOT EXISTS (SELECT 1 FROM consents l WHERE l.tenant = c.tenant AND l.guest = c.guest AND l.redemption = c.redemption
            AND l.matter = c.matter AND l.is_accepted AND l.version = $3)
        AND NOT EXISTS (SELECT 1 FROM terms_notices n WHERE n.tenant = c.tenant AND n.guest = c.guest AND n.terms = $5 AND n.version = $3)
    ORDER BY c.guest LIMIT $6";
const NOTE: &str =
    "INSERT INTO terms_notices (tenant, guest, terms, version, notified_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";

/// A version of terms that guests are told of.
#[derive(Debug, Clone, Copy)]
pub struct News<'a> {
    pub tenant: &'a TenantId,
    pub terms: &'a TermsId,
    pub version: &'a str,
}

impl Directory {
    /// The first `limit` guests after `after` who may have to be told. Whether their acceptance still counts is the caller's to judge.
    pub async fn untold(&self, news: News<'_>, after: Option<GuestId>, limit: u32) -> Result<Vec<GuestId>, DirectoryError> {
        let matter = Matter::Terms(news.terms.clone());
        let rows: Vec<(String,)> = reading!(&self.pools, |connection| sqlx::query_as(UNTOLD)
            .bind(news.tenant.as_str())
            .bind(matter.as_text().into_owned())
            .bind(news.version)
            .bind(after.map_or_else(String::new, |after| after.to_string()))
            .bind(news.terms.as_str())
            .bind(i64::from(limit))
            .fetch_all(connection))?;
        rows.into_iter().map(|(guest,)| GuestId::parse(&guest).ok_or_else(|| unreadable("guest"))).collect()
    }

    /// Queues the mail that tells `guest`, unless they were told before; answers whether it was queued.
    pub async fn tell(&self, news: News<'_>, guest: GuestId, mail: &QueuedMail, at: Timestamp) -> Result<bool, DirectoryError> {
        writing!(&self.pools, |connection| async {
            let mut transaction = connection.begin().await?;
            let noted = sqlx::query(NOTE)
                .bind(news.tenant.as_str())
                .bind(guest.to_string())
                .bind(news.terms.as_str())
                .bind(news.version)
                .bind(at.unix())
                .execute(&mut *transaction)
                .await?;
            if noted.rows_affected() == 0 {
                transaction.rollback().await?;
                return Ok(false);
            }
            bind_queued!(mail).execute(&mut *transaction).await?;
            transaction.commit().await?;
            Ok(true)
        })
    }
}
