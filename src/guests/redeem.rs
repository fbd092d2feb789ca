//! An invitation redeemed by its link: the invited guest is bound to whoever the routed provider proved (`behaviour.md` §3.6). The
//! handle is the proof of the invitation, the provider that of the person; addresses need not agree.

use serde_json::json;

use super::{
    Refused,
    admit::{Admitted, News, Recalled, recall},
};
use crate::{
    clock::Clock,
    domain::{
        errand::Redemption,
        error_code::ErrorCode,
        guest::{BoundIdentity, Guest, State},
        identity::VerifiedIdentity,
        invitation::Status,
        tenant::Tenant,
    },
    store::directory::{AuditEvent, Directory, GuestFile, InvitationFile, Redeemed},
};

/// Binds the invited guest to `proven`, or finds them bound to it already: a second click is no second redemption.
pub async fn redeem(
    directory: &Directory,
    clock: &Clock,
    tenant: &Tenant,
    redemption: &Redemption,
    proven: &VerifiedIdentity,
) -> Result<Admitted, Refused> {
    let identity = BoundIdentity::from(proven);
    // Twice: the first time another request may be faster, and then the second time says how it ended.
    for _ in 0..2 {
        match recall(directory, tenant, proven).await? {
            Recalled::Guest(admitted) if admitted.file.guest.id == redemption.guest => return welcome(tenant, redemption, *admitted),
            Recalled::Guest(_) => return Err(Refused::ByRule(ErrorCode::AnotherGuestsAccount)),
            // A guest who was deleted comes back only as somebody invited since, which this is.
            Recalled::Deleted | Recalled::Nobody => {}
        }
        holds(directory, clock, tenant, redemption, &identity).await?;
        let details = json!({ "provider": identity.voucher.as_str() });
        let event = AuditEvent::without_sign_in(clock.now(), "invitation.redeemed", redemption.guest, details);
        let event = event.of_invitation(redemption.invitation);
        match directory.redeem_invitation(&tenant.id, redemption, &identity, proven.name.as_deref(), &event).await? {
            Redeemed::Bound => return bound(directory, tenant, redemption, &identity).await,
            Redeemed::Taken => return Err(Refused::ByRule(ErrorCode::AnotherGuestsAccount)),
            Redeemed::NotOpen => {}
        }
    }
    Err(Refused::ByRule(ErrorCode::InvitationGone))
}

/// Someone known already goes on; while they are pending, their domain must still be welcome.
fn welcome(tenant: &Tenant, redemption: &Redemption, admitted: Admitted) -> Result<Admitted, Refused> {
    if matches!(admitted.file.guest.state, State::PendingAcceptance(_)) {
        tenant.invitations.judge(redemption.invited.domain()).map_err(Refused::ByRule)?;
    }
    Ok(admitted)
}

/// Whether this invitation may be redeemed now, and by this identity.
async fn holds(
    directory: &Directory,
    clock: &Clock,
    tenant: &Tenant,
    redemption: &Redemption,
    identity: &BoundIdentity,
) -> Result<(), Refused> {
    let file = directory.invitation(&tenant.id, redemption.invitation).await?;
    let is_the_one = |file: &InvitationFile| file.invitation.guest == redemption.guest && file.invitation.round == redemption.round;
    let Some(InvitationFile { invitation, entry }) = file.filter(is_the_one) else {
        return Err(Refused::ByRule(ErrorCode::InvitationGone));
    };
    let guest = &entry.guest;
    match invitation.status(guest, clock.now()) {
        Status::Revoked => Err(Refused::ByRule(ErrorCode::InvitationGone)),
        _ if !guest.is_enabled => Err(Refused::ByRule(ErrorCode::GuestBlocked)),
        Status::Expired => Err(Refused::ByRule(ErrorCode::InvitationExpired)),
        Status::Completed | Status::InProgress => Err(Refused::ByRule(somebody_else(guest, identity))),
        Status::PendingAcceptance => tenant.invitations.judge(redemption.invited.domain()).map_err(Refused::ByRule),
    }
}

/// The guest is known by another identity, which stays (`security.md` C2).
fn somebody_else(guest: &Guest, identity: &BoundIdentity) -> ErrorCode {
    let is_same_voucher = guest.identity().is_some_and(|stored| stored.voucher == identity.voucher);
    if is_same_voucher { ErrorCode::SubjectChanged } else { ErrorCode::WrongAccount }
}

async fn bound(directory: &Directory, tenant: &Tenant, redemption: &Redemption, identity: &BoundIdentity) -> Result<Admitted, Refused> {
    let file = directory.guest(&tenant.id, redemption.guest).await?;
    let file = file.filter(|GuestFile { guest, .. }| guest.identity() == Some(identity) && !guest.is_deleted());
    file.map(|file| Admitted { file, news: Some(News::Bound) }).ok_or(Refused::ByRule(ErrorCode::InvitationGone))
}
