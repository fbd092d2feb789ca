//! What `gatehouse guests` prints, for people and for programs.

use serde_json::json;

use super::super::moment;
use crate::{
    domain::{
        guest::{Entry, Guest},
        tenant::Tenant,
    },
    guests::GraphUser,
    store::directory::{Count, Obstacle},
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Text,
    Json,
}

/// `last`: there may be more after this one.
pub(super) fn page(form: Form, tenant: &Tenant, entries: &[Entry], last: Option<&Entry>) -> String {
    let users = entries.iter().map(|entry| GraphUser::of(entry, tenant));
    let last = last.map(|entry| entry.guest.id.to_string());
    match form {
        Form::Json => json!({ "value": users.collect::<Vec<_>>(), "after": last }).to_string(),
        Form::Text => {
            let line = |user: GraphUser| {
                let marks = [(!user.account_enabled).then_some(", blocked"), user.deleted_date_time.is_some().then_some(", deleted")];
                let marks: String = marks.into_iter().flatten().collect();
                format!("{}  {:17}  {:6}  {}  ({}{marks})", user.id, user.external_user_state, user.user_type, user.mail, user.source)
            };
            let mut lines: Vec<String> = users.map(line).collect();
            if lines.is_empty() {
                lines.push("nobody".into());
            }
            lines.extend(last.map(|last| format!("there may be more: --after {last}")));
            lines.join("\n")
        }
    }
}

pub(super) fn entry(form: Form, tenant: &Tenant, entry: &Entry) -> String {
    let user = json!(GraphUser::of(entry, tenant));
    match (form, user) {
        (Form::Text, serde_json::Value::Object(fields)) => {
            let known = fields.iter().filter(|(_, value)| !value.is_null() && value.as_array().is_none_or(|all| !all.is_empty()));
            let line = |(name, value): (&String, &serde_json::Value)| match value.as_str() {
                Some(text) => format!("{name:32} {text}"),
                None => format!("{name:32} {value}"),
            };
            known.map(line).collect::<Vec<_>>().join("\n")
        }
        (_, user) => user.to_string(),
    }
}

pub(super) fn counts(form: Form, counts: &[Count]) -> String {
    let row = |count: &Count| (count.voucher.as_ref().map(|voucher| voucher.as_str().to_owned()), count.pending, count.accepted);
    let rows = counts.iter().map(row);
    match form {
        Form::Json => {
            let rows = rows
                .map(|(provider, pending, accepted)| json!({ "provider": provider, "PendingAcceptance": pending, "Accepted": accepted }));
            json!({ "value": rows.collect::<Vec<_>>() }).to_string()
        }
        Form::Text if counts.is_empty() => "nobody".into(),
        Form::Text => {
            let line = |(provider, pending, accepted): (Option<String>, u64, u64)| {
                format!("{:24} {accepted} accepted, {pending} pending", provider.as_deref().unwrap_or("not yet proven"))
            };
            rows.map(line).collect::<Vec<_>>().join("\n")
        }
    }
}

/// What is in the way, and the cure.
pub(super) fn obstacles(tenant: &Tenant, obstacles: &[Obstacle]) -> String {
    let line = |obstacle: &Obstacle| match obstacle {
        Obstacle::Address { address, of } => format!(
            "tenant {} already has a guest with the address {address}: {of}. Change that guest, or delete it: `gatehouse guests delete`",
            tenant.id
        ),
        Obstacle::Identity { of } => {
            format!(
                "tenant {} already has a guest with the same identity: {of}. Delete that one first: `gatehouse guests delete`",
                tenant.id
            )
        }
    };
    match obstacles {
        [] => "another guest was in the way a moment ago; try again".into(),
        all => all.iter().map(line).collect::<Vec<_>>().join("\n"),
    }
}

/// Why nothing can happen to this guest as they are.
pub(super) fn standing(guest: &Guest) -> String {
    match guest.restorable_until() {
        None => format!("guest {} is not deleted; deleted guests are in `gatehouse guests list --deleted`", guest.id),
        Some(until) => {
            let until = moment::written(until);
            format!("guest {} is deleted, restorable until {until}: `gatehouse guests restore`", guest.id)
        }
    }
}
