//! Step: the person types the mailed code, or asks for another.

use subtle::ConstantTimeEq;

use super::{Failure, Porter, Visit, Visitor, advance::advance, form, held::Held, limits, mailing, verdicts};
use crate::{
    domain::{
        address::EmailAddress,
        error_code::ErrorCode,
        flow::{PasscodeNotice, Stage},
        id::FlowId,
        identity::{AssertedAddress, Subject, VerifiedIdentity, Voucher},
        passcode::{Answer, Challenge},
        tenant::Tenant,
    },
    random,
    store::sessions::Key,
};

/// Judges an entered code.
pub async fn enter(porter: &Porter, tenant: &Tenant, id: FlowId, mut visitor: Visitor, form: &str, code: &str) -> Result<Visit, Failure> {
    let digits: String = code.chars().filter(char::is_ascii_digit).collect();
    visitor.proof = Some(random::sha256_base64url(format!("passcode\n{digits}").as_bytes()));
    let held = Held::load(porter, tenant, id, &visitor).await?;
    let Stage::Passcode { address, proves, challenge, .. } = &held.flow.stage else { return advance(porter, tenant, held, &visitor).await };
    if !form::is_current(tenant, &held.flow, form) {
        return advance(porter, tenant, held, &visitor).await;
    }
    // Counted before it is compared, over all sign-ins of this address: guessing in parallel gains nothing (E4).
    let guesses = Key::counter(&tenant.id, "guesses", &random::sha256_base64url(address.key().as_bytes()));
    let entered = porter.sessions.count(&guesses, tenant.passcode.window).await.map_err(|error| Failure::from(error).within(id))?;
    if entered > u64::from(tenant.passcode.guesses_per_address) {
        return advance(porter, tenant, held.then(|flow| flow.blocked(ErrorCode::TooManyGuesses)), &visitor).await;
    }
    if !limits::may_guess(porter, tenant).await.map_err(|failure| failure.within(id))? {
        return advance(porter, tenant, held.then(|flow| flow.blocked(ErrorCode::TooManyGuesses)), &visitor).await;
    }
    let now = porter.clock.now();
    let (address, proves, challenge) = (address.clone(), proves.clone(), challenge.clone());
    let is_match: bool = mailing::digest(porter, &held.flow, &address, &digits).ct_eq(&challenge.digest).into();
    let moved = match challenge.judge(&tenant.passcode, now, is_match) {
        Answer::Right => match identity(&address, proves, now) {
            Some(identity) => {
                limits::guessed_right(porter, tenant).await.map_err(|failure| failure.within(id))?;
                verdicts::proven(porter, tenant, &held.flow, &identity.voucher).await;
                held.proven(identity, &visitor)
            }
            None => return Err(Failure::new(ErrorCode::Internal, "an address is no subject")),
        },
        Answer::Wrong { tries_left } => {
            held.then(|flow| flow.mailed(address, proves, missed(challenge), Some(PasscodeNotice::Wrong { tries_left })))
        }
        Answer::Dead => held.then(|flow| flow.mailed(address, proves, missed(challenge), Some(PasscodeNotice::Dead))),
    };
    advance(porter, tenant, moved, &visitor).await
}

/// Mails another code, which makes the old one worthless.
pub async fn resend(porter: &Porter, tenant: &Tenant, id: FlowId, visitor: &Visitor, form: &str) -> Result<Visit, Failure> {
    let held = Held::load(porter, tenant, id, visitor).await?;
    let Stage::Passcode { address, proves, challenge, .. } = &held.flow.stage else { return advance(porter, tenant, held, visitor).await };
    if !form::is_current(tenant, &held.flow, form) {
        return advance(porter, tenant, held, visitor).await;
    }
    let (address, proves, challenge) = (address.clone(), proves.clone(), challenge.clone());
    if porter.clock.now() < challenge.resend_at(&tenant.passcode) {
        let held = held.then(|flow| flow.mailed(address, proves, challenge, Some(PasscodeNotice::TooSoon)));
        return advance(porter, tenant, held, visitor).await;
    }
    let moved = mailing::mail(porter, tenant, &held.flow, &address, visitor, Some(PasscodeNotice::Resent)).await;
    let moved = moved.map_err(|failure| failure.within(id))?;
    advance(porter, tenant, moved.apply(held, address, proves), visitor).await
}

fn missed(challenge: Challenge) -> Challenge {
    Challenge { wrong_entries: challenge.wrong_entries.saturating_add(1), ..challenge }
}

/// Whoever reads the mailbox is its owner: the address itself is the subject.
fn identity(address: &EmailAddress, proves: Voucher, now: crate::domain::timestamp::Timestamp) -> Option<VerifiedIdentity> {
    Some(VerifiedIdentity {
        voucher: proves,
        subject: Subject::new(address.key())?,
        address: Some(AssertedAddress { address: address.clone(), is_owner_verified: true }),
        name: None,
        authenticated_at: now,
        amr: vec!["otp".into()],
        acr: None,
        partner_session: None,
    })
}
