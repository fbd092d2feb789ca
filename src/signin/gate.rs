//! From a known person to a passed gate: the guest is found or made, and THE CONSENT GATE asked what is still owed.

use super::{Failure, Porter, realm};
use crate::{
    domain::{
        address::EmailAddress,
        authorization_request::Interaction,
        consent::{self, Duties, Matter, Owed, Passed},
        error_code::ErrorCode,
        flow::{Flow, Known, Remedy},
        guest::Guest,
        home_realm::Outcome,
        id::GuestId,
        identity::{VerifiedIdentity, Voucher},
        identity_provider::IdentityProvider,
        tenant::Tenant,
    },
    guests::{self, Recalled},
    trail,
};

/// What stands between a known person and an answer.
pub(super) enum Gate {
    Passed(Box<Passed>),
    Owes(GuestId, Owed),
    /// Somebody else than the one invited.
    Mismatch(EmailAddress, Remedy),
    Refused(ErrorCode),
    /// The session is of a guest whom the directory no longer knows by this identity: it proves nothing anew.
    Forgotten,
}

/// Finds or makes the guest, then THE CONSENT GATE.
pub(super) async fn pass(porter: &Porter, tenant: &Tenant, flow: &Flow, known: Known<'_>) -> Result<Gate, Failure> {
    let (identity, consented) = match known {
        Known::BySession(session, consented) => (&session.identity, consented),
        Known::ByProof(identity, consented, _) => (identity, consented),
    };
    let admitted = match (guests::recall(&porter.directory, tenant, identity).await, known) {
        (Ok(Recalled::Guest(recalled)), Known::BySession(session, _)) if recalled.file.guest.id != session.guest => {
            return Ok(Gate::Forgotten);
        }
        (Ok(Recalled::Nobody | Recalled::Deleted), Known::BySession(..)) => return Ok(Gate::Forgotten),
        (Ok(recalled), _) if is_not_whom_the_app_hinted_at(flow, recalled.guest()) => Err(guests::Refused::ByRule(ErrorCode::WrongAccount)),
        (Ok(Recalled::Guest(recalled)), _) => Ok(*recalled),
        (Ok(Recalled::Nobody | Recalled::Deleted), Known::ByProof(..)) if is_someone_else_s(porter, tenant, flow, identity).await? => {
            Err(guests::Refused::ByRule(ErrorCode::WrongAccount))
        }
        (Ok(Recalled::Nobody), Known::ByProof(..)) => guests::admit(&porter.directory, &porter.clock, tenant, identity).await,
        (Ok(Recalled::Deleted), Known::ByProof(..)) => guests::readmit(&porter.directory, tenant, identity).await,
        (Err(refused), _) => Err(refused),
    };
    let admitted = match admitted {
        Ok(admitted) => admitted,
        Err(guests::Refused::ByRule(code)) => {
            trail::refused(&porter.directory, porter.clock.now(), tenant, flow, code).await?;
            return Ok(Gate::Refused(code));
        }
        Err(guests::Refused::Directory(error)) => return Err(error.into()),
    };
    if let Some(news) = admitted.news {
        trail::admitted(&porter.directory, porter.clock.now(), tenant, flow, &admitted.file.guest, news).await?;
    }
    let is_asked_again = flow.errand.wants(Interaction::Consent) && !consented.contains(&Matter::Privacy);
    let asked_again: &[Matter] = if is_asked_again { &[Matter::Privacy] } else { &[] };
    let duties = Duties::of(tenant, flow.errand.client(), &admitted.file.guest, porter.clock.now());
    Ok(match consent::gate(&admitted.file.guest, identity.clone(), &admitted.file.consents, &duties, asked_again) {
        Ok(passed) => {
            if matches!(known, Known::ByProof(..)) {
                porter.directory.note_sign_in(&tenant.id, &admitted.file.guest, porter.clock.now());
            }
            Gate::Passed(Box::new(passed))
        }
        Err(owed) => Gate::Owes(admitted.file.guest.id, owed),
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
