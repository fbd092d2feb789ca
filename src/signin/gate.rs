//! From a known person to a passed gate: the guest is found or made, THE CONSENT GATE asked what is still owed, and, where nothing is,
//! the guest made Accepted and their app looked at.

use super::{
    Failure, Porter,
    admission::{self, Admission},
};
use crate::{
    domain::{
        address::EmailAddress,
        authorization_request::Interaction,
        consent::{self, Duties, Matter, Owed, Passed},
        errand::Errand,
        error_code::ErrorCode,
        flow::{Flow, Known, Remedy},
        guest::Guest,
        id::GuestId,
        identity::VerifiedIdentity,
        tenant::Tenant,
    },
    store::directory::Completed,
    trail,
};

/// What stands between a known person and an answer.
pub(super) enum Gate {
    Passed(Box<Passed>),
    Owes(GuestId, Owed),
    /// Somebody else than the one invited.
    Mismatch(EmailAddress, Remedy),
    Refused(ErrorCode),
    /// Proven just now, and all is agreed to, but the app is for others: a session, and no code.
    NotAssigned(Box<Passed>),
    /// The session is of a guest whom the directory no longer knows by this identity: it proves nothing anew.
    Forgotten,
}

/// Finds or makes the guest, then THE CONSENT GATE.
pub(super) async fn pass(porter: &Porter, tenant: &Tenant, flow: &Flow, known: Known<'_>) -> Result<Gate, Failure> {
    let (identity, consented) = match known {
        Known::BySession(session, consented) => (&session.identity, consented),
        Known::ByProof(identity, consented, _) => (identity, consented),
    };
    let admitted = match admission::of(porter, tenant, flow, known).await? {
        Admission::In(admitted) => *admitted,
        Admission::Mismatch(invited, remedy) => return Ok(Gate::Mismatch(invited, remedy)),
        Admission::Refused(code) => {
            let no = refused(porter, tenant, flow, code).await?;
            return Ok(expected_instead(flow, identity, code).map_or(no, |expected| Gate::Mismatch(expected, Remedy::Switch)));
        }
        Admission::Forgotten => return Ok(Gate::Forgotten),
    };
    if let Some(news) = admitted.news {
        trail::admitted(&porter.directory, porter.clock.now(), tenant, flow, &admitted.file.guest, news).await?;
    }
    let guest = &admitted.file.guest;
    let is_asked_again = flow.errand.wants(Interaction::Consent) && !consented.contains(&Matter::Privacy);
    let asked_again: &[Matter] = if is_asked_again { &[Matter::Privacy] } else { &[] };
    let duties = Duties::of(tenant, flow.errand.client(), guest, identity, porter.clock.now());
    let passed = match consent::gate(guest, identity.clone(), &admitted.file.consents, &duties, asked_again) {
        Ok(passed) => passed,
        Err(owed) => return Ok(Gate::Owes(guest.id, owed)),
    };
    if !complete(porter, tenant, flow, &passed).await? {
        // This very moment reset, deleted, or their invitation revoked.
        let code = match admission::of(porter, tenant, flow, known).await? {
            Admission::Refused(code) => code,
            Admission::In(_) | Admission::Mismatch(..) | Admission::Forgotten => ErrorCode::StaleForm,
        };
        return refused(porter, tenant, flow, code).await;
    }
    if matches!(known, Known::ByProof(..)) {
        porter.directory.note_sign_in(&tenant.id, guest, porter.clock.now());
    }
    if is_assigned(porter, tenant, flow, guest).await? {
        return Ok(Gate::Passed(Box::new(passed)));
    }
    let no = refused(porter, tenant, flow, ErrorCode::AppNotAssigned).await?;
    Ok(match known {
        Known::ByProof(..) => Gate::NotAssigned(Box::new(passed)),
        Known::BySession(..) => no,
    })
}

async fn refused(porter: &Porter, tenant: &Tenant, flow: &Flow, code: ErrorCode) -> Result<Gate, Failure> {
    trail::refused(&porter.directory, porter.clock.now(), tenant, flow, code).await?;
    Ok(Gate::Refused(code))
}

/// The account that was meant, where another is the wrong one: the page names both.
fn expected_instead(flow: &Flow, proven: &VerifiedIdentity, code: ErrorCode) -> Option<EmailAddress> {
    let asserted = proven.address.as_ref().map(|asserted| &asserted.address)?;
    flow.expected.clone().filter(|expected| code == ErrorCode::WrongAccount && expected != asserted)
}

/// Whoever owes nothing and is pending yet is accepted now, before anything is issued. False: they are no guest by this identity.
async fn complete(porter: &Porter, tenant: &Tenant, flow: &Flow, passed: &Passed) -> Result<bool, Failure> {
    let Some(completion) = passed.completion() else { return Ok(true) };
    match porter.directory.complete(&tenant.id, completion, flow.errand.redemption()).await? {
        Completed::Now => {
            trail::completed(&porter.directory, porter.clock.now(), tenant, flow, completion).await?;
            Ok(true)
        }
        Completed::Before => Ok(true),
        Completed::Nobody => Ok(false),
    }
}

/// Whether the app is open to this guest (AADSTS50105). An invitation to it has assigned them; the app asks again when they come.
async fn is_assigned(porter: &Porter, tenant: &Tenant, flow: &Flow, guest: &Guest) -> Result<bool, Failure> {
    let client = match &flow.errand {
        Errand::App(_) | Errand::Portal(_) => flow.errand.client().and_then(|id| tenant.clients.get(id)),
        Errand::Redemption(_) | Errand::Handoff(_) => None,
    };
    match client.filter(|client| client.is_assignment_required) {
        Some(client) => Ok(porter.directory.is_assigned(&tenant.id, guest.id, &client.id).await?),
        None => Ok(true),
    }
}
