//! What happened and why, for the operator: audit events in the directory, refusals in the log. Holds no policy and no secret.

mod reading;
mod verdicts;

use serde_json::json;

use crate::{
    domain::{
        consent::{Acceptance, Completion},
        error_code::ErrorCode,
        flow::{Flow, Stage},
        guest::Guest,
        id::{FlowId, GuestId, IdpId},
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
    let client = flow.errand.client().map(ToString::to_string);
    let invitation = flow.errand.redemption().map(|redemption| redemption.invitation);
    let event = AuditEvent { at, action, guest, client, invitation, reference: reference_of(flow.id), details };
    directory.record(&tenant.id, &event).await
}
