//! Guests as `users`: listed, shown, changed, deleted, signed out everywhere.

use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::{
    desk::{Answer, Desk},
    filter::{Plan, Terms},
    problem::Problem,
    words::{address, present},
};
use crate::{
    domain::{
        error_code::ErrorCode,
        guest::{Addresses, Entry, UserType},
        id::GuestId,
        locale::Locale,
        timestamp::Timestamp,
    },
    guests::GraphUser,
    store::directory::{Changed, Filter, Obstacle, Update},
};

pub(super) const PATH: &str = "/users";

/// What PATCH takes; what is absent stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct UserUpdate {
    /// False blocks the guest.
    pub account_enabled: Option<bool>,
    /// Null takes it away.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub display_name: Option<Option<String>>,
    /// Where mail goes. The old one stays a proxy address.
    pub mail: Option<String>,
    /// Replaces the list.
    pub other_mails: Option<Vec<String>>,
    /// `Guest` or `Member`.
    pub user_type: Option<String>,
    /// `en`, `de`, `fr`; null takes it away.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub preferred_language: Option<Option<String>>,
}

pub(super) async fn list(desk: &Desk<'_>) -> Result<Answer, Problem> {
    page(desk, PATH, Filter::default()).await
}

/// Of those there, or of those deleted.
pub(super) async fn page(desk: &Desk<'_>, path: &str, base: Filter) -> Result<Answer, Problem> {
    let (tenant, limit) = (desk.tenant(), desk.query.limit());
    let after = desk.query.after(GuestId::parse)?;
    let terms = desk.query.filter.as_deref().map(Terms::parse).transpose()?.unwrap_or_default();
    let (entries, next) = match terms.plan() {
        Plan::Nobody => (Vec::new(), None),
        Plan::One(whom) => {
            let found = desk.directory().entry(&tenant.id, &whom).await?;
            (found.into_iter().filter(|entry| entry.guest.is_deleted() == base.is_deleted).collect(), None)
        }
        Plan::Page(filter) => {
            let filter = Filter { is_deleted: base.is_deleted, ..filter };
            let entries = desk.directory().entries(&tenant.id, &filter, after, limit).await?;
            let is_full = u32::try_from(entries.len()).is_ok_and(|there| there == limit);
            let next = entries.last().filter(|_| is_full).map(|last| last.guest.id.to_string());
            (entries, next)
        }
    };
    let shown = entries.iter().filter(|entry| terms.passes(entry)).map(|entry| shown(desk, entry)).collect::<Result<_, _>>()?;
    Ok(Answer::ok(desk.query.page(tenant, path, shown, next)))
}

pub(super) fn shown(desk: &Desk<'_>, entry: &Entry) -> Result<Value, Problem> {
    serde_json::to_value(GraphUser::of(entry, desk.tenant())).map_err(|_| Problem::internal())
}

/// Of those who are there. A `$filter` takes the forms that the directory itself can count.
pub(super) async fn count(desk: &Desk<'_>) -> Result<Answer, Problem> {
    let terms = desk.query.filter.as_deref().map(Terms::parse).transpose()?.unwrap_or_default();
    let count = match terms.plan() {
        Plan::Nobody => 0,
        Plan::One(whom) => {
            let found = desk.directory().entry(&desk.tenant().id, &whom).await?;
            u64::from(found.is_some_and(|entry| !entry.guest.is_deleted() && terms.passes(&entry)))
        }
        Plan::Page(Filter { address_prefix: Some(_), .. }) => {
            return Err(Problem::unreadable("$count takes no startsWith(mail,'…'): list, and count what is listed"));
        }
        Plan::Page(filter) => desk.directory().count_entries(&desk.tenant().id, &filter).await?,
    };
    Ok(Answer::text(count))
}

pub(super) async fn show(desk: &Desk<'_>) -> Result<Answer, Problem> {
    let entry = desk.entry().await?;
    Ok(Answer::ok(desk.query.one(desk.tenant(), PATH, shown(desk, &entry)?)))
}

pub(super) async fn update(desk: &Desk<'_>) -> Result<Answer, Problem> {
    let asked: UserUpdate = desk.body()?;
    let entry = desk.entry().await?;
    let update = read(&asked, &entry)?;
    changed(desk.directory().update_guest(&desk.tenant().id, entry.guest.id, &update).await?, "user")?;
    let action = match asked.account_enabled {
        Some(false) if entry.guest.is_enabled => "guest.blocked",
        Some(true) if !entry.guest.is_enabled => "guest.unblocked",
        Some(_) | None => "guest.changed",
    };
    desk.record(action, entry.guest.id, json!({ "properties": named(&asked) })).await?;
    Ok(Answer::nothing())
}

/// Which properties were written, without their values.
fn named(asked: &UserUpdate) -> Vec<&'static str> {
    let all = [
        ("accountEnabled", asked.account_enabled.is_some()),
        ("displayName", asked.display_name.is_some()),
        ("mail", asked.mail.is_some()),
        ("otherMails", asked.other_mails.is_some()),
        ("userType", asked.user_type.is_some()),
        ("preferredLanguage", asked.preferred_language.is_some()),
    ];
    all.into_iter().filter(|(_, is_written)| *is_written).map(|(name, _)| name).collect()
}

fn read(asked: &UserUpdate, entry: &Entry) -> Result<Update, Problem> {
    let user_type = asked.user_type.as_deref().map(|text| UserType::parse(text).ok_or(text)).transpose();
    let language = |tag: &str| Locale::from_tag(tag).ok_or_else(|| Problem::unreadable("preferredLanguage: en, de and fr are spoken here"));
    Ok(Update {
        is_enabled: asked.account_enabled,
        display_name: asked.display_name.as_ref().map(|name| name.as_deref().map(super::words::name).transpose()).transpose()?,
        preferred_language: asked.preferred_language.as_ref().map(|tag| tag.as_deref().map(language).transpose()).transpose()?,
        user_type: user_type.map_err(|_| Problem::unreadable("userType: write Guest or Member"))?,
        addresses: addresses(asked, entry)?,
        ..Update::default()
    })
}

/// The addresses that are to be, if any of them was written.
fn addresses(asked: &UserUpdate, entry: &Entry) -> Result<Option<Addresses>, Problem> {
    if asked.mail.is_none() && asked.other_mails.is_none() {
        return Ok(None);
    }
    let now = &entry.addresses;
    let mail = asked.mail.as_deref().map(|text| address("mail", text)).transpose()?;
    let other = match &asked.other_mails {
        Some(list) => list.iter().map(|text| address("otherMails", text)).collect::<Result<Vec<_>, _>>()?,
        None => now.other().to_vec(),
    };
    let mut proxy = now.proxy().to_vec();
    proxy.extend(mail.clone());
    let mail = mail.unwrap_or_else(|| now.mail().clone());
    let too_many = |error| Problem::unreadable(format!("otherMails: {error} addresses of one guest"));
    Addresses::new(mail, other, proxy).map(Some).map_err(too_many)
}

pub(super) async fn delete(desk: &Desk<'_>) -> Result<Answer, Problem> {
    let id = desk.entry().await?.guest.id;
    changed(desk.directory().delete_guest(&desk.tenant().id, id, desk.now()).await?, "user")?;
    desk.record("guest.deleted", id, json!({})).await?;
    Ok(Answer::nothing())
}

/// From the next second on: sessions begun in this one are over, too.
pub(super) async fn revoke_sessions(desk: &Desk<'_>) -> Result<Answer, Problem> {
    let id = desk.entry().await?.guest.id;
    let from = Timestamp::from_unix(desk.now().unix() + 1);
    let update = Update { sessions_valid_from: Some(from), ..Update::default() };
    changed(desk.directory().update_guest(&desk.tenant().id, id, &update).await?, "user")?;
    desk.record("guest.signed_out_everywhere", id, json!({})).await?;
    Ok(Answer::ok(desk.query.one(desk.tenant(), "/Edm.Boolean", json!({ "value": true }))))
}

/// Says what stood in the way.
pub(super) fn changed(changed: Changed, what: &str) -> Result<(), Problem> {
    let obstacles = match changed {
        Changed::Done => return Ok(()),
        Changed::Nobody => return Err(Problem::nobody(what)),
        Changed::Obstructed(obstacles) => obstacles,
    };
    let said = obstacles.iter().map(|obstacle| match obstacle {
        Obstacle::Address { address, of } => format!("user {of} has the address {address}"),
        Obstacle::Identity { of } => format!("user {of} has the identity"),
    });
    let guest = obstacles.first().map(|obstacle| match obstacle {
        Obstacle::Address { of, .. } | Obstacle::Identity { of } => *of,
    });
    Err(Problem { guest, ..Problem::new(ErrorCode::AddressOfAnother, said.collect::<Vec<_>>().join("; ")) })
}
