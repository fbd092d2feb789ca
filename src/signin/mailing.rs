//! Mailing a passcode: limits first, then digits, then the mail, which nobody waits for, so that known and unknown addresses
//! look and take the same.

use super::{Failure, Porter, Visitor, held::Held, limits};
use crate::{
    domain::{
        address::EmailAddress,
        error_code::ErrorCode,
        flow::{Flow, PasscodeNotice},
        id::TenantId,
        identity::Voucher,
        passcode::Challenge,
        tenant::{Admission, Tenant},
    },
    mail::{Outbox, PasscodeMail, Post},
    random,
    store::directory::MailKind,
    telemetry,
};

/// Where the flow goes after a mail was asked for.
pub(super) enum Moved {
    Mailed { challenge: Challenge, notice: Option<PasscodeNotice>, letter: Option<Box<Letter>> },
    Blocked(ErrorCode),
}

/// A mail that is queued once the flow that knows its code is kept: of two clicks at once, the slower mails no code that does not work.
#[derive(Debug)]
pub(super) struct Letter {
    outbox: Outbox,
    tenant: TenantId,
    post: Post,
}

impl Letter {
    /// Nobody waits for it: an answer that took a write longer would tell who is known here.
    pub fn post(self) {
        tokio::spawn(async move {
            if let Err(error) = self.outbox.post(&self.tenant, &self.post).await {
                telemetry::mail::stuck(&error.to_string());
            }
        });
    }
}

impl Moved {
    pub fn apply(self, held: Held, address: EmailAddress, proves: Voucher) -> Held {
        match self {
            Self::Mailed { challenge, notice, letter } => {
                held.then(|flow| flow.mailed(address, proves, challenge, notice)).with(letter.map(|letter| *letter))
            }
            Self::Blocked(code) => held.then(|flow| flow.blocked(code)),
        }
    }
}

pub(super) async fn mail(
    porter: &Porter,
    tenant: &Tenant,
    flow: &Flow,
    address: &EmailAddress,
    visitor: &Visitor,
    notice: Option<PasscodeNotice>,
) -> Result<Moved, Failure> {
    let now = porter.clock.now();
    let Some(outbox) = porter.inviter.outbox.as_ref().filter(|outbox| !outbox.health().is_closed(now)) else {
        return Ok(Moved::Blocked(ErrorCode::MailUnavailable));
    };
    if !limits::may_mail(porter, tenant, address, visitor.ip).await? {
        return Ok(Moved::Blocked(ErrorCode::TooManyPasscodes));
    }
    let digits = random::digits(tenant.passcode.length);
    let challenge = Challenge {
        digest: digest(porter, flow, address, digits.reveal()),
        sent_at: now,
        expires_at: now + tenant.passcode.lifetime,
        wrong_entries: 0,
    };
    // Written for everyone, so that it takes the same time; posted to those who are expected.
    let mail = PasscodeMail {
        to: address,
        tenant: &tenant.name,
        domain: &tenant.primary_domain(),
        color: tenant.branding.color.as_deref(),
        locale: flow.locale,
        code: &digits,
        lifetime: tenant.passcode.lifetime,
    };
    let message = mail.message(random::ordered_uuid(now), now);
    let post = Post { message, kind: MailKind::Passcode, guest: None, invitation: None, expires_at: Some(challenge.expires_at) };
    let letter = Letter { outbox: outbox.clone(), tenant: tenant.id.clone(), post };
    let letter = is_expected(porter, tenant, address).await?.then(|| Box::new(letter));
    Ok(Moved::Mailed { challenge, notice, letter })
}

/// A keyed digest of digits, bound to this flow and address: useless to whoever reads the store.
pub(super) fn digest(porter: &Porter, flow: &Flow, address: &EmailAddress, digits: &str) -> Vec<u8> {
    random::hmac_sha256(porter.passcode_key.reveal(), format!("{}\n{}\n{digits}", flow.id, address.key()).as_bytes())
}

/// Whether this address could become someone here. If not, no mail goes out and the page does not tell.
async fn is_expected(porter: &Porter, tenant: &Tenant, address: &EmailAddress) -> Result<bool, Failure> {
    match tenant.admission {
        Admission::Open => Ok(true),
        Admission::Invited => Ok(porter.directory.guest_by_address(&tenant.id, address).await?.is_some()),
    }
}
