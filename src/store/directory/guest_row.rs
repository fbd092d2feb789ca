//! The columns of a guest, written and read in one place.

use super::{DirectoryError, unreadable};
use crate::domain::{
    address::EmailAddress,
    consent::Acceptance,
    guest::{BoundIdentity, Creation, Guest, Principal, PrincipalName, State, UserType},
    id::GuestId,
    identity::{Subject, Voucher},
    locale::Locale,
    timestamp::Timestamp,
};

/// Of `guests g`, under the names [`GuestColumns`] reads.
macro_rules! guest_columns {
    () => {
        "g.id, g.state, g.state_changed_at, g.user_type, g.creation, g.principal_name, g.display_name, g.mail, g.is_enabled,
            g.voucher AS bound_voucher, g.subject, g.invited_by, g.preferred_language, g.created_at, g.last_sign_in_at, g.deleted_at,
            g.redemption, g.acceptance, g.sessions_valid_from"
    };
}
pub(super) use guest_columns;

#[derive(sqlx::FromRow)]
pub(super) struct GuestColumns {
    pub(super) id: String,
    state: String,
    state_changed_at: i64,
    user_type: String,
    creation: String,
    principal_name: String,
    display_name: Option<String>,
    mail: String,
    is_enabled: bool,
    bound_voucher: Option<String>,
    subject: Option<String>,
    invited_by: Option<String>,
    preferred_language: Option<String>,
    created_at: i64,
    last_sign_in_at: Option<i64>,
    deleted_at: Option<i64>,
    redemption: i64,
    acceptance: Option<String>,
    sessions_valid_from: Option<i64>,
}

impl GuestColumns {
    pub(super) fn guest(&self) -> Result<Guest, DirectoryError> {
        let identity = match (&self.bound_voucher, &self.subject) {
            (Some(voucher), Some(subject)) => Some(BoundIdentity {
                voucher: Voucher::parse(voucher).ok_or_else(|| unreadable("voucher"))?,
                subject: Subject::new(subject.as_str()).ok_or_else(|| unreadable("subject"))?,
            }),
            _ => None,
        };
        let since = Timestamp::from_unix(self.state_changed_at);
        let invited_by = self.invited_by.as_deref().map(|text| Principal::new(text).ok_or_else(|| unreadable("invited_by")));
        let language = self.preferred_language.as_deref();
        Ok(Guest {
            id: GuestId::parse(&self.id).ok_or_else(|| unreadable("id"))?,
            state: State::stored(&self.state, since, identity).ok_or_else(|| unreadable("state"))?,
            user_type: UserType::parse(&self.user_type).ok_or_else(|| unreadable("user_type"))?,
            creation: Creation::parse(&self.creation).ok_or_else(|| unreadable("creation"))?,
            principal_name: PrincipalName::parse(&self.principal_name).ok_or_else(|| unreadable("principal_name"))?,
            display_name: self.display_name.clone(),
            mail: EmailAddress::parse(&self.mail).map_err(|_| unreadable("mail"))?,
            is_enabled: self.is_enabled,
            invited_by: invited_by.transpose()?,
            preferred_language: language.map(|tag| Locale::from_tag(tag).ok_or_else(|| unreadable("preferred_language"))).transpose()?,
            created_at: Timestamp::from_unix(self.created_at),
            last_sign_in_at: self.last_sign_in_at.map(Timestamp::from_unix),
            deleted_at: self.deleted_at.map(Timestamp::from_unix),
            round: u32::try_from(self.redemption).map_err(|_| unreadable("redemption"))?,
            acceptance: match self.acceptance.as_deref().map(Acceptance::parse) {
                // Accepted before anybody wrote down by whom: then it was always the guest.
                None if self.state == "Accepted" => Some(Acceptance::ByGuest),
                None => None,
                Some(read) => Some(read.ok_or_else(|| unreadable("acceptance"))?),
            },
            sessions_valid_from: self.sessions_valid_from.map(Timestamp::from_unix),
        })
    }
}
