//! Guests: read with their consents in one statement, added, bound to an identity.

use sqlx::Connection;

use super::{
    AddedGuest, BoundGuest, Directory, DirectoryError, GuestFile,
    consents::ConsentColumns,
    pool::{reading, writing},
    unreadable,
};
use crate::domain::{
    address::EmailAddress,
    guest::{BoundIdentity, Guest, State},
    id::{GuestId, TenantId},
    identity::{Subject, Voucher},
    timestamp::Timestamp,
};

/// One row per consent, or one without: the guest's columns come again with each.
macro_rules! guest_file {
    ($from:literal) => {
        concat!(
            "SELECT g.id, g.state, g.state_changed_at, g.display_name, g.mail, g.is_enabled, g.voucher AS bound_voucher, g.subject, g.created_at,
                c.matter, c.document, c.locale, c.is_accepted, c.client, c.voucher, c.decided_at FROM ",
            $from,
            " LEFT JOIN consents c ON c.tenant = g.tenant AND c.guest = g.id"
        )
    };
}

const BY_ID: &str = concat!(guest_file!("guests g"), " WHERE g.tenant = $1 AND g.id = $2 ORDER BY c.id");
const BY_IDENTITY: &str = concat!(guest_file!("guests g"), " WHERE g.tenant = $1 AND g.voucher = $2 AND g.subject = $3 ORDER BY c.id");
const BY_ADDRESS: &str = concat!(
    guest_file!("guest_addresses a JOIN guests g ON g.tenant = a.tenant AND g.id = a.guest"),
    " WHERE a.tenant = $1 AND a.address_key = $2 ORDER BY c.id"
);

const ADD: &str = "INSERT INTO guests (tenant, id, state, state_changed_at, display_name, mail, is_enabled, voucher, subject, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING";
const ADD_ADDRESS: &str = "INSERT INTO guest_addresses (tenant, address_key, guest) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
const BIND: &str = "UPDATE guests SET voucher = $3, subject = $4, display_name = COALESCE($5, display_name)
    WHERE tenant = $1 AND id = $2 AND (voucher IS NULL OR (voucher = $3 AND subject = $4))";

#[derive(sqlx::FromRow)]
struct GuestRow {
    id: String,
    state: String,
    state_changed_at: i64,
    display_name: Option<String>,
    mail: String,
    is_enabled: bool,
    bound_voucher: Option<String>,
    subject: Option<String>,
    created_at: i64,
    #[sqlx(flatten)]
    consent: ConsentColumns,
}

impl GuestRow {
    fn guest(&self) -> Result<Guest, DirectoryError> {
        let since = Timestamp::from_unix(self.state_changed_at);
        let state = match self.state.as_str() {
            "PendingAcceptance" => State::PendingAcceptance { since },
            "Accepted" => State::Accepted { since },
            _ => return Err(unreadable("state")),
        };
        let identity = match (&self.bound_voucher, &self.subject) {
            (Some(voucher), Some(subject)) => Some(BoundIdentity {
                voucher: Voucher::parse(voucher).ok_or_else(|| unreadable("voucher"))?,
                subject: Subject::new(subject.as_str()).ok_or_else(|| unreadable("subject"))?,
            }),
            _ => None,
        };
        Ok(Guest {
            id: GuestId::parse(&self.id).ok_or_else(|| unreadable("id"))?,
            state,
            display_name: self.display_name.clone(),
            mail: EmailAddress::parse(&self.mail).map_err(|_| unreadable("mail"))?,
            is_enabled: self.is_enabled,
            identity,
            created_at: Timestamp::from_unix(self.created_at),
        })
    }
}

fn file(rows: Vec<GuestRow>) -> Result<Option<GuestFile>, DirectoryError> {
    let Some(guest) = rows.first().map(GuestRow::guest).transpose()? else { return Ok(None) };
    let id = guest.id;
    let consents = rows.into_iter().filter_map(|row| row.consent.record(id).transpose()).collect::<Result<_, _>>()?;
    Ok(Some(GuestFile { guest, consents }))
}

impl Directory {
    pub async fn guest_by_identity(&self, tenant: &TenantId, identity: &BoundIdentity) -> Result<Option<GuestFile>, DirectoryError> {
        file(reading!(&self.pools, |connection| sqlx::query_as(BY_IDENTITY)
            .bind(tenant.as_str())
            .bind(identity.voucher.as_str())
            .bind(identity.subject.as_str())
            .fetch_all(connection))?)
    }

    /// By any address on record, compared by its canonical key.
    pub async fn guest_by_address(&self, tenant: &TenantId, address: &EmailAddress) -> Result<Option<GuestFile>, DirectoryError> {
        file(reading!(&self.pools, |connection| sqlx::query_as(BY_ADDRESS)
            .bind(tenant.as_str())
            .bind(address.key())
            .fetch_all(connection))?)
    }

    pub async fn guest(&self, tenant: &TenantId, id: GuestId) -> Result<Option<GuestFile>, DirectoryError> {
        file(reading!(&self.pools, |connection| sqlx::query_as(BY_ID).bind(tenant.as_str()).bind(id.to_string()).fetch_all(connection))?)
    }

    pub async fn add_guest(&self, tenant: &TenantId, guest: &Guest) -> Result<AddedGuest, DirectoryError> {
        let id = guest.id.to_string();
        writing!(&self.pools, |connection| async {
            let mut transaction = connection.begin().await?;
            let identity = guest.identity.as_ref();
            let added = sqlx::query(ADD)
                .bind(tenant.as_str())
                .bind(&id)
                .bind(guest.state.as_str())
                .bind(guest.state.since().unix())
                .bind(guest.display_name.as_deref())
                .bind(guest.mail.to_string())
                .bind(guest.is_enabled)
                .bind(identity.map(|identity| identity.voucher.as_str()))
                .bind(identity.map(|identity| identity.subject.as_str()))
                .bind(guest.created_at.unix())
                .execute(&mut *transaction)
                .await?;
            if added.rows_affected() == 0 {
                transaction.rollback().await?;
                return Ok(AddedGuest::Taken);
            }
            let address =
                sqlx::query(ADD_ADDRESS).bind(tenant.as_str()).bind(guest.mail.key()).bind(&id).execute(&mut *transaction).await?;
            if address.rows_affected() == 0 {
                transaction.rollback().await?;
                return Ok(AddedGuest::Taken);
            }
            transaction.commit().await?;
            Ok(AddedGuest::Added)
        })
    }

    /// Writes the first identity of a guest that has none, and the name the provider gave; idempotent for the same pair.
    /// Nobody is bound where there is no such guest.
    pub async fn bind_identity(
        &self,
        tenant: &TenantId,
        guest: GuestId,
        identity: &BoundIdentity,
        name: Option<&str>,
    ) -> Result<BoundGuest, DirectoryError> {
        writing!(&self.pools, |connection| async {
            let bound = sqlx::query(BIND)
                .bind(tenant.as_str())
                .bind(guest.to_string())
                .bind(identity.voucher.as_str())
                .bind(identity.subject.as_str())
                .bind(name)
                .execute(connection)
                .await;
            match bound {
                Ok(done) if done.rows_affected() > 0 => Ok(BoundGuest::Bound),
                Ok(_) => Ok(BoundGuest::Taken),
                Err(sqlx::Error::Database(refusal)) if refusal.is_unique_violation() => Ok(BoundGuest::Taken),
                Err(error) => Err(error),
            }
        })
    }
}
