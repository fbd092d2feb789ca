//! The desk every step returns to. Asks `Flow::next`, does what needs nobody's answer (leave, mail, admit, finish), saves, and replies.

use super::{
    Failure, Porter, Reply, Visit, Visitor, finish,
    held::{Held, Kept},
    leave, mailing, realm,
};
use crate::{
    domain::{
        authorization_request::{Interaction, Prompt},
        consent::{self, Matter, Owed, Passed},
        error_code::ErrorCode,
        flow::{Answer, Flow, Known, Next, Stage},
        home_realm::Outcome,
        id::GuestId,
        identity::{VerifiedIdentity, Voucher},
        identity_provider::IdentityProvider,
        tenant::Tenant,
    },
    guests, trail,
};

/// Moves `held` as far as it goes without the person, and replies. Overtaken by another request of the same sign-in (a double
/// click, a second tab), it takes up the flow where that one left it (invariant 14).
pub(super) async fn advance(porter: &Porter, tenant: &Tenant, mut held: Held, visitor: &Visitor) -> Result<Visit, Failure> {
    let id = held.flow.id;
    for _ in 0..3 {
        if let Some(visit) = turn(porter, tenant, held, visitor).await.map_err(|failure| failure.within(id))? {
            return Ok(visit);
        }
        held = Held::load(porter, tenant, id, visitor).await?;
    }
    Err(Failure::new(ErrorCode::StaleForm, "overtaken three times by other requests of this sign-in").within(id))
}

async fn turn(porter: &Porter, tenant: &Tenant, mut held: Held, visitor: &Visitor) -> Result<Option<Visit>, Failure> {
    loop {
        held = match held.flow.next() {
            Next::Leave { provider, approach, address } => {
                match leave::leave(porter, tenant, &held.flow, provider, approach, address).await {
                    Ok((correlation, url)) => {
                        let address = address.cloned();
                        let is_gone = matches!(held.flow.stage, Stage::Away { .. });
                        let held = if is_gone { held } else { held.then(|flow| flow.left(address, approach, correlation)) };
                        return keep(porter, tenant, held, visitor, Reply::Leave(url)).await;
                    }
                    Err(rejected) => {
                        trail::rejected(&held.flow, provider, &rejected);
                        held.then(|flow| flow.blocked(rejected.code))
                    }
                }
            }
            Next::MailPasscode { address } => {
                let address = address.clone();
                let moved = mailing::mail(porter, tenant, &held.flow, &address, visitor, None).await?;
                moved.apply(held, address)
            }
            Next::Admit(known) => match admit(porter, tenant, &held.flow, known).await? {
                Gate::Passed(passed) => return finish::finish(porter, tenant, held, passed, visitor).await,
                Gate::Owes(guest, owed) => held.then(|flow| flow.owing(guest, owed)),
                Gate::Refused(code) => held.then(|flow| flow.blocked(code)),
                Gate::Forgotten => held.then(Flow::restarted),
            },
            Next::AskAddress { .. }
            | Next::ChooseAccount { .. }
            | Next::OfferNewAccount { .. }
            | Next::AskPasscode { .. }
            | Next::AskConsent { .. }
            | Next::Stop { .. } => {
                return match silent_refusal(&held.flow) {
                    Some(code) => {
                        let redirect_uri = held.flow.request.redirect_uri.clone();
                        let answer = finish::wire(tenant, &held.flow, &Answer::Refused { redirect_uri, code });
                        Ok(Some(held.ends(visitor, Reply::Answer(answer))))
                    }
                    None => keep(porter, tenant, held, visitor, Reply::Page).await,
                };
            }
            Next::Answer { answer, session } => {
                let wire = finish::wire(tenant, &held.flow, answer);
                let session = session.cloned();
                // A refusal is decided here and now; a code was saved by `finish`. Either way the flow keeps it for a double click.
                let mut kept = keep(porter, tenant, held, visitor, Reply::Answer(wire)).await?;
                if let Some(visit) = &mut kept {
                    visit.keepsakes.session = session;
                }
                return Ok(kept);
            }
        }
    }
}

/// Saves and replies, or `None` if overtaken.
async fn keep(porter: &Porter, tenant: &Tenant, mut held: Held, visitor: &Visitor, reply: Reply) -> Result<Option<Visit>, Failure> {
    Ok((held.save(porter, tenant, Vec::new()).await? == Kept::Yes).then(|| held.ends(visitor, reply)))
}

enum Gate {
    Passed(Passed),
    Owes(GuestId, Owed),
    Refused(ErrorCode),
    /// The session is of a guest whom the directory no longer knows by this identity: it proves nothing anew.
    Forgotten,
}

/// Finds or makes the guest, then THE CONSENT GATE.
async fn admit(porter: &Porter, tenant: &Tenant, flow: &Flow, known: Known<'_>) -> Result<Gate, Failure> {
    let (identity, consented) = match known {
        Known::BySession(session, consented) => (&session.identity, consented),
        Known::ByProof(identity, consented) => (identity, consented),
    };
    let admitted = match (guests::recall(&porter.directory, tenant, identity).await, known) {
        (Ok(Some(recalled)), Known::BySession(session, _)) if recalled.file.guest.id != session.guest => return Ok(Gate::Forgotten),
        (Ok(None), Known::BySession(..)) => return Ok(Gate::Forgotten),
        (Ok(Some(recalled)), _) => Ok(recalled),
        (Ok(None), Known::ByProof(..)) if is_someone_else_s(porter, tenant, flow, identity).await? => {
            Err(guests::Refused::ByRule(ErrorCode::WrongAccount))
        }
        (Ok(None), Known::ByProof(..)) => guests::admit(&porter.directory, &porter.clock, tenant, identity).await,
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
    if flow.request.hinted_guest.is_some_and(|hinted| hinted != admitted.file.guest.id) {
        return Ok(Gate::Refused(ErrorCode::WrongAccount));
    }
    if let Some(news) = admitted.news {
        trail::admitted(&porter.directory, porter.clock.now(), tenant, flow, &admitted.file.guest, news).await?;
    }
    let is_asked_again = flow.request.prompt.wants(Interaction::Consent);
    let asked_again: Vec<Matter> = Matter::ALL.into_iter().filter(|m| is_asked_again && !consented.contains(m)).collect();
    Ok(match consent::gate(&admitted.file.guest, identity.clone(), &admitted.file.consents, &asked_again) {
        Ok(passed) => Gate::Passed(passed),
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

/// `prompt=none` may show no page: the OAuth error instead (OpenID Connect Core §3.1.2.6).
fn silent_refusal(flow: &Flow) -> Option<ErrorCode> {
    if flow.request.prompt != Prompt::None {
        return None;
    }
    Some(match flow.next() {
        Next::AskConsent { .. } => ErrorCode::ConsentRequired,
        Next::AskAddress { .. }
        | Next::ChooseAccount { .. }
        | Next::OfferNewAccount { .. }
        | Next::Leave { .. }
        | Next::MailPasscode { .. }
        | Next::AskPasscode { .. }
        | Next::Admit(_)
        | Next::Stop { .. }
        | Next::Answer { .. } => ErrorCode::LoginRequired,
    })
}
