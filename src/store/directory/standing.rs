//! A guest who becomes Accepted without having been asked: by policy, or because what was owed is owed no more.

use sqlx::Connection;

use super::{Directory, DirectoryError, consents::COMPLETE, pool::writing};
use crate::domain::{consent::Completion, id::TenantId};

const IS_ACCEPTED: &str = "SELECT 1 FROM guests
    WHERE tenant = $1 AND id = $2 AND state = 'Accepted' AND voucher = $3 AND subject = $4 AND deletion = ''";

/// What became of an acceptance that nobody was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Completed {
    Now,
    /// Another visit of theirs was faster.
    Before,
    /// No longer there, or no longer known by this identity: nothing was written.
    Nobody,
}

impl Directory {
    /// Makes the guest Accepted who owes nothing.
    pub async fn complete(&self, tenant: &TenantId, completion: &Completion) -> Result<Completed, DirectoryError> {
        let (guest, identity) = (completion.guest().to_string(), completion.identity());
        writing!(&self.pools, |connection| async {
            let mut transaction = connection.begin().await?;
            let done = sqlx::query(COMPLETE)
                .bind(tenant.as_str())
                .bind(&guest)
                .bind(completion.at().unix())
                .bind(identity.voucher.as_str())
                .bind(identity.subject.as_str())
                .bind(completion.acceptance().as_str())
                .bind(i64::from(completion.round()))
                .execute(&mut *transaction)
                .await?;
            let completed = if done.rows_affected() > 0 {
                Completed::Now
            } else {
                let query = sqlx::query(IS_ACCEPTED).bind(tenant.as_str()).bind(&guest);
                let query = query.bind(identity.voucher.as_str()).bind(identity.subject.as_str());
                if query.fetch_optional(&mut *transaction).await?.is_some() { Completed::Before } else { Completed::Nobody }
            };
            transaction.commit().await?;
            Ok(completed)
        })
    }
}
