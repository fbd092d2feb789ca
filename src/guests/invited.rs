//! What an invitation is worth at the moment it is used: expiry and revocation are judged here and nowhere before.

use super::Refused;
use crate::{
    domain::{
        errand::Redemption,
        error_code::ErrorCode,
        guest::{Guest, State},
        invitation::{Invitation, Status},
        tenant::Tenant,
        timestamp::Timestamp,
    },
    store::directory::{Directory, GuestFile},
};

/// The guest whom a sign-in by an invitation's link is for, if the invitation still is good for them.
pub async fn standing(directory: &Directory, tenant: &Tenant, redemption: &Redemption, now: Timestamp) -> Result<GuestFile, Refused> {
    let gone = Err(Refused::ByRule(ErrorCode::InvitationGone));
    let Some(file) = directory.guest(&tenant.id, redemption.guest).await? else { return gone };
    if file.guest.is_deleted() || file.guest.round != redemption.round {
        return gone;
    }
    let _ = now;
    may_redeem(tenant, redemption, &file.guest).map_err(Refused::ByRule)?;
    Ok(file)
}

/// Why a link leads nowhere.
pub fn refusal(invitation: &Invitation, guest: &Guest, now: Timestamp) -> Option<ErrorCode> {
    match invitation.status(guest, now) {
        Status::Revoked => Some(ErrorCode::InvitationGone),
        Status::Expired => Some(ErrorCode::InvitationExpired),
        Status::PendingAcceptance | Status::InProgress | Status::Completed => None,
    }
}

/// Of a domain that the organisation has closed since nobody redeems; whoever has redeemed stays (`behaviour.md` §11.4).
fn may_redeem(tenant: &Tenant, redemption: &Redemption, guest: &Guest) -> Result<(), ErrorCode> {
    match &guest.state {
        State::PendingAcceptance(_) => tenant.invitations.judge(redemption.invited.domain()),
        State::Accepted(_) => Ok(()),
    }
}
