//! What happened in the tenant: `auditLogs/directoryAudits`, the newest first.

use serde_json::{Value, json};

use super::{
    desk::{Answer, Desk},
    problem::Problem,
};
use crate::{
    domain::id::GuestId,
    guests,
    store::directory::{EventId, LoggedEvent, RecordedEvent},
};

const PATH: &str = "/auditLogs/directoryAudits";

pub(super) async fn list(desk: &Desk<'_>) -> Result<Answer, Problem> {
    let (tenant, limit) = (desk.tenant(), desk.query.limit());
    let (action, guest) = desk.query.filter.as_deref().map(filter).transpose()?.unwrap_or_default();
    let before = desk.query.after(EventId::parse)?;
    let events = desk.directory().audit_page(&tenant.id, (action.as_deref(), guest), before.as_ref(), limit).await?;
    let is_full = u32::try_from(events.len()).is_ok_and(|there| there == limit);
    let next = events.last().filter(|_| is_full).map(|last| last.id.to_string());
    Ok(Answer::ok(desk.query.page(tenant, PATH, events.iter().map(|LoggedEvent { id, event }| shown(&id.id, event)).collect(), next)))
}

/// One of two forms, or both joined by `and`.
fn filter(text: &str) -> Result<(Option<String>, Option<GuestId>), Problem> {
    let refused = || {
        let forms = "activityDisplayName eq '…', targetResources/any(t:t/id eq '…'), joined by `and`";
        Problem::unreadable(format!("$filter: {text:?} can't be read or is not supported; supported are: {forms}"))
    };
    let (mut action, mut guest) = (None, None);
    for term in text.split(" and ") {
        let quoted = |rest: &str| rest.strip_prefix('\'')?.strip_suffix('\'').filter(|value| !value.contains('\'')).map(str::to_owned);
        let term = term.trim();
        if let Some(rest) = term.strip_prefix("activityDisplayName eq ") {
            action = Some(quoted(rest.trim()).ok_or_else(refused)?);
        } else if let Some(rest) = term.strip_prefix("targetResources/any(t:t/id eq ") {
            let id = quoted(rest.strip_suffix(')').ok_or_else(refused)?.trim()).ok_or_else(refused)?;
            guest = Some(GuestId::parse(&id).ok_or_else(refused)?);
        } else {
            return Err(refused());
        }
    }
    Ok((action, guest))
}

/// An event in the words of Graph's `directoryAudit`.
pub(super) fn shown(id: &str, event: &RecordedEvent) -> Value {
    let target = event.guest.map(|guest| json!({ "id": guest.to_string(), "type": "User" }));
    json!({
        "id": id,
        "activityDateTime": guests::moment(event.at),
        "activityDisplayName": event.action,
        "initiatedBy": { "app": event.client.as_ref().map(|client| json!({ "appId": client })) },
        "targetResources": target.into_iter().collect::<Vec<_>>(),
        "correlationId": event.reference,
        "invitationId": event.invitation.map(|invitation| invitation.to_string()),
        "details": event.details,
    })
}
