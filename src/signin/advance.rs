//! The desk every step returns to. Asks `Flow::next`, does what needs nobody's answer (leave, mail, admit, finish), saves, and replies.

use super::{
    Failure, Porter, Reply, Visit, Visitor, finish,
    gate::{self, Gate},
    handoff,
    held::{Held, Kept},
    leave, mailing, reroute, review, verdicts,
};
use crate::{
    domain::{
        authorization_request::{AuthorizationRequest, Prompt},
        error_code::ErrorCode,
        flow::{Approach, Flow, Next, Stage},
        tenant::Tenant,
    },
    oidc::answer::Answer,
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
        held = handoff::hand_over(porter, tenant, held).await?;
        held = match held.flow.next() {
            Next::Leave { provider, approach, address } if handoff::is_due(tenant, &held.flow, visitor, provider) => {
                let (provider, address) = (provider.clone(), address.cloned());
                handoff::offer(porter, tenant, held, provider, approach, address).await?
            }
            Next::Leave { provider, approach, address } => {
                match leave::leave(porter, tenant, &held.flow, provider, approach, address).await {
                    Ok((correlation, onward)) => {
                        let address = address.cloned();
                        // Of the same question again there is nothing to keep.
                        let is_kept =
                            matches!(&held.flow.stage, Stage::Away { correlation: asked, .. } if asked.left_at == correlation.left_at);
                        let held = if is_kept { held } else { held.then(|flow| flow.left(address, approach, correlation)) };
                        return keep(porter, tenant, held, visitor, Reply::Leave(onward)).await;
                    }
                    Err(rejected) => {
                        verdicts::refused(porter, tenant, &held.flow, visitor, provider, &rejected).await;
                        held.then(|flow| flow.blocked(rejected.code))
                    }
                }
            }
            Next::MailPasscode { address, proves } => {
                let address = address.clone();
                let moved = mailing::mail(porter, tenant, &held.flow, &address, visitor, None).await?;
                moved.apply(held, address, proves)
            }
            Next::Admit(known) => match gate::pass(porter, tenant, &held.flow, known).await? {
                Gate::Passed(passed) => return finish::finish(porter, tenant, held, *passed, visitor).await,
                Gate::Owes(guest, owed) => held.then(|flow| flow.owing(guest, owed)),
                Gate::Mismatch(invited, remedy) => held.then(|flow| flow.mismatched(invited, remedy)),
                Gate::Refused(code) => held.then(|flow| flow.blocked(code)),
                Gate::NotAssigned(passed) => return finish::without_app(porter, tenant, held, *passed, visitor).await,
                Gate::Forgotten => reroute::again(porter, tenant, held, visitor, Approach::AsNeeded).await?,
            },
            Next::AskConsent { .. } if !review::is_in_force(tenant, &held.flow, porter.clock.now()) => held.then(Flow::reconsidered),
            Next::AskAddress { .. }
            | Next::ChooseAccount { .. }
            | Next::OfferNewAccount { .. }
            | Next::AskPasscode { .. }
            | Next::GoElsewhere { .. }
            | Next::ConfirmAccount { .. }
            | Next::AskConsent { .. }
            | Next::Stop { .. } => {
                return match silent_refusal(&held.flow) {
                    Some((request, code)) => {
                        let answer = Answer::error(tenant, code, None, request.into());
                        Ok(Some(held.ends(visitor, Reply::Answer(answer))))
                    }
                    None => keep(porter, tenant, held, visitor, Reply::Page).await,
                };
            }
            // What was done here goes on elsewhere.
            Next::Answer { .. } if held.flow.errand.handoff().is_some() => return keep(porter, tenant, held, visitor, Reply::Page).await,
            Next::Answer { answer, session } => {
                let reply = finish::reply(tenant, &held.flow, answer)?;
                let session = session.cloned();
                // A refusal is decided here and now; a code was saved by `finish`. Either way the flow keeps it for a double click.
                let mut kept = keep(porter, tenant, held, visitor, reply).await?;
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

/// `prompt=none` may show no page: the OAuth error instead (OpenID Connect Core §3.1.2.6).
fn silent_refusal(flow: &Flow) -> Option<(&AuthorizationRequest, ErrorCode)> {
    let request = flow.errand.request().filter(|request| request.prompt == Prompt::None)?;
    let code = match flow.next() {
        Next::AskConsent { .. } => ErrorCode::ConsentRequired,
        Next::AskAddress { .. }
        | Next::ChooseAccount { .. }
        | Next::OfferNewAccount { .. }
        | Next::Leave { .. }
        | Next::MailPasscode { .. }
        | Next::AskPasscode { .. }
        | Next::GoElsewhere { .. }
        | Next::ConfirmAccount { .. }
        | Next::Admit(_)
        | Next::Stop { .. }
        | Next::Answer { .. } => ErrorCode::LoginRequired,
    };
    Some((request, code))
}
