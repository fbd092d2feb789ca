//! Guests as a sign-in needs them: read with their consents in one statement, added, bound to an identity.

use sqlx::Connection;

use super::{
    AddedGuest, BoundGuest, Directory, DirectoryError, GuestFile,
    consents::ConsentColumns,
    guest_row::{GuestColumns, guest_columns},
    pool::{reading, writing},
};
use crate::domain::{
    address::EmailAddress,
    guest::{BoundIdentity, Entry, Guest},
    id::{GuestId, TenantId},
};

/// One row per consent given in this redemption, or one without: the guest's columns come again with each.
macro_rules! guest_file {
    ($from:literal) => {
        concat!(
            "SELECT ",
            guest_columns!(),
            ", c.matter, c.version, c.document, c.locale, c.is_accepted, c.client, c.voucher, c.decided_at FROM ",
            $from,
            " LEFT JOIN consents c ON c.tenant = g.tenant AND c.guest = g.id AND c.redemption = g.redemption"
        )
    };
}

const BY_ID: &str = concat!(guest_file!("guests g"), " WHERE g.tenant = $1 AND g.id = $2 ORDER BY c.id");
// Whoever is there comes before whoever was.
const BY_IDENTITY: &str =
    concat!(guest_file!("guests g"), " WHERE g.tenant = $1 AND g.voucher = $2 AND g.subject = $3 ORDER BY g.deletion, c.id");
const BY_ADDRESS: &str = concat!(
    guest_file!("guest_addresses a JOIN guests g ON g.tenant = a.tenant AND g.id = a.guest"),
    " WHERE a.tenant = $1 AND a.address_key = $2 ORDER BY a.deletion, c.id"
);

pub(super) const ADD: &str =
    "INSERT INTO guests (tenant, id, state, state_changed_at, redemption, user_type, creation, principal_name, display_name,
        mail, is_enabled, voucher, subject, invited_by, preferred_language, created_at, deletion, acceptance)
    VALUES ($1, $2, $3, $4, 1, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, '', $16) ON CONFLICT DO NOTHING";
pub(super) const ADD_ADDRESS: &str =
    "INSERT INTO guest_addresses (tenant, address_key, guest, address, is_mail, is_other, is_proxy, deletion)
    VALUES ($1, $2, $3, $4, $5, $6, $7, '') ON CONFLICT DO NOTHING";
pub(super) const ADD_SPONSOR: &str = "INSERT INTO guest_sponsors (tenant, guest, sponsor) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
const BIND: &str = "UPDATE guests SET voucher = $3, subject = $4, display_name = COALESCE($5, display_name)
    WHERE tenant = $1 AND id = $2 AND deletion = '' AND (voucher IS NULL OR (voucher = $3 AND subject = $4))";

/// Writes a guest with every address and sponsor, in whatever transaction; false if somebody has one of them already. Where an earlier
/// guest has the principal name, the id joins it. A macro because the transaction's type differs between the databases.
macro_rules! insert_entry {
    ($transaction:expr, $tenant:expr, $entry:expr) => {{
        let (tenant, entry): (&$crate::domain::id::TenantId, &$crate::domain::guest::Entry) = ($tenant, $entry);
        let $crate::domain::guest::Entry { guest, addresses, sponsors } = entry;
        let (id, identity) = (guest.id.to_string(), guest.identity());
        let mut is_added = false;
        for name in [&guest.principal_name, &guest.principal_name.told_apart(guest.id)] {
            let added = sqlx::query($crate::store::directory::guests::ADD)
                .bind(tenant.as_str())
                .bind(&id)
                .bind(guest.state.as_str())
                .bind(guest.state.since().unix())
                .bind(guest.user_type.as_str())
                .bind(guest.creation.as_str())
                .bind(name.as_str())
                .bind(guest.display_name.as_deref())
                .bind(addresses.mail().to_string())
                .bind(guest.is_enabled)
                .bind(identity.map(|identity| identity.voucher.as_str()))
                .bind(identity.map(|identity| identity.subject.as_str()))
                .bind(guest.invited_by.as_ref().map(|by| by.as_str()))
                .bind(guest.preferred_language.map(|language| language.tag()))
                .bind(guest.created_at.unix())
                .bind(guest.acceptance.map(|acceptance| acceptance.as_str()))
                .execute(&mut *$transaction)
                .await?;
            is_added = added.rows_affected() > 0;
            if is_added {
                break;
            }
        }
        is_added && $crate::store::directory::guests::insert_addresses!($transaction, tenant, &id, addresses) && {
            $crate::store::directory::guests::insert_sponsors!($transaction, tenant, &id, sponsors);
            true
        }
    }};
}

/// Writes the addresses of one guest, who has none; false if somebody else has one of them.
macro_rules! insert_addresses {
    ($transaction:expr, $tenant:expr, $guest:expr, $addresses:expr) => {{
        let mut is_free = true;
        for (key, (address, kinds)) in &$addresses.kinds() {
            let added = sqlx::query($crate::store::directory::guests::ADD_ADDRESS)
                .bind($tenant.as_str())
                .bind(key.as_str())
                .bind($guest)
                .bind(address.to_string())
                .bind(kinds.is_mail)
                .bind(kinds.is_other)
                .bind(kinds.is_proxy)
                .execute(&mut *$transaction)
                .await?;
            if added.rows_affected() == 0 {
                is_free = false;
                break;
            }
        }
        is_free
    }};
}

macro_rules! insert_sponsors {
    ($transaction:expr, $tenant:expr, $guest:expr, $sponsors:expr) => {{
        for sponsor in $sponsors.iter() {
            let add = sqlx::query($crate::store::directory::guests::ADD_SPONSOR);
            add.bind($tenant.as_str()).bind($guest).bind(sponsor.as_str()).execute(&mut *$transaction).await?;
        }
    }};
}
pub(super) use {insert_addresses, insert_entry, insert_sponsors};

#[derive(sqlx::FromRow)]
struct FileRow {
    #[sqlx(flatten)]
    guest: GuestColumns,
    #[sqlx(flatten)]
    consent: ConsentColumns,
}

/// The first guest of these rows: an identity or an address may also be a deleted one's.
fn file(rows: Vec<FileRow>) -> Result<Option<GuestFile>, DirectoryError> {
    let Some(first) = rows.first() else { return Ok(None) };
    let (guest, id) = (first.guest.guest()?, first.guest.id.clone());
    let theirs = rows.into_iter().filter(|row| row.guest.id == id);
    let consents = theirs.filter_map(|row| row.consent.record(guest.id).transpose()).collect::<Result<_, _>>()?;
    Ok(Some(GuestFile { guest, consents }))
}

impl Directory {
    /// Whoever is known by this identity; a deleted guest only if nobody else is.
    pub async fn guest_by_identity(&self, tenant: &TenantId, identity: &BoundIdentity) -> Result<Option<GuestFile>, DirectoryError> {
        file(reading!(&self.pools, |connection| sqlx::query_as(BY_IDENTITY)
            .bind(tenant.as_str())
            .bind(identity.voucher.as_str())
            .bind(identity.subject.as_str())
            .fetch_all(connection))?)
    }

    /// By any address on record, compared by its canonical key; a deleted guest only if nobody else has it.
    pub async fn guest_by_address(&self, tenant: &TenantId, address: &EmailAddress) -> Result<Option<GuestFile>, DirectoryError> {
        file(reading!(&self.pools, |connection| sqlx::query_as(BY_ADDRESS)
            .bind(tenant.as_str())
            .bind(address.key())
            .fetch_all(connection))?)
    }

    /// There or deleted.
    pub async fn guest(&self, tenant: &TenantId, id: GuestId) -> Result<Option<GuestFile>, DirectoryError> {
        file(reading!(&self.pools, |connection| sqlx::query_as(BY_ID).bind(tenant.as_str()).bind(id.to_string()).fetch_all(connection))?)
    }

    /// Adds a guest with the one address, in all its places.
    pub async fn add_guest(&self, tenant: &TenantId, guest: &Guest) -> Result<AddedGuest, DirectoryError> {
        self.add_entry(tenant, &Entry::from(guest.clone())).await
    }

    /// Adds a guest. Where an earlier guest has the principal name, the id joins it. Whether they are deleted is not looked at.
    pub async fn add_entry(&self, tenant: &TenantId, entry: &Entry) -> Result<AddedGuest, DirectoryError> {
        writing!(&self.pools, |connection| async {
            let mut transaction = connection.begin().await?;
            if !insert_entry!(transaction, tenant, entry) {
                transaction.rollback().await?;
                return Ok(AddedGuest::Taken);
            }
            transaction.commit().await?;
            Ok(AddedGuest::Added)
        })
    }

    /// Writes the first identity of a guest that has none, and the name the provider gave; idempotent for the same pair.
    /// Nobody is bound where there is no such guest, or only a deleted one.
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
