//! What a partner's answer had wrong, or had right in a way the operator should know, kept with the sign-in. A record that can't be
//! made stops nobody: the log has said it.

use super::{Porter, Visitor, limits};
use crate::{
    domain::{error_code::ErrorCode, flow::Flow, id::IdpId, identity::Voucher, tenant::Tenant, verdict::Verdicts},
    telemetry, trail,
    upstream::Rejected,
};

/// An upstream's answer, or the way there, was refused, and the sign-in goes on: said here, and kept.
pub(super) async fn refused(porter: &Porter, tenant: &Tenant, flow: &Flow, visitor: &Visitor, provider: &IdpId, rejected: &Rejected) {
    telemetry::failed(rejected.code, &format!("provider {provider}: {}", rejected.detail), &trail::reference_of(flow.id));
    keep(porter, tenant, flow, visitor, provider, rejected).await;
}

/// The same where the visit ends with it: the door says it.
pub(super) async fn keep(porter: &Porter, tenant: &Tenant, flow: &Flow, visitor: &Visitor, provider: &IdpId, rejected: &Rejected) {
    let written = match limits::may_keep_refusal(porter, tenant, flow.id, visitor.ip).await {
        Ok(true) => trail::upstream_refused(&porter.directory, porter.clock.now(), tenant, flow, provider, rejected).await,
        Ok(false) => Ok(()),
        Err(error) => return telemetry::failed(ErrorCode::SessionsUnavailable, &error.to_string(), &trail::reference_of(flow.id)),
    };
    if let Err(error) = written {
        telemetry::failed(ErrorCode::DirectoryUnavailable, &error.to_string(), &trail::reference_of(flow.id));
    }
}

/// An answer was believed; some of its checks may have a warning.
pub(super) async fn accepted(porter: &Porter, tenant: &Tenant, flow: &Flow, provider: &IdpId, verdicts: &Verdicts) {
    if !verdicts.warn() {
        return;
    }
    let reference = trail::reference_of(flow.id);
    telemetry::upstream_warned(&tenant.id, provider, verdicts, &reference);
    if let Err(error) = trail::upstream_warned(&porter.directory, porter.clock.now(), tenant, flow, provider, verdicts).await {
        telemetry::failed(ErrorCode::DirectoryUnavailable, &error.to_string(), &reference);
    }
}

/// An invitation's own story: by what its guest proved themselves.
pub(super) async fn proven(porter: &Porter, tenant: &Tenant, flow: &Flow, voucher: &Voucher) {
    if let Err(error) = trail::proven(&porter.directory, porter.clock.now(), tenant, flow, voucher).await {
        telemetry::failed(ErrorCode::DirectoryUnavailable, &error.to_string(), &trail::reference_of(flow.id));
    }
}

/// And how it ended.
pub(super) async fn redeemed(porter: &Porter, tenant: &Tenant, flow: &Flow) {
    if let Err(error) = trail::redeemed(&porter.directory, porter.clock.now(), tenant, flow).await {
        telemetry::failed(ErrorCode::DirectoryUnavailable, &error.to_string(), &trail::reference_of(flow.id));
    }
}
