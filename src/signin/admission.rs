//! Who a known person is here: at a direct link whoever the directory expects under the address proven, by an invitation's link the
//! one invited (`behaviour.md` §3.6). Asks for no consent.

use super::{Failure, Porter, realm};
use crate::{
    domain::{
        address::EmailAddress,
        errand::Redemption,
        error_code::ErrorCode,
        flow::{Alias, Flow, Known, Remedy},
        guest::{Guest, State},
        home_realm::{Entry, Outcome},
        id::GuestId,
        identity::{VerifiedIdentity, Voucher},
        identity_provider::IdentityProvider,
        invitation::Status,
        redemption,
        session::BrowserSession,
        tenant::Tenant,
    },
    guests::{self, Admitted, Recalled, Refused},
    trail,
};

pub(super) enum Admission {
    In(Box<Admitted>),
    /// Somebody else than the one invited.
    Mismatch(EmailAddress, Remedy),
    Refused(ErrorCode),
    /// The session proves nothing any more.
    Forgotten,
}

impl Admission {
    fn by(admitted: Result<Admitted, Refused>) -> Result<Self, Failure> {
        match admitted {
            Ok(admitted) => Ok(Self::In(Box::new(admitted))),
            Err(Refused::ByRule(code)) => Ok(Self::Refused(code)),
            Err(Refused::Directory(error)) => Err(error.into()),
        }
    }
}

pub(super) async fn of(porter: &Porter, tenant: &Tenant, flow: &Flow, known: Known<'_>) -> Result<Admission, Failure> {
    let identity = match known {
        Known::BySession(session, _) => &session.identity,
        Known::ByProof(identity, ..) => identity,
    };
    let recalled = match guests::recall(&porter.directory, tenant, identity).await {
        Ok(recalled) => recalled,
        Err(refused) => return Admission::by(Err(refused)),
    };
    match (flow.errand.redemption(), known) {
        (_, Known::BySession(session, _)) if !is_still(session, recalled.guest()) => Ok(Admission::Forgotten),
        (Some(redemption), known) => by_link(porter, tenant, flow, redemption, recalled, known).await,
        (None, _) => direct(porter, tenant, flow, recalled, identity).await,
    }
}

/// Whether the session's guest is there, known by its identity, and did not end their sessions since.
fn is_still(session: &BrowserSession, recalled: Option<&Guest>) -> bool {
    recalled.is_some_and(|guest| guest.id == session.guest && !session.is_over(guest.sessions_valid_from))
}

async fn direct(
    porter: &Porter,
    tenant: &Tenant,
    flow: &Flow,
    recalled: Recalled,
    identity: &VerifiedIdentity,
) -> Result<Admission, Failure> {
    if is_not_whom_the_app_hinted_at(flow, recalled.guest()) {
        return Ok(Admission::Refused(ErrorCode::WrongAccount));
    }
    let is_deleted = match recalled {
        Recalled::Guest(admitted) => return Ok(Admission::In(admitted)),
        Recalled::Deleted => true,
        Recalled::Nobody => false,
    };
    if is_someone_else_s(porter, tenant, flow, identity).await? {
        return Ok(Admission::Refused(ErrorCode::WrongAccount));
    }
    Admission::by(if is_deleted {
        guests::readmit(&porter.directory, tenant, identity).await
    } else {
        guests::admit(&porter.directory, &porter.clock, tenant, identity).await
    })
}

/// The handle proved the invitation; what is to be proven besides is that this is whom the invited address's own provider knows.
async fn by_link(
    porter: &Porter,
    tenant: &Tenant,
    flow: &Flow,
    redemption: &Redemption,
    recalled: Recalled,
    known: Known<'_>,
) -> Result<Admission, Failure> {
    let mismatch = |remedy| Ok(Admission::Mismatch(redemption.invited.clone(), remedy));
    match (recalled, known) {
        (Recalled::Guest(admitted), _) if admitted.file.guest.id == redemption.guest => {
            Ok(match revoked(porter, tenant, redemption, &admitted.file.guest).await? {
                Some(code) => Admission::Refused(code),
                None => Admission::In(admitted),
            })
        }
        (Recalled::Guest(_) | Recalled::Nobody | Recalled::Deleted, Known::BySession(..)) => Ok(Admission::Forgotten),
        (Recalled::Guest(_), Known::ByProof(..)) => {
            trail::refused(&porter.directory, porter.clock.now(), tenant, flow, ErrorCode::AnotherGuestsAccount).await?;
            mismatch(Remedy::AnotherGuests)
        }
        (Recalled::Nobody | Recalled::Deleted, Known::ByProof(identity, _, alias)) => {
            match fit(porter, tenant, flow, redemption, identity).await? {
                Fit::Invited => {}
                Fit::Alias if alias == Alias::Confirmed => {
                    trail::alias_confirmed(&porter.directory, porter.clock.now(), tenant, flow, redemption.guest).await?;
                }
                Fit::Alias => return mismatch(Remedy::SwitchOrConfirm),
                Fit::Other => return mismatch(Remedy::Switch),
            }
            match guests::redeem(&porter.directory, &porter.clock, tenant, redemption, identity).await {
                // They are known by another account.
                Err(Refused::ByRule(ErrorCode::WrongAccount)) => mismatch(Remedy::Switch),
                redeemed => Admission::by(redeemed),
            }
        }
    }
}

/// Whether what let somebody stand before the consent gate still does: they may have been blocked or taken back while they read.
pub(super) async fn stands(
    porter: &Porter,
    tenant: &Tenant,
    flow: &Flow,
    guest: GuestId,
    identity: &VerifiedIdentity,
) -> Result<bool, Failure> {
    let admitted = match guests::recall(&porter.directory, tenant, identity).await {
        Ok(Recalled::Guest(admitted)) if admitted.file.guest.id == guest => admitted,
        Ok(Recalled::Guest(_) | Recalled::Deleted | Recalled::Nobody) | Err(Refused::ByRule(_)) => return Ok(false),
        Err(Refused::Directory(error)) => return Err(error.into()),
    };
    match flow.errand.redemption() {
        Some(redemption) => Ok(revoked(porter, tenant, redemption, &admitted.file.guest).await?.is_none()),
        None => Ok(true),
    }
}

/// Why somebody who has signed in by the link, and has not accepted yet, goes no further by it. A direct link may still do.
async fn revoked(porter: &Porter, tenant: &Tenant, redemption: &Redemption, guest: &Guest) -> Result<Option<ErrorCode>, Failure> {
    if matches!(guest.state, State::Accepted(_)) {
        return Ok(None);
    }
    let Some(file) = porter.directory.invitation(&tenant.id, redemption.invitation).await? else {
        return Ok(Some(ErrorCode::InvitationGone));
    };
    Ok(match file.invitation.status(guest, porter.clock.now()) {
        Status::Revoked => Some(ErrorCode::InvitationGone),
        Status::Expired => Some(ErrorCode::InvitationExpired),
        Status::PendingAcceptance | Status::InProgress | Status::Completed => tenant.invitations.judge(redemption.invited.domain()).err(),
    })
}

/// How what was proven fits what was invited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fit {
    Invited,
    /// Another address at the provider where the invited one signs in, and the organisation takes the person's word.
    Alias,
    Other,
}

async fn fit(porter: &Porter, tenant: &Tenant, flow: &Flow, redemption: &Redemption, identity: &VerifiedIdentity) -> Result<Fit, Failure> {
    // Decided anew: what the person may have typed since is no word of the one who invited.
    let invited = Some(&redemption.invited);
    let (decision, _) = realm::discover(&porter.directory, &porter.lookups, tenant, invited, Entry::Link, None).await?;
    let is_routed = match (&decision.outcome, &identity.voucher) {
        (Outcome::Provider(home) | Outcome::CreateMicrosoftAccount(home), Voucher::Provider(here)) => home == here,
        (Outcome::Picker(homes), Voucher::Provider(here)) => homes.contains(here),
        (Outcome::Passcode, Voucher::Passcode) | (Outcome::SelfServiceAccount, Voucher::EmailVerified) => true,
        (
            Outcome::Provider(_)
            | Outcome::CreateMicrosoftAccount(_)
            | Outcome::Picker(_)
            | Outcome::Passcode
            | Outcome::SelfServiceAccount
            | Outcome::AskAddress
            | Outcome::Blocked(_),
            _,
        ) => false,
    };
    let proven = identity.address.as_ref().map(|asserted| &asserted.address);
    let asserted = identity.address.as_ref().filter(|asserted| asserted.address == redemption.invited);
    Ok(match asserted {
        Some(_) if is_routed => Fit::Invited,
        // As at a direct link: the address's owner stands behind it.
        Some(asserted) if asserted.is_owner_verified && !is_someone_else_s(porter, tenant, flow, identity).await? => Fit::Invited,
        None if is_routed && redemption::takes_alias(&decision.outcome, proven, &tenant.invitations) => Fit::Alias,
        Some(_) | None => Fit::Other,
    })
}

/// Whether the address proven is in a domain that the operator gave to another provider, and discovery would not send it here: a
/// personal account under a partner's address must not take the place of the guest whom the partner would prove.
async fn is_someone_else_s(porter: &Porter, tenant: &Tenant, flow: &Flow, identity: &VerifiedIdentity) -> Result<bool, Failure> {
    let (Voucher::Provider(here), Some(asserted)) = (&identity.voucher, &identity.address) else { return Ok(false) };
    let is_owner = |provider: &IdentityProvider| provider.domains.contains(asserted.address.domain());
    if !tenant.providers.values().any(|provider| provider.id != *here && is_owner(provider)) {
        return Ok(false);
    }
    let (decision, _) = realm::discover(&porter.directory, &porter.lookups, tenant, Some(&asserted.address), flow.entry, None).await?;
    Ok(match decision.outcome {
        Outcome::Provider(home) | Outcome::CreateMicrosoftAccount(home) => home != *here,
        Outcome::Picker(homes) => !homes.contains(here),
        Outcome::Blocked(_) => true,
        // Whoever reads the mailbox would do, so will a provider whose word on the address is good.
        Outcome::Passcode | Outcome::SelfServiceAccount | Outcome::AskAddress => false,
    })
}

/// `id_token_hint` names one guest (OpenID Connect Core §3.1.2.1): somebody else, known or new, is not let in on that request.
fn is_not_whom_the_app_hinted_at(flow: &Flow, recalled: Option<&Guest>) -> bool {
    flow.errand.hinted_guest().is_some_and(|hinted| recalled.is_none_or(|recalled| recalled.id != hinted))
}
