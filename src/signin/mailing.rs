//! Mailing a passcode: limits first, then digits, then the mail, which nobody waits for, so that known and unknown addresses
//! look and take the same.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use super::{Failure, Porter, Visitor, held::Held, limits};
use crate::{
    domain::{
        address::EmailAddress,
        error_code::ErrorCode,
        flow::{Flow, PasscodeNotice},
        identity::Voucher,
        passcode::Challenge,
        tenant::{Admission, Tenant},
        timestamp::Timestamp,
    },
    mail::{Mailer, Message, PasscodeMail},
    random, telemetry,
};

/// Whether the mail server took our last mails. While it does not, nobody is told to wait for a code.
#[derive(Debug, Default, Clone)]
pub struct MailHealth(Arc<AtomicI64>);

/// How long one failed mail keeps the passcode road closed before the next is tried.
const CLOSED_FOR: Duration = Duration::from_secs(15);

impl MailHealth {
    fn failed(&self, now: Timestamp) {
        self.0.store((now + CLOSED_FOR).unix(), Ordering::Relaxed);
    }

    fn is_closed(&self, now: Timestamp) -> bool {
        now.unix() < self.0.load(Ordering::Relaxed)
    }
}

/// Where the flow goes after a mail was asked for.
pub(super) enum Moved {
    Mailed { challenge: Challenge, notice: Option<PasscodeNotice>, letter: Option<Letter> },
    Blocked(ErrorCode),
}

/// A mail that goes out once the flow that knows its code is kept: of two clicks at once, the slower mails no code that does not work.
#[derive(Debug)]
pub(super) struct Letter(Message);

impl Letter {
    pub fn post(self, porter: &Porter) {
        post(Arc::clone(&porter.mailer), self.0, porter.mail_health.clone(), porter.clock.clone());
    }
}

impl Moved {
    pub fn apply(self, held: Held, address: EmailAddress, proves: Voucher) -> Held {
        match self {
            Self::Mailed { challenge, notice, letter } => held.then(|flow| flow.mailed(address, proves, challenge, notice)).with(letter),
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
    if porter.mail_health.is_closed(now) {
        return Ok(Moved::Blocked(ErrorCode::MailUnavailable));
    }
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
        color: tenant.branding.color.as_deref(),
        locale: flow.locale,
        code: &digits,
        lifetime: tenant.passcode.lifetime,
    };
    let message = mail.message(random::ordered_uuid(now), now);
    let letter = is_expected(porter, tenant, address).await?.then_some(Letter(message));
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

fn post(mailer: Arc<dyn Mailer>, message: Message, health: MailHealth, clock: crate::clock::Clock) {
    tokio::spawn(async move {
        match mailer.send(message).await {
            Ok(()) => telemetry::mail_sent(),
            Err(error) => {
                if error.is_about_the_server() {
                    health.failed(clock.now());
                }
                telemetry::mail_failed(&error.to_string());
            }
        }
    });
}
