//! Guests as an operator reads them: whole entries, one or a page at a time, each call one statement; and how many there are.

use super::{
    Directory, DirectoryError,
    guest_row::{GuestColumns, guest_columns},
    pool::reading,
    unreadable,
};
use crate::domain::{
    address::EmailAddress,
    guest::{Addresses, BoundIdentity, Entry, Principal, PrincipalName, Sponsors, UserType},
    id::{GuestId, TenantId},
    identity::Voucher,
};

/// A row per guest, address and sponsor: few of each.
macro_rules! entries {
    ($of:literal) => {
        concat!(
            "SELECT ",
            guest_columns!(),
            ", a.address, a.is_mail, a.is_other, a.is_proxy, s.sponsor FROM (",
            $of,
            ") g JOIN guest_addresses a ON a.tenant = g.tenant AND a.guest = g.id
                LEFT JOIN guest_sponsors s ON s.tenant = g.tenant AND s.guest = g.id ORDER BY g.id, a.address_key, s.sponsor"
        )
    };
}

const BY_ID: &str = entries!("SELECT * FROM guests WHERE tenant = $1 AND id = $2");
const BY_PRINCIPAL_NAME: &str = entries!("SELECT * FROM guests WHERE tenant = $1 AND principal_name = $2");
const BY_IDENTITY: &str = entries!("SELECT * FROM guests WHERE tenant = $1 AND voucher = $2 AND subject = $3 ORDER BY deletion LIMIT 1");
const BY_ADDRESS: &str = entries!(
    "SELECT o.* FROM guest_addresses f JOIN guests o ON o.tenant = f.tenant AND o.id = f.guest
        WHERE f.tenant = $1 AND f.address_key = $2 ORDER BY f.deletion LIMIT 1"
);
const PAGE: &str = entries!(
    "SELECT * FROM guests o WHERE o.tenant = $1 AND o.id > $2 AND (o.deleted_at IS NOT NULL) = $3
        AND ($4 IS NULL OR o.state = $4) AND ($5 IS NULL OR o.user_type = $5) AND ($6 IS NULL OR o.voucher = $6)
        AND ($7 IS NULL OR EXISTS (SELECT 1 FROM guest_addresses p
            WHERE p.tenant = o.tenant AND p.guest = o.id AND substr(p.address_key, 1, length($7)) = $7))
        AND ($8 IS NULL OR o.is_enabled = $8) ORDER BY o.id LIMIT $9"
);
/// The same guests, without a page's bounds.
const COUNT_OF: &str = "SELECT COUNT(*) FROM guests o WHERE o.tenant = $1 AND (o.deleted_at IS NOT NULL) = $2
    AND ($3 IS NULL OR o.state = $3) AND ($4 IS NULL OR o.user_type = $4) AND ($5 IS NULL OR o.voucher = $5)
    AND ($6 IS NULL OR EXISTS (SELECT 1 FROM guest_addresses p
        WHERE p.tenant = o.tenant AND p.guest = o.id AND substr(p.address_key, 1, length($6)) = $6))
    AND ($7 IS NULL OR o.is_enabled = $7)";
const COUNT: &str = "SELECT voucher, state, COUNT(*) FROM guests WHERE tenant = $1 AND deleted_at IS NULL
    GROUP BY voucher, state ORDER BY voucher, state";

/// Which guest.
#[derive(Debug, Clone)]
pub enum Whom {
    Id(GuestId),
    PrincipalName(PrincipalName),
    /// A deleted guest only if nobody else is known by it.
    Identity(BoundIdentity),
    /// Any address on record; a deleted guest only if nobody else has it.
    Address(EmailAddress),
}

/// Which guests; what is absent is not asked. In the order of their ids, which is, to the second, the order they were added in.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Deleted ones, or else those who are there.
    pub is_deleted: bool,
    pub state: Option<StateName>,
    pub user_type: Option<UserType>,
    pub voucher: Option<Voucher>,
    /// How any of their addresses begins, in whatever case.
    pub address_prefix: Option<String>,
    pub is_enabled: Option<bool>,
}

/// A state without what belongs to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StateName {
    PendingAcceptance,
    Accepted,
}

impl StateName {
    const fn as_str(self) -> &'static str {
        match self {
            Self::PendingAcceptance => "PendingAcceptance",
            Self::Accepted => "Accepted",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::PendingAcceptance, Self::Accepted].into_iter().find(|state| state.as_str() == text)
    }
}

/// How many guests one provider has proven; those who are deleted don't count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// `None`: nobody has proven them yet.
    pub voucher: Option<Voucher>,
    pub pending: u64,
    pub accepted: u64,
}

#[derive(sqlx::FromRow)]
struct EntryRow {
    #[sqlx(flatten)]
    guest: GuestColumns,
    address: String,
    is_mail: bool,
    is_other: bool,
    is_proxy: bool,
    sponsor: Option<String>,
}

fn entries(rows: &[EntryRow]) -> Result<Vec<Entry>, DirectoryError> {
    rows.chunk_by(|one, next| one.guest.id == next.guest.id).map(entry).collect()
}

fn entry(rows: &[EntryRow]) -> Result<Entry, DirectoryError> {
    let first = rows.first().ok_or_else(|| unreadable("id"))?;
    let (mut mail, mut other, mut proxy, mut sponsors) = (None, Vec::new(), Vec::new(), Vec::new());
    for row in rows {
        let address = EmailAddress::parse(&row.address).map_err(|_| unreadable("address"))?;
        if row.is_mail {
            mail = Some(address.clone());
        }
        if row.is_other {
            other.push(address.clone());
        }
        if row.is_proxy {
            proxy.push(address);
        }
        if let Some(sponsor) = &row.sponsor {
            sponsors.push(Principal::new(sponsor).ok_or_else(|| unreadable("sponsor"))?);
        }
    }
    Ok(Entry {
        guest: first.guest.guest()?,
        addresses: Addresses::new(mail.ok_or_else(|| unreadable("is_mail"))?, other, proxy).map_err(|_| unreadable("address"))?,
        sponsors: Sponsors::new(sponsors).map_err(|_| unreadable("sponsor"))?,
    })
}

impl Directory {
    /// One guest with all there is to know, there or deleted.
    pub async fn entry(&self, tenant: &TenantId, whom: &Whom) -> Result<Option<Entry>, DirectoryError> {
        let tenant = tenant.as_str();
        let rows: Vec<EntryRow> = match whom {
            Whom::Id(id) => {
                reading!(&self.pools, |connection| sqlx::query_as(BY_ID).bind(tenant).bind(id.to_string()).fetch_all(connection))
            }
            Whom::PrincipalName(name) => {
                reading!(&self.pools, |connection| sqlx::query_as(BY_PRINCIPAL_NAME).bind(tenant).bind(name.as_str()).fetch_all(connection))
            }
            Whom::Identity(identity) => reading!(&self.pools, |connection| sqlx::query_as(BY_IDENTITY)
                .bind(tenant)
                .bind(identity.voucher.as_str())
                .bind(identity.subject.as_str())
                .fetch_all(connection)),
            Whom::Address(address) => {
                reading!(&self.pools, |connection| sqlx::query_as(BY_ADDRESS).bind(tenant).bind(address.key()).fetch_all(connection))
            }
        }?;
        Ok(entries(&rows)?.pop())
    }

    /// The first `limit` guests that the filter lets through, after `after`: the last one's id asks for the next page.
    pub async fn entries(
        &self,
        tenant: &TenantId,
        filter: &Filter,
        after: Option<GuestId>,
        limit: u32,
    ) -> Result<Vec<Entry>, DirectoryError> {
        let prefix = filter.address_prefix.as_deref().map(str::to_lowercase);
        let rows: Vec<EntryRow> = reading!(&self.pools, |connection| sqlx::query_as(PAGE)
            .bind(tenant.as_str())
            .bind(after.map_or_else(String::new, |after| after.to_string()))
            .bind(filter.is_deleted)
            .bind(filter.state.map(StateName::as_str))
            .bind(filter.user_type.map(UserType::as_str))
            .bind(filter.voucher.as_ref().map(Voucher::as_str))
            .bind(prefix.as_deref())
            .bind(filter.is_enabled)
            .bind(i64::from(limit))
            .fetch_all(connection))?;
        entries(&rows)
    }

    /// How many guests the filter lets through.
    pub async fn count_entries(&self, tenant: &TenantId, filter: &Filter) -> Result<u64, DirectoryError> {
        let prefix = filter.address_prefix.as_deref().map(str::to_lowercase);
        let count: i64 = reading!(&self.pools, |connection| sqlx::query_scalar(COUNT_OF)
            .bind(tenant.as_str())
            .bind(filter.is_deleted)
            .bind(filter.state.map(StateName::as_str))
            .bind(filter.user_type.map(UserType::as_str))
            .bind(filter.voucher.as_ref().map(Voucher::as_str))
            .bind(prefix.as_deref())
            .bind(filter.is_enabled)
            .fetch_one(connection))?;
        u64::try_from(count).map_err(|_| unreadable("count"))
    }

    /// How many guests each provider has proven: whom its removal would lock out.
    pub async fn count_guests(&self, tenant: &TenantId) -> Result<Vec<Count>, DirectoryError> {
        let rows: Vec<(Option<String>, String, i64)> =
            reading!(&self.pools, |connection| sqlx::query_as(COUNT).bind(tenant.as_str()).fetch_all(connection))?;
        let mut counts: Vec<Count> = Vec::new();
        for (voucher, state, count) in rows {
            let voucher = voucher.map(|text| Voucher::parse(&text).ok_or_else(|| unreadable("voucher"))).transpose()?;
            let count = u64::try_from(count).map_err(|_| unreadable("count"))?;
            let is_accepted = state == StateName::Accepted.as_str();
            let (pending, accepted) = if is_accepted { (0, count) } else { (count, 0) };
            match counts.last_mut().filter(|last| last.voucher == voucher) {
                Some(last) => (last.pending, last.accepted) = (last.pending + pending, last.accepted + accepted),
                None => counts.push(Count { voucher, pending, accepted }),
            }
        }
        Ok(counts)
    }
}
