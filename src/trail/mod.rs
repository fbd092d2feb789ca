//! What happened and why, for the operator: audit events in the directory, refusals in the log. Holds no policy and no secret.

mod reading;
mod verdicts;

use std::time::Duration;

use serde_json::json;

use crate::{
    domain::{
        consent::{Acceptance, Completion},
        error_code::ErrorCode,
        flow::{Flow, Stage},
        guest::Guest,
        home_realm,
        id::{FlowId, GuestId, IdpId},
        identity::Voucher,
        tenant::Tenant,
        timestamp::Timestamp,
        verdict::Verdicts,
    },
    guests::{Decision, News},
    store::directory::{AuditEvent, Directory, DirectoryError},
    telemetry,
    upstream::Rejected,
};

pub use reading::{Kept, of};
pub use verdicts::{Line, lines};

/// Between two events of one invitation being routed.
const ROUTED_EVERY: Duration = Duration::from_secs(60);

/// The number people quote: short, and found in log and audit alike. It is the random end of the flow's id.
pub fn reference_of(flow: FlowId) -> String {
    let id = flow.to_string();
    id[id.len() - 12..].to_owned()
}

/// A guest was made, or an identity bound.
pub async fn admitted(
    directory: &Directory,
    now: Timestamp,
    tenant: &Tenant,
    flow: &Flow,
    guest: &Guest,
    news: News,
) -> Result<(), DirectoryError> {
    let action = match news {
        News::Created => "guest.created",
        News::Bound => "guest.identity_bound",
    };
    let voucher = guest.identity().map(|identity| identity.voucher.as_str().to_owned());
    record(directory, now, tenant, flow, action, Some(guest.id), json!({ "voucher": voucher })).await
}

/// A rule of the directory said no to somebody proven.
pub async fn refused(directory: &Directory, now: Timestamp, tenant: &Tenant, flow: &Flow, code: ErrorCode) -> Result<(), DirectoryError> {
    telemetry::failed(code, "refused admission", &reference_of(flow.id));
    record(directory, now, tenant, flow, "guest.refused", None, json!({ "code": code.code() })).await
}

/// A guest accepted or declined.
pub async fn consented(
    directory: &Directory,
    now: Timestamp,
    tenant: &Tenant,
    flow: &Flow,
    guest: GuestId,
    decision: Decision,
) -> Result<(), DirectoryError> {
    let action = match decision {
        Decision::Accept => "consent.accepted",
        Decision::Decline => "consent.declined",
    };
    let matter = match &flow.stage {
        Stage::Consent { owed, .. } => Some(owed.first().as_text()),
        Stage::Address { .. }
        | Stage::Account { .. }
        | Stage::NewAccount { .. }
        | Stage::Routed { .. }
        | Stage::Away { .. }
        | Stage::Passcode { .. }
        | Stage::Elsewhere { .. }
        | Stage::Blocked { .. }
        | Stage::Recognised { .. }
        | Stage::Proven { .. }
        | Stage::Mismatch { .. }
        | Stage::Answered { .. } => None,
    };
    record(directory, now, tenant, flow, action, Some(guest), json!({ "locale": flow.locale.tag(), "matter": matter })).await
}

/// Somebody who owed nothing was accepted without having been asked anything more.
pub async fn completed(
    directory: &Directory,
    now: Timestamp,
    tenant: &Tenant,
    flow: &Flow,
    completion: &Completion,
) -> Result<(), DirectoryError> {
    let action = match completion.acceptance() {
        Acceptance::ByPolicy => "guest.accepted_by_policy",
        Acceptance::ByGuest => "guest.accepted",
    };
    let voucher = completion.identity().voucher.as_str();
    record(directory, now, tenant, flow, action, Some(completion.guest()), json!({ "voucher": voucher })).await
}

/// Where somebody who accepts an invitation is sent, and by which rule; once a minute, for a link may be pressed often.
pub async fn routed(
    directory: &Directory,
    now: Timestamp,
    tenant: &Tenant,
    flow: &Flow,
    decision: &home_realm::Decision,
) -> Result<(), DirectoryError> {
    let Some(redemption) = flow.errand.redemption() else { return Ok(()) };
    let rule = decision.tried.iter().rfind(|tried| tried.verdict == home_realm::Verdict::Hit).map(|tried| tried.rule);
    let details = json!({ "rule": rule, "outcome": decision.outcome });
    let event = event(now, flow, "invitation.routed", Some(redemption.guest), details);
    directory.record_unless_since(&tenant.id, &event, now - ROUTED_EVERY).await
}

/// Whoever accepts an invitation proved themselves, by a provider or by a mailed code.
pub async fn proven(directory: &Directory, now: Timestamp, tenant: &Tenant, flow: &Flow, voucher: &Voucher) -> Result<(), DirectoryError> {
    let Some(redemption) = flow.errand.redemption() else { return Ok(()) };
    let action = match voucher {
        Voucher::Provider(_) => "upstream.accepted",
        Voucher::Passcode | Voucher::EmailVerified => "passcode.accepted",
    };
    record(directory, now, tenant, flow, action, Some(redemption.guest), json!({ "provider": voucher.as_str() })).await
}

/// Nothing is owed any more, and the one invited is on the way to where the invitation leads.
pub async fn redeemed(directory: &Directory, now: Timestamp, tenant: &Tenant, flow: &Flow) -> Result<(), DirectoryError> {
    let Some(redemption) = flow.errand.redemption() else { return Ok(()) };
    record(directory, now, tenant, flow, "invitation.completed", Some(redemption.guest), json!({})).await
}

/// Somebody invited under one address and proven under another said that both are theirs.
pub async fn alias_confirmed(
    directory: &Directory,
    now: Timestamp,
    tenant: &Tenant,
    flow: &Flow,
    guest: GuestId,
) -> Result<(), DirectoryError> {
    record(directory, now, tenant, flow, "guest.alias_confirmed", Some(guest), json!({})).await
}

/// An upstream's answer, or the way there, was refused: with every check that was made.
pub async fn upstream_refused(
    directory: &Directory,
    now: Timestamp,
    tenant: &Tenant,
    flow: &Flow,
    provider: &IdpId,
    rejected: &Rejected,
) -> Result<(), DirectoryError> {
    let verdicts = verdicts::written(&rejected.verdicts);
    let details = json!({
        "code": rejected.code.code(), "provider": provider, "detail": verdicts::clipped(&rejected.detail), "verdicts": verdicts,
    });
    record(directory, now, tenant, flow, "upstream.refused", None, details).await
}

/// An upstream's answer was accepted, though the operator should know of something in it.
pub async fn upstream_warned(
    directory: &Directory,
    now: Timestamp,
    tenant: &Tenant,
    flow: &Flow,
    provider: &IdpId,
    checks: &Verdicts,
) -> Result<(), DirectoryError> {
    let details = json!({ "provider": provider, "verdicts": verdicts::written(checks) });
    record(directory, now, tenant, flow, "upstream.warned", None, details).await
}

async fn record(
    directory: &Directory,
    at: Timestamp,
    tenant: &Tenant,
    flow: &Flow,
    action: &'static str,
    guest: Option<GuestId>,
    details: serde_json::Value,
) -> Result<(), DirectoryError> {
    directory.record(&tenant.id, &event(at, flow, action, guest, details)).await
}

fn event(at: Timestamp, flow: &Flow, action: &'static str, guest: Option<GuestId>, details: serde_json::Value) -> AuditEvent {
    let client = flow.errand.client().map(ToString::to_string);
    let invitation = flow.errand.redemption().map(|redemption| redemption.invitation);
    AuditEvent { at, action, guest, client, invitation, reference: reference_of(flow.id), details }
}
